"""Places in files, and the values that stand there: known, or unknown with a reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import NoneType
from typing import Literal

from blastlint.frozen import dataclass, field

Side = Literal["before", "after"]
Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of one file on one side. Lines and columns are 1-based, the end is exclusive, columns count code points."""

    side: Side
    path: str
    start_line: int
    start_column: int = 1
    end_line: int = 0
    end_column: int = 1

    @property
    def last_line(self) -> int:
        """The last line that has a character of the region in it."""
        if self.end_line <= self.start_line:
            return self.start_line
        return self.end_line - 1 if self.end_column <= 1 else self.end_line


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that a finding names: a dependent, a caller, a child that the finding stands for."""

    message: str
    region: Region | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """How a string of several lines stands in its file: `literal` keeps its line breaks, so that line n of the text (from 0)
    is line `line + n` of the file; `folded` and `quoted` do not. `indent` is the number of columns before the content."""

    style: Literal["literal", "folded", "quoted"]
    line: int
    indent: int = 0


# What a Value's data is asked for by: concrete types, since asking for a Mapping costs ten times as much.
_SCALARS = (str, int, float, NoneType)
_NO_MAP = (*_SCALARS, tuple)


@dataclass(frozen=True, slots=True)
class Value:
    """One effective value: a scalar, a list, a map, or unknown with a reason. Either way it carries `refs`, the addresses
    that it depends on.

    Equality is equality of meaning: regions and refs do not count. `text` is the canonical source of an unknown value
    with the known parts filled in, so that two unknowns are equal when their texts are.
    `unordered` marks set semantics; `sensitive` values are masked wherever they would be shown.
    """

    data: Scalar | tuple[Value, ...] | Mapping[str, Value] = None
    known: bool = True
    reason: str = field(default="", compare=False)
    text: str = ""
    unordered: bool = False
    sensitive: bool = field(default=False, compare=False)
    refs: frozenset[str] = field(default=frozenset(), compare=False)
    region: Region | None = field(default=None, compare=False)
    block: Block | None = field(default=None, compare=False)

    @property
    def is_map(self) -> bool:
        return self.known and not isinstance(self.data, _NO_MAP)

    @property
    def is_list(self) -> bool:
        return self.known and isinstance(self.data, tuple)

    @property
    def is_scalar(self) -> bool:
        return self.known and isinstance(self.data, _SCALARS)

    @property
    def items(self) -> Mapping[str, Value]:
        """The entries of a map; empty for everything else."""
        return self.data if self.known and not isinstance(self.data, _NO_MAP) else {}

    @property
    def elements(self) -> tuple[Value, ...]:
        """The elements of a list; empty for everything else."""
        return self.data if self.known and isinstance(self.data, tuple) else ()

    @property
    def scalar(self) -> Scalar:
        """The scalar, or None for lists, maps and unknowns (ask `known` where the difference matters)."""
        return self.data if self.known and isinstance(self.data, _SCALARS) else None

    def get(self, *path: str | int) -> Value | None:
        """The value below `path`, or None when it is absent or lies below an unknown."""
        here: Value | None = self
        for step in path:
            if here is None:
                return None
            if isinstance(step, int):
                here = here.elements[step] if -len(here.elements) <= step < len(here.elements) else None
            else:
                here = here.items.get(step)
        return here

    def leaves(self, prefix: str = "") -> Iterator[tuple[str, Value]]:
        """(dotted path, scalar or unknown or empty container) in document order: `a.b[2].c`."""
        found: list[tuple[str, Value]] = []
        self._leaves(prefix, found)
        return iter(found)

    def _leaves(self, prefix: str, found: list[tuple[str, Value]]) -> None:
        data = self.data
        if not self.known or not data or isinstance(data, _SCALARS):
            found.append((prefix, self))
        elif isinstance(data, tuple):
            for index, child in enumerate(data):
                child._leaves(f"{prefix}[{index}]", found)
        else:
            for key, child in data.items():
                child._leaves(join_path(prefix, key), found)


_PATH_MARKS = frozenset('.[]" ')


def join_path(prefix: str, key: str) -> str:
    """`a` + `b` -> `a.b`; a key that would read as a path is quoted: `a["b.c"]`."""
    if key and _PATH_MARKS.isdisjoint(key):
        return f"{prefix}.{key}" if prefix else key
    return f'{prefix}["{key}"]'


def scalar_text(value: Value | None) -> str:
    """A scalar as text; "" for null, for what is not there, and for all that is no scalar."""
    scalar = value.scalar if value is not None else None
    return "" if scalar is None else str(scalar)


def unknown(reason: str, text: str = "", refs: frozenset[str] = frozenset(), region: Region | None = None) -> Value:
    """A value that cannot be known from source; `text` is its canonical expression."""
    return Value(None, known=False, reason=reason, text=text, refs=refs, region=region)
