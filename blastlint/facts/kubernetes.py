"""What Kubernetes and its usual operators do: kubernetes.json, read when the first object that changed is met.

- `immutable`: fields that the API server refuses to change, so that only deleting and creating anew gets there. `except`
  are parts of the path that may change, `defaults` what absence means, `where` a field and the value without which the row
  does not hold; `lowered`: only a smaller number is refused; `once`: only what is set already; `removal: nothing`: dropping
  the field keeps the old value; `addition: may`: a controller may have filled the same value in; `absent` is the field from
  which an absent value is taken.
- `cascades`: kinds whose deletion takes others along. `finalizer` and `needs` make it so, `preserved` stops it.
- `keep`: what makes the tool that applies the object leave it in the cluster when its manifest goes.
- `references`: where one object names another (lists are passed through); `@pod` is a pod's specification wherever a kind
  has one (`templates`: the place of the pod's metadata and of its specification), `@kind` says that its neighbour `kind`
  tells.
- `selectors`: where a kind selects others by label.
- `groups`: the API groups of the built-in kinds, for manifests that compute theirs or name a group of long ago.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from blastlint.facts import table
from blastlint.facts.paths import keys
from blastlint.frozen import dataclass
from blastlint.model import Scalar

_MOVED = {"extensions": ("apps", "networking.k8s.io", "policy")}  # a group of long ago -> where its kinds are now


@dataclass(frozen=True, slots=True)
class Immutable:
    """One row of the table for one path, as keys."""

    path: tuple[str, ...]
    exceptions: tuple[tuple[str, ...], ...] = ()
    defaults: tuple[tuple[tuple[str, ...], Scalar], ...] = ()
    where: tuple[str, Scalar] | None = None
    lowered: bool = False
    once: bool = False
    kept_when_removed: bool = False
    maybe_when_added: bool = False
    absent: str = ""


@dataclass(frozen=True, slots=True)
class Cascade:
    """What goes when an object of a kind goes. `what` has {name} and {kind} to fill in."""

    what: str
    finalizer: str = ""
    needs: tuple[str, Scalar] | None = None
    preserved: tuple[str, Scalar] | None = None


def _raw() -> dict[str, Any]:
    raw: dict[str, Any] = table("kubernetes")
    return raw


@lru_cache(maxsize=1)
def _groups() -> dict[str, str]:
    return {kind: group for group, kinds in _raw()["groups"].items() for kind in kinds}


def group_of(version: str, kind: str) -> str:
    """The API group of a kind: what `apiVersion` says, `core` for none, the built-in one where it is computed or is of long
    ago."""
    group = version.rpartition("/")[0] or "core"
    if "{{" in version or (group in _MOVED and _groups().get(kind) in _MOVED[group]):
        return _groups().get(kind, "core" if "{{" in version else group)
    return group


def is_cluster_scoped(kind: str) -> bool:
    """Whether objects of a known kind are in no namespace."""
    return kind in _raw()["cluster_scoped"]


@lru_cache(maxsize=256)
def immutable(group: str, kind: str) -> tuple[Immutable, ...]:
    """The fields of a kind that the API server refuses to change."""
    found: list[Immutable] = []
    for row in _raw()["immutable"]:
        if f"{group}/{kind}" in row["kinds"]:
            found.extend(_rows(row))
    return tuple(found)


def _rows(row: dict[str, Any]) -> Iterable[Immutable]:
    where = row.get("where")
    for path in row["paths"]:
        below = keys(path)
        yield Immutable(
            path=below,
            exceptions=tuple((*below, *keys(name)) for name in row.get("except", ())),
            defaults=tuple((keys(name), value) for name, value in row.get("defaults", {}).items()),
            where=(where[0], where[1]) if where else None,
            lowered=row.get("lowered", False),
            once=row.get("once", False),
            kept_when_removed=row.get("removal") == "nothing",
            maybe_when_added=row.get("addition") == "may",
            absent=row.get("absent", ""),
        )


def cascade(group: str, kind: str) -> Cascade | None:
    """What deleting an object of a kind takes along, or None."""
    row = _raw()["cascades"].get(f"{group}/{kind}")
    if row is None:
        return None
    needs, preserved = row.get("needs"), row.get("preserved")
    return Cascade(
        row["what"],
        row.get("finalizer", ""),
        (needs[0], needs[1]) if needs else None,
        (preserved[0], preserved[1]) if preserved else None,
    )


@lru_cache(maxsize=1)
def keeping() -> tuple[tuple[str, str], ...]:
    """(path, word in its value) of what keeps an object in the cluster when its manifest goes."""
    return tuple((path, word) for path, word in _raw()["keep"])


@dataclass(frozen=True, slots=True)
class Naming:
    """Where objects of one kind name one of another: `path` are keys, lists are passed through. `to` is empty where the
    neighbour `kind` of the name says it, and `default` holds without one."""

    path: tuple[str, ...]
    to: str
    default: str = ""
    anywhere: bool = False


@lru_cache(maxsize=256)
def namings(kind: str) -> tuple[Naming, ...]:
    """Every place in which objects of a kind name others."""
    pod = pod_places(kind)
    found = []
    for row in _raw()["references"]:
        inside = kind not in row["from"]
        if inside and (pod is None or "@pod" not in row["from"]):
            continue
        to = "" if row["to"] == "@kind" else row["to"]
        for path in row["paths"]:
            whole = (*(pod[1] if inside and pod else ()), *keys(path))
            found.append(Naming(whole, to, row.get("default", ""), row.get("anywhere", False)))
    return tuple(found)


@lru_cache(maxsize=256)
def pod_places(kind: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Where a kind has a pod (the parent of its metadata) and its specification, or None."""
    row = _raw()["templates"].get(kind)
    return (keys(row[0]), keys(row[1])) if row else None


def selector_of(kind: str) -> tuple[tuple[str, ...], str] | None:
    """(path of the selector, `pods` or `services`: what it selects) of a kind, or None."""
    row = _raw()["selectors"].get(kind)
    return (keys(row["path"]), row["of"]) if row else None
