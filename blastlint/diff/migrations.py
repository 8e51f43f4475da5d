"""Operations before x after. An operation is known by what it does: equal content in the same file is the same one, equal
content elsewhere in the change set is a move; what stays over was added or removed. An edit is both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.migration import Operation
from blastlint.model import Change, Entity


def changes(before: Sequence[Entity], after: Sequence[Entity]) -> Iterator[Change]:
    """Every difference between the operations of the two sides."""
    waiting: dict[tuple[str, str], list[Entity]] = {}
    for entity in reversed(before):
        waiting.setdefault((entity.region.path, entity.content), []).append(entity)
    born = [new for new in after if not _taken(waiting, new.region.path, new.content)]
    elsewhere: dict[str, list[Entity]] = {}
    for entities in waiting.values():
        for old in entities:
            elsewhere.setdefault(old.content, []).append(old)
    for new in born:
        same = elsewhere.get(new.content)
        if same:
            old = same.pop()
            yield Change(new.address, "moved", old, new, previous_address=old.address, explained_by="moved")
        else:
            yield Change(new.address, "added", None, new)
    for entities in elsewhere.values():
        yield from (Change(old.address, "removed", old, None) for old in entities)


def _taken(waiting: dict[tuple[str, str], list[Entity]], path: str, content: str) -> bool:
    """Whether the same operation stood in the same file; it is used up with that."""
    same = waiting.get((path, content))
    if not same:
        return False
    same.pop()
    return True


def operation_of(entity: Entity) -> Operation:
    assert isinstance(entity.detail, Operation)
    return entity.detail
