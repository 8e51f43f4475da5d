"""Which way a switch makes things safer, by its name and values: polarity.json, read when the first one is met.

The words of a name decide. A compound (`dry run`) is read first. A *decisive* word (verify, protect, require) says safer
whatever else stands there; else a *weak* word (debug, insecure) says riskier, else a *strong* one (backup, tls) safer. Each
negation (disable, skip, no) turns it around. A name of only *generic* words (`enabled`) speaks for its parent key.
`orders` are the values of modes, from the safest on.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from blastlint.facts import table
from blastlint.facts.paths import keys
from blastlint.facts.units import truth
from blastlint.facts.words import words
from blastlint.frozen import dataclass
from blastlint.model import Scalar

Polarity = Literal["weakened", "strengthened", "unknown"]
_MAX_COMPOUND = 6


@dataclass(frozen=True, slots=True)
class _Lexicon:
    negations: frozenset[str]
    decisive: frozenset[str]
    strong: frozenset[str]
    weak: frozenset[str]
    compounds: Mapping[tuple[str, ...], int]
    generic: frozenset[str]
    orders: tuple[tuple[str, ...], ...]


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    raw = table("polarity")
    return _Lexicon(
        negations=frozenset(raw["negations"]),
        decisive=frozenset(raw["decisive"]),
        strong=frozenset(raw["strong"]),
        weak=frozenset(raw["weak"]),
        compounds={tuple(name.split()): sign for name, sign in raw["compounds"].items()},
        generic=frozenset(raw["generic"]),
        orders=tuple(tuple(order) for order in raw["orders"]),
    )


@lru_cache(maxsize=4096)
def sense(path: str) -> int:
    """1 when true is safer, -1 when true is riskier, 0 when the name does not tell. `path` is dotted, as in a delta."""
    lexicon = _lexicon()
    turn = 1
    for name in reversed(keys(path)[-3:]):
        parts = words(name)
        found = _sign(parts, lexicon)
        if found:
            return turn * found
        if not set(parts) <= (lexicon.generic | lexicon.negations):
            return 0
        for _ in lexicon.negations.intersection(parts):
            turn = -turn
    return 0


def _sign(parts: tuple[str, ...], lexicon: _Lexicon) -> int:
    """The sign that one name has of its own, negations counted; 0 when no word of it tells."""
    rest = list(parts)
    sign = 0
    for size in range(min(_MAX_COMPOUND, len(parts)), 0, -1):
        for start in range(len(rest) - size + 1):
            known = lexicon.compounds.get(tuple(rest[start : start + size]))
            if known is not None and not sign:
                sign = known
                del rest[start : start + size]
                break
    if not sign:
        there = set(rest)
        if there & lexicon.decisive:
            sign = 1
        elif there & lexicon.weak:
            sign = -1
        elif there & lexicon.strong:
            sign = 1
    if sum(word in lexicon.negations for word in rest) % 2:
        sign = -sign
    return sign


def polarity(path: str, before: Scalar, after: Scalar) -> Polarity:
    """Which way the switch at `path` moved between two values. Never a guess: unknown where the words do not tell."""
    order = _ordered(before, after)
    if order:
        return order
    old, new = truth(before), truth(after)
    sign = sense(path)
    if old is None or new is None or old == new or not sign:
        return "unknown"
    return "strengthened" if new is (sign > 0) else "weakened"


def set_to(path: str, after: Scalar) -> Polarity:
    """Which way a switch that was not there is now set: a riskier option is on, or a safer one explicitly off."""
    new, sign = truth(after), sense(path)
    if new is None or not sign:
        return "unknown"
    return "strengthened" if new is (sign > 0) else "weakened"


def _ordered(before: Scalar, after: Scalar) -> Polarity | None:
    if not isinstance(before, str) or not isinstance(after, str):
        return None
    old, new = before.strip().lower(), after.strip().lower()
    for order in _lexicon().orders:
        if old in order and new in order and old != new:
            return "weakened" if order.index(new) > order.index(old) else "strengthened"
    return None
