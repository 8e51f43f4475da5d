"""Bytes -> text, and offsets in it -> 1-based lines and columns in code points."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from blastlint.regex import regex

_BREAK = regex(r"\n")
_WIDE = regex(r"[^\x00-\x7f]")


def decode(data: bytes) -> tuple[str, str]:
    """(text without a byte order mark, reason why it may not be exact or ""). Never raises."""
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return data.decode("utf-8-sig", errors="replace"), f"line {line} is not valid UTF-8"


class Lines:
    """Where the lines of one text start: turns an offset into (line, column), both 1-based, in code points."""

    def __init__(self, text: str) -> None:
        self.starts: Sequence[int] = [0, *(match.end() for match in _BREAK.finditer(text))]

    def place(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def line(self, offset: int) -> int:
        return bisect_right(self.starts, offset)


class CodePoints:
    """Byte offsets of a UTF-8 text -> offsets in code points: what parsers that count bytes need."""

    def __init__(self, text: str) -> None:
        self._ends: list[int] = []  # byte offset behind each character that takes more than one byte
        self._extra: list[int] = [0]  # bytes more than characters, up to and with it
        extra = 0
        for match in _WIDE.finditer(text):
            extra += len(match[0].encode("utf-8", errors="replace")) - 1
            self._ends.append(match.end() + extra)
            self._extra.append(extra)

    def offset(self, byte_offset: int) -> int:
        return byte_offset - self._extra[bisect_right(self._ends, byte_offset)]
