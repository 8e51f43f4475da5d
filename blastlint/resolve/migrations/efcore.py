"""Migrations of Entity Framework Core (C#) -> operations: calls of `migrationBuilder` in `Up` and `Down`, with its SQL."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.frozen import replace
from blastlint.migration import Direction, Operation, plain
from blastlint.parse.terms import Term, is_false, is_true
from blastlint.resolve.migrations.reading import File, flags, sql_texts

_CONSTRAINTS = {
    "AddForeignKey": "foreign-key", "AddUniqueConstraint": "unique", "AddPrimaryKey": "primary-key",
    "AddCheckConstraint": "check",
}  # fmt: skip
_DROPS = {
    "DropForeignKey": "foreign-key", "DropUniqueConstraint": "unique", "DropPrimaryKey": "primary-key",
    "DropCheckConstraint": "check",
}  # fmt: skip
_ACTIONS = {"Cascade": "cascade", "Restrict": "restrict", "NoAction": "no action", "SetNull": "set null"}


def operations(root: Term, file: File) -> Iterator[Operation]:
    """The operations of `Up`, then those of `Down`."""
    directions: tuple[tuple[str, Direction], ...] = (("Up", "up"), ("Down", "down"))
    for name, direction in directions:
        for function in (t for t in root.walk() if t.sort == "function" and t.name == name):
            for term in function.walk():
                if term.sort == "call" and term.on is not None and term.on.plain == "migrationBuilder":
                    yield from (replace(o, direction=direction) for o in _call(term, file))


def _call(term: Term, file: File) -> Iterator[Operation]:
    name = term.name.partition("<")[0]
    if name == "Sql":
        for text in sql_texts(term.argument(0, "sql")):
            yield from file.sql(text, text.value.removeprefix("@").strip('"'))
    else:
        yield from (file.at(operation, term) for operation in _operation(name, term))


def _operation(name: str, term: Term) -> Iterator[Operation]:
    label = _text(term, 0, "name")
    table = _text(term, 1, "table")
    if name == "CreateTable":
        yield Operation("create-table", label, name=label)
    elif name == "DropTable":
        yield Operation("drop-table", label)
    elif name == "RenameTable":
        yield Operation("rename-table", label, to=_text(term, 2, "newName"))
    elif name == "DropSchema":
        yield Operation("drop-schema", name=label, object="schema")
    elif name == "DropColumn":
        yield Operation("drop-column", table, label)
    elif name == "RenameColumn":
        yield Operation("rename-column", table, label, to=_text(term, 2, "newName"))
    elif name == "AddColumn":
        default = term.option("defaultValue", "defaultValueSql")
        given = default is not None or term.option("computedColumnSql") is not None
        marks = flags(not_null=not is_true(term.option("nullable")), default=given)
        yield Operation(
            "add-column", table, label, type=_text(term, 2, "type"), flags=marks,
            default=default.text if default is not None else "",
        )  # fmt: skip
    elif name == "AlterColumn":
        required = is_false(term.option("nullable")) and is_true(term.option("oldNullable"))
        kind, before = _text(term, 2, "type"), _text(term, 9, "oldType")
        if kind and before and kind != before:
            yield Operation("alter-type", table, label, type=kind, type_before=before)
        if required:
            yield Operation("set-not-null", table, label)
    elif name == "CreateIndex":
        columns = term.option("columns", "column")
        marks = flags(unique=is_true(term.option("unique")))
        yield Operation("add-index", table, name=label, columns=columns.strings if columns is not None else (), flags=marks)
    elif name == "DropIndex":
        yield Operation("drop-index", table, name=label)
    elif name in _CONSTRAINTS:
        deleted = term.option("onDelete")
        yield Operation(
            "add-constraint", table, name=label, object=_CONSTRAINTS[name], to=_text(term, 3, "principalTable"),
            on_delete=_ACTIONS.get(deleted.name, "") if deleted is not None else "",
        )  # fmt: skip
    elif name in _DROPS:
        yield Operation("drop-constraint", table, name=label, object=_DROPS[name])


def _text(term: Term, index: int, name: str) -> str:
    given = term.argument(index, name)
    return plain(given.plain) if given is not None else ""
