"""Which lines of two texts correspond, in time that grows with the texts, however often their lines repeat.

Lines that both texts have once are anchors (the longest run of them in the same order), and between two anchors the same
is asked again. Only a short stretch without any anchor is compared line by line.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence

Block = tuple[int, int, int, int]  # old start, old end, new start, new end; 0-based, end exclusive
_SHORT = 10_000  # pairs of lines


def differing(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, Block]]:
    """(whether it is equal, block) for the whole of both texts, in order."""
    i = j = 0
    start: tuple[int, int] | None = None  # of the equal stretch that (i, j) ends
    for a, b in [*_pairs(old, new), (len(old), len(new))]:
        if start is not None and (a, b) != (i, j):
            yield True, (start[0], i, start[1], j)
            start = None
        if (a, b) != (i, j):
            yield False, (i, a, j, b)
        if start is None:
            start = a, b
        i, j = a + 1, b + 1
    if start is not None and start != (len(old), len(new)):
        yield True, (start[0], len(old), start[1], len(new))


def _pairs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Places of equal lines, rising in both."""
    waiting: list[tuple[int, int, int, int]] = [(0, len(old), 0, len(new))]
    while waiting:
        i, end_i, j, end_j = waiting.pop()
        while i < end_i and j < end_j and old[i] == new[j]:
            yield i, j
            i, j = i + 1, j + 1
        if i == end_i or j == end_j:
            continue
        tail = 0
        while tail < min(end_i - i, end_j - j) and old[end_i - 1 - tail] == new[end_j - 1 - tail]:
            tail += 1
        if tail:
            waiting.append((end_i - tail, end_i, end_j - tail, end_j))
            waiting.append((i, end_i - tail, j, end_j - tail))
            continue
        anchors = _anchors(old, new, (i, end_i, j, end_j))
        if anchors:
            # Each stretch begins with its anchor, so that it ends before the next.
            ends = [*anchors[1:], (end_i, end_j)]
            waiting += [(a, c, b, d) for (a, b), (c, d) in zip(anchors, ends, strict=True)][::-1]
            waiting.append((i, anchors[0][0], j, anchors[0][1]))
        elif (end_i - i) * (end_j - j) <= _SHORT:
            yield from _compared(old, new, (i, end_i, j, end_j))


def _anchors(old: Sequence[str], new: Sequence[str], within: Block) -> list[tuple[int, int]]:
    """The longest rising run of lines that stand once in both stretches."""
    i, end_i, j, end_j = within
    once = Counter(old[i:end_i])
    there = Counter(new[j:end_j])
    places = {line: b for b, line in enumerate(new[j:end_j], j) if there[line] == 1}
    found = [(a, places[line]) for a, line in enumerate(old[i:end_i], i) if once[line] == 1 and line in places]
    tops: list[int] = []  # the least last place of a rising run of each length
    last: list[int] = []  # the same, as an index of `found`
    above: list[int] = []  # index of `found` -> the one before it in its run
    for index, (_, b) in enumerate(found):
        length = bisect_left(tops, b)
        tops[length : length + 1] = [b]
        last[length : length + 1] = [index]
        above.append(last[length - 1] if length else -1)
    run: list[tuple[int, int]] = []
    at = last[-1] if last else -1
    while at >= 0:
        run.append(found[at])
        at = above[at]
    return run[::-1]


def _compared(old: Sequence[str], new: Sequence[str], within: Block) -> Iterator[tuple[int, int]]:
    i, end_i, j, end_j = within
    if set(old[i:end_i]).isdisjoint(new[j:end_j]):
        return
    from difflib import SequenceMatcher

    for a, b, size in SequenceMatcher(None, old[i:end_i], new[j:end_j], autojunk=False).get_matching_blocks():
        yield from ((i + a + n, j + b + n) for n in range(size))
