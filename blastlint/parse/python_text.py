"""Reading libcst nodes as texts that are equal for equal spellings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import cast

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, CodeSpan, MetadataWrapper

from blastlint.parse.code import Span
from blastlint.parse.spelling import canonical

Text = Callable[[cst.CSTNode], str]


_LAYOUT = frozenset(
    {
        "lpar", "rpar", "leading_lines", "lines_after_decorators", "header", "footer", "comma", "equal", "colon",
        "semicolon", "dot", "lbracket", "rbracket", "lbrace", "rbrace", "trailing_whitespace", "newline", "indent",
        "returns", "type_parameters", "async_", "asynchronous", "asname", "default_indent", "default_newline", "encoding",
        "has_trailing_newline", "first_colon", "second_colon",
    }
)  # fmt: skip


@lru_cache(maxsize=256)
def _fields(kind: type) -> tuple[str, ...]:
    names = kind.__dataclass_fields__  # type: ignore[attr-defined]
    return tuple(n for n in names if n not in _LAYOUT and not n.startswith("whitespace"))


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Child nodes in source order, layout left out. (`node.children` of libcst copies the tree to find them.)"""
    for name in _fields(type(node)):
        value = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from (v for v in value if isinstance(v, cst.CSTNode))


class Source:
    """The source that a tree was read from. Texts are slices of it: one pass over the tree says where every node stands."""

    def __init__(self, tree: cst.Module, source: str) -> None:
        self._tree, self._source = tree, source.encode("utf-8")
        self._texts: dict[cst.CSTNode, str] = {}

    @cached_property
    def _spans(self) -> Mapping[cst.CSTNode, CodeSpan]:
        wrapper = MetadataWrapper(self._tree, unsafe_skip_copy=True)
        return cast("Mapping[cst.CSTNode, CodeSpan]", wrapper.resolve(ByteSpanPositionProvider))

    def text(self, node: cst.CSTNode) -> str:
        """Its source on one line: no comments, single spaces, double quotes, no trailing commas."""
        if node not in self._texts:
            span = self._spans[node]
            source = self._source[span.start : span.start + span.length]
            self._texts[node] = canonical(source.decode("utf-8", "replace"), hashes=True)
        return self._texts[node]

    def span(self, node: object) -> Span:
        """Where it stands in the source; its beginning for what is no node of the tree."""
        span = self._spans.get(cast(cst.CSTNode, node))
        if span is None:
            return (1, 1, 1, 1)
        return (*self._place(span.start), *self._place(span.start + span.length))

    def _place(self, offset: int) -> tuple[int, int]:
        line = self._source.rfind(b"\n", 0, offset) + 1
        return self._source.count(b"\n", 0, offset) + 1, len(self._source[line:offset].decode("utf-8", "replace")) + 1


def dotted(node: cst.CSTNode) -> str:
    """`a.b.c`, through calls and subscripts (`a().b` is `a.b`); "?" for what has no name."""
    parts: list[str] = []
    while True:
        if isinstance(node, cst.Attribute):
            parts.append(node.attr.value)
            node = node.value
        elif isinstance(node, cst.Call):
            node = node.func
        elif isinstance(node, cst.Subscript):
            node = node.value
        elif isinstance(node, cst.Await):
            node = node.expression
        else:
            parts.append(node.value if isinstance(node, cst.Name) else "?")
            return ".".join(reversed(parts))


def is_constant(node: cst.CSTNode) -> bool:
    """A literal, or a container of nothing but literals."""
    if isinstance(node, cst.Name):
        return node.value in ("None", "True", "False")
    if isinstance(node, (cst.Integer, cst.Float, cst.SimpleString, cst.Ellipsis)):
        return True
    if isinstance(node, cst.UnaryOperation):
        return is_constant(node.expression)
    if isinstance(node, (cst.Tuple, cst.List, cst.Set)):
        return all(is_constant(e.value) for e in node.elements)
    if isinstance(node, cst.Dict):
        return not node.elements
    if isinstance(node, cst.Call):
        return isinstance(node.func, cst.Name) and node.func.value in ("dict", "list", "set", "tuple") and not node.args
    return False
