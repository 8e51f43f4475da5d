"""ALTER TABLE -> one operation for each of its actions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.frozen import replace
from blastlint.migration import Dialect, Operation
from blastlint.parse.sql.columns import column, columns_of, constraint, type_of
from blastlint.parse.sql.cursor import Cursor, find, parts
from blastlint.parse.sql.tokens import Token

_INDEX = ("INDEX", "KEY", "FULLTEXT", "SPATIAL")
_REWRITES = (
    ("CONVERT", "TO"), ("SET", "LOGGED"), ("SET", "UNLOGGED"), ("SET", "TABLESPACE"), ("SET", "ACCESS", "METHOD"),
    ("ENGINE",), ("ROW_FORMAT",), ("FORCE",), ("ORDER", "BY"),
)  # fmt: skip


def alter_table(cursor: Cursor, dialect: Dialect) -> Iterator[Operation]:
    """The operations of what stands behind ALTER TABLE."""
    cursor.take("IF", "EXISTS")
    cursor.take("ONLY")
    table = cursor.name()
    cursor.take("*")
    checked = cursor.one_of("WITH")
    if checked:
        checked = cursor.one_of("CHECK", "NOCHECK")
    actions = parts(cursor.rest())
    # T-SQL goes on with the same verb behind a comma: DROP COLUMN a, b; ADD a int, b int.
    verb: tuple[str, ...] = ()
    online = _algorithm(actions)
    for action in actions:
        here = Cursor(action)
        if here.upper not in _VERBS and verb and dialect in ("tsql", "", "oracle"):
            action = (*(Token("word", w, w, 0, 0) for w in verb), *action)
            here = Cursor(action)
        found = list(_action(here, table, dialect))
        verb = _verb(action)
        for operation in found:
            if checked == "NOCHECK" and operation.verb == "add-constraint":
                operation = replace(operation, flags=operation.flags | {"not-valid"})
            yield replace(operation, flags=operation.flags | online)


_VERBS = frozenset(
    {"ADD", "DROP", "ALTER", "MODIFY", "CHANGE", "RENAME", "SET", "RESET", "ENABLE", "DISABLE", "VALIDATE", "ATTACH",
     "DETACH", "OWNER", "CLUSTER", "CONVERT", "ENGINE", "ALGORITHM", "LOCK", "COMMENT", "TRUNCATE", "EXCHANGE", "SWITCH",
     "NOCHECK", "CHECK", "FORCE", "NO", "INHERIT", "REPLICA", "ORDER", "AUTO_INCREMENT", "DEFAULT", "CHARSET", "COLLATE",
     "ROW_FORMAT", "PARTITION", "COALESCE", "REORGANIZE", "REBUILD", "WITH", "CHARACTER"}
)  # fmt: skip


def _verb(action: Sequence[Token]) -> tuple[str, ...]:
    words = tuple(t.upper for t in action[:2])
    return (
        words if words in (("DROP", "COLUMN"), ("DROP", "CONSTRAINT")) else words[:1] if words[:1] == ("ADD",) else ()
    )


def _algorithm(actions: Sequence[Sequence[Token]]) -> frozenset[str]:
    """What MySQL is asked for: ALGORITHM=COPY and LOCK=SHARED block, INPLACE, INSTANT and LOCK=NONE do not."""
    flags = set()
    for action in actions:
        words = [t.upper for t in action if t.upper != "="][:2]
        if words in (["ALGORITHM", "COPY"], ["LOCK", "SHARED"], ["LOCK", "EXCLUSIVE"]):
            flags.add("copy")
        elif words in (["ALGORITHM", "INPLACE"], ["ALGORITHM", "INSTANT"], ["LOCK", "NONE"]):
            flags.add("online")
    return frozenset(flags)


def _action(cursor: Cursor, table: str, dialect: Dialect) -> Iterator[Operation]:
    if cursor.take("ADD"):
        yield from _add(cursor, table, dialect)
    elif cursor.take("DROP"):
        yield from _drop(cursor, table, dialect)
    elif cursor.take("ALTER"):
        yield from _alter_column(cursor, table)
    elif cursor.upper in ("MODIFY", "CHANGE"):
        yield from _redefine(cursor, table)
    elif cursor.take("RENAME"):
        yield from _rename(cursor, table)
    elif cursor.take("VALIDATE", "CONSTRAINT"):
        yield Operation("validate-constraint", table, name=cursor.name())
    elif cursor.take("DETACH", "PARTITION"):
        name = cursor.name()
        flags = frozenset({"concurrently"}) if cursor.has("CONCURRENTLY") else frozenset()
        yield Operation("detach-partition", table, name=name, flags=flags)
    elif cursor.take("TRUNCATE", "PARTITION"):
        yield Operation("truncate", table, name=cursor.name(), bounded=True)
    elif cursor.take("CLUSTER", "ON"):
        return
    elif (cursor.upper == "SET" and cursor.ahead() == "SCHEMA") or (cursor.upper == "SWITCH"):
        yield Operation("rename-table", table, to=cursor.rest()[-1].value.lower())
    elif cursor.upper in ("DELETE", "UPDATE"):
        yield from _mutated(cursor, table, dialect)
    elif cursor.take("SET", "DATA_RETENTION_TIME_IN_DAYS"):
        if cursor.rest()[-1:] and cursor.rest()[-1].value == "0":
            yield Operation("server", table, object="history")
    else:
        yield from _switch(cursor, table)


def _mutated(cursor: Cursor, table: str, dialect: Dialect) -> Iterator[Operation]:
    """ClickHouse writes rows by ALTER TABLE t DELETE WHERE ... and t UPDATE a = 1 WHERE ...: in another order."""
    from blastlint.parse.sql.dml import writes

    words = ("DELETE", "FROM", table) if cursor.take("DELETE") else ("UPDATE", table, "SET")
    cursor.take("UPDATE")
    said = (*(Token("word", word.upper(), word, 0, 0) for word in words), *cursor.rest())
    yield from (replace(operation, table=table) for operation in writes(said, dialect))


def _switch(cursor: Cursor, table: str) -> Iterator[Operation]:
    """What is turned off: row security, triggers, checks; and rewrites without a change of the columns."""
    if cursor.take("DISABLE", "ROW", "LEVEL", "SECURITY") or cursor.take("NO", "FORCE", "ROW", "LEVEL", "SECURITY"):
        yield Operation("row-security-off", table)
    elif cursor.take("DISABLE", "TRIGGER"):
        yield Operation("checks-off", table, name=cursor.name(), object="trigger")
    elif cursor.take("ENABLE", "TRIGGER"):
        yield Operation("checks-on", table, name=cursor.name(), object="trigger")
    elif cursor.take("NOCHECK", "CONSTRAINT"):
        yield Operation("checks-off", table, name=cursor.name(), object="constraint")
    elif any(all(cursor.ahead(i) == w for i, w in enumerate(words)) for words in _REWRITES):
        what = " ".join(t.value.lower() for t in cursor.rest()[:3] if t.upper != "=")
        yield Operation("rebuild", table, object=what)


def _add(cursor: Cursor, table: str, dialect: Dialect) -> Iterator[Operation]:
    found = constraint(cursor.rest())
    if found is not None:
        verb: Operation = Operation(
            "add-constraint", table, name=found.name, object=found.kind, columns=found.columns, to=found.references,
            on_delete=found.on_delete, flags=found.flags,
        )  # fmt: skip
        yield verb
        return
    index_kind = cursor.one_of(*_INDEX)
    if index_kind or (cursor.upper == "UNIQUE"):
        cursor.one_of("INDEX", "KEY")
        name = cursor.name() if cursor.upper != "(" else ""
        while not cursor.done and cursor.upper != "(":
            cursor.at += 1
        yield Operation(
            "add-index", table, name=name, columns=columns_of(cursor.group()),
            object=index_kind.lower() if index_kind in ("FULLTEXT", "SPATIAL") else "",
        )  # fmt: skip
        return
    if cursor.one_of("PARTITION", "VALUE", "PERIOD"):
        return
    cursor.take("COLUMN")
    flags = frozenset({"if-exists"}) if cursor.take("IF", "NOT", "EXISTS") else frozenset()
    if cursor.upper == "(":  # MySQL and Oracle: several at once
        for part in parts(cursor.group()):
            yield _added(Cursor(part), table, flags)
    elif not cursor.done:
        yield _added(cursor, table, flags)


def _added(cursor: Cursor, table: str, flags: frozenset[str]) -> Operation:
    name = cursor.name()
    found = column(cursor.rest())
    return Operation(
        "add-column",
        table,
        name,
        type=found.type,
        flags=flags | found.flags,
        to=found.references,
        on_delete=found.on_delete,
        default=found.default,
    )


def _drop(cursor: Cursor, table: str, dialect: Dialect) -> Iterator[Operation]:
    if cursor.one_of("CONSTRAINT", "CHECK"):
        cursor.take("IF", "EXISTS")
        name = cursor.name()
        yield Operation("drop-constraint", table, name=name, flags=_cascade(cursor))
    elif cursor.take("FOREIGN", "KEY"):
        yield Operation("drop-constraint", table, name=cursor.name(), object="foreign-key")
    elif cursor.take("PRIMARY", "KEY"):
        yield Operation("drop-constraint", table, object="primary-key")
    elif cursor.one_of("INDEX", "KEY"):
        yield Operation("drop-index", table, name=cursor.name())
    elif cursor.take("PARTITION"):
        cursor.take("IF", "EXISTS")
        for name in cursor.names() or [""]:
            yield Operation("drop-partition", table, name=name)
    elif cursor.one_of("PERIOD", "DEFAULT", "IDENTITY", "EXPRESSION"):
        return
    else:
        cursor.take("COLUMN")
        flags = frozenset({"if-exists"}) if cursor.take("IF", "EXISTS") else frozenset()
        if cursor.upper == "(":
            for name in columns_of(cursor.group()):
                yield Operation("drop-column", table, name, flags=flags)
        elif name := cursor.name():
            yield Operation("drop-column", table, name, flags=flags | _cascade(cursor))


def _cascade(cursor: Cursor) -> frozenset[str]:
    return frozenset({"cascade"}) if cursor.has("CASCADE") else frozenset()


def _alter_column(cursor: Cursor, table: str) -> Iterator[Operation]:
    if cursor.one_of("INDEX", "CONSTRAINT", "CHECK"):
        return
    cursor.take("COLUMN")
    name = cursor.name()
    if cursor.take("SET", "NOT", "NULL"):
        yield Operation("set-not-null", table, name)
    elif cursor.take("DROP", "NOT", "NULL"):
        yield Operation("drop-not-null", table, name)
    elif cursor.upper in ("SET", "DROP", "RESET", "ADD", "RESTART") and not (
        cursor.upper == "SET" and cursor.ahead() == "DATA"
    ):
        if cursor.ahead() == "DEFAULT":
            yield Operation("set-default", table, name)
    else:
        cursor.take("SET", "DATA")
        cursor.take("TYPE")
        kind = type_of(cursor)
        using = find(cursor.rest(), "USING") >= 0
        flags = frozenset({"converts"}) if using else frozenset()
        if find(cursor.rest(), "NOT", "NULL") >= 0:
            flags |= {"not-null"}
        yield Operation("alter-type", table, name, type=kind, flags=flags)


def _redefine(cursor: Cursor, table: str) -> Iterator[Operation]:
    """MODIFY and CHANGE of MySQL, MODIFY of Oracle: the whole definition anew."""
    renames = cursor.one_of("MODIFY", "CHANGE") == "CHANGE"
    cursor.take("COLUMN")
    group = parts(cursor.group()) if cursor.upper == "(" else [cursor.rest()]
    for part in group:
        here = Cursor(part)
        name = here.name()
        to = here.name() if renames else name
        if to != name:
            yield Operation("rename-column", table, name, to=to)
        found = column(here.rest())
        if found.type:
            flags = found.flags & {"not-null", "generated"}
            if to != name:
                flags |= {"restated"}
            yield Operation("alter-type", table, to, type=found.type, flags=flags)
        elif "not-null" in found.flags:
            yield Operation("set-not-null", table, to)


def _rename(cursor: Cursor, table: str) -> Iterator[Operation]:
    if cursor.one_of("INDEX", "KEY", "CONSTRAINT"):
        return
    if cursor.one_of("TO", "AS"):
        yield Operation("rename-table", table, to=cursor.name())
        return
    explicit = cursor.take("COLUMN")
    name = cursor.name()
    if cursor.take("TO"):
        yield Operation("rename-column", table, name, to=cursor.name())
    elif not explicit and name:
        yield Operation("rename-table", table, to=name)
