"""Type constraints of variables: conversion of a value as Terraform does it, with the defaults of optional()."""

from __future__ import annotations

from collections.abc import Mapping

from blastlint.frozen import replace
from blastlint.model import Value
from blastlint.parse.hcl_ast import Call, Expr, Literal, Name, Object, Tuple
from blastlint.resolve.terraform.evaluate import Scope, attribute
from blastlint.resolve.terraform.values import (
    EvaluationError,
    as_bool,
    as_number,
    as_string,
    mapping,
    sequence,
)

_SCALARS = {"string": as_string, "number": as_number, "bool": as_bool}
_NOTHING = Scope(None)


def convert(value: Value, constraint: Expr | None) -> Value:
    """The value in the constraint's type. Unknown parts pass; EvaluationError where it does not fit."""
    if constraint is None or not value.known:
        return value
    if isinstance(constraint, Literal):  # Terraform 0.11's "string", "list", "map"
        return convert(value, Name(constraint.source, constraint.start, constraint.end, str(constraint.value)))
    if isinstance(constraint, Name):
        scalar = _SCALARS.get(constraint.name)
        if scalar:
            return scalar(value)
        if constraint.name in ("list", "set", "map"):
            return _collection(value, constraint.name, None)
        return value
    if not isinstance(constraint, Call) or not constraint.args:
        return value
    argument = constraint.args[0]
    if constraint.name in ("list", "set", "map"):
        return _collection(value, constraint.name, argument)
    if constraint.name == "object" and isinstance(argument, Object):
        return _object(value, argument)
    if constraint.name == "tuple" and isinstance(argument, Tuple):
        return _tuple(value, argument)
    return convert(value, argument) if constraint.name == "optional" else value


def _collection(value: Value, name: str, element: Expr | None) -> Value:
    if value.data is None:
        return value
    from blastlint.resolve.terraform.functions.conversion import unify

    if name == "map":
        if not value.is_map:
            raise EvaluationError("a map is required")
        found = [convert(child, element) for child in value.items.values()]
        return _same(value, mapping(dict(zip(value.items, unify(tuple(found)), strict=True)), value.region))
    if not value.is_list:
        raise EvaluationError(f"a {name} is required")
    elements = unify(tuple([convert(child, element) for child in value.elements]))
    return _same(value, sequence(elements, value.region, unordered=name == "set"))


def _tuple(value: Value, types: Tuple) -> Value:
    if value.data is None:
        return value
    if len(value.elements) != len(types.items):
        raise EvaluationError("a tuple of another length is required")
    pairs = zip(value.elements, types.items, strict=True)
    return _same(value, sequence([convert(child, kind) for child, kind in pairs], value.region))


def _object(value: Value, types: Object) -> Value:
    if value.data is None:
        return value
    if not isinstance(value.data, Mapping):
        raise EvaluationError("an object is required")
    items: dict[str, Value] = {}
    for key, kind in types.items:
        name = key.value if isinstance(key, Literal) else key.name if isinstance(key, Name) else None
        if not isinstance(name, str):
            continue
        given = value.data.get(name)
        optional = isinstance(kind, Call) and kind.name == "optional"
        if given is None and not optional:
            raise EvaluationError(f"attribute {name!r} is required")
        items[name] = _member(given, kind)
    return _same(value, mapping(items, value.region))


def _member(given: Value | None, kind: Expr) -> Value:
    if isinstance(kind, Call) and kind.name == "optional":
        missing = given is None or (given.known and given.data is None)
        if missing and len(kind.args) > 1:
            given = attribute(kind.args[1], _NOTHING)
        return convert(given, kind.args[0]) if given is not None and kind.args else given or Value(None)
    assert given is not None
    return convert(given, kind)


def _same(value: Value, made: Value) -> Value:
    return replace(made, sensitive=True) if value.sensitive else made
