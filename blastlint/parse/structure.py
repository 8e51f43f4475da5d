"""A digest of what a syntax tree means: the same for two spellings of one thing. Shared by the languages."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from blastlint.frozen import dataclass, field
from blastlint.model import Comment, Region, Side
from blastlint.parse.code import Span

if TYPE_CHECKING:
    from tree_sitter import Node


class Lines:
    """Byte places of a source as lines and columns of code points."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self._narrow = source.isascii()
        self.starts = [0, *(m.end() for m in re.finditer(rb"\n", source))]

    def span(self, node: Node) -> Span:
        (start_row, start_column), (end_row, end_column) = node.start_point, node.end_point
        return start_row + 1, self.column(start_row, start_column), end_row + 1, self.column(end_row, end_column)

    def column(self, row: int, column: int) -> int:
        """1-based, of a 0-based row and byte column."""
        if self._narrow:
            return column + 1
        line = self.starts[row]
        return len(self.source[line : line + column].decode("utf-8", "replace")) + 1

    def header(self, row: int, column: int) -> Span:
        """From a 1-based column to the end of a 0-based row."""
        end = self.starts[row + 1] - 1 if row + 1 < len(self.starts) else len(self.source)
        width = len(self.source[self.starts[row] : end].decode("utf-8", "replace"))
        return row + 1, column, row + 1, max(column, width + 1)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a grammar's nodes mean for equality. `ignored` nodes say nothing, `transparent` ones only what is in them,
    `same` maps a type to the one that it is another spelling of. `silent` says so of single nodes."""

    ignored: frozenset[str]
    transparent: frozenset[str]
    punctuation: frozenset[bytes]
    kept_punctuation: Mapping[str, frozenset[bytes]] = field(default_factory=dict)
    same: Mapping[str, str] = field(default_factory=dict)
    leaf: Callable[[Node, bytes], bytes] = lambda node, text: text
    silent: Callable[[Node], bool] = lambda node: False


def digest(root: Node, source: bytes, dialect: Dialect, without: frozenset[int] = frozenset()) -> str:
    """24 hexadecimal digits. Nodes whose id is in `without` are left out. Iterative: nesting may be deep."""
    out: list[bytes] = []
    stack: list[Node | bytes] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, bytes):
            out.append(node)
            continue
        kind = node.type
        if kind in dialect.ignored or node.id in without or dialect.silent(node):
            continue
        children = node.children
        if not children:
            text = source[node.start_byte : node.end_byte]
            if node.is_named or text not in dialect.punctuation or _kept(node, text, dialect):
                out.append(dialect.leaf(node, text))
            continue
        if kind not in dialect.transparent:
            out.append(b"<" + dialect.same.get(kind, kind).encode())
            stack.append(b">")
        stack.extend(reversed(children))
    return hashlib.blake2b(b"\0".join(out), digest_size=12).hexdigest()


def _kept(node: Node, text: bytes, dialect: Dialect) -> bool:
    """Whether punctuation means something where it stands. Asks for the parent last: finding it is a walk from the root."""
    if not any(text in kept for kept in dialect.kept_punctuation.values()):
        return False
    parent = node.parent
    return parent is not None and text in dialect.kept_punctuation.get(parent.type, frozenset())


def blanked(source: bytes, start: int, end: int, holes: list[tuple[int, int]], filler: bytes) -> bytes:
    """`source[start:end]` with every hole (byte ranges, in order) replaced by `filler` and its line ends."""
    pieces: list[bytes] = []
    at = start
    for hole_start, hole_end in holes:
        pieces += [source[at:hole_start], filler, b"\n" * source.count(b"\n", hole_start, hole_end)]
        at = hole_end
    pieces.append(source[at:end])
    return b"".join(pieces)


def directives(path: str, side: Side, source: bytes, mark: re.Pattern[bytes]) -> Iterator[Comment]:
    """Comments that speak to blastlint. Others are not looked for: a walk would cost as much as the parse."""
    for match in mark.finditer(source):
        line = source.count(b"\n", 0, match.start())
        start = source.rfind(b"\n", 0, match.start()) + 1
        end = source.find(b"\n", match.start())
        text = source[match.start() : end if end >= 0 else len(source)].decode("utf-8", "replace")
        column = len(source[start : match.start()].decode("utf-8", "replace")) + 1
        yield Comment(text, Region(side, path, line + 1, column, line + 1, column + len(text)))


def leading(node: Node, kinds: frozenset[str]) -> tuple[Node, ...]:
    """The node, and before it the siblings that belong to it: the attributes of a Rust function."""
    nodes = [node]
    before = node.prev_named_sibling if kinds else None
    while before is not None and before.type in kinds:
        nodes.insert(0, before)
        before = before.prev_named_sibling
    return tuple(nodes)


def error_line(root: Node) -> int:
    """The first line that the grammar could not read, 1-based."""
    here = root
    while True:
        broken = next((c for c in here.children if c.has_error or c.is_missing), None)
        if broken is None or broken.type == "ERROR" or broken.is_missing:
            return (broken or here).start_point[0] + 1
        here = broken


_CLOSURES = frozenset({"arrow_function", "function_expression", "function", "method_definition", "func_literal",
                       "lambda_expression", "closure_expression"})  # fmt: skip


def closure_of(node: Node) -> Node | None:
    """The function without a name of its own that a node stands in, or None."""
    here = node.parent
    while here is not None and here.type not in _CLOSURES:
        here = here.parent
    return here


def sound(root: Node, depth: int = 250) -> bool:
    """Whether the grammar read all of it, and it nests no deeper than `depth`: what a recursive reader can be given."""
    if root.has_error:
        return False
    cursor = root.walk()
    level = 0
    while True:
        if cursor.goto_first_child():
            level += 1
            if level > depth:
                return False
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return True
            level -= 1
