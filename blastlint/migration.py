"""The migration model: one operation on a database, wherever it is written (SQL, Django, Alembic, Rails, Knex, Liquibase).

Beside `Value` and `Command` this is a shared type that a family of rules stands on. Every framework's reader maps to it, so
that no rule knows a framework. An Operation says what is done to what; it never says whether that is bad.
"""

from __future__ import annotations

from typing import Literal

from blastlint.frozen import dataclass, field
from blastlint.model import Region

Dialect = Literal["postgres", "mysql", "sqlite", "tsql", "oracle", "bigquery", "snowflake", ""]
Direction = Literal["up", "down"]
Reversible = Literal["yes", "no", "noop", ""]

# What an operation does; forget- is to the tool's models alone, and the database keeps it. `other` kinds of objects (views,
# types, extensions, ...) are in Operation.object.
Verb = Literal[
    "create-table", "drop-table", "rename-table", "copy-rows",
    "drop-database", "drop-schema", "rename-schema", "drop-owned", "drop-object", "rename-object",
    "add-column", "drop-column", "rename-column", "alter-type", "set-not-null", "drop-not-null", "set-default",
    "add-index", "drop-index", "rebuild", "add-constraint", "drop-constraint", "validate-constraint",
    "drop-partition", "detach-partition",
    "delete", "update", "truncate", "insert",
    "grant", "raise-role", "row-security-off", "drop-policy", "create-policy", "open-policy", "checks-off", "checks-on",
    "lock-table", "server", "transaction", "timeout", "run-code", "run-sql", "irreversible",
    "forget-table", "forget-column",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    `table` and `column` are names in one spelling (no quotes, lower case, the default schema left out). `name` is that of
    the index, constraint, role, database or other object acted on; `object` its kind: unique, foreign-key, check,
    primary-key, exclusion for constraints; view, type, extension, ... for objects; what is granted for grants.
    `type` is the column's new type, `type_before` the old one where the operation itself says it. `columns` are those that
    an index covers, a constraint is on or an update sets. `to` is the new name, the copy's target, the referenced table or
    who is granted something. `default` is what a new column says that rows get, as written.

    flags: concurrently, not-valid, using-index, cascade, if-exists, temporary, online, copy (how MySQL is told to do it);
    not-null, default, volatile-default, generated, unique, references, converts, check; restated (the type only stands
    there because the syntax asks for it), replaces, owns-columns; public, admin, all, wide; in-transaction,
    no-transaction, squashed, assured (somebody has looked at it), declared (its function is named for it).
    `bounded` is None for what writes no rows, else whether something limits the rows. `reversible` says what the way
    back does: yes, no, noop, or "" where the framework has none.
    """

    verb: Verb
    table: str = ""
    column: str = ""
    name: str = ""
    object: str = ""
    type: str = ""
    type_before: str = ""
    columns: tuple[str, ...] = ()
    to: str = ""
    flags: frozenset[str] = frozenset()
    bounded: bool | None = None
    on_delete: str = ""
    default: str = ""
    direction: Direction = "up"
    reversible: Reversible = ""
    framework: str = ""
    dialect: Dialect = ""
    text: str = field(default="", compare=False)
    region: Region | None = field(default=None, compare=False)

    def has(self, *flags: str) -> bool:
        """Whether it carries one of the flags."""
        return not self.flags.isdisjoint(flags)

    @property
    def subject(self) -> str:
        """What it acts on: `users.email`, `users`, or the name of the object."""
        if self.table and self.column:
            return f"{self.table}.{self.column}"
        return self.table or self.name or self.object


_DEFAULT_SCHEMAS = ("public.", "dbo.", "main.")


def plain(name: str) -> str:
    """A name in the one spelling in which names are compared: no quotes, lower case, the default schema left out."""
    parts = [part.strip().strip('"`[]').lower() for part in name.split(".")]
    text = ".".join(part for part in parts if part)
    return next((text.removeprefix(s) for s in _DEFAULT_SCHEMAS if text.startswith(s) and text != s), text)
