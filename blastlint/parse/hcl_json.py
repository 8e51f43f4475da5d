"""Terraform's JSON syntax (.tf.json, .tfvars.json) -> the same hcl_ast.File as hcl.py makes.

JSON cannot tell an argument from a nested block without the provider's schema: what Terraform itself defines becomes
blocks, the rest
arguments (a list of objects means the same as blocks). Strings are templates; where Terraform wants a bare reference
or a type
(depends_on, ignore_changes, ...) they are parsed as expressions. In .tfvars.json they are plain.
"""

from __future__ import annotations

from collections.abc import Mapping

from blastlint.frozen import replace
from blastlint.model import Document, Region, Side, Value
from blastlint.parse import json as json_parser
from blastlint.parse.hcl import expression, template
from blastlint.parse.hcl_ast import Attribute, Block, Expr, File, Literal, Object, Source, Tuple
from blastlint.parse.keytree import KeyTree

# block type -> how many labels stand between it and its body
_TOP = {
    "resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1, "provider": 1, "check": 1,
    "locals": 0, "terraform": 0, "moved": 0, "removed": 0, "import": 0,
}  # fmt: skip
# The nested blocks that Terraform itself defines, by the block they are in.
_LIFECYCLE = {"precondition": 0, "postcondition": 0}
_IN_RESOURCE = {"lifecycle": 0, "provisioner": 1, "connection": 0, "dynamic": 1}
_NESTED: Mapping[str, Mapping[str, int]] = {
    "resource": _IN_RESOURCE,
    "data": _IN_RESOURCE,
    "lifecycle": _LIFECYCLE,
    "variable": {"validation": 0},
    "output": _LIFECYCLE,
    "removed": {"lifecycle": 0, "provisioner": 1},
    "terraform": {"backend": 1, "cloud": 0, "required_providers": 0},
    "cloud": {"workspaces": 0},
    "check": {"data": 2, "assert": 0},
    "dynamic": {"content": 0},
    "content": {"dynamic": 1},
}
_BARE = frozenset({"depends_on", "ignore_changes", "replace_triggered_by", "provider", "providers", "from", "to"})


def parse(path: str, side: Side, data: bytes) -> Document:
    """The Document of a .tf.json or .tfvars.json file; its content is always a File."""
    read = json_parser.parse(path, side, data)
    tree = read.content
    root = tree.documents[0] if isinstance(tree, KeyTree) and tree.documents else Value({})
    reader = _Reader(path, side)
    if path.endswith(".tfvars.json"):
        attributes = {name: reader.attribute(name, value, plain=True) for name, value in root.items.items()}
        file = File(Source(path, side, ""), attributes)
    else:
        blocks = [
            b for name, value in root.items.items() if name in _TOP for b in reader.blocks(name, value, _TOP[name], ())
        ]
        file = File(Source(path, side, ""), {}, tuple(blocks))
    return replace(read, language="terraform-json", content=file)


class _Reader:
    def __init__(self, path: str, side: Side) -> None:
        self.path = path
        self.side: Side = side

    def blocks(self, type: str, value: Value, labels: int, names: tuple[str, ...]) -> list[Block]:
        """The blocks below a property: one level of keys for each label, then bodies, each alone or in an array."""
        if value.is_list:
            return [block for child in value.elements for block in self.blocks(type, child, labels, names)]
        if labels:
            found = value.items.items()
            return [
                b for name, child in found if name != "//" for b in self.blocks(type, child, labels - 1, (*names, name))
            ]
        return [self._block(type, value, names)] if value.is_map else []

    def _block(self, type: str, value: Value, labels: tuple[str, ...]) -> Block:
        nested = _NESTED.get(type, {})
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        for name, child in value.items.items():
            if name in nested:
                blocks += self.blocks(name, child, nested[name], ())
            elif name != "//":
                bare = name in _BARE or (type == "variable" and name == "type")
                attributes[name] = self.attribute(name, child, bare=bare)
        source = self._source(value.region, "")
        return Block(source, 0, 0, 0, type, labels, attributes, tuple(blocks))

    def attribute(self, name: str, value: Value, plain: bool = False, bare: bool = False) -> Attribute:
        return Attribute(self._source(value.region, ""), 0, 0, name, self._expression(value, plain, bare))

    def _expression(self, value: Value, plain: bool, bare: bool) -> Expr:
        source = self._source(value.region, "")
        if value.is_list:
            return Tuple(source, 0, 0, tuple([self._expression(child, plain, bare) for child in value.elements]))
        if value.is_map:
            items = [
                (self._text(key, source, plain), self._expression(child, plain, bare))
                for key, child in value.items.items()
            ]
            return Object(source, 0, 0, tuple(items))
        data = value.scalar
        if not isinstance(data, str):
            return Literal(source, 0, 0, data)
        if bare:
            return expression(self._source(value.region, data))
        return self._text(data, source, plain)

    def _text(self, text: str, source: Source, plain: bool) -> Expr:
        if plain or ("${" not in text and "%{" not in text):
            return Literal(source, 0, 0, text)
        return template(self._source(source.whole, text))

    def _source(self, whole: Region | None, text: str) -> Source:
        return Source(self.path, self.side, text, whole or Region(self.side, self.path, 1))
