"""Instances that Terraform takes for others because their index or key changed: the `shift` fact, one per resource.

A list that feeds `count` is positional: without its first element every later one is another instance. Going from `count` to
`for_each`, or to other keys, gives every instance a new address.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.diff.arguments import same
from blastlint.diff.moves import resource_of
from blastlint.enrich.context import Context
from blastlint.frozen import dataclass
from blastlint.model import Entity, Impact

_GONE = ("destroy", "replace")


@dataclass(frozen=True, slots=True)
class Shift:
    """`what` is index-shift, count-to-for_each, for_each-to-count, single-to-for_each, for_each-to-single, or keys-replaced;
    `impacts` are what it accounts for."""

    what: str
    impacts: tuple[Impact, ...]


def shifts(context: Context, impacts: Sequence[Impact]) -> Iterator[Shift]:
    """The shifts among the resources of every configuration."""
    groups: dict[tuple[str, str, str], list[Impact]] = {}
    for impact in impacts:
        entity = impact.change.entity
        if entity.kind == "terraform.resource" and impact.effect in (*_GONE, "create", "in-place"):
            key = (entity.configuration, entity.variant, resource_of(impact.change.address))
            groups.setdefault(key, []).append(impact)
    wanted = {k: g for k, g in groups.items() if len(g) > 1 and any(i.effect in _GONE for i in g)}
    if not wanted:
        return
    sides: dict[tuple[str, str, str], tuple[list[Entity], list[Entity]]] = {key: ([], []) for key in wanted}
    for side, entities in enumerate((context.entities_before, context.entities_after)):
        for entity in entities:
            found = sides.get((entity.configuration, entity.variant, resource_of(entity.address)))
            if found is not None and entity.kind == "terraform.resource":
                found[side].append(entity)
    for key, group in wanted.items():
        what = _what(*sides[key], group)
        if what:
            yield Shift(what, tuple(group))


def _what(before: Sequence[Entity], after: Sequence[Entity], group: Sequence[Impact]) -> str:
    old, new = ({getattr(e.detail, "repetition", "") for e in side} for side in (before, after))
    if old == {"count"} and new == {"for_each"}:
        return "count-to-for_each"
    if old == {"for_each"} and new == {"count"}:
        return "for_each-to-count"
    if {*old, *new} == {"", "for_each"} and len(old) == len(new) == 1:
        return "single-to-for_each" if "" in old else "for_each-to-single"
    if old == new == {"count"}:
        return "index-shift" if any(_took_another_place(i, before) for i in group) else ""
    if old == new == {"for_each"} and not {e.address for e in before} & {e.address for e in after}:
        return "keys-replaced"
    return ""


def _took_another_place(impact: Impact, before: Sequence[Entity]) -> bool:
    """Whether an instance is now what stood at another index before."""
    change = impact.change
    if change.before is None or change.after is None or impact.cause == "cascade":
        return False
    now = change.after.attributes
    return any(e.address != change.before.address and same(e.attributes, now) for e in before)
