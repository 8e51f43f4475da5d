"""Queries of a program that pick more rows than before: a condition, a limit or the owner is gone, and nothing stands in
its place.

A query is a chain of calls (`User.objects.filter(team=t).exclude(old=True)`), a lookup by keys (`findHook({ id, userId })`)
or SQL in a string. Two are the same query when they do the same to the same thing; what each asks is a set of names, so
that another value, another order or another way to write it is no difference. A name that the function, or code that is new
in the change set, asks elsewhere now is not lost.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Literal

from blastlint.enrich.code.pairs import WORD, Pair, words_of
from blastlint.frozen import dataclass
from blastlint.model import Fact, FactValue
from blastlint.parse.code import Call, Shape
from blastlint.regex import regex

Does = Literal["delete", "update", "read"]

_SCREEN = regex(
    rb"(?i)where|filter|exclude|limit|take|\bget_|\bfind|\bselect\b|\bscope|\bfetch|\bload|\bdelete|\bupdate|\bfirst|\bget\w*\("
)
_PICKS = regex(
    r"(?i)^(filter(_?by)?|where|and_?where|find_by!?|exclude|get_(object|list)_or_404|get_or_404|first_or_404|find_?(first|unique)\w*"
    r"|find_?(one|many|all)(_?by\w*|_?or_?throw)?|find_?and_?count_?all|(delete|update|destroy)_?(many|all))$"
)
_NARROWS = regex(r"(?i)^(filter(_?by)?|(and_?)?where|exclude)$")  # what `all()` is without a condition
_SCOPES = regex(r"(?i)^(for_\w+|owned_by|visible_to|accessible_by|published|active|only_\w+|scoped_to)$")  # by name
_LOOKS_UP = regex(
    r"(?i)^(get|find|fetch|load|list|search|query|delete|remove|destroy|update|count|exists)(_?[a-z]\w*)?[!?]?$"
)
_STORES = frozenset({"objects", "_default_manager", "query", "prisma", "repository", "repo"})  # hold rows
_BOUNDS = regex(r"(?i)^(limit|take|first|page|paginate|per|top|fetch_first)$")
_DELETES = regex(
    r"(?i)(^|\.)(_raw_)?(delete|destroy|remove|purge|truncate|del)(_?(many|all|one|by\w*))?!?$"
    r"|^(delete|remove|destroy)_?[a-z]"
)
_UPDATES = regex(r"(?i)(^|\.)(update|save|set|upsert)(_?(many|all|one|by\w*|columns?))?!?$|^update_?[a-z]")
_PLAIN = regex(r"^[\w.]+$")
_CONDITIONS = frozenset({"where", "AND", "and", "OR", "or", "NOT", "not", "Q", "filter"})  # hold what is asked
_OTHERS = frozenset({"include", "select", "data", "orderBy", "order", "create", "update", "set", "defaults"})
_FUNCTION = regex(r"=>|\blambda\b|\bfunction\b|^&|\|\w+\||^func\b")  # picks by running something: nothing of a database
_ASKED = regex(
    r"(?i)(?<![\w.])([a-z_][\w.]*)[\"'`\])]*\s*(?:=>|[=!<>]=+|=(?!=)|<>|[<>]|:(?![:\w])|\bis\b|\b(?:not\s+)?in\b|\b(?:not\s+)?i?like\b|\bbetween\b)"
)
_SHORT = regex(r"[{,]\s*([A-Za-z_]\w*)\s*(?=[,}])")  # `{ id, userId }`
_LOOKUP = regex(r"__[a-z]+$")
_OWNER = regex(
    r"(?i)(^|[._])(user|owner|author|creator|tenant|org|organi[sz]ation|account|workspace|customer|team|company|household|group|project"
    r"|member|shop|store|site|realm|namespace)s?(_?(id|uuid|slug))?$|(user|owner|tenant|team|org|organi[sz]ation|account|workspace|project)Id$"
)
_HIDDEN = regex(
    r"(?i)public|publish|visib|active|enabled|archiv|deleted|hidden|private|draft|approved|verified|revoked|expire"
    r"|(status|state)$"
)
_SQL = regex(r"(?is)^[\"'`]{1,3}\s*(?:with\b.*?\b)?(select|delete\s+from|update)\s+")
_SQL_TARGET = regex(r"(?is)\b(?:from|update)\s+([\w.\"`\[\]]+)")
_SQL_WHERE = regex(
    r"(?is)\bwhere\b(.*?)(?=\bwhere\b|\bgroup\s+by\b|\border\s+by\b|\blimit\b|\breturning\b|\bfor\s+update\b|\bunion\b|\bon\s+conflict\b|\bhaving\b|;|$)"
)
_SQL_LIMIT = regex(r"(?i)\blimit\s+\S|\bfetch\s+first\b|\btop\s*\(?\d|\bselect\s+(not\s+)?exists\b")
_AROUND = "\"'`[]"
_LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class _Query:
    """One query. `what` is the same for one that only asks other things; `owner` is what its rows are reached through."""

    what: str
    does: Does
    asks: frozenset[str]
    call: str
    owner: str = ""
    at: object = None
    sql: bool = False


def facts(pair: Pair) -> Iterator[Fact]:
    """One `selection` fact for the gravest query that picks more."""
    if pair.is_new or pair.scope.is_test(pair.change.path) or not pair.mentions(_SCREEN, "before"):
        return
    old, new = list(_queries(pair.before)), list(_queries(pair.after))
    known, there = Counter((q.what, q.asks) for q in old), Counter((q.what, q.asks) for q in new)
    fresh = [q for q in new if there[(q.what, q.asks)] > known[(q.what, q.asks)]]
    found = [f for q in old if known[(q.what, q.asks)] > there[(q.what, q.asks)] for f in _wider(q, fresh, pair)]
    if found:
        found.sort(key=lambda one: ("delete", "update", "read").index(one[0].does))
        was, now, lost = found[0]
        scoped = lost == frozenset((was.owner,)) or any(_OWNER.search(name) for name in lost)
        fields: dict[str, FactValue] = {
            "what": "limit" if lost == {_LIMIT} else "scope" if scoped else "condition",
            "does": was.does,
            "lost": ", ".join(sorted(lost)),
            "call": now.call,
            "left": len(now.asks),
            "sql": now.sql,
            "guards": scoped or any(_HIDDEN.search(name) for name in lost),
        }
        yield pair.fact("selection", now.what, fields, pair.region("before", was.at), pair.region("after", now.at))


def _wider(was: _Query, fresh: Iterable[_Query], pair: Pair) -> Iterator[tuple[_Query, _Query, frozenset[str]]]:
    """The query that stands for one from before, where it only asks less."""
    for now in fresh:
        if now.does != was.does or not (was.asks or was.owner):
            continue
        if now.what == was.what and now.asks < was.asks:
            lost = was.asks - now.asks
        elif was.owner and not now.owner and now.asks == was.asks and _unowned(was, now):
            lost = frozenset((was.owner,))
        else:
            continue
        if not any(_said_elsewhere(name, pair) for name in lost) and not _changed(now, pair):
            yield was, now, lost
            return


def _changed(query: _Query, pair: Pair) -> bool:
    """Whether the change set has another body, or other parameters, for what is called: then the question may be there."""
    called = query.what.rpartition(" ")[2]
    return any(other.change.entity.name == called for other in pair.scope.others(pair))


def _unowned(was: _Query, now: _Query) -> bool:
    """`user.taggings` -> `Tagging`: the rows of one owner, and the rows of all."""
    things, model = was.what.partition(" ")[0].lower().replace("_", ""), now.what.partition(" ")[0]
    return model[:1].isupper() and things.rstrip("s").removesuffix("ie") in (model.lower(), model.lower().rstrip("y"))


def _said_elsewhere(name: str, pair: Pair) -> bool:
    """Whether what is not asked any more is said as often as before, or by something that is new in the change set."""
    word = WORD.findall(name)[-1] if WORD.findall(name) else name
    if word == _LIMIT:
        return False
    if words_of(pair.text("after"))[word] >= words_of(pair.text("before"))[word]:
        return True
    return any(words_of(o.text("after"))[word] > words_of(o.text("before"))[word] for o in pair.scope.others(pair))


# --- what is a query ----------------------------------------------------------------------------------------------------


def _queries(shape: Shape) -> Iterator[_Query]:
    begun = beginnings({call.text for call in shape.calls})
    inner = {t for text, known in begun.items() for t in known if text.startswith((".", "&.", "?."), len(t))}
    numbered: dict[str, list[tuple[int, Call]]] = {}
    for number, call in enumerate(shape.calls):
        numbered.setdefault(call.text, []).append((number, call))
    for call in shape.calls:
        if call.text not in inner:
            links = sorted(link for text in (*begun[call.text], call.text) for link in numbered[text])
            yield _chain(call, [link for _, link in links])
    for text, at in (*((o.value, o.at) for o in shape.options), *((" ".join(c.arguments), c.at) for c in shape.calls)):
        if _SQL.match(text) or _SQL.match(f'"{text}'):
            yield _statement(text, at)


def beginnings(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """text -> those of the others that it begins with. In order, a text follows the longest of them, or its relatives."""
    found: dict[str, tuple[str, ...]] = {}
    open_: tuple[str, ...] = ()
    for text in sorted(texts):
        while open_ and not text.startswith(open_[-1]):
            open_ = open_[:-1]
        found[text] = open_
        open_ = (*open_, text)
    return found


def _chain(call: Call, links: list[Call]) -> _Query:
    """What a chain of calls asks, or a lookup by keys; most ask nothing."""
    asks: set[str] = set()
    kept: list[str] = []
    parts = call.name.split(".")
    rows = parts[0][:1].isupper() or not _STORES.isdisjoint(parts)
    for place, part in enumerate(parts):
        link = next((c for c in links if c.name == ".".join(parts[: place + 1])), None)
        if link is None or not (link.arguments or link.options):
            kept.append(part)
        elif _BOUNDS.match(part):
            asks.add(_LIMIT)
        elif _SCOPES.match(part):
            asks.add(part)
        elif _PICKS.match(part) or (rows and part in ("get", "find", "delete", "count", "exists")):
            asks.update(_asked(link))
            kept.extend([part] if link is call and not _NARROWS.match(part) else [])
        else:
            kept.append(part)
            if _LOOKS_UP.match(part):  # of anything: what is asked counts where it says whose, or who may see it
                asks.update(n for n in _asked(link) if _OWNER.search(n) or _HIDDEN.search(n))
    last = kept[-1] if kept else call.last
    does: Does = "delete" if _DELETES.search(last) else "update" if _UPDATES.search(last) else "read"
    owner, what = _owned(kept)
    return _Query(what, does, frozenset(asks), call.text.split("(")[0][:80], owner, call.at)


def _owned(parts: list[str]) -> tuple[str, str]:
    """(owner, what): `current_user.orders.delete_all` -> user's orders."""
    if len(parts) >= 3 and not parts[0][:1].isupper() and _OWNER.search(parts[0]):
        return parts[0], " ".join(parts[1:])
    return "", " ".join(p for p in parts if p not in ("objects", "all"))


