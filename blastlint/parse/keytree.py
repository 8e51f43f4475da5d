"""What every key-value format parses to: `Document.content` of YAML, JSON, TOML, INI, .env and .properties files.

Conventions that all formats keep:

- A map's entry has a region from the start of its key to the end of its value, so that a difference is shown on the line of
  the key. A list's element has the region of its value. The root has the region of its whole document.
- `text_line(value)` is the line on which the text of a scalar starts. For a string of several lines `Value.block` says how
  it stands in the file: the style and the line of its first content line. In a `literal` block (`run: |`) line n of the text
  (from 0) is line `block.line + n` of the file, `block.indent` columns to the right.
- Scalars are typed as the format's readers type them (see each parser). Keys are strings as written.
- What could not be read is an unknown Value with a reason, in its place. A document that could not be parsed at all is an
  unknown Value too: its neighbours in a YAML stream stay.
- Nothing nests deeper than MAX_DEPTH or holds more than MAX_NODES values: what is beyond is unknown, with the reason.
"""

from __future__ import annotations

from functools import cached_property

from blastlint.frozen import dataclass, field
from blastlint.model import Comment, Coverage, Document, Region, Side, Value, unknown

MAX_DEPTH = 64
MAX_NODES = 400_000
TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"
TOO_LARGE = f"more than {MAX_NODES} values"


@dataclass(frozen=True, slots=True)
class Note:
    """Something odd that a reader of the file would not see: a duplicate key, a line that could not be read."""

    kind: str
    message: str
    line: int


@dataclass(frozen=True)
class KeyTree:
    """The documents of one file (more than one only in YAML streams) and what was odd in them."""

    documents: tuple[Value, ...]
    notes: tuple[Note, ...] = ()

    @cached_property
    def keys(self) -> frozenset[str]:
        """Every key at any depth. Whoever looks for a few of them through a whole file asks here first: one walk tells
        all who ask, and most files have none of them."""
        found: set[str] = set()
        below = [root.data for root in self.documents]
        while below:
            data = below.pop()
            if isinstance(data, tuple):
                below += [element.data for element in data]
            elif isinstance(data, dict):
                found.update(data)
                below += [value.data for value in data.values()]
        return frozenset(found)


@dataclass(slots=True)
class Reading:
    """What one parser gathers while it reads one file; `document` makes the Document of it."""

    path: str
    side: Side
    language: str
    documents: list[Value] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    reason: str = ""
    line: int = 0
    nodes: int = 0

    def region(self, start: tuple[int, int], end: tuple[int, int]) -> Region:
        return Region(self.side, self.path, start[0], start[1], end[0], end[1])

    def partial(self, reason: str, line: int = 0) -> None:
        """Something was not read; the first reason is the one that is told."""
        if not self.reason:
            self.reason, self.line = reason, line

    def broken(self, reason: str, line: int, region: Region) -> None:
        """A whole document could not be parsed."""
        self.partial(reason, line)
        self.documents.append(unknown(reason, region=region))

    def duplicate(self, key: str, line: int) -> None:
        self.notes.append(Note("duplicate-key", f"{key} is given twice; the last one counts", line))

    def document(self) -> Document:
        coverage: Coverage = "full"
        if self.reason:
            coverage = "partial" if any(d.known for d in self.documents) else "opaque"
        content = KeyTree(tuple(self.documents), tuple(self.notes))
        return Document(
            self.path, self.side, self.language, content, tuple(self.comments), coverage, self.reason, self.line
        )


def text_line(value: Value) -> int:
    """The line of the file on which the text of a scalar starts (0 when the value has no place)."""
    if value.block is not None:
        return value.block.line
    return value.region.last_line if value.region else 0
