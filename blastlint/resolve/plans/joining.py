"""A plan's entities among those of the source: the source gives places and references, the plan gives the values."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence

from blastlint.frozen import replace
from blastlint.model import Entity, Plan, Value

Sides = tuple[Sequence[Entity], Sequence[Entity]]
Group = tuple[str, str]
# What Terraform reads itself stays as written: a plan does not have it.
_OWN = frozenset({"lifecycle", "provider", "depends_on", "provisioner", "connection"})
_ENOUGH = 0.5
_RESOURCES = ("terraform.resource", "cloudformation.resource")


def join(plan: Plan, sides: Sides) -> tuple[Sides, Plan]:
    """Both sides with the plan's entities, and the plan with the configuration and variant that it was made of: that whose
    addresses it shares, else none, and then it stands for itself."""
    group = _group(plan, sides)
    if group is None:
        name = plan.path
        alone = replace(plan, configuration=name)
        placed = [tuple(replace(e, configuration=name) for e in side) for side in (plan.before, plan.after)]
        return ((*sides[0], *placed[0]), (*sides[1], *placed[1])), alone
    plan = replace(plan, configuration=group[0], variant=group[1])
    return (
        tuple(_joined(plan, plan.before, sides[0], group)),
        tuple(_joined(plan, plan.after, sides[1], group)),
    ), plan


def _group(plan: Plan, sides: Sides) -> Group | None:
    """The configuration and variant of source that the plan is of. Several that share its addresses alike are told apart by
    the directory that the file lies in, then by the values of variables."""
    told = {e.address for e in (*plan.before, *plan.after) if e.kind in _RESOURCES}
    shared: dict[Group, set[str]] = {}
    agreeing: dict[Group, int] = {}
    directory = posixpath.dirname(plan.path)
    for entity in (*sides[0], *sides[1]):
        group = entity.configuration, entity.variant
        if entity.kind in _RESOURCES:
            found = shared.setdefault(group, set())
            if entity.address in told or entity.address.endswith("[*]"):
                found.add(entity.address)
    for entity in sides[1]:
        if entity.kind == "terraform.variable" and not entity.parent:
            value, given = entity.attributes.items.get("value"), plan.variables.get(entity.name)
            agrees = value is not None and given is not None and value == given
            group = entity.configuration, entity.variant
            agreeing[group] = agreeing.get(group, 0) + agrees
    if not shared or not told:
        return None
    best = max(sorted(shared), key=lambda g: (len(shared[g]), g[0] == directory, agreeing.get(g, 0), not g[1]))
    return best if len(shared[best]) >= _ENOUGH * min(len(told), len(_resources(sides, best))) > 0 else None


def _resources(sides: Sides, group: Group) -> set[str]:
    return {
        e.address for side in sides for e in side
        if e.kind in _RESOURCES and (e.configuration, e.variant) == group
    }  # fmt: skip


def _joined(plan: Plan, told: Sequence[Entity], written: Sequence[Entity], group: Group) -> Iterator[Entity]:
    """One side. Of the group's resources those stay that the plan knows; all of them where it is of a part only."""
    templates = _Templates(e for e in written if (e.configuration, e.variant) == group)
    by_address = {e.address: e for e in told if e.kind in _RESOURCES}
    for entity in written:
        other = (entity.configuration, entity.variant) != group or entity.kind not in _RESOURCES
        left_open = not plan.complete and entity.address not in by_address and not entity.address.endswith("[*]")
        if other or left_open:
            yield entity
    for entity in by_address.values():
        yield _placed(entity, templates.of(entity.address), group)


class _Templates:
    """The source that an instance comes from: its own entity, else that of another instance of its block."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self._exact: dict[str, Entity] = {}
        self._block: dict[str, Entity] = {}
        for entity in entities:
            if entity.kind in _RESOURCES:
                self._exact[entity.address] = entity
                self._block.setdefault(_stem(entity.address), entity)

    def of(self, address: str) -> Entity | None:
        return self._exact.get(address) or self._block.get(_stem(address))


def _stem(address: str) -> str:
    from blastlint.resolve.terraform import resource_address

    return resource_address(address)


def _placed(told: Entity, written: Entity | None, group: Group) -> Entity:
    """The plan's entity at its place in source, with the references that source shows too."""
    if written is None:
        return replace(told, configuration=group[0], variant=group[1])
    own = {name: value for name, value in written.attributes.items.items() if name in _OWN}
    items = {
        name: _filled(value, written.attributes.items.get(name), written.attributes)
        for name, value in told.attributes.items.items()
    }
    # In the order of the source, and what is not written there at the end.
    order = {name: index for index, name in enumerate(written.attributes.items)}
    items = dict(sorted({**own, **items}.items(), key=lambda item: order.get(item[0], len(order))))
    return replace(
        written, address=told.address, attributes=replace(written.attributes, data=items), parent=told.parent,
        references=written.references | told.references,
    )  # fmt: skip


def _filled(told: Value, written: Value | None, around: Value) -> Value:
    """The planned value at the place of the written one."""
    place = written if written is not None else around
    if written is not None and told == written:
        return replace(written, sensitive=written.sensitive or told.sensitive)
    refs = (told.refs if not told.known else frozenset()) | (written.refs if written is not None else frozenset())
    placed = replace(told, region=place.region, refs=refs, block=written.block if written is not None else None,
                     unordered=written.unordered if written is not None and told.is_list else told.unordered,
                     sensitive=told.sensitive or (written is not None and written.sensitive))  # fmt: skip
    if told.is_map:
        parts: Mapping[str, Value] = written.items if written is not None else {}
        return replace(placed, data={n: _filled(v, parts.get(n), place) for n, v in told.items.items()})
    if told.is_list:
        beside = written.elements if written is not None else ()
        paired = beside if len(beside) == len(told.elements) else (None,) * len(told.elements)
        return replace(placed, data=tuple(_filled(v, w, place) for v, w in zip(told.elements, paired, strict=True)))
    return placed
