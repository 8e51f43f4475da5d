"""Which lines correspond."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.diff.lines import differing

LINES = st.lists(st.sampled_from("abcdef"), max_size=30)


def kept(old: list[str], new: list[str]) -> list[str]:
    return [line for equal, (a, b, _, _) in differing(old, new) if equal for line in old[a:b]]


@settings(max_examples=200, deadline=None)
@given(LINES, LINES)
def test_blocks_cover_both_texts_and_say_the_truth(old: list[str], new: list[str]) -> None:
    i = j = 0
    for equal, (a, b, c, d) in differing(old, new):
        assert (a, c) == (i, j) and (b, d) != (a, c)
        assert not equal or old[a:b] == new[c:d]
        i, j = b, d
    assert (i, j) == (len(old), len(new))


@settings(max_examples=50, deadline=None)
@given(LINES)
def test_equal_texts_are_one_block(lines: list[str]) -> None:
    assert list(differing(lines, lines)) == ([(True, (0, len(lines), 0, len(lines)))] if lines else [])


def test_lines_that_stand_once_hold_the_rest_together() -> None:
    old = ["{", "a", "}", "{", "b", "}", "{", "c", "}"]
    new = ["{", "a", "}", "{", "c", "}"]
    assert kept(old, new) == new
    assert kept(["x", "a", "y", "b"], ["a", "b", "z"]) == ["a", "b"]


def test_repeated_lines_are_compared_where_nothing_stands_once() -> None:
    assert kept(["a", "b", "a", "b", "c"], ["b", "a", "b", "a"]) in (["b", "a", "b"], ["a", "b", "a"])
    assert kept(["a"] * 5, ["b", *["a"] * 4, "b"]) == ["a"] * 4


def test_a_long_stretch_of_repetition_does_not_take_long() -> None:
    old, new = ["x", "a", "b"] * 20_000, ["y", "b", "a"] * 20_000
    blocks = list(differing(old, new))
    assert blocks[-1][1][1::2] == (60_000, 60_000)
