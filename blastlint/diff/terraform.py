"""Terraform entities before x after -> Changes, one configuration and variant at a time.

An address is an identity, so the file in which a block stands is never seen. What a `moved` block or a coming or going
`count` accounts for is one Change `moved` (with deltas where the arguments differ as well); everything else that is on one
side only was added or removed. Renames without a moved block stay removed + added: that is what Terraform does with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from blastlint.diff.arguments import argument_deltas
from blastlint.diff.match import modified
from blastlint.diff.moves import Renaming, landings, resource_of, statements
from blastlint.model import Change, Delta, Entity

_MOVABLE = ("terraform.resource", "terraform.module", "terraform.data")
_COUNTED = "terraform.counted"
_ALIKE = 0.8
_INSTANCES = ("terraform.resource", "terraform.data")
_ANY = "[*]"  # whichever instances there are
_KEY = r"(?:\[(?:\"(?:[^\"\\]|\\.)*\"|\d+|\*)\])?"


def changes(before: Sequence[Entity], after: Sequence[Entity]) -> Iterator[Change]:
    """Every Change of the terraform.* entities."""
    groups: dict[tuple[str, str], tuple[list[Entity], list[Entity]]] = {}
    for side, entities in enumerate((before, after)):
        for entity in entities:
            groups.setdefault((entity.configuration, entity.variant), ([], []))[side].append(entity)
    for old, new in _paired(list(groups.values())):
        yield from _changes(old, new)


_Sides = tuple[list[Entity], list[Entity]]


def _paired(groups: list[_Sides]) -> Iterator[_Sides]:
    """The two sides of each configuration. One whose directory was renamed is the same one: its state moves with it."""
    gone = [group for group in groups if not group[1]]
    born = [group for group in groups if not group[0]]
    taken: set[int] = set()
    for old, _ in gone:
        index = next((i for i, (_, new) in enumerate(born) if i not in taken and _renamed(old, new)), None)
        if index is None:
            yield old, []
        else:
            taken.add(index)
            yield old, born[index][1]
    yield from (group for i, group in enumerate(born) if i not in taken)
    yield from (group for group in groups if group[0] and group[1])


def _renamed(before: Sequence[Entity], after: Sequence[Entity]) -> bool:
    """Whether nearly everything in a configuration that went stands in one that came, with the same values and backend.
    What stands in its own directory counts: the paths to the modules that it calls may lead elsewhere now."""
    new = {(entity.kind, entity.address): entity.attributes for entity in after}
    states = [(e.kind, e.address) for e in (*before, *after) if e.kind == "terraform.backend"]
    old = {(e.kind, e.address): e.attributes for e in before if e.kind in _MOVABLE and not e.parent}
    if not old or any(
        new.get(state) != next((e.attributes for e in before if (e.kind, e.address) == state), None) for state in states
    ):
        return False
    alike = sum(1 for address, attributes in old.items() if new.get(address) == attributes)
    return alike >= _ALIKE * len(old)


def _changes(before: Sequence[Entity], after: Sequence[Entity]) -> Iterator[Change]:
    moved = statements(after)
    counted = {entity.address for entity in after if entity.kind == _COUNTED}
    kinds: dict[str, tuple[dict[str, Entity], dict[str, Entity]]] = {}
    for side, entities in enumerate((before, after)):
        for entity in entities:
            if entity.kind != _COUNTED:
                kinds.setdefault(entity.kind, ({}, {}))[side].setdefault(entity.address, entity)
    landed = {kind: landings(list(old), new, moved) if kind in _MOVABLE else {} for kind, (old, new) in kinds.items()}
    renaming = Renaming({a: to for found in landed.values() for a, to in found.items()}, moved)
    for kind, (old, new) in kinds.items():
        yield from _of_kind(old, new, landed[kind], renaming, counted)


def _is_declared(address: str, after: dict[str, Entity], counted: set[str]) -> bool:
    """Whether the resource of an instance is still written, though with other instances or none."""
    resource = resource_of(address)
    return resource in counted or any(resource_of(there) == resource for there in after)


def _of_kind(
    old: dict[str, Entity],
    new: dict[str, Entity],
    landed: dict[str, tuple[str, str]],
    renaming: Renaming,
    counted: set[str],
) -> Iterator[Change]:
    rest = dict(new)
    gone: list[Entity] = []
    for address, entity in old.items():
        target, why = landed.get(address, (address, ""))
        other = rest.pop(target, None)
        if other is None and why == "moved block" and _is_declared(target, new, counted):
            yield Change(target, "removed", entity, None, previous_address=address)  # moved first, then destroyed
        elif other is None:
            gone.append(entity)
        elif target != address:
            yield Change(target, "moved", entity, other, _deltas(entity, other, renaming), address, explained_by=why)
        elif entity.kind in _INSTANCES or renaming:
            differences = _deltas(entity, other, renaming)
            if differences:
                yield Change(address, "modified", entity, other, differences)
        else:
            yield from modified(entity, other)
    yield from _uncountable(gone, rest)
    for entity in gone:
        if entity.kind == "terraform.resource" and entity.address in counted:  # a move first, as `count` came
            yield Change(f"{entity.address}[0]", "removed", entity, None, previous_address=entity.address)
        else:
            yield Change(entity.address, "removed", entity, None)
    yield from (Change(entity.address, "added", None, entity) for entity in rest.values())


def _uncountable(gone: list[Entity], rest: dict[str, Entity]) -> Iterator[Change]:
    """Instances that only one side can count: `x["a"]` before and `x[*]` after are the same resource, changed in a way that
    source does not tell, and so are those of a module call. One Change for all of them; takes what it accounts for out of
    `gone` and `rest`."""
    for star in [e for e in (*gone, *rest.values()) if _ANY in e.address]:
        meant = re.compile(_KEY.join(map(re.escape, star.address.split(_ANY))))
        others: list[Entity] = [e for e in (rest.values() if star in gone else gone) if meant.fullmatch(e.address)]
        if not others:
            continue
        if star in gone:
            gone.remove(star)
            for entity in others:
                rest.pop(entity.address, None)
            yield Change(others[0].address, "modified", star, others[0], explained_by="")
        else:
            rest.pop(star.address, None)
            for entity in others:
                gone.remove(entity)
            yield Change(star.address, "modified", others[0], star, explained_by="")


def _deltas(old: Entity, new: Entity, renaming: Renaming) -> tuple[Delta, ...]:
    if old.type != new.type and old.kind in _INSTANCES:
        return ()  # moved to another type: the provider converts
    return argument_deltas(old.type if old.kind in _INSTANCES else "", old.attributes, new.attributes, renaming)
