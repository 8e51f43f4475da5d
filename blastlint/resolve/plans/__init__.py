"""What plans say: the seam by which already known effects take the place of foreseen ones.

A plan format is a module of this package that exports

    plan(file: PlanFile) -> Plan

and raises SourceError for what it cannot make sense of. It turns everything that the plan speaks of into the entities that
the format's own resolver makes of source (same kinds, same addresses, same shape of attributes), on both sides, and says in
`Plan.effects` what happens to each. To add one: how it is recognised in sources/plan.py: _FORMATS, its module here in
FORMATS. Everything after that is the same for all: `joined` fits the entities into those of the source (where it has them
the source keeps its places and references, the plan gives the values), diff compares them, enrich/lifecycle/effects.py asks
enrich/lifecycle/planned.py instead of foreseeing, and every rule works on the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from blastlint.errors import SourceError
from blastlint.model import Entity, Plan, PlanFile

# format -> module of this package
FORMATS: dict[str, str] = {"terraform": "terraform", "cloudformation": "changeset"}

Sides = tuple[Sequence[Entity], Sequence[Entity]]


def plan_of(file: PlanFile) -> Plan:
    """What a plan file says. Raises SourceError."""
    try:
        plan: Plan = import_module(f"blastlint.resolve.plans.{FORMATS[file.format]}").plan(file)
    except RecursionError:
        raise SourceError("nested too deeply", where=file.path) from None
    return plan


def joined(files: Sequence[PlanFile], sides: Sides) -> tuple[Sides, tuple[Plan, ...]]:
    """The entities of both sides with the plans in them, and the plans, each with the configuration that it is of."""
    if not files:
        return sides, ()
    from blastlint.resolve.plans.joining import join

    plans: list[Plan] = []
    for file in files:
        plan = plan_of(file)
        if file.format == "cloudformation":
            from blastlint.resolve.plans.stacks import located

            plan, sides = located(plan, sides)
        sides, plan = join(plan, sides)
        plans.append(plan)
    return sides, tuple(plans)
