"""Exceptions that are caught and forgotten: handlers that became empty or broader, that log what they passed on, or were put
around what was there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from blastlint.enrich.code.gates import is_answer
from blastlint.enrich.code.pairs import Pair
from blastlint.facts.calls import rows
from blastlint.model import Fact, FactValue
from blastlint.parse.code import Handler
from blastlint.regex import regex

_SCREEN = regex(rb"\b(except|suppress|catch|rescue|Err)\b|\b_ =|!= nil|\.ok\(\)|\blet _\b")
_BROAD = frozenset(
    {
        "Exception",
        "BaseException",
        "builtins.Exception",
        "builtins.BaseException",
        "Throwable",
        "StandardError",
        "error",
    }
)
HIDES = ("pass", "continue", "return-default")
# Optional imports, and loops that end: the exception is the answer.
IMPORTS = frozenset({"ImportError", "ModuleNotFoundError"})
IDIOMS = IMPORTS | {"StopIteration", "StopAsyncIteration", "GeneratorExit"}


def facts(pair: Pair) -> Iterator[Fact]:
    """One `handler` fact for each handler of the after side that hides more than its counterpart did."""
    if not pair.mentions(_SCREEN):
        return
    after = pair.after
    if not any(handler.body in (*HIDES, "log-only") for handler in after.handlers):
        return  # none hides anything: the side before need not be read
    before = pair.before
    more = Counter(call.name for call in after.calls)
    more.subtract(call.name for call in before.calls)
    known = {call.name for call in before.calls if more[call.name] <= 0}
    rest = list(before.handlers)
    unchanged = {number for number, handler in enumerate(after.handlers) if _taken(handler, rest)}
    for number, handler in enumerate(after.handlers):
        if number in unchanged:
            continue
        counterpart = _counterpart(handler, rest)
        if counterpart is not None:
            rest.remove(counterpart)
        what = _worse(handler, counterpart)
        if not what or (handler.exceptions and frozenset(handler.exceptions) <= IDIOMS):
            continue
        if what == "added" and _came(handler, pair):
            continue
        existing = counterpart is not None or _wraps(handler, known, before.statements)
        fields: dict[str, FactValue] = {
            "what": what,
            "exception": ", ".join(handler.exceptions) or "every exception",
            "body": handler.body,
            "protects": protects(handler.calls),
            "broad": broad(handler),
            "new_code": not existing,
        }
        old = pair.region("before", counterpart.at) if counterpart is not None else None
        yield pair.fact("handler", f"{handler.text}#{number}", fields, old, pair.region("after", handler.at))


def _came(handler: Handler, pair: Pair) -> bool:
    """Whether another definition had it as it is, and has it no more: it moved with what it guards."""
    others = (pair.scope.pair(c) for c in pair.scope.changes if c is not pair.change and c.before is not None)
    return any(
        other.touches(_SCREEN, "before") and other.before.handlers.count(handler) > other.after.handlers.count(handler)
        for other in others
    )


def _taken(handler: Handler, rest: list[Handler]) -> bool:
    """Whether it stood there before as it is: then it is taken out of the rest, and is no other's counterpart."""
    if handler not in rest:
        return False
    rest.remove(handler)
    return True


def broad(handler: Handler) -> bool:
    """Whether it catches whatever may happen."""
    return not handler.exceptions or bool(_BROAD.intersection(handler.exceptions))


def _worse(handler: Handler, counterpart: Handler | None) -> str:
    hides = handler.body in HIDES
    if counterpart is None:
        return "added" if hides else ""
    if hides and counterpart.body not in HIDES:
        return "emptied"
    if handler.body == "log-only" and counterpart.body == "reraise" and not is_answer(counterpart):
        return "logged"
    if broad(handler) and not broad(counterpart) and (hides or handler.body == "log-only"):
        return "broadened"
    return ""


def _counterpart(handler: Handler, before: Sequence[Handler]) -> Handler | None:
    """The handler before that stood around the same statements, or, failing that, caught the same."""

    def alike(other: Handler) -> tuple[float, bool]:
        guarded = ((handler.tries, other.tries), (frozenset(handler.calls), frozenset(other.calls)))
        shared = max((len(a & b) / len(a | b) for a, b in guarded if a | b), default=1.0)
        return shared, handler.exceptions == other.exceptions

    best = max(before, key=alike, default=None)
    if best is None:
        return None
    shared, same = alike(best)
    return best if shared >= 0.3 or (same and handler.body == best.body) else None


def _wraps(handler: Handler, known: set[str], statements: Sequence[str]) -> bool:
    """Whether what it guards was there before without it."""
    if handler.tries & frozenset(statements):
        return True
    calls = [c for c in handler.calls if "." in c or len(c) > 4]
    return bool(calls) and sum(c in known for c in calls) * 2 >= len(calls)


def protects(calls: Sequence[str]) -> str:
    """What the guarded calls do: the first kind of the table that any of them is; cleanup only when all are."""
    kinds: set[str] = set()
    for call in calls:
        names = (call, call.lower())  # Go's begin with a capital
        kinds.add(
            next((row["what"] for row in rows("protects") if any(re.search(row["calls"], n) for n in names)), "other")
        )
    if kinds == {"cleanup"}:
        return "cleanup"
    return next((what for what in ("command", "database", "io") if what in kinds), "other")
