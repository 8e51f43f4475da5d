"""A module of the repository gives way to one that is published elsewhere: what becomes of its resources cannot be seen.

They stay where the other module has them at the same addresses, and are destroyed where it has not. That is one thing to
tell, of the call; nothing of it is asserted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from blastlint.enrich.lifecycle.causes import MAX_RELATED, Found, before_of, extent, inside, place_of, related_to, worst
from blastlint.enrich.lifecycle.outcomes import HOLDS_STATE
from blastlint.model import Fact, FactValue, Impact
from blastlint.regex import regex
from blastlint.resolve.terraform.details import Module

_QUERY = regex(r"[?#].*")
_PREFIX = regex(r"^(?:terraform-(?:aws|google|azurerm|kubernetes|helm)?-?)")


def swaps(calls: Iterable[Sequence[Impact]], impacts: Sequence[Impact], found: Found) -> None:
    """The `removal` facts of calls (consequences.py has the others), by the block that all instances of one come from."""
    lost = [i for i in impacts if i.effect == "unknown" and i.change.after is None]
    for instances in calls:
        below = [i for i in lost if any(inside(i, call) for call in instances)]
        if below:
            found.setdefault(id(instances[0]), []).append(_fact(instances[0], below))


def _fact(call: Impact, below: Sequence[Impact]) -> Fact:
    fields: dict[str, FactValue] = {
        "scope": "module",
        "count": len(below),
        "stateful": worst(below),
        "hidden": "",
        "stateful_count": sum(i.stateful in HOLDS_STATE for i in below),
        "lesser": "",
        "routine": False,
        "referenced": False,
        "what": before_of(call).address,
        "cascade": "",
        "cascades": False,
        "outcome": "may be destroyed",
        "extent": extent(below),
        "snapshot": False,
        "swap": "namesake" if _is_namesake(call) else "other",
    }
    after = call.change.entity
    related = related_to(below, "may be destroyed as well")[:MAX_RELATED]
    return Fact("removal", fields, "source", place_of(call), after.header or after.region, related, "low")


def _is_namesake(call: Impact) -> bool:
    """Whether the published module goes by the name of the directory."""
    old, new = before_of(call).detail, call.change.entity.detail
    assert isinstance(old, Module) and isinstance(new, Module)
    return _name(old.directory or "") == _published(new.source)


def _published(source: str) -> str:
    """The name of a module by its source: of a folder within a package, a repository, or in a registry."""
    address, _, folder = _QUERY.sub("", source).replace("://", ":").partition("//")
    if folder:
        return _name(folder)
    parts = address.split("/")
    in_registry = len(parts) in (3, 4) and not address.endswith(".git") and "github.com" not in address
    return _name(parts[-2] if in_registry and ":" not in address else parts[-1].removesuffix(".git"))


def _name(path: str) -> str:
    return _PREFIX.sub("", path.rstrip("/").rpartition("/")[2].lower().replace("_", "-"))
