"""The examples of a rule, read from its file only when they are shown or tested."""

from __future__ import annotations

from collections.abc import Mapping

from blastlint.engine.load import read
from blastlint.engine.rule import Rule

Examples = Mapping[str, list[Mapping[str, object]]]


def examples_of(rule: Rule) -> Examples:
    """As written: {bad: [...], good: [...]}."""
    examples = read(rule.source)["examples"]
    assert isinstance(examples, Mapping)
    return examples
