"""SQL text -> operations. Split, screened by keyword, and only then read; deletes and updates by sqlglot (dml.py).

What is executed is read: DO blocks, EXECUTE and EXEC of a literal, branches of a batch. What only defines code for later
(the body of a function or trigger), and what stands in strings and comments, is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from blastlint.frozen import replace
from blastlint.migration import Dialect, Operation, plain
from blastlint.parse.source_text import SourceText
from blastlint.parse.sql.cursor import Cursor, find
from blastlint.parse.sql.ddl import definition
from blastlint.parse.sql.dml import writes
from blastlint.parse.sql.split import Statement, statements
from blastlint.parse.sql.tokens import Token
from blastlint.regex import regex

# Without one of these words a text does nothing that anybody asks about.
SCREEN = regex(
    r"\b(drop|alter|truncate|delete|update|merge|rename|create|grant|lock|vacuum|reindex|cluster|refresh|purge|exec(ute)?"
    r"|sp_rename|pragma|foreign_key_checks|unique_checks|session_replication_role|lock_timeout|statement_timeout|reset|insert"
    r"|replace|into)\b",
    re.IGNORECASE,
)
_WRITES = frozenset({"DELETE", "UPDATE", "MERGE"})
_ROUTINES = frozenset({"FUNCTION", "PROCEDURE", "PROC", "TRIGGER", "EVENT", "RULE", "PACKAGE", "VIEW"})
_BRANCHES = frozenset({"BEGIN", "THEN", "ELSE", "LOOP", "DO", ";", ")"})
_HEADS = frozenset(
    {"DROP", "ALTER", "TRUNCATE", "DELETE", "UPDATE", "MERGE", "CREATE", "GRANT", "EXEC", "EXECUTE", "INSERT", "RENAME",
     "LOCK", "WITH", "SET"}
)  # fmt: skip
_CONTROL = frozenset(
    {"IF", "WHILE", "FOR", "DECLARE", "ELSE", "ELSIF", "EXCEPTION", "LOOP", "END", "PERFORM", "RAISE", "WHEN"}
)
_DEEPEST = 6
_SHOWN = 160


def operations(source: SourceText, dialect: Dialect = "", depth: int = 0) -> Iterator[Operation]:
    """The operations of `source` in order, each with its text and place."""
    if not SCREEN.search(source.text):
        return
    known = dialect or spoken(source.text)
    for statement in statements(source.text, known):
        flags = frozenset() if statement.transaction else frozenset({"no-transaction"})
        region = source.region(statement.start, statement.start + len(statement.text))
        shown = _shown(statement.text)
        for operation in _executed(statement, known, depth):
            yield replace(
                operation,
                dialect=known,
                direction=statement.direction,
                text=operation.text or shown,
                region=region,
                flags=operation.flags | flags,
            )


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 3] + "..."


def _executed(statement: Statement, dialect: Dialect, depth: int) -> Iterator[Operation]:
    """What one statement does when it is run."""
    tokens = statement.tokens
    head = statement.head
    if head in ("CREATE", "ALTER") and any(t.upper in _ROUTINES for t in tokens[1:10]) and not _is_table(tokens):
        return
    if head == "EXPLAIN":
        return
    if head == "DO" and depth < _DEEPEST:
        body = next((t for t in tokens if t.kind == "string"), None)
        if body is not None:
            yield from _procedural(body.value, dialect, depth + 1)
    elif head in ("EXEC", "EXECUTE", "PREPARE", "CALL"):
        yield from _called(tokens, dialect, depth)
    elif head in _CONTROL or (head == "BEGIN" and len(tokens) > 1 and tokens[1].upper in _HEADS | _CONTROL):
        yield from _branches(tokens, dialect, depth)
    elif head in _WRITES or (head in ("WITH", "INSERT") and any(t.upper in _WRITES for t in tokens)):
        if head == "INSERT":
            yield from definition(Cursor(tokens), dialect)
            if not tokens_in_brackets(tokens):
                return
        yield from writes(tokens, dialect)
    else:
        yield from definition(Cursor(tokens), dialect)


def tokens_in_brackets(tokens: Sequence[Token]) -> bool:
    """Whether an INSERT has a WITH clause that deletes or updates: ON CONFLICT DO UPDATE is no update of its own."""
    return any(t.upper in _WRITES and tokens[i - 1].upper == "(" for i, t in enumerate(tokens) if i)


def _is_table(tokens: Sequence[Token]) -> bool:
    return "TABLE" in [t.upper for t in tokens[1:4]]


def _procedural(text: str, dialect: Dialect, depth: int) -> Iterator[Operation]:
    """The body of a DO block."""
    for statement in statements(text, dialect):
        yield from _branches(statement.tokens, dialect, depth)


def _branches(tokens: Sequence[Token], dialect: Dialect, depth: int) -> Iterator[Operation]:
    """The statements within IF, WHILE, BEGIN and their like: each head that stands where a statement can begin."""
    if depth >= _DEEPEST:
        return
    nested = 0
    starts: list[int] = []
    for index, token in enumerate(tokens):
        before = tokens[index - 1].upper if index else "BEGIN"
        if nested == 0 and token.upper in _HEADS and (before in _BRANCHES or _condition_over(tokens, index)):
            starts.append(index)
        nested += {"(": 1, ")": -1}.get(token.upper, 0)
    for start, end in pairwise((*starts, len(tokens))):
        part = tuple(tokens[start:end])
        yield from _executed(Statement(part, "", 0), dialect, depth + 1)


def _condition_over(tokens: Sequence[Token], index: int) -> bool:
    """`IF x IS NOT NULL DROP TABLE x`: T-SQL needs nothing between the condition and what hangs on it."""
    return (
        tokens[0].upper in ("IF", "WHILE")
        and tokens[index].upper in _HEADS - {"SET", "WITH"}
        and tokens[index - 1].upper not in ("ON", "FOR", ",")
    )


def _called(tokens: Sequence[Token], dialect: Dialect, depth: int) -> Iterator[Operation]:
    """EXECUTE of a literal, sp_executesql, sp_rename, and what is pieced together from literals."""
    cursor = Cursor(tokens, 1)
    name = cursor.name()
    strings = [t.value for t in tokens if t.kind == "string"]
    if name.endswith("sp_rename") and len(strings) >= 2:
        kind = strings[2].upper() if len(strings) > 2 else ""
        old = plain(strings[0])
        if kind == "COLUMN":
            table, _, column = old.rpartition(".")
            yield Operation("rename-column", plain(table), column, to=plain(strings[1]))
        elif kind in ("", "OBJECT"):
            yield Operation("rename-table", old, to=plain(strings[1]))
        return
    if name.endswith(("sp_addsrvrolemember", "sp_addrolemember")):
        yield Operation("raise-role", name=strings[0] if strings else "", object=strings[-1] if strings else "")
        return
    if depth >= _DEEPEST or not strings:
        return
    text = "".join(strings) if find(tokens, "||") >= 0 or find(tokens, "+") >= 0 else strings[0]
    if SCREEN.search(text):
        text = re.sub(r"%[ILs]", "_", text)
        for statement in statements(text, dialect):
            yield from _executed(statement, dialect, depth + 1)


_SPEECH: tuple[tuple[Dialect, re.Pattern[str]], ...] = (
    (
        "tsql",
        regex(
            r"\[dbo\]|\bdbo\.|^\s*go\s*$|\bnvarchar\b|\bidentity\s*\(\s*\d|\bsp_rename\b|\bexec\s*\(|\bobject_id\s*\(|\bnonclustered\b"
            r"|\[\w+\]\.\[\w+\]|\bif\s+exists\s*\(\s*select[^;]*?\bsys\.",
            re.I | re.M,
        ),
    ),
    (
        "mysql",
        regex(
            r"`\w+`|\bengine\s*=|\bauto_increment\b|\bunsigned\b|^\s*delimiter\s|\balgorithm\s*=|\bforeign_key_checks\b|/\*!\d|\bmodify\s+column\b"
            r"|\bchange\s+column\b|\bdefault\s+charset\b|\bconvert\s+to\s+character\s+set\b|^\s*rename\s+table\b|\blongtext\b|\bpurge\s+binary\b",
            re.I | re.M,
        ),
    ),
    ("sqlite", regex(r"\bautoincrement\b|^\s*pragma\b|\bwithout\s+rowid\b", re.I | re.M)),
    (
        "postgres",
        regex(
            r"\$(\w*)\$|\bconcurrently\b|\bserial\b|\bbigserial\b|\bjsonb\b|\btimestamptz\b|::\w|\bnot\s+valid\b|\balter\s+column\s+\"?\w+\"?\s+(set|drop|type)\b|\breturning\b"
            r"|\brow\s+level\s+security\b|\bcreate\s+extension\b|\bcreate\s+policy\b|\bplpgsql\b|\bbytea\b|\bwith\s+time\s+zone\b|^\s*\\\w+|\bilike\b"
            r"|\bcreate\s+type\b|\bdetach\s+partition\b|\bvacuum\s*(\(|full)|\bowned\s+by\b|\block_timeout\b|\bstatement_timeout\b",
            re.I | re.M,
        ),
    ),
    ("oracle", regex(r"\bvarchar2\b|\bnumber\s*\(\s*\d|\bnvl\s*\(", re.I)),
)


# What is said beside the statements: Prisma's warnings quote names with the backticks of MySQL in every dialect.
_ASIDE = regex(r"--[^\n]*|/\*(?!!)[\s\S]*?\*/")


def spoken(text: str) -> Dialect:
    """The dialect that a text speaks: the one of which most turns are in it; "" where none is, or two are even."""
    said = _ASIDE.sub(" ", text[:200_000])
    counts = [(len(pattern.findall(said)), dialect) for dialect, pattern in _SPEECH]
    counts.sort(key=lambda pair: -pair[0])
    (most, dialect), (second, _) = counts[0], counts[1]
    return dialect if most > second else ""
