"""CloudFormation resources: the same address, or the same name in a template that moved as a whole, is the same thing.

Nothing else is: under another logical id, or in another stack's template, CloudFormation makes a new resource and deletes
the old one, however equal they are. A parameter that gets a default, or loses it, is the same parameter: the stack keeps the
value that it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.diff.manifests import moved_templates
from blastlint.diff.match import modified
from blastlint.diff.values import deltas
from blastlint.frozen import replace
from blastlint.model import Action, Change, Delta, Entity
from blastlint.resolve.cloudformation.values import assumed_of


def changes(before: Sequence[Entity], after: Sequence[Entity]) -> Iterator[Change]:
    """The changes of each variant; both sides have the same ones."""
    born = {entity.key: entity for entity in after}
    gone: list[Entity] = []
    for old in before:
        new = born.pop(old.key, None)
        if new is None:
            gone.append(old)
        else:
            yield from map(_without_defaults, modified(old, new))
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


def _without_defaults(change: Change) -> Change:
    """The change without differences that are only a default of a parameter."""
    told = tuple(delta for delta in change.deltas if not _is_default(delta))
    return change if len(told) == len(change.deltas) else replace(change, deltas=told)


def _is_default(delta: Delta) -> bool:
    """Whether one side is a parameter (or a text with it) that has no value, and the other the same with a default."""
    old, new = delta.before, delta.after
    if old is None or new is None or old.known is new.known:
        return False
    open_, filled = (new, old) if old.known else (old, new)
    text = open_.text
    for name, default in assumed_of(filled).items():
        text = default if text == name else text.replace(f"${{{name}}}", default)
    return filled.is_scalar and bool(filled.reason) and text.strip('"') == str(filled.scalar)
