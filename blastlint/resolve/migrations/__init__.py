"""Migrations, SQL scripts and SQL in code -> one entity of kind `migration.operation` for each operation on a database.

Every tool's reader maps to `migration.Operation`; nothing is run. Addresses: `path#verb object` (`2_x.sql#drop-table
users`), with a number where the same operation stands twice. `content` is the operation's meaning without its place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module

from blastlint.facts.migration_places import Place, code_place, dialect_in_path, framework_of, sql_place
from blastlint.frozen import replace
from blastlint.migration import Operation
from blastlint.model import Entity, Region, Value
from blastlint.parse.code import Module, Span
from blastlint.parse.keytree import KeyTree
from blastlint.parse.languages import language_of
from blastlint.parse.source_text import SourceText
from blastlint.parse.terms import EMPTY, LANGUAGES, Term, terms
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex
from blastlint.resolve.migrations.drivers import driver
from blastlint.resolve.migrations.reading import File

Reader = Callable[[Term, File], Iterator[Operation]]
# framework -> (module that reads it, its languages)
_READERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "django": ("django", ("python",)),
    "alembic": ("alembic", ("python",)),
    "rails": ("rails", ("ruby",)),
    "javascript": ("script", ("javascript", "typescript")),
    "laravel": ("laravel", ("php",)),
    "doctrine": ("laravel", ("php",)),
    "flyway": ("statements", ("java",)),
    "efcore": ("efcore", ("c_sharp",)),
}
_LARGEST = 1_000_000
_NAMED = ("function", "assign", "class")
_EMPTYING = regex(
    r"(?i)clear|purge|wipe|flush|reset|truncate|delete_?all|remove_?all|clean|prune|empty|drop|nuke|teardown|tear_?down"
)
_EMPTIED = regex(rb"\.deleteAll(InBatch)?\(\s*\)")
# What a program that is no migration must have in it to be read: a write of an ORM that can reach every row, or SQL as a
# string. Reading costs as much again as parsing it did.
_SCREEN = regex(
    rb"\.(delete_all|destroy_all|update_all|deleteMany|updateMany|delete_many|update_many|_raw_delete|bulkDelete|bulkUpdate)\b"
    rb"|\.deleteAll(InBatch)?\(\s*\)"
    rb"|(objects|_manager|unscoped|__table__|[Rr]epository|find_each|in_batches)\b[^;]{0,300}?\.?(delete|update|destroy|clear)\b"
    rb"|\.query\([^;]{0,300}?\.(delete|update)\(|\b(delete|update)\(\s*[A-Z]\w*\s*\)|\.(destroy|update)\([^;]{0,300}?\b(where|truncate)\s*:"
    rb"|\b(knex|trx|db|tx)\([^;]{0,300}?\.(del|delete|update|truncate)\(|\b(db|tx)\.(delete|update)\(|createQueryBuilder"
    rb"|(?i:[\"'`]\s*(drop|truncate|delete\s+from|alter|grant|update\s+[\w.\"`\[\]]+\s+set|create\s+or\s+replace\s+table|with|do\s+\$|begin)\s)"
)


def entities(workspace: Workspace, changed: Sequence[str]) -> Iterator[Entity]:
    """The operations of the changed files."""
    for path in changed:
        place, found = operations_in(workspace, path)
        yield from _entities(workspace, path, place, found)


def operations_in(workspace: Workspace, path: str) -> tuple[Place, list[Operation]]:
    """The place and the operations of one file; nothing for a file that has none."""
    language = language_of(path)
    if language == "sql":
        return _sql(workspace, path)
    if language in LANGUAGES:
        return _code(workspace, path, language)
    if language in ("xml", "yaml", "json"):
        return _changelog(workspace, path, language)
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


def _code(workspace: Workspace, path: str, language: str) -> tuple[Place, list[Operation]]:
    """Migrations in a programming language by their tool's reader; elsewhere rows written by ORMs and SQL in strings."""
    data = workspace.tree.read(path)
    if data is None or len(data) > _LARGEST:
        return Place("code"), []
    name = framework_of(path, data)
    if not name and not _SCREEN.search(data):
        return Place("code"), []
    root = terms(language, path, data)
    dialect = dialect_in_path(path) or driver(workspace.tree, path)
    file = File(path, workspace.side, name, dialect)
    if name and language in _READERS[name][1]:
        reader: Reader = import_module(f"blastlint.resolve.migrations.{_READERS[name][0]}").operations
        return Place("migration", name, reverses=name != "flyway"), list(reader(root, file))
    from blastlint.resolve.migrations.orm import writes

    place = code_place(path)
    found = list(writes(root, file))
    if _EMPTIED.search(data):
        document = workspace.document(path)
        if document is not None and isinstance(document.content, Module):
            from blastlint.resolve.migrations.repositories import emptied

            found += emptied(document.content, file)
    emptying = [t.span for t in root.walk() if t.sort in _NAMED and _EMPTYING.search(t.name)] if found else []
    return place, [_marked(operation, emptying) for operation in found]


def _marked(operation: Operation, emptying: Sequence[Span]) -> Operation:
    """With `declared` where it stands in a function that is named for emptying something."""
    line = operation.region.start_line if operation.region is not None else 0
    declared = any(first <= line <= last for first, _, last, _ in emptying)
    return replace(operation, flags=operation.flags | {"declared"}) if declared else operation


def _changelog(workspace: Workspace, path: str, language: str) -> tuple[Place, list[Operation]]:
    data = workspace.tree.read(path)
    if data is None or len(data) > _LARGEST or b"databaseChangeLog" not in data:
        return Place("code"), []
    from blastlint.parse.terms.markup import nested, xml
    from blastlint.resolve.migrations.liquibase import operations

    if language == "xml":
        root = xml(data)
    else:
        document = workspace.document(path)
        content = document.content if document is not None else None
        root = nested("file", content.documents[0]) if isinstance(content, KeyTree) and content.documents else EMPTY
    dialect = dialect_in_path(path) or driver(workspace.tree, path)
    file = File(path, workspace.side, "liquibase", dialect)
    return Place("migration", "liquibase"), list(operations(root, file))


def _entities(workspace: Workspace, path: str, place: Place, found: Sequence[Operation]) -> Iterator[Entity]:
    counts: dict[str, int] = {}
    for operation in found:
        if operation.verb == "insert":
            continue  # nobody asks about rows that come in, and a dump has a hundred thousand of them
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
