"""`migration-edit`: a migration that was there before is changed, renamed or deleted. Where it has run it never runs again,
so that what it says now and what databases hold part ways. One fact for the whole change set.

Silent: comments and layout, a move that keeps the name, another date in a file of a tool that knows it by its revision,
migrations of tests; files that are not steps of a history (repeatable scripts).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from blastlint.diff.migrations import operation_of
from blastlint.enrich.context import Context
from blastlint.enrich.surroundings import path_class_of
from blastlint.facts.migration_places import code_framework, framework_of, is_migration
from blastlint.frozen import dataclass
from blastlint.model import Change, Fact, FactValue, FileChange, Region, Related
from blastlint.parse.languages import language_of
from blastlint.parse.text import decode
from blastlint.prose import listed
from blastlint.regex import regex

_SKIPPED = ("test", "docs", "example", "vendored", "generated")
_STEPS = ("upgrade", "downgrade", "up", "down", "change", "Migration")
_BY_REVISION = ("alembic",)  # tools that know a migration by what stands in it, not by its name
_SQUASH = regex(r"\b(squash|collapse|consolidat|reset|recreat|regenerat|combine|flatten)\w*", re.IGNORECASE)
_SPEECH = regex(r"'''[\s\S]*?'''|\"\"\"[\s\S]*?\"\"\"|/\*[\s\S]*?\*/|(?:(?<=\s)|^)(?:#|--|//)[^\n]*", re.MULTILINE)
_IMPORT = regex(
    r"^(?:from[ \t]+\S+[ \t]+import[ \t]+(?:\([^)]*\)|[^\n]*)|import[ \t]+[^\n]*|(?:const|require)[^\n]*require\([^\n]*)$",
    re.MULTILINE,
)
_WORDS = regex(r"[^\W\d]\w*|\d+|'[^'\n]*'|\"[^\"\n]*\"|[^\w\s(),;]")


@dataclass(frozen=True, slots=True)
class _Edit:
    file: FileChange
    what: str
    grave: bool
    known: bool = True


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The `migration-edit` fact of the change set, if any."""
    edits = [e for file in context.change_set.files if (e := _edit(file, context)) is not None]
    if not edits:
        return
    order = ("deleted", "renamed", "edited")
    edits = [e for e in edits if e.grave] or edits
    edits.sort(key=lambda e: order.index(e.what))
    first = edits[0]
    deleted = [e for e in edits if e.what == "deleted"]
    squashed, marked = _squash(context, deleted)
    said: dict[str, FactValue] = {
        "what": "squashed" if squashed else first.what,
        "count": len(edits),
        "deleted": len(deleted),
        "marked": marked,
        "declared": bool(_SQUASH.search(context.change_set.message)),
        "operations": any(e.grave for e in edits),
        "known": any(e.grave and e.known for e in edits),
        "summary": _summary(edits, squashed),
    }
    related = tuple(Related(f"{e.what}: {e.file.path}", _region(e)) for e in edits[1:6])
    place = _region(first)
    yield Fact(
        "migration-edit", said, first.file.path, place if place.side == "before" else None,
        place if place.side == "after" else None, related,
    )  # fmt: skip


def _region(edit: _Edit) -> Region:
    file = edit.file
    return Region("after", file.after, 1) if file.after is not None else Region("before", file.before or "", 1)


def _summary(edits: Sequence[_Edit], squashed: bool) -> str:
    parts = []
    for what, verb in (("deleted", "deletes"), ("renamed", "renames"), ("edited", "edits")):
        names = [e.file.path.rpartition("/")[2] for e in edits if e.what == what]
        if names:
            parts.append(f"{verb} {listed(names, 2)}")
    text = listed(parts)
    return f"{text}, and puts a new start in their place" if squashed else text


def _edit(file: FileChange, context: Context) -> _Edit | None:
    path = file.before
    if path is None or not is_migration(path) or file.is_submodule or file.is_symlink:
        return None
    if path_class_of(path, context.config) in _SKIPPED or path.endswith("__init__.py"):
        return None
    if code_framework(path) and not framework_of(path, context.before.tree.read(path) or b""):
        return None
    if file.after is None:
        return _Edit(file, "deleted", True)
    if file.after != path:
        kept = file.after.rpartition("/")[2] == path.rpartition("/")[2] or code_framework(path) in _BY_REVISION
        if not kept and _step(file.after) != _step(path):
            return _Edit(file, "renamed", True)
        if context.before.tree.read(path) == context.after.tree.read(file.after):
            return None
    if _words(context, file) is False:
        return None
    if _operations_differ(context, file):
        return _Edit(file, "edited", True)
    if _is_read(context, file):
        return _Edit(file, "edited", False)
    return _Edit(file, "edited", _steps_differ(context, file), known=False)


def _step(path: str) -> str:
    """What a tool knows a migration by: `0003_add` for Django, the version for others, the directory for Prisma."""
    name = path.rpartition("/")[2]
    if name in ("migration.sql", "up.sql", "down.sql"):
        return path.rsplit("/", 2)[-2]
    return name


def _words(context: Context, file: FileChange) -> bool:
    """Whether anything but comments and layout differs."""
    before = context.before.tree.read(file.before or "") or b""
    after = context.after.tree.read(file.after or "") or b""
    folded = language_of(file.path) == "sql"
    return _said(before, folded) != _said(after, folded)


def _said(data: bytes, folded: bool) -> list[str]:
    text = _IMPORT.sub("", _SPEECH.sub(" ", decode(data)[0]))
    return _WORDS.findall((text.lower() if folded else text).replace('"', "'"))


def _operations_differ(context: Context, file: FileChange) -> bool:
    """Whether it does something else than before; the way back may be mended, it has not run yet."""
    return any(
        change.kind == "migration.operation"
        and change.path in (file.before, file.after)
        and change.action != "moved"
        and operation_of(change.entity).direction == "up"
        for change in context.changes
    )


def _steps_differ(context: Context, file: FileChange) -> bool:
    """Whether the functions that are the migration differ, and not only what stands around them."""
    code = [
        c
        for c in context.changes
        if c.path in (file.before, file.after) and c.kind.startswith(("python.", "javascript.", "ruby."))
    ]
    return not code or any(c.entity.name in _STEPS and c.action != "moved" for c in code)


def _is_read(context: Context, file: FileChange) -> bool:
    """Whether the file's operations are known at all: then equal ones mean that only code around them was touched."""
    return any(e.kind == "migration.operation" and e.region.path == file.after for e in context.entities_after)


def _squash(context: Context, deleted: Sequence[_Edit]) -> tuple[bool, bool]:
    """(several migrations gave way to new ones beside them, the new ones say which they replace)."""
    directories = {(e.file.before or "").rpartition("/")[0] for e in deleted}
    new = [
        f for f in context.change_set.files
        if f.before is None and f.after is not None and is_migration(f.after) and f.after.rpartition("/")[0] in directories
    ]  # fmt: skip
    paths = {f.after for f in new}
    marked = any(
        e.kind == "migration.operation" and e.region.path in paths and operation_of(e).has("squashed")
        for e in context.entities_after
    )
    return len(deleted) >= 2 and bool(new), marked
