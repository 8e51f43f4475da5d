"""Text that was taken out of a file, and where each character of it stands there.

Shell is written inside YAML blocks, Dockerfile lines, recipes, JSON strings and other shell; whatever is cut out, joined or
unescaped on the way to the shell parser stays placed: one mechanism for all of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from blastlint.frozen import dataclass
from blastlint.model import Region, Side


@dataclass(frozen=True, slots=True)
class SourceText:
    """`starts[i]` is the offset in `text` from which characters stand at `places[i]` (line, column, 1-based) onwards."""

    text: str
    path: str
    side: Side
    starts: tuple[int, ...]
    places: tuple[tuple[int, int], ...]

    @staticmethod
    def of(text: str, path: str, side: Side, line: int = 1, column: int = 1) -> SourceText:
        """Text that stands in the file as it is, its first character at (line, column)."""
        starts, places = [0], [(line, column)]
        at = text.find("\n")
        while at != -1:
            line += 1
            starts.append(at + 1)
            places.append((line, 1))
            at = text.find("\n", at + 1)
        return SourceText(text, path, side, tuple(starts), tuple(places))

    @staticmethod
    def of_lines(text: str, path: str, side: Side, places: Sequence[tuple[int, int]]) -> SourceText:
        """Text whose n-th line starts at `places[n]`; lines beyond them follow the last one, line by line."""
        starts = [0]
        at = text.find("\n")
        while at != -1:
            starts.append(at + 1)
            at = text.find("\n", at + 1)
        known = list(places[: len(starts)]) or [(1, 1)]
        last, column = known[-1]
        known += [(last + i, column) for i in range(1, len(starts) - len(known) + 1)]
        return SourceText(text, path, side, tuple(starts), tuple(known))

    @staticmethod
    def joined(pieces: Sequence[SourceText]) -> SourceText:
        """The pieces one after the other; there is at least one."""
        starts: list[int] = []
        places: list[tuple[int, int]] = []
        length = 0
        for piece in pieces:
            starts += [length + start for start in piece.starts]
            places += piece.places
            length += len(piece.text)
        first = pieces[0]
        return SourceText("".join(p.text for p in pieces), first.path, first.side, tuple(starts), tuple(places))

    def place(self, offset: int) -> tuple[int, int]:
        """(line, column) in the file of the character at `offset`; one past the end is allowed."""
        index = max(bisect_right(self.starts, offset) - 1, 0)
        line, column = self.places[index]
        return line, column + max(offset - self.starts[index], 0)

    def region(self, start: int, end: int) -> Region:
        line, column = self.place(start)
        last, last_column = self.place(max(end - 1, start))
        return Region(self.side, self.path, line, column, last, last_column + 1)

    def slice(self, start: int, end: int) -> SourceText:
        first = max(bisect_right(self.starts, start) - 1, 0)
        last = bisect_right(self.starts, end)
        starts = (0, *(s - start for s in self.starts[first + 1 : last]))
        places = (self.place(start), *self.places[first + 1 : last])
        return SourceText(self.text[start:end], self.path, self.side, starts, places)

    def with_text(self, text: str) -> SourceText:
        """The same places for another text of equal length."""
        assert len(text) == len(self.text)
        return SourceText(text, self.path, self.side, self.starts, self.places)

    def without(self, spans: Sequence[tuple[int, int]]) -> SourceText:
        """The text without the given stretches (ordered, apart), everything else still placed."""
        pieces: list[SourceText] = []
        at = 0
        for start, end in spans:
            if start > at or not pieces:
                pieces.append(self.slice(at, start))
            at = end
        pieces.append(self.slice(at, len(self.text)))
        return SourceText.joined(pieces)
