"""Statements that define, drop, rename, grant and switch -> operations. By their words alone: DDL is regular at its head."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from blastlint.migration import Dialect, Operation
from blastlint.parse.sql.alter import alter_table
from blastlint.parse.sql.columns import column, columns_of, constraint
from blastlint.parse.sql.cursor import Cursor, find, parts, words_of
from blastlint.parse.sql.statements import (
    begin,
    cascade,
    cluster,
    copies,
    finish,
    grant,
    insert,
    load,
    lock_table,
    pragma,
    purge,
    refresh,
    reindex,
    reset,
    role,
    select,
    setting,
    start,
    truncate,
    vacuum,
)

_OBJECTS = (
    "VIEW", "TYPE", "DOMAIN", "EXTENSION", "SEQUENCE", "FUNCTION", "PROCEDURE", "TRIGGER", "RULE", "AGGREGATE", "SYNONYM",
    "EVENT", "ROLE", "USER", "PUBLICATION", "SUBSCRIPTION", "TABLESPACE", "SERVER",
)  # fmt: skip
_OWNING = ("TYPE", "DOMAIN", "EXTENSION")  # their CASCADE takes the columns that use them
_TABLE_WORDS = ("TEMPORARY", "TEMP", "GLOBAL", "LOCAL", "UNLOGGED", "EXTERNAL", "FOREIGN", "VIRTUAL", "TRANSIENT")

Reader = Callable[[Cursor, Dialect], Iterator[Operation]]


def definition(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    """The operations of one statement that is neither DML nor procedural."""
    head = cursor.upper
    reader = _READERS.get(head)
    if reader is not None:
        cursor.at += 1
        yield from reader(cursor, dialect)


# --- drop ----------------------------------------------------------------------------------------------------------------


def _drop(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    temporary = cursor.one_of("TEMPORARY", "TEMP", "FOREIGN", "EXTERNAL")
    if cursor.take("TABLE"):
        yield from _dropped_tables(cursor, bool(temporary))
    elif cursor.one_of("DATABASE", "KEYSPACE"):
        cursor.take("IF", "EXISTS")
        yield from (Operation("drop-database", name=n, object="database") for n in cursor.names() or [""])
    elif cursor.take("SCHEMA"):
        cursor.take("IF", "EXISTS")
        verb = "drop-database" if dialect == "mysql" else "drop-schema"
        for name in cursor.names() or [""]:
            yield Operation(
                "drop-database" if verb == "drop-database" else "drop-schema",
                name=name,
                object="schema",
                flags=cascade(cursor),
            )
    elif cursor.take("OWNED"):
        cursor.take("BY")
        yield Operation("drop-owned", name=cursor.name(), object="role")
    elif cursor.upper == "INDEX":
        yield from _dropped_index(cursor)
    elif cursor.take("MATERIALIZED", "VIEW"):
        yield from _dropped(cursor, "materialized view")
    elif cursor.take("POLICY"):
        cursor.take("IF", "EXISTS")
        name = cursor.name()
        yield Operation("drop-policy", cursor.name() if cursor.take("ON") else "", name=name)
    elif kind := cursor.one_of(*_OBJECTS):
        yield from _dropped(cursor, kind.lower())


def _dropped_tables(cursor: Cursor, temporary: bool) -> Iterator[Operation]:
    flags = {"temporary"} if temporary else set()
    if cursor.take("IF", "EXISTS"):
        flags.add("if-exists")
    names = cursor.names()
    flags |= cascade(cursor)
    for name in names or [""]:
        local = name.startswith("#")  # T-SQL's temporary tables
        yield Operation("drop-table", name, flags=frozenset(flags | ({"temporary"} if local else set())))


def _dropped_index(cursor: Cursor) -> Iterator[Operation]:
    cursor.at += 1
    flags = {"concurrently"} if cursor.take("CONCURRENTLY") else set()
    cursor.take("IF", "EXISTS")
    names = cursor.names()
    table = cursor.name() if cursor.take("ON") else ""
    if _online(cursor):
        flags.add("online")
    for name in names:
        yield Operation("drop-index", table, name=name, flags=frozenset(flags))


def _dropped(cursor: Cursor, kind: str) -> Iterator[Operation]:
    cursor.take("IF", "EXISTS")
    names = cursor.names()
    flags = cascade(cursor)
    if kind.upper() in _OWNING and flags:
        flags |= {"owns-columns"}
    for name in names:
        yield Operation("drop-object", name=name, object=kind, flags=flags)


# --- create --------------------------------------------------------------------------------------------------------------


def _create(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    replaces = cursor.take("OR", "REPLACE")
    flags = {"replaces"} if replaces else set()
    while word := cursor.one_of(*_TABLE_WORDS):
        if word in ("TEMPORARY", "TEMP"):
            flags.add("temporary")
    if cursor.take("TABLE"):
        yield from _table(cursor, flags)
    elif cursor.upper in (
        "INDEX",
        "UNIQUE",
        "CLUSTERED",
        "NONCLUSTERED",
        "FULLTEXT",
        "SPATIAL",
        "COLUMNSTORE",
        "BITMAP",
    ):
        yield from _index(cursor)
    elif cursor.take("POLICY"):
        name = cursor.name()
        table = cursor.name() if cursor.take("ON") else ""
        wide = re.search(r"\b(using|check)\s*\(\s*true\s*\)", words_of(cursor.rest())) is not None
        yield Operation("open-policy" if wide else "create-policy", table, name=name)
    elif cursor.one_of("ROLE", "USER"):
        yield from role(cursor, cursor.name())
    elif cursor.take("DOMAIN") or cursor.take("SCHEMA"):
        return


def _table(cursor: Cursor, flags: set[str]) -> Iterator[Operation]:
    if cursor.take("IF", "NOT", "EXISTS"):
        flags.add("if-exists")
    name = cursor.name()
    if name.startswith("#"):
        flags.add("temporary")
    made = frozenset(flags)
    columns: list[str] = []
    inner: list[Operation] = []
    for part in parts(cursor.group()):
        found = constraint(part)
        here = Cursor(part)
        if found is not None:
            inner.append(
                Operation("add-constraint", name, name=found.name, object=found.kind, columns=found.columns,
                          to=found.references, on_delete=found.on_delete, flags=found.flags)
            )  # fmt: skip
        elif here.upper not in ("INDEX", "KEY", "FULLTEXT", "LIKE", "PERIOD"):
            label = here.name()
            said = column(here.rest())
            columns.append(label)
            inner.append(
                Operation(
                    "add-column",
                    name,
                    label,
                    type=said.type,
                    flags=said.flags,
                    default=said.default,
                    to=said.references,
                    on_delete=said.on_delete,
                )
            )
    yield Operation("create-table", name, columns=tuple(columns), flags=made)
    yield from inner
    at = find(cursor.tokens, "SELECT")
    if at >= 0:
        yield from copies(cursor, name, at)


def _index(cursor: Cursor) -> Iterator[Operation]:
    flags = set()
    kind = ""
    while word := cursor.one_of("UNIQUE", "CLUSTERED", "NONCLUSTERED", "FULLTEXT", "SPATIAL", "COLUMNSTORE", "BITMAP"):
        if word == "UNIQUE":
            flags.add("unique")
        elif word in ("FULLTEXT", "SPATIAL", "CLUSTERED"):
            kind = word.lower()
    if not cursor.take("INDEX"):
        return
    if cursor.take("CONCURRENTLY"):
        flags.add("concurrently")
    cursor.take("IF", "NOT", "EXISTS")
    name = cursor.name() if cursor.upper != "ON" else ""
    cursor.take("ON")
    cursor.take("ONLY")
    table = cursor.name()
    while not cursor.done and cursor.upper != "(":
        cursor.at += 1
    columns = columns_of(cursor.group())
    if _online(cursor):
        flags.add("online")
    yield Operation("add-index", table, name=name, object=kind, columns=columns, flags=frozenset(flags))


def _online(cursor: Cursor) -> bool:
    return re.search(r"\bonline( = on)?\b", words_of(cursor.rest())) is not None and "online = off" not in words_of(
        cursor.rest()
    )


# --- alter, rename -------------------------------------------------------------------------------------------------------


def _alter(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    cursor.one_of("FOREIGN", "EXTERNAL")
    if cursor.take("TABLE"):
        yield from alter_table(cursor, dialect)
    elif cursor.one_of("ROLE", "USER") or cursor.take("SERVER", "ROLE"):
        yield from role(cursor, cursor.name())
    elif cursor.one_of("DATABASE", "SCHEMA"):
        yield from _database(cursor)
    elif cursor.take("POLICY"):
        name = cursor.name()
        table = cursor.name() if cursor.take("ON") else ""
        wide = re.search(r"\b(using|check)\s*\(\s*true\s*\)", words_of(cursor.rest())) is not None
        yield Operation("open-policy" if wide else "create-policy", table, name=name)
    elif cursor.take("TYPE"):
        yield from _enum(cursor)
    elif cursor.take("DOMAIN"):
        name = cursor.name()
        if cursor.take("ADD") and not cursor.has("NOT", "VALID"):
            yield Operation("add-constraint", name=name, object="domain-check")
    elif cursor.take("DEFAULT", "PRIVILEGES"):
        at = find(cursor.rest(), "GRANT")
        if at >= 0:
            yield from grant(Cursor(cursor.rest(), at + 1), dialect)


def _database(cursor: Cursor) -> Iterator[Operation]:
    name = cursor.name()
    words = words_of(cursor.rest())
    if re.search(r"\b(single_user|restricted_user|read_only|offline)\b", words):
        yield Operation("server", name=name, object="access")
    elif re.search(r"\bset recovery simple\b|data_retention_time_in_days = 0", words):
        yield Operation("server", name=name, object="history")
    elif cursor.take("RENAME", "TO"):
        yield Operation("rename-schema", name=name, to=cursor.name())


def _enum(cursor: Cursor) -> Iterator[Operation]:
    name = cursor.name()
    if cursor.take("RENAME", "VALUE"):
        yield Operation("rename-object", name=f"{name}.{cursor.token.value}", object="enum value")
    elif cursor.take("DROP", "ATTRIBUTE"):
        cursor.take("IF", "EXISTS")
        yield Operation("drop-column", name, cursor.name())


def _rename(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    if cursor.one_of("TABLE", "TABLES"):
        for part in parts(cursor.rest()):
            here = Cursor(part)
            name = here.name()
            if here.take("TO"):
                yield Operation("rename-table", name, to=here.name())


_READERS: Mapping[str, Reader] = {
    "DROP": _drop,
    "CREATE": _create,
    "ALTER": _alter,
    "RENAME": _rename,
    "TRUNCATE": truncate,
    "GRANT": grant,
    "SET": setting,
    "PRAGMA": pragma,
    "LOCK": lock_table,
    "VACUUM": vacuum,
    "REINDEX": reindex,
    "CLUSTER": cluster,
    "REFRESH": refresh,
    "PURGE": purge,
    "RESET": reset,
    "INSERT": insert,
    "REPLACE": insert,
    "SELECT": select,
    "BEGIN": begin,
    "START": start,
    "COMMIT": finish,
    "ROLLBACK": finish,
    "LOAD": load,
}
