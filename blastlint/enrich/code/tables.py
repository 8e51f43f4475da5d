"""Tables that tests are run over: rows that go, wherever the table stands. In a test it is a list with a name that the test
goes through; at the top of a file, one that the tests of the file go through or are parametrised with."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from blastlint.enrich.code.pairs import Pair, Scope, words_of
from blastlint.frozen import dataclass
from blastlint.model import Side
from blastlint.parse.code import Option, Shape
from blastlint.parse.spelling import split
from blastlint.regex import regex

RUNS = regex(rb"parametrize|\beach|forEach|\bfor\b|\.map\b|\.iter\b|\bCases?\b|\bDescribeTable\b")
_OPENING = {"(": ")", "[": "]", "{": "}"}
_WORDS = regex(r"%[wWiI].")  # Ruby's lists of words have no commas
_LITERAL = regex(r"\"([^\"\\]{3,})\"|'([^'\\]{3,})'|`([^`]{3,})`|\b\d{3,}\b")
_LEAST = 2  # rows of a table
# How something with a NAME is gone through, in the languages of tests.
_WAYS = (
    r"(\b(in|of|range)\s+|\bfor\s*\([^()]*:\s*)[&*]?NAME\b",
    r"\bNAME\s*\.\s*(each\w*|forEach|map|iter|items|entries|into_iter)\b|\beach\(\s*NAME\b",
    r"parametrize\(\s*(\"[^\"]*\"|'[^']*'|[\[(][^\])]*[\])])\s*,\s*(argvalues\s*=\s*)?(\[\s*\*)?NAME\b",
)


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A table with fewer rows than before. `at` is where it is set afterwards."""

    name: str
    before: int
    after: int
    at: object


def shrunk(pair: Pair) -> Shrunk | None:
    """The first table of a changed definition of tests that lost rows which nothing else of the change set says now."""
    if not (pair.mentions(RUNS) and pair.mentions(RUNS, "before")) and pair.change.type != "setting":
        return None
    old, new = _set_once(pair.before), _set_once(pair.after)
    for option in new.values():
        before, after = rows(old[option.key].value if option.key in old else ""), rows(option.value)
        if len(before) < _LEAST or not after or len(after) >= len(before):
            continue
        lost = [row for row in (Counter(before) - Counter(after)).elements() if row not in after]
        if lost and _run_over(option.key, pair) and not all(_is_explained(row, pair) for row in lost):
            return Shrunk(option.key, len(before), len(after), option.at)
    return None


def _set_once(shape: Shape) -> dict[str, Option]:
    """The names that are given one value: one that is given several is no table."""
    times = Counter(option.key for option in shape.options)
    return {option.key: option for option in shape.options if times[option.key] == 1}


def rows(value: str) -> tuple[str, ...]:
    """The elements of a list, a tuple, a map or a list of words that a value is; none of anything else."""
    start, depth, group = 0, 0, ""
    quote = ""
    for index, letter in enumerate(value):
        if quote:
            quote = "" if letter == quote and value[index - 1] != "\\" else quote
        elif letter in "\"'`":
            quote = letter
        elif letter in _OPENING:
            start, depth = (index, 1) if depth == 0 else (start, depth + 1)
        elif letter in _OPENING.values() and depth:
            depth -= 1
            group = value[start : index + 1] if depth == 0 else group
    if depth or not group or (group[0] == "(" and not value.startswith("(")):
        return ()  # what a call gives is not known
    inside = group[1:-1].strip()
    return tuple(inside.split() if _WORDS.match(value) else split(inside, "\"'`"))


def _run_over(name: str, pair: Pair) -> bool:
    """Whether the test, or a test of the file where the table stands outside of one, runs over what has the name."""
    if pair.change.type != "setting":
        return _goes_through(name, pair.text("after"))
    module = pair.module("after")
    tests = [d for d in module.definitions if d.sort == "test"] if module is not None else []
    return any(_goes_through(name, test.text.decode("utf-8", "replace")) for test in tests)


def _goes_through(name: str, text: str) -> bool:
    word = re.escape(name)
    return any(re.search(way.replace("NAME", word), text) for way in _WAYS)


def is_told(pair: Pair) -> bool:
    """Whether other tests of the change set newly say every text that went from the lines of this one."""
    lost = [line for line in _lines(pair, "before", "after") if _texts(line)]
    return bool(lost) and all(_is_said(line, pair) for line in lost)


def _is_explained(row: str, pair: Pair) -> bool:
    """Whether what the row is about went from the sources, or another test of the change set newly says it."""
    return bool(set(words_of(row)) & pair.scope.gone_words) or _is_said(row, pair)


def _is_said(row: str, pair: Pair) -> bool:
    told = _texts(row)
    return bool(told) and any(all(text in new for text in told) for new in _new_lines(pair.scope))


def _texts(row: str) -> list[str]:
    """The texts in quotes and the long numbers of a row."""
    said = (next(filter(None, found), "") for found in _LITERAL.findall(row))
    return [text for text in said if text]


@lru_cache(maxsize=1)
def _new_lines(scope: Scope) -> tuple[str, ...]:
    """What each changed definition of the tests says that it did not say before."""
    changed = [scope.pair(c) for c in scope.changes if c.after is not None and scope.is_test(c.path)]
    return tuple("\n".join(_lines(pair, "after", "before")) for pair in changed)


def _lines(pair: Pair, side: Side, other: Side) -> Counter[str]:
    """The lines that only one side has."""
    here, there = (Counter(line.strip() for line in pair.text(s).split("\n")) for s in (side, other))
    return here - there
