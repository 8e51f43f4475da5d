"""Migrations, SQL scripts and SQL in code -> one entity of kind `migration.operation` for each operation on a database.

Every tool's reader maps to `migration.Operation`; nothing is run. Addresses: `path#verb object` (`2_x.sql#drop-table
users`), with a number where the same operation stands twice. `content` is the operation's meaning without its place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from blastlint.migration import Operation
from blastlint.model import Entity, Region, Value
from blastlint.parse.languages import language_of
from blastlint.parse.source_text import SourceText
from blastlint.parse.workspace import Workspace
from blastlint.resolve.migrations.drivers import driver
from blastlint.resolve.migrations.places import Place, dialect_in_path, sql_place


def entities(workspace: Workspace, changed: Sequence[str]) -> Iterator[Entity]:
    """The operations of the changed files."""
    for path in changed:
        place, found = operations_in(workspace, path)
        yield from _entities(workspace, path, place, found)


def operations_in(workspace: Workspace, path: str) -> tuple[Place, list[Operation]]:
    """The place and the operations of one file; nothing for a file that has none."""
    if language_of(path) == "sql":
        return _sql(workspace, path)
    return Place("code"), []


def _sql(workspace: Workspace, path: str) -> tuple[Place, list[Operation]]:
    document = workspace.document(path)
    source = document.content if document is not None else None
    if not isinstance(source, SourceText):
        return Place("script"), []
    from blastlint.parse.sql.operations import operations, spoken

    place = sql_place(path, source.text)
    if place.container == "schema":
        return place, []
    dialect = dialect_in_path(path) or spoken(source.text) or driver(workspace.tree, path)
    found = []
    for operation in operations(source, dialect):
        direction = "down" if place.direction == "down" else operation.direction
        found.append(replace(operation, direction=direction, framework=place.framework))
    return place, found


def _entities(workspace: Workspace, path: str, place: Place, found: Sequence[Operation]) -> Iterator[Entity]:
    counts: dict[str, int] = {}
    for operation in found:
        label = f"{operation.verb} {operation.subject}".strip()
        counts[label] = number = counts.get(label, 0) + 1
        address = f"{path}#{label}" + (f" ({number})" if number > 1 else "")
        region = operation.region or Region(workspace.side, path, 1)
        yield Entity(
            address,
            "migration.operation",
            operation.verb,
            operation.subject,
            Value({"container": Value(place.container), "reverses": Value(place.reverses)}),
            region,
            replace(region, end_line=region.start_line, end_column=region.start_column + 1),
            path,
            content=_digest(operation),
            detail=operation,
        )


def _digest(operation: Operation) -> str:
    meaning = replace(operation, text="", region=None, flags=frozenset(), dialect="", framework="", reversible="")
    text = f"{meaning!r}{sorted(operation.flags)}"
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
