"""SQL text -> statements, tolerantly: semicolons, `DELIMITER`, `GO`, `/`, psql meta commands and COPY data, bodies of
routines, and the markers by which migration tools divide a file (goose, dbmate, sql-migrate, Liquibase, Drizzle).

A statement keeps its tokens and its place. What a marker says of the statements behind it (`down`, `no-transaction`) is
theirs: `direction` and `transaction`.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence

from blastlint.frozen import dataclass
from blastlint.migration import Direction
from blastlint.parse.sql.tokens import Token, tokens
from blastlint.regex import regex

MAX_TOKENS = 400_000

_MARKER = regex(
    r"^[ \t]*(?:--|\#)[ \t]*(?:\+(?:goose|migrate|micrate)[ \t]+(?P<words>[\w \t]+)"
    r"|migrate:(?P<dbmate>up|down)\b(?P<options>[^\n]*)|(?P<changeset>changeset\b)|@(?P<undo>UNDO|DOWN)\b"
    r"|[-=+]*[ \t]*(?P<down>down|rollback|revert)(?:[ \t]+migration|[ \t]+sql)?[ \t]*:?[ \t]*[-=]*[ \t\r]*$)",
    re.MULTILINE | re.IGNORECASE,
)
_LIQUIBASE = regex(r"\s*--[ \t]*liquibase formatted", re.IGNORECASE)
_DELIMITER = regex(r"^[ \t]*delimiter[ \t]+(\S+)[ \t\r]*$", re.MULTILINE | re.IGNORECASE)
_SEPARATOR = regex(r"^[ \t]*(?:go(?:[ \t]+\d+)?|/)[ \t\r]*$", re.MULTILINE | re.IGNORECASE)
_COPY = regex(r"[^\n]*\n(?:[\s\S]*?\n)?\\\.[ \t\r]*(?:\n|$)")
_ROUTINES = frozenset({"FUNCTION", "PROCEDURE", "PROC", "TRIGGER", "EVENT", "PACKAGE"})
_BLOCK_ENDS = frozenset({"IF", "LOOP", "WHILE", "REPEAT", "FOR"})
# What can only be the head of a statement when it begins a line (the second word, none for any), for dialects that need no
# semicolon; and the heads of statements that hold others.
_HEADS: dict[str, frozenset[str]] = {
    "DROP": frozenset({"TABLE", "DATABASE", "SCHEMA", "VIEW", "PROCEDURE", "FUNCTION"}),
    "ALTER": frozenset({"TABLE", "DATABASE", "ROLE"}),
    "CREATE": frozenset({"TABLE", "INDEX", "UNIQUE", "VIEW", "SCHEMA", "NONCLUSTERED", "CLUSTERED"}),
    "TRUNCATE": frozenset({"TABLE"}),
    "DELETE": frozenset({"FROM"}),
    "INSERT": frozenset({"INTO"}),
    "EXEC": frozenset(),
}
_OPENED = regex(r"[A-Za-z&]{0,2}(['\"`\[]|\$\w*\$)")
_CLOSED = {"[": "]"}
_PAIRED = (regex("'"), regex(r"\$\w*\$"))
_NAMING = frozenset({"CREATE", "ALTER", "COMMENT", "INSERT"})  # they say what they do with what, in more than ...
_NAMED = 3  # ... this many words
_BODIES = frozenset({"(", "AS", "LIKE", "OF", "PARTITION", "CLONE"})  # what a table that is made is like
_HOLDING = frozenset({"WITH", "EXPLAIN", "IF", "BEGIN", "WHILE", "DO", "MERGE", "DECLARE", "GRANT", "REVOKE", "DENY"})


@dataclass(frozen=True, slots=True)
class Statement:
    """`tokens` are without comments; `text` is the source from the first to the last of them, `start` its offset."""

    tokens: tuple[Token, ...]
    text: str
    start: int
    direction: Direction = "up"
    transaction: bool = True

    @property
    def head(self) -> str:
        return self.tokens[0].upper


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of a file between markers, in one direction."""

    start: int
    end: int
    direction: Direction
    transaction: bool


def statements(text: str, dialect: str = "") -> Iterator[Statement]:
    """The statements of `text`; never raises. What stands behind the first MAX_TOKENS tokens is left out."""
    budget = MAX_TOKENS
    for stretch in _stretches(text):
        for start, end, delimiter in _delimited(text, stretch):
            part = text[start:end]
            for found in _split(part, dialect, delimiter):
                budget -= len(found)
                if budget < 0:
                    return
                first, last = found[0].start, found[-1].end
                yield Statement(
                    tuple(found), part[first:last], start + first, stretch.direction, stretch.transaction
                )  # fmt: skip


def is_torn(text: str) -> bool:
    """Whether the text breaks off in the middle of its last statement. That may do without its semicolon."""
    if text.rstrip().endswith(";") and all(len(quotes.findall(text)) % 2 == 0 for quotes in _PAIRED):
        return False
    return any(_is_cut(last) for last in deque(statements(text), maxlen=1))


