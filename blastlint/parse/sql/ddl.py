"""Statements that define, drop, rename, grant and switch -> operations. By their words alone: DDL is regular at its head."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from blastlint.migration import Dialect, Operation, plain
from blastlint.parse.sql.alter import alter_table
from blastlint.parse.sql.columns import column, columns_of, constraint
from blastlint.parse.sql.cursor import Cursor, find, parts, words_of
from blastlint.regex import regex

_OBJECTS = (
    "VIEW", "TYPE", "DOMAIN", "EXTENSION", "SEQUENCE", "FUNCTION", "PROCEDURE", "TRIGGER", "RULE", "AGGREGATE", "SYNONYM",
    "EVENT", "ROLE", "USER", "PUBLICATION", "SUBSCRIPTION", "TABLESPACE", "SERVER",
)  # fmt: skip
_OWNING = ("TYPE", "DOMAIN", "EXTENSION")  # their CASCADE takes the columns that use them
_TABLE_WORDS = ("TEMPORARY", "TEMP", "GLOBAL", "LOCAL", "UNLOGGED", "EXTERNAL", "FOREIGN", "VIRTUAL", "TRANSIENT")
_ADMIN = regex(r"\b(superuser|createrole|bypassrls|all on \*\.\*|db_owner|sysadmin|accountadmin|dba)\b", re.IGNORECASE)
_PUBLIC = frozenset({"public", "anon", "anonymous", "guest"})

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
                flags=_cascade(cursor),
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
    flags |= _cascade(cursor)
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
    flags = _cascade(cursor)
    if kind.upper() in _OWNING and flags:
        flags |= {"owns-columns"}
    for name in names:
        yield Operation("drop-object", name=name, object=kind, flags=flags)


def _cascade(cursor: Cursor) -> frozenset[str]:
    return frozenset({"cascade"}) if find(cursor.tokens, "CASCADE") >= 0 else frozenset()


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
        if re.search(r"\b(using|check)\s*\(\s*true\s*\)", words_of(cursor.rest())):
            yield Operation("open-policy", table, name=name)
    elif cursor.one_of("ROLE", "USER"):
        yield from _role(cursor, cursor.name())
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
                    to=said.references,
                    on_delete=said.on_delete,
                )
            )
    yield Operation("create-table", name, columns=tuple(columns), flags=made)
    yield from inner
    at = find(cursor.tokens, "SELECT")
    if at >= 0:
        yield from _copies(cursor, name, at)


def _copies(cursor: Cursor, table: str, at: int) -> Iterator[Operation]:
    source = find(cursor.tokens[at:], "FROM")
    if source >= 0:
        here = Cursor(cursor.tokens, at + source + 1)
        yield Operation("copy-rows", here.name(), to=table)


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
        yield from _role(cursor, cursor.name())
    elif cursor.one_of("DATABASE", "SCHEMA"):
        yield from _database(cursor)
    elif cursor.take("POLICY"):
        name = cursor.name()
        table = cursor.name() if cursor.take("ON") else ""
        if re.search(r"\b(using|check)\s*\(\s*true\s*\)", words_of(cursor.rest())):
            yield Operation("open-policy", table, name=name)
    elif cursor.take("TYPE"):
        yield from _enum(cursor)
    elif cursor.take("DOMAIN"):
        name = cursor.name()
        if cursor.take("ADD") and not cursor.has("NOT", "VALID"):
            yield Operation("add-constraint", name=name, object="domain-check")
    elif cursor.take("DEFAULT", "PRIVILEGES"):
        at = find(cursor.rest(), "GRANT")
        if at >= 0:
            yield from _grant(Cursor(cursor.rest(), at + 1), dialect)


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


# --- everything else -----------------------------------------------------------------------------------------------------


def _truncate(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    cursor.take("TABLE")
    cursor.take("IF", "EXISTS")
    cursor.take("ONLY")
    for name in cursor.names() or [""]:
        flags = _cascade(cursor) | (frozenset({"temporary"}) if name.startswith("#") else frozenset())
        yield Operation("truncate", name, bounded=False, flags=flags)


def _grant(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    rest = cursor.rest()
    at, to = find(rest, "ON"), find(rest, "TO")
    if to < 0:
        return
    rights = words_of(rest[: at if 0 <= at < to else to])
    on = words_of(rest[at + 1 : to]) if 0 <= at < to else ""
    target = Cursor(rest, to + 1)
    target.one_of("ROLE", "USER", "GROUP")
    who = target.name()
    flags = set()
    everything = rights.startswith("all")
    if who in _PUBLIC:
        flags.add("public")
    over_all = everything and on.replace(" ", "") == "*.*"
    if over_all or _ADMIN.search(rights) or find(rest, "WITH", "GRANT", "OPTION") >= 0:
        flags.add("admin")
    if everything:
        flags.add("all")
    if re.search(r"\ball (tables|sequences|functions)\b|\*$|^(schema|database)\b|^tables$", on):
        flags.add("wide")
    yield Operation("grant", on, name=who, object=rights, flags=frozenset(flags))


def _role(cursor: Cursor, name: str) -> Iterator[Operation]:
    words = words_of(cursor.rest())
    if re.search(r"\b(superuser|createrole|bypassrls)\b", words):
        yield Operation("raise-role", name=name, object=words.removeprefix("with ").upper())
    elif (match := re.search(r"\badd member (\S+)", words)) and _ADMIN.search(name):
        yield Operation("raise-role", name=plain(match.group(1)), object=name)


def _set(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    words = (
        words_of(cursor.rest()).replace("session ", "").replace("local ", "").replace("global ", "").replace("@@", "")
    )
    if re.match(r"(foreign_key_checks|unique_checks) ?(=|to) ?(0|off|false)", words):
        yield Operation("checks-off", object="constraint", name=words.split(" ")[0])
    elif re.match(r"session_replication_role ?(=|to) ?'?replica", words):
        yield Operation("checks-off", object="trigger", name="session_replication_role")
    elif re.match(r"row_security ?(=|to) ?off", words):
        return
    elif re.match(r"(lock_timeout|statement_timeout|lock_wait_timeout|innodb_lock_wait_timeout)\b", words):
        off = re.search(r"(=|to) ?'?0'?$", words) is not None
        if not off:
            yield Operation("timeout", name=words.split(" ")[0])


def _pragma(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    if re.match(
        r"(?:main\.)?(foreign_keys|ignore_check_constraints) ?(= ?|\()'?(off|0|false)", words_of(cursor.rest())
    ):
        yield Operation("checks-off", object="constraint", name="foreign_keys")


def _lock(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    if not cursor.one_of("TABLE", "TABLES"):
        return
    cursor.take("ONLY")
    names = cursor.names()
    mode = re.search(r"\bin ([a-z ]+?) mode", words_of(cursor.tokens))
    text = mode.group(1).upper() if mode else "WRITE" if find(cursor.tokens, "WRITE") >= 0 else "ACCESS EXCLUSIVE"
    for name in names:
        yield Operation("lock-table", name, object=text)


def _vacuum(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    full = cursor.take("FULL") or "FULL" in [t.upper for t in cursor.group()]
    if full:
        while cursor.one_of("FREEZE", "VERBOSE", "ANALYZE"):
            pass
        yield Operation("rebuild", cursor.name(), object="vacuum full")


def _reindex(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    concurrently = "CONCURRENTLY" in [t.upper for t in cursor.tokens]
    cursor.group()
    kind = cursor.one_of("TABLE", "INDEX", "SCHEMA", "DATABASE", "SYSTEM")
    cursor.take("CONCURRENTLY")
    name = cursor.name()
    if not concurrently and dialect != "sqlite":
        yield Operation("rebuild", name if kind == "TABLE" else "", name=name, object="reindex")


def _cluster(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    cursor.take("VERBOSE")
    yield Operation("rebuild", cursor.name(), object="cluster")


def _refresh(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    if cursor.take("MATERIALIZED", "VIEW") and cursor.upper != "CONCURRENTLY":
        yield Operation("rebuild", cursor.name(), object="refresh")


def _purge(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    if cursor.one_of("BINARY", "MASTER"):
        yield Operation("server", object="history", name="binary logs")


def _reset(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    if cursor.take("MASTER"):
        yield Operation("server", object="history", name="binary logs")


def _insert(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    cursor.one_of("IGNORE", "OVERWRITE")
    if cursor.take("OR"):
        cursor.at += 1
    cursor.take("INTO")
    table = cursor.name()
    yield Operation("insert", table, bounded=True)
    at = find(cursor.tokens, "SELECT")
    if at >= 0:
        yield from _copies(cursor, table, at)


def _select(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    """SELECT ... INTO new FROM old of T-SQL and Postgres copies rows."""
    at = find(cursor.tokens, "INTO")
    if at >= 0:
        yield from _copies(cursor, Cursor(cursor.tokens, at + 1).name(), 0)


def _begin(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    if cursor.done or cursor.upper in (
        "TRANSACTION",
        "WORK",
        "TRAN",
        "ISOLATION",
        "IMMEDIATE",
        "EXCLUSIVE",
        "DEFERRED",
    ):
        yield Operation("transaction", object="begin")


def _start(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    if cursor.take("TRANSACTION"):
        yield Operation("transaction", object="begin")


def _finish(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    yield Operation("transaction", object="end")


_READERS: Mapping[str, Reader] = {
    "DROP": _drop,
    "CREATE": _create,
    "ALTER": _alter,
    "RENAME": _rename,
    "TRUNCATE": _truncate,
    "GRANT": _grant,
    "SET": _set,
    "PRAGMA": _pragma,
    "LOCK": _lock,
    "VACUUM": _vacuum,
    "REINDEX": _reindex,
    "CLUSTER": _cluster,
    "REFRESH": _refresh,
    "PURGE": _purge,
    "RESET": _reset,
    "INSERT": _insert,
    "REPLACE": _insert,
    "SELECT": _select,
    "BEGIN": _begin,
    "START": _start,
    "COMMIT": _finish,
    "ROLLBACK": _finish,
}
