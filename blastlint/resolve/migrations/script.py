"""Migrations in JavaScript and TypeScript -> operations: Knex builders, Sequelize's queryInterface, TypeORM's queryRunner.

The three name their calls differently enough to be read side by side; `up` and `down` are functions, properties or methods.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.frozen import replace
from blastlint.migration import Direction, Operation, plain
from blastlint.parse.terms import Term, is_false, is_true
from blastlint.resolve.migrations.orm import writes
from blastlint.resolve.migrations.reading import File, flags, name_at
from blastlint.resolve.migrations.types import script_type

_IN_CHAIN = ("dropColumn", "renameColumn", "addColumn", "alterColumn")
_TABLES = ("alterTable", "table", "createTable", "createTableIfNotExists")
_BUILDERS = frozenset(
    {"string", "text", "integer", "bigInteger", "smallint", "tinyint", "boolean", "date", "datetime", "timestamp",
    "float", "double", "decimal",
     "json", "jsonb", "uuid", "binary", "enum", "enu", "specificType", "increments", "bigIncrements"}
)  # fmt: skip


def operations(root: Term, file: File) -> Iterator[Operation]:
    """The operations of `up`, then those of `down`."""
    found = {"up": False, "down": False}
    for term in root.walk():
        name = term.name.rpartition(".")[2]
        if name not in found or found[name]:
            continue
        body = term if term.sort == "function" else term.items[0] if term.sort == "assign" and term.items else None
        if body is None or body.sort != "function":
            continue
        found[name] = True
        yield from _function(body, file, "down" if name == "down" else "up")
    for term in root.walk():  # `module.exports = { up: (q) => ... }`
        for key, function in term.named:
            if key in found and not found[key] and function.sort == "function":
                found[key] = True
                yield from _function(function, file, "down" if key == "down" else "up")


def _function(function: Term, file: File, direction: Direction) -> Iterator[Operation]:
    made = []
    for term in function.walk():
        if term.sort == "call":
            made += [file.at(o, term) for o in _call(term)]
    made += list(writes(function, file))
    yield from (replace(o, direction=direction) for o in made)
    if not made and direction == "down" and any(t.name in ("Error",) for t in function.walk()):
        yield file.at(Operation("irreversible", direction="down"), function)


def _call(term: Term) -> Iterator[Operation]:
    name = term.name
    table = name_at(term, 0)
    if name in ("dropTable", "dropTableIfExists"):
        yield Operation(
            "drop-table", table, flags=flags(if_exists=name.endswith("IfExists") or is_true(term.argument(1)))
        )
    elif name in ("dropSchema", "dropSchemaIfExists", "dropDatabase"):
        yield Operation(
            "drop-database" if name == "dropDatabase" else "drop-schema",
            name=table,
            object=name[4:].removesuffix("IfExists").lower(),
        )
    elif name == "dropAllTables" or name == "clearDatabase":
        yield Operation("drop-database", object="whole database")
    elif name == "renameTable":
        yield Operation("rename-table", table, to=name_at(term, 1))
    elif name == "dropCollection" or (name == "drop" and term.on is not None and term.on.name == "collection"):
        yield Operation("drop-table", table if name == "dropCollection" else name_at(term.on or term, 0))
    elif name in _IN_CHAIN and (altered := _altered(term)):
        yield from _chained(name, altered, term)
    elif name in _TABLES and len(term.items) > 1 and term.items[-1].sort == "function":
        yield from _built(table, term, created=name.startswith("create"))
    elif name == "createTable":
        yield from _created(table, term)
    elif term.on is not None and term.on.dotted.split(".")[-1] in (
        "queryInterface",
        "queryRunner",
        "q",
        "qi",
        "runner",
        "query",
    ):
        yield from _on_interface(name, table, term)


def _altered(term: Term) -> str:
    """The table of `schema.alterTable("users").dropColumn("a")`: Kysely names it once, and chains what is done to it."""
    found = (t for t in term.chain()[:-1] if t.sort == "call" and t.name == "alterTable" and len(t.items) == 1)
    return next((name_at(t, 0) for t in found), "")


def _chained(name: str, table: str, term: Term) -> Iterator[Operation]:
    column, said = name_at(term, 0), {t.name for t in term.walk()}
    if name == "dropColumn":
        yield Operation("drop-column", table, column)
    elif name == "renameColumn":
        yield Operation("rename-column", table, column, to=name_at(term, 1))
    elif name == "addColumn":
        marks = flags(not_null="notNull" in said, default="defaultTo" in said, unique="unique" in said)
        yield Operation("add-column", table, column, type=script_type(name_at(term, 1)), flags=marks)
    elif "setNotNull" in said:
        yield Operation("set-not-null", table, column)
    elif "setDataType" in said:
        kind = next((name_at(t, 0) for t in term.walk() if t.name == "setDataType"), "")
        yield Operation("alter-type", table, column, type=script_type(kind))


def _on_interface(name: str, table: str, term: Term) -> Iterator[Operation]:
    """Sequelize and TypeORM: the table first, then what is done to it."""
    label = name_at(term, 1)
    if name in ("removeColumn", "dropColumn"):
        yield Operation("drop-column", table, label)
    elif name == "dropColumns" and len(term.items) > 1:
        yield from (Operation("drop-column", table, plain(each)) for each in term.items[1].strings)
    elif name == "renameColumn":
        yield Operation("rename-column", table, label, to=name_at(term, 2))
    elif name == "changeColumn" and len(term.items) > 2:
        yield from _definition("alter-type", table, label, term.items[2])
    elif name == "addColumn":
        given = (
            term.items[-1] if len(term.items) == 3 or (len(term.items) == 2 and term.items[1].sort == "call") else None
        )
        given = term.items[2] if len(term.items) > 2 else given
        if given is not None:
            yield from _definition("add-column", table, label, given)
    elif name in ("addIndex", "createIndex"):
        yield from _index(table, term)
    elif name in ("removeIndex", "dropIndex"):
        yield Operation("drop-index", table, name=label)
    elif name in ("addConstraint", "createForeignKey", "createUniqueConstraint", "createCheckConstraint"):
        yield from _constraint(name, table, term)
    elif name in ("removeConstraint", "dropForeignKey", "dropUniqueConstraint", "dropCheckConstraint"):
        kind = {"dropForeignKey": "foreign-key", "dropUniqueConstraint": "unique", "dropCheckConstraint": "check"}.get(
            name, ""
        )
        yield Operation("drop-constraint", table, name=label, object=kind)
    elif name == "clearTable":
        yield Operation("truncate", table, bounded=False)
    elif name in ("bulkDelete", "bulkUpdate"):
        where = term.argument(1 if name == "bulkDelete" else 2)
        empty = (
            where is None
            or (where.sort == "literal" and where.value == "null")
            or (where.sort == "map" and not where.named and not where.items)
        )
        columns = tuple(k for k, _ in term.items[1].named) if name == "bulkUpdate" and len(term.items) > 1 else ()
        yield Operation("delete" if name == "bulkDelete" else "update", table, bounded=not empty, columns=columns)


def _definition(verb: str, table: str, name: str, given: Term) -> Iterator[Operation]:
    """A column as Sequelize ({ type, allowNull, ... }) or TypeORM (new TableColumn({ name, type,
    isNullable })) writes it."""
    options = given.items[0] if given.sort == "call" and given.name == "TableColumn" and given.items else given
    kind = options.option("type") if options.sort == "map" else given
    null = options.option("allowNull", "isNullable")
    typeorm = options is not given
    default = options.option("defaultValue", "default")
    if kind is not None and kind.sort == "text":
        length = options.option("length")
        text = script_type(kind.plain, (length.plain,) if length is not None else ())
    else:
        text = script_type(kind.name, tuple(p for i in kind.items for p in i.strings)) if kind is not None else ""
    related = options.option("references")
    marks = flags(
        not_null=is_false(null) or (typeorm and null is None),
        default=default is not None and not (default.sort == "literal" and default.value == "null"),
        volatile_default=default is not None
        and any(w in default.text.lower() + default.plain.lower() for w in ("uuid", "random")),
        unique=is_true(options.option("unique", "isUnique")),
        references=related is not None,
    )
    label = options.option("name")
    deleted = options.option("onDelete")
    yield Operation(
        "add-column" if verb == "add-column" else "alter-type", table,
        name or (plain(label.plain) if label is not None else ""), type=text,
        flags=marks, on_delete=deleted.plain.lower() if deleted is not None else "",
        default=default.text if default is not None else "",
    )  # fmt: skip


def _index(table: str, term: Term) -> Iterator[Operation]:
    given = term.items[1] if len(term.items) > 1 else None
    options = given.items[0] if given is not None and given.sort == "call" and given.items else term.items[-1]
    columns = options.option("fields", "columnNames") if options.sort == "map" else None
    listed = columns.strings if columns is not None else given.strings if given is not None else ()
    kind = options.option("type")
    marks = flags(
        concurrently=is_true(options.option("concurrently", "isConcurrent")),
        unique=is_true(options.option("unique", "isUnique")) or (kind is not None and kind.plain.upper() == "UNIQUE"),
    )
    yield Operation("add-index", table, columns=listed, flags=marks)


def _constraint(name: str, table: str, term: Term) -> Iterator[Operation]:
    options = term.items[-1] if term.items else None
    options = options.items[0] if options is not None and options.sort == "call" and options.items else options
    if options is None:
        return
    kind = options.option("type")
    words = {"createForeignKey": "foreign-key", "createUniqueConstraint": "unique", "createCheckConstraint": "check"}
    said = words.get(name) or (kind.plain.lower().replace(" ", "-") if kind is not None else "")
    deleted = options.option("onDelete")
    related = options.option("references", "referencedTableName")
    named = related.option("table") if related is not None else None
    target = named or related
    yield Operation(
        "add-constraint", table, object=said, to=plain(target.plain) if target is not None else "",
        on_delete=deleted.plain.lower() if deleted is not None else "",
    )  # fmt: skip


def _created(table: str, term: Term) -> Iterator[Operation]:
    """createTable of Sequelize and TypeORM."""
    given = term.items[0] if term.items else None
    if given is not None and given.sort == "call" and given.name == "Table" and given.items:
        name = given.items[0].option("name")
        table = plain(name.plain) if name is not None else ""
        columns = given.items[0].option("columns")
        yield Operation("create-table", table)
        for column in columns.items if columns is not None else ():
            yield from _definition("add-column", table, "", column)
        return
    yield Operation("create-table", table)
    for name_, column in term.items[1].named if len(term.items) > 1 else ():
        yield from _definition("add-column", table, plain(name_), column)


# --- Knex ----------------------------------------------------------------------------------------------------------------


def _built(table: str, term: Term, *, created: bool) -> Iterator[Operation]:
    """schema.alterTable("users", (t) => { t.dropColumn("a"); t.string("b", 20).notNullable().alter(); })."""
    if created:
        yield Operation("create-table", table)
    inner = {id(t.on) for t in term.items[-1].walk() if t.on is not None}
    for statement in term.items[-1].walk():
        if statement.sort == "call" and id(statement) not in inner:
            yield from _builder(table, statement.chain())


def _builder(table: str, chain: list[Term]) -> Iterator[Operation]:
    calls = [t for t in chain if t.sort == "call"]
    if not calls:
        return
    first = calls[0]
    said = {t.name: t for t in calls}
    name = first.name
    deleted = said["onDelete"].items[0].plain.lower() if "onDelete" in said and said["onDelete"].items else ""
    target = said["inTable"].items[0].plain if "inTable" in said and said["inTable"].items else ""
    if name in ("dropColumn", "dropColumns"):
        for item in first.items:
            yield from (Operation("drop-column", table, plain(each)) for each in item.strings)
    elif name == "renameColumn":
        yield Operation("rename-column", table, name_at(first, 0), to=name_at(first, 1))
    elif name == "dropTimestamps":
        yield from (Operation("drop-column", table, each) for each in ("created_at", "updated_at"))
    elif name in ("index", "unique") and first.items:
        flag = flags(unique=name == "unique")
        yield (
            Operation("add-constraint", table, object="unique", columns=first.items[0].strings)
            if name == "unique"
            else Operation("add-index", table, columns=first.items[0].strings, flags=flag)
        )
    elif name in ("dropIndex", "dropUnique", "dropForeign", "dropPrimary"):
        kind = {"dropUnique": "unique", "dropForeign": "foreign-key", "dropPrimary": "primary-key"}.get(name, "")
        yield Operation("drop-constraint" if kind else "drop-index", table, object=kind, name=name_at(first, 0))
    elif name in ("foreign",):
        yield Operation("add-constraint", table, object="foreign-key", to=plain(target), on_delete=deleted)
    elif name == "dropNullable":
        yield Operation("set-not-null", table, name_at(first, 0))
    elif name in _BUILDERS:
        default = said["defaultTo"].items[0] if "defaultTo" in said and said["defaultTo"].items else None
        marks = flags(
            not_null="notNullable" in said or "notNull" in said,
            default=default is not None,
            volatile_default=default is not None and any(w in default.text.lower() for w in ("uuid", "random")),
            unique="unique" in said,
            generated=name in ("increments", "bigIncrements"),
            references="references" in said,
        )
        kind = script_type(name, tuple(p for item in first.items[1:] for p in item.strings))
        yield Operation(
            "alter-type" if "alter" in said else "add-column",
            table,
            name_at(first, 0),
            type=kind,
            flags=marks,
            to=plain(target),
            on_delete=deleted,
            default=default.text if default is not None else "",
        )
