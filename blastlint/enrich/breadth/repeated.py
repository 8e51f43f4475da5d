"""One edit that was made in many manifests alike is one cause: it is looked at once, and told once, on the first of them.

Two objects had the same edit when their type, their surroundings, what applying it does and every difference are the same.
A few alike are told one by one, and so is what stacks lose by a replacement. Labels tell who selects what, so that an edit
of them is no single cause unless it is everywhere; nor is that of a mere key of a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from blastlint.facts.canonical import canonical
from blastlint.facts.paths import keys
from blastlint.frozen import replace
from blastlint.model import Fact, Impact, Related, Value

_KINDS = frozenset({"kubernetes.object", "cloudformation.resource", "terraform.provider", "config.key"})
_LABELS = frozenset({"labels", "selector", "matchLabels"})
_FEW = 4
_EVERYWHERE = 50
_TRIED = 3  # objects that are looked at before an edit is held to mean nothing
_MAX_RELATED = 50
_SAME = "has the same edit"

Enrich = Callable[[Impact], Impact]


def enriched(impacts: Sequence[Impact], enrich: Enrich) -> Iterator[Impact]:
    """Every impact, in order, with what `enrich` adds; those with an edit that is told elsewhere have no facts."""
    groups: dict[object, list[int]] = {}
    for index, impact in enumerate(impacts):
        if _is_alike(impact):
            groups.setdefault(_edit(impact), []).append(index)
    done: dict[int, Impact] = {}
    for group in groups.values():
        if len(group) > (_EVERYWHERE if _is_local(impacts[group[0]]) else _FEW):
            done.update(_once(impacts, group, enrich))
    yield from (done[i] if i in done else enrich(impact) for i, impact in enumerate(impacts))


def _is_alike(impact: Impact) -> bool:
    """Whether the same edit elsewhere would be the same cause."""
    change = impact.change
    if change.kind == "cloudformation.resource" and impact.effect != "in-place":
        return False
    return change.kind in _KINDS and change.action == "modified" and bool(change.deltas)


def _edit(impact: Impact) -> object:
    change = impact.change
    return (
        change.kind,
        change.type,
        impact.environment,
        impact.path_class,
        impact.effect,
        tuple((d.path, d.action, _text(d.before), _text(d.after)) for d in change.deltas),
    )


def _text(value: Value | None) -> object:
    return None if value is None else canonical(value)


def _is_local(impact: Impact) -> bool:
    """Whether what the edit means hangs on where it is made."""
    if impact.change.kind == "terraform.provider":
        return False  # what all of them read changed in one place
    touched = {key for delta in impact.change.deltas for key in keys(delta.path)}
    return impact.change.kind != "kubernetes.object" or not _LABELS.isdisjoint(touched)


def _once(impacts: Sequence[Impact], group: Sequence[int], enrich: Enrich) -> Iterator[tuple[int, Impact]]:
    told = enrich(impacts[group[0]])
    at = group[0]
    for index in group[1:_TRIED]:
        if told.facts:
            break
        told, at = enrich(impacts[index]), index
    others = [impacts[i] for i in group if i != at]
    shown = others if len(others) <= _MAX_RELATED else others[: _MAX_RELATED - 1]
    same = tuple(Related(_SAME, o.change.entity.header, o.change.address) for o in shown)
    if len(shown) < len(others):
        same = (*same, Related(f"and {len(others) - len(shown):,} more have the same edit"))
    yield at, replace(told, facts=tuple(_with(fact, same) for fact in told.facts))
    for index in group:
        if index != at:
            yield index, replace(impacts[index], facts=())


def _with(fact: Fact, same: tuple[Related, ...]) -> Fact:
    return replace(fact, related=(*fact.related, *same)[:_MAX_RELATED])
