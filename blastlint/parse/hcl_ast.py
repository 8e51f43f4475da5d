"""The syntax tree of HCL: what hcl.py and hcl_json.py produce and the resolver reads.

Nobody writes to a node once it is made, but nodes are not frozen: that alone would cost a fifth of the parse, and 6 ms of
every start.

Every node carries its `source` and the code point offsets [start, end) in it; `region(node)` makes a Region of them. Columns
are only computed for the few nodes that somebody shows.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

from blastlint.frozen import dataclass, field
from blastlint.model import Region, Side


class HclError(Exception):
    """Text that is not HCL; `offset` is where it was noticed."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class Source:
    """One text and where it stands. `whole` replaces all positions for text that has none of its own in the file (a decoded
    JSON string)."""

    __slots__ = ("_lines", "path", "side", "text", "whole")

    def __init__(self, path: str, side: Side, text: str, whole: Region | None = None) -> None:
        self.path = path
        self.side: Side = side
        self.text = text
        self.whole = whole
        self._lines: list[int] | None = None

    @property
    def lines(self) -> list[int]:
        """The offset at which each line starts."""
        if self._lines is None:
            starts = [0]
            found = self.text.find("\n")
            while found >= 0:
                starts.append(found + 1)
                found = self.text.find("\n", found + 1)
            self._lines = starts
        return self._lines

    def position(self, offset: int) -> tuple[int, int]:
        """1-based line and column of an offset."""
        lines = self.lines
        line = bisect_right(lines, offset)
        return line, offset - lines[line - 1] + 1

    def region(self, start: int, end: int) -> Region:
        if self.whole is not None:
            return self.whole
        lines = self._lines or self.lines
        line = bisect_right(lines, start)
        column = start - lines[line - 1] + 1
        if line == len(lines) or end < lines[line]:  # within one line, as most
            return Region(self.side, self.path, line, column, line, column + end - start)
        return Region(self.side, self.path, line, column, *self.position(end))


@dataclass(slots=True, eq=False, repr=False)
class Literal:
    """A number, string without interpolation, bool or null."""

    source: Source
    start: int
    end: int
    value: str | int | float | bool | None


@dataclass(slots=True, eq=False, repr=False)
class Name:
    """A bare identifier: the root of a reference, or a keyword such as a type."""

    source: Source
    start: int
    end: int
    name: str


@dataclass(slots=True, eq=False, repr=False)
class Attr:
    """`.name`, a step of a traversal."""

    name: str


@dataclass(slots=True, eq=False, repr=False)
class Index:
    """`[key]`, or `.0`, a step of a traversal."""

    key: Expr


@dataclass(slots=True, eq=False, repr=False)
class Splat:
    """`[*]` or `.*` with the steps that apply to each element."""

    each: tuple[Step, ...]


Step = Attr | Index | Splat


@dataclass(slots=True, eq=False, repr=False)
class Traversal:
    source: Source
    start: int
    end: int
    root: Expr
    steps: tuple[Step, ...]


@dataclass(slots=True, eq=False, repr=False)
class Call:
    """`name(args...)`; `expand` is True when the last argument is followed by `...`."""

    source: Source
    start: int
    end: int
    name: str
    args: tuple[Expr, ...]
    expand: bool


@dataclass(slots=True, eq=False, repr=False)
class Unary:
    source: Source
    start: int
    end: int
    operator: str
    operand: Expr


@dataclass(slots=True, eq=False, repr=False)
class Binary:
    source: Source
    start: int
    end: int
    operator: str
    left: Expr
    right: Expr


@dataclass(slots=True, eq=False, repr=False)
class Conditional:
    source: Source
    start: int
    end: int
    condition: Expr
    yes: Expr
    no: Expr


@dataclass(slots=True, eq=False, repr=False)
class Tuple:
    source: Source
    start: int
    end: int
    items: tuple[Expr, ...]


@dataclass(slots=True, eq=False, repr=False)
class Object:
    """A bare identifier as key is a Literal here; a key in parentheses is the expression within."""

    source: Source
    start: int
    end: int
    items: tuple[tuple[Expr, Expr], ...]


@dataclass(slots=True, eq=False, repr=False)
class For:
    """`[for k, v in c : value if condition]`; `{for ... : key => value...}` when `key` is there; `group` is its `...`."""

    source: Source
    start: int
    end: int
    key_name: str
    value_name: str
    collection: Expr
    key: Expr | None
    value: Expr
    condition: Expr | None
    group: bool


@dataclass(slots=True, eq=False, repr=False)
class Template:
    """Text with interpolations. A part that is a Literal is text; a lone interpolation keeps its value's type."""

    source: Source
    start: int
    end: int
    parts: tuple[Part, ...]


@dataclass(slots=True, eq=False, repr=False)
class TemplateIf:
    """`%{ if c }yes%{ else }no%{ endif }`."""

    condition: Expr
    yes: tuple[Part, ...]
    no: tuple[Part, ...]


@dataclass(slots=True, eq=False, repr=False)
class TemplateFor:
    """`%{ for k, v in c }body%{ endfor }`."""

    key_name: str
    value_name: str
    collection: Expr
    body: tuple[Part, ...]


@dataclass(slots=True, eq=False, repr=False)
class Invalid:
    """Text that is no expression, with the reason."""

    source: Source
    start: int
    end: int
    reason: str


Expr = (
    Literal | Name | Traversal | Call | Unary | Binary | Conditional | Tuple | Object | For | Template | Invalid
)  # fmt: skip
Part = Expr | TemplateIf | TemplateFor


@dataclass(slots=True, eq=False, repr=False)
class Attribute:
    source: Source
    start: int
    end: int
    name: str
    value: Expr


@dataclass(slots=True, eq=False, repr=False)
class Block:
    """`type "label" { ... }`. [start, header_end) is the line that names it; the first attribute of a name wins."""

    source: Source
    start: int
    end: int
    header_end: int
    type: str
    labels: tuple[str, ...]
    attributes: Mapping[str, Attribute]
    blocks: tuple[Block, ...]

    def value(self, name: str) -> Expr | None:
        """The expression of an attribute, or None."""
        attribute = self.attributes.get(name)
        return attribute.value if attribute else None

    def first(self, type: str) -> Block | None:
        """The first nested block of a type, or None."""
        for block in self.blocks:
            if block.type == type:
                return block
        return None

    def all(self, type: str) -> tuple[Block, ...]:
        return tuple(block for block in self.blocks if block.type == type)


@dataclass(slots=True, eq=False, repr=False)
class File:
    """A whole file: the attributes (of .tfvars, terragrunt.hcl) and blocks at its top."""

    source: Source
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()


def region(node: Expr | Attribute | Block) -> Region:
    """Where a node stands."""
    return node.source.region(node.start, node.end)


def header(block: Block) -> Region:
    """Where the block's type and labels stand."""
    return block.source.region(block.start, block.header_end)


def text_of(node: Expr | Attribute | Block) -> str:
    """The node as written."""
    return node.source.text[node.start : node.end]
