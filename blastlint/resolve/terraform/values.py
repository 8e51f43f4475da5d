"""Values as Terraform computes with them: construction, conversion, canonical text, and what taints a result.

Two things travel with every operation: `refs`, united from all operands, and `sensitive`. A container's refs are the
union of its
elements'; its own `sensitive` flag is only what marks the whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from blastlint.frozen import dataclass, field, replace
from blastlint.model import Region, Scalar, Value, unknown
from blastlint.resolve.terraform.details import WORKSPACE

NO_REFS: frozenset[str] = frozenset()
DEFAULT_WORKSPACE = "default"  # stands for all that no expression names
MAX_TEXT = 4_000
NULL = Value(None)


@dataclass(slots=True)
class Compared:
    """With what a configuration compares the workspace: all `names`, and those of each map that must have it."""

    names: set[str] = field(default_factory=set)
    required: set[frozenset[str]] = field(default_factory=set)

    def add(self, names: Sequence[str], more: Sequence[str]) -> None:
        """`more` is what stands for any other name, where another one is allowed."""
        self.names.update(names, more)
        if not more:
            self.required.add(frozenset(names))


class EvaluationError(Exception):
    """What Terraform itself would refuse: try() and can() catch it, everywhere else it makes an unknown value."""


def refs_of(values: Iterable[Value]) -> frozenset[str]:
    refs = NO_REFS
    for value in values:
        if value.refs:
            refs = refs | value.refs if refs else value.refs
    return refs


def any_sensitive(values: Iterable[Value]) -> bool:
    """Whether one of them is sensitive, or has something sensitive in it."""
    for value in values:
        if value.sensitive:
            return True
        if isinstance(value.data, tuple):
            if any_sensitive(value.data):
                return True
        elif value.is_map and any_sensitive(value.items.values()):
            return True
    return False


def wholly_known(value: Value) -> bool:
    """Whether nothing in it is unknown."""
    if not value.known:
        return False
    data = value.data
    if isinstance(data, tuple):
        return all(map(wholly_known, data))
    return all(map(wholly_known, value.items.values()))


def sequence(elements: Iterable[Value], region: Region | None = None, unordered: bool = False) -> Value:
    """A list, tuple or (unordered) set of the elements. A set has each element once, strings in order."""
    items = tuple(elements)
    if unordered:
        items = _distinct(items)
        if all(type(item.scalar) is str for item in items):
            items = tuple(sorted(items, key=lambda item: str(item.data)))
    return Value(items, unordered=unordered, refs=refs_of(items), region=region)


def _distinct(items: tuple[Value, ...]) -> tuple[Value, ...]:
    scalars = [item.data for item in items if item.is_scalar]
    if len(scalars) == len(items):
        return tuple({(type(item.data) is bool, item.data): item for item in reversed(items)}.values())[::-1]
    found: list[Value] = []
    for item in items:
        if item not in found:
            found.append(item)
    return tuple(found)


def mapping(items: Mapping[str, Value], region: Region | None = None) -> Value:
    return Value(items, refs=refs_of(items.values()), region=region)


def tainted(value: Value, sources: Iterable[Value]) -> Value:
    """`value` with the refs and the sensitivity of what it was computed from."""
    sources = tuple(sources)
    refs = refs_of(sources)
    sensitive = value.sensitive or any_sensitive(sources)
    if refs <= value.refs and sensitive == value.sensitive:
        return value
    return replace(value, refs=value.refs | refs, sensitive=sensitive)


def element_of(container: Value, element: Value) -> Value:
    """An element as it comes out of its container: sensitive when the whole is."""
    return replace(element, sensitive=True) if container.sensitive and not element.sensitive else element


def cannot_know(text: str, sources: Iterable[Value], region: Region | None = None, data: object = None) -> Value:
    """The unknown result of an operation on `sources`, of which one is unknown; its reason is the first such one's."""
    sources = tuple(sources)
    reason = next((r for r in map(first_reason, sources) if r), "unknown")
    known_part = data if isinstance(data, (str, tuple, Mapping)) else None
    return Value(
        known_part, known=False, reason=reason, text=shortened(text), sensitive=any_sensitive(sources),
        refs=refs_of(sources), region=region,
    )  # fmt: skip


def failed(error: Exception, text: str, region: Region | None) -> Value:
    """An expression that Terraform would refuse, or that is more than is computed here, as an unknown value."""
    return unknown(str(error), shortened(text), region=region)


def first_reason(value: Value) -> str:
    """Why the value is not wholly known, or ""."""
    if not value.known:
        return value.reason or "unknown"
    children = value.data if isinstance(value.data, tuple) else value.items.values()
    return next((r for r in map(first_reason, children) if r), "")


