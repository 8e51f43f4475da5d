"""Files, and the change set as a whole, as Changes: kind `file` (one a changed file) and kind `change-set` (just one)."""

from __future__ import annotations

from blastlint.model import Action, Change, ChangeSet, Entity, FileChange, Region, Side, Value
from blastlint.parse.languages import language_of

_ACTIONS: dict[str, Action] = {"added": "added", "removed": "removed", "modified": "modified", "renamed": "moved"}


def changes(change_set: ChangeSet) -> tuple[Change, ...]:
    """One Change per changed file in path order, then the one of the whole change set (none for an empty one)."""
    if not change_set.files:
        return ()
    found = [_file_change(file) for file in change_set.files]
    first = change_set.files[0]
    whole = Entity(".", "change-set", "", ".", Value({}), Region("after", first.path, 1))
    return (*found, Change(".", "modified", whole, whole))


def _file_change(file: FileChange) -> Change:
    before = _entity(file.before, "before", file.mode_before) if file.before is not None else None
    after = _entity(file.after, "after", file.mode_after) if file.after is not None else None
    previous = file.before if file.before and file.after and file.before != file.after else ""
    return Change(file.path, _ACTIONS[file.status], before, after, previous_address=previous)


def _entity(path: str, side: Side, mode: int) -> Entity:
    kind = {0o120000: "symlink", 0o160000: "submodule"}.get(mode, language_of(path))
    attributes = Value({"mode": Value(f"{mode:06o}")})
    return Entity(path, "file", kind, path.rsplit("/", 1)[-1], attributes, Region(side, path, 1))
