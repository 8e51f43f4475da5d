"""Syntax trees -> terms, by the tables of tables.py."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import tree_sitter
from tree_sitter import Node

from blastlint.parse.grammar import syntax
from blastlint.parse.structure import Lines
from blastlint.parse.terms import EMPTY, Term
from blastlint.parse.terms.tables import CONSTANTS, TABLES

_DEEPEST = 120
_SHOWN = 160
_COMMENTS = frozenset({"comment", "heredoc_body", "line_comment", "block_comment", "heredoc_start", "heredoc_end"})
_FILLED_IN = frozenset(
    {"template_substitution", "interpolation", "variable_name", "member_access_expression", "subscript_expression"}
)


def lowered(language: str, path: str, data: bytes) -> Term:
    """The whole file as one block."""
    source = data[3:] if data.startswith(b"\xef\xbb\xbf") else data
    root = _parser(language, path.lower().endswith("x")).parse(source).root_node
    return _Lowering(language, source, root).term(root, 0)


@lru_cache(maxsize=6)
def _parser(language: str, markup: bool) -> tree_sitter.Parser:
    return tree_sitter.Parser(syntax(language, markup))


class _Lowering:
    def __init__(self, language: str, source: bytes, root: Node) -> None:
        self.table = TABLES[language]
        self.ruby = language == "ruby"
        self.source = source
        self.lines = Lines(source)
        self.here_documents = _here_documents(root) if self.ruby and b"<<" in source else {}

    def slice(self, node: Node) -> str:
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def shown(self, node: Node) -> str:
        text = " ".join(
            self.source[node.start_byte : min(node.end_byte, node.start_byte + 4 * _SHOWN)]
            .decode("utf-8", "replace")
            .split()
        )
        return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."

    def term(self, node: Node, depth: int) -> Term:
        """The term of one node."""
        if depth > _DEEPEST:
            return EMPTY
        kind, table = node.type, self.table
        if kind in table.calls:
            return self.call(node, depth)
        if kind in table.members:
            return self.member(node, depth)
        if kind in table.strings:
            return Term("text", value=self.string(node, depth), span=self.lines.span(node), text=self.shown(node))
        if kind in table.names:
            text = self.slice(node)
            return Term("name", text, text, span=self.lines.span(node))
        if kind in table.literals:
            text = self.slice(node)
            return Term("literal", value=CONSTANTS.get(text, text.lower()), span=self.lines.span(node))
        if kind in table.through:
            return self.passed(node, depth)
        if kind in table.assigns:
            return self.assigned(node, depth)
        if kind in table.functions:
            return self.function(node, depth)
        if kind in table.classes:
            return self.class_(node, depth)
        items, named = self.parts(node, depth)
        if kind in table.blocks:
            return Term("block", body=items, span=self.lines.span(node), text=self.shown(node))
        sort = "list" if kind in table.lists else "map" if kind in table.maps else "other"
        if sort == "map":
            return Term("map", items=items, named=named, span=self.lines.span(node), text=self.shown(node))
        return Term(
            "list" if sort == "list" else "other",
            items=items,
            named=named,
            span=self.lines.span(node),
            text=self.shown(node),
        )

    def parts(self, node: Node | None, depth: int) -> tuple[tuple[Term, ...], tuple[tuple[str, Term], ...]]:
        """(positional, named) terms of the children."""
        items: list[Term] = []
        named: list[tuple[str, Term]] = []
        for child in node.named_children if node is not None else ():
            if child.type in self.table.pairs:
                key, value = self.pair(child)
                if key is not None and value is not None:
                    named.append((self.key(key, depth), self.term(value, depth + 1)))
                elif child.type in self.table.through:
                    items.append(self.term(child, depth + 1))
            elif child.type == "method_definition":
                function = self.term(child, depth + 1)
                named.append((function.name, function))
                items.append(function)
            elif child.type not in _COMMENTS:
                items.append(self.term(child, depth + 1))
        return tuple(items), tuple(named)

    def pair(self, node: Node) -> tuple[Node | None, Node | None]:
        key, value = self.table.pairs[node.type]
        if not key:
            children = node.named_children
            return (children[0], children[-1]) if len(children) > 1 else (None, None)
        return node.child_by_field_name(key), node.child_by_field_name(value) if value else node.named_children[-1]

    def key(self, node: Node, depth: int) -> str:
        term = self.term(node, depth + 1)
        return term.plain or self.slice(node)

    # --- expressions -------------------------------------------------------------------------------------------------

    def call(self, node: Node, depth: int) -> Term:
        called, arguments = self.table.calls[node.type]
        function = node.child_by_field_name(called) if called else None
        given = node.child_by_field_name(arguments)
        items, named = self.parts(given, depth) if given is not None and given.type != "template_string" else ((), ())
        if given is not None and given.type == "template_string":
            items = (self.term(given, depth + 1),)
        body: tuple[Term, ...] = ()
        if node.type in self.table.receivers or (self.ruby and not called):
            receiver = node.child_by_field_name(self.table.receivers.get(node.type, "receiver"))
            on = self.term(receiver, depth + 1) if receiver is not None else None
            block = node.child_by_field_name("block")
            body = self.statements(block, depth) if block is not None else ()
            name = self.slice(function) if function is not None else "call"
        else:
            target = self.term(function, depth + 1) if function is not None else EMPTY
            on, name = target.on, target.name
            if target.sort in ("call", "function", "other"):
                on = target
        return Term("call", name, "", on, items, named, body, self.lines.span(node), self.shown(node))

    def member(self, node: Node, depth: int) -> Term:
        owner, name = self.table.members[node.type]
        left = node.child_by_field_name(owner)
        right = node.child_by_field_name(name) if name else None
        on = self.term(left, depth + 1) if left is not None else None
        last = self.slice(right).strip("'\"") if right is not None else ""
        if not name and on is not None:
            return on  # `Migration[7.0]` is Migration
        return Term("name", last, f"{on.dotted}.{last}" if on is not None else last, on, span=self.lines.span(node))

    def string(self, node: Node, depth: int) -> str:
        if node.type == "heredoc_beginning":
            body = self.here_documents.get(node.id)
            return self.string(body, depth + 1) if body is not None else ""
        if not node.named_children or node.type in ("simple_symbol", "hash_key_symbol"):
            return self.slice(node).strip("'\"`:") if node.type != "raw_string_literal" else self.slice(node).strip("`")
        out: list[str] = []
        at = -1
        for child in node.named_children:
            if child.type in _FILLED_IN:
                out.append("?")
            elif child.type in self.table.strings and depth < _DEEPEST:
                out.append(self.string(child, depth + 1))
            elif child.type == "escape_sequence":
                out.append(_ESCAPES.get(self.slice(child), self.slice(child)[1:]))
            elif child.type in self.table.pieces:
                out.append(self.slice(child))
            at = child.end_byte
        if (
            node.type == "template_string"
            and not any(c.type == "string_fragment" for c in node.named_children)
            and at < 0
        ):
            return self.slice(node).strip("`")
        return "".join(out)

    def passed(self, node: Node, depth: int) -> Term:
        """What only wraps another: the one term in it, else a block of them."""
        inner = [
            c for c in node.named_children if c.type not in _COMMENTS and c.type not in ("decorator", "type_identifier")
        ]
        if len(inner) == 1:
            return self.term(inner[0], depth + 1)
        if node.type in ("as_expression", "satisfies_expression") and inner:
            return self.term(inner[0], depth + 1)
        if node.type == "composite_literal" and inner:
            return self.term(inner[-1], depth + 1)
        items, named = self.parts(node, depth)
        return Term("block", items=(), named=named, body=items, span=self.lines.span(node), text=self.shown(node))

    # --- statements --------------------------------------------------------------------------------------------------

    def assigned(self, node: Node, depth: int) -> Term:
        left, right = (node.child_by_field_name(f) for f in self.table.assigns[node.type])
        name = self.slice(left) if left is not None else ""
        value = (self.term(right, depth + 1),) if right is not None else ()
        if (
            value
            and value[0].sort == "list"
            and right is not None
            and right.type == "expression_list"
            and len(value[0].items) == 1
        ):
            value = value[0].items
        return Term("assign", name, items=value, span=self.lines.span(node), text=self.shown(node))

    def function(self, node: Node, depth: int) -> Term:
        name = node.child_by_field_name("name")
        body = self.statements(node.child_by_field_name("body"), depth)
        return Term(
            "function",
            self.slice(name) if name is not None else "",
            body=body,
            span=self.lines.span(node),
            text=self.shown(node),
        )

    def class_(self, node: Node, depth: int) -> Term:
        name = node.child_by_field_name("name")
        bases: list[Term] = []
        for child in node.named_children:
            if child.type in ("superclass", "class_heritage", "argument_list", "base_clause"):
                bases += [self.term(c, depth + 1) for c in child.named_children]
        body = self.statements(node.child_by_field_name("body"), depth)
        return Term(
            "class",
            self.slice(name) if name is not None else "",
            items=tuple(bases),
            body=body,
            span=self.lines.span(node),
        )

    def statements(self, node: Node | None, depth: int) -> tuple[Term, ...]:
        """The statements of a body; of an expression alone where it is one."""
        if node is None:
            return ()
        if node.type not in self.table.blocks and node.type not in ("class_body", "do_block", "block"):
            return (self.term(node, depth + 1),)
        found: list[Term] = []
        for child in node.named_children:
            if child.type in _COMMENTS or child.type.endswith("parameters"):
                continue
            if self.ruby and child.type in ("body_statement", "block_body"):
                found += self.statements(child, depth + 1)
            else:
                found.append(self.term(child, depth + 1))
        return tuple(found)


_ESCAPES = {"\\n": "\n", "\\t": "\t", "\\r": "\r", '\\"': '"', "\\'": "'", "\\`": "`", "\\\\": "\\"}


def _here_documents(root: Node) -> dict[int, Node]:
    """Beginning -> body, which stands further on: the first comes first."""
    beginnings: list[Node] = []
    bodies: list[Node] = []
    for node in _all(root):
        if node.type == "heredoc_beginning":
            beginnings.append(node)
        elif node.type == "heredoc_body":
            bodies.append(node)
    beginnings.sort(key=lambda n: n.start_byte)
    bodies.sort(key=lambda n: n.start_byte)
    return {b.id: body for b, body in zip(beginnings, bodies, strict=False)}


def _all(root: Node) -> Iterator[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(node.named_children)
