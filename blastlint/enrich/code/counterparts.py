"""One thing done in two ways: the safe one went, and the lax one came in its place (`yaml.safe_load` -> `yaml.load`).

Neither is a finding alone. That the same definition lost the one and gained the other says that the change made the swap.
The ways are rows of facts/counterparts.json. Modes of files are compared as the bits that they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from blastlint.enrich.code.pairs import Pair
from blastlint.facts import table
from blastlint.frozen import dataclass
from blastlint.model import Fact, FactValue, Side
from blastlint.parse.code import Shape
from blastlint.regex import regex

_MODE = regex(r"(?<![\w.])0o?([0-7]{3,4})(?![\w.])")
_FILES = regex(r"(?i)(^|\.)(f?chmod|open|mkdir|makedirs|mkdirall|mkfifo|writefile\w*|openfile|(set_)?mode|file\.write)$")
_EXECUTE = 0o111
_OTHERS = 0o077  # the bits of a mode that are about anybody but the owner


@dataclass(frozen=True, slots=True)
class _Said:
    """`text` is what a row is searched in, `shown` what people read."""

    text: str
    shown: str
    at: object = None
    alone: bool = False  # a whole statement


def facts(pair: Pair) -> Iterator[Fact]:
    """A `counterpart` fact for each way of doing things that was swapped."""
    if pair.is_new or pair.scope.is_test(pair.change.path) or not _is_screened(pair):
        return
    before = [*_said(pair.before), *_imported(pair, "before")]
    after = [*_said(pair.after), *_imported(pair, "after")]
    there, known = Counter(s.text for s in after), Counter(s.text for s in before)
    gone = [s for s in before if known[s.text] > there[s.text]]
    born = [s for s in after if there[s.text] > known[s.text]]
    for row in table("counterparts")["rows"]:
        if "unless" in row and any(re.search(row["unless"], s.text) for s in born):
            continue
        swap = _swapped(gone, [s for s in born if s.alone or "alone" not in row], row["safe"], row["lax"])
        if swap is not None and _more(after, before, row["lax"]) and _more(before, after, row["safe"]):
            yield _fact(pair, *swap, row["kind"], row["risk"])
    yield from _opened(pair)


def _is_screened(pair: Pair) -> bool:
    """Whether a line that is gone could be the safe way of a row, and one that is new the lax way: asked before a shape is
    worked out."""
    screens = table("counterparts")["screens"]
    safe, lax = (re.compile(screens[side].encode()) for side in ("safe", "lax"))
    return pair.touches(safe, "before") and pair.touches(lax, "after")


def _said(shape: Shape) -> Iterator[_Said]:
    """Everything that a definition says, in the forms that rows are written for; what has a place comes first."""
    for call in (*shape.calls, *shape.decorators):
        given = (*call.arguments, *(f"{key}={value}" for key, value in call.options.items()))
        yield _Said(f"{call.name}({', '.join(given)})", call.text, call.at)
    for option in shape.options:
        yield _Said(f"{option.owner}.{option.key} = {option.value}", f"{option.key} = {option.value}", option.at)
    for branch in shape.branches:
        yield _Said(branch.condition, branch.condition, branch.at)
    for statement in shape.statements:
        yield _Said(statement, statement, alone=True)


def _imported(pair: Pair, side: Side) -> Iterator[_Said]:
    """What a file imports: where another package goes by the same name, the calls read as before."""
    module = pair.module(side) if pair.change.type == "module" else None
    for one in module.imports if module is not None else ():
        yield _Said(f"{one.target}(", f"import {one.target}")


def _swapped(gone: list[_Said], born: list[_Said], safe: str, lax: str) -> tuple[_Said, _Said] | None:
    """(what was said, what is said now) for the first that fit each other."""
    for old in gone:
        was = re.search(safe, old.text)
        for new in born if was is not None else ():
            now = re.search(lax, new.text)
            if was is not None and now is not None and (not _same(was) or _same(was) & _same(now)):
                return old, new
    return None


def _same(match: re.Match[str]) -> frozenset[str]:
    """What the groups `same`, `same2`, ... caught."""
    return frozenset(text for name, text in match.groupdict().items() if name.startswith("same") and text)


def _more(these: list[_Said], others: list[_Said], pattern: str) -> bool:
    return sum(bool(re.search(pattern, s.text)) for s in these) > sum(bool(re.search(pattern, s.text)) for s in others)


def _opened(pair: Pair) -> Iterator[Fact]:
    """Files that the same call made for fewer people."""
    before = {c.name: c for c in pair.before.calls if _FILES.search(c.name)}
    for call in pair.after.calls:
        old = before.get(call.name)
        was, now = (_MODE.search(c.text) if c is not None else None for c in (old, call))
        if old is None or was is None or now is None:
            continue
        gained = int(now[1], 8) & ~int(was[1], 8) & _OTHERS
        if gained & ~_EXECUTE:
            yield _fact(
                pair, _Said("", old.text, old.at), _Said("", call.text, call.at), "files",
                "others on the machine can " + ("change" if gained & 0o022 else "read") + " what it makes",
            )  # fmt: skip
            return


def _fact(pair: Pair, old: _Said, new: _Said, kind: str, risk: str) -> Fact:
    fields: dict[str, FactValue] = {
        "kind": kind, "risk": risk, "before": _short(old.shown), "after": _short(new.shown),
    }  # fmt: skip
    places = pair.region("before", old.at), pair.region("after", new.at)
    return pair.fact("counterpart", f"{kind} {_short(new.shown)}", fields, *places)


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
