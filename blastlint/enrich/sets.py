"""Effective sets: what rules allow together, compared point by point. One model for permissions and for networks.

A rule stands for a box: one set for each dimension (action, resource, principal, condition; protocol, port, address). A box
is cut into cells, the parts of it of which every point lies in the same other boxes. Whatever rules say together is said of
each cell, so splitting, merging and reordering rules means nothing, and what is wider is measured exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

from blastlint.frozen import dataclass

Indexes = frozenset[int]
Set = TypeVar("Set")

_MAX_CELLS = 2_000  # a box that is cut into more is not compared further: what is left of it is not said to be wider


class Dimension(Protocol[Set]):
    """How the sets of one dimension are cut."""

    def cells(self, whole: Set, others: Sequence[tuple[int, Set]]) -> Iterator[tuple[Set, Indexes]]:
        """The parts of `whole`, each with the indexes of those of the others that contain it. A part that another one
        contains in some of its points only does not occur: it is cut in two."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One part of a box. `within[n]` are the other boxes that contain it in the first n + 1 dimensions."""

    sets: tuple[object, ...]
    within: tuple[Indexes, ...]

    @property
    def boxes(self) -> Indexes:
        """The other boxes that contain it whole."""
        return self.within[-1]


def cells(
    dimensions: Sequence[Dimension[object]], box: Sequence[object], others: Sequence[Sequence[object]]
) -> Iterator[Cell]:
    """The box cut along all dimensions, at most _MAX_CELLS of them."""
    left = [_MAX_CELLS]

    def cut(depth: int, sets: tuple[object, ...], within: tuple[Indexes, ...]) -> Iterator[Cell]:
        if depth == len(dimensions):
            left[0] -= 1
            yield Cell(sets, within)
            return
        inside = within[-1] if within else frozenset(range(len(others)))
        there = [(index, others[index][depth]) for index in sorted(inside)]
        for part, covering in dimensions[depth].cells(box[depth], there):
            if left[0] <= 0:
                return
            yield from cut(depth + 1, (*sets, part), (*within, covering))

    yield from cut(0, (), ())


class Intervals:
    """Sets of whole numbers, as inclusive intervals: ports, and the addresses of a network."""

    def cells(
        self, whole: tuple[int, int], others: Sequence[tuple[int, tuple[int, int]]]
    ) -> Iterator[tuple[tuple[int, int], Indexes]]:
        low, high = whole
        starts = {low}
        for _, (first, last) in others:
            starts.update(point for point in (first, last + 1) if low < point <= high)
        ordered = sorted(starts)
        pieces: list[tuple[tuple[int, int], Indexes]] = []
        for start, end in zip(ordered, (*(s - 1 for s in ordered[1:]), high), strict=True):
            inside = frozenset(i for i, (first, last) in others if first <= start and end <= last)
            if pieces and pieces[-1][1] == inside:
                pieces[-1] = ((pieces[-1][0][0], end), inside)
            else:
                pieces.append(((start, end), inside))
        yield from pieces
