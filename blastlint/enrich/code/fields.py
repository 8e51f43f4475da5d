"""Fields that a check asked about: whether their type still has them, and whether they may still be nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from blastlint.enrich.code.pairs import Pair, scope_of, words_of
from blastlint.enrich.context import Context
from blastlint.model import Side
from blastlint.parse.logic import Condition, Leaf, leaves
from blastlint.regex import regex

_MEMBER = regex(r"[A-Za-z_]\w*(\.\w+)+")
_FIELD = regex(  # in a type, or given to an object by its maker; an entry of a map ends with a comma
    r"^\s*(?:self\.|(?:(?:public|private|protected|readonly|static|declare) )*)(?P<name>\w+)(?P<maybe>\??): *"
    r"(?P<kind>[^=\n;]*[^=\n;,])(?=\s*(?:[=;\n]|$))",
    re.MULTILINE,
)
_NOTHING = regex(r"\b(None|null|undefined|Optional)\b")


def members(condition: Condition) -> set[str]:
    """What of something a condition asks about: `options.frontend.name`."""
    return {s for leaf in leaves(condition) for s in (leaf.left, leaf.right) if _MEMBER.fullmatch(s)}


def undeclared(condition: Condition, pair: Pair) -> bool:
    """Whether nobody can leave out any more what is asked about: every field is gone from its type, or the one that had to
    be there is declared to be, `name: str | None` -> `name: str`."""
    fields = {member.rpartition(".")[2] for member in members(condition)}
    module = pair.module("after")
    if not fields or module is None:
        return False
    of_none = isinstance(condition, Leaf) and "None" in (condition.left, condition.right)
    if of_none and fields <= pair.scope.context.once(_always_there):
        return True
    said = (re.search(rb"\.%s\b" % field.encode(), module.source) for field in fields)
    return fields <= pair.scope.context.once(_gone) and not any(said)


def _gone(context: Context) -> frozenset[str]:
    """What the types of the change set said before beside their methods, and say no more."""
    scope = scope_of(context)
    types = [scope.pair(c) for c in scope.changes if c.type == "class" and c.before is not None]
    return frozenset(w for p in types for w in words_of(p.text("before")).keys() - words_of(p.text("after")).keys())


def _always_there(context: Context) -> frozenset[str]:
    """The fields of the changed sources that may be nothing before, as they are declared, and may not after."""
    old, new = _declared(context, "before"), _declared(context, "after")
    return frozenset(name for name, kinds in old.items() if any(kinds) and name in new and not any(new[name]))


def _declared(context: Context, side: Side) -> Mapping[str, list[bool]]:
    """Field -> for each of its declarations in the changed sources whether it may be nothing."""
    found: dict[str, list[bool]] = {}
    for text in _sources(context, side):
        for match in _FIELD.finditer(text):
            found.setdefault(match["name"], []).append(bool(match["maybe"] or _NOTHING.search(match["kind"])))
    return found


def _sources(context: Context, side: Side) -> Iterator[str]:
    scope = scope_of(context)
    yield from (scope.pair(c).text(side) for c in scope.source_changes if c.type in ("class", "function"))
