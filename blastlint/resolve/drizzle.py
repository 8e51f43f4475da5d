"""Drizzle's declared schema (`pgTable("users", { ... })` in TypeScript) -> operations: what a generated migration would make
a database like."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.migration import Operation, plain
from blastlint.parse.terms import Term
from blastlint.resolve.migrations.reading import File, flags
from blastlint.resolve.migrations.types import script_type

_TABLES = frozenset({"pgTable", "mysqlTable", "sqliteTable", "singlestoreTable", "table"})
_CREATOR = "TableCreator"  # `const table = pgTableCreator((name) => ...)`
_TYPES = {
    "serial": "integer", "bigserial": "bigint", "smallserial": "smallint", "real": "float", "int": "integer",
    "mediumint": "integer", "blob": "binary", "doublePrecision": "double", "char": "varchar",
}  # fmt: skip


def declared(root: Term, file: File) -> Iterator[Operation]:
    """Each table, its columns, and what happens to their rows when what they point at is deleted."""
    made = {t.name for t in root.walk() if t.sort == "assign" and t.items and t.items[0].name.endswith(_CREATOR)}
    for term in root.walk():
        if term.sort != "call" or term.name not in _TABLES | made or len(term.items) < 2 or not term.items[0].plain:
            continue
        table = plain(term.items[0].plain)
        columns = next((t for t in term.items[1].walk() if t.sort == "map"), None)
        if columns is None:
            continue
        yield file.at(Operation("create-table", table, name=table), term)
        for key, column in columns.named:
            yield from (file.at(operation, column) for operation in _column(table, key, column))


def _column(table: str, key: str, column: Term) -> Iterator[Operation]:
    """The column, and its reference."""
    chain = [t for t in column.chain() if t.sort == "call"]
    if not chain:
        yield Operation("add-column", table, plain(key), name=key)
        return
    first, said = chain[0], {t.name: t for t in chain}
    name = first.items[0].plain if first.items and first.items[0].sort == "text" else key
    options = next((i for i in first.items if i.sort == "map"), None)
    sizes = [options.option(n) for n in ("length", "precision", "scale")] if options is not None else []
    sized = tuple(s.plain for s in sizes if s is not None)
    related = next((i for i in said["references"].items if i.sort == "map"), None) if "references" in said else None
    deleted = related.option("onDelete") if related is not None else None
    marks = flags(
        not_null="notNull" in said or "primaryKey" in said,
        default=any(word in said for word in ("default", "defaultNow", "$default", "$defaultFn", "defaultRandom")),
        unique="unique" in said,
        references="references" in said,
    )
    kind = script_type(_TYPES.get(first.name, first.name), sized)
    yield Operation("add-column", table, plain(name), name=key, type=kind, flags=marks)
    if "references" in said:
        on_delete = deleted.plain.lower() if deleted is not None else "none"
        yield Operation("add-constraint", table, plain(name), object="foreign-key", on_delete=on_delete)
