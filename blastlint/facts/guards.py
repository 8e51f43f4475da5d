"""What protects a resource, by provider and type: guards.json, read when the first infrastructure change is met.

One entry names types (a pattern ends in `*`; the exact name wins over it), attribute paths, the kind of guard, and what
is *strong*:

| strong | the stronger value is |
|---|---|
| true, false | that one |
| [weak, ..., strong] | the later in the list; those in `equal` are as strong as each other |
| more, less | the larger or the smaller number; units of time are understood; `off` is the value that means none |
| items | the list with more elements |
| some | a list that is not empty |
| present | any value at all |
| words | the text that has more of `words` |
| networks | the fewer addresses; the whole of one family is no guard |
| named | a list, or a tree, in which no `*` stands for everything |
| healthy | HTTP codes of which none is an error (`200-399`) |

`default` is what an absent argument means (none given: not known). `computed`: dropping the argument plans nothing, the old
value stays until something else sets it. `unlimited` is the value that means without limit, `unlimited_default` says that
absence does. `factor`: a number counts as weaker only when it is so many times larger or smaller. `subject`: the resource
exists to guard another one, which these attributes name, so its removal weakens.
`where` are paths within the repeated block and the values (`*`: any) without which the block does nothing.
`given`: the row holds where the argument at that path has that text before, so that a threshold knows which way it calls.
`sharply`: a number that is weaker by less than so many times is `slightly` weaker.
Source: the providers' public documentation, by knowledge; the file says when it was checked.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from blastlint.facts import table
from blastlint.facts.paths import Step, keys, steps
from blastlint.facts.providers import facts_of
from blastlint.frozen import dataclass, replace
from blastlint.model import Scalar


@dataclass(frozen=True, slots=True)
class Guard:
    """One attribute path of one entry of the table; those of one entry (`row`) guard in the same way."""

    scope: str
    path: str
    kind: str
    strong: str | bool | tuple[str, ...]
    guards: str
    default: Scalar = None
    computed: bool = False
    unlimited: Scalar = None
    unlimited_default: bool = False
    equal: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    off: Scalar = None
    subject: tuple[str, ...] = ()
    where: tuple[tuple[str, Scalar], ...] = ()
    given: tuple[str, str] | None = None
    factor: float = 1
    sharply: float = 1
    row: int = 0

    @property
    def steps(self) -> tuple[Step, ...]:
        return steps(self.path)

    @property
    def repeated(self) -> bool:
        """Whether it stands in a block that may be there several times."""
        return any(step.element and not step.text for step in self.steps)


@lru_cache(maxsize=1)
def _table() -> dict[str, list[dict[str, object]]]:
    """scope -> rows, as in the file: of its hundreds of guards a change needs a few."""
    rows: dict[str, list[dict[str, object]]] = {}
    for row in table("guards")["guards"]:
        rows.setdefault(row["scope"], []).append(row)
    return rows


@lru_cache(maxsize=1024)
def _guards(row: int, scope: str) -> tuple[Guard, ...]:
    """The guards of one row, one for each of its paths."""
    entry = _table()[scope][row]
    return tuple(_guard(path, entry, row) for path in _texts(entry["paths"]))


def _guard(path: str, row: dict[str, object], number: int) -> Guard:
    strong = row["strong"]
    assert isinstance(strong, (str, bool, list))
    limit, default, off = row.get("unlimited"), row.get("default"), row.get("off")
    assert isinstance(limit, (str, int, float, bool, type(None))) and isinstance(off, (str, int, type(None)))
    assert isinstance(default, (str, int, float, bool, type(None)))
    where, given = row.get("where", ()), row.get("given")
    factor, sharply = row.get("factor", 1), row.get("sharply", 1)
    assert isinstance(where, Iterable) and isinstance(factor, (int, float)) and isinstance(sharply, (int, float))
    return Guard(
        scope=str(row["scope"]),
        path=path,
        kind=str(row["kind"]),
        strong=tuple(str(s) for s in strong) if isinstance(strong, list) else strong,
        guards=table("guards")["kinds"][row["kind"]],
        default=default,
        computed=row.get("computed") is True,
        unlimited=limit,
        unlimited_default=row.get("unlimited_default") is True,
        equal=_texts(row.get("equal", ())),
        words=_texts(row.get("words", ())),
        off=off,
        subject=_texts(row.get("subject", ())),
        where=tuple((str(path), wanted) for path, wanted in where),
        given=(str(given[0]), str(given[1])) if isinstance(given, list) else None,
        factor=factor,
        sharply=sharply,
        row=number,
    )


def _texts(value: object) -> tuple[str, ...]:
    assert isinstance(value, Iterable)
    return tuple(str(v) for v in value)


@lru_cache(maxsize=1024)
def guards_of(scope: str, type_: str) -> tuple[Guard, ...]:
    """The guards of a type, each path once, or once for each `given`: of the entry that names the type most exactly."""
    best: dict[object, tuple[int, Guard]] = {}
    for number, row in enumerate(_table().get(scope, ())):
        rank = max((_rank(pattern, type_) for pattern in _texts(row["types"])), default=0)
        for guard in _guards(number, scope) if rank else ():
            key = guard.path, guard.given
            if key not in best or best[key][0] < rank:
                best[key] = (rank, guard)
    return tuple(_refined(guard, type_) for _, guard in best.values())


@lru_cache(maxsize=4096)
def touched_guards(scope: str, type_: str, roots: frozenset[tuple[str, ...]]) -> tuple[Guard, ...]:
    """The guards of a type whose argument, the first key of their path, is one of `roots`; `()` is the whole."""
    guards = guards_of(scope, type_)
    return guards if () in roots else tuple(guard for guard in guards if keys(guard.path)[:1] in roots)


def _refined(guard: Guard, type_: str) -> Guard:
    """With what the provider itself says of the type's own arguments, where that is known; blocks are by the table."""
    facts = facts_of(type_) if guard.scope == "terraform.resource" and "." not in guard.path else None
    if facts is None or not facts.listed:
        return guard
    # AWS's provider was asked for all its arguments; the others are listed as far as they are known.
    computed = guard.path in facts.optional_computed or (guard.computed and not type_.startswith("aws_"))
    if guard.path in facts.defaults and not guard.unlimited_default:
        return replace(guard, computed=computed, default=facts.defaults[guard.path])
    return replace(guard, computed=computed)


def _rank(pattern: str, type_: str) -> int:
    """0 when the pattern is not the type's, else the longer the more exact."""
    if pattern == type_:
        return 1000
    return 1 + len(pattern) if pattern.endswith("*") and type_.startswith(pattern[:-1]) else 0


def all_guards() -> tuple[tuple[tuple[str, ...], Guard], ...]:
    """(type patterns, guard) of the whole table."""
    return tuple(
        (_texts(row["types"]), guard)
        for scope, rows in _table().items()
        for number, row in enumerate(rows)
        for guard in _guards(number, scope)
    )
