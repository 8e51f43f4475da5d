"""The examples of every rule hold, and what its message shows is there to be shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from blastlint import pipeline
from blastlint.config import governing
from blastlint.engine.load import shipped_rules
from blastlint.engine.messages import fields_in
from blastlint.engine.rule import Rule
from blastlint.engine.texts import examples_of
from blastlint.examples import STATED, changed_by, results
from blastlint.model import FactValue, Finding

RULES = shipped_rules()
# Facts of which only some values need words: the others are names that the reader knows from the file.
PARTLY = frozenset({"review.what", "command.target"})


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_examples_of_a_rule_hold(rule: Rule) -> None:
    assert [result for result in results(rule) if not result.passed] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_message_shows_what_its_fact_says_in_words(rule: Rule) -> None:
    """Every field is there, and a value of a field that has words is said in them."""
    for finding in _found(rule):
        fields = finding.fact.fields if finding.fact is not None else {}
        said = {f"{rule.on}.{name}": _plain(value) for name, value in fields.items()}
        assert {name for name in fields_in(rule.message) if "." in name} <= said.keys(), finding.message
        for name, words in rule.words.items():
            assert said[name] in words or name in PARTLY, finding.message


def _plain(value: FactValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value or "")


def _found(rule: Rule) -> Iterator[Finding]:
    rules = RULES if rule.on in STATED else (rule,)
    for example in examples_of(rule)["bad"]:
        changed = changed_by(example)
        yield from (f for f in pipeline.check(changed, rules, governing(changed)).findings if f.rule_id == rule.id)
