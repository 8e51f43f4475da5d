"""The generic matching: by identity, then by equal content anywhere in the change set (a move), else added or removed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.diff.values import deltas
from blastlint.model import Change, Entity


def matched(before: Sequence[Entity], after: Sequence[Entity]) -> Iterator[Change]:
    """Changes between two sets of entities of kinds whose address is only a place (functions, keys, ...)."""
    new_by_key = {entity.key: entity for entity in after}
    gone: list[Entity] = []
    for old in before:
        new = new_by_key.pop(old.key, None)
        if new is None:
            gone.append(old)
        else:
            yield from modified(old, new)
    yield from moved_or_not(gone, list(new_by_key.values()))


def modified(old: Entity, new: Entity) -> Iterator[Change]:
    """The change of an entity that is on both sides, or nothing when it means the same."""
    if old.content and old.content == new.content:
        return
    differences = deltas(old.attributes, new.attributes)
    if differences:
        yield Change(new.address, "modified", old, new, differences)


def moved_or_not(gone: Sequence[Entity], born: Sequence[Entity]) -> Iterator[Change]:
    """Pair leftovers of equal kind, type and content as moves; what stays over was removed or added."""
    candidates: dict[tuple[str, str, str], list[Entity]] = {}
    for new in born:
        if new.content:
            candidates.setdefault((new.kind, new.type, new.content), []).append(new)
    claimed: set[int] = set()
    for old in gone:
        same = candidates.get((old.kind, old.type, old.content), []) if old.content else []
        if same:
            new = next((n for n in same if n.name == old.name), same[0])
            same.remove(new)
            claimed.add(id(new))
            yield Change(new.address, "moved", old, new, previous_address=old.address, explained_by="moved")
        else:
            yield Change(old.address, "removed", old, None)
    yield from (Change(new.address, "added", None, new) for new in born if id(new) not in claimed)
