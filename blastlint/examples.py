"""A rule's examples, run through the whole flow with only that rule on: the tests of rules, ours and users'.

Four outcomes, after ast-grep: a good example is *quiet* or *noisy*, a bad one is *reported* as expected or *missing*
(something expected was not found, or something else was).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from blastlint import pipeline
from blastlint.config import governing
from blastlint.engine.rule import Rule
from blastlint.engine.texts import examples_of
from blastlint.frozen import dataclass, replace
from blastlint.model import Author, ChangeSet, Finding
from blastlint.sources.memory import change_set

# Facts that rest on the findings of other rules.
STATED = frozenset({"intent", "freeze", "undocumented", "provenance", "at-once"})
Outcome = Literal["quiet", "noisy", "reported", "missing"]


@dataclass(frozen=True, slots=True)
class Result:
    """`expected` and `found` are one line per finding, sorted; they are shown where they differ."""

    rule: Rule
    example: str
    outcome: Outcome
    expected: tuple[str, ...] = ()
    found: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return self.outcome in ("quiet", "reported")


def results(rule: Rule) -> Iterator[Result]:
    """Every example of the rule, bad ones first."""
    examples = examples_of(rule)
    for number, example in enumerate(examples.get("bad") or [], 1):
        expected = example.get("findings")
        wanted = [e for e in expected if isinstance(e, Mapping)] if isinstance(expected, list) else []
        found = _findings(rule, example)
        good = bool(wanted) and agree(wanted, found)
        yield Result(
            rule,
            str(example.get("name", f"bad {number}")),
            "reported" if good else "missing",
            tuple(sorted(", ".join(f"{k}={e[k]}" for k in sorted(e)) for e in wanted)),
            tuple(sorted(line(f) for f in found)),
        )
    for number, example in enumerate(examples.get("good") or [], 1):
        found = _findings(rule, example)
        name = str(example.get("name", f"good {number}"))
        yield Result(rule, name, "noisy" if found else "quiet", (), tuple(sorted(line(f) for f in found)))


def _findings(rule: Rule, example: Mapping[str, object]) -> tuple[Finding, ...]:
    changed = changed_by(example)
    rules = (rule, *_helpers(rule))
    return tuple(f for f in pipeline.check(changed, rules, governing(changed)).findings if f.rule_id == rule.id)


def changed_by(example: Mapping[str, object]) -> ChangeSet:
    """The change set of an example: its trees and what is said of it (`authors` are addresses)."""
    before, after = example.get("before") or {}, example.get("after") or {}
    authors, scope = example.get("authors") or [], example.get("scope") or []
    assert isinstance(before, Mapping) and isinstance(after, Mapping)
    assert isinstance(authors, list) and isinstance(scope, list)
    return replace(
        change_set(before, after, str(example.get("message", ""))),
        authors=tuple(Author("", str(address)) for address in authors),
        branch=str(example.get("branch", "")),
        scope=tuple(str(glob) for glob in scope),
        now=str(example.get("now", "")),
    )


def _helpers(rule: Rule) -> tuple[Rule, ...]:
    """A rule about what is said judges other findings, so the others are on for it."""
    if rule.on not in STATED:
        return ()
    from blastlint.engine.load import shipped_rules

    return tuple(other for other in shipped_rules() if other.id != rule.id)


def agree(expected: Sequence[Mapping[str, object]], found: tuple[Finding, ...]) -> bool:
    """Each expectation is met by a finding of its own, and no finding is left over."""
    rest = list(found)
    for wanted in sorted(expected, key=len, reverse=True):
        match = next((f for f in rest if all(_fields(f).get(k) == str(v) for k, v in wanted.items())), None)
        if match is None:
            return False
        rest.remove(match)
    return not rest


def _fields(finding: Finding) -> dict[str, str]:
    place = finding.anchor.region if finding.anchor else (finding.after or finding.before)
    return {
        "rule": finding.rule_id,
        "address": finding.address,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "message": finding.message,
        "path": place.path if place else "",
        "line": str(place.start_line if place else 0),
    }


def line(finding: Finding) -> str:
    """A finding on one line, as it is shown where expectation and result differ."""
    fields = _fields(finding)
    return ", ".join(f"{k}={fields[k]}" for k in ("address", "line", "path", "severity")) + f": {finding.message}"