def is_something(value: Value) -> bool:
    """Whether an unknown value is surely not null: something is known of it that only a thing has."""
    return value.data is not None and not getattr(value.data, "nullable", False)


def is_workspace(value: Value) -> bool:
    """Whether what is unknown is the name of the workspace or made of it alone, and nothing that a map has for it."""
    return not value.known and value.refs == {WORKSPACE} and "[" not in value.text and "lookup(" not in value.text


def shortened(text: str) -> str:
    """Long texts keep their beginning and a digest: equality survives, and chains of locals cannot blow up."""
    if len(text) <= MAX_TEXT:
        return text
    import hashlib  # costs as much as ten modules

    return f"{text[:200]}...sha256:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()}"


def render(value: Value) -> str:
    """The canonical expression of a value. Equal values have equal texts."""
    if not value.known:
        return value.text or "unknown"
    data = value.data
    if isinstance(data, tuple):
        body = "[" + ", ".join([render(element) for element in data]) + "]"
        return shortened(f"toset({body})" if value.unordered else body)
    if value.is_map:
        items = value.items
        return shortened("{" + ", ".join([f"{json_text(key)} = {render(items[key])}" for key in sorted(items)]) + "}")
    return json_text(value.scalar)


def json_text(data: Scalar) -> str:
    if isinstance(data, str):
        return json.dumps(data, ensure_ascii=False)
    if data is None:
        return "null"
    if isinstance(data, bool):
        return "true" if data else "false"
    return number_text(data)


def number_text(number: int | float) -> str:
    """A number as Terraform turns it into a string: no exponent, no trailing zero."""
    if isinstance(number, int):
        return str(number)
    from decimal import Decimal

    text = format(Decimal(repr(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def type_name(value: Value) -> str:
    data = value.data
    if not value.known:
        return "unknown"
    if isinstance(data, tuple):
        return "set" if value.unordered else "list"
    if isinstance(data, Mapping):
        return "map"
    if isinstance(data, str):
        return "string"
    if isinstance(data, bool):
        return "bool"
    return "null" if data is None else "number"


# Conversions of known scalars; unknowns and nulls pass unchanged, and keep what they carry.


def as_string(value: Value) -> Value:
    data = value.data
    if not value.known or isinstance(data, str) or data is None:
        return value
    if isinstance(data, (tuple, Mapping)):
        raise EvaluationError(f"string required, not {type_name(value)}")
    return replace(value, data=json_text(data))


def as_number(value: Value) -> Value:
    data = value.data
    if not value.known or data is None or (isinstance(data, (int, float)) and not isinstance(data, bool)):
        return value
    if isinstance(data, str):
        number = parse_number(data)
        if number is not None:
            return replace(value, data=number)
    raise EvaluationError(f"number required, not {type_name(value)}")


def parse_number(text: str) -> int | float | None:
    """A decimal number written as Terraform reads it from a string, or None."""
    if len(text) > 400 or not text or text != text.strip() or "_" in text:
        return None
    try:
        if text.lstrip("-").isdecimal():
            return int(text)
        number = float(text)
    except ValueError:
        return None
    if number != number or number in (float("inf"), float("-inf")):
        return None
    return int(number) if number.is_integer() else number


def as_bool(value: Value) -> Value:
    data = value.data
    if not value.known or data is None or isinstance(data, bool):
        return value
    if isinstance(data, str) and data in ("true", "1"):
        return replace(value, data=True)
    if isinstance(data, str) and data in ("false", "0"):
        return replace(value, data=False)
    raise EvaluationError(f"bool required, not {type_name(value)}")


def equal(left: Value, right: Value) -> bool:
    """Terraform's `==` on wholly known values: types differ, values differ."""
    a, b = left.data, right.data
    if isinstance(a, tuple) and isinstance(b, tuple):
        if left.unordered and right.unordered:
            return len(a) == len(b) and all(any(equal(x, y) for y in b) for x in a)
        return len(a) == len(b) and all(map(equal, a, b))
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(equal(a[key], b[key]) for key in a)
    return isinstance(a, bool) == isinstance(b, bool) and a == b


def plain(value: Value) -> object:
    """A wholly known value as Python data: dict, list, str, int, float, bool, None."""
    data = value.data
    if isinstance(data, tuple):
        return [plain(element) for element in data]
    if isinstance(data, Mapping):
        return {key: plain(element) for key, element in data.items()}
    return data


def from_plain(data: object) -> Value:
    """Python data as a Value."""
    if isinstance(data, dict):
        return Value({str(key): from_plain(element) for key, element in data.items()})
    if isinstance(data, (list, tuple)):
        return Value(tuple([from_plain(element) for element in data]))
    if isinstance(data, float) and data.is_integer() and abs(data) < 1e18:
        return Value(int(data))
    if data is None or isinstance(data, (str, int, float, bool)):
        return Value(data)
    return Value(str(data))
