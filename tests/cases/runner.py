"""Labelled changes: small before/after trees with the exact findings of some families and the exact effects.

A file `tests/cases/<area>/*.yaml` is one group:

    rules: [MIG, CMD005]      # families or ids whose findings are exact here; the others are not looked at
    first_run: "61/80"        # cases right when the group was first run, before anything was fixed for it
    cases:
      - name: a table is dropped
        message: "optional commit message"   # also authors, branch, scope, now: see examples.changed_by
        before: {path: text}
        after: {path: text}
        findings: [{rule: MIG001, address: users, severity: critical}]   # [] = silent; any field of examples.agree
        effects: {aws_db_instance.main: replace}   # optional: exact, for changes whose effect is not no-op
        fails: "why blastlint gets it wrong today" # stays in the set; the test then expects the failure
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from blastlint import pipeline
from blastlint.config import governing
from blastlint.engine.load import shipped_rules
from blastlint.engine.rule import Rule
from blastlint.engine.strict_yaml import read
from blastlint.examples import STATED, agree, changed_by, line

HERE = Path(__file__).parent
GROUP_KEYS = {"rules", "first_run", "cases"}
DEPLOYED = ("terraform.", "cloudformation.", "kubernetes.", "compose.")  # kinds whose effects a case states
CASE_KEYS = {"name", "message", "before", "after", "findings", "effects", "fails", "authors", "branch", "scope", "now"}


@dataclass(frozen=True)
class Case:
    """One labelled change; `effects` is None where the case does not state them."""

    group: str
    name: str
    families: tuple[str, ...]
    message: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    findings: tuple[Mapping[str, object], ...]
    effects: Mapping[str, str] | None
    fails: str
    written: Mapping[str, object]


def cases() -> Iterator[Case]:
    """Every case, by file and order."""
    for path in sorted(HERE.rglob("*.yaml")):
        group = _group(path)
        for case in group["cases"]:
            assert set(case) <= CASE_KEYS, f"{path}: {case.get('name')}: {set(case) - CASE_KEYS}"
            effects = case.get("effects")
            yield Case(
                group=path.relative_to(HERE).with_suffix("").as_posix(),
                name=case["name"],
                families=tuple(group["rules"]),
                message=str(case.get("message", "")),
                before=case["before"] or {},
                after=case["after"] or {},
                findings=tuple(case["findings"]),
                effects=None if effects is None else {str(k): str(v) for k, v in effects.items()},
                fails=str(case.get("fails", "")),
                written=case,
            )


def first_runs() -> dict[str, str]:
    """Group -> its score before anything was fixed for it."""
    return {p.relative_to(HERE).with_suffix("").as_posix(): str(_group(p)["first_run"]) for p in HERE.rglob("*.yaml")}


def differences(case: Case) -> list[str]:
    """What is wrong, one line each; nothing where the case is met."""
    rules = tuple(rule for rule in _rules() if rule.id.startswith(case.families))
    changed = changed_by(case.written)
    report = pipeline.check(changed, _needed(rules), governing(changed))
    found = tuple(f for f in report.findings if f.rule_id.startswith(case.families))
    wrong = []
    if not agree(case.findings, found):
        wrong += [f"expected {dict(finding)}" for finding in case.findings]
        wrong += [f"found    rule={f.rule_id}, {line(f)}" for f in found] or ["found    nothing"]
    if case.effects is not None:
        effects = {
            impact.change.address: impact.effect
            for impact in report.impacts
            if impact.change.kind.startswith(DEPLOYED) and impact.effect != "no-op"
        }
        if effects != case.effects:
            wrong.append(f"expected effects {dict(case.effects)}, found {effects}")
    return wrong


def _group(path: Path) -> dict[str, Any]:
    group = read(str(path))
    assert set(group) == GROUP_KEYS, f"{path}: needs exactly {sorted(GROUP_KEYS)}"
    return group


def _needed(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """A rule about what is said judges the findings of the others, so with one of those on, all are."""
    return _rules() if any(rule.on in STATED for rule in rules) else rules


@cache
def _rules() -> tuple[Rule, ...]:
    return shipped_rules()
