"""What `git diff --raw` and `git log --raw` print: one entry for each file that differs."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.frozen import dataclass
from blastlint.model import FileChange, FileStatus

RAW_OUTPUT = (
    "--raw",
    "-z",
    "--no-abbrev",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
)
_STATUS: dict[str, FileStatus] = {"A": "added", "D": "removed", "R": "renamed"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of `diff --raw`: the file, and the objects on both sides (zeros where git has not hashed the file)."""

    file: FileChange
    oid_before: str
    oid_after: str
    unmerged: bool = False


def entries(output: bytes) -> Iterator[Entry]:
    """`:MODE MODE OID OID STATUS NUL PATH NUL [PATH NUL]`, repeated."""
    fields = iter(output.split(b"\0"))
    unmerged: set[str] = set()
    for header in fields:
        if not header.startswith(b":"):
            continue
        mode_before, mode_after, oid_before, oid_after, letter = header[1:].decode("ascii").split(" ")
        before = after = next(fields).decode("utf-8", "surrogateescape")
        status = _STATUS.get(letter[0], "modified")
        if status == "renamed":
            after = next(fields).decode("utf-8", "surrogateescape")
        elif letter == "U":
            unmerged.add(before)
            change = FileChange("modified", before, before, int(mode_before, 8), int(mode_after, 8))
            yield Entry(change, oid_before, oid_after, unmerged=True)
            continue
        elif before in unmerged and status == "modified":
            continue  # git names an unmerged file twice
        change = FileChange(
            status,
            None if status == "added" else before,
            None if status == "removed" else after,
            int(mode_before, 8),
            int(mode_after, 8),
        )
        yield Entry(change, oid_before, oid_after)
