"""Work whose cost has no bound: a regular expression that backtracks without end, a query without LIMIT or tenant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from blastlint.enrich.code.pairs import Pair
from blastlint.facts.calls import pattern
from blastlint.model import Fact, FactValue, Side
from blastlint.parse.code import Call
from blastlint.regex import regex

_SCREEN = regex(rb"(?i)re\.|regex|/[^/\n]*[+*]\)[+*]|limit|select|filter|where|Pattern|tenant|first|\.all|find")
_LINEAR = frozenset({"go", "rust"})  # their regular expressions never backtrack
_EXPRESSION = regex(
    r"r?\"((?:[^\"\\\n]|\\.)*)\"|r?'((?:[^'\\\n]|\\.)*)'|(?<=[(=,:&|!?\s])/((?:[^/\\\n]|\\.)+)/[gimsuy]*"
)
_NESTED = regex(r"\((?:[^()\\]|\\.)*(?<!\\)[+*](?:[^()\\]|\\.)*\)(?:[+*]|\{\d+,\})")
_ADJACENT = regex(r"(\.\*|\.\+)[^()|\\]{0,2}(\.\*|\.\+)[^()|\\]{0,2}(\.\*|\.\+)")
_SELECT = regex(r"(?i)\bselect\b[\s\S]*\bfrom\b")
_LIMIT = regex(r"(?i)\blimit\b|\btop\s+\d|\bfetch first\b|\.limit\(|\.first\b|\.take\(|\[:\w+\]|take:|\.head\(")
_TENANT = regex(
    r"(?i)\b(tenant|org|organi[sz]ation|account|workspace|customer|team|company)_?(id|uuid)?\b\s*(=|==|:|=>)|\b(tenant|org|account)_?id\b"
)


def facts(pair: Pair) -> Iterator[Fact]:
    """One `cost` fact for each new expression, and each query that lost a bound."""
    if pair.scope.is_test(pair.change.path) or not pair.touches(_SCREEN):
        return
    yield from _expressions(pair)
    if not pair.is_new:
        yield from _queries(pair)


def _expressions(pair: Pair) -> Iterator[Fact]:
    module = pair.module("after")
    if module is None or module.language in _LINEAR:
        return
    costly = [
        (number, text, at)
        for number, (text, at) in enumerate(_compiled(pair, "after"))
        if _NESTED.search(text) or _ADJACENT.search(text)
    ]
    known = {text for text, _ in _compiled(pair, "before")} if costly else set()
    for number, text, at in costly:
        if text not in known:
            yield _fact(pair, "expression", f"{number}", text, at)


def _compiled(pair: Pair, side: Side) -> Iterator[tuple[str, object]]:
    """(text, place) of the regular expressions of one side: those given to a function that takes one, and literals."""
    shape = pair.before if side == "before" else pair.after
    for call in shape.calls:
        if pattern("costs", "compiles").search(call.name):
            for argument in call.arguments[:1]:
                match = _EXPRESSION.search(argument)
                if match is not None:
                    text = match.group(1) or match.group(2) or match.group(3) or ""
                    yield text.replace("\\\\", "\\"), call.at  # as it is where the string is a raw one
    module = pair.module(side)
    if module is not None and module.language in ("javascript", "typescript", "ruby"):
        for option in shape.options:
            match = _EXPRESSION.match(" " + option.value) if option.value.startswith("/") else None
            if match is not None or option.value.startswith("/"):
                yield option.value, option.at


def _queries(pair: Pair) -> Iterator[Fact]:
    for what, asked in (("limit", _LIMIT), ("tenant", _TENANT)):
        old = [c for c in pair.before.calls if _query(c) and asked.search(c.text)]
        new = [c for c in pair.after.calls if _query(c)]
        if not old or any(asked.search(c.text) for c in new) or asked.search(pair.text("after")):
            continue
        match = next((c for c in new if any(_same(c, o, asked) for o in old)), None)
        if match is not None:
            yield _fact(pair, what, "", old[0].text[:160], match.at)
            return


def _query(call: Call) -> bool:
    return bool(_SELECT.search(call.text) or pattern("costs", "queries").search(call.name))


def _same(new: Call, old: Call, asked: re.Pattern[str]) -> bool:
    """Whether it is the old query without what was asked."""
    words = [w for w in re.findall(r"\w+", asked.sub(" ", old.text)) if not w.isdigit()]
    here = set(re.findall(r"\w+", new.text))
    return len(words) >= 3 and sum(w in here for w in words) >= 0.7 * len(words)


def _fact(pair: Pair, what: str, number: str, text: str, at: object) -> Fact:
    fields: dict[str, FactValue] = {"what": what, "text": text, "new_code": pair.is_new}
    return pair.fact("cost", f"{what}{number}", fields, None, pair.region("after", at))
