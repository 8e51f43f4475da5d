"""One side's documents, parsed at most once each and only when somebody asks."""

from __future__ import annotations

from blastlint.frozen import replace
from blastlint.model import Document, Side, Tree, Value
from blastlint.parse import MAX_BYTES, parse, too_large

_MARK = b"blastlint"


class Workspace:
    """`document(path)` is the only way to a parsed file: it caches, and `parsed` tells tests how often it parsed.

    `marked` are the paths of those read so far whose text names blastlint: only they can suppress or run it.
    `rendered` is what programs made of directories where they were asked: (program, directory, values file) -> (the file
    that the program names, the object).
    `cuts` are (path, what was left out there) where a limit was met.
    `compared` is what a configuration tells Terraform's workspaces apart by: directory -> (all names, those of each map
    that must have the workspace).
    """

    def __init__(self, tree: Tree, side: Side) -> None:
        self.tree = tree
        self.side: Side = side
        self.marked: set[str] = set()
        self.cuts: dict[tuple[str, str], None] = {}
        self.compared: dict[str, tuple[frozenset[str], frozenset[frozenset[str]]]] = {}
        self.rendered: dict[tuple[str, str, str], tuple[tuple[str, Value], ...]] = {}
        self._documents: dict[str, Document | None] = {}

    @property
    def parsed(self) -> int:
        return sum(1 for document in self._documents.values() if document is not None)

    def document(self, path: str) -> Document | None:
        """The file's Document, or None when this side has no such regular file."""
        if path not in self._documents:
            self._documents[path] = self._parsed(path)
        return self._documents[path]

    def incomplete(self, path: str, reason: str) -> None:
        """Say of a document that was read that what it stands for was not worked out whole."""
        document = self._documents.get(path)
        if document is not None and document.coverage == "full":
            self._documents[path] = replace(document, coverage="partial", reason=reason)

    def complete(self, path: str, reason: str) -> None:
        """Say of a document that was read in part for this reason that the rest was worked out by other means."""
        document = self._documents.get(path)
        if document is not None and document.coverage == "partial" and document.reason == reason:
            self._documents[path] = replace(document, coverage="full", reason="", line=0)

    def _parsed(self, path: str) -> Document | None:
        size = self.tree.size(path)
        if size is not None and size > MAX_BYTES:
            return too_large(path, self.side)
        data = self.tree.read(path)
        if data is None:
            return None
        if _MARK in data:
            self.marked.add(path)
        return parse(path, self.side, data)

    def cut(self, path: str, left_out: str) -> None:
        """Tell that a limit was met: nothing vanishes."""
        self.cuts[path, left_out] = None

    def documents(self) -> tuple[Document, ...]:
        """Every document parsed so far, by path: what the report says of coverage."""
        return tuple(d for _, d in sorted(self._documents.items()) if d is not None)
