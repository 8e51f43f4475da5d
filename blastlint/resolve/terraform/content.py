"""What two Terraform entities mean, compared: conversions that Terraform makes anyway, and a digest for rename matching."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from blastlint.model import Entity, Value
from blastlint.resolve.terraform.values import json_text, render

_OWN_ADDRESS = "\N{SYMBOL FOR SUBSTITUTE}"


def same(before: Value | None, after: Value | None) -> bool:
    """Whether an argument means the same on both sides: numbers and bools equal their strings, an absent one equals
    null, and
    an empty list or map equals an absent one only if both are so written."""
    if before is None or after is None:
        left = before if after is None else after
        return left is None or (left.known and left.data is None)
    if before.known != after.known:
        return False
    if not before.known:
        return before == after
    a, b = before.data, after.data
    if isinstance(a, tuple) or isinstance(b, tuple):
        return isinstance(a, tuple) and isinstance(b, tuple) and _same_elements(before, after)
    if isinstance(a, Mapping) or isinstance(b, Mapping):
        if not isinstance(a, Mapping) or not isinstance(b, Mapping):
            return False
        return all(same(a.get(key), b.get(key)) for key in {*a, *b})
    if a is None or b is None:
        return a is None and b is None
    return a == b or _scalar_text(a) == _scalar_text(b)


def _same_elements(before: Value, after: Value) -> bool:
    a, b = before.elements, after.elements
    if len(a) != len(b):
        return False
    if before.unordered or after.unordered:
        return sorted(map(_sort_key, a)) == sorted(map(_sort_key, b))
    return all(map(same, a, b))


def _sort_key(value: Value) -> str:
    return _scalar_text(value.data) if value.is_scalar else render(value)


def _scalar_text(data: object) -> str:
    if isinstance(data, str):
        return data
    return json_text(data) if data is None or isinstance(data, (int, float)) else str(data)


def digest(entity: Entity) -> str:
    """A digest of the arguments' meaning, without place, order, formatting and the entity's own name and module: equal at
    different addresses is a rename. Meta-arguments count, `depends_on` does not."""
    parts = [entity.kind, entity.type]
    resource = entity.address.removeprefix(f"{entity.parent}.")
    for name in sorted(entity.attributes.items):
        if name != "depends_on":
            parts.append(f"{name}={_sorted_text(entity.attributes.items[name])}")
    text = "\n".join(parts)
    if entity.parent:
        text = text.replace(f"{entity.parent}.", "")
    text = re.sub(rf"(?<![\w.-]){re.escape(resource)}(?![\w-])", _OWN_ADDRESS, text)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def _sorted_text(value: Value) -> str:
    """Like render, and blind to the order of sets and to the difference of a number and its string."""
    if value.is_map:
        return "{" + ",".join(f"{key}={_sorted_text(child)}" for key, child in sorted(value.items.items())) + "}"
    if value.is_list:
        texts = [_sorted_text(child) for child in value.elements]
        return "[" + ",".join(sorted(texts) if value.unordered else texts) + "]"
    return _scalar_text(value.data) if value.known else value.text
