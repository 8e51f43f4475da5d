"""A block's arguments and nested blocks -> values; `dynamic` blocks expanded."""

from __future__ import annotations

from collections.abc import Mapping

from blastlint.frozen import replace
from blastlint.model import Value, unknown
from blastlint.parse.hcl_ast import Block, header, region, text_of
from blastlint.resolve.terraform.bounds import BLOCK, TooLarge
from blastlint.resolve.terraform.definition import static_path
from blastlint.resolve.terraform.evaluate import Scope, attribute, entries
from blastlint.resolve.terraform.shapes import Assumed
from blastlint.resolve.terraform.values import cannot_know, failed, mapping, render, sequence

META_ARGUMENTS = frozenset({"count", "for_each", "provider", "depends_on", "lifecycle", "providers"})
MAX_BLOCKS = 1_000


def body(block: Block, scope: Scope, skip: frozenset[str] = frozenset()) -> dict[str, Value]:
    """Arguments that are set, and lists of nested blocks, by name."""
    found: dict[str, Value] = {}
    for name, argument in block.attributes.items():
        if name not in skip:
            value = attribute(argument.value, scope)
            if not value.known or value.data is not None:
                found[name] = settled(value)
    for name in nested_names(block):
        if name not in skip:
            blocks = nested(block, name, scope)
            if not blocks.known or blocks.elements:
                found[name] = blocks
    return found


def nested_names(block: Block) -> tuple[str, ...]:
    """The types of nested blocks, those that `dynamic` makes included, in order of appearance."""
    return tuple(dict.fromkeys([_type(child) for child in block.blocks]))


def _type(block: Block) -> str:
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


def nested(block: Block, name: str, scope: Scope) -> Value:
    """The list of one type's nested blocks. When a `dynamic` cannot be counted the whole list is unknown, but its
    `data` has the
    blocks that are known to be there."""
    known: list[Value] = []
    uncounted: list[Value] = []
    for child in block.blocks:
        if _type(child) != name:
            continue
        if child.type != "dynamic":
            known.append(_one(child, scope))
            continue
        reason = _expand(child, scope, known)
        if reason is not None:
            uncounted.append(reason)
    first = next(child for child in block.blocks if _type(child) == name)
    made = sequence(known, header(first))
    if not uncounted:
        return made
    text = f"[{', '.join(map(render, (*known, *uncounted)))}]"
    return cannot_know(text, (*uncounted, made), header(first), tuple(known))


def _one(block: Block, scope: Scope) -> Value:
    if block.type != "provisioner":
        return mapping(body(block, scope), region(block))
    items = {"type": Value(block.labels[0] if block.labels else "", region=header(block))}
    for name in ("when", "on_failure"):  # keywords, not references
        keyword = static_path(block.value(name))
        if keyword:
            items[name] = Value(keyword, region=region(block.attributes[name]))
    items.update(body(block, scope, frozenset(items)))
    return mapping(items, region(block))


def _expand(block: Block, scope: Scope, into: list[Value]) -> Value | None:
    """Add the blocks that a `dynamic` makes; what is left unknown, or None."""
    content, source = block.first("content"), block.value("for_each")
    if content is None or source is None:
        return unknown("dynamic block without for_each or content", text_of(block), region=region(block))
    iterator = static_path(block.value("iterator")) or block.labels[0]
    collection = attribute(source, scope)
    if collection.known and collection.data is None:
        return None
    if not collection.is_map and not collection.is_list:
        body_text = _one(content, scope.bind({iterator: _iteration(None, collection)}))
        text = f"dynamic for {render(collection)} : {render(body_text)}"
        return cannot_know(text, (collection if not collection.known else failed_for_each(collection), body_text))
    pairs = entries(collection)
    if len(pairs) > MAX_BLOCKS:
        return unknown(f"more than {MAX_BLOCKS} blocks", render(collection), collection.refs)
    for key, value in pairs:
        try:
            scope.take(BLOCK)
        except TooLarge as error:
            return unknown(str(error), render(collection), collection.refs)
        made = _one(content, scope.bind({iterator: Value({"key": key, "value": value})}))
        into.append(replace(made, refs=made.refs | collection.refs) if collection.refs else made)
    return None


def failed_for_each(collection: Value) -> Value:
    return unknown("for_each is no collection", render(collection), collection.refs)


def _iteration(key: Value | None, collection: Value) -> Value:
    each = unknown("iteration over an unknown", "each.value", collection.refs)
    return Value({"key": key or unknown("iteration over an unknown", "each.key"), "value": each})


def settled(value: Value) -> Value:
    """The value without the lazy known part of whole resources or modules in it, which only evaluation needs."""
    data = value.data
    if data is None or isinstance(data, (str, int, float)):
        return value
    if not value.known:
        if isinstance(data, Mapping) and type(data) is not dict and not isinstance(data, Assumed):
            return replace(value, data=None)
        return value
    if isinstance(data, tuple):
        elements = tuple([settled(element) for element in data])
        return value if all(a is b for a, b in zip(elements, data, strict=True)) else replace(value, data=elements)
    if isinstance(data, Mapping):
        items = {key: settled(child) for key, child in data.items()}
        return value if all(items[key] is data[key] for key in items) else replace(value, data=items)
    return value


__all__ = ["META_ARGUMENTS", "body", "failed", "nested", "nested_names", "settled"]
