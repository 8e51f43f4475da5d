"""Declared objects whose file is only a place: Kubernetes objects, CloudFormation resources, compose services, policies.

An object that left its directory and stands in another one with the same address is the same object, however much it was
edited on the way; a resource of a template goes where its template goes. A name that a template computes is not known:
within one directory, objects of one kind whose names are computed are paired by likeness of their text, and never said to be
gone because the expression was written another way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from blastlint.diff.match import modified, moved_or_not
from blastlint.diff.values import deltas
from blastlint.frozen import replace
from blastlint.model import Change, Entity
from blastlint.resolve.manifests import Rendering

OFF = "off"  # the variant of what a chart's values switch off: nobody has it, so that it neither comes nor goes
_LEAST_LIKENESS = 0.3
_MAX_LEAVES = 400
_IN_FILES = frozenset({"cloudformation.resource", "compose.service"})  # their address begins with the file's

Pair = tuple[Entity, Entity]


def changes(before: Sequence[Entity], after: Sequence[Entity]) -> Iterator[Change]:
    """Changes of declared objects, with what they were seen by."""
    for change in _changes(before, after):
        detail = change.entity.detail
        is_rendered = isinstance(detail, Rendering) and detail.by
        yield replace(change, evidence="rendered") if is_rendered else change


def _changes(before: Sequence[Entity], after: Sequence[Entity]) -> Iterator[Change]:
    """Same key, then moved with equal content, then same object at another place."""
    born = {entity.key: entity for entity in after}
    there = frozenset(born)
    gone: list[Entity] = []
    for old in before:
        new = born.pop(old.key, None)
        if new is not None:
            yield from modified(old, new)
        elif old.variant != OFF and not (_is_second(old) and replace(old, variant="").key in there):
            gone.append(old)
    born = {key: entity for key, entity in born.items() if entity.variant != OFF}
    leftovers = list(moved_or_not(gone, list(born.values())))
    yield from (change for change in leftovers if change.action == "moved")
    left = [change.entity for change in leftovers if change.action == "removed"]
    born = {change.entity.key: change.entity for change in leftovers if change.action == "added"}
    templates = moved_templates(
        left, list(born.values()), {e.region.path for e in after}, {e.region.path for e in before}
    )

    def by_template(entity: Entity) -> str:
        path = entity.region.path
        return f"{entity.kind} {entity.type} {templates.get(path, path)} {entity.name}" if templates else ""

    pairs = [
        *_paired(left, born, _by_address),
        *_paired(left, born, by_template),
        *_paired(left, born, _by_computed_name),
        *_paired(left, born, _by_image),
    ]
    claimed = {id(entity) for pair in pairs for entity in pair}
    for old, new in pairs:
        differences = deltas(old.attributes, new.attributes)
        previous = old.address if old.address != new.address else ""
        yield Change(new.address, "modified", old, new, differences, previous, explained_by="moved")
    computed = {_by_computed_name(new) for new in born.values()} - {""}
    for old in left:
        if id(old) not in claimed and _as_if_computed(old) not in computed:
            yield Change(old.address, "removed", old, None)
    yield from (Change(new.address, "added", None, new) for new in born.values() if id(new) not in claimed)


def _is_second(entity: Entity) -> bool:
    """Whether it is another declaration of an object that its directory declares already: without it, the object stays."""
    return entity.kind == "kubernetes.object" and entity.variant == entity.region.path


def _paired(
    left: list[Entity], born: dict[tuple[str, str, str, str], Entity], by: Callable[[Entity], str]
) -> list[Pair]:
    """The best pairs of removed and added objects with the same `by`; what is paired leaves both collections."""
    candidates: dict[str, list[Entity]] = {}
    for new in born.values():
        if name := by(new):
            candidates.setdefault(name, []).append(new)
    pairs: list[Pair] = []
    for old in list(left):
        same = candidates.get(by(old), []) if by(old) else []
        if not same:
            continue
        new = max(same, key=lambda candidate: _likeness(old, candidate))
        if by is _by_computed_name and _likeness(old, new) < _LEAST_LIKENESS:
            continue
        same.remove(new)
        left.remove(old)
        del born[new.key]
        pairs.append((old, new))
    return pairs


def moved_templates(left: list[Entity], born: list[Entity], now: set[str], then: set[str]) -> dict[str, str]:
    """Where each file that declares nothing any more went: to the new file with the same things in it, by kind, type and
    name, at least half of them; the same extension and name tell among several."""
    old, new = _named(left, now), _named(born, then)
    found: dict[str, str] = {}
    for path, things in old.items():
        shared = {to: len(things & others) for to, others in new.items() if 2 * len(things & others) >= len(things)}
        if shared:
            best = max(shared, key=lambda to: (shared[to], _file(to) == _file(path), _format(to) == _format(path)))
            found[path] = best
            del new[best]
    return found


def _named(entities: list[Entity], known: set[str]) -> dict[str, set[tuple[str, str, str]]]:
    """The things of each file that is not `known`, but for those whose address is the same in every file."""
    things: dict[str, set[tuple[str, str, str]]] = {}
    for entity in entities:
        if entity.kind in _IN_FILES and entity.region.path not in known:
            things.setdefault(entity.region.path, set()).add((entity.kind, entity.type, entity.name))
    return things


def _file(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]


def _format(path: str) -> str:
    return path.rpartition(".")[2].replace("yml", "yaml")


def _by_address(entity: Entity) -> str:
    """What it is wherever it stands; the address of a template's resource has its path in it."""
    if entity.kind == "kubernetes.object":
        return "" if "{{" in entity.address else f"{entity.kind} {entity.address}"
    return ""


def _by_computed_name(entity: Entity) -> str:
    directory = entity.region.path.rpartition("/")[0]
    if "{{" in entity.type:
        return f"{entity.kind} computed {directory}"
    return f"{entity.kind} {entity.type} {directory}" if "{{" in entity.name or "${" in entity.name else ""


def _by_image(entity: Entity) -> str:
    """What a compose service runs, without the version: under another name in its file it is the same service."""
    image = entity.attributes.get("image") if entity.kind == "compose.service" else None
    text = str(image.scalar) if image is not None and image.scalar else ""
    return f"{entity.kind} {entity.region.path} {text.partition('@')[0].rpartition(':')[0] or text}" if text else ""


def _as_if_computed(entity: Entity) -> str:
    """What `_by_computed_name` says of a new template that may well bring this object in, by a loop or under its name."""
    return f"{entity.kind} {entity.type} {entity.region.path.rpartition('/')[0]}"


def _likeness(old: Entity, new: Entity) -> float:
    """0..1, by the paths and scalars of both declarations."""
    first, second = (
        Counter(f"{path}={leaf.scalar}" for path, leaf in islice(entity.attributes.leaves(), _MAX_LEAVES))
        for entity in (old, new)
    )
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 1.0
