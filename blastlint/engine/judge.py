"""Rules x impacts -> findings. Pure: no I/O, no order of rules, no state.

A rule is compiled once and filed under the fact that it is `on` and the first text that its `when` asks for, so that a rule
for something else costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from blastlint.engine.conditions import Lookup, Predicate, compiled
from blastlint.engine.messages import filled
from blastlint.engine.rule import Condition, Rule
from blastlint.engine.superseded import superseded_by, without_repetitions, without_superseded, without_variants
from blastlint.frozen import dataclass
from blastlint.model import CONFIDENCES, SEVERITIES, Confidence, Fact, FactValue, Finding, Impact, Region, Severity
from blastlint.parse.languages import language_of

_LOWERED_ONE = ("non-production", "ephemeral"), ("test",)
_LOWERED_TO_LOW = ("docs", "example", "generated", "vendored", "lock")


@dataclass(frozen=True, slots=True)
class _Compiled:
    rule: Rule
    when: Predicate
    unless: tuple[Predicate, ...]
    levels: tuple[tuple[Predicate, Severity], ...]


class Judge:
    """A compiled rule set. `severities` replaces the declared severity of rules by id (a repository's configuration)."""

    def __init__(self, rules: Iterable[Rule], severities: Mapping[str, Severity] | None = None) -> None:
        rules = tuple(rules)
        self._severities = severities or {}
        self._better = superseded_by(rules)
        # fact -> name of what is asked ("" for nothing) -> its value -> rules
        self._filed: dict[str, dict[str, dict[str, list[Rule]]]] = {}
        self._compiled: dict[str, _Compiled] = {}  # by id, when first asked: most rules never are
        for rule in rules:
            name, values = _asked(rule.when)
            shelf = self._filed.setdefault(rule.on, {}).setdefault(name, {})
            for value in values:
                shelf.setdefault(value, []).append(rule)

    def findings(self, impacts: Sequence[Impact]) -> tuple[Finding, ...]:
        """Worst first, then by place. Two findings never share a fingerprint: the first stands for both."""
        found: dict[str, Finding] = {}
        for impact in impacts:
            for finding in self._judged(impact):
                found.setdefault(finding.fingerprint, finding)
        said = without_variants(found.values())
        return tuple(without_repetitions(sorted(without_superseded(said, self._better), key=_order)))

    def _judged(self, impact: Impact) -> Iterator[Finding]:
        known = change_facts(impact)
        for candidate in self._candidates("change", known):
            yield from self._applied(candidate, impact, None, known)
        for fact in impact.facts:
            if fact.name in self._filed:
                both = known | {f"{fact.name}.{name}": value for name, value in fact.fields.items()}
                for candidate in self._candidates(fact.name, both):
                    yield from self._applied(candidate, impact, fact, both)

    def _candidates(self, on: str, known: Mapping[str, FactValue]) -> Iterator[_Compiled]:
        """The rules on a fact that the known values do not already rule out."""
        for name, shelf in self._filed.get(on, {}).items():
            value = known.get(name) if name else ""
            if isinstance(value, str):
                for rule in shelf.get(value, ()):
                    yield self._compiled.get(rule.id) or self._compile(rule)

    def _compile(self, rule: Rule) -> _Compiled:
        self._compiled[rule.id] = made = _Compiled(
            rule,
            compiled(rule.when),
            tuple(compiled(condition) for condition in rule.unless),
            tuple((compiled(level.when), level.severity) for level in rule.levels),
        )
        return made

    def _applied(
        self, candidate: _Compiled, impact: Impact, fact: Fact | None, known: Mapping[str, FactValue]
    ) -> Iterator[Finding]:
        lookup: Lookup = known.get
        if not candidate.when(lookup) or any(condition(lookup) for condition in candidate.unless):
            return
        rule = candidate.rule
        declared = self._severities.get(rule.id, rule.severity)
        level = declared
        if rule.id not in self._severities:
            level = next((severity for holds, severity in candidate.levels if holds(lookup)), declared)
        level, adjusted = _in_surroundings(rule, level, impact)
        before, after = _places(impact, fact)
        yield Finding(
            rule_id=rule.id,
            rule_name=rule.name,
            severity=level,
            declared_severity=declared,
            confidence=_weakest(rule.confidence, fact.confidence if fact else impact.confidence),
            message=filled(rule.message, lookup, rule.words),
            address=impact.change.address,
            impact=impact,
            fact=fact,
            before=before,
            after=after,
            fingerprint=fingerprint(rule.id, impact, fact),
            adjusted=adjusted,
            related=(*(fact.related if fact else ()), *impact.dependents),
        )


def _asked(condition: Condition) -> tuple[str, tuple[str, ...]]:
    """The first name of a condition that must equal one of some texts, and these; ("", ("",)) when none must."""
    for name, matcher in condition.items():
        wanted = matcher if isinstance(matcher, (list, tuple)) else (matcher,)
        if name != "any" and all(isinstance(value, str) for value in wanted):
            return name, tuple(dict.fromkeys(wanted))
    return "", ("",)


def change_facts(impact: Impact) -> dict[str, FactValue]:
    """The facts of vocabulary.CHANGE for one impact."""
    change = impact.change
    entity = change.entity
    return {
        "kind": entity.kind,
        "type": entity.type,
        "name": entity.name,
        "address": change.address,
        "previous_address": change.previous_address,
        "action": change.action,
        "effect": impact.effect,
        "cause": impact.cause,
        "evidence": change.evidence,
        "effect_confidence": impact.confidence,
        "blocked_by": impact.blocked_by,
        "replace_paths": impact.replace_paths,
        "stateful": impact.stateful,
        "recoverability": impact.recoverability,
        "environment": impact.environment,
        "path_class": impact.path_class,
        "path": entity.region.path,
        "language": language_of(entity.region.path),
        "configuration": entity.configuration,
        "variant": entity.variant,
        "dependents": len(impact.dependents),
        "explained_by": change.explained_by,
    }


def fingerprint(rule_id: str, impact: Impact, fact: Fact | None) -> str:
    """`blastlint/v1`: the rule, the address before, the effect and the delta path; no line numbers, so it survives edits.

    One function for baseline, suppression, sign-off and SARIF. 32 hexadecimal digits.
    """
    change = impact.change
    entity = change.before or change.entity
    parts = (rule_id, entity.configuration, entity.variant, entity.address, impact.effect, fact.path if fact else "")
    try:  # as the standard `random` does: hashlib costs as much as ten modules
        from _sha256 import sha256  # type: ignore[import-not-found]
    except ImportError:
        from hashlib import sha256
    digest: str = sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return digest[:32]


def _in_surroundings(rule: Rule, level: Severity, impact: Impact) -> tuple[Severity, tuple[str, ...]]:
    """The level where the change stands, and why it differs. Unknown counts as production."""
    if rule.context == "exact":
        return level, ()
    if impact.path_class in _LOWERED_TO_LOW:
        lowered: Severity = "low"
        reason = f"{impact.path_class} file"
    elif impact.environment in _LOWERED_ONE[0] or impact.path_class in _LOWERED_ONE[1]:
        lowered = SEVERITIES[min(SEVERITIES.index(level) + 1, len(SEVERITIES) - 1)]
        reason = impact.environment if impact.environment in _LOWERED_ONE[0] else f"{impact.path_class} file"
    else:
        return level, ()
    return lowered, ((f"{level} -> {lowered}: {reason}",) if lowered != level else ())


def _places(impact: Impact, fact: Fact | None) -> tuple[Region | None, Region | None]:
    """Where to look on each side: the fact's places, else those of the entity. A change set has none of its own."""
    change = impact.change
    if fact is not None and (fact.before or fact.after) and change.kind == "change-set":
        return fact.before, fact.after
    before = (fact.before if fact else None) or (
        change.before.header or change.before.region if change.before else None
    )
    after = (fact.after if fact else None) or (change.after.header or change.after.region if change.after else None)
    return before, after


def _weakest(*confidences: Confidence) -> Confidence:
    return max(confidences, key=CONFIDENCES.index)


def _order(finding: Finding) -> tuple[int, str, int, str, str]:
    place = finding.after or finding.before
    return (
        SEVERITIES.index(finding.severity),
        place.path if place else "",
        place.start_line if place else 0,
        finding.rule_id,
        finding.fingerprint,
    )
