"""Where planned effects take the place of foreseen ones, and what a reader is told of the difference.

`outcomes` is the one place that asks the plans; effects.py foresees only what no plan answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from blastlint import diff
from blastlint.enrich.context import Context
from blastlint.enrich.lifecycle.cascade import RESOURCES
from blastlint.frozen import dataclass, replace
from blastlint.model import Effect, Entity, Impact, Notification, Plan, Planned
from blastlint.prose import few

_MOST = 8
Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the plans say of one configuration in one variant, by (kind, address). `whole`: what they do not name does not
    change."""

    effects: Mapping[tuple[str, str], Planned]
    whole: bool


def verdicts(context: Context, configuration: str, variant: str) -> Verdicts | None:
    """What the plans of that configuration say, or None where there is none: then it is to be foreseen."""
    plans = [p for p in context.plans if (p.configuration, p.variant) == (configuration, variant)]
    if not plans:
        return None
    effects = {key: told for plan in plans for key, told in plan.effects.items()}
    return Verdicts(effects, any(plan.complete for plan in plans))


def compared(
    context: Context,
    impacts: Sequence[Impact],
    sides: tuple[Sequence[Entity], Sequence[Entity]],
    foresee: Callable[[Context], Sequence[Impact]],
) -> tuple[tuple[Impact, ...], tuple[Notification, ...]]:
    """The impacts, each planned one with the effect that source alone had (`foresee`), and the notes of the plans. A plan
    that is of a configuration of the source has one more: how much it confirms, what it corrects, what it adds."""
    notes = [note for plan in context.plans for note in plan.notifications]
    of_source = [plan for plan in context.plans if plan.configuration != plan.path]
    if not of_source:
        return tuple(impacts), tuple(notes)
    alone = replace(
        context, entities_before=sides[0], entities_after=sides[1], changes=diff.changes(*sides), plans=(), _answers={}
    )
    groups = {(plan.configuration, plan.variant) for plan in of_source}
    before = {_key(i): i.effect for i in foresee(alone) if _counts(i)}
    marked = tuple(
        replace(i, foreseen=before.get(_key(i), "no-op")) if _is_planned(i) and _key(i)[1:3] in groups else i
        for i in impacts
    )
    after = {_key(i): i.effect for i in marked if _counts(i)}
    return marked, (*notes, *(_note(plan, before, after) for plan in of_source))


def _is_planned(impact: Impact) -> bool:
    return impact.change.evidence == "plan"


def _counts(impact: Impact) -> bool:
    return impact.change.kind in RESOURCES and impact.effect != "no-op"


def _key(impact: Impact) -> Key:
    entity = impact.change.entity
    return entity.kind, entity.configuration, entity.variant, impact.change.address


def _note(plan: Plan, before: Mapping[Key, Effect], after: Mapping[Key, Effect]) -> Notification:
    group = plan.configuration, plan.variant
    old = {key: effect for key, effect in before.items() if key[1:3] == group}
    new = {key: effect for key, effect in after.items() if key[1:3] == group}
    confirmed = sum(1 for key, effect in new.items() if old.get(key) == effect)
    corrected = [
        f"{key[3]} is {new.get(key, 'no-op')}, not {old[key]}"
        for key in sorted(old)
        if new.get(key, "no-op") != old[key]
    ]
    added = [
        f"{key[3]} ({'drift, ' if key[3] in plan.drifted else ''}{new[key]})" for key in sorted(new) if key not in old
    ]
    parts = [f"confirms {confirmed} of {len(old)} effects foreseen from source"]
    parts += [f"corrects {len(corrected)}: {few(corrected, _MOST)}"] if corrected else []
    parts += [f"adds {len(added)}: {few(added, _MOST)}"] if added else []
    return Notification("plan-compared", "note", "the plan " + "; ".join(parts), plan.path)
