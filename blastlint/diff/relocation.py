"""Keys that are gone and keys that came, over the whole change set: which of them are the same key elsewhere.

A key is the same elsewhere when it has the same value and its name tells: either its whole path ends like the other's
(`http.timeout` in `server.http.timeout`, also as `HTTP_TIMEOUT`), or within its document a level came in or went out
(`web.timeout` in `web.options.timeout`), or its last word is the same and the value is too telling to be there by chance.
Keys that are less telling follow the others of their section to where those went. A key whose path ends like that of just
one that came, with another value, is that key modified.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from blastlint.facts.canonical import canonical
from blastlint.facts.paths import keys
from blastlint.facts.words import words
from blastlint.frozen import dataclass, field
from blastlint.model import Delta, Entity, Value, join_path

_MAX_LEAVES = 20_000
_TELLING_TEXT = 7
_TELLING_NUMBER = 1_000
_COMPANY = 3


@dataclass(frozen=True, slots=True)
class Side:
    """A delta (removed or added) and its document on both sides, None where the whole document came or went."""

    before: Entity | None
    after: Entity | None
    delta: Delta


@dataclass(frozen=True, slots=True)
class Outcome:
    """A delta with its documents; `previous` is the path before where it was another one."""

    before: Entity | None
    after: Entity | None
    delta: Delta
    previous: str = ""


@dataclass(slots=True, eq=False)
class _Leaf:
    """One key of a removed or an added subtree: `text` is its canonical value, `trail` the words of its whole path."""

    owner: int
    path: str
    value: Value
    text: str
    names: tuple[str, ...]
    trail: tuple[str, ...]
    last: tuple[str, ...]
    document: str
    match: _Leaf | None = field(default=None, repr=False)


def relocated(gone: Sequence[Side], born: Sequence[Side]) -> Iterator[Outcome]:
    """Every side as an outcome: moved, modified elsewhere, or still removed or added (whole where nothing of it moved)."""
    old, new = _leaves(gone), _leaves(born)
    if old and new and len(old) + len(new) <= _MAX_LEAVES:
        _match(old, new)
    yield from _outcomes(gone, old, removed=True)
    yield from _outcomes(born, new, removed=False)
    for leaf in old:
        if leaf.match is not None:
            source, target = gone[leaf.owner], born[leaf.match.owner]
            same = leaf.text == leaf.match.text
            delta = Delta(leaf.match.path, "moved" if same else "modified", leaf.value, leaf.match.value)
            yield Outcome(source.before, target.after, delta, leaf.path)


def _outcomes(sides: Sequence[Side], leaves: Sequence[_Leaf], removed: bool) -> Iterator[Outcome]:
    matched = Counter(leaf.owner for leaf in leaves if leaf.match is not None)
    for index, side in enumerate(sides):
        if not matched[index]:
            yield Outcome(side.before, side.after, side.delta)
    for leaf in leaves:
        if matched[leaf.owner] and leaf.match is None:
            side = sides[leaf.owner]
            old, new = (leaf.value, None) if removed else (None, leaf.value)
            yield Outcome(side.before, side.after, Delta(leaf.path, "removed" if removed else "added", old, new))


def _leaves(sides: Sequence[Side]) -> list[_Leaf]:
    found: list[_Leaf] = []
    for owner, side in enumerate(sides):
        value = side.delta.before or side.delta.after
        document = side.before if side.delta.action == "removed" else side.after
        assert value is not None and document is not None
        for path, leaf in _under(side.delta.path, value):
            names = keys(path)
            trail = tuple(word for name in names for word in words(name))
            last = words(names[-1]) if names else ()
            found.append(_Leaf(owner, path, leaf, canonical(leaf), names, trail, last, document.address))
            if len(found) > _MAX_LEAVES:
                return found
    return found


def _under(path: str, value: Value) -> Iterator[tuple[str, Value]]:
    """Leaves by path; a list without maps in it is one leaf."""
    if value.is_map and value.items:
        for key, child in value.items.items():
            yield from _under(join_path(path, key), child)
    elif value.is_list and any(e.is_map for e in value.elements):
        for index, child in enumerate(value.elements):
            yield from _under(f"{path}[{index}]", child)
    else:
        yield path, value


def _match(old: Sequence[_Leaf], new: Sequence[_Leaf]) -> None:
    by_value: dict[tuple[tuple[str, ...], str], list[_Leaf]] = {}
    for leaf in new:
        if leaf.trail:
            by_value.setdefault((leaf.trail[-1:], leaf.text), []).append(leaf)
    for leaf in old:
        candidates = by_value.get((leaf.trail[-1:], leaf.text), ())
        _claim(leaf, (c for c in candidates if c.match is None and _surely(leaf, c)))
    _follow(old, by_value)
    _modified(old, new)


def _surely(one: _Leaf, other: _Leaf) -> bool:
    if one.trail == other.trail:
        return True
    if _ends_alike(one.trail, other.trail) or _renested(one, other):
        return True
    return one.last == other.last and _telling(one.value)


def _renested(one: _Leaf, other: _Leaf) -> bool:
    """Whether a key of one document has only more or fewer levels above it: the names of one path stand, in order, in the
    other, the outermost and the last among them."""
    if one.document != other.document or len(one.names) == len(other.names):
        return False
    short, long = sorted((one.names, other.names), key=len)
    if len(short) < 2 or short[0] != long[0] or short[-1] != long[-1]:
        return False
    rest = iter(long)
    return all(name in rest for name in short)


def _ends_alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether the shorter path, of two words at least, is the end of the longer."""
    size = min(len(one), len(other))
    return size >= 2 and one[-size:] == other[-size:]


