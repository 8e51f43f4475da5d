"""Alembic revisions -> operations: `op.*`, batch operations, and what is executed on a bind. `downgrade` is the way back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from blastlint.frozen import replace
from blastlint.migration import Direction, Operation, plain
from blastlint.parse.terms import Term, is_false, is_true
from blastlint.resolve.migrations.orm import writes
from blastlint.resolve.migrations.reading import File, flags
from blastlint.resolve.migrations.types import alembic_type

_DEEPEST = 4
_RELATIONS = {"foreignkey": "foreign-key", "unique": "unique", "check": "check", "primary": "primary-key"}


def operations(root: Term, file: File) -> Iterator[Operation]:
    """The operations of one revision: those of `upgrade`, then those of `downgrade`."""
    functions = {t.name: t for t in root.body if t.sort == "function"}
    for name, direction in (("upgrade", "up"), ("downgrade", "down")):
        function = functions.get(name)
        if function is None:
            continue
        way: Direction = "down" if direction == "down" else "up"
        found = list(_function(function, file, functions, 0))
        for operation in found:
            yield replace(operation, direction=way)
        if way == "down" and not found and _refuses(function):
            yield file.at(Operation("irreversible", direction="down"), function)


def _refuses(function: Term) -> bool:
    return any(
        t.sort in ("call", "name") and t.name in ("NotImplementedError", "Exception", "RuntimeError")
        for t in function.walk()
    )


def _function(function: Term, file: File, functions: Mapping[str, Term], depth: int) -> Iterator[Operation]:
    table = ""
    alone = any(t.name == "autocommit_block" for t in function.walk())
    for term in function.walk():
        if term.sort != "call":
            continue
        if term.name == "batch_alter_table":
            table = _text(term, 0, "table_name")
        elif term.on is None and term.name in functions and depth < _DEEPEST:
            yield from _function(functions[term.name], file, functions, depth + 1)
        elif term.on is not None and term.on.sort == "name":
            batch = term.on.dotted not in ("op", "context.op") and "batch" in term.on.name
            if batch or term.on.dotted in ("op", "alembic.op"):
                for operation in _operation(term, table if batch else None):
                    placed = file.at(operation, term)
                    yield replace(placed, flags=placed.flags | flags(in_transaction=not alone, no_transaction=alone))
    yield from writes(function, file)


def _operation(term: Term, batch: str | None) -> Iterator[Operation]:
    """One call. In a batch the table is known, and the arguments that name it are left out."""
    name = term.name
    first = 0 if batch is not None else 1

    def table(index: int = 0, *names: str) -> str:
        return (
            plain(batch)
            if batch is not None
            else plain(_qualified(term, _text(term, index, *(names or ("table_name",)))))
        )

    if name == "drop_table":
        yield Operation("drop-table", plain(_qualified(term, _text(term, 0, "table_name"))))
    elif name == "drop_column":
        yield Operation("drop-column", table(), _text(term, first, "column_name").lower())
    elif name == "rename_table":
        yield Operation(
            "rename-table", plain(_text(term, 0, "old_table_name")), to=plain(_text(term, 1, "new_table_name"))
        )
    elif name == "add_column":
        yield from _column(table(), term.argument(first, "column"))
    elif name == "create_table":
        made = table()
        yield Operation("create-table", made)
        for item in term.items[1:]:
            if item.name == "Column":
                yield from _column(made, item)
    elif name == "alter_column":
        yield from _altered(term, table(), _text(term, first, "column_name").lower())
    elif name in ("create_index", "drop_index"):
        marks = flags(
            concurrently=is_true(term.option("postgresql_concurrently")), unique=is_true(term.option("unique"))
        )
        where = plain(batch) if batch is not None else plain(_qualified(term, _text(term, 1, "table_name")))
        columns = term.argument(first + 1, "columns")
        verb = Operation(
            "add-index" if name == "create_index" else "drop-index",
            where,
            name=_text(term, 0, "index_name"),
            flags=marks,
        )
        yield replace(verb, columns=columns.strings if columns is not None and name == "create_index" else ())
    elif name.startswith("create_") and name.endswith(("_constraint", "_foreign_key", "_key")):
        yield _constraint(
            term,
            plain(batch) if batch is not None else plain(_text(term, 1, "table_name", "source_table", "source")),
            first,
        )
    elif name == "drop_constraint":
        kind = _RELATIONS.get(_text(term, 1 + first, "type_"), "")
        where = plain(batch) if batch is not None else plain(_text(term, 1, "table_name"))
        yield Operation("drop-constraint", where, name=_text(term, 0, "constraint_name"), object=kind)


def _column(table: str, column: Term | None) -> Iterator[Operation]:
    """`sa.Column("name", type, ...)`."""
    if column is None or not column.items:
        return
    kind = column.items[1] if len(column.items) > 1 else column.option("type_")
    related = next((t for t in column.items if t.name == "ForeignKey"), None)
    default = column.option("server_default")
    deleted = related.option("ondelete") if related is not None else None
    marks = flags(
        not_null=is_false(column.option("nullable")) or is_true(column.option("primary_key")),
        default=default is not None and not (default.sort == "literal" and default.value == "null"),
        volatile_default=default is not None and any(w in default.text.lower() for w in ("uuid", "random", "nextval")),
        unique=is_true(column.option("unique")),
        references=related is not None,
        generated=any(t.name in ("Identity", "Computed") for t in column.items),
    )
    yield Operation(
        "add-column", table, column.items[0].plain.lower(), type=alembic_type(kind), flags=marks,
        to=plain(related.items[0].plain.rpartition(".")[0]) if related is not None and related.items else "",
        on_delete=deleted.plain.lower() if deleted is not None else "",
        default=default.text if default is not None else "",
    )  # fmt: skip


def _altered(term: Term, table: str, column: str) -> Iterator[Operation]:
    renamed = term.option("new_column_name", "name")
    if renamed is not None and renamed.plain:
        yield Operation("rename-column", table, column, to=renamed.plain.lower())
    kind = alembic_type(term.option("type_"))
    if term.option("type_") is not None:
        yield Operation(
            "alter-type", table, column, type=kind, type_before=alembic_type(term.option("existing_type")),
            flags=flags(converts=term.option("postgresql_using") is not None),
        )  # fmt: skip
    if is_false(term.option("nullable")):
        yield Operation("set-not-null", table, column)
    elif is_true(term.option("nullable")):
        yield Operation("drop-not-null", table, column)


def _constraint(term: Term, table: str, first: int) -> Operation:
    kinds = {"create_foreign_key": "foreign-key", "create_check_constraint": "check", "create_primary_key": "primary-key",
             "create_exclude_constraint": "exclusion"}  # fmt: skip
    kind = kinds.get(term.name, "unique")
    columns = term.argument(1 + first if kind != "foreign-key" else 2 + first, "columns", "local_cols")
    return Operation(
        "add-constraint", table, name=_text(term, 0, "constraint_name"), object=kind,
        columns=columns.strings if columns is not None else (),
        to=plain(_text(term, 1 + first, "referent_table", "referent")) if kind == "foreign-key" else "",
        on_delete=_text(term, 99, "ondelete").lower(), flags=flags(not_valid=is_true(term.option("postgresql_not_valid"))),
    )  # fmt: skip


def _text(term: Term, index: int, *names: str) -> str:
    found = term.argument(index, *names)
    return found.plain if found is not None and found.sort == "text" else ""


def _qualified(term: Term, name: str) -> str:
    schema = term.option("schema")
    return f"{schema.plain}.{name}" if schema is not None and schema.sort == "text" and name else name
