"""Rails migrations -> operations: `change`, `up`, `down`, `change_table`, `reversible`, SQL in `execute`.

What Rails can take back by itself in `change` is reversible; what it cannot is not, and `safety_assured` marks what somebody
has looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.frozen import replace
from blastlint.migration import Direction, Operation, plain
from blastlint.parse.terms import Term, is_false, is_true
from blastlint.resolve.migrations.orm import writes
from blastlint.resolve.migrations.reading import File, flags, name_at, sql_texts
from blastlint.resolve.migrations.types import rails_type

_COLUMN_TYPES = frozenset(
    {"string", "text", "integer", "bigint", "boolean", "datetime", "timestamp", "timestamptz", "date", "time",
    "float", "decimal", "numeric",
     "json", "jsonb", "uuid", "binary", "inet", "citext", "hstore", "virtual"}
)  # fmt: skip
_NUMBERED = ("serial", "bigserial", "primary_key")
_ON_DELETE = {"cascade": "cascade", "nullify": "set null", "restrict": "restrict"}


def operations(root: Term, file: File) -> Iterator[Operation]:
    """The operations of one migration class."""
    for migration in (t for t in root.body if t.sort == "class"):
        alone = any(t.name == "disable_ddl_transaction!" for t in migration.body)
        marks = flags(no_transaction=alone, in_transaction=not alone)
        helpers = {t.name: t for t in migration.body if t.sort == "function"}
        for function in migration.body:
            if function.sort == "function" and function.name in ("up", "down", "change"):
                direction: Direction = "down" if function.name == "down" else "up"
                reader = _Reader(file, changes=function.name == "change", helpers=helpers)
                for operation in reader.statements(function.body, direction, assured=False):
                    yield replace(operation, flags=operation.flags | marks)


def statements(terms: tuple[Term, ...], file: File) -> Iterator[Operation]:
    """The operations of statements outside a migration class: those of schema.rb."""
    yield from _Reader(file, changes=False, helpers={}).statements(terms, "up", assured=False)


class _Reader:
    def __init__(self, file: File, *, changes: bool, helpers: dict[str, Term]) -> None:
        self.file = file
        self.changes = changes
        self.helpers = helpers

    def statements(
        self, terms: tuple[Term, ...], direction: Direction, *, assured: bool, depth: int = 0
    ) -> Iterator[Operation]:
        for term in terms:
            for operation in self.statement(term, direction, assured, depth):
                placed = operation if operation.region is not None else self.file.at(operation, term)
                yield replace(placed, direction=operation.direction if operation.direction == "down" else direction)

    def statement(self, term: Term, direction: Direction, assured: bool, depth: int) -> Iterator[Operation]:
        if depth > 20:
            return
        if term.sort == "block":
            yield from self.statements(term.body, direction, assured=assured, depth=depth + 1)
        elif term.sort == "assign":
            yield from self.statements(term.items, direction, assured=assured, depth=depth + 1)
        elif term.sort in ("call", "name"):
            yield from self.call(term, direction, assured, depth)

    def call(self, term: Term, direction: Direction, assured: bool, depth: int) -> Iterator[Operation]:
        name = term.name
        if term.on is not None and term.on.plain == "dir" and name in ("up", "down"):
            yield from self.statements(term.body, "down" if name == "down" else "up", assured=assured, depth=depth + 1)
        elif name in (
            "safety_assured",
            "reversible",
            "up_only",
            "suppress_messages",
            "transaction",
            "say_with_time",
            "with_lock_retries",
        ):
            inner = self.statements(term.body, direction, assured=assured or name == "safety_assured", depth=depth + 1)
            yield from (replace(o, flags=o.flags | flags(assured=name == "safety_assured")) for o in inner)
        elif name == "raise" and any("IrreversibleMigration" in t.dotted for t in term.walk()):
            yield Operation("irreversible", direction="down")
        elif term.on is None or term.on.plain in ("connection", "self") or term.on.dotted.endswith("connection"):
            found = list(self.operation(term))
            yield from found
            if not found and name in self.helpers and name not in ("up", "down", "change"):
                yield from self.statements(self.helpers[name].body, direction, assured=assured, depth=depth + 1)
            if not found:
                yield from self.rows(term)
        else:
            yield from self.rows(term)

    def rows(self, term: Term) -> Iterator[Operation]:
        for operation in writes(term, self.file):
            yield replace(operation, reversible="no" if self.changes else "")

    def operation(self, term: Term) -> Iterator[Operation]:
        name = term.name
        table = name_at(term, 0)
        if name == "drop_table":
            made_again = bool(term.body) or not self.changes
            yield Operation("drop-table", table, flags=flags(if_exists=is_true(term.option("if_exists")),
            cascade=_symbol(term, "force") == "cascade"),
                            reversible="yes" if made_again else "no")  # fmt: skip
        elif name == "create_table":
            if is_true(term.option("force")) or _symbol(term, "force") == "cascade":
                yield Operation("drop-table", table, flags=flags(if_exists=True), reversible="yes")
            yield Operation(
                "create-table", table, reversible="yes", flags=flags(temporary=is_true(term.option("temporary")))
            )
            for column in term.body:
                yield from self.in_table(table, column, new=True)
        elif name == "change_table":
            for column in term.body:
                for operation in self.in_table(table, column, new=False):
                    yield self.file.at(operation, column)
        elif name == "drop_join_table":
            yield Operation("drop-table", "_".join(sorted([table, name_at(term, 1)])), reversible="yes")
        elif name in ("rename_table", "rename_column"):
            if name == "rename_table":
                yield Operation("rename-table", table, to=name_at(term, 1), reversible="yes")
            else:
                yield Operation("rename-column", table, name_at(term, 1), to=name_at(term, 2), reversible="yes")
        elif name == "execute":
            for text in sql_texts(term.argument(0)):
                for operation in self.file.sql(text):
                    yield replace(operation, reversible="no" if self.changes else "")
        else:
            yield from self.column(name, table, term, 1)

    def column(self, name: str, table: str, term: Term, at: int) -> Iterator[Operation]:
        """What is done to columns, indexes and constraints; `at` is where the arguments behind the table begin."""
        label = name_at(term, at)
        kind = term.items[at + 1].plain if len(term.items) > at + 1 else ""
        if name in ("remove_column", "remove_columns"):
            columns = [name_at(term, i) for i in range(at, len(term.items))]
            columns = columns if name == "remove_columns" else columns[:1]
            known = bool(kind) or term.option("type") is not None or not self.changes
            for each in columns:
                yield Operation("drop-column", table, each, reversible="yes" if known else "no")
        elif name in ("remove_reference", "remove_belongs_to"):
            yield Operation("drop-column", table, f"{label}_id", reversible="yes")
        elif name == "remove_timestamps":
            yield from (
                Operation("drop-column", table, each, reversible="yes") for each in ("created_at", "updated_at")
            )
        elif name == "change_column":
            yield Operation(
                "alter-type",
                table,
                label,
                type=rails_type(kind, term),
                flags=_null(term),
                reversible="no" if self.changes else "",
            )
        elif name == "change_column_null" and len(term.items) > at + 1 and is_false(term.items[at + 1]):
            yield Operation("set-not-null", table, label, reversible="yes")
        elif name == "add_column":
            yield self.added(table, label, rails_type(kind, term), term, numbered=kind in _NUMBERED)
        elif name in ("add_reference", "add_belongs_to"):
            yield from self.reference(table, label, term)
        elif name == "add_timestamps":
            if is_false(term.option("null")) and term.option("default") is None:
                yield Operation(
                    "add-column", table, "created_at", type="timestamp", flags=flags(not_null=True), reversible="yes"
                )
        else:
            yield from self.constraint(name, table, label, term, at)

    def added(self, table: str, name: str, kind: str, term: Term, *, numbered: bool = False) -> Operation:
        default = term.option("default")
        marks = flags(
            default=default is not None and not (default.sort == "literal" and default.value == "null"),
            volatile_default=default is not None
            and default.sort == "function"
            and any(w in default.text for w in ("uuid", "random")),
            generated=numbered or is_true(term.option("stored")),
        )
        given = default.text if default is not None else ""
        return Operation("add-column", table, name, type=kind, flags=marks | _null(term), default=given, reversible="yes")

    def reference(self, table: str, name: str, term: Term) -> Iterator[Operation]:
        key = term.option("foreign_key")
        yield self.added(table, f"{name}_id", "bigint", term)
        index = term.option("index")
        if not is_false(index):
            concurrently = index is not None and _symbol(index, "algorithm") == "concurrently"
            yield Operation(
                "add-index", table, columns=(f"{name}_id",), flags=flags(concurrently=concurrently), reversible="yes"
            )
        if key is not None and not is_false(key):
            to = key.option("to_table")
            yield Operation(
                "add-constraint", table, object="foreign-key", columns=(f"{name}_id",),
                to=plain(to.plain) if to is not None else f"{name}s",
                on_delete=_ON_DELETE.get(_symbol(key, "on_delete"), ""),
                flags=flags(not_valid=is_false(key.option("validate"))), reversible="yes",
            )  # fmt: skip

    def constraint(self, name: str, table: str, label: str, term: Term, at: int) -> Iterator[Operation]:
        loose = flags(not_valid=is_false(term.option("validate")))
        marks = flags(concurrently=_symbol(term, "algorithm") == "concurrently", unique=is_true(term.option("unique")))
        given = term.items[at] if len(term.items) > at else None
        columns = given.strings if given is not None else ()
        index = _symbol(term, "name") or (f"index_{table}_on_{'_and_'.join(columns)}" if columns else "")
        if name in ("add_index", "index"):
            yield Operation("add-index", table, name=index, columns=columns, flags=marks, reversible="yes")
        elif name == "remove_index":
            yield Operation("drop-index", table, name=index or _symbol(term, "column"), flags=marks, reversible="yes")
        elif name == "add_foreign_key":
            yield Operation("add-constraint", table, object="foreign-key", to=label,
            on_delete=_ON_DELETE.get(_symbol(term, "on_delete"), ""), flags=loose,
                            name=_symbol(term, "name"), reversible="yes")  # fmt: skip
        elif name in ("add_check_constraint", "add_unique_constraint", "add_exclusion_constraint"):
            kind = name.removeprefix("add_").removesuffix("_constraint")
            using = flags(using_index=term.option("using_index") is not None)
            yield Operation(
                "add-constraint",
                table,
                object=kind,
                columns=columns if kind == "unique" else (),
                flags=loose | using,
                reversible="yes",
            )
        elif name in ("remove_foreign_key", "remove_check_constraint", "remove_unique_constraint"):
            kind = {"remove_foreign_key": "foreign-key", "remove_check_constraint": "check"}.get(name, "unique")
            yield Operation("drop-constraint", table, name=_symbol(term, "name"), object=kind, reversible="yes")
        elif name in ("validate_foreign_key", "validate_check_constraint", "validate_constraint"):
            yield Operation("validate-constraint", table, to=label, name=_symbol(term, "name"), reversible="yes")
        elif name == "rename_schema":
            yield Operation("rename-schema", name=table, to=label, reversible="yes")
        elif name == "rename_enum_value":
            yield Operation("rename-object", name=table, object="enum value")
        elif name == "drop_enum":
            yield Operation("drop-object", name=table, object="type")

    def in_table(self, table: str, term: Term, *, new: bool) -> Iterator[Operation]:
        """`t.remove :name` within change_table, `t.string :name` within either."""
        if term.sort != "call":
            return
        name = term.name
        if name in _COLUMN_TYPES:
            for item in term.items:
                yield self.added(table, plain(item.plain), rails_type(name, term), term)
        elif name == "column":
            yield self.added(
                table, name_at(term, 0), rails_type(term.items[1].plain if len(term.items) > 1 else "", term), term
            )
        elif name in ("references", "belongs_to"):
            yield from self.reference(table, name_at(term, 0), term)
        elif new:
            return
        elif name == "remove":
            for item in term.items:
                yield Operation(
                    "drop-column",
                    table,
                    plain(item.plain),
                    reversible="yes" if term.option("type") is not None else "no",
                )
        elif name in ("rename", "change", "change_null"):
            yield from self.column(
                {"rename": "", "change": "change_column", "change_null": "change_column_null"}[name], table, term, 0
            )
            if name == "rename":
                yield Operation("rename-column", table, name_at(term, 0), to=name_at(term, 1), reversible="yes")
        elif name in ("remove_references", "remove_belongs_to"):
            yield Operation("drop-column", table, f"{name_at(term, 0)}_id", reversible="yes")
        elif name in ("index", "remove_index"):
            yield from self.constraint(name, table, name_at(term, 0), term, 0)


def _null(term: Term) -> frozenset[str]:
    return flags(not_null=is_false(term.option("null")))


def _symbol(term: Term, name: str) -> str:
    found = term.option(name)
    return found.plain if found is not None else ""
