"""XML, and nested maps of YAML and JSON, as terms: an element is a call with its attributes as named arguments and its
children as body. Entities are not expanded beyond those of XML itself, and nothing is fetched.
"""

from __future__ import annotations

from xml.parsers import expat

from blastlint.model import Value, scalar_text
from blastlint.parse.terms import EMPTY, Term

_DEEPEST = 60


def xml(data: bytes) -> Term:
    """The root element; empty for what is no well-formed XML."""
    stack: list[_Open] = [_Open("", (), 1)]
    parser = expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        named = tuple((key.rpartition(":")[2], Term("text", value=value)) for key, value in attributes.items())
        stack.append(_Open(name.rpartition(":")[2], named, parser.CurrentLineNumber))

    def end(name: str) -> None:
        done = stack.pop()
        stack[-1].body.append(done.term(parser.CurrentLineNumber))

    def characters(text: str) -> None:
        if text.strip():
            stack[-1].body.append(Term("text", value=text))

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, characters
    parser.buffer_text = True
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError):
        return EMPTY
    return stack[0].body[0] if stack[0].body else EMPTY


class _Open:
    """An element that is not closed yet."""

    def __init__(self, name: str, named: tuple[tuple[str, Term], ...], line: int) -> None:
        self.name, self.named, self.line = name, named, line
        self.body: list[Term] = []

    def term(self, last: int) -> Term:
        shown = f"<{self.name} " + " ".join(f'{key}="{value.value}"' for key, value in self.named) + ">"
        return Term(
            "call",
            self.name,
            named=self.named,
            body=tuple(self.body),
            span=(self.line, 1, max(last, self.line), 2),
            text=shown,
        )


def nested(name: str, value: Value, depth: int = 0) -> Term:
    """`{dropTable: {tableName: users}}` as the XML element of that name would be."""
    region = value.region
    span = (
        (region.start_line, region.start_column, region.end_line, region.end_column)
        if region is not None
        else (1, 1, 1, 1)
    )
    if depth > _DEEPEST:
        return EMPTY
    if value.is_map:
        named = tuple((key, Term("text", value=_scalar(v))) for key, v in value.items.items() if v.is_scalar)
        body = tuple(nested(key, v, depth + 1) for key, v in value.items.items() if not v.is_scalar)
        flat = tuple(
            t
            for child in body
            for t in (child.body if child.name in ("changes", "columns") or child.sort == "list" else (child,))
        )
        shown = f"{name} " + ", ".join(f"{key}: {term.value}" for key, term in named)
        return Term("call", name, named=named, body=flat, span=span, text=shown.strip())
    if value.is_list:
        body = tuple(_entry(name, v, depth) for v in value.elements)
        return Term("call", name, body=body, span=span, text=name)
    return Term(
        "call", name, named=((name, Term("text", value=_scalar(value))),), span=span, text=f"{name}: {_scalar(value)}"
    )


def _entry(name: str, value: Value, depth: int) -> Term:
    """A list's entry is mostly a map with one key: what it is."""
    items = value.items
    if len(items) == 1:
        key, inner = next(iter(items.items()))
        return nested(key, inner, depth + 1)
    return nested(name, value, depth + 1)


def _scalar(value: Value) -> str:
    if isinstance(value.scalar, bool):
        return str(value.scalar).lower()
    return scalar_text(value)
