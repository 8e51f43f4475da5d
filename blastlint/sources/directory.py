"""Two directories, compared as they lie on disk."""

from __future__ import annotations

import os
from collections.abc import Sequence

from blastlint.errors import SourceError
from blastlint.model import ChangeSet, FileChange, Notification
from blastlint.sources.memory import SEARCH_LIMIT, matching_lines
from blastlint.sources.overlay import holds
from blastlint.sources.renames import pairs
from blastlint.sources.worktree import DiskFiles


class DirectoryTree(DiskFiles):
    """A `model.Tree` over a directory. `.git` is left out, links are not followed."""

    def __init__(self, root: str) -> None:
        if not os.path.isdir(root):
            problem = "not a directory" if os.path.lexists(root) else "no such directory"
            raise SourceError(problem, where=root, remedy="Give two directories: blastlint check OLD NEW.")
        super().__init__(root)
        self._root_directory = os.fsencode(root)
        self._modes: dict[str, int] | None = None
        self.unreadable: list[str] = []

    def modes(self) -> dict[str, int]:
        """Every file and link -> git's mode, walked once."""
        if self._modes is None:
            self._modes = {}
            todo = [b""]
            while todo:
                self._visit(todo.pop(), todo)
        return self._modes

    def _visit(self, directory: bytes, todo: list[bytes]) -> None:
        assert self._modes is not None
        try:
            entries = list(os.scandir(os.path.join(self._root_directory, directory)))
        except OSError:
            self.unreadable.append(_decoded(directory))
            return
        for entry in entries:
            path = os.path.join(directory, entry.name).replace(os.fsencode(os.sep), b"/")
            if entry.is_dir(follow_symlinks=False):
                if entry.name != b".git":
                    todo.append(path)
            elif mode := self.mode(_decoded(path)):
                self._modes[_decoded(path)] = mode

    def paths(self) -> Sequence[str]:
        return sorted(path for path in self.modes() if self.size(path) is not None)

    def listdir(self, directory: str) -> Sequence[str]:
        absolute = os.path.join(self._root_directory, directory.encode("utf-8", "surrogateescape"))
        prefix = f"{directory}/" if directory else ""
        if ".." in directory.split("/") or os.path.islink(absolute):
            return []
        try:
            names = [_decoded(name) for name in os.listdir(absolute)]
        except (OSError, ValueError):
            return []
        return sorted(path for name in names if self.size(path := f"{prefix}{name}") is not None)

    def search(self, literal: str, suffixes: tuple[str, ...] = ()) -> Sequence[str]:
        needle = literal.encode()
        candidates = (path for path in self.paths() if not suffixes or path.endswith(suffixes))
        return [path for path in candidates if holds(self.read(path), needle)][:SEARCH_LIMIT]

    def lines(self, literals: tuple[str, ...], suffixes: tuple[str, ...] = ()) -> Sequence[tuple[str, str]]:
        return list(matching_lines(self, self.paths(), literals, suffixes))


def _decoded(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


def from_directories(old: str, new: str) -> ChangeSet:
    """Everything in which two directories differ. Raises SourceError when one of them is none."""
    before, after = DirectoryTree(old), DirectoryTree(new)
    modes_before, modes_after = before.modes(), after.modes()
    gone = {path: mode for path, mode in modes_before.items() if path not in modes_after}
    born = {path: mode for path, mode in modes_after.items() if path not in modes_before}
    files = [
        FileChange("modified", path, path, mode, modes_after[path])
        for path, mode in modes_before.items()
        if path in modes_after and (mode != modes_after[path] or not _same(before, after, path))
    ]
    for source, target in pairs(gone, born, before.read, after.read):
        files.append(FileChange("renamed", source, target, gone.pop(source), born.pop(target)))
    files += [FileChange("removed", path, None, mode, 0) for path, mode in gone.items()]
    files += [FileChange("added", None, path, 0, mode) for path, mode in born.items()]
    return ChangeSet(
        base=old,
        head=new,
        files=tuple(sorted(files, key=lambda file: file.path)),
        before=before,
        after=after,
        notifications=tuple(
            Notification("unreadable-directory", "warning", "may not be read", path or ".", incomplete=True)
            for path in sorted({*before.unreadable, *after.unreadable})
        ),
    )


def _same(before: DirectoryTree, after: DirectoryTree, path: str) -> bool:
    """Equal content; two links are equal when their targets are. A file that may not be read is taken for different."""
    if before.size(path) != after.size(path):
        return False
    if before.size(path) is None:
        return before.target(path) == after.target(path)
    content = before.read(path)
    return content is not None and content == after.read(path)
