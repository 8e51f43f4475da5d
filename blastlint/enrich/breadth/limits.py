"""How broad the changes of a repository are: the limits that a change's breadth is compared with.

They come from its history: what 99 of 100 of its last changes stayed within, held between LEAST and MOST, so that neither a
quiet year nor a great migration decides alone. Without a history that is long enough, the default holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from blastlint.frozen import dataclass

ENOUGH = 100  # changes: fewer tell nothing about the one in a hundred
_PERCENTILE = 0.99


@dataclass(frozen=True, slots=True)
class Size:
    """How broad one change is: weighted files, parts of the repository, owners."""

    files: float
    components: int
    owners: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """A size, and in words where it comes from: "" for the default."""

    size: Size
    norm: str = ""


DEFAULT = Limits(Size(60.0, 12, 12))
LEAST = Size(40.0, 10, 10)  # no history puts a limit lower: so much can be followed anywhere
MOST = Size(180.0, 36, 36)


def is_near(size: Size) -> bool:
    """Whether a history could put a limit below this size."""
    return size.files > LEAST.files or size.components > LEAST.components or size.owners > LEAST.owners


def limits(sizes: Sequence[Size]) -> Limits:
    """The limits of a repository whose last changes had these sizes."""
    if len(sizes) < ENOUGH:
        return DEFAULT
    files = _usual([size.files for size in sizes], LEAST.files, MOST.files)
    components = _usual([size.components for size in sizes], LEAST.components, MOST.components)
    owners = _usual([size.owners for size in sizes], LEAST.owners, MOST.owners)
    within = [size for size in sizes if size.files <= files and size.components <= components]
    share = f"{len(within) / len(sizes):.0%} of the last {len(sizes)} changes"
    norm = f"{share} stayed within {files:g} files and {components:g} parts"
    return Limits(Size(files, int(components), int(owners)), norm)


def _usual(values: Sequence[float], least: float, most: float) -> float:
    usual = sorted(values)[ceil(_PERCENTILE * len(values)) - 1]
    return float(round(min(max(usual, least), most)))
