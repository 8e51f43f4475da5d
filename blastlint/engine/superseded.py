"""One cause, one finding: where two rules judge the same thing, the one that names the other in `supersedes` speaks.

So does the gravest of the findings that one edit gives for several variants of a configuration, and the first of many that
say the same of things of one kind: the same message but for the address, the same level, the same happening to the thing.
What holds data, or is made anew, is told one by one however many there are: each is a loss of its own.

The same thing is the same place on one side, or the same entity where that is gone or the general finding judges it as a
whole. What weighs more, or stands for more places, than the finding that knows better stays: no verdict becomes milder here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from blastlint.engine.rule import Rule
from blastlint.errors import RuleError
from blastlint.frozen import replace
from blastlint.model import SEVERITIES, Finding, Region, Related

_END = 1 << 31
_TOO = "is so with {} as well"
_SAME = "is told the same"
_REPEATED = ("kubernetes.object", "cloudformation.resource", "compose.service")
_LEAVING = ("destroy", "orphan", "forget")
_FEW = 4
_MAX_RELATED = 50


def superseded_by(rules: Iterable[Rule]) -> Mapping[str, frozenset[str]]:
    """Rule -> the rules that speak in its place. Raises RuleError where rules would silence each other."""
    better: dict[str, set[str]] = {}
    for rule in rules:
        for general in rule.supersedes:
            better.setdefault(general, set()).add(rule.id)
    for general in better:
        _refuse_circle(general, better)
    return {general: frozenset(ids) for general, ids in better.items()}


def _refuse_circle(start: str, better: Mapping[str, set[str]]) -> None:
    seen: set[str] = set()
    waiting = [*better[start]]
    while waiting:
        rule = waiting.pop()
        if rule == start:
            raise RuleError(f"{start} supersedes itself, through others", remedy="Drop one `supersedes` of the circle.")
        if rule not in seen:
            seen.add(rule)
            waiting += better.get(rule, ())


def without_superseded(findings: Sequence[Finding], better: Mapping[str, frozenset[str]]) -> list[Finding]:
    """The findings, in order, without those that a more specific one says better."""
    speaking: dict[tuple[str, str], list[Finding]] = {}  # (rule, file) -> its findings there
    specific = frozenset().union(*better.values())
    for finding in findings:
        if finding.rule_id in specific:
            for path in _paths(finding):
                speaking.setdefault((finding.rule_id, path), []).append(finding)

    def is_said(general: Finding) -> bool:
        shelves = ((rule, path) for rule in better.get(general.rule_id, ()) for path in _paths(general))
        return any(_says_it_all(other, general) for shelf in shelves for other in speaking.get(shelf, ()))

    return [finding for finding in findings if not is_said(finding)]


def without_variants(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, in order, with one for those that differ in the variant alone: same rule, address and places."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        entity = finding.impact.change.entity
        fact = finding.fact.path if finding.fact is not None else ""
        key = (finding.rule_id, entity.configuration, finding.address, fact, finding.before, finding.after)
        groups.setdefault(key, []).append(finding)
    return [_gravest(group) if len(group) > 1 else group[0] for group in groups.values()]


def _gravest(group: Sequence[Finding]) -> Finding:
    """The first of the gravest, to which the other variants are related."""
    kept = min(group, key=lambda f: SEVERITIES.index(f.severity))
    others = dict.fromkeys(f.impact.change.entity.variant for f in group if f is not kept)
    also = [Related(_TOO.format(name or "no such file"), kept.after or kept.before, kept.address) for name in others]
    return replace(kept, related=(*kept.related, *also))


def without_repetitions(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, in order, with one for those that are alike."""
    groups: dict[object, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(_wording(finding) if _may_be_one(finding) else id(finding), []).append(finding)
    return [f for group in groups.values() for f in ([_for_all(group)] if len(group) > _FEW else group)]


def _may_be_one(finding: Finding) -> bool:
    impact = finding.impact
    is_loss = (impact.stateful and impact.effect in _LEAVING) or (finding.fact and finding.fact.name == "replacement")
    return impact.change.kind in _REPEATED and not is_loss


def _wording(finding: Finding) -> object:
    impact = finding.impact
    change = impact.change
    return (
        finding.rule_id,
        finding.severity,
        finding.message.replace(change.address, "").replace(change.entity.name, ""),
        change.type,
        change.action,
        impact.effect,
        impact.environment,
    )


def _for_all(group: list[Finding]) -> Finding:
    first, *others = group
    shown = others if len(others) <= _MAX_RELATED else others[: _MAX_RELATED - 1]
    places = [Related(_SAME, f.after or f.before, f.address) for f in shown]
    if len(shown) < len(others):
        places.append(Related(f"and {len(others) - len(shown):,} more are"))
    return replace(first, related=(*first.related, *places))


def _paths(finding: Finding) -> set[str]:
    return {finding.impact.change.path, *(region.path for region in _regions(finding))}


def _says_it_all(specific: Finding, general: Finding) -> bool:
    if SEVERITIES.index(specific.severity) > SEVERITIES.index(general.severity):
        return False
    return (_one_entity(specific, general) or _one_place(specific, general)) and _covers(specific, general)


def _one_entity(specific: Finding, general: Finding) -> bool:
    one, other = specific.impact.change, general.impact.change
    if one.path != other.path or one.address != other.address:
        return False
    return other.action == "removed" or general.fact is None or not general.fact.path


def _one_place(specific: Finding, general: Finding) -> bool:
    return any(_overlap(one, other) for one in _regions(specific) for other in _regions(general))


def _covers(specific: Finding, general: Finding) -> bool:
    """Whether nothing that the general finding stands for is left untold."""
    if general.fact is None or specific.fact is None:
        return True
    told = {specific.address, *(related.address for related in specific.fact.related)}
    return all(related.address in told for related in general.fact.related)


def _regions(finding: Finding) -> tuple[Region, ...]:
    """The places of the fact itself. Those of the entity say nothing about what of it is judged."""
    fact = finding.fact
    return tuple(region for region in (fact.before, fact.after) if region is not None) if fact is not None else ()


def _overlap(one: Region, other: Region) -> bool:
    if (one.side, one.path) != (other.side, other.path):
        return False
    return _start(one) < _end(other) and _start(other) < _end(one)


def _start(region: Region) -> tuple[int, int]:
    return region.start_line, region.start_column


def _end(region: Region) -> tuple[int, int]:
    """Where it ends, exclusive; a region without an end reaches to that of its line."""
    return (region.end_line, region.end_column) if region.end_line else (region.start_line, _END)
