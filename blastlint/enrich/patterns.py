"""Sets of texts as patterns describe them: `*` is anything, `?` one character, an expression (`${...}`) only itself.

`Texts` is a union of patterns, or (`excluded`) everything but them. Whether one is within several others together is decided
exactly, by following the patterns side by side through all texts at once. Case does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from blastlint.enrich.sets import Indexes
from blastlint.frozen import dataclass

_MAX_STATES = 5_000
_MAX_DEPTH = 32

Token = str  # a character, or a whole expression


@dataclass(frozen=True, slots=True)
class Texts:
    """Every text that one of the patterns matches; with `excluded`, every text that none of them does."""

    patterns: frozenset[str]
    excluded: bool = False

    @property
    def shown(self) -> str:
        """The pattern of a set that has one."""
        return "*" if self.excluded else next(iter(sorted(self.patterns)), "")


class Patterns:
    """The dimension of texts. A part is shown by the narrowest pattern that holds it."""

    def cells(self, whole: Texts, others: Sequence[tuple[int, Texts]]) -> Iterator[tuple[Texts, Indexes]]:
        cut = _cut(whole, tuple(dict.fromkeys(other for _, other in others)))
        if cut is None:  # too intricate to follow: what may be in another one is taken to be
            yield whole, frozenset(i for i, other in others if _meets(whole, other))
            return
        for part, inside in cut:
            yield part, frozenset(i for i, other in others if other in inside)


@lru_cache(maxsize=8192)
def _cut(whole: Texts, others: tuple[Texts, ...]) -> tuple[tuple[Texts, frozenset[Texts]], ...] | None:
    """(part, those of the others that contain it) of each part; None when there are too many states to look at."""
    undecided = [other for other in others if _relation(whole, other) is None]
    always = frozenset(other for other in others if _relation(whole, other))
    if not undecided:
        return ((whole, always),)
    names = tuple(dict.fromkeys((*sorted(whole.patterns), *(p for o in undecided for p in sorted(o.patterns)))))
    found = _acceptances(names)
    if found is None:
        return None
    parts: dict[frozenset[Texts], Texts] = {}
    for matched in sorted(found, key=lambda m: (len(m), sorted(m))):
        if not _in(whole, matched):
            continue
        inside = always | {other for other in undecided if _in(other, matched)}
        if inside not in parts:
            parts[inside] = Texts(frozenset({_narrowest(whole, matched)}))
    return tuple((part, inside) for inside, part in parts.items())


def _in(texts: Texts, matched: frozenset[str]) -> bool:
    """Whether a text that exactly these patterns match is in the set."""
    return texts.patterns.isdisjoint(matched) if texts.excluded else not texts.patterns.isdisjoint(matched)


def _narrowest(whole: Texts, matched: frozenset[str]) -> str:
    """The narrowest pattern that matches a part and says no more than the whole does."""
    candidates = [p for p in sorted(matched) if any(covers(w, p) for w in whole.patterns) or whole.excluded]
    best = whole.shown
    for pattern in candidates:
        if covers(best, pattern):
            best = pattern
    return best


def _relation(whole: Texts, other: Texts) -> bool | None:
    """True when all of it is in the other, False when nothing is, None when that needs a closer look."""
    if whole == other:
        return True
    if whole.excluded:
        if other.excluded and all(any(covers(w, o) for w in whole.patterns) for o in other.patterns):
            return True
        return True if not other.excluded and "*" in other.patterns else None
    each = [any(covers(o, w) for o in other.patterns) for w in whole.patterns]
    if each and all(each):
        return not other.excluded
    if not any(_may_meet(w, o) for w in whole.patterns for o in other.patterns):
        return other.excluded
    return None


def _meets(whole: Texts, other: Texts) -> bool:
    return _relation(whole, other) is not False


@lru_cache(maxsize=65536)
def _may_meet(first: str, second: str) -> bool:
    """Whether some text may match both, by their fixed beginnings and ends."""
    if not (_is_pattern(first) or _is_pattern(second)):
        return first.lower() == second.lower()
    one, other = _tokens(first), _tokens(second)
    return _ends_agree(one, other) and _ends_agree(one[::-1], other[::-1])


def _ends_agree(one: Sequence[Token], other: Sequence[Token]) -> bool:
    for a, b in zip(one, other, strict=False):
        if "*" in (a, b):
            return True
        if a != b and "?" not in (a, b):
            return False
    longer = (one if len(one) > len(other) else other)[min(len(one), len(other)) :]
    return all(token == "*" for token in longer)


def _acceptances(patterns: tuple[str, ...]) -> frozenset[frozenset[str]] | None:
    """Every set of patterns that some text matches exactly (it and no other of them)."""
    tokens = [_tokens(p) for p in patterns]
    if sum(map(len, tokens)) > 4_000:
        return None
    alphabet = [*sorted({t for sequence in tokens for t in sequence if t not in ("*", "?")}), "\0"]
    start = tuple(_closed(sequence, 1) for sequence in tokens)
    seen, queue = {start}, [start]
    accepted: set[frozenset[str]] = set()
    while queue:
        state = queue.pop()
        accepted.add(frozenset(p for p, s, t in zip(patterns, state, tokens, strict=True) if s >> len(t) & 1))
        for letter in alphabet:
            following = tuple(_step(t, s, letter) for t, s in zip(tokens, state, strict=True))
            if following not in seen:
                if len(seen) >= _MAX_STATES:
                    return None
                seen.add(following)
                queue.append(following)
    return frozenset(accepted)


def _step(tokens: tuple[Token, ...], state: int, letter: Token) -> int:
    """The positions (bits) that a pattern can be in after one more letter."""
    following = 0
    position = 0
    while state >> position and position < len(tokens):
        if state >> position & 1:
            token = tokens[position]
            if token == "*":
                following |= 1 << position
            elif token in ("?", letter):
                following |= 1 << (position + 1)
        position += 1
    return _closed(tokens, following)


def _closed(tokens: tuple[Token, ...], state: int) -> int:
    """With the positions behind each `*` that may match nothing."""
    for position, token in enumerate(tokens):
        if token == "*" and state >> position & 1:
            state |= 1 << (position + 1)
    return state


# --- one pattern and one text -------------------------------------------------------------------------------------------


@lru_cache(maxsize=65536)
def covers(pattern: str, text: str) -> bool:
    """Whether everything that `text` (itself perhaps a pattern) stands for is in `pattern`."""
    if pattern == text or pattern in ("*", "*:*"):
        return True
    if not _is_pattern(pattern):
        return pattern.lower() == text.lower()
    return _matches(_tokens(pattern), _tokens(text))


def is_narrow(text: str) -> bool:
    """Whether it is no pattern, as far as is known: a wildcard within an expression is part of the program."""
    tokens = _tokens(text)
    return "*" not in tokens and "?" not in tokens


def _is_pattern(text: str) -> bool:
    return "*" in text or "?" in text


@lru_cache(maxsize=16384)
def _tokens(text: str) -> tuple[Token, ...]:
    """Characters in lower case; an expression is one token, whatever is written in it."""
    found: list[str] = []
    position = 0
    low = text.lower() if len(text.lower()) == len(text) else text
    while position < len(text):
        if text.startswith("${", position):
            end = _closing(text, position + 2)
            found.append(text[position:end])
            position = end
        elif not (low[position] == "*" and found and found[-1] == "*"):
            found.append(low[position])
            position += 1
        else:
            position += 1
    return tuple(found)


def _closing(text: str, position: int) -> int:
    """The place behind the brace that closes an expression, at most _MAX_DEPTH deep; the end when none does."""
    depth = 1
    while position < len(text) and 0 < depth <= _MAX_DEPTH:
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        position += 1
    return position if depth == 0 else len(text)


def _matches(pattern: Sequence[Token], text: Sequence[Token]) -> bool:
    """Wildcard matching in time |pattern| x |text| at most: `*` takes anything, `?` one token that is no `*`."""
    p = t = 0
    star, resume = -1, 0
    while t < len(text):
        if p < len(pattern) and pattern[p] == "*":
            star, resume = p, t
            p += 1
        elif p < len(pattern) and (pattern[p] == text[t] or (pattern[p] == "?" and text[t] != "*")):
            p, t = p + 1, t + 1
        elif star >= 0:
            resume += 1
            p, t = star + 1, resume
        else:
            return False
    return all(c == "*" for c in pattern[p:])
