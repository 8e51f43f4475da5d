"""What is grave about one operation: at most one concern, the worst, with what it means in words.

table-loss    rows go with the table, schema or database that holds them            (MIG001)
value-loss    a column goes, or its values are squeezed into a narrower type        (MIG002)
unbounded     every row is deleted or overwritten                                   (MIG003)
blocking      others wait, the statement fails on rows, or running code breaks      (MIG006)
irreversible  there is no way back from it                                          (MIG007)
cascade       deleting a row now deletes others                                     (MIG008)
privilege     somebody may do more, or see rows of others                           (ACC005)
"""

from __future__ import annotations

from typing import Literal

from blastlint.facts.column_types import Conversion, conversion
from blastlint.facts.locks import Lock, lock_of
from blastlint.frozen import dataclass
from blastlint.migration import Operation
from blastlint.prose import listed

Name = Literal["table-loss", "value-loss", "unbounded", "blocking", "irreversible", "cascade", "privilege"]
Kind = Literal[
    "table", "database", "partition", "objects", "history", "column", "type", "rows", "values", "lock", "fails", "breaks",
    "unchecked", "duplicates",
    "no-effect", "relation", "grant", "row-security", "role", "no-way-back",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Concern:
    """`deed` goes on behind "This migration ..." (third person, no full stop); `meaning` is a sentence of its own.
    `weight` orders concerns of one name: the heaviest speaks for the others."""

    name: Name
    kind: Kind
    deed: str
    meaning: str
    weight: int
    lock: Lock | None = None
    certain: bool = True


def concern(operation: Operation, type_before: str = "") -> Concern | None:
    """The concern of an operation on something that has rows and users; `type_before` is the column's type where known."""
    for judge in (_tables, _columns, _rows, _grants, _cascades):
        found = judge(operation, type_before)
        if found is not None:
            return found
    return _blocking(operation, type_before)


# --- what is lost --------------------------------------------------------------------------------------------------------


def _tables(operation: Operation, type_before: str) -> Concern | None:
    verb, table = operation.verb, operation.table
    gone = "The rows are gone as soon as this runs; only a backup has them."
    if verb == "drop-table" and not operation.has("temporary"):
        more = " CASCADE takes the foreign keys and views that hang on it as well." if operation.has("cascade") else ""
        return Concern("table-loss", "table", f"drops the table {table or '(named at run time)'}", gone + more, 80)
    if verb == "create-table" and operation.has("replaces") and not operation.has("temporary"):
        return Concern("table-loss", "table", f"replaces the table {table}", "What was in it is gone.", 75)
    if verb in ("drop-database", "drop-schema"):
        what = operation.object or "database"
        return Concern(
            "table-loss", "database", f"drops the {what} {operation.name}", "Every table in it goes with it.", 100
        )
    if verb == "drop-owned":
        return Concern(
            "table-loss",
            "database",
            f"drops everything that {operation.name} owns",
            "Its tables and their rows are gone.",
            95,
        )
    if verb == "drop-object" and operation.has("owns-columns"):
        what = f"{operation.object} {operation.name}"
        meaning = "CASCADE drops every column that is of it, with the values."
        return Concern("table-loss", "objects", f"drops the {what} with CASCADE", meaning, 70)
    if verb == "drop-partition":
        meaning = "Its rows are gone as soon as this runs."
        return Concern("table-loss", "partition", f"drops the partition {operation.name} of {table}", meaning, 60)
    if verb == "server" and operation.object == "history":
        what = operation.subject
        return Concern(
            "table-loss",
            "history",
            f"throws away the history of {what}",
            "There is no going back to an earlier point in time.",
            65,
        )
    return None


def _columns(operation: Operation, type_before: str) -> Concern | None:
    verb = operation.verb
    if verb == "drop-column":
        more = " CASCADE takes views and constraints on it as well." if operation.has("cascade") else ""
        return Concern(
            "value-loss", "column", f"drops the column {operation.subject}", f"The values are gone.{more}", 50
        )
    if verb != "alter-type":
        return None
    kind = _converted(operation, type_before)
    if kind not in ("lossy", "narrow") or (kind == "narrow" and operation.has("restated")):
        return None
    before = operation.type_before or type_before
    change = f"from {before} to {operation.type}" if before else f"to {operation.type}"
    meaning = (
        "Values that do not fit are cut, rounded or refused."
        if kind == "lossy"
        else "If the type was wider before, values that do not fit are cut or refused."
    )
    return Concern("value-loss", "type", f"changes {operation.subject} {change}", meaning, 45, certain=kind == "lossy")


def _converted(operation: Operation, type_before: str) -> Conversion:
    return conversion(operation.type_before or type_before, operation.type, operation.dialect)


def _rows(operation: Operation, type_before: str) -> Concern | None:
    if operation.bounded is not False:
        return None
    verb, table = operation.verb, operation.table or "a table"
    if verb == "truncate":
        meaning = (
            "CASCADE empties every table that refers to it, too." if operation.has("cascade") else "Its rows are gone."
        )
        return Concern("unbounded", "rows", f"empties {table} (TRUNCATE)", meaning, 60 + operation.has("cascade") * 10)
    if verb == "delete":
        return Concern(
            "unbounded",
            "rows",
            f"deletes every row of {table}",
            "Nothing limits it: no WHERE that could be false, no LIMIT.",
            60,
        )
    if verb == "update":
        columns = listed(operation.columns)
        what = f"overwrites {columns} in every row of {table}" if columns else f"overwrites every row of {table}"
        return Concern(
            "unbounded", "values", what, "What stood there is gone, and every row is locked until it is done.", 40
        )
    return None


# --- who may -------------------------------------------------------------------------------------------------------------


def _grants(operation: Operation, type_before: str) -> Concern | None:
    verb, table = operation.verb, operation.table
    if verb == "row-security-off":
        return Concern(
            "privilege",
            "row-security",
            f"turns row security off for {table}",
            "Everybody who may read the table now sees every row.",
            60,
        )
    if verb == "drop-policy":
        meaning = "What it kept apart is only kept apart if another policy says so."
        return Concern("privilege", "row-security", f"drops the row policy {operation.name} on {table}", meaning, 50)
    if verb == "open-policy":
        return Concern(
            "privilege",
            "row-security",
            f"lets the policy {operation.name} on {table} admit every row",
            "USING (true) keeps nobody out.",
            45,
        )
    if verb == "raise-role":
        return Concern(
            "privilege",
            "role",
            f"makes {operation.name} {operation.object}",
            "It is beyond the checks that hold for others.",
            70,
        )
    if verb == "grant" and operation.has("admin", "public", "wide"):
        on = f" on {table}" if table else ""
        meaning = (
            "That is every role of the database, now and later."
            if operation.has("public")
            else "It reaches further than one table's rows."
        )
        return Concern("privilege", "grant", f"grants {operation.object.upper()}{on} to {operation.name}", meaning, 55)
    return None


def _cascades(operation: Operation, type_before: str) -> Concern | None:
    if operation.on_delete != "cascade" or operation.verb != "add-constraint":
        return None
    deed = f"lets a deleted row of {operation.to or 'its parent'} take its rows of {operation.table} along"
    return Concern("cascade", "relation", deed, "One DELETE on the parent now reaches further, without asking.", 40)


# --- what blocks, fails or breaks ----------------------------------------------------------------------------------------


def _blocking(operation: Operation, type_before: str) -> Concern | None:
    verb, table = operation.verb, operation.table
    if verb == "rename-column":
        deed = f"renames the column {operation.subject} to {operation.to}"
        return Concern(
            "blocking",
            "breaks",
            deed,
            "Code that runs until it is replaced still asks for the old name, and fails.",
            70,
        )
    if verb == "rename-table":
        deed = f"renames the table {table} to {operation.to}"
        return Concern(
            "blocking",
            "breaks",
            deed,
            "Code that runs until it is replaced still asks for the old name, and fails.",
            75,
        )
    if verb in ("rename-schema", "rename-object"):
        deed = f"renames {operation.object or 'the schema'} {operation.name}"
        return Concern("blocking", "breaks", deed, "Code that runs until it is replaced still uses the old name.", 60)
    if (
        verb == "add-column"
        and operation.has("not-null")
        and not operation.has("default", "volatile-default", "generated")
    ):
        if operation.dialect == "mysql":
            meaning = "MySQL fills old rows with 0 or an empty text, and inserts that leave it out fail."
        else:
            meaning = "It fails as soon as the table has a row."
        return Concern("blocking", "fails", f"adds {operation.subject} as NOT NULL without a default", meaning, 72)
    if verb == "add-column" and operation.dialect == "mysql" and operation.has("references"):
        meaning = "MySQL reads an inline REFERENCES and does nothing with it: there is no foreign key."
        return Concern("blocking", "no-effect", f"adds {operation.subject} with an inline REFERENCES", meaning, 10)
    if (
        verb == "add-index"
        and operation.has("concurrently")
        and not operation.has("no-transaction")
        and operation.has("in-transaction")
    ):
        meaning = "CONCURRENTLY is refused inside a transaction."
        return Concern(
            "blocking", "fails", f"builds {_index(operation)} CONCURRENTLY within a transaction", meaning, 50
        )
    if verb in ("add-index", "add-constraint") and _locking(operation, type_before) is None and _is_unique(operation):
        meaning = "It fails when rows have the same value there, and a CONCURRENTLY built index stays behind, invalid."
        return Concern("blocking", "duplicates", f"wants {_where(operation)} to be unique", meaning, 15)
    if verb == "checks-off":
        what = f"{operation.object}s of {table}" if table else f"{operation.object} checks ({operation.name})"
        return Concern(
            "blocking",
            "unchecked",
            f"turns off the {what}",
            "What is written meanwhile is checked by nobody, and stays.",
            45,
        )
    if verb == "server" and operation.object == "access":
        return Concern(
            "blocking",
            "breaks",
            f"takes {operation.name} away from everybody else",
            "Sessions are cut off until it is set back.",
            65,
        )
    if verb == "drop-constraint":
        what = operation.object.replace("-", " ") or "constraint"
        name = f" {operation.name}" if operation.name else ""
        return Concern(
            "blocking",
            "unchecked",
            f"drops the {what}{name} of {table}",
            "Rows that break it can come in from now on.",
            30,
        )
    return _locking(operation, type_before)


def _locking(operation: Operation, type_before: str) -> Concern | None:
    lock = lock_of(operation, _converted(operation, type_before) if operation.verb == "alter-type" else "unknown")
    if lock is None:
        return None
    certain = operation.dialect != ""
    held = f"while it {lock.work}" if lock.work else "for a moment, and behind every transaction that is open"
    nobody = "nobody can read or write it" if lock.blocks == "reads and writes" else "nobody can write to it"
    where = "" if certain else " (on PostgreSQL)"
    meaning = f"It holds {lock.name}{where}: {nobody} {held}."
    weight = (40 if lock.blocks == "reads and writes" else 25) + (15 if lock.work else 0)
    return Concern("blocking", "lock", _locked_deed(operation), meaning, weight, lock, certain)


def _locked_deed(operation: Operation) -> str:
    verb, table = operation.verb, operation.table
    if verb == "add-index":
        return f"builds {_index(operation)}"
    if verb == "drop-index":
        return f"drops the index {operation.name}" + (f" of {table}" if table else "")
    if verb == "add-constraint":
        words = {
            "foreign-key": "a foreign key",
            "check": "a check",
            "unique": "a unique constraint",
            "primary-key": "a primary key",
        }
        return f"adds {words.get(operation.object, 'a constraint')} to {table or operation.name}"
    if verb == "set-not-null":
        return f"sets {operation.subject} NOT NULL"
    if verb == "alter-type":
        return f"changes the type of {operation.subject} to {operation.type}"
    if verb == "add-column":
        if operation.has("volatile-default", "generated"):
            return f"adds {operation.subject} with a value of its own for each row"
        return f"adds the unique column {operation.subject}"
    if verb == "detach-partition":
        return f"detaches the partition {operation.name} from {table}"
    if verb == "lock-table":
        return f"locks {table}"
    return f"rebuilds {operation.subject} ({operation.object})"


def _index(operation: Operation) -> str:
    kind = "a unique index" if operation.has("unique") else "an index"
    return f"{kind} on {operation.table}"


def _is_unique(operation: Operation) -> bool:
    if operation.has("using-index", "restated"):
        return False
    return operation.has("unique") if operation.verb == "add-index" else operation.object == "unique"


def _where(operation: Operation) -> str:
    columns = listed(operation.columns, 3) if operation.columns else "columns"
    return f"{columns} of {operation.table}"
