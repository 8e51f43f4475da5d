"""Plain lists, one entry a line -> KeyTree: block lists, allow lists, and the redirects of a site.

    {"blocklist": ["192.0.2.0/24", ...]}                             named for the file, without its suffix
    {"redirects": [{"from": "/a", "to": "/b", "status": "301"}]}     a file that is called _redirects

`#` and `;` begin a comment at the start of a line or behind a blank; `//` at the start of one.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.model import Document, Side, Value
from blastlint.parse.keytree import MAX_NODES, TOO_LARGE, Reading
from blastlint.parse.text import decode
from blastlint.regex import regex

_COMMENT = regex(r"(^|\s)[#;].*$|^\s*//.*$")
_COLUMNS = ("from", "to", "status")


def parse(path: str, side: Side, data: bytes) -> Document:
    """The Document of one list; its content is a KeyTree of one document."""
    text, reason = decode(data)
    reading = Reading(path, side, "list", reason=reason)
    name = path.rpartition("/")[2].lower()
    redirects = name == "_redirects"
    elements: list[Value] = []
    for number, column, entry in _entries(text):
        region = reading.region((number, column), (number, column + len(entry)))
        if len(elements) >= MAX_NODES:
            reading.partial(TOO_LARGE, number)
            break
        if redirects:
            columns = {key: Value(word, region=region) for key, word in zip(_COLUMNS, entry.split(), strict=False)}
            elements.append(Value(columns, region=region))
        else:
            elements.append(Value(entry, region=region))
    whole = reading.region((1, 1), (text.count("\n") + 1, 1))
    key = "redirects" if redirects else name.partition(".")[0]
    reading.documents.append(Value({key: Value(tuple(elements), unordered=not redirects, region=whole)}, region=whole))
    return reading.document()


def _entries(text: str) -> Iterator[tuple[int, int, str]]:
    """(line, column, entry) of every line that says something."""
    for number, line in enumerate(text.split("\n"), 1):
        bare = _COMMENT.sub("", line)
        entry = bare.strip()
        if entry:
            yield number, bare.index(entry) + 1, entry
