"""Codex's rules for commands as a key tree."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.parse import parse
from blastlint.parse.keytree import KeyTree

PATH = ".codex/rules/default.rules"


def leaves(text: str) -> dict[str, object]:
    document = parse(PATH, "after", text.encode())
    assert isinstance(document.content, KeyTree)
    return {path: leaf.scalar for root in document.content.documents for path, leaf in root.leaves()}


def test_alternatives_are_spelled_out_and_a_decision_is_allow_where_none_is_said() -> None:
    text = 'prefix_rule(\n    pattern = ["git", ["push", "fetch"], "--all"],\n)\nprint("x")\n'
    assert leaves(text) == {
        "rule[0].pattern[0]": "git push --all",
        "rule[0].pattern[1]": "git fetch --all",
        "rule[0].decision": "allow",
    }


def test_an_expression_is_not_run() -> None:
    assert leaves('prefix_rule(pattern = open("x"), decision = D)\n') == {
        "rule[0].pattern": None,
        "rule[0].decision": None,
    }


def test_other_rules_are_other_files() -> None:
    assert parse("udev/10.rules", "after", b"prefix_rule()").language == ""
    assert parse(PATH, "after", b"prefix_rule(").coverage == "opaque"


@settings(max_examples=40, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text('()[]{}"=, prefix_ruleatn\n', max_size=200).map(str.encode)))
def test_nothing_raises(data: bytes) -> None:
    assert parse(PATH, "after", data).path == PATH
    assert parse(PATH, "after", b"(" * 5000 + data).path == PATH
