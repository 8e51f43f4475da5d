"""Changes of definitions: by qualified name, then by text and meaning anywhere in the change set, then by similarity.

A definition that means the same on both sides has not changed, whatever its layout. What is left over of both sides is
paired one to one, most alike first; a pair is a move (same meaning) or a rename (modified, with the previous address).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from blastlint.diff.values import deltas
from blastlint.model import Change, Entity
from blastlint.parse.code import Handle
from blastlint.regex import regex

_WORD = regex(rb"[^\W\d]\w*|\d+|[^\w\s]", re.ASCII)
_ALIKE = 0.6  # of the words, at which two bodies are one under another name
_ALIKE_SAME_NAME = 0.35  # when they also have the same name
_MOST_PAIRS = 40_000  # beyond that only equal names are compared: a rewrite of everything has no renames worth finding
_FEW_WORDS = 8  # a body this short is like too many others

Pair = tuple[Entity, Entity]


def changes(before: Sequence[Entity], after: Sequence[Entity]) -> Iterator[Change]:
    """Every change of definitions of one family of languages."""
    pairs, gone, born = _by_name(before, after)
    for key in (_text_key, _meaning_key):
        more, gone, born = _by_key(gone, born, key)
        pairs += more
    more, gone, born = _by_similarity(gone, born)
    pairs += more
    for old, new in pairs:
        change = _paired(old, new)
        if change is not None:
            yield change
    yield from (Change(old.address, "removed", old, None) for old in gone)
    yield from (Change(new.address, "added", None, new) for new in born)


def _paired(old: Entity, new: Entity) -> Change | None:
    same = old.content == new.content or _digest(old) == _digest(new)
    elsewhere = (old.configuration, old.address) != (new.configuration, new.address)
    previous = old.address if elsewhere else ""
    if same and old.type == new.type:
        return Change(new.address, "moved", old, new, (), previous, explained_by="moved") if elsewhere else None
    return Change(new.address, "modified", old, new, deltas(old.attributes, new.attributes), previous)


def _handle(entity: Entity) -> Handle:
    assert isinstance(entity.detail, Handle)
    return entity.detail


def _digest(entity: Entity) -> str:
    return _handle(entity).definition.digest


def _by_name(before: Sequence[Entity], after: Sequence[Entity]) -> tuple[list[Pair], list[Entity], list[Entity]]:
    """Same address, whatever its kind: a test that is no longer collected is still the same function."""
    new_by_address = {(e.configuration, e.address): e for e in after}
    pairs: list[Pair] = []
    gone: list[Entity] = []
    for old in before:
        new = new_by_address.get((old.configuration, old.address))
        if new is None or (old.type == "module") != (new.type == "module"):
            gone.append(old)
        else:
            del new_by_address[(old.configuration, old.address)]
            pairs.append((old, new))
    return pairs, gone, list(new_by_address.values())


def _text_key(entity: Entity) -> str:
    return entity.content


def _meaning_key(entity: Entity) -> str:
    return _digest(entity)


def _by_key(
    gone: list[Entity], born: list[Entity], key: Callable[[Entity], str]
) -> tuple[list[Pair], list[Entity], list[Entity]]:
    """Equal keys of one type are one thing that moved; among several, the one with the same name."""
    if not gone or not born:
        return [], gone, born
    candidates: dict[tuple[str, str], list[Entity]] = {}
    for new in born:
        candidates.setdefault((new.type, key(new)), []).append(new)
    pairs: list[Pair] = []
    left: list[Entity] = []
    taken: set[int] = set()
    for old in gone:
        same = candidates.get((old.type, key(old)), [])
        if not same or (old.type != "test" and same[0].name != old.name and _short(old)):
            left.append(old)
            continue
        new = next((n for n in same if n.name == old.name), same[0])
        same.remove(new)
        taken.add(id(new))
        pairs.append((old, new))
    return pairs, left, [e for e in born if id(e) not in taken]


def _by_similarity(gone: list[Entity], born: list[Entity]) -> tuple[list[Pair], list[Entity], list[Entity]]:
    """One to one, most alike first; equal candidates in document order."""
    if not gone or not born:
        return [], gone, born
    words = {id(e): Counter(_WORD.findall(_handle(e).definition.text)) for e in (*gone, *born)}
    everything = len(gone) * len(born) <= _MOST_PAIRS
    by_name: dict[str, list[int]] = {}
    for index, new in enumerate(born):
        by_name.setdefault(_called(new), []).append(index)
    scored: list[tuple[float, int, int]] = []
    for i, old in enumerate(gone):
        for j in range(len(born)) if everything else by_name.get(_called(old), []):
            new = born[j]
            if not _comparable(old, new):
                continue
            namesake = _called(old) == _called(new)
            limit = _ALIKE_SAME_NAME if namesake else _ALIKE
            score = similarity(words[id(old)], words[id(new)], limit)
            if score >= limit and (namesake or not (_short(old) or _short(new))):
                scored.append((-score - (0.3 if namesake else 0.0), i, j))
    scored.sort()
    old_taken: set[int] = set()
    new_taken: set[int] = set()
    pairs: list[Pair] = []
    for _, i, j in scored:
        if i not in old_taken and j not in new_taken:
            old_taken.add(i)
            new_taken.add(j)
            pairs.append((gone[i], born[j]))
    return (
        pairs,
        [e for i, e in enumerate(gone) if i not in old_taken],
        [e for j, e in enumerate(born) if j not in new_taken],
    )


def _called(entity: Entity) -> str:
    """Its name; what is left of a file goes by its path without the ending."""
    return entity.address.rpartition(".")[0] if entity.type == "module" else entity.name


def _comparable(old: Entity, new: Entity) -> bool:
    """A test may become a helper and the other way round; nothing else changes its sort."""
    if old.kind.partition(".")[0] != new.kind.partition(".")[0]:  # JavaScript may become TypeScript
        return False
    if old.type == new.type:
        return True
    return old.name == new.name and {old.type, new.type} <= {"test", "function"}


def _short(entity: Entity) -> bool:
    return len(_WORD.findall(_handle(entity).definition.text)) < 3 * _FEW_WORDS


def similarity(old: Counter[bytes], new: Counter[bytes], limit: float = 0.0) -> float:
    """0..1: twice the shared words over all words. Stops early below `limit`."""
    old_size, new_size = old.total(), new.total()
    if not old_size or not new_size:
        return 0.0
    if 2 * min(old_size, new_size) / (old_size + new_size) < limit:
        return 0.0
    small, large = (old, new) if len(old) <= len(new) else (new, old)
    shared = sum(min(count, large.get(word, 0)) for word, count in small.items())
    return 2 * shared / (old_size + new_size)
