"""CloudFormation resources: the same address, or the same name in a template that moved as a whole, is the same thing.

Nothing else is: under another logical id, or in another stack's template, CloudFormation makes a new resource and deletes
the old one, however equal they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.diff.manifests import moved_templates
from blastlint.diff.match import modified
from blastlint.diff.values import deltas
from blastlint.model import Action, Change, Entity


def changes(before: Sequence[Entity], after: Sequence[Entity]) -> Iterator[Change]:
    """The changes of each variant; both sides have the same ones."""
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
