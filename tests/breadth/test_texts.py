"""Texts measured: lines, words, encodings, nesting."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.enrich.breadth.texts import (
    Text,
    Words,
    compared_lines,
    compared_words,
    flips,
    kept_share,
    nested,
    reordered,
    telling_lines,
    text_of,
)


def text(data: str | bytes) -> Text:
    found = text_of(data.encode() if isinstance(data, str) else data)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (b"a\nb\n", b"a\r\nb\r\n", ("line ends LF -> CRLF",)),
        (b"a\r\nb\r\n", b"a\nb\n", ("line ends CRLF -> LF",)),
        (b"a\nb\r\n", b"a\nb\n", ()),
        (b"a\nb\n", b"a", ()),
        (b"a\n", b"\xef\xbb\xbfa\n", ("encoding UTF-8 -> UTF-8 with a byte order mark",)),
        ("ü\n".encode(), "ü\n".encode("latin-1"), ("encoding UTF-8 -> no UTF-8",)),
        ("ü\n".encode(), "ü\n".encode("utf-16"), ("encoding UTF-8 -> UTF-16",)),
        ("ü\n".encode(), "�\n".encode(), ("characters replaced by U+FFFD",)),
        ("�\n".encode(), "�\n".encode(), ()),
        ("ü\n".encode(), "ü\n�\n".encode(), ()),
        (b"a\n", b"\xef\xbb\xbfa\r\n", ("line ends LF -> CRLF", "encoding UTF-8 -> UTF-8 with a byte order mark")),
    ],
)
def test_flips(before: bytes, after: bytes, told: tuple[str, ...]) -> None:
    assert flips(text(before), text(after)) == told


def share(before: Text, after: Text) -> tuple[float, int] | None:
    return kept_share(before, compared_lines(before, after))


def changed_words(before: Text, after: Text) -> Words:
    return compared_words(compared_lines(before, after))


def test_what_is_no_text() -> None:
    assert text_of(None) is None
    assert text_of(b"GIF89a\0\0") is None
    assert text_of(b"a" * 5_000_000) is None


def test_lines_are_a_multiset_without_blank_ones() -> None:
    lines = compared_lines(text("a\nb\n\nb\nc\n"), text("c\r\n\r\nb\r\na\r\nd\r\n"))
    assert (lines.before, lines.after, lines.most, lines.changed) == (4, 4, 4, 1)
    assert (lines.gone, lines.born) == ({"b": 1}, {"d": 1})


@pytest.mark.parametrize(
    ("before", "after", "gone", "born"),
    [
        ("f(a, b)", "f(\n    a,\n    b,\n)\n", {}, {}),
        ("x = 'a'", 'x = "a"', {}, {}),
        ("# one two\n# three", "# one\n# two three", {}, {}),
        ("timeout: 30", "timeout: 3000", {"30": 1}, {"3000": 1}),
        ("if a > b", "if a >= b", {">": 1}, {">=": 1}),
        ("a and not b", "a and b", {"not": 1}, {}),
        ("x = 1.5", "x = 1.50", {"1.5": 1}, {"1.50": 1}),
    ],
)
def test_words(before: str, after: str, gone: dict[str, int], born: dict[str, int]) -> None:
    words = changed_words(text(before), text(after))
    assert (words.gone, words.born) == (Counter(gone), Counter(born))


def test_words_in_another_order_are_told() -> None:
    assert reordered(text("a b"), text("b a"))
    assert not reordered(text("a b"), text("a\nb"))


def test_telling_lines_leave_numbers_and_marks_out() -> None:
    assert telling_lines(text("  image: web:1.2.3\n}\n  else:\nsha: 0af9c1d2\n")) == {
        "image: web:0": 1,
        "else:": 1,
        "sha: 0": 1,
    }


def test_a_pin_is_a_pin_by_tag_or_by_digest() -> None:
    digest = "0af9c1d2" * 8
    tagged = telling_lines(text('a = quay.io/x/web:2026.06.21-2\n- uses: acme/build@v4\nimage: "acme/web:1.2"\n'))
    pinned = telling_lines(
        text(
            f"a = quay.io/x/web@sha256:{digest}  # 2026.06.25-1\n"
            f"- uses: acme/build@{digest[:40]} # v4.1.2\n"
            f'image: "acme/web:1.3@sha256:{digest}"\n'
        )
    )
    assert tagged == pinned


def test_what_is_added_takes_nothing_from_what_is_kept() -> None:
    assert share(text("alpha\nbravo\n"), text("alpha\n" + "other\n" * 50 + "bravo\n")) == (1.0, 2)
    assert share(text("alpha\nbravo\n"), text("bravo\n")) == (0.5, 2)
    assert share(text(""), text("alpha\n")) == (1.0, 0)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("alpha()\nbravo()\n", "if x:\n    alpha()\n    bravo()\n", True),
        ("if x {\n\talpha()\n\tbravo()\n}\n", "alpha()\nbravo()\n", True),
        ("  alpha\n    bravo\n      charlie\n", "    alpha\n        bravo\n            charlie\n", False),
        ("\talpha\n\t\tbravo\n", "    alpha\n        bravo\n", False),
        ("alpha\n", "bravo\n", False),
    ],
)
def test_nesting_shifts_by_one_amount(before: str, after: str, expected: bool) -> None:
    assert nested(text(before), text(after)) is expected


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=200))
def test_the_same_text_does_not_differ(data: bytes) -> None:
    side = text_of(data)
    if side is None:
        return
    assert flips(side, side) == ()
    assert compared_lines(side, side).changed == 0
    assert changed_words(side, side).changed == 0
    assert not reordered(side, side)
    whole = share(side, side)
    assert whole is not None
    assert whole[0] == 1.0
    assert not nested(side, side)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["alpha", "12", "x.y", "==", "beta_2"]), max_size=12), st.data())
def test_layout_has_no_words(words: list[str], data: st.DataObject) -> None:
    blank = st.sampled_from([" ", "\n", "\n    ", "\t", "  "])
    one, other = ("".join(word + data.draw(blank) for word in words) for _ in range(2))
    assert changed_words(text(one), text(other)).changed == 0
    assert not reordered(text(one), text(other))


def test_a_hundred_thousand_lines_take_little_time() -> None:
    before = text("".join(f"line {n} of many = {n % 7}\n" for n in range(100_000)))
    after = text("".join(f"  line {n} of many = {n % 5}\n" for n in range(100_000)))
    start = time.process_time()
    assert compared_lines(before, after).changed == 100_000
    assert changed_words(before, after).changed < 100_000
    assert share(before, after) == (1.0, 100_000)
    assert nested(before, after)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "line", ["1" * 39 + "g.", "1.", "a" * 39 + " ", "((((a", "ENC[", "0f" * 40 + "z ", "-", '{"a": [1, "b"]}, ']
)
def test_one_line_of_megabytes_takes_little_time(line: str) -> None:
    before, after = text(line * (2_000_000 // len(line))), text(line * (1_900_000 // len(line)) + "\nmore lines\n")
    start = time.process_time()
    compared_lines(before, after)
    changed_words(before, after)
    share(before, after)
    nested(before, after)
    assert time.process_time() - start < 5


def test_what_is_encrypted_is_new_at_every_writing() -> None:
    before = text(
        "".join(f"key_{c}: ENC[AES256_GCM,data:{c * 8}==,iv:x{c}=]\n" for c in "abcdef") + "tok: " + "Zq" * 30
    )
    after = text("".join(f"key_{c}: ENC[AES256_GCM,data:{c * 6}==,iv:y{c}=]\n" for c in "abcdef") + "tok: " + "Rt" * 30)
    assert share(before, after) == (1.0, 7)


@settings(max_examples=100, deadline=None)
@given(*(st.lists(st.sampled_from(["alpha 1", "alpha 2", "  bravo", "bravo", "}", "charlie()"]), max_size=9),) * 2)
def test_the_share_is_counted_until_it_is_enough(old: list[str], new: list[str]) -> None:
    before, after = text("\n".join(old)), text("\n".join(new))
    lines = compared_lines(before, after)
    exact = kept_share(before, lines)
    assert exact is not None
    was, now = telling_lines(before), telling_lines(after)
    assert exact == ((was & now).total() / was.total() if was else 1.0, was.total())
    assert kept_share(before, lines, 0.5) == (None if exact[0] >= 0.5 else exact)
