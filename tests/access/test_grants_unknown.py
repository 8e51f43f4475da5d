"""What is unknown in a condition is not said to be looser."""

from __future__ import annotations

from blastlint.enrich.access.grants import Condition, Grant, widenings


def grant(*values: str) -> Grant:
    condition = Condition("StringLike", "token.actions.githubusercontent.com:sub", frozenset(values))
    return Grant(True, frozenset({"sts:AssumeRole"}), frozenset({"*"}), conditions=frozenset({condition}))


def test_an_expression_with_a_wildcard_in_it_is_no_pattern() -> None:
    old = grant('${[for r in var.repos : "repo:org/${r}:*"]}')
    other = grant('${[for r in var.repos : format("repo:%s:*", r)]}')
    assert [w.atoms[0].named for w in widenings([old], [other])] == [True]
    assert [w.atoms[0].named for w in widenings([old], [grant("repo:*")])] == [False]
