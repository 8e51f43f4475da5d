"""Mocks that stand in place of what a test is about: what the test asks of the answer is then what it was told to answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from blastlint.enrich.code.pairs import WORD, Pair, scope_of, words_of
from blastlint.enrich.context import Context
from blastlint.model import Side
from blastlint.parse.code import Assertion, Call, Shape
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
    """Whether an assertion asks a mock that the test makes no more, as it makes none of something that the sources call no
    more, or less."""
    before, after = _mocks(pair.before), _mocks(pair.after)
    if not {*WORD.findall(text)} & (before.keys() - after.keys()):
        return False
    unmade = {*before.values()} - {*after.values()}
    return bool(unmade & (pair.scope.gone_words | pair.scope.context.once(_called_less)))


def _called_less(context: Context) -> frozenset[str]:
    """The names that the changed sources say less often than before."""
    before: Counter[str] = Counter()
    for change in scope_of(context).source_changes:
        pair = scope_of(context).pair(change)
        before.update(words_of(pair.text("before")))
        before.subtract(words_of(pair.text("after")))
    return frozenset(name for name, count in before.items() if count > 0)


def _mocks(shape: Shape) -> dict[str, str]:
    """What the mocks of a test are called -> the last name of what each stands in place of. Those of decorators are given as
    the first parameters, the nearest decorator's first."""
    made = [c for c in shape.decorators if _MOCKING.search(c.name) and len(c.arguments) < 2 + c.name.endswith("object")]
    given = (p.name for p in shape.parameters if p.name != "self")
    pairs = [*zip(given, reversed([c for c in made if "new" not in c.options]), strict=False)]
    for call in shape.calls:
        if _MOCKING.search(call.name):
            pairs += [(option.key, call) for option in shape.options if not option.owner and call.text in option.value]
    return {name: target for name, call in pairs for target in _targets(call)}


def _replaced(pair: Pair, side: Side) -> Iterator[str]:
    """The last names of the functions that a test gives other answers."""
    shape = pair.before if side == "before" else pair.after
    for call in (*shape.decorators, *shape.calls):
        if _MOCKING.search(call.name):
            yield from _targets(call)


def _targets(call: Call) -> Iterator[str]:
    """`patch("shop.billing.charge")`, `patch.object(billing, "charge")`, `spyOn(billing, "charge")` -> charge."""
    for argument in call.arguments[:2]:
        quoted = _QUOTED.findall(argument) if argument[:1] in ("'", '"', "`") else []
        if quoted:
            last = quoted[-1].rpartition(".")[2]
            if len(last) >= _NAMED:
                yield last
            return
