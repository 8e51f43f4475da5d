"""One side's documents, parsed at most once each and only when somebody asks."""

from __future__ import annotations

from blastlint.model import Document, Side, Tree
from blastlint.parse import parse


class Workspace:
    """`document(path)` is the only way to a parsed file: it caches, and `parsed` tells tests how often it parsed."""

    def __init__(self, tree: Tree, side: Side) -> None:
        self.tree = tree
        self.side: Side = side
        self._documents: dict[str, Document | None] = {}

    @property
    def parsed(self) -> int:
        return sum(1 for document in self._documents.values() if document is not None)

    def document(self, path: str) -> Document | None:
        """The file's Document, or None when this side has no such regular file."""
        if path not in self._documents:
            data = self.tree.read(path)
            self._documents[path] = None if data is None else parse(path, self.side, data)
        return self._documents[path]

    def documents(self) -> tuple[Document, ...]:
        """Every document parsed so far, by path: what the report says of coverage."""
        return tuple(d for _, d in sorted(self._documents.items()) if d is not None)
