"""What the readers of all frameworks share: placing an operation, and reading the SQL that one is given as text."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.frozen import dataclass, replace
from blastlint.migration import Dialect, Operation, plain
from blastlint.model import Region, Side
from blastlint.parse.source_text import SourceText
from blastlint.parse.terms import Term


@dataclass(frozen=True, slots=True)
class File:
    """Where operations are read from."""

    path: str
    side: Side
    framework: str
    dialect: Dialect

    def at(self, operation: Operation, term: Term) -> Operation:
        """The operation with the place and the text of the term that says it."""
        dialect = operation.dialect or self.dialect
        region = Region(self.side, self.path, *term.span)
        return replace(operation, framework=self.framework, dialect=dialect, text=term.text, region=region)

    def sql(self, term: Term, text: str = "") -> Iterator[Operation]:
        """The operations of the SQL that a string holds."""
        from blastlint.parse.sql.operations import operations

        line, column = term.span[0], term.span[1]
        source = SourceText.of(text or term.value, self.path, self.side, line, column)
        for operation in operations(source, self.dialect):
            yield replace(operation, framework=self.framework)


def name_at(term: Term, index: int) -> str:
    """The name that the positional argument at `index` says, in one spelling; "" where there is none."""
    return plain(term.items[index].plain) if len(term.items) > index else ""


def sql_texts(term: Term | None) -> Iterator[Term]:
    """The strings of an argument that is SQL: a string, `text("...")`, a list of these."""
    if term is None:
        return
    if term.sort == "text":
        yield term
    elif term.sort == "call" and term.name in (
        "text",
        "raw",
        "sql",
        "DDL",
        "dedent",
        "strip",
        "squish",
        "heredoc",
        "strip_heredoc",
        "unindent",
    ):
        yield from sql_texts(term.items[0] if term.items else term.on)
    elif term.sort == "list":
        for item in term.items:
            yield from sql_texts(item)


def flags(**given: bool) -> frozenset[str]:
    """The names of the flags that hold, `not_null` for `not-null`."""
    return frozenset(name.replace("_", "-") for name, holds in given.items() if holds)
