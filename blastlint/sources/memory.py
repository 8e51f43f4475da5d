"""Trees held in memory: rule examples, patches without a tree, tests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from blastlint.model import ChangeSet, FileChange
from blastlint.regex import regex

_REGULAR = 0o100644
SEARCH_LIMIT = 1000
LINES_LIMIT = 50_000


class MemoryTree:
    """A `model.Tree` over a mapping of path to bytes."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = dict(files)
        self._sorted: list[str] | None = None
        self._by_directory: dict[str, list[str]] | None = None

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)

    def size(self, path: str) -> int | None:
        data = self._files.get(path)
        return None if data is None else len(data)

    def paths(self) -> Sequence[str]:
        if self._sorted is None:
            self._sorted = sorted(self._files)
        return self._sorted

    def listdir(self, directory: str) -> Sequence[str]:
        if self._by_directory is None:
            self._by_directory = {}
            for path in self.paths():
                self._by_directory.setdefault(path.rpartition("/")[0], []).append(path)
        return self._by_directory.get(directory, [])

    def search(self, literal: str, suffixes: tuple[str, ...] = ()) -> Sequence[str]:
        needle = literal.encode()
        hits = [p for p in self.paths() if (not suffixes or p.endswith(suffixes)) and needle in self._files[p]]
        return hits[:SEARCH_LIMIT]

    def lines(self, literals: tuple[str, ...], suffixes: tuple[str, ...] = ()) -> Sequence[tuple[str, str]]:
        return list(matching_lines(self, self.paths(), literals, suffixes))


class Readable(Protocol):
    """Anything with contents by path."""

    def read(self, path: str) -> bytes | None: ...


def matching_lines(
    files: Readable, paths: Iterable[str], literals: Sequence[str], suffixes: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """The answer to `Tree.lines` for files that are read here."""
    needles = [literal.encode() for literal in literals]
    held = regex(b"|".join(map(re.escape, needles)))
    found = 0
    for path in paths:
        data = (files.read(path) or b"") if not suffixes or path.endswith(suffixes) else b""
        if b"\0" in data[:8000] or not any(needle in data for needle in needles):
            continue
        for line in data.split(b"\n"):
            if held.search(line):
                yield path, line.decode("utf-8", "replace")
                found += 1
                if found == LINES_LIMIT:
                    return


def change_set(before: Mapping[str, str | bytes], after: Mapping[str, str | bytes], message: str = "") -> ChangeSet:
    """The change set between two mappings of path to content. An exactly equal file at another path is a rename."""
    old = {path: _bytes(content) for path, content in before.items()}
    new = {path: _bytes(content) for path, content in after.items()}
    gone = {path for path in old if path not in new}
    born = {path for path in new if path not in old}
    files: list[FileChange] = []
    for path in sorted(born):
        source = next((p for p in sorted(gone) if old[p] == new[path]), None)
        if source is not None:
            gone.discard(source)
            born.discard(path)
            files.append(FileChange("renamed", source, path, _REGULAR, _REGULAR))
    files += [FileChange("removed", p, None, _REGULAR, 0) for p in sorted(gone)]
    files += [FileChange("added", None, p, 0, _REGULAR) for p in sorted(born)]
    files += [
        FileChange("modified", p, p, _REGULAR, _REGULAR) for p in sorted(old.keys() & new.keys()) if old[p] != new[p]
    ]
    files.sort(key=lambda change: change.path)
    return ChangeSet("before", "after", tuple(files), MemoryTree(old), MemoryTree(new), message=message)


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content
