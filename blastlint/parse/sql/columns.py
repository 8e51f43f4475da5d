"""Column definitions and constraints, as CREATE TABLE and ALTER TABLE write them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from blastlint.frozen import dataclass
from blastlint.parse.sql.cursor import Cursor, find, words_of
from blastlint.parse.sql.tokens import Token
from blastlint.regex import regex

# Words behind a column's type: where it ends.
_BEHIND_TYPE = frozenset(
    {"NOT", "NULL", "DEFAULT", "PRIMARY", "UNIQUE", "REFERENCES", "CHECK", "CONSTRAINT", "COLLATE", "GENERATED", "USING",
     "AS", "AUTO_INCREMENT", "AUTOINCREMENT", "IDENTITY", "COMMENT", "AFTER", "FIRST", "ON", "ENCODE", "STORAGE", "KEY",
     "INVISIBLE", "VISIBLE", "SPARSE", "ROWGUIDCOL", "ALGORITHM", "LOCK", "DEFERRABLE", "INITIALLY", "CHARSET", "VIRTUAL",
     "STORED"}
)  # fmt: skip
# Functions whose value differs from row to row, so that a default has to be written into each.
_VOLATILE = regex(
    r"random|uuid|gen_random|nextval|clock_timestamp|timeofday|newid|newsequentialid|rand\b|sysdate|setseed|ulid|nanoid",
    re.IGNORECASE,
)
_SERIAL = frozenset({"SERIAL", "BIGSERIAL", "SMALLSERIAL", "SERIAL4", "SERIAL8", "SERIAL2"})
_CONSTRAINTS = ("CONSTRAINT", "FOREIGN", "PRIMARY", "UNIQUE", "CHECK", "EXCLUDE")


@dataclass(frozen=True, slots=True)
class Column:
    """What a column definition says: its type, and flags as in `migration.Operation`. `references` is the table,
    `default` how its default begins."""

    type: str
    flags: frozenset[str]
    references: str = ""
    on_delete: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint: `kind` as in `migration.Operation.object`."""

    kind: str
    name: str
    columns: tuple[str, ...]
    references: str = ""
    on_delete: str = ""
    flags: frozenset[str] = frozenset()


def column(tokens: Sequence[Token]) -> Column:
    """The definition behind a column's name."""
    cursor = Cursor(tokens)
    kind = type_of(cursor)
    rest = cursor.rest()
    flags: set[str] = set()
    if find(rest, "NOT", "NULL") >= 0:
        flags.add("not-null")
    if find(rest, "PRIMARY", "KEY") >= 0:
        flags.update({"not-null", "unique", "primary-key"})
    if find(rest, "UNIQUE") >= 0:
        flags.add("unique")
    default = find(rest, "DEFAULT")
    if default >= 0 and not (rest[default + 1 :] and rest[default + 1].upper == "NULL"):
        flags.add("default")
        if _VOLATILE.search(words_of(rest[default + 1 : default + 4])):
            flags.add("volatile-default")
    generated = find(rest, "GENERATED")
    if generated >= 0 or any(find(rest, w) >= 0 for w in ("IDENTITY", "AUTO_INCREMENT", "AUTOINCREMENT")):
        flags.add("default")
        stored = any(t.upper in ("STORED", "PERSISTED") for t in rest)
        if stored or generated < 0 or find(rest, "AS", "IDENTITY") >= 0:
            flags.add("generated")
    if kind.upper() in _SERIAL:
        flags.update({"generated", "default", "not-null"})
    if find(rest, "CHECK") >= 0:
        flags.add("check")
    references, on_delete = referenced(rest)
    if references:
        flags.add("references")
    given = words_of(rest[default + 1 : default + 4]) if "default" in flags and default >= 0 else ""
    return Column(kind, frozenset(flags), references, on_delete, given)


def type_of(cursor: Cursor) -> str:
    """A type in one spelling: `varchar(20)`, `timestamp with time zone`, `int[]`, `enum('a','b')`."""
    start, depth = cursor.at, 0
    while not cursor.done:
        upper = cursor.upper
        if depth == 0 and (
            upper in _BEHIND_TYPE or upper in (",", ")", "=") or (cursor.at > start and cursor.token.kind == "string")
        ):
            break
        if depth == 0 and upper == "CHARACTER" and cursor.ahead() == "SET":
            break
        depth += {"(": 1, ")": -1}.get(upper, 0)
        cursor.at += 1
    return words_of(cursor.tokens[start : cursor.at])


def referenced(tokens: Sequence[Token]) -> tuple[str, str]:
    """(table, what happens when its row is deleted) of the REFERENCES among the tokens."""
    at = find(tokens, "REFERENCES")
    if at < 0:
        return "", ""
    table = Cursor(tokens, at + 1).name()
    return table, on_delete(tokens[at:])


def on_delete(tokens: Sequence[Token]) -> str:
    at = find(tokens, "ON", "DELETE")
    if at < 0:
        return "no action"
    words = [t.upper.lower() for t in tokens[at + 2 : at + 4]]
    return " ".join(words) if words[:1] in (["set"], ["no"]) else "".join(words[:1])


def constraint(tokens: Sequence[Token]) -> Constraint | None:
    """The table constraint that the tokens are, or None."""
    cursor = Cursor(tokens)
    name = ""
    if cursor.take("CONSTRAINT"):
        cursor.take("IF", "NOT", "EXISTS")
        name = cursor.name() if cursor.upper not in _CONSTRAINTS[1:] else ""
    elif cursor.upper not in _CONSTRAINTS:
        return None
    flags: set[str] = set()
    if cursor.has("NOT", "VALID") or find(tokens, "NOCHECK") >= 0:
        flags.add("not-valid")
    if cursor.has("USING", "INDEX") and not cursor.has("USING", "INDEX", "TABLESPACE"):
        flags.add("using-index")
    if cursor.take("FOREIGN", "KEY"):
        if cursor.upper != "(":
            name = cursor.name() or name
        columns = _columns(cursor.group())
        table, deleted = referenced(cursor.rest())
        return Constraint("foreign-key", name, columns, table, deleted, frozenset(flags))
    if cursor.take("PRIMARY", "KEY"):
        kind = "primary-key"
    elif cursor.take("UNIQUE"):
        kind = "unique"
        cursor.one_of("KEY", "INDEX")
        if cursor.token.kind in ("word", "name") and cursor.upper not in (
            "NULLS",
            "USING",
            "CLUSTERED",
            "NONCLUSTERED",
        ):
            name = cursor.name() or name
    elif cursor.one_of("CHECK", "EXCLUDE"):
        return Constraint(
            "check" if tokens[cursor.at - 1].upper == "CHECK" else "exclusion", name, (), flags=frozenset(flags)
        )
    else:
        return None
    while not cursor.done and cursor.upper != "(":
        cursor.at += 1
    return Constraint(kind, name, _columns(cursor.group()), flags=frozenset(flags))


def _columns(tokens: Sequence[Token]) -> tuple[str, ...]:
    found = []
    depth = 0
    fresh = True
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.upper, 0)
        if token.upper == "," and depth == 0:
            fresh = True
        elif fresh and token.kind in ("word", "name"):
            found.append(token.value.lower())
            fresh = False
    return tuple(found)


columns_of = _columns