def _asked(call: Call) -> Iterator[str]:
    """The names that the arguments of a call ask about. Beside a condition in words, what is named are its values."""
    spoken = next((a for a in call.arguments if a[:1] in "\"'`"), "")
    if _ASKED.search(spoken):
        yield from _names(spoken)
        return
    for key, value in call.options.items():
        if key in _CONDITIONS:
            yield from _names(value)
        elif key not in _OTHERS and not ("where" in call.options or _UPDATES.search(call.last)):
            yield _LOOKUP.sub("", key)
    for argument in call.arguments:
        if not _PLAIN.match(argument) and not (argument.startswith("{") and call.options):
            yield from _names(argument)


def _names(text: str) -> Iterator[str]:
    if not _FUNCTION.search(text):
        for name in (*_ASKED.findall(text), *_SHORT.findall(text)):
            if name not in _CONDITIONS:
                yield _LOOKUP.sub("", name)


def _statement(text: str, at: object) -> _Query:
    """The query of a text of SQL."""
    plain = " ".join(text.split())
    verb = re.search(r"(?i)\b(delete|update|select)\b", plain)
    said = verb[1].lower() if verb is not None else ""
    does: Does = "delete" if said == "delete" else "update" if said == "update" else "read"
    target = _SQL_TARGET.search(plain)
    asks = {name.strip(_AROUND).lower() for part in _SQL_WHERE.findall(plain) for name in _ASKED.findall(part)}
    if _SQL_LIMIT.search(plain):
        asks.add(_LIMIT)
    table = target[1].strip(_AROUND).lower() if target else ""
    return _Query(f"{does} {table}", does, frozenset(asks), f"{does} of {table}", "", at, sql=True)
