"""SQL files. A Document's content is the placed text; statements and operations are read from it when somebody asks."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.model import Comment, Document, Side
from blastlint.parse.source_text import SourceText
from blastlint.parse.text import decode
from blastlint.regex import regex

_DIRECTIVE = regex(r"(?:--|#|/\*)[ \t]*(blastlint:[^\r\n]*)")


def parse(path: str, side: Side, data: bytes) -> Document:
    """The Document of a SQL file; only comments that speak to blastlint are kept."""
    text, inexact = decode(data)
    source = SourceText.of(text, path, side)
    comments = tuple(_directives(source))
    return Document(path, side, "sql", source, comments, "partial" if inexact else "full", inexact)


def _directives(source: SourceText) -> Iterator[Comment]:
    for match in _DIRECTIVE.finditer(source.text):
        yield Comment(match.group(1), source.region(match.start(), match.end()))
