"""A unified diff as a change: applied to its base tree where there is one, else just what its hunks show."""

from __future__ import annotations

import heapq
import sys
from collections.abc import Callable, Iterator

from blastlint.errors import SourceError
from blastlint.model import ChangeSet, FileChange, Notification, Tree
from blastlint.sources.command import NoRepository
from blastlint.sources.directory import DirectoryTree
from blastlint.sources.git import head_tree
from blastlint.sources.memory import MemoryTree
from blastlint.sources.overlay import OverlayTree
from blastlint.sources.unified import FilePatch, Hunk, Patch, read_patch

_REGULAR = 0o100644
_BINARY = b"\0 a binary file, which the patch does not show"


def from_patch(directory: str, source: str, revision: str | None) -> ChangeSet:
    """The change of the patch in the file `source` (- is standard input).

    Its base is `revision` (HEAD) of the repository around `directory`, else the directory as it lies there. Where that has
    none of the files that the patch changes, it belongs elsewhere, and only what it shows is looked at.
    Raises SourceError for what is no patch or does not apply.
    """
    patch = read_patch(*_data(source))
    base, label = _base(directory, revision)
    changed = [f.before for f in patch.files if f.before is not None]
    if revision is None and changed and all(base.size(path) is None for path in changed):
        return _as_shown(patch)
    return _Applied(patch, base).change_set(label)


def _data(source: str) -> tuple[bytes, str]:
    """The bytes and what to call them."""
    if source == "-":
        return sys.stdin.buffer.read(), "standard input"
    try:
        with open(source, "rb") as file:
            return file.read(), source
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", where=source) from None


def _base(directory: str, revision: str | None) -> tuple[Tree, str]:
    try:
        tree = head_tree(directory, revision or "HEAD")
    except NoRepository:
        if revision is not None:
            raise
        tree = None
    return (tree, revision or "HEAD") if tree is not None else (DirectoryTree(directory), directory)


def _notes(patch: Patch, complete: bool) -> tuple[Notification, ...]:
    notes = [Notification("not-shown", "warning", f"{line}: the patch does not show it", incomplete=True)
             for line in patch.unshown]  # fmt: skip
    if not complete:
        notes.append(
            Notification(
                "no-base-tree",
                "warning",
                "none of the files that the patch changes is here: only what it shows was looked at",
                incomplete=True,
            )
        )
    return tuple(notes)


# --- with its base ----------------------------------------------------------------------------------------------------


class _Applied:
    """The patch applied file by file. A file may be met several times (a series of mails)."""

    def __init__(self, patch: Patch, base: Tree) -> None:
        self._patch = patch
        self._base = base
        self._now: dict[str, bytes | None] = {}  # path -> content, None when it is gone
        self._origin: dict[str, str | None] = {}  # path -> where in the base it came from
        self._modes: dict[str, int] = {}
        self._modes_before: dict[str, int] = {}
        for file in patch.files:
            self._apply(file)

    def change_set(self, label: str) -> ChangeSet:
        files = tuple(sorted(self._files(), key=lambda file: file.path))
        contents = {path: data for path, data in self._now.items() if data is not None}
        present = [p for p in contents if self._modes[p] & 0o170000 == 0o100000]
        return ChangeSet(
            base=label,
            head=self._patch.label,
            files=files,
            before=self._base,
            after=OverlayTree(self._base, MemoryTree(contents), self._now, present),
            message=self._patch.message,
            authors=self._patch.authors,
            notifications=_notes(self._patch, complete=True),
        )

    def _apply(self, file: FilePatch) -> None:
        old = self._content(file.before) if file.before is not None else b""
        is_file = (file.mode_before or file.mode_after or _REGULAR) & 0o170000 == 0o100000
        if old is None and is_file:
            raise self._error(file.line, f"does not apply: there is no {file.before}")
        if file.before is None and self._content(file.path):
            raise self._error(file.line, f"does not apply: {file.path} is there already")
        origin = self._origin.get(file.before, file.before) if file.before is not None else None
        mode = file.mode_before or (self._modes.get(file.before) if file.before is not None else 0) or _REGULAR
        if origin is not None:
            self._modes_before.setdefault(origin, mode)
        if file.before is not None and not file.copied:
            self._now[file.before] = None
            self._origin.pop(file.before, None)
        new = _BINARY if file.binary else self._patched(old or b"", file)
        if file.after is None:
            if new and not file.binary and is_file:
                raise self._error(file.line, f"does not apply: {file.path} has more lines than the patch deletes")
            return
        self._now[file.after] = new
        self._modes[file.after] = file.mode_after or mode
        self._origin[file.after] = None if file.copied else origin

    def _content(self, path: str) -> bytes | None:
        return self._now[path] if path in self._now else self._base.read(path)

    def _patched(self, old: bytes, file: FilePatch) -> bytes:
        lines = _lines(old)
        shift = 0  # how far the hunks before have moved what follows
        done = 0  # what stands before has been patched
        for hunk in file.hunks:
            at, hunk = self._place(lines, hunk, shift, done, file)
            lines[at : at + len(hunk.old)] = hunk.new
            done = at + len(hunk.new)
            shift = at - _wanted(hunk) + len(hunk.new) - len(hunk.old)
        return b"".join(lines)

    def _place(self, lines: list[bytes], hunk: Hunk, shift: int, done: int, file: FilePatch) -> tuple[int, Hunk]:
        """Where the hunk's old lines stand, the nearest place to where it says; line ends may be lost on the way."""
        plain = all(not h.leading and not h.trailing for h in file.hunks)  # made without context: its word must do
        wanted = _wanted(hunk) + shift
        for change in (_as_is, _without_cr, _with_cr):
            candidate = _changed(hunk, change)
            last = len(lines) - len(candidate.old)
            starts = range(done, last + 1)
            if plain:
                starts = range(max(wanted, done), min(wanted, last) + 1)
            elif hunk.old_start <= 1 and hunk.leading < hunk.trailing:
                starts = range(done, min(done, last) + 1)
            elif hunk.trailing < hunk.leading:
                starts = range(max(last, done), last + 1)
            first = candidate.old[0] if candidate.old else None
            for at in _nearest_first(starts, wanted):
                if (first is None or lines[at] == first) and tuple(
                    lines[at : at + len(candidate.old)]
                ) == candidate.old:
                    return at, candidate
        raise self._error(hunk.line, f"does not apply to {file.before}:{hunk.old_start}: the lines there differ")

    def _files(self) -> list[FileChange]:
        files: list[FileChange] = []
        kept: set[str] = set()
        for path, content in self._now.items():
            origin = self._origin.get(path)
            if content is None:
                continue
            mode = self._modes[path]
            if origin is None:
                files.append(FileChange("added", None, path, 0, mode))
                continue
            kept.add(origin)
            before = self._modes_before.get(origin, mode)
            if origin != path:
                files.append(FileChange("renamed", origin, path, before, mode))
            elif before != mode or content != self._base.read(path):
                files.append(FileChange("modified", path, path, before, mode))
        gone = (p for p in self._now if p in self._modes_before and p not in kept and self._now[p] is None)
        files += [FileChange("removed", path, None, self._modes_before[path], 0) for path in gone]
        return files

    def _error(self, line: int, message: str) -> SourceError:
        return SourceError(
            message,
            where=f"{self._patch.label}:{line}",
            remedy="Check out the revision that the patch was made from, or name it: blastlint check --patch FILE A.",
        )


