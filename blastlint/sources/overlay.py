"""A tree that is another one except for some paths: the index, the working tree, or a patched base."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from blastlint.model import Tree
from blastlint.sources.memory import LINES_LIMIT, SEARCH_LIMIT, matching_lines


class Contents(Protocol):
    """Where the content of the other paths comes from."""

    def read(self, path: str) -> bytes | None: ...

    def size(self, path: str) -> int | None: ...


class OverlayTree:
    """`base`, but `touched` paths are as `contents` has them. `present` are those of them that are regular files there."""

    def __init__(self, base: Tree, contents: Contents, touched: Iterable[str], present: Iterable[str]) -> None:
        self._base = base
        self._contents = contents
        self._present = frozenset(present)
        self._touched = frozenset(touched) | self._present
        self._by_directory: dict[str, list[str]] = {}
        for path in self._present:
            self._by_directory.setdefault(path.rpartition("/")[0], []).append(path)
        self._paths: list[str] | None = None

    def read(self, path: str) -> bytes | None:
        if path in self._present:
            return self._contents.read(path)
        return None if path in self._touched else self._base.read(path)

    def size(self, path: str) -> int | None:
        if path in self._present:
            return self._contents.size(path)
        return None if path in self._touched else self._base.size(path)

    def paths(self) -> Sequence[str]:
        if self._paths is None:
            self._paths = self._merged(self._base.paths(), self._present)
        return self._paths

    def listdir(self, directory: str) -> Sequence[str]:
        return self._merged(self._base.listdir(directory), self._by_directory.get(directory, ()))

    def search(self, literal: str, suffixes: tuple[str, ...] = ()) -> Sequence[str]:
        needle = literal.encode()
        candidates = (p for p in self._present if not suffixes or p.endswith(suffixes))
        own = [p for p in candidates if holds(self._contents.read(p), needle)]
        return self._merged(self._base.search(literal, suffixes), own)[:SEARCH_LIMIT]

    def lines(self, literals: tuple[str, ...], suffixes: tuple[str, ...] = ()) -> Sequence[tuple[str, str]]:
        own = matching_lines(self._contents, sorted(self._present), literals, suffixes)
        below = (hit for hit in self._base.lines(literals, suffixes) if hit[0] not in self._touched)
        return sorted([*below, *own], key=lambda hit: hit[0])[:LINES_LIMIT]

    def _merged(self, below: Iterable[str], own: Iterable[str]) -> list[str]:
        return sorted([*(path for path in below if path not in self._touched), *own])


def holds(data: bytes | None, needle: bytes) -> bool:
    """Whether a text file has the needle in it."""
    return data is not None and needle in data and b"\0" not in data[:8000]
