"""Resources that a program declares (AWS CDK, CDK for Terraform, Pulumi), by the query `grammars/<language>/declared.scm`.

    new rds.DatabaseInstance(this, "Orders", {deletionProtection: true})
    aws.rds.Instance("orders", deletion_protection=True, opts=ResourceOptions(protect=True))

A call of a class, the scope it stands in where there is one, its name, its arguments. Names of arguments are in snake case
whichever the language, so that one table knows them. Literals have their values, `RemovalPolicy.DESTROY` is DESTROY and
`Duration.days(14)` 14 days; everything else is unknown, as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import cast

import tree_sitter
from tree_sitter import Node

from blastlint.frozen import dataclass, replace
from blastlint.model import Region, Side, Value, unknown
from blastlint.parse.code import Module
from blastlint.parse.grammar import matches, syntax
from blastlint.regex import regex

_FOLDER = Path(__file__).with_name("grammars")
_FAMILY = {"typescript": "javascript", "javascript": "javascript", "python": "python"}
_STRINGS = frozenset({"string", "template_string", "concatenated_string"})
_MAPS = frozenset({"object", "dictionary"})
_LISTS = frozenset({"array", "list", "tuple"})
_WORDS = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None, "undefined": None}
_CLASS = regex(r"(?:^|\.)[A-Z]\w*$")
_CONSTANT = regex(r"\.([A-Z][A-Z0-9_]*)$")
_AMOUNT = regex(r"\.(days|hours|minutes|seconds|millis)\((\d+)\)$")
_HUMP = regex(r"(?<=[a-z0-9])(?=[A-Z])")
_OPTIONS = "opts"  # of Pulumi: what is told to the tool, and not to the provider
_DEEPEST = 30


@dataclass(frozen=True, slots=True)
class Declared:
    """`type` is the class as it is written, `arguments` a map, `header` the line that names it."""

    type: str
    name: str
    arguments: Value
    region: Region
    header: Region


def declared(module: Module, side: Side) -> tuple[Declared, ...]:
    """Everything of the file that is made with arguments, in order: `name` is "" where no text names it."""
    query = _query(module.language, module.path.lower().endswith("x"))
    if query is None or not module.definitions:
        return ()
    reader = _Reader(module.path, side, module.source)
    found = matches(query, cast(Node, module.definitions[0].node))
    return tuple(d for m in found if (d := reader.declared(m["made"][0], m["type"][0], m["arguments"][0])) is not None)


@lru_cache(maxsize=8)
def _query(language: str, markup: bool) -> tree_sitter.Query | None:
    family = _FAMILY.get(language)
    if family is None:
        return None
    text = (_FOLDER / family / "declared.scm").read_text(encoding="utf-8")
    return tree_sitter.Query(syntax(language, markup), text)


def snake(name: str) -> str:
    """`deletionProtection` -> `deletion_protection`."""
    return _HUMP.sub("_", name).lower()


def in_snake_case(value: Value) -> Value:
    """A map with its names in snake case, at every depth."""
    if value.is_map:
        return replace(value, data={snake(key): in_snake_case(child) for key, child in value.items.items()})
    if value.is_list:
        return replace(value, data=tuple(map(in_snake_case, value.elements)))
    return value


class _Reader:
    """Nodes of one file as Values."""

    def __init__(self, path: str, side: Side, source: bytes) -> None:
        self.path, self.side, self.source = path, side, source

    def declared(self, node: Node, type_: Node, arguments: Node) -> Declared | None:
        name = self.text(type_)
        if not _CLASS.search(name):
            return None
        given = [child for child in arguments.named_children if "comment" not in child.type]
        named = next((child for child in given[:2] if child.type in _STRINGS), None)
        region = self.region(node)
        header = Region(self.side, self.path, region.start_line, region.start_column, region.start_line + 1)
        label = self.string(named) if named is not None else ""
        return Declared(name, label, self.arguments(given, region), region, header)

    def text(self, node: Node) -> str:
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def string(self, node: Node) -> str:
        return re.sub(r"^[a-zA-Z]*([\"'`]{1,3})([\s\S]*)\1$", r"\2", self.text(node))

    def region(self, node: Node) -> Region:
        (row, column), (last, end) = node.start_point, node.end_point
        first, behind = self._column(node.start_byte, column), self._column(node.end_byte, end)
        return Region(self.side, self.path, row + 1, first, last + 1, behind)

    def _column(self, byte: int, column: int) -> int:
        return len(self.source[byte - column : byte].decode("utf-8", "replace")) + 1

    def arguments(self, given: Sequence[Node], region: Region, depth: int = 0) -> Value:
        """The named ones, and the entries of the tables among the others; the options of the tool are arguments too."""
        items: dict[str, Value] = {}
        for node in given:
            if node.type == "keyword_argument":
                key, value = self.pair(node, "name", depth)
                items.update(value.items if key == _OPTIONS and value.is_map else {key: value})
            elif node.type in _MAPS:
                items.update(self.value(node, depth).items)
        return Value(items, region=region)

    def pair(self, node: Node, key: str, depth: int) -> tuple[str, Value]:
        name, value = node.child_by_field_name(key), node.child_by_field_name("value")
        written = self.string(name) if name is not None else ""
        return snake(written), self.value(value, depth + 1) if value is not None else unknown("is not written", written)

    def value(self, node: Node, depth: int) -> Value:
        region, text = self.region(node), self.text(node)
        if depth > _DEEPEST:
            return unknown("nested too deep", text, region=region)
        if text in _WORDS:
            return Value(_WORDS[text], region=region)
        if node.type in _STRINGS and not any(
            "substitution" in c.type or "interpolation" in c.type for c in node.children
        ):
            return Value(self.string(node), region=region)
        if node.type in ("number", "integer", "float"):
            return _number(text, region)
        if node.type in _MAPS:
            pairs = (self.pair(child, "key", depth) for child in node.named_children if child.type == "pair")
            return Value(dict(pairs), region=region)
        if node.type in _LISTS:
            elements = (c for c in node.named_children if "comment" not in c.type)
            return Value(tuple(self.value(c, depth + 1) for c in elements), region=region)
        return self._made(node, text, region, depth)

    def _made(self, node: Node, text: str, region: Region, depth: int) -> Value:
        """A constant of a class, an amount of time, or the arguments that a class is made with."""
        constant, amount = _CONSTANT.search(text), _AMOUNT.search(text)
        if constant is not None and node.type in ("member_expression", "attribute"):
            return Value(constant[1], region=region)
        if amount is not None:
            return Value(f"{amount[2]} {amount[1]}", region=region)
        called = node.child_by_field_name("constructor") or node.child_by_field_name("function")
        given = node.child_by_field_name("arguments")
        if called is not None and given is not None and _CLASS.search(self.text(called)):
            return self.arguments(given.named_children, region, depth + 1)
        return unknown("an expression", " ".join(text.split()), region=region)


def _number(text: str, region: Region) -> Value:
    plain = text.replace("_", "")
    if re.fullmatch(r"\d{1,18}", plain):
        return Value(int(plain), region=region)
    return (
        Value(float(plain), region=region) if re.fullmatch(r"\d{1,18}\.\d{1,18}", plain) else Value(text, region=region)
    )
