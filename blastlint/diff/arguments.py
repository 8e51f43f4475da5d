"""Differences between the arguments of one Terraform resource on both sides, with the eyes of its provider.

Absent and null are the same, `80` and `"80"` are, JSON texts are compared by meaning. Sets have no order. A list in which a
change can force replacement is compared position by position, as the provider does; any other by what identifies its
elements, because that is what a reader sees. Types without facts: by what identifies the elements.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence

from blastlint.diff.moves import Renaming
from blastlint.diff.values import IDENTIFYING_KEYS
from blastlint.facts.canonical import canonical
from blastlint.facts.providers import TypeFacts, facts_of
from blastlint.frozen import replace
from blastlint.model import Delta, Scalar, Value, join_path
from blastlint.resolve.terraform.shapes import same_but_optional

_MAX_PAIRS = 10_000
Pairs = tuple[list[tuple[int, int]], list[int], list[int]]


def argument_deltas(type_: str, before: Value, after: Value, renaming: Renaming) -> tuple[Delta, ...]:
    """Every difference; `renaming` puts what before refers to into words of after."""
    return tuple(_Comparison(facts_of(type_), renaming).deltas("", "", before, after))


class _Comparison:
    def __init__(self, facts: TypeFacts | None, renaming: Renaming) -> None:
        self.sets = facts.sets if facts else frozenset()
        self.forcing = tuple(facts.forces) if facts else ()
        self.renaming = renaming

    def deltas(self, path: str, plain: str, old: Value, new: Value) -> Iterator[Delta]:
        """`plain` is the path without indexes: what the provider's schema calls it."""
        if self.renaming and not old.known:
            old = replace(old, text=self.renaming.text(old.text))
        if old.is_map and new.is_map:
            yield from self._maps(path, plain, old, new)
        elif same(old, new):
            return
        elif old.is_list and new.is_list:
            yield from self._lists(path, plain, old, new)
        else:
            yield Delta(path, "modified", old, new)

    def _maps(self, path: str, plain: str, old: Value, new: Value) -> Iterator[Delta]:
        before, after = old.items, new.items
        for key, value in before.items():
            other = after.get(key)
            if _null(value) or (other is not None and value.known and other.known and value.data == other.data):
                continue  # most arguments are as they were
            here, name = join_path(path, key), f"{plain}.{key}" if plain else key
            if other is None or _null(other):
                yield Delta(here, "removed", value, None)
            else:
                yield from self.deltas(here, name, value, other)
        for key, value in after.items():
            if not _null(value) and (key not in before or _null(before[key])):
                yield Delta(join_path(path, key), "added", None, value)

    def _lists(self, path: str, plain: str, old: Value, new: Value) -> Iterator[Delta]:
        first, second = old.elements, new.elements
        if plain in self.sets or old.unordered or new.unordered:
            pairs = _by_likeness(first, second, self._alike)
        elif any(p == plain or p.startswith(f"{plain}.") for p in self.forcing):
            pairs = _by_position(first, second)
        else:
            pairs = _by_identity(first, second) or _by_likeness(first, second, self._alike)
        both, gone, born = pairs
        quiet = True
        for i, j in both:
            for delta in self.deltas(f"{path}[{j}]", plain, first[i], second[j]):
                quiet = False
                yield delta
        yield from (Delta(f"{path}[{i}]", "removed", first[i], None) for i in gone)
        yield from (Delta(f"{path}[{j}]", "added", None, second[j]) for j in born)
        ordered = not (plain in self.sets or old.unordered or new.unordered)
        if quiet and not gone and not born and ordered and any(i != j for i, j in both):
            yield Delta(path, "modified", old, new)  # only the order differs, and here order may mean something

    def _alike(self, old: Value, new: Value) -> bool:
        return next(self.deltas("", "", old, new), None) is None


def _by_position(old: Sequence[Value], new: Sequence[Value]) -> Pairs:
    size = min(len(old), len(new))
    return [(i, i) for i in range(size)], list(range(size, len(old))), list(range(size, len(new)))


def _by_identity(old: Sequence[Value], new: Sequence[Value]) -> Pairs | None:
    """Paired by a key that tells every element of both lists apart, or None when there is none."""
    elements = (*old, *new)
    if not elements or not all(e.is_map for e in elements):
        return None
    for key in IDENTIFYING_KEYS:
        names = [[e.items[key].scalar if key in e.items else None for e in side] for side in (old, new)]
        if all(None not in side and len(set(side)) == len(side) for side in names):
            where = {name: j for j, name in enumerate(names[1])}
            both = [(i, where[name]) for i, name in enumerate(names[0]) if name in where]
            gone = [i for i, name in enumerate(names[0]) if name not in where]
            kept = {j for _, j in both}
            return both, gone, [j for j in range(len(new)) if j not in kept]
    return None


def _by_likeness(old: Sequence[Value], new: Sequence[Value], alike: Callable[[Value, Value], bool]) -> Pairs:
    """Equal elements first, wherever they stand; leftover maps in order; leftover scalars are gone and new.

    What is written alike is found at once; only few leftovers are compared each with each.
    """
    written: dict[str, list[int]] = {}
    for j, element in enumerate(new):
        written.setdefault(canonical(element), []).append(j)
    found: dict[int, int] = {}
    for i, element in enumerate(old):
        places = written.get(canonical(element), [])
        at = next((at for at, j in enumerate(places) if alike(element, new[j])), None)
        if at is not None:
            found[i] = places.pop(at)
    left, rest = _others(old, found), _others(new, found.values())
    if len(left) * len(rest) <= _MAX_PAIRS:
        for i in left:
            place = next((j for j in rest if alike(old[i], new[j])), None)
            if place is not None:
                found[i] = place
                rest.remove(place)
        left = _others(old, found)
    found.update(zip([i for i in left if old[i].is_map], [j for j in rest if new[j].is_map], strict=False))
    return sorted(found.items()), _others(old, found), _others(new, found.values())


def _others(elements: Sequence[Value], places: Iterable[int]) -> list[int]:
    known = set(places)
    return [place for place in range(len(elements)) if place not in known]


def _null(value: Value) -> bool:
    return value.known and value.data is None


def same(a: Value, b: Value) -> bool:
    """Equal for Terraform: after its conversions, and JSON texts by meaning."""
    if not (a.known and b.known):
        return a.known == b.known and (a.text == b.text != "" or same_but_optional(a.text, b.text))
    if a.is_scalar and b.is_scalar:
        return a.data == b.data or _text(a.scalar) == _text(b.scalar) or _same_json(a.scalar, b.scalar)
    if a.is_map and b.is_map:
        keys = {k for v in (a, b) for k, item in v.items.items() if not _null(item)}
        return all(k in a.items and k in b.items and same(a.items[k], b.items[k]) for k in keys)
    if a.is_list and b.is_list:
        first, second = a.elements, b.elements
        return len(first) == len(second) and all(same(x, y) for x, y in zip(first, second, strict=True))
    return False


def _text(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _same_json(a: Scalar, b: Scalar) -> bool:
    if not (isinstance(a, str) and isinstance(b, str)) or a[:1] not in "{[" or b[:1] not in "{[" or not a or not b:
        return False
    try:
        return bool(json.loads(a) == json.loads(b))
    except (ValueError, RecursionError):
        return False
