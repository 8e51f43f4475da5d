"""Reading JavaScript syntax nodes as texts that are equal for equal spellings."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from blastlint.parse.code import Call, Module, Option
from blastlint.parse.spelling import canonical

_CONSTANTS = frozenset({"null", "undefined", "true", "false", "number", "string"})


class Reader:
    """Texts and calls of one file."""

    def __init__(self, module: Module) -> None:
        self.module = module

    def text(self, node: Node | None) -> str:
        """The source on one line: no comments, single spaces, double quotes, no trailing commas or semicolon."""
        if node is None:
            return ""
        source = self.module.source[node.start_byte : node.end_byte].decode("utf-8", "replace")
        return canonical(source)

    def statement(self, node: Node) -> str:
        """The text of a statement; without the body of a function in it, whose statements are statements of their own."""
        stack = [node]
        while stack:
            here = stack.pop()
            if here.type == "statement_block":
                return canonical(self.module.source[node.start_byte : here.start_byte].decode("utf-8", "replace"))
            stack.extend(reversed(here.named_children))
        return self.text(node)

    def dotted(self, node: Node) -> str:
        """`a.b.c`, through calls, subscripts, `await` and `!`; "?" for what has no name."""
        parts: list[str] = []
        here: Node | None = node
        while here is not None:
            kind = here.type
            if kind == "member_expression":
                parts.append(self.text(here.child_by_field_name("property")))
                here = here.child_by_field_name("object")
            elif kind == "call_expression":
                here = here.child_by_field_name("function")
            elif kind == "new_expression":
                here = here.child_by_field_name("constructor")
            elif kind == "subscript_expression":
                index = here.child_by_field_name("index")
                if index is not None and index.type == "string":
                    parts.append(self.text(index)[1:-1])
                here = here.child_by_field_name("object")
            elif (
                kind in ("await_expression", "parenthesized_expression", "non_null_expression") and here.named_children
            ):
                here = here.named_children[0]
            else:
                plain = (
                    "identifier",
                    "this",
                    "property_identifier",
                    "private_property_identifier",
                    "super",
                    "type_identifier",
                )
                parts.append(self.text(here) if kind in plain else "?")
                break
        return ".".join(reversed(parts))

    def call(self, node: Node) -> Call:
        """A call, `new X(...)`, or a mere name; entries of object arguments are its options."""
        name = self.module.resolved(self.dotted(node))
        arguments = (
            node.child_by_field_name("arguments") if node.type in ("call_expression", "new_expression") else None
        )
        given = [a for a in arguments.named_children if a.type != "comment"] if arguments is not None else []
        options = {
            o.key: o.value for a in given if a.type == "object" for o in self.entries(a, name) if o.owner == name
        }
        return Call(name, tuple(self.text(a) for a in given), options, self.text(node), node)

    def entries(self, node: Node, owner: str) -> Iterator[Option]:
        """The entries of an object literal, nested ones too."""
        if node.type != "object":
            return
        for pair in node.named_children:
            key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            if pair.type == "pair" and key is not None and value is not None:
                name = self.text(key).strip("\"'")
                yield Option(owner, name, self.text(value), pair)
                yield from self.entries(value, f"{owner}.{name}")

    def constant(self, node: Node) -> bool:
        if node.type in ("object", "array"):
            return all(self.constant(c) for c in node.named_children if c.type != "comment") or not node.named_children
        if node.type in ("unary_expression", "parenthesized_expression") and node.named_children:
            return self.constant(node.named_children[0])
        return node.type in _CONSTANTS or self.text(node) == "undefined"
