"""Liquibase changelogs in XML, YAML and JSON -> operations. `rollback` is the way back; formatted SQL is read as SQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from blastlint.frozen import replace
from blastlint.migration import Operation, plain
from blastlint.parse.terms import Term
from blastlint.resolve.migrations.reading import File, flags


def operations(root: Term, file: File) -> Iterator[Operation]:
    """The operations of every change set of a changelog; `root` is its element as a call whose body are its children."""
    for change_set in root.walk():
        if change_set.sort == "call" and change_set.name == "changeSet":
            rolled = [t for t in change_set.body if t.name == "rollback"]
            for change in change_set.body:
                if change.name == "rollback":
                    continue
                for operation in _change(change, file):
                    placed = operation if operation.region is not None else file.at(operation, change)
                    yield replace(placed, reversible="yes" if rolled else "")


def _change(term: Term, file: File) -> Iterator[Operation]:
    said = {name: value.plain for name, value in term.named}
    name = term.name
    table = plain(said.get("tableName", ""))
    column = plain(said.get("columnName", ""))
    if name == "sql":
        text = said.get("sql") or "".join(t.value for t in term.body if t.sort == "text")
        yield from file.sql(term, text)
    elif name in ("dropTable", "renameTable", "createTable", "delete", "update"):
        yield from _table(name, table, said, term)
    elif name == "dropColumn":
        inner = [plain(v.plain) for t in term.body if t.name == "column" for k, v in t.named if k == "name"]
        yield from (Operation("drop-column", table, each) for each in ([column] if column else inner))
    elif name == "renameColumn":
        yield Operation(
            "rename-column", table, plain(said.get("oldColumnName", "")), to=plain(said.get("newColumnName", ""))
        )
    elif name == "modifyDataType":
        yield Operation("alter-type", table, column, type=said.get("newDataType", "").lower())
    elif name == "addNotNullConstraint":
        yield Operation("set-not-null", table, column)
    elif name == "addColumn":
        yield from _columns(table, term)
    elif name in ("createIndex", "dropIndex"):
        verb = Operation(
            "add-index" if name == "createIndex" else "drop-index", table, name=plain(said.get("indexName", ""))
        )
        yield replace(verb, flags=flags(unique=said.get("unique") == "true"))
    else:
        yield from _constraint(name, table, said)


def _table(name: str, table: str, said: Mapping[str, str], term: Term) -> Iterator[Operation]:
    if name == "dropTable":
        yield Operation("drop-table", table, flags=flags(cascade=said.get("cascadeConstraints") == "true"))
    elif name == "renameTable":
        yield Operation("rename-table", plain(said.get("oldTableName", "")), to=plain(said.get("newTableName", "")))
    elif name == "createTable":
        yield Operation("create-table", table)
        yield from _columns(table, term)
    else:
        where = said.get("where", "") or "".join(
            t.value for b in term.body if b.name == "where" for t in b.body if t.sort == "text"
        )
        columns = tuple(v.plain for t in term.body if t.name == "column" for k, v in t.named if k == "name")
        yield Operation("delete" if name == "delete" else "update", table, bounded=bool(where.strip()), columns=columns)


def _columns(table: str, term: Term) -> Iterator[Operation]:
    for column in term.body:
        if column.name != "column":
            continue
        said = {name: value.plain for name, value in column.named}
        limits = next(({n: v.plain for n, v in t.named} for t in column.body if t.name == "constraints"), {})
        default = next((value for key, value in said.items() if key.startswith("defaultValue")), "")
        marks = flags(
            not_null=limits.get("nullable") == "false",
            default=bool(default) or "valueComputed" in said,
            unique=limits.get("unique") == "true",
            references="references" in limits or "referencedTableName" in limits,
            generated=said.get("autoIncrement") == "true",
        )
        yield Operation(
            "add-column", table, plain(said.get("name", "")), type=said.get("type", "").lower(), flags=marks
        )


def _constraint(name: str, table: str, said: Mapping[str, str]) -> Iterator[Operation]:
    kinds = {"addUniqueConstraint": "unique", "addPrimaryKey": "primary-key", "addForeignKeyConstraint": "foreign-key"}
    drops = {"dropUniqueConstraint": "unique", "dropPrimaryKey": "primary-key", "dropForeignKeyConstraint": "foreign-key",
             "dropAllForeignKeyConstraints": "foreign-key"}  # fmt: skip
    table = table or plain(said.get("baseTableName", ""))
    if name in kinds:
        loose = flags(not_valid=said.get("validate") == "false")
        yield Operation(
            "add-constraint", table, name=plain(said.get("constraintName", "")), object=kinds[name],
            to=plain(said.get("referencedTableName", "")),
            on_delete=said.get("onDelete", "").lower(), flags=loose,
        )  # fmt: skip
    elif name in drops:
        yield Operation("drop-constraint", table, name=plain(said.get("constraintName", "")), object=drops[name])
