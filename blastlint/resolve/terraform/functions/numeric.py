"""Numeric functions."""

from __future__ import annotations

import math
from collections.abc import Mapping

from blastlint.resolve.terraform.functions.support import Lenient, Strict
from blastlint.resolve.terraform.values import EvaluationError, parse_number

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _whole(number: float) -> int | float:
    return int(number) if number.is_integer() and abs(number) < 1e18 else number


def _log(number: float, base: float) -> int | float:
    return _whole(math.log(number) / math.log(base))


def _pow(number: float, power: float) -> int | float:
    result = float(number) ** float(power)
    if isinstance(result, complex):
        raise EvaluationError("pow: no real result")
    return _whole(result)


def _parseint(text: str, base: int) -> int:
    """Up to base 36 letters have no case; up to 62 capitals come behind."""
    if not isinstance(base, int) or not 2 <= base <= 62 or len(text) > 400:
        raise EvaluationError("parseint: base must be between 2 and 62")
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    result = 0
    for digit in digits.lower() if base <= 36 else digits:
        value = _DIGITS.find(digit)
        if not 0 <= value < base:
            raise EvaluationError(f"parseint: {text!r} is no number in base {base}")
        result = result * base + value
    if not digits:
        raise EvaluationError("parseint: an empty string")
    return sign * result


def _numbers(items: object) -> list[int | float]:
    if not isinstance(items, list) or not items:
        raise EvaluationError("sum: a list of numbers required")
    numbers: list[int | float] = []
    for item in items:
        number = parse_number(item) if isinstance(item, str) else item
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise EvaluationError("sum: a list of numbers required")
        numbers.append(number)
    return numbers


def _sum(items: object) -> int | float:
    numbers = _numbers(items)
    return _whole(math.fsum(numbers)) if any(isinstance(number, float) for number in numbers) else sum(numbers)


STRICT: Mapping[str, Strict] = {
    "abs": Strict("n", abs),
    "ceil": Strict("n", math.ceil),
    "floor": Strict("n", math.floor),
    "log": Strict("nn", _log),
    "pow": Strict("nn", _pow),
    "max": Strict("*n", lambda *numbers: max(numbers)),
    "min": Strict("*n", lambda *numbers: min(numbers)),
    "parseint": Strict("sn", _parseint),
    "signum": Strict("n", lambda number: (number > 0) - (number < 0)),
    "sum": Strict("a", _sum),
}
LENIENT: Mapping[str, Lenient] = {}
