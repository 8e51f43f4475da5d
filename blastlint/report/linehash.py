"""GitHub's primaryLocationLineHash: the fingerprint by which code scanning knows an alert again when lines move.

Published with codeql-action (MIT): a rolling hash, base 37 modulo 2**64, over the 100 UTF-16 units that start at the line's
first unit that is no space or tab; spaces and tabs are skipped, line ends are LF, and the file ends in 65535 and zeros. The
number after the colon says which occurrence of this value in the file it is.
"""

from __future__ import annotations

from array import array

_WINDOW = 100
_BASE = 37
_MASK = (1 << 64) - 1


class LineHashes:
    """The hashes of one file's lines, on demand."""

    def __init__(self, text: str) -> None:
        dense = text.replace("\r\n", "\n").replace("\r", "\n").replace(" ", "").replace("\t", "")
        units = array("H", dense.encode("utf-16-le", "surrogatepass"))
        self._starts = [0] + [index + 1 for index, unit in enumerate(units) if unit == 10]
        units.extend([65535] + [0] * _WINDOW)
        self._units = units
        self._occurrences = self._counted()

    def of(self, line: int) -> str:
        """`<hex>:<n>` of a 1-based line that the file has."""
        value = 0
        for unit in self._window(self._starts[line - 1]):
            value = (value * _BASE + unit) & _MASK
        return f"{value:x}:{self._occurrences[line - 1]}"

    def _window(self, start: int) -> array[int]:
        return self._units[start : start + _WINDOW]

    def _counted(self) -> list[int]:
        """For each line, which occurrence of its window it is. Equal windows are equal hashes, and cheaper to compare."""
        seen: dict[int, int] = {}
        found: list[int] = []
        for start in self._starts:
            key = hash(self._window(start).tobytes())
            seen[key] = seen.get(key, 0) + 1
            found.append(seen[key])
        return found
