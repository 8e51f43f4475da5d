"""SQL files. A Document's content is the placed text; statements and operations are read from it when somebody asks."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.facts.migration_places import sql_place
from blastlint.model import Comment, Document, Side
from blastlint.parse.source_text import SourceText
from blastlint.parse.sql.split import is_torn
from blastlint.parse.text import decode
from blastlint.regex import regex

_TORN = "it breaks off in the middle of a statement"
_DIRECTIVE = regex(r"(?:--|#|/\*)[ \t]*(blastlint:[^\r\n]*)")


def parse(path: str, side: Side, data: bytes) -> Document:
    """The Document of a SQL file; only comments that speak to blastlint are kept."""
    text, inexact = decode(data)
    source = SourceText.of(text, path, side)
    comments = tuple(_directives(source))
    reason = inexact or (_TORN if sql_place(path, "").container == "schema" and is_torn(text) else "")
    return Document(path, side, "sql", source, comments, "partial" if reason else "full", reason)


def _directives(source: SourceText) -> Iterator[Comment]:
    for match in _DIRECTIVE.finditer(source.text):
        yield Comment(match.group(1), source.region(match.start(), match.end()))
