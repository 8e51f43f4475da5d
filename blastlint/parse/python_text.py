"""Reading libcst nodes as texts that are equal for equal spellings."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from itertools import accumulate

import libcst as cst
from libcst._nodes.internal import CodegenState  # not public: a test holds it against libcst.metadata

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
    names = (field.name for field in dataclasses.fields(kind))
    return tuple(n for n in names if n not in _LAYOUT and not n.startswith("whitespace"))


_KNOWN: dict[tuple[type, type], bool] = {}


def is_a(node: object, base: type) -> bool:
    """`isinstance`, remembered by class: those of libcst are abstract ones, which take ten times as long to say no."""
    known = _KNOWN.get((type(node), base))
    if known is None:
        known = _KNOWN[type(node), base] = isinstance(node, base)
    return known


def children(node: cst.CSTNode) -> list[cst.CSTNode]:
    """Child nodes in source order, layout left out. (`node.children` of libcst copies the tree to find them.)"""
    found: list[cst.CSTNode] = []
    for name in _fields(type(node)):
        value = getattr(node, name)
        if isinstance(value, (list, tuple)):
            found += value
        elif is_a(value, cst.CSTNode):
            found.append(value)
    return found


class _At:
    """The tokens between entering and leaving: what is a node's own, without the blanks and brackets around it."""

    __slots__ = ("_first", "_last", "_node", "_state")

    def __init__(
        self, state: _Tokens, node: cst.CSTNode, first: cst.CSTNode | None, last: cst.CSTNode | None
    ) -> None:
        self._state, self._node, self._first, self._last = state, node, first, last

    def __enter__(self) -> None:
        self._state.places[id(self._node)] = len(self._state.tokens), 0

    def __exit__(self, *raised: object) -> None:
        places = self._state.places
        start = places[id(self._node if self._first is None else self._first)][0]
        end = len(self._state.tokens) if self._last is None else places[id(self._last)][1]
        places[id(self._node)] = start, end


class _Tokens(CodegenState):
    """libcst's own account of where nodes stand, in numbers of tokens: its providers add up the lengths of texts, hash every
    node and walk the tree a second time, which takes three times as long as all this."""

    def __init__(self, tree: cst.Module) -> None:
        super().__init__(tree.default_indent, tree.default_newline)
        self.places: dict[int, tuple[int, int]] = {}
        self._open: list[int] = []
        self.add_token = self.tokens.append  # type: ignore[assignment, method-assign]  # no frame of Python for each

    def add_indent_tokens(self) -> None:
        self.tokens.extend(self.indent_tokens)

    def pop_trailing_newline(self) -> None:
        """Nodes end with the line end that the tree has and the source may lack."""

    def before_codegen(self, node: cst.CSTNode) -> None:
        self._open.append(len(self.tokens))

    def after_codegen(self, node: cst.CSTNode) -> None:
        start = self._open.pop()
        self.places.setdefault(id(node), (start, len(self.tokens)))

    def record_syntactic_position(  # type: ignore[override]
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> _At:
        return _At(self, node, start_node, end_node)


class Source:
    """The source that a tree was read from. Texts are slices of it: one pass over the tree says where every node stands."""

    def __init__(self, tree: cst.Module, source: str) -> None:
        self._tree, self._source = tree, source
        self._texts: dict[int, str] = {}

    @cached_property
    def _spans(self) -> Mapping[int, tuple[int, int]]:
        """id of a node -> its extent."""
        state = _Tokens(self._tree)
        self._tree._codegen(state)
        ends = [0, *accumulate(map(len, state.tokens))]
        return {node: (ends[start], ends[end]) for node, (start, end) in state.places.items()}

    def text(self, node: cst.CSTNode) -> str:
        """Its source on one line: no comments, single spaces, double quotes, no trailing commas."""
        known = self._texts.get(id(node))
        if known is None:
            known = self._texts[id(node)] = canonical(self._source[slice(*self.extent(node))], hashes=True, escapes=True)
        return known

    def extent(self, node: cst.CSTNode) -> tuple[int, int]:
        """Its first character and the one after its last."""
        return self._spans[id(node)]

    def span(self, node: object) -> Span:
        """Where it stands in the source; its beginning for what is no node of the tree."""
        span = self._spans.get(id(node))
        if span is None:
            return (1, 1, 1, 1)
        return (*self._place(span[0]), *self._place(span[1]))

    def _place(self, offset: int) -> tuple[int, int]:
        line = self._source.rfind("\n", 0, offset) + 1
        return self._source.count("\n", 0, offset) + 1, offset - line + 1


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
