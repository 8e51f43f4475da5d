"""Mocks that stand in place of what a test is about: what the test asks of the answer is then what it was told to answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from blastlint.enrich.code.pairs import Pair
from blastlint.model import Side
from blastlint.parse.code import Assertion, Call
from blastlint.regex import regex

MOCKS = regex(rb"(?i)patch|spyOn|setattr|\bstub|allow\(|\.mock")
_MOCKING = regex(r"(^|\.)(patch|object|spyOn|setattr|stub)$")
_QUOTED = regex(r"[\"'`]([\w.:/]+)[\"'`]")
_NAMED = 3  # letters of a name that tells


def mocked(pair: Pair, assertions: Sequence[Assertion]) -> Iterator[Assertion]:
    """The assertions whose subject is what a function answers that is newly replaced in the test."""
    replaced = {*_replaced(pair, "after")} - {*_replaced(pair, "before")}
    for name in sorted(replaced):
        asked = re.compile(rf"([\w.]*\.)?{re.escape(name)}\(")
        yield from (a for a in assertions if a.form != "mock" and asked.match(a.subject))


def of_gone(pair: Pair, text: str) -> bool:
    """Whether an assertion asks a mock of something that the sources lost: it is named for what it stood in place of."""
    asked = _plain(text)
    return any(_plain(name) in asked for name in {*_replaced(pair, "before")} & pair.scope.gone_words)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _replaced(pair: Pair, side: Side) -> Iterator[str]:
    """The last names of the functions that a test gives other answers."""
    shape = pair.before if side == "before" else pair.after
    for call in (*shape.decorators, *shape.calls):
        if _MOCKING.search(call.name):
            yield from _targets(call)


def _targets(call: Call) -> Iterator[str]:
    """`patch("shop.billing.charge")`, `patch.object(billing, "charge")`, `spyOn(billing, "charge")` -> charge."""
    for argument in call.arguments[:2]:
        quoted = _QUOTED.fullmatch(argument)
        if quoted is not None:
            last = quoted.group(1).rpartition(".")[2]
            if len(last) >= _NAMED:
                yield last
            return
