"""Type conversions, and the marks sensitive() and nonsensitive()."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from blastlint.frozen import replace
from blastlint.model import Value
from blastlint.resolve.terraform.functions.support import Lenient, Strict, list_of, scalar, unknown_call
from blastlint.resolve.terraform.values import (
    EvaluationError,
    any_sensitive,
    as_bool,
    as_number,
    as_string,
    mapping,
    sequence,
    tainted,
)


def unify(elements: tuple[Value, ...]) -> tuple[Value, ...]:
    """Elements of one type, as a list, set or map has them: scalars of different types become strings."""
    kinds = {_kind(e) for e in elements if e.known and e.data is not None}
    if len(kinds) > 1 and "other" in kinds:
        raise EvaluationError("elements of different types")
    if len(kinds) > 1 and kinds <= {"string", "number", "bool"}:
        if kinds == {"number", "bool"}:
            raise EvaluationError("number and bool in one collection")
        return tuple([as_string(e) for e in elements])
    return elements


def _kind(value: Value) -> str:
    data = value.data
    if isinstance(data, bool):
        return "bool"
    if isinstance(data, (int, float)):
        return "number"
    return "string" if isinstance(data, str) else "other"


def _collection(name: str, unordered: bool) -> Callable[[Value], Value]:
    def convert(value: Value) -> Value:
        if not value.known or value.data is None:
            return unknown_call(name, (value,)) if not value.known else value
        made = sequence(unify(list_of(value)), value.region, unordered)
        return tainted(made, (value,)) if value.sensitive else made

    return convert


def _tomap(value: Value) -> Value:
    if not value.known or value.data is None:
        return unknown_call("tomap", (value,), value.data) if not value.known else value
    if not value.is_map:
        raise EvaluationError("tomap: a map is required")
    elements = unify(tuple(value.items.values()))
    return replace(mapping(dict(zip(value.items, elements, strict=True)), value.region), sensitive=value.sensitive)


def _scalar(name: str, convert: Callable[[Value], Value]) -> Callable[[Value], Value]:
    def run(value: Value) -> Value:
        # tostring() of a value of unknown type: the text stays, since the conversion changes no meaning.
        return convert(value)

    run.__name__ = name
    return run


def _sensitive(value: Value) -> Value:
    return replace(value, sensitive=True)


def _nonsensitive(value: Value) -> Value:
    if not any_sensitive((value,)):
        return value
    data = value.data
    if value.known and isinstance(data, tuple):
        return replace(value, data=tuple(map(_nonsensitive, data)), sensitive=False)
    if value.known and isinstance(data, Mapping):
        return replace(value, data={key: _nonsensitive(child) for key, child in data.items()}, sensitive=False)
    return replace(value, sensitive=False)


def _issensitive(value: Value) -> Value:
    return scalar(value.sensitive)


STRICT: Mapping[str, Strict] = {}
LENIENT: Mapping[str, Lenient] = {
    "tolist": _collection("tolist", False),
    "toset": _collection("toset", True),
    "tomap": _tomap,
    "tostring": _scalar("tostring", as_string),
    "tonumber": _scalar("tonumber", as_number),
    "tobool": _scalar("tobool", as_bool),
    "sensitive": _sensitive,
    "nonsensitive": _nonsensitive,
    "issensitive": _issensitive,
    "ephemeralasnull": lambda value: value,
}
