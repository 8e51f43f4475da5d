"""Errors that were dealt with and are not any more: a handler gone from around work that stays (`removed`), or one that
catches less (`narrowed`). One `handler` fact for a file: its first, with the others as related places.

Silent are handlers that hid everything (without them failure shows), those that moved to a caller, a helper or a wider
handler, and errors that are handed on to the caller as they are. `quiet` tells of those that did no more than note it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from blastlint.enrich.code.gates import skeleton
from blastlint.enrich.code.handlers import HIDES, IDIOMS, IMPORTS, broad, protects
from blastlint.enrich.code.pairs import Pair, Scope
from blastlint.facts.calls import pattern
from blastlint.model import Change, Fact, FactValue, Related
from blastlint.parse.code import Handler
from blastlint.regex import regex

_SCREEN = regex(rb"\b(except|suppress|catch|rescue|Err|finally|ensure)\b|!= nil")
_ALIKE = 0.3  # share of what two handlers guard, from which they guard the same
_SAME = 0.6  # share of its statements that a function had before
_SHOWN = 6
_MOST = 50  # handlers of one definition that are compared
_KEPT = 0.5  # share of the guarded calls that must still run


def facts(pair: Pair) -> Iterator[Fact]:
    """At most one `handler` fact for a file: the first that is gone."""
    lost = _lost(pair.scope).get(pair.change.path, ())
    if not lost or lost[0][0] is not pair.change:
        return
    first = lost[0][1][0]
    narrowed = _now(first, pair)
    missed = [e for e in first.exceptions if narrowed is None or e not in narrowed.exceptions]
    fields: dict[str, FactValue] = {
        "what": "removed" if narrowed is None else "narrowed",
        "exception": ", ".join(missed) or "every exception",
        "body": first.body,
        "quiet": first.body in ("pass", "log-only") or (narrowed is not None and broad(first)),
        "protects": protects(first.calls),
        "broad": broad(first),
        "new_code": False,
    }
    related = tuple(
        Related("handler that is gone", pair.scope.pair(change).region("before", handler.at), change.address)
        for change, gone in lost[:_SHOWN]
        for handler in gone
        if handler is not first
    )
    after = pair.region("after", narrowed.at) if narrowed is not None else None
    yield pair.fact("handler", f"{first.text} removed", fields, pair.region("before", first.at), after, related)


@lru_cache(maxsize=1)
def _lost(scope: Scope) -> Mapping[str, tuple[tuple[Change, tuple[Handler, ...]], ...]]:
    """File -> its definitions that lost handlers, and those: one sweep through a file is one cause."""
    found: dict[str, list[tuple[Change, tuple[Handler, ...]]]] = {}
    for change in scope.changes:
        if change.action in ("added", "removed", "moved") or scope.is_test(change.path):
            continue
        pair = scope.pair(change)
        if pair.touches(_SCREEN, "before"):
            gone = tuple(h for h in _gone(pair.before.handlers, pair.after.handlers) if _mattered(h) and _bare(h, pair))
            gone += tuple(h for h in pair.before.handlers[:_MOST] if _now(h, pair) is not None and _bare(h, pair))
            if gone and _same_function(pair) and not _elsewhere(gone[0], pair):
                found.setdefault(change.path, []).append((change, gone))
    return {path: tuple(lost) for path, lost in found.items()}


def _gone(old: Sequence[Handler], new: Sequence[Handler]) -> Iterator[Handler]:
    """Handlers that have no counterpart: none for the same exceptions, none that took their place, none that is wider."""
    def likeness(pair: tuple[int, int]) -> tuple[bool, bool, float]:
        one, other = old[pair[0]], new[pair[1]]
        shared = _shared(one, other)
        return shared == 1, one.exceptions == other.exceptions, shared

    there: set[int] = set()
    taken: set[int] = set()
    pairs = ((i, j) for i in range(min(len(old), _MOST)) for j in range(min(len(new), _MOST)))
    for i, j in sorted(pairs, key=likeness, reverse=True):
        alike = _shared(old[i], new[j])
        named = alike and not broad(old[i]) and old[i].exceptions == new[j].exceptions
        if i not in there and j not in taken and (alike >= _ALIKE or named):
            there.add(i)
            taken.add(j)
    for i, handler in enumerate(old[:_MOST]):
        if i not in there and not any(_covers(h, handler) for h in new):
            yield handler


def _now(handler: Handler, pair: Pair) -> Handler | None:
    """The handler that stands where one stood and does the same for fewer exceptions, where nothing catches the others."""
    def fewer(new: Handler) -> bool:
        some = set(new.exceptions) < set(handler.exceptions) or (broad(handler) and not broad(new))
        return some and new.body == handler.body and new.tries == handler.tries

    there = pair.after.handlers
    if handler in there or (handler.exceptions and frozenset(handler.exceptions) <= IMPORTS):
        return None
    found = next((h for h in there if h not in pair.before.handlers and fewer(h)), None)
    if found is None or (broad(handler) and handler.body in HIDES):
        return None
    missed = set(handler.exceptions) - set(found.exceptions)
    others = (h for h in there if h is not found and _shared(h, handler) >= _ALIKE)
    return None if any(broad(h) or missed & set(h.exceptions) for h in others) else found


def _covers(wide: Handler, handler: Handler) -> bool:
    caught = broad(wide) or bool(set(wide.exceptions) & set(handler.exceptions))
    return caught and _shared(wide, handler) >= _ALIKE


def _shared(one: Handler, other: Handler) -> float:
    """The share of what two handlers guard: statements, or calls where those were reworded."""
    def share(a: frozenset[str], b: frozenset[str]) -> float:
        return len(a & b) / len(a | b) if a | b else 0.0

    return max(share(one.tries, other.tries), share(frozenset(one.calls), frozenset(other.calls)))


def _mattered(handler: Handler) -> bool:
    """Whether something was done about what was caught, or one expected thing let pass."""
    caught = frozenset(handler.exceptions)
    if caught and (caught <= IMPORTS or (caught <= IDIOMS and handler.body in HIDES)):
        return False
    return not (broad(handler) and handler.body in HIDES)


def _bare(handler: Handler, pair: Pair) -> bool:
    """Whether most of what it guarded still runs here, and its errors are not just handed on."""
    if not handler.calls:
        return False
    more = Counter(c.name for c in pair.after.calls)
    more.subtract(c.name for c in pair.before.calls)
    inside = Counter(handler.calls)
    kept = [name for name in handler.calls if more[name] + inside[name] > 0]  # what stands elsewhere is another call
    stays = len(handler.tries & set(pair.after.statements))  # it may stand in the handler as well, tried once more
    if len(kept) < _KEPT * len(handler.calls) and stays <= _KEPT * len(handler.tries):
        return False
    module = pair.module("after")
    if module is None or module.language not in ("go", "rust") or handler.body != "reraise":
        return True
    last = (kept or handler.calls)[-1].rpartition(".")[2]
    said = re.compile(rf"^return\b.*\b{re.escape(last)}\(|\b{re.escape(last)}\b.*\?;?$", re.DOTALL)
    return not any(said.search(s) for s in pair.after.statements)


def _same_function(pair: Pair) -> bool:
    """Whether most of what it does, or calls, now it did before: else it was rewritten."""
    return max(
        _share([skeleton(s) for s in pair.after.statements], {skeleton(s) for s in pair.before.statements}),
        _share([c.name for c in pair.after.calls], {c.name for c in pair.before.calls}) - 0.2,  # names say less
    ) >= _SAME  # fmt: skip


def _share(now: Sequence[str], before: set[str]) -> float:
    return sum(text in before for text in now) / len(now) if now else 0.0


def _elsewhere(handler: Handler, pair: Pair) -> bool:
    """Whether another definition catches it newly, or this one is newly wrapped in something that does."""
    known = {c.name for c in (*pair.before.calls, *pair.before.decorators)}
    new = [c.name for c in (*pair.after.calls, *pair.after.decorators) if c.name not in known]
    if any(pattern("checks", "catching").search(name) for name in new):
        return True
    called = {name.rpartition(".")[2] for name in new}
    for change in pair.scope.changes:
        if change is pair.change or change.after is None or change.action == "moved":
            continue
        other = pair.scope.pair(change)
        if change.after.name in called and other.mentions(_SCREEN) and other.after.handlers:
            return True
        if other.touches(_SCREEN, "after") and len(other.after.handlers) > len(other.before.handlers):
            around = {pair.change.entity.name, *(name.rpartition(".")[2] for name in handler.calls)}
            for h in other.after.handlers:
                caught = broad(h) or set(h.exceptions) & set(handler.exceptions)
                if caught and any(name.rpartition(".")[2] in around for name in h.calls):
                    return True
    return False
