"""CloudFormation resources: the same address, or the same name in a template that moved as a whole, is the same thing.

Nothing else is: under another logical id, or in another stack's template, CloudFormation makes a new resource and deletes
the old one, however equal they are.

Both sides are first given the same variants. A value that only one side's template tells apart (`Env=prod`, since a
condition came or went) is no new environment: on the other side that variant is what the defaults give. A parameter file
that only one side has is an environment that came or went, and says nothing of what its template does elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from blastlint.diff.manifests import moved_templates
from blastlint.diff.match import modified
from blastlint.diff.values import deltas
from blastlint.model import Action, Change, Entity

Place = tuple[str, str]  # a template and a variant


def changes(before: Sequence[Entity], after: Sequence[Entity]) -> Iterator[Change]:
    """The changes of each variant, the one without a name first."""
    before, after = _with_variants_of(before, after), _with_variants_of(after, before)
    born = {entity.key: entity for entity in after}
    gone: list[Entity] = []
    for old in before:
        new = born.pop(old.key, None)
        if new is None:
            gone.append(old)
        else:
            yield from modified(old, new)
    templates = moved_templates(
        gone, list(born.values()), {e.region.path for e in after}, {e.region.path for e in before}
    )
    landed = {(e.region.path, e.variant, e.name): e for e in born.values()} if templates else {}
    for old in gone:
        path = templates.get(old.region.path)
        moved = landed.pop((path, old.variant.replace(old.region.path, path), old.name), None) if path else None
        if moved is None:
            yield Change(old.address, "removed", old, None)
            continue
        del born[moved.key]
        differences = deltas(old.attributes, moved.attributes)
        action: Action = "modified" if differences else "moved"
        yield Change(moved.address, action, old, moved, differences, old.address, explained_by="moved")
    yield from (Change(new.address, "added", None, new) for new in born.values())


def _with_variants_of(side: Sequence[Entity], other: Sequence[Entity]) -> list[Entity]:
    """The entities of a side, in the variants that can be compared with the other side's."""
    there = {_place(e) for e in other}
    paths = {path for path, _ in there}
    kept = [e for e in side if not (_varies(e) == "file" and e.region.path in paths and _place(e) not in there)]
    here = {_place(e) for e in side}
    for path, variant in sorted({_place(e) for e in other if _varies(e) == "value"} - here):
        kept += [replace(e, variant=variant) for e in side if e.region.path == path and not e.variant]
    return kept


def _place(entity: Entity) -> Place:
    return entity.region.path, entity.variant


def _varies(entity: Entity) -> str:
    return str(getattr(entity.detail, "variation", ""))
