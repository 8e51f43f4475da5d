"""One configuration with several variable files: what repeats itself in each of them is told once.

An impact of a named variant that equals an earlier one (the default variant comes first) adds nothing but perhaps a
riskier environment, which the one that stays takes over. And where a variable has a value only in the named variants, or
they are the workspaces, the default variant is nobody's deployment: what is unknown in it for want of that value gives way
to what the others know, before anything is told of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from blastlint.frozen import replace
from blastlint.model import Change, Environment, Impact, Value
from blastlint.regex import regex
from blastlint.resolve.terraform.details import IN_WORKSPACE, WORKSPACE

_KEY = regex(r'\[(?:"(?:[^"\\]|\\.)*"|\d+|\*)\]')
_RISK: tuple[Environment, ...] = ("ephemeral", "non-production", "unknown", "production")


def risk(impact: Impact) -> int:
    """How risky the environment is, the riskiest first."""
    return -_RISK.index(impact.environment)


def deployed(impacts: Sequence[Impact], groups: Mapping[tuple[str, str], Collection[str]]) -> list[Impact]:
    """The impacts, in order, without those of the default variant that others know more of, be it that nothing changes.
    `groups` are the addresses that there are by configuration and variant."""
    chosen = {configuration for configuration, variant in groups if variant.startswith(IN_WORKSPACE)}
    named = {_place(i) for i in impacts if i.change.entity.variant}
    wanting = {i.change.entity.configuration for i in impacts if not i.change.entity.variant and _wants_a_value(i)}
    for (configuration, variant), addresses in groups.items():
        if variant and configuration in wanting:
            named.update((configuration, _KEY.sub("", address)) for address in addresses)
    if not named and not chosen:
        return [*impacts]
    return [i for i in impacts if i.change.entity.variant or not _is_told_by_others(i, named, chosen)]


def distinct(impacts: Sequence[Impact]) -> tuple[Impact, ...]:
    """The impacts without repetitions across variants, in order."""
    if not any(impact.change.entity.variant for impact in impacts):
        return tuple(impacts)
    kept: list[Impact] = []
    groups: dict[tuple[str, ...], list[int]] = {}
    for impact in impacts:
        change = impact.change
        entity = change.entity
        key = (
            change.kind, entity.configuration, *_named(change), change.action, impact.effect, impact.cause,
            impact.blocked_by,
        )  # fmt: skip
        group = groups.setdefault(key, [])
        twin = next(
            (n for n in group if kept[n].change.entity.variant != entity.variant and _same(kept[n], impact)), None
        )
        if twin is None:
            group.append(len(kept))
            kept.append(impact)
        else:
            kept[twin] = _joined(kept[twin], impact)
    return tuple(kept)


def _named(change: Change) -> tuple[str, ...]:
    """What it is called in every variant: overlays give an object other names, but it is written in one place."""
    entity = change.before or change.entity
    if entity.kind == "kubernetes.object":
        place = entity.header or entity.region
        return place.path, str(place.start_line)
    return change.address, change.previous_address


def _place(impact: Impact) -> tuple[str, str]:
    """The configuration and the address without instance keys."""
    return impact.change.entity.configuration, _KEY.sub("", impact.change.address)


def _is_told_by_others(impact: Impact, named: Collection[tuple[str, str]], chosen: Collection[str]) -> bool:
    """`named` are the places of which named variants know, `chosen` the configurations of which each workspace is
    looked at: what hangs on that differs in one of them, or nowhere."""
    change = impact.change
    if change.entity.configuration in chosen and any(
        value is not None and WORKSPACE in value.refs for delta in change.deltas for value in (delta.before, delta.after)
    ):
        return True
    return _place(impact) in named and _wants_a_value(impact)


def _wants_a_value(impact: Impact) -> bool:
    """Whether a root variable without a value decides what changes, or how many there are."""
    change = impact.change
    values = [v for delta in change.deltas for v in (delta.before, delta.after) if v is not None]
    return "[*]" in change.address or any(ref.startswith("var.") for v in values if not v.known for ref in v.refs)


def _same(first: Impact, second: Impact) -> bool:
    a, b = first.change, second.change
    if a.action == "modified" or a.action == "moved":
        return a.deltas == b.deltas
    if a.kind == "kubernetes.object":
        return True  # the overlays differ in names, and in what else they add
    return _attributes(first) == _attributes(second)


def _attributes(impact: Impact) -> Value:
    return impact.change.entity.attributes


def _joined(kept: Impact, repeated: Impact) -> Impact:
    environment = max(kept.environment, repeated.environment, key=_RISK.index)
    if repeated.change.evidence == "plan":  # what is the same in another variant is confirmed there
        kept = replace(kept, change=replace(kept.change, evidence="plan"), foreseen=repeated.foreseen)
    return replace(kept, environment=environment, facts=kept.facts or repeated.facts)
