"""`when` and `unless`: structured matchers over facts, compiled once into predicates.

| written | holds when the fact |
|---|---|
| `x`, `true`, `3` | equals it |
| `[a, b]`, `{in: [a, b]}` | is one of them |
| `{not: x}`, `{not: [a, b]}` | is not it, is none of them |
| `{matches: regex}` | is text in which the expression is found |
| `{gt: n}`, `ge`, `lt`, `le` | is a number and compares so |
| `{exists: true}` | is neither nothing nor empty |
| `{contains: x}` | is a list with x in it, or text with x in it |
| `{any: [a, b]}` / `{all: [a, b]}` / `{none: [a, b]}` | is a list that shares one / has all / shares none |

Several operators in one matcher must all hold, as must all lines of a condition. A whole condition may be
`{any: [condition, ...]}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from blastlint.engine.rule import Condition
from blastlint.errors import RuleError
from blastlint.model import FactValue

Lookup = Callable[[str], FactValue]
Predicate = Callable[[Lookup], bool]
Test = Callable[[FactValue], bool]

OPERATORS = ("in", "not", "matches", "gt", "ge", "lt", "le", "exists", "contains", "any", "all", "none")
_OF_VALUES = ("in", "not", "any", "all", "none")


def compiled(condition: Condition) -> Predicate:
    """One predicate for a whole condition. Raises RuleError for an operator that does not exist or does not fit."""
    tests: list[Predicate] = []
    for name, matcher in condition.items():
        if name == "any" and isinstance(matcher, Sequence):
            tests.append(_any_of([compiled(c) for c in matcher]))
        else:
            tests.append(_on(name, test_of(matcher)))
    if len(tests) == 1:
        return tests[0]
    return lambda lookup: all(test(lookup) for test in tests)


def values_in(condition: Condition) -> Iterator[tuple[str, object]]:
    """(fact, value) of every value that a condition asks a fact to be, or to have, or not to."""
    for name, matcher in condition.items():
        if name == "any" and isinstance(matcher, Sequence):
            for other in matcher:
                yield from values_in(other)
            continue
        operands = (
            [operand for operator, operand in matcher.items() if operator in _OF_VALUES]
            if isinstance(matcher, Mapping)
            else [matcher]
        )
        for operand in operands:
            yield from ((name, value) for value in (operand if isinstance(operand, (list, tuple)) else (operand,)))


def names_in(condition: Condition) -> set[str]:
    """Every fact that a condition asks."""
    names: set[str] = set()
    for name, matcher in condition.items():
        if name == "any" and isinstance(matcher, Sequence):
            names.update(*(names_in(c) for c in matcher))
        else:
            names.add(name)
    return names


def _any_of(predicates: Sequence[Predicate]) -> Predicate:
    return lambda lookup: any(predicate(lookup) for predicate in predicates)


def _on(name: str, test: Test) -> Predicate:
    return lambda lookup: test(lookup(name))


def test_of(matcher: object) -> Test:
    if isinstance(matcher, Mapping):
        tests = [_operator(str(operator), operand) for operator, operand in matcher.items()]
        return tests[0] if len(tests) == 1 else (lambda value: all(test(value) for test in tests))
    if isinstance(matcher, (list, tuple)):
        return _operator("in", matcher)
    return lambda value: _same(value, matcher)


def _operator(operator: str, operand: object) -> Test:
    if operator not in OPERATORS:
        raise RuleError(f"unknown operator {operator!r}", remedy=f"Use one of: {', '.join(OPERATORS)}.")
    if operator == "exists":
        return lambda value: (value not in (None, "", ())) == bool(operand)
    if operator == "matches":
        try:
            pattern = re.compile(str(operand))
        except re.error as error:
            raise RuleError(f"bad regular expression {operand!r}: {error}") from error
        return lambda value: isinstance(value, str) and pattern.search(value) is not None
    if operator in ("gt", "ge", "lt", "le"):
        return _comparison(operator, operand)
    choices = tuple(operand) if isinstance(operand, (list, tuple)) else (operand,)
    return _membership(operator, choices)


def _comparison(operator: str, operand: object) -> Test:
    if isinstance(operand, bool) or not isinstance(operand, (int, float)):
        raise RuleError(f"{operator} takes a number, not {operand!r}")
    bound = float(operand)
    compare: dict[str, Callable[[float], bool]] = {
        "gt": lambda x: x > bound,
        "ge": lambda x: x >= bound,
        "lt": lambda x: x < bound,
        "le": lambda x: x <= bound,
    }
    holds = compare[operator]
    return lambda value: isinstance(value, (int, float)) and not isinstance(value, bool) and holds(float(value))


def _membership(operator: str, choices: tuple[object, ...]) -> Test:
    if operator == "in":
        return lambda value: any(_same(value, choice) for choice in choices)
    if operator == "not":
        return lambda value: not any(_same(value, choice) for choice in choices)
    if operator == "contains":
        return lambda value: all(_contains(value, choice) for choice in choices)
    if operator == "any":
        return lambda value: isinstance(value, tuple) and any(choice in value for choice in choices)
    if operator == "all":
        return lambda value: isinstance(value, tuple) and all(choice in value for choice in choices)
    return lambda value: not (isinstance(value, tuple) and any(choice in value for choice in choices))


def _contains(value: FactValue, choice: object) -> bool:
    if isinstance(value, tuple):
        return choice in value
    return isinstance(value, str) and str(choice) in value


def _same(value: object, choice: object) -> bool:
    """Equality that does not take true for 1."""
    return value == choice and isinstance(value, bool) == isinstance(choice, bool)
