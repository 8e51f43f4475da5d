"""Reading syntax nodes of Go, Ruby, Java and Rust as texts and calls, by the words of their language."""

from __future__ import annotations

import re

from tree_sitter import Node

from blastlint.parse.code import Call, Module
from blastlint.parse.grammar import Grammar
from blastlint.parse.spelling import canonical, split
from blastlint.regex import regex

_CONSTANT = regex(
    r"""^(return\b)?\s*(?:(?:nil|null|None|true|false|True|False|void|-?\d[\w.]*|"[^"]*"|:\w+|\[\]|\{\}|\(\)|\w+\s*\{\}"""
    r"""|(?:dict|list|set|tuple)\(\)|Ok\(\(\)\)|Ok\(None\))(?:\s*,\s*|$))*$"""
)


class Reader:
    """Texts and calls of one file."""

    def __init__(self, module: Module, syntax: Grammar) -> None:
        self.module, self.syntax = module, syntax

    def resolved(self, name: str) -> str:
        return self.module.resolved(name.replace("::", "."))

    def text(self, node: Node | None) -> str:
        """The source on one line: no comments, single spaces, double quotes, no trailing commas or semicolon."""
        return "" if node is None else self.slice(node.start_byte, node.end_byte)

    def slice(self, start: int, end: int) -> str:
        return canonical(self.module.source[start:end].decode("utf-8", "replace"), self.syntax.hashes)

    def condition(self, node: Node) -> str:
        """A condition without the brackets that the language wants around it."""
        while node.type == "parenthesized_expression" and node.named_child_count == 1:
            node = node.named_children[0]
        return self.text(node)

    def dotted(self, node: Node) -> str:
        """`a.b.c`, through calls and subscripts; "?" for what has no name."""
        parts: list[str] = []
        here: Node | None = node
        members, through = self.syntax.members, self.syntax.through
        while here is not None:
            kind = here.type
            if kind in members:
                inner, name = members[kind]
                parts.append(self.text(here.child_by_field_name(name)))
                here = here.child_by_field_name(inner)
                continue
            if kind in through:
                field = through[kind]
                here = here.child_by_field_name(field) if field else next(iter(here.named_children), None)
                continue
            text = self.text(here)
            parts.append(text.replace("::", ".").lstrip("@$&*:") if re.fullmatch(r"[\w:@$&*.?!]+", text) else "?")
            break
        return ".".join(reversed([p for p in parts if p]))

    def call(self, node: Node, name: Node | None, arguments: Node | None) -> Call:
        """A call, or for decorators a mere name."""
        dotted = self.resolved(self.dotted(name if name is not None else node))
        if node.type in self.syntax.kinds("macros"):
            dotted += "!"
        given = self.arguments(arguments)
        options: dict[str, str] = {}
        positional: list[str] = []
        for text, key, value in given:
            if key:
                options[key] = value
            else:
                positional.append(text)
        return Call(dotted, tuple(positional), options, self.text(node), node)

    def arguments(self, node: Node | None) -> list[tuple[str, str, str]]:
        """(text, key, value) of each argument; key and value are empty where it has no name."""
        if node is None:
            return []
        if node.type in self.syntax.kinds("token_trees"):
            return [(text, "", "") for text in split(self.text(node)[1:-1])]
        found: list[tuple[str, str, str]] = []
        for child in node.named_children:
            if child.type in self.syntax.kinds("named") and child.named_child_count >= 2:
                key, value = child.named_children[0], child.named_children[-1]
                found.append((self.text(child), self.text(key).strip("\"':"), self.text(value)))
            elif child.type not in self.syntax.kinds("comment_nodes"):
                found.append((self.text(child), "", ""))
        return found

    def constant_text(self, text: str) -> bool:
        """Whether it is, or returns, nothing but a literal that stands for nothing."""
        return _CONSTANT.match(text) is not None
