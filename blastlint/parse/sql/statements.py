"""Statements that are no definitions: truncating, granting, locking, rebuilding, settings, copies of rows, transactions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from blastlint.migration import Dialect, Operation, plain
from blastlint.parse.sql.cursor import Cursor, find, words_of
from blastlint.regex import regex

_ADMIN = regex(r"\b(superuser|createrole|bypassrls|all on \*\.\*|db_owner|sysadmin|accountadmin|dba)\b", re.IGNORECASE)
_PUBLIC = frozenset({"public", "anon", "anonymous", "guest"})


def cascade(cursor: Cursor) -> frozenset[str]:
    return frozenset({"cascade"}) if find(cursor.tokens, "CASCADE") >= 0 else frozenset()


def copies(cursor: Cursor, table: str, at: int) -> Iterator[Operation]:
    source = find(cursor.tokens[at:], "FROM")
    if source >= 0:
        here = Cursor(cursor.tokens, at + source + 1)
        yield Operation("copy-rows", here.name(), to=table)


def truncate(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    cursor.take("TABLE")
    cursor.take("IF", "EXISTS")
    cursor.take("ONLY")
    for name in cursor.names() or [""]:
        flags = cascade(cursor) | (frozenset({"temporary"}) if name.startswith("#") else frozenset())
        yield Operation("truncate", name, bounded=False, flags=flags)


def grant(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
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


def role(cursor: Cursor, name: str) -> Iterator[Operation]:
    words = words_of(cursor.rest())
    if re.search(r"\b(superuser|createrole|bypassrls)\b", words):
        yield Operation("raise-role", name=name, object=words.removeprefix("with ").upper())
    elif (match := re.search(r"\badd member (\S+)", words)) and _ADMIN.search(name):
        yield Operation("raise-role", name=plain(match.group(1)), object=name)


def setting(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    words = (
        words_of(cursor.rest()).replace("session ", "").replace("local ", "").replace("global ", "").replace("@@", "")
    )
    if re.match(r"(foreign_key_checks|unique_checks) ?(=|to) ?(0|off|false)", words):
        yield Operation("checks-off", object="constraint", name=words.split(" ")[0])
    elif re.match(r"session_replication_role ?(=|to) ?'?replica", words):
        yield Operation("checks-off", object="trigger", name="session_replication_role")
    elif match := re.match(r"(foreign_key_checks|unique_checks) ?(=|to)", words):
        yield Operation("checks-on", object="constraint", name=match.group(1))
    elif re.match(r"session_replication_role ?(=|to)", words):
        yield Operation("checks-on", object="trigger", name="session_replication_role")
    elif re.match(r"(lock_timeout|statement_timeout|lock_wait_timeout|innodb_lock_wait_timeout)\b", words):
        off = re.search(r"(=|to) ?'?0'?$", words) is not None
        if not off:
            yield Operation("timeout", name=words.split(" ")[0])


def pragma(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    words = words_of(cursor.rest())
    if re.match(r"(?:main\.)?(foreign_keys|ignore_check_constraints) ?(= ?|\()", words):
        off = re.search(r"\b(off|0|false)\b", words) is not None
        yield Operation("checks-off" if off else "checks-on", object="constraint", name="foreign_keys")


def lock_table(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    if not cursor.one_of("TABLE", "TABLES"):
        return
    cursor.take("ONLY")
    names = cursor.names()
    mode = re.search(r"\bin ([a-z ]+?) mode", words_of(cursor.tokens))
    text = mode.group(1).upper() if mode else "WRITE" if find(cursor.tokens, "WRITE") >= 0 else "ACCESS EXCLUSIVE"
    for name in names:
        yield Operation("lock-table", name, object=text)


def vacuum(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    full = cursor.take("FULL") or "FULL" in [t.upper for t in cursor.group()]
    if full:
        while cursor.one_of("FREEZE", "VERBOSE", "ANALYZE"):
            pass
        yield Operation("rebuild", cursor.name(), object="vacuum full")


def reindex(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    concurrently = "CONCURRENTLY" in [t.upper for t in cursor.tokens]
    cursor.group()
    kind = cursor.one_of("TABLE", "INDEX", "SCHEMA", "DATABASE", "SYSTEM")
    cursor.take("CONCURRENTLY")
    name = cursor.name()
    if not concurrently and dialect != "sqlite":
        yield Operation("rebuild", name if kind == "TABLE" else "", name=name, object="reindex")


def cluster(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    cursor.take("VERBOSE")
    yield Operation("rebuild", cursor.name(), object="cluster")


def refresh(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    if cursor.take("MATERIALIZED", "VIEW") and cursor.upper != "CONCURRENTLY":
        yield Operation("rebuild", cursor.name(), object="refresh")


def purge(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    if cursor.one_of("BINARY", "MASTER"):
        yield Operation("server", object="history", name="binary logs")


def reset(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    if cursor.take("MASTER"):
        yield Operation("server", object="history", name="binary logs")


def insert(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    cursor.one_of("IGNORE", "OVERWRITE")
    if cursor.take("OR"):
        cursor.at += 1
    cursor.take("INTO")
    table = cursor.name()
    yield Operation("insert", table, bounded=True)
    at = find(cursor.tokens, "SELECT")
    if at >= 0:
        yield from copies(cursor, table, at)


def select(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    """SELECT ... INTO new FROM old of T-SQL and Postgres copies rows."""
    at = find(cursor.tokens, "INTO")
    if at >= 0:
        yield from copies(cursor, Cursor(cursor.tokens, at + 1).name(), 0)


def begin(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
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


def start(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    if cursor.take("TRANSACTION"):
        yield Operation("transaction", object="begin")


def finish(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    yield Operation("transaction", object="end")


def load(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    """LOAD DATA brings rows in."""
    at = find(cursor.tokens, "TABLE")
    if at >= 0:
        yield Operation("insert", Cursor(cursor.tokens, at + 1).name(), bounded=True)
