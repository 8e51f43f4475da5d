"""What an operation locks, for how much work, and whether rows that are there can make it fail: by dialect.

Sources: PostgreSQL, "Explicit Locking" and ALTER TABLE notes (checked against a running server by tests/migrations/judge);
MySQL, "Online DDL Operations" (InnoDB, 8.0); SQL Server, ALTER TABLE and CREATE INDEX (offline unless ONLINE = ON). SQLite
locks its whole file for every write, so that nothing is said of it. Where no dialect is known, PostgreSQL's locks are named.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from blastlint.facts.column_types import Conversion
from blastlint.frozen import dataclass
from blastlint.migration import Operation

Blocks = Literal["reads and writes", "writes", ""]
Work = Literal["rewrites the table", "reads the whole table", "builds an index", ""]


@dataclass(frozen=True, slots=True)
class Lock:
    """`name` as the server calls it. `work` is what it is held for; "" for a moment. `safer` is the way without it."""

    name: str
    blocks: Blocks
    work: Work = ""
    safer: str = ""


_ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE"
_NOT_VALID = "Add it NOT VALID, then VALIDATE CONSTRAINT in a migration of its own."
_CONCURRENTLY = "CREATE INDEX CONCURRENTLY, outside a transaction."
_BY_INDEX = "Build a unique index CONCURRENTLY, then add the constraint USING INDEX."
_COPY = "Add a new column, copy in batches, switch the code, drop the old one later."
_POSTGRES_MODES: Mapping[str, Blocks] = {
    "ACCESS EXCLUSIVE": "reads and writes",
    "EXCLUSIVE": "writes",
    "SHARE ROW EXCLUSIVE": "writes",
    "SHARE": "writes",
    "WRITE": "reads and writes",
}


def lock_of(operation: Operation, conversion: Conversion) -> Lock | None:
    """The lock that an operation on a table with rows takes and that somebody notices; None where there is none."""
    if operation.has("restated") and conversion not in ("rewrite", "lossy"):
        return None
    if operation.dialect in ("", "postgres"):
        return _postgres(operation, conversion)
    if operation.dialect == "mysql":
        return _mysql(operation, conversion)
    if operation.dialect in ("tsql", "oracle"):
        return _offline(operation, conversion)
    return None


def _postgres(operation: Operation, conversion: Conversion) -> Lock | None:
    verb = operation.verb
    if verb == "add-index":
        return None if operation.has("concurrently") else Lock("SHARE", "writes", "builds an index", _CONCURRENTLY)
    if verb == "drop-index":
        return (
            None
            if operation.has("concurrently")
            else Lock(_ACCESS_EXCLUSIVE, "reads and writes", "", "DROP INDEX CONCURRENTLY.")
        )
    if verb == "add-constraint":
        return _postgres_constraint(operation)
    if verb == "set-not-null":
        safer = "Add CHECK (column IS NOT NULL) NOT VALID, validate it, then SET NOT NULL: the scan is left out."
        return Lock(_ACCESS_EXCLUSIVE, "reads and writes", "reads the whole table", safer)
    if verb == "alter-type" and operation.type and conversion != "free":
        return Lock(_ACCESS_EXCLUSIVE, "reads and writes", "rewrites the table", _COPY)
    if verb == "add-column":
        return _postgres_column(operation)
    if verb == "rebuild":
        return _postgres_rebuild(operation)
    if verb == "detach-partition" and not operation.has("concurrently"):
        return Lock(_ACCESS_EXCLUSIVE, "reads and writes", "", "DETACH PARTITION ... CONCURRENTLY.")
    if verb == "lock-table" and operation.object in _POSTGRES_MODES:
        return Lock(
            operation.object, _POSTGRES_MODES[operation.object], "", "Leave locking to the statements that need it."
        )
    return None


def _postgres_constraint(operation: Operation) -> Lock | None:
    kind = operation.object
    if operation.has("not-valid", "using-index"):
        return None
    if kind == "foreign-key":
        return Lock("SHARE ROW EXCLUSIVE", "writes", "reads the whole table", _NOT_VALID)
    if kind in ("check", "domain-check"):
        name = _ACCESS_EXCLUSIVE if kind == "check" else "SHARE"
        return Lock(name, "reads and writes" if kind == "check" else "writes", "reads the whole table", _NOT_VALID)
    if kind in ("unique", "primary-key"):
        return Lock(_ACCESS_EXCLUSIVE, "reads and writes", "builds an index", _BY_INDEX)
    return Lock(
        _ACCESS_EXCLUSIVE, "reads and writes", "builds an index", "There is no way without it: take a quiet hour."
    )


def _postgres_column(operation: Operation) -> Lock | None:
    if operation.has("volatile-default", "generated"):
        safer = "Add the column without a value, set the default for new rows, fill the old ones in batches."
        return Lock(_ACCESS_EXCLUSIVE, "reads and writes", "rewrites the table", safer)
    if operation.has("unique"):
        return Lock(_ACCESS_EXCLUSIVE, "reads and writes", "builds an index", _BY_INDEX)
    return None


def _postgres_rebuild(operation: Operation) -> Lock:
    if operation.object == "reindex":
        # SHARE on the table; but every plan looks at the indexes, and these are locked against it.
        return Lock(_ACCESS_EXCLUSIVE, "reads and writes", "builds an index", "REINDEX ... CONCURRENTLY.")
    if operation.object == "refresh":
        safer = "REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index."
        return Lock(_ACCESS_EXCLUSIVE, "reads and writes", "rewrites the table", safer)
    return Lock(
        _ACCESS_EXCLUSIVE,
        "reads and writes",
        "rewrites the table",
        "A tool that repacks beside the traffic (pg_repack).",
    )


def _mysql(operation: Operation, conversion: Conversion) -> Lock | None:
    """InnoDB changes most in place; what copies the table lets nobody write meanwhile."""
    if operation.has("online"):
        return None
    online = "An online schema change (gh-ost, pt-online-schema-change)."
    if operation.has("copy"):
        return Lock("SHARED (ALGORITHM=COPY)", "writes", "rewrites the table", online)
    verb = operation.verb
    if (verb == "alter-type" and conversion != "free") or (
        verb == "rebuild" and operation.object.startswith("convert")
    ):
        return Lock("SHARED (ALGORITHM=COPY)", "writes", "rewrites the table", online)
    if verb == "add-constraint" and operation.object in ("foreign-key", "check"):
        return Lock("SHARED (ALGORITHM=COPY)", "writes", "rewrites the table", online)
    if verb == "add-index" and operation.object in ("fulltext", "spatial"):
        return Lock("SHARED", "writes", "builds an index", online)
    if verb == "drop-constraint" and operation.object == "primary-key":
        return Lock("SHARED (ALGORITHM=COPY)", "writes", "rewrites the table", online)
    if verb == "lock-table":
        return Lock("WRITE", "reads and writes", "", "Leave locking to the statements that need it.")
    return None


def _offline(operation: Operation, conversion: Conversion) -> Lock | None:
    if operation.has("online", "not-valid"):
        return None
    name = "Sch-M" if operation.dialect == "tsql" else "exclusive DDL"
    online = "WITH (ONLINE = ON)." if operation.dialect == "tsql" else "The ONLINE keyword."
    verb = operation.verb
    if verb == "add-index":
        if operation.object == "clustered":
            return Lock(name, "reads and writes", "builds an index", online)
        return Lock("S" if operation.dialect == "tsql" else "SHARE", "writes", "builds an index", online)
    if (verb == "alter-type" and conversion != "free") or verb == "set-not-null":
        return Lock(name, "reads and writes", "rewrites the table", _COPY)
    if verb == "add-constraint":
        work: Work = "builds an index" if operation.object in ("unique", "primary-key") else "reads the whole table"
        return Lock(
            name,
            "reads and writes",
            work,
            "WITH NOCHECK first, CHECK CONSTRAINT later." if work.startswith("r") else online,
        )
    if verb == "lock-table":
        return Lock("EXCLUSIVE", "reads and writes", "", "Leave locking to the statements that need it.")
    return None
