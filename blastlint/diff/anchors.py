"""Where a finding is shown: always one line of a file that exists in head, on an added line wherever there is one.

Code hosts annotate only lines that a change added, and refuse a result without a place. So a thing that is gone is shown on
the nearest added line of the block it was in, else on the block's header, else on the line after the removal; a thing whose
file is gone on a surviving file that refers to it, else on a surviving neighbour, and only then on the deleted path.
What only a plan tells is shown where the plan says it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from blastlint.diff.lines import Block, differing
from blastlint.frozen import dataclass, field, replace
from blastlint.model import Anchor, ChangeSet, Region
from blastlint.regex import regex

_MAX_SEARCHES = 20
_NEWLINE = regex(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class LineMap:
    """A line diff of one file: which lines of head are added (1-based), and where a line of base went."""

    added: frozenset[int] = frozenset()
    blocks: tuple[Block, ...] = ()  # in order

    def head_line(self, line: int) -> int:
        """The head line that stands where base line `line` stood: itself, what replaced it, or the one after it."""
        at = bisect_right(self.blocks, line - 1, key=lambda block: block[1])
        if at == len(self.blocks):
            return self.blocks[-1][3] + 1 if self.blocks else line
        base_start, base_end, head_start, head_end = self.blocks[at]
        if base_end - base_start == head_end - head_start:
            return head_start + max(line - 1 - base_start, 0) + 1
        return min(head_start + max(line - 1 - base_start, 0), max(head_end - 1, head_start)) + 1


def line_map(before: Sequence[str], after: Sequence[str]) -> LineMap:
    """The line diff of two files, as lists of lines."""
    added: set[int] = set()
    blocks: list[Block] = []
    for equal, block in differing(before, after):
        blocks.append(block)
        if not equal:
            added.update(range(block[2] + 1, block[3] + 1))
    return LineMap(frozenset(added), tuple(blocks))


@dataclass(slots=True)
class Anchors:
    """Places findings of one change set. Reads and diffs a file at most once, and only when something is shown in it."""

    change_set: ChangeSet
    _lines: dict[str, list[str] | None] = field(default_factory=dict)
    _maps: dict[str, LineMap] = field(default_factory=dict)
    _homes: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    _searches: int = 0

    def place(self, before: Region | None, after: Region | None, block: Region | None = None) -> Anchor:
        """`before` and `after` are where to look; `block` is the whole entity on the after side, where it survives."""
        told = after or before
        if told is not None and any(plan.path == told.path for plan in self.change_set.plans):
            return Anchor(told if told.side == "after" else replace(told, side="after"), "plan")
        if after is not None and self._head(after.path):
            return self._in_block(before, after, block if block is not None and block.path == after.path else None)
        gone = before or after
        assert gone is not None, "a finding has a place on one side"
        path = self._head_name(gone.path)
        if self._head(path):
            line = self.map(path).head_line(gone.start_line)
            return self._anchor(path, line, "added" if line in self.map(path).added else "after-removal")
        if _is_binary(self.change_set.after.read(path)):
            return Anchor(Region("after", path, 1, 1, 1, 1), "file")  # it is there, and has no lines
        return self._anchor(*self._home(gone.path))

    def map(self, path: str) -> LineMap:
        """The line diff of the file that head calls `path`; nothing is added in a file that did not change."""
        if path not in self._maps:
            change = next((f for f in self.change_set.files if f.after == path), None)
            if change is None:
                self._maps[path] = LineMap()
            else:
                data = self.change_set.before.read(change.before) if change.before is not None else None
                self._maps[path] = line_map(lines_of(data) if data else [], self._head(path) or [])
        return self._maps[path]

    def _in_block(self, before: Region | None, after: Region, block: Region | None) -> Anchor:
        path, added = after.path, self.map(after.path).added
        own = [line for line in range(after.start_line, after.last_line + 1) if line in added]
        if own:
            return self._anchor(path, own[0], "added")
        if block is not None:
            near = after.start_line
            if before is not None and self._head_name(before.path) == path:
                near = self.map(path).head_line(before.start_line)
            inside = [line for line in range(block.start_line, block.last_line + 1) if line in added]
            if inside:
                return self._anchor(path, min(inside, key=lambda line: (abs(line - near), line)), "added")
        return self._anchor(path, after.start_line, "block")

    def _home(self, path: str) -> tuple[str, int, str]:
        """(path, line, choice) for something in a file that is gone."""
        if path not in self._homes:
            self._homes[path] = self._referrer(path) or self._sibling(path) or (path, 1, "deleted")
        return self._homes[path]

    def _referrer(self, path: str) -> tuple[str, int, str] | None:
        for literal in self._names_of(path):
            if self._searches >= _MAX_SEARCHES:
                return None
            self._searches += 1
            for found in self.change_set.after.search(literal):
                lines = self._head(found)
                if lines:
                    hits = [number for number, line in enumerate(lines, 1) if literal in line]
                    added = self.map(found).added
                    if hits:
                        return found, next((n for n in hits if n in added), hits[0]), "referrer"
        return None

    def _names_of(self, path: str) -> Iterator[str]:
        """What a file that refers to `path` may call it: its path, its dotted module, its Terraform module's directory where
        that is gone as well."""
        yield path
        stem, _, suffix = path.rpartition(".")
        if suffix == "py":
            module = stem.removesuffix("/__init__").removeprefix("src/").replace("/", ".")
            if "." in module:
                yield module
        directory = path.rpartition("/")[0]
        if suffix == "tf" and "/" in directory and not self.change_set.after.listdir(directory):
            yield "/".join(directory.split("/")[-2:])

    def _sibling(self, path: str) -> tuple[str, int, str] | None:
        changed = sorted(f.after for f in self.change_set.files if f.after)
        suffix = path.rsplit(".", 1)[-1]
        directory = path
        while directory:
            directory = directory.rpartition("/")[0]
            beside = [p for p in self.change_set.after.listdir(directory) if self._head(p)]
            if beside:
                # One that the change touches can be annotated; one of the same kind is the likelier reader.
                best = min(beside, key=lambda p: (p not in changed, not p.endswith(suffix), p))
                return best, min(self.map(best).added, default=1), "sibling"
        anywhere = next((p for p in changed if self._head(p)), None)
        return (anywhere, min(self.map(anywhere).added, default=1), "sibling") if anywhere else None

    def _head_name(self, path: str) -> str:
        return next((f.after for f in self.change_set.files if f.before == path and f.after), path)

    def _head(self, path: str) -> list[str] | None:
        """The lines of a text file in head that has any text, else None."""
        if path not in self._lines:
            data = self.change_set.after.read(path)
            lines = lines_of(data) if data and not _is_binary(data) else None
            self._lines[path] = lines if lines and any(line.strip() for line in lines) else None
        return self._lines[path]

    def _anchor(self, path: str, line: int, choice: str) -> Anchor:
        """The one-line region from the first to past the last character, on a line that has any."""
        lines = self._head(path)
        if lines is None:
            return Anchor(Region("after", path, 1, 1, 1, 1), choice)
        line = min(max(line, 1), len(lines))
        if not lines[line - 1].strip():
            line = min((n for n, text in enumerate(lines, 1) if text.strip()), key=lambda n: (abs(n - line), n))
        text = lines[line - 1]
        column = len(text) - len(text.lstrip()) + 1
        return Anchor(Region("after", path, line, column, line, len(text) + 1), choice)


def _is_binary(data: bytes | None) -> bool:
    return data is not None and b"\0" in data[:8000]


def lines_of(data: bytes) -> list[str]:
    """Lines without their ends, as every consumer counts them. Bytes that are no UTF-8 become U+FFFD."""
    return _NEWLINE.split(data.decode("utf-8", "replace").removeprefix("\ufeff"))


