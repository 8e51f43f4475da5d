"""`block-loss` facts about lists of a Kubernetes object, CloudFormation resource or compose service of which most is gone.

What came back in something else of the change (another object, an `envFrom`, a file of variables) is not lost.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.facts.paths import found as at
from blastlint.facts.paths import keys, steps
from blastlint.model import Change, Delta, Fact, Value

_MANY = 3
# Lists, or maps, of which an entry is something that others rely on; in lower case.
_LISTS = frozenset(
    {"env", "rules", "routes", "groups", "paths", "ports", "volumes", "volumemounts", "subjects", "egress", "ingress",
     "receivers", "endpoints", "listeners", "tls", "hosts", "webhooks", "steps", "containers", "environment", "secrets",
     "securitygroupingress", "securitygroupegress", "containerdefinitions", "mountpoints", "recordsets", "origins",
     "cachebehaviors", "globalsecondaryindexes", "targets", "subscription", "portmappings", "stages", "variables"}
)  # fmt: skip
_FILES = ("envFrom", "env_file")  # where variables come from instead


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """One fact for each list that lost at least three entries and half of them."""
    before, after = change.before, change.after
    if before is None or after is None or change.action == "moved":
        return
    seen: set[str] = set()
    for delta in change.deltas:
        path = _list_of(delta) if delta.action == "removed" else ""
        if not path or path in seen:
            continue
        seen.add(path)
        old, new = at(before.attributes, steps(path)), at(after.attributes, steps(path))
        if old is None or not _entries(old) or (new is not None and (new.is_list, new.is_map) != (old.is_list, old.is_map)):
            continue
        total, kept = len(_entries(old)), len(_entries(new)) if new is not None else 0
        lost = total - kept
        if lost < _MANY or lost * 2 < total or _went_elsewhere(old, new, path, change, context):
            continue
        yield Fact(
            "block-loss",
            {"name": keys(path)[-1], "lost": lost, "total": total, "share": round(lost / total, 2)},
            path,
            delta.before_region or old.region,
            after.header or after.region,
        )


def _list_of(delta: Delta) -> str:
    """The list that a removed thing is, or is in; empty where it is no such list."""
    is_element = delta.path.endswith("]")
    places = [delta.path.rpartition("[")[0]] if is_element else [delta.path, delta.path.rpartition(".")[0]]
    return next((path for path in places if (keys(path) or ("",))[-1].lower() in _LISTS), "")


def _entries(value: Value) -> tuple[Value, ...]:
    return value.elements or tuple(value.items.values())


def _went_elsewhere(old: Value, new: Value | None, path: str, change: Change, context: Context) -> bool:
    """Whether half of what is gone is in something that came: another object, another place of this one, or a file of
    variables of the same container."""
    assert change.before is not None and change.after is not None
    for file in _FILES:
        beside = steps(f"{path.rpartition('.')[0]}.{file}".lstrip("."))
        source = at(change.after.attributes, beside)
        if source is not None and source != at(change.before.attributes, beside):
            return True
    kept = _entries(new) if new is not None else ()
    gone = {str(leaf.scalar) for e in _entries(old) if e not in kept for _, leaf in e.leaves() if leaf.known}
    born: set[str] = set()
    for other in context.changes:
        if other.kind == change.kind and other.after is not None:
            came = [d for d in other.deltas if other is not change or (d.action == "added" and d.path != path)]
            values = [d.after for d in came if d.after is not None]
            if other is not change and not values:
                values = [other.after.attributes]
            if other.action in ("added", "modified"):
                born.update(str(leaf.scalar) for value in values for _, leaf in value.leaves() if leaf.known)
                born.update(key for value in values for key in value.items)
    return bool(gone) and 2 * len(gone & born) >= len(gone)
