"""What is unknown in a condition is not said to be looser."""

from __future__ import annotations

from blastlint.enrich.grants import Condition, Grant, _covers_conditions


def grant(*values: str) -> Grant:
    condition = Condition("StringLike", "token.actions.githubusercontent.com:sub", frozenset(values))
    return Grant(True, frozenset({"sts:AssumeRole"}), frozenset({"*"}), conditions=frozenset({condition}))


def test_an_expression_with_a_wildcard_in_it_is_no_pattern() -> None:
    old = grant('${[for r in var.repos : "repo:org/${r}:*"]}')
    assert _covers_conditions(old, grant('${[for r in var.repos : format("repo:%s:*", r)]}'))
    assert not _covers_conditions(old, grant("repo:*"))
