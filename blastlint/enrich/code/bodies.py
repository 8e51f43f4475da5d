"""Functions that keep their name and lose what they did: to nothing, to a constant, to a fraction of their statements."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from blastlint.enrich.code.gates import skeleton
from blastlint.enrich.code.pairs import Pair, Scope
from blastlint.model import Fact, FactValue
from blastlint.regex import regex

_LEAST = 4  # statements before, below which there is little to lose
_LEFT = 0.3  # share of them that may be left
_STUB = regex(
    r"(?i)^(pass|\.\.\.|return|return (None|nil|null|undefined|void 0)|raise NotImplemented.*|raise \"?not implemented.*"
    r"|todo!\(.*\)|unimplemented!\(.*\)|panic\(\"(todo|not implemented|unimplemented).*"
    r"|throw new (Error|UnsupportedOperationException|NotImplemented\w*)\(.*|Ok\(\(\)\)|nil)$"
)
_CONSTANT = regex(
    r"""^(return )?([\[{("'`\d-].*|True|False|true|false|None|nil|null|Ok\((true|false|\d+|"[^"]*")\)|\w+\{\}|vec!\[\]"""
    r"|nil, nil)$"
)


def facts(pair: Pair) -> Iterator[Fact]:
    """At most one `body` fact."""
    if pair.change.type != "function" or pair.change.before is None or pair.change.after is None:
        return
    if pair.scope.is_test(pair.change.path):
        return
    if 2 * pair.text("after").count("\n") > pair.text("before").count("\n"):
        return  # cheaper than counting statements
    before, after = pair.before.statements, pair.after.statements
    if len(before) < _LEAST or len(after) > max(1, _LEFT * len(before)):
        return
    known = {c.name for c in pair.before.calls}
    new = [c for c in (*pair.after.calls, *pair.after.decorators) if c.name not in known]
    left = [s for s in after if not s.startswith(("log", "logger", "console.", "print"))]
    if all(_STUB.match(s) for s in left):
        what = "nothing"
    elif not pair.after.calls and all(_CONSTANT.match(s) for s in left):
        what = "a constant"
    elif not new:
        what = "a fraction"
    else:
        return  # it hands the work to something else
    moved = _brought(pair.scope)
    gone = [s for s in before if s not in after]
    if sum(skeleton(s) in moved for s in gone) * 2 >= len(gone):
        return
    if what == "a fraction" and (_abstract(pair) or len(gone) < 6):
        return
    fields: dict[str, FactValue] = {
        "left": what,
        "before": len(before),
        "after": len(after),
        "calls": len(known),
    }
    yield pair.fact("body", "", fields)


def _abstract(pair: Pair) -> bool:
    return any(
        d.last in ("abstractmethod", "overload", "override", "property", "deprecated") for d in pair.after.decorators
    )


@lru_cache(maxsize=1)
def _brought(scope: Scope) -> frozenset[str]:
    """Every statement that the change set brings somewhere, without the names in it."""
    found: set[str] = set()
    for change in scope.changes:
        if (
            change.after is not None
            and change.action in ("added", "modified")
            and change.type in ("function", "class", "module")
        ):
            pair = scope.pair(change)
            known = set(pair.before.statements)
            found.update(skeleton(s) for s in pair.after.statements if s not in known)
    return frozenset(found)
