"""Expressions that are put off, and words in their place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastlint.regex import Words, regex, screened


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        ("iam role", "aws_IAM_policy", True),
        ("iam role", "aws_instance", False),
        ("^ini .conf$", "ini a/b.txt", True),
        ("^ini .conf$", "text a/ini", False),
        ("^ini .conf$", "text a/b.CONF", True),
        ("^ini .conf$", "text a.conf/b", False),
        ("", "anything", False),
    ],
)
def test_words_are_found_anywhere_at_the_beginning_and_at_the_end(words: str, text: str, found: bool) -> None:
    assert Words(words).search(text) is found


@given(st.text(alphabet="abT. /x", max_size=12), st.booleans())
def test_a_screen_changes_no_answer(text: str, again: bool) -> None:
    plain, waiting = regex(r"(^|/)(a|b)T\.x$|^x"), screened("at.x$ bt.x$ ^x", r"(^|/)(a|b)T\.x$|^x")
    for _ in range(1 + again):  # once it is compiled, no word is looked for any more
        assert [bool(p.search(text)) for p in (plain, waiting)] == [plain.search(text) is not None] * 2
        assert bool(plain.match(text)) == bool(waiting.match(text))


def test_what_waits_is_found_with_its_groups() -> None:
    waiting = screened("^merge", r"^Merge (?P<branch>\S+)")
    assert waiting.match("feature: Merge x") is None
    found = waiting.match("Merge x y")
    assert found is not None and found["branch"] == "x"
