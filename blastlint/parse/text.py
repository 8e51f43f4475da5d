"""Bytes -> text, and offsets in it -> 1-based lines and columns in code points."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from blastlint.regex import regex

_BREAK = regex(r"\n")


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
