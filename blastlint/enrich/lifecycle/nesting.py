"""What crosses between a template and those that its stacks deploy: a resource that is made anew gives another value to the
stack's parameters, and one within the stack gives another value to its outputs, which the outer template reads.

Of several stacks of one template, each makes its own anew: seen from outside, what is in one is named with its stack.
Each template is foreseen on its own (cascade.py) and told what of the others is made anew, until nobody has more to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from blastlint.enrich.lifecycle.outcomes import Outcome
from blastlint.model import CONFIDENCES, Confidence, Entity
from blastlint.resolve.cloudformation.details import WITHIN

Group = tuple[str, str]
Given = Mapping[str, Confidence]
_ROUNDS = 6


def outside(
    after: Mapping[Group, Mapping[str, Entity]], foresee: Callable[[Group, Given], Mapping[str, Outcome]]
) -> dict[Group, dict[str, Confidence]]:
    """{(configuration, variant): what others make anew that it is given}, for templates that nest or are nested."""
    pairs = list(_pairs(after))
    given: dict[Group, dict[str, Confidence]] = {group: {} for pair in pairs for group in pair}
    waiting = set(given)
    for _ in range(_ROUNDS):
        anew = {g: {**given[g], **_anew(foresee(g, given[g]), after[g])} for g in sorted(waiting)}
        waiting = set()
        for inner, outer in pairs:
            stack = next(iter(after[inner].values())).parent
            template = next(iter(after[inner].values())).region.path
            put_out = {a: c for a, c in anew.get(inner, {}).items() if a.startswith(f"{template}:")}
            told = ((inner, anew.get(outer, {})), (outer, {f"{stack}{WITHIN}{a}": c for a, c in put_out.items()}))
            for target, found in told:
                news = {a: c for a, c in found.items() if _is_surer(c, given[target].get(a))}
                given[target].update(news)
                waiting |= {target} if news else set()
        if not waiting:
            break
    return {group: found for group, found in given.items() if found}


def _pairs(after: Mapping[Group, Mapping[str, Entity]]) -> Iterator[tuple[Group, Group]]:
    """(the group of a stack's resources, that of the template which has the stack)."""
    homes = {
        (address, group[1]): group
        for group, entities in after.items()
        for address, entity in entities.items()
        if entity.kind == "cloudformation.resource"
    }
    for group, entities in after.items():
        entity = next(iter(entities.values()), None)
        if entity is None or entity.kind != "cloudformation.resource" or not entity.parent:
            continue
        variant = group[1].removeprefix(entity.parent).strip(" ").removeprefix("(").removesuffix(")")
        outer = homes.get((entity.parent, variant))
        if outer is not None and outer != group:
            yield group, outer


def _is_surer(one: Confidence, other: Confidence | None) -> bool:
    return other is None or CONFIDENCES.index(one) < CONFIDENCES.index(other)


def _anew(outcomes: Mapping[str, Outcome], entities: Mapping[str, Entity]) -> dict[str, Confidence]:
    """What is made anew of the things of one group, and how surely."""
    return {
        address: outcome.confidence
        for address, outcome in outcomes.items()
        if outcome.effect in ("create", "replace") and address in entities
    }