def _is_cut(statement: Statement) -> bool:
    """Whether a bracket, a string or a quoted name is open at its end, or no more than its first words are there."""
    words = Counter(token.upper for token in statement.tokens)
    if words["("] > words[")"] or (statement.head in _NAMING and len(statement.tokens) < _NAMED):
        return True
    if statement.head == "CREATE" and statement.tokens[1].upper == "TABLE" and _BODIES.isdisjoint(words):
        return True
    last = statement.tokens[-1]
    if len(statement.tokens) == 1 and any(head.startswith(last.upper) for head in _NAMING):
        return True
    opened = _OPENED.match(statement.text, last.start - statement.tokens[0].start)
    if last.kind not in ("string", "name") or opened is None:
        return False
    written = statement.text[opened.start(1) :]
    return not written.endswith(_CLOSED.get(opened[1], opened[1])) or written == opened[1]


def _stretches(text: str) -> Iterator[_Stretch]:
    """The file cut at the markers of migration tools."""
    start, transaction = 0, True
    direction: Direction = "up"
    liquibase = _LIQUIBASE.match(text) is not None
    for match in _MARKER.finditer(text):
        if match["down"] and liquibase:
            continue  # what undoes a change set stands in its comments
        words = (match["words"] or "").lower().split()
        yield _Stretch(start, match.start(), direction, transaction)
        start = match.end()
        if "up" in words or match["changeset"] or match["dbmate"] == "up":
            direction = "up"
        elif "down" in words or match["dbmate"] == "down" or match["undo"] or match["down"]:
            direction = "down"
        if words[:1] == ["no"] or "notransaction" in words or "transaction:false" in (match["options"] or ""):
            transaction = False
    yield _Stretch(start, len(text), direction, transaction)


def _delimited(text: str, stretch: _Stretch) -> Iterator[tuple[int, int, str]]:
    """(start, end, delimiter) of the parts of a stretch: mysql's DELIMITER, and batches of sqlcmd and sqlplus."""
    start, delimiter = stretch.start, ";"
    marks = [m for p in (_DELIMITER, _SEPARATOR) for m in p.finditer(text, stretch.start, stretch.end)]
    for match in sorted(marks, key=lambda m: m.start()):
        yield start, match.start(), delimiter
        start = match.end()
        if match.re is _DELIMITER:
            delimiter = match.group(1)
    yield start, stretch.end, delimiter


def _split(text: str, dialect: str, delimiter: str) -> Iterator[list[Token]]:
    """Token lists of statements, none empty."""
    here: list[Token] = []
    depth = blocks = skip = 0
    routine = False
    loose = dialect in ("tsql", "") and delimiter == ";"
    for token in tokens(text, dialect):
        if token.start < skip or (token.kind == "meta" and not here):
            continue
        if blocks == 0 and text.startswith(delimiter, token.start) and token.kind == "mark":
            skip = _end_of_copy(text, token.end) if _copies(here) else token.start + len(delimiter)
            if here:
                yield here
            here, depth, routine = [], 0, False
            continue
        if loose and depth == 0 and blocks == 0 and not routine and len(here) > 1 and _is_head(here, token, text):
            yield here[:-1]
            here = here[-1:]
        here.append(token)
        depth = max(0, depth + {"(": 1, ")": -1}.get(token.upper, 0))
        routine = routine or _is_routine(here)
        if routine:
            blocks = max(0, blocks + _nesting(here))
    if here:
        yield here


def _copies(here: Sequence[Token]) -> bool:
    return bool(here) and here[0].upper == "COPY" and any(t.upper == "STDIN" for t in here)


def _end_of_copy(text: str, at: int) -> int:
    match = _COPY.match(text, at)
    return match.end() if match else at


def _is_head(here: Sequence[Token], token: Token, text: str) -> bool:
    """Whether the last of `here` and `token` begin a statement of their own, behind one that can be over."""
    before, last = here[-2], here[-1]
    followers = _HEADS.get(last.upper)
    if followers is None or (followers and token.upper not in followers) or here[0].upper in _HOLDING:
        return False
    return _line_start(text, last) and before.upper not in (",", "ON", "FOR", "OR", "AND", "AS")


def _line_start(text: str, token: Token) -> bool:
    return not text[text.rfind("\n", 0, token.start) + 1 : token.start].strip()


def _is_routine(here: Sequence[Token]) -> bool:
    return here[0].upper in ("CREATE", "ALTER") and len(here) < 10 and here[-1].upper in _ROUTINES


def _nesting(here: Sequence[Token]) -> int:
    """What the last token does to the number of open blocks of a routine's body."""
    last, previous = here[-1].upper, here[-2].upper
    if last in ("BEGIN", "CASE") and previous != "END":
        return 1
    if previous == "END" and last in _BLOCK_ENDS:
        return 1  # its END has closed what was never counted
    return -1 if last == "END" else 0