def _telling(value: Value) -> bool:
    """Whether the value alone would be found again by chance only seldom."""
    if not value.known:
        return bool(value.text)
    if value.is_list or value.is_map:
        return len(canonical(value)) > 2 * _TELLING_TEXT
    scalar = value.scalar
    if isinstance(scalar, bool) or scalar is None:
        return False
    if isinstance(scalar, int | float):
        return abs(scalar) >= _TELLING_NUMBER
    return len(scalar) >= _TELLING_TEXT


def _claim(leaf: _Leaf, candidates: Iterator[_Leaf]) -> None:
    """Take the candidate whose path agrees longest from its end, the first of equals."""
    best = max(candidates, key=lambda c: _agreement(leaf.trail, c.trail), default=None)
    if best is not None:
        leaf.match, best.match = best, leaf


def _agreement(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    count = 0
    for a, b in zip(reversed(one), reversed(other), strict=False):
        if a != b:
            break
        count += 1
    return count


def _follow(old: Sequence[_Leaf], by_value: dict[tuple[tuple[str, ...], str], list[_Leaf]]) -> None:
    """Less telling keys go where the telling ones of their subtree, or many of their document, went."""
    subtrees = {(leaf.owner, leaf.match.owner) for leaf in old if leaf.match is not None}
    documents = Counter((leaf.document, leaf.match.document) for leaf in old if leaf.match is not None)
    for leaf in old:
        if leaf.match is None:
            candidates = by_value.get((leaf.trail[-1:], leaf.text), ())
            _claim(
                leaf,
                (
                    c
                    for c in candidates
                    if c.match is None
                    and c.last == leaf.last
                    and ((leaf.owner, c.owner) in subtrees or documents[leaf.document, c.document] >= _COMPANY)
                ),
            )


def _modified(old: Sequence[_Leaf], new: Sequence[_Leaf]) -> None:
    """Keys of one path elsewhere with another value, where there is no doubt which."""
    for place in (_end, _section):
        waiting: dict[tuple[str, ...], list[_Leaf]] = {}
        for leaf in new:
            if leaf.match is None and place(leaf):
                waiting.setdefault(place(leaf), []).append(leaf)
        rivals = Counter(place(leaf) for leaf in old if leaf.match is None)
        for leaf in old:
            found = waiting.get(place(leaf), ())
            if leaf.match is None and len(found) == 1 == rivals[place(leaf)]:
                other = found[0]
                alike = _ends_alike(leaf.trail, other.trail) or _renested(leaf, other)
                if other.match is None and alike and leaf.value.is_scalar and other.value.is_scalar:
                    leaf.match, other.match = other, leaf


def _end(leaf: _Leaf) -> tuple[str, ...]:
    """The last two words of the path; () where there is only one."""
    return leaf.trail[-2:] if len(leaf.trail) >= 2 else ()


def _section(leaf: _Leaf) -> tuple[str, ...]:
    """The document, the outermost key and the last; () for a key at the top."""
    return (leaf.document, leaf.names[0], leaf.names[-1]) if len(leaf.names) >= 2 else ()
