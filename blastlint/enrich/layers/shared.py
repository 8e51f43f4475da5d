"""`shared-default` facts: one for all keys of a base layer that the same overlays take from it."""

from __future__ import annotations

from collections.abc import Iterable

from blastlint.enrich.surroundings import environment_in
from blastlint.facts.units import measure
from blastlint.frozen import dataclass
from blastlint.masking import mask_value
from blastlint.model import Change, Delta, Fact, Related, Value
from blastlint.prose import few

_NAMED = 6
_SORTS = ("removed", "switch", "limit", "number", "text")


@dataclass(frozen=True, slots=True)
class Default:
    """One key of a base layer that changed (`owner` has the fact), the overlays that take it from there, and the number of
    those that do not."""

    owner: Change
    delta: Delta
    sort: str
    inherit: tuple[str, ...]
    override: int


def at_least_two(found: Iterable[tuple[str, Default | None]]) -> dict[str, list[Default]]:
    """Base layer -> its keys that at least two overlays take, the same as for the first of them, those that matter most
    first. The first one's change tells it."""
    groups: dict[str, list[Default]] = {}
    for base, default in found:
        if default is not None and len(default.inherit) > 1:
            groups.setdefault(base, []).append(default)
    return {
        base: sorted((d for d in group if d.inherit == group[0].inherit), key=lambda d: _SORTS.index(d.sort))
        for base, group in groups.items()
    }


def fact(group: list[Default]) -> Fact:
    """One fact for all keys of a base layer that the same overlays take."""
    first = group[0]
    delta = first.delta
    production = [p for p in first.inherit if environment_in(p) == "production"]
    shown = sorted(first.inherit, key=lambda p: (p not in production, p))
    keys = [f"{d.path} ({mask_value(d.path, _text(d.before))} -> {mask_value(d.path, _text(d.after))})" for d in
            (one.delta for one in group)]  # fmt: skip
    others = f" and {len(keys) - 3} more keys" if len(keys) > 3 else ""
    return Fact(
        "shared-default",
        {
            "path": delta.path,
            "inherit": len(first.inherit),
            "override": first.override,
            "production": bool(production),
            "sort": first.sort,
            "keys": f"{', '.join(keys[:3])}{others}",
            "summary": few([_label(p) for p in shown], _NAMED),
        },
        delta.path,
        delta.before_region,
        delta.after_region,
        related=tuple(Related("takes the value from there", None, p) for p in shown[:20]),
    )


def sort_of(delta: Delta) -> str:
    """removed, switch, limit, number or text: what kind of value it is."""
    if delta.after is None:
        return "removed"
    before, after = delta.before.scalar if delta.before is not None else None, delta.after.scalar
    if isinstance(before, bool) or isinstance(after, bool):
        return "switch"
    number = isinstance(before, (int, float)) and isinstance(after, (int, float))
    if measure(delta.path.rpartition(".")[2]) and before != after:
        return "limit"
    return "number" if number else "text"


def _text(value: Value | None) -> str:
    if value is None:
        return "absent"
    if isinstance(value.scalar, bool):
        return "true" if value.scalar else "false"
    return str(value.scalar)[:80] if value.is_scalar else "(several values)"


def _label(path: str) -> str:
    return "/".join(path.split("/")[-2:])
