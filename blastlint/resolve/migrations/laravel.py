"""Migrations in PHP -> operations: Laravel's schema builder, and the SQL of Doctrine's (`addSql`)."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.frozen import replace
from blastlint.migration import Direction, Operation, plain
from blastlint.parse.terms import Term, is_false
from blastlint.resolve.migrations.orm import writes
from blastlint.resolve.migrations.reading import File, flags, name_at
from blastlint.resolve.migrations.types import script_type

_BUILDERS = frozenset(
    {"string", "char", "text", "mediumText", "longText", "integer", "bigInteger", "smallInteger", "tinyInteger",
     "mediumInteger", "unsignedBigInteger", "unsignedInteger", "boolean", "date", "dateTime", "timestamp", "float", "double",
     "decimal", "json", "jsonb", "uuid", "ulid", "binary", "enum", "foreignId", "foreignUuid", "id", "increments",
     "bigIncrements"}
)  # fmt: skip
_TYPES = {
    "mediumText": "text", "longText": "text", "smallInteger": "smallint", "tinyInteger": "tinyint", "char": "string",
    "mediumInteger": "integer", "unsignedBigInteger": "bigInteger", "unsignedInteger": "integer", "dateTime": "datetime",
    "foreignId": "bigInteger", "foreignUuid": "uuid",
}  # fmt: skip
_DROPS = {"dropForeign": "foreign-key", "dropUnique": "unique", "dropPrimary": "primary-key"}
_TIMES = {
    "dropTimestamps": ("created_at", "updated_at"), "dropTimestampsTz": ("created_at", "updated_at"),
    "dropSoftDeletes": ("deleted_at",), "dropSoftDeletesTz": ("deleted_at",), "dropRememberToken": ("remember_token",),
}  # fmt: skip


def operations(root: Term, file: File) -> Iterator[Operation]:
    """The operations of `up`, then those of `down`."""
    directions: tuple[Direction, ...] = ("up", "down")
    for direction in directions:
        for function in (t for t in root.walk() if t.sort == "function" and t.name == direction):
            made = [file.at(o, at) for term in function.walk() if term.sort == "call" for at, o in _call(term)]
            made += writes(function, file)
            yield from (replace(o, direction=direction) for o in made)


def _call(term: Term) -> Iterator[tuple[Term, Operation]]:
    """One call of the facade `Schema`, on whichever connection: its operations, each with what says it."""
    if term.on is None or term.on.dotted.split(".")[0].rpartition("\\")[2] != "Schema":
        return
    name, table = term.name, name_at(term, 0)
    if name in ("drop", "dropIfExists"):
        yield term, Operation("drop-table", table, flags=flags(if_exists=name == "dropIfExists"))
    elif name in ("dropAllTables", "dropDatabaseIfExists"):
        yield term, Operation("drop-database", object="whole database")
    elif name == "rename":
        yield term, Operation("rename-table", table, to=name_at(term, 1))
    elif name == "dropColumns" and len(term.items) > 1:
        yield from ((term, Operation("drop-column", table, plain(each))) for each in term.items[1].strings)
    elif name in ("create", "table") and len(term.items) > 1:
        if name == "create":
            yield term, Operation("create-table", table)
        statements = [t for t in term.items[-1].walk() if t.sort == "call"]
        inner = {id(t.on) for t in statements if t.on is not None}
        for statement in statements:
            if id(statement) not in inner:
                calls = [t for t in statement.chain() if t.sort == "call"]
                yield from ((statement, operation) for operation in _blueprint(table, calls))


def _blueprint(table: str, calls: list[Term]) -> Iterator[Operation]:
    """`$table->string("name", 20)->nullable()->change()`."""
    if not calls:
        return
    first, said = calls[0], {t.name: t for t in calls}
    name = first.name
    if name in ("dropColumn", "dropConstrainedForeignId", "removeColumn"):
        for item in first.items:
            yield from (Operation("drop-column", table, plain(each)) for each in item.strings)
    elif name in _TIMES:
        yield from (Operation("drop-column", table, each) for each in _TIMES[name])
    elif name == "renameColumn":
        yield Operation("rename-column", table, name_at(first, 0), to=name_at(first, 1))
    elif name == "rename":
        yield Operation("rename-table", table, to=name_at(first, 0))
    elif name in _DROPS:
        yield Operation("drop-constraint", table, object=_DROPS[name], name=name_at(first, 0))
    elif name == "dropIndex":
        yield Operation("drop-index", table, name=name_at(first, 0))
    elif name == "unique" and first.items:
        yield Operation("add-constraint", table, object="unique", columns=first.items[0].strings)
    elif name == "index" and first.items:
        yield Operation("add-index", table, columns=first.items[0].strings)
    elif name == "foreign":
        target = name_at(said["on"], 0) if "on" in said else ""
        yield Operation("add-constraint", table, object="foreign-key", to=target, on_delete=_on_delete(said))
    elif name in _BUILDERS:
        yield _column(table, first, said)


def _column(table: str, first: Term, said: dict[str, Term]) -> Operation:
    """A column; it takes no null unless it says so."""
    name = first.name
    nullable = "nullable" in said and not is_false(said["nullable"].argument(0))
    references = "constrained" in said or "references" in said
    marks = flags(
        not_null=not nullable,
        default=any(word in said for word in ("default", "useCurrent", "storedAs", "virtualAs")),
        unique="unique" in said,
        generated=name in ("id", "increments", "bigIncrements"),
        references=references,
    )
    kind = script_type(_TYPES.get(name, name), tuple(p for item in first.items[1:] for p in item.strings))
    to = name_at(said["constrained"], 0) if "constrained" in said else ""
    return Operation(
        "alter-type" if "change" in said else "add-column",
        table, name_at(first, 0), type=kind, flags=marks, to=to, on_delete=_on_delete(said),
    )  # fmt: skip


def _on_delete(said: dict[str, Term]) -> str:
    if "cascadeOnDelete" in said:
        return "cascade"
    return name_at(said["onDelete"], 0).lower() if "onDelete" in said else ""