def _nearest_first(starts: range, wanted: int) -> Iterator[int]:
    """Lazily, as the first is nearly always right; of two equally far the one before."""
    below = range(min(wanted, starts.stop - 1), starts.start - 1, -1)
    above = range(max(wanted + 1, starts.start), starts.stop)
    return heapq.merge(below, above, key=lambda start: abs(start - wanted))


def _wanted(hunk: Hunk) -> int:
    """The index of the first old line. A hunk without old lines names the line that it stands behind."""
    return hunk.old_start - 1 if hunk.old else hunk.old_start


def _lines(data: bytes) -> list[bytes]:
    """The lines with their ends."""
    lines = [line + b"\n" for line in data.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _as_is(line: bytes) -> bytes:
    return line


def _without_cr(line: bytes) -> bytes:
    return line.removesuffix(b"\r\n") + b"\n" if line.endswith(b"\r\n") else line


def _with_cr(line: bytes) -> bytes:
    return line.removesuffix(b"\n") + b"\r\n" if line.endswith(b"\n") and not line.endswith(b"\r\n") else line


def _changed(hunk: Hunk, change: Callable[[bytes], bytes]) -> Hunk:
    old, new = tuple(map(change, hunk.old)), tuple(map(change, hunk.new))
    return Hunk(hunk.line, hunk.old_start, hunk.new_start, old, new, hunk.leading, hunk.trailing)


# --- without its base -------------------------------------------------------------------------------------------------


def _as_shown(patch: Patch) -> ChangeSet:
    """Both sides as far as the hunks show them, at their own line numbers: blank lines stand for what lies between."""
    before: dict[str, bytes] = {}
    after: dict[str, bytes] = {}
    files: list[FileChange] = []
    seen: set[str] = set()
    for file in patch.files:
        names = {name for name in (file.before, file.after) if name is not None}
        if seen & names:
            raise SourceError(
                f"{file.path} is changed twice",
                where=f"{patch.label}:{file.line}",
                remedy="A series is put together on its base: run inside the repository, or give one diff of the whole.",
            )
        seen |= names
        mode_before, mode_after = file.mode_before or _REGULAR, file.mode_after or file.mode_before or _REGULAR
        old = None if file.copied else file.before
        if old is not None:
            before[old] = _BINARY if file.binary else _padded([(h.old_start, h.old) for h in file.hunks])
        if file.after is not None:
            after[file.after] = _BINARY if file.binary else _padded([(h.new_start, h.new) for h in file.hunks])
        if old is None and file.after is not None:
            files.append(FileChange("added", None, file.after, 0, mode_after))
        elif file.after is None:
            files.append(FileChange("removed", old, None, mode_before, 0))
        else:
            files.append(
                FileChange("modified" if old == file.after else "renamed", old, file.after, mode_before, mode_after)
            )
    return ChangeSet(
        base="what the patch shows",
        head=patch.label,
        files=tuple(sorted(files, key=lambda file: file.path)),
        before=MemoryTree(before),
        after=MemoryTree(after),
        message=patch.message,
        authors=patch.authors,
        complete=False,
        notifications=_notes(patch, complete=False),
    )


def _padded(stretches: list[tuple[int, tuple[bytes, ...]]]) -> bytes:
    lines: list[bytes] = []
    for start, shown in stretches:
        lines += [b"\n"] * (start - 1 - len(lines))
        lines += shown
    return b"".join(lines)
