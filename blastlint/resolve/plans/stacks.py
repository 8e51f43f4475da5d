"""A change set's resources in the template that they are written in: the one with most of their logical ids.

A change set names what changes only: everything else of that template stays as it is, and of its variants one is deployed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from blastlint.frozen import replace
from blastlint.model import Entity, Plan, Planned
from blastlint.resolve.cloudformation.details import KIND
from blastlint.resolve.plans.changeset import with_written

Sides = tuple[Sequence[Entity], Sequence[Entity]]


def located(plan: Plan, sides: Sides) -> tuple[Plan, Sides]:
    """The plan with its addresses in the template, and the sides with that template in one variant; both as they are where
    it is of no template here."""
    names = {e.address.rpartition(":")[2] for e in (*plan.before, *plan.after) if e.kind == KIND}
    written = [e for side in sides for e in side if e.kind == KIND and not e.parent]
    shared = Counter(path for path, name in {_written_as(e) for e in written} if name in names)
    if not shared:
        return plan, sides
    path, count = max(shared.items(), key=lambda item: (item[1], item[0]))
    if 2 * count < len(names):
        return plan, sides

    def here(address: str) -> str:
        return f"{path}:{address.rpartition(':')[2]}" if address else ""

    kept = tuple(
        tuple(e for e in side if e.kind != KIND or e.region.path != path or e.parent or not e.variant) for side in sides
    )
    known = [{e.address: e for e in side if e.kind == KIND and not e.variant} for side in kept]
    told = [
        tuple(_placed(e, here(e.address), own.get(here(e.address))) for e in side)
        for own, side in zip(known, (plan.before, plan.after), strict=True)
    ]
    effects = {(kind, here(a)): replace(p, because=here(p.because)) for (kind, a), p in plan.effects.items()}
    if plan.complete:
        stays = {a for own in known for a, e in own.items() if e.region.path == path}
        effects = {**{(KIND, address): Planned("no-op") for address in stays}, **effects}
    return replace(plan, before=told[0], after=told[1], effects=effects, complete=False), (kept[0], kept[1])


def _written_as(entity: Entity) -> tuple[str, str]:
    path, _, name = entity.address.rpartition(":")
    return path, name


def _placed(told: Entity, address: str, written: Entity | None) -> Entity:
    return with_written(told, written) if written is not None else replace(told, address=address)
