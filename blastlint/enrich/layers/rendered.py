"""`shared-default` facts of Kustomize: a value written in a base that several overlays render as it stands.

What an overlay takes from its base is read off the rendered objects: the same difference, from the same line of the base, in
each overlay that does not patch it away.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.layers.shared import Default, at_least_two, fact, sort_of
from blastlint.enrich.surroundings import path_class_of
from blastlint.facts.canonical import canonical
from blastlint.model import Change, Delta, Fact, Value

_Place = tuple[str, int]  # where an object is written
_Edit = tuple[_Place, str, str, str]  # the object, the path, both values


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The fact of one kubernetes.object."""
    if not change.entity.variant or change.action != "modified":
        return
    for group in context.once(_shared_defaults).values():
        if group[0].owner is change:
            yield fact(group)


def _shared_defaults(context: Context) -> dict[str, list[Default]]:
    return at_least_two(_defaults(context))


def _defaults(context: Context) -> Iterator[tuple[str, Default | None]]:
    """(file of the base, one edit there) of everything that overlays make of it."""
    edits: dict[_Edit, list[tuple[Change, Delta]]] = {}
    for change in context.changes:
        if change.kind == "kubernetes.object" and change.action == "modified" and change.entity.variant:
            for delta in change.deltas:
                if delta.action != "added" and _is_of_the_base(change, delta):
                    edit = _place(change), delta.path, _text(delta.before), _text(delta.after)
                    edits.setdefault(edit, []).append((change, delta))
    if not edits:
        return
    makers: dict[_Place, set[str]] = {}
    for entity in context.entities_after:
        if entity.kind == "kubernetes.object" and entity.variant:
            header = entity.header or entity.region
            makers.setdefault((header.path, header.start_line), set()).add(entity.variant)
    for (place, _, _, _), made in edits.items():
        owner, delta = made[0]
        if path_class_of(place[0], context.config) == "source":
            inherit = tuple(sorted({change.entity.variant for change, _ in made}))
            override = len(makers.get(_place(owner, after=True), set()) - set(inherit))
            yield place[0], Default(owner, delta, sort_of(delta), inherit, override)


def _is_of_the_base(change: Change, delta: Delta) -> bool:
    """Whether the value is written outside of the overlay that renders it."""
    here = delta.after_region or delta.before_region
    return here is not None and not here.path.startswith(f"{change.entity.variant}/")


def _place(change: Change, after: bool = False) -> _Place:
    entity = (change.after if after else change.before) or change.entity
    header = entity.header or entity.region
    return header.path, header.start_line


def _text(value: Value | None) -> str:
    return "" if value is None else canonical(value)
