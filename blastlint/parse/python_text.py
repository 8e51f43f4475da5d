"""Reading libcst nodes as texts that are equal for equal spellings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import libcst as cst

from blastlint.regex import regex

_PRINTER = cst.Module([])
_LAYOUT = frozenset(
    {
        "lpar", "rpar", "leading_lines", "lines_after_decorators", "header", "footer", "comma", "equal", "colon",
        "semicolon", "dot", "lbracket", "rbracket", "lbrace", "rbrace", "trailing_whitespace", "newline", "indent",
        "returns", "type_parameters", "async_", "asynchronous", "asname", "default_indent", "default_newline", "encoding",
        "has_trailing_newline", "first_colon", "second_colon",
    }
)  # fmt: skip
_TOKENS = regex(
    r"""("""  # a string stays as it is, only its quotes may change
    r'''"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')'''
    r"""|(\#[^\n]*)|(\s*,\s*(?=[)\]}]))|((?<=[(\[{])\s+|\s+(?=[)\]}]))|\s+"""
)


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


@lru_cache(maxsize=4096)
def text(node: cst.CSTNode) -> str:
    """Its source on one line: no comments, single spaces, double quotes, no trailing commas."""
    return canonical(_PRINTER.code_for_node(node))


def canonical(source: str) -> str:
    return _TOKENS.sub(_token, source).strip()


def _token(match: re.Match[str]) -> str:
    string = match.group(1)
    if string is not None:
        if string[0] == "'" and not string.startswith("'''") and '"' not in string and "\\" not in string:
            return f'"{string[1:-1]}"'
        return string
    if any(group is not None for group in match.groups()[1:]):
        return ""
    return " "


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
