"""Which element of one list is which of another.

1. Maps that all have a distinct value under one identifying key are paired by it, wherever they stand.
2. Else equal elements are paired: those of the longest common subsequence, then what only changed its place.
3. What is left between two paired neighbours is paired by likeness: maps that agree in half of their keys, texts with the
   same stem (`--replicas=3`, `actions/checkout@v3`), or a single element against a single one.
Everything else was removed or added. The result does not depend on which list is called before.
"""

from __future__ import annotations

from collections.abc import Sequence

from blastlint.facts.canonical import canonical
from blastlint.frozen import dataclass
from blastlint.model import Value

IDENTIFYING_KEYS = (
    "name", "id", "key", "sid", "Sid", "Id", "Name", "Key", "uid", "alias", "alert", "record", "job_name", "host",
    "hostname", "username", "path", "mountPath", "containerPort", "port", "repo", "url", "code", "slug", "ID",
)  # fmt: skip
_MAX_TABLE = 250_000  # cells of the subsequence table; beyond it equal elements are paired first come, first served
_MAX_LIKENESS = 10_000  # pairs compared for likeness between two neighbours
_LIKE = 0.5
_STEM_ENDS = "=:@ "


@dataclass(frozen=True, slots=True)
class Pair:
    """Two elements that are the same thing; None where a side has none. `label` goes between the brackets of a path."""

    label: str
    before: Value | None
    after: Value | None


@dataclass(frozen=True, slots=True)
class Pairing:
    """`reordered` says that equal elements stand in another order, and that the order may mean something."""

    pairs: tuple[Pair, ...]
    reordered: bool = False


def paired(before: Value, after: Value) -> Pairing:
    """The pairs in the order before, then what was added. Equal elements are left out."""
    key = _identifying_key(before.elements, after.elements)
    if key:
        return Pairing(_by_key(key, before.elements, after.elements))
    old, new = [canonical(e) for e in before.elements], [canonical(e) for e in after.elements]
    if old <= new:
        matches, reordered = _matches(before.elements, after.elements, old, new)
    else:
        turned, reordered = _matches(after.elements, before.elements, new, old)
        matches = {i: j for j, i in turned.items()}
    pairs = [
        Pair(str(i), element, after.elements[matches[i]] if i in matches else None)
        for i, element in enumerate(before.elements)
        if i not in matches or old[i] != new[matches[i]]
    ]
    taken = set(matches.values())
    pairs += [Pair(str(j), None, element) for j, element in enumerate(after.elements) if j not in taken]
    return Pairing(tuple(pairs), reordered and not (before.unordered or after.unordered))


def _identifying_key(before: Sequence[Value], after: Sequence[Value]) -> str:
    """The key by which every element of both lists can be told apart, or ""."""
    if not (before or after) or not all(e.is_map for e in (*before, *after)):
        return ""
    for key in IDENTIFYING_KEYS:
        for side in (before, after):
            names = [_name(e, key) for e in side]
            if None in names or len(set(names)) != len(names):
                break
        else:
            return key
    return ""


def _name(element: Value, key: str) -> str | None:
    value = element.items.get(key)
    if value is None or (value.known and (value.scalar is None or value.is_map or value.is_list)):
        return None
    return str(value.scalar) if value.known else value.text or None


def _by_key(key: str, before: Sequence[Value], after: Sequence[Value]) -> tuple[Pair, ...]:
    old = {_name(e, key): e for e in before}
    new = {_name(e, key): e for e in after}
    pairs = [Pair(f'{key}="{name}"', element, new.get(name)) for name, element in old.items()]
    pairs += [Pair(f'{key}="{name}"', None, element) for name, element in new.items() if name not in old]
    return tuple(pairs)


def _matches(
    before: Sequence[Value], after: Sequence[Value], old: Sequence[str], new: Sequence[str]
) -> tuple[dict[int, int], bool]:
    """(index before -> index after, whether equal elements changed their order)."""
    matches = _common(old, new)
    anchors = sorted(matches.items())
    reordered = False
    rest: dict[str, list[int]] = {}
    taken = set(matches.values())
    for j, text in enumerate(new):
        if j not in taken:
            rest.setdefault(text, []).append(j)
    for i, text in enumerate(old):
        if i not in matches and rest.get(text):
            matches[i] = rest[text].pop(0)
            reordered = True
    taken = set(matches.values())
    start_old = start_new = 0
    for i, j in (*anchors, (len(old), len(new))):
        gap_old = [x for x in range(start_old, i) if x not in matches]
        gap_new = [x for x in range(start_new, j) if x not in taken]
        matches.update(_alike(before, after, gap_old, gap_new))
        start_old, start_new = i + 1, j + 1
    return matches, reordered


def _common(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """The longest common subsequence, as index -> index."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    found = {i: i for i in range(start)}
    found.update({len(old) - 1 - i: len(new) - 1 - i for i in range(end)})
    a, b = old[start : len(old) - end], new[start : len(new) - end]
    if a and b and len(a) * len(b) <= _MAX_TABLE:
        lengths = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
        for i in reversed(range(len(a))):
            row, below = lengths[i], lengths[i + 1]
            for j in reversed(range(len(b))):
                row[j] = below[j + 1] + 1 if a[i] == b[j] else max(below[j], row[j + 1])
        i = j = 0
        while i < len(a) and j < len(b):
            if a[i] == b[j]:
                found[start + i] = start + j
                i, j = i + 1, j + 1
            elif lengths[i + 1][j] >= lengths[i][j + 1]:
                i += 1
            else:
                j += 1
    return found


def _alike(before: Sequence[Value], after: Sequence[Value], old: Sequence[int], new: Sequence[int]) -> dict[int, int]:
    """Pairs by likeness between two neighbours, the most alike first."""
    if not old or not new:
        return {}
    if len(old) == len(new) == 1:
        return {old[0]: new[0]} if _same_form(before[old[0]], after[new[0]]) else {}
    if len(old) * len(new) > _MAX_LIKENESS:
        return {}
    scores = [(likeness(before[i], after[j]), i, j) for i in old for j in new]
    found: dict[int, int] = {}
    taken: set[int] = set()
    for score, i, j in sorted(scores, key=lambda s: (-s[0], s[1], s[2])):
        if score >= _LIKE and i not in found and j not in taken:
            found[i] = j
            taken.add(j)
    return found


def _same_form(one: Value, other: Value) -> bool:
    if one.is_map and other.is_map:
        return likeness(one, other) >= _LIKE or one.items.keys() == other.items.keys()
    return one.is_list == other.is_list and one.is_map == other.is_map


def likeness(one: Value, other: Value) -> float:
    """0..1: the share of keys that maps agree in, 0.5 for texts of one stem, 1 for equals."""
    if one == other:
        return 1.0
    if one.is_map and other.is_map:
        keys = one.items.keys() | other.items.keys()
        if not keys:
            return 1.0
        return sum(likeness(one.items[k], other.items[k]) for k in one.items.keys() & other.items.keys()) / len(keys)
    if one.is_scalar and other.is_scalar:
        return _LIKE if _stem(one) and _stem(one) == _stem(other) else 0.0
    return 0.0


def _stem(value: Value) -> str:
    """What stands before the first separator of a text, if there is one."""
    text = str(value.scalar)
    ends = [at for at in map(text.find, _STEM_ENDS) if at > 0]
    return text[: min(ends)] if ends else ""
