"""The operators of HCL on Values."""

from __future__ import annotations

import math
import operator as python
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from blastlint.model import Region, Value
from blastlint.resolve.terraform.values import (
    EvaluationError,
    any_sensitive,
    as_bool,
    as_number,
    cannot_know,
    equal,
    is_something,
    refs_of,
    render,
    wholly_known,
)

if TYPE_CHECKING:
    from decimal import Decimal

_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": python.add, "-": python.sub, "*": python.mul,
}  # fmt: skip
_COMPARISON: dict[str, Callable[[int | float, int | float], bool]] = {
    "<": python.lt, ">": python.gt, "<=": python.le, ">=": python.ge,
}  # fmt: skip
MAX_DIGITS = 10**400  # Terraform computes with 512 bits; beyond that nothing real is meant


def unary(operator: str, operand: Value, region: Region | None) -> Value:
    value = as_number(operand) if operator == "-" else as_bool(operand)
    if not value.known:
        return cannot_know(f"{operator}{render(value)}", (value,), region)
    data = value.data
    if data is None:
        raise EvaluationError("an operand is null")
    assert isinstance(data, (int, float))
    return Value(-data if operator == "-" else not data, sensitive=value.sensitive, refs=value.refs, region=region)


def binary(operator: str, left: Value, right: Value, region: Region | None) -> Value:
    if operator in ("==", "!="):
        return _equality(operator, left, right, region)
    convert = as_bool if operator in ("&&", "||") else as_number
    a, b = convert(left), convert(right)
    if operator in ("&&", "||"):
        for side in (a, b):
            if side.known and side.data is (operator == "||"):  # decides whatever the other is
                return _made(side.data, a, b, region)
    if not a.known or not b.known:
        return cannot_know(f"({render(a)} {operator} {render(b)})", (a, b), region)
    x, y = a.data, b.data
    if x is None or y is None:
        raise EvaluationError("an operand is null")
    assert isinstance(x, (int, float)) and isinstance(y, (int, float))
    if operator in ("&&", "||"):
        return _made(bool(x and y) if operator == "&&" else bool(x or y), a, b, region)
    if operator in _COMPARISON:
        return _made(_COMPARISON[operator](x, y), a, b, region)
    return _made(_arithmetic(operator, x, y), a, b, region)


def _made(data: int | float | bool | None, left: Value, right: Value, region: Region | None) -> Value:
    return Value(data, sensitive=any_sensitive((left, right)), refs=refs_of((left, right)), region=region)


def _arithmetic(operator: str, x: int | float, y: int | float) -> int | float:
    from decimal import Decimal  # 2 ms that most configurations need not spend

    if operator in _ARITHMETIC and (isinstance(x, float) or isinstance(y, float)):
        return narrowed(_ARITHMETIC[operator](Decimal(repr(x)), Decimal(repr(y))))
    try:
        if operator in ("/", "%"):
            if y == 0:
                raise EvaluationError("division by zero")
            if operator == "%":
                result: int | float = (
                    int(math.fmod(x, y)) if isinstance(x, int) and isinstance(y, int) else math.fmod(x, y)
                )
            elif isinstance(x, int) and isinstance(y, int) and x % y == 0:
                result = x // y
            else:
                return narrowed(Decimal(repr(x)) / Decimal(repr(y)))
        else:
            result = _ARITHMETIC[operator](x, y)
    except (OverflowError, ValueError, ArithmeticError) as error:
        raise EvaluationError("number out of range") from error
    if isinstance(result, float):
        if math.isinf(result) or math.isnan(result):
            raise EvaluationError("number out of range")
        return int(result) if result.is_integer() and abs(result) < 1e18 else result
    if abs(result) > MAX_DIGITS:
        raise EvaluationError("number out of range")
    return result


def narrowed(number: Decimal) -> int | float:
    """A decimal result as a Value holds it."""
    result = float(number)
    if math.isinf(result) or math.isnan(result):
        raise EvaluationError("number out of range")
    return int(result) if result.is_integer() and abs(result) < 1e18 else result


def _equality(operator: str, left: Value, right: Value, region: Region | None) -> Value:
    if wholly_known(left) and wholly_known(right):
        return _made(equal(left, right) is (operator == "=="), left, right, region)
    # A resource, a module, or a list or map that is partly known is something: it is not null.
    for side, other in ((left, right), (right, left)):
        if side.known and side.data is None and (other.known or is_something(other)):
            return _made(operator == "!=", left, right, region)
    return cannot_know(f"({render(left)} {operator} {render(right)})", (left, right), region)
