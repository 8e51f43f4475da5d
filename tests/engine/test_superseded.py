"""One cause, one finding: what a more specific rule says better is silent, and nothing else is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from blastlint import pipeline
from blastlint.engine.judge import Judge
from blastlint.engine.load import shipped_rules
from blastlint.errors import RuleError
from blastlint.model import Severity
from blastlint.sources.memory import change_set

RULES = shipped_rules()
BY_ID = {rule.id: rule for rule in RULES}
SWITCH = ({"app.yaml": "auth:\n  enabled: true\n"}, {"app.yaml": "auth:\n  enabled: false\n"})


def found(before: dict[str, str], after: dict[str, str], *ids: str, **levels: Severity) -> list[str]:
    rules = [replace(BY_ID[i], severity=levels.get(i, BY_ID[i].severity), levels=()) for i in ids]
    return sorted(f.rule_id for f in pipeline.check(change_set(before, after), rules).findings)


def test_the_specific_rule_speaks_alone() -> None:
    assert found(*SWITCH, "ACC007", "CFG004") == ["ACC007"]
    assert found(*SWITCH, "CFG004") == ["CFG004"]


def test_what_weighs_more_stays() -> None:
    assert found(*SWITCH, "ACC007", "CFG004", ACC007="low") == ["ACC007", "CFG004"]


def test_another_key_on_the_same_line_is_another_cause() -> None:
    before = {"app.json": '{"auth": {"enabled": true}, "verify_ssl": true}'}
    after = {"app.json": '{"auth": {"enabled": false}, "verify_ssl": false}'}
    assert found(before, after, "ACC007", "CFG004") == ["ACC007", "CFG004"]


def test_every_name_is_a_rule() -> None:
    assert {general for rule in RULES for general in rule.supersedes} <= BY_ID.keys()


def test_a_circle_is_refused() -> None:
    with pytest.raises(RuleError, match="supersedes itself"):
        Judge([BY_ID["ACC007"], replace(BY_ID["CFG004"], supersedes=("ACC007",))])
