"""The conditions that a document of a Helm template stands under, and whether they hold with given values.

`if` and `with` are followed with their `else`; of their expressions, what asks values and combines the answers (`and`, `or`,
`not`, `eq`, `ne`, `empty`, `default`, with brackets and pipes) is worked out, and everything else is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum

from blastlint.frozen import dataclass
from blastlint.model import Value
from blastlint.regex import regex

_ACTION = regex(r"\{\{-?\s*(?P<inside>(?:\"[^\"]*\"|`[^`]*`|[^{}\"`])*?)\s*-?\}\}")
_WORD = regex(r"[a-z]+")
_TOKEN = regex(
    r"\s*(?:(?P<mark>[()|])|(?P<text>\"[^\"]*\"|`[^`]*`)|(?P<number>-?\d+)(?![\w.])|\$?\.Values(?P<path>(?:\.\w+)*)(?![\w.])"
    r"|(?P<name>[A-Za-z]\w*)(?![\w.])|(?P<other>[^\s()|]+))"
)
_NO_CONDITION = ("range", "define", "block")
_MAX_TOKENS = 100


class Answer(Enum):
    """What is not known."""

    UNKNOWN = "unknown"


UNKNOWN = Answer.UNKNOWN
Found = object  # a plain value as Go has it: None, bool, int, str, a Mapping or a tuple; or UNKNOWN


@dataclass(frozen=True, slots=True)
class Condition:
    """`negated` where the document stands behind the `else`."""

    expression: str
    negated: bool = False


def conditions(lines: Sequence[str], root: Value) -> list[Condition]:
    """The conditions that are open above a document."""
    if root.region is None:
        return []
    opened: list[list[Condition]] = []
    _read(_actions(lines[: root.region.start_line - 1]), opened)
    above = [list(these) for these in opened]
    _read(_actions(lines[root.region.start_line - 1 : root.region.last_line]), opened)
    if any(now and len(now) >= len(then) and now != then for then, now in zip(above, opened, strict=False)):
        return [Condition("")]  # half of it stands behind an `else`
    return [condition for these in above for condition in these]


def _read(actions: Iterator[str], opened: list[list[Condition]]) -> None:
    """Open and close conditions, in order."""
    for inside in actions:
        match = _WORD.match(inside)
        word, rest = (match[0], inside[match.end() :].strip()) if match else ("", "")
        if word in ("if", "with"):
            opened.append([Condition(rest)])
        elif word in _NO_CONDITION:
            opened.append([])
        elif word == "end" and opened:
            opened.pop()
        elif word == "else" and opened and opened[-1]:
            opened[-1][-1] = Condition(opened[-1][-1].expression, negated=True)
            if rest.startswith(("if ", "with ")):
                opened[-1].append(Condition(rest.partition(" ")[2]))


def _actions(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        if "{{" in line:
            yield from (match["inside"] for match in _ACTION.finditer(line))


def holds(these: Sequence[Condition], values: Value) -> bool | None:
    """Whether all of them do; None where that is not known."""
    told = [_truth(_answer(condition.expression, values), condition.negated) for condition in these]
    return False if False in told else None if None in told else True


def _truth(found: Found, negated: bool) -> bool | None:
    return None if found is UNKNOWN else _is_true(found) is not negated


def _is_true(found: Found) -> bool:
    """As Go's templates take it: zero and what is empty are false."""
    return bool(found)


# --- expressions ------------------------------------------------------------------------------------------------------


def _answer(expression: str, values: Value) -> Found:
    """What an expression gives with these values."""
    tokens = []
    for match in _TOKEN.finditer(expression):
        tokens.append((str(match.lastgroup), str(match[str(match.lastgroup)])))
        if len(tokens) > _MAX_TOKENS:
            return UNKNOWN
    found, end = _pipeline(tokens, 0, values)
    return found if end == len(tokens) else UNKNOWN


Tokens = Sequence[tuple[str, str]]


def _pipeline(tokens: Tokens, at: int, values: Value) -> tuple[Found, int]:
    """Commands with `|` between them, up to a closing bracket: what comes before is the last argument."""
    found, at = _command(tokens, at, values, ())
    while at < len(tokens) and tokens[at][1] == "|":
        found, at = _command(tokens, at + 1, values, (found,))
    return found, at


def _command(tokens: Tokens, at: int, values: Value, last: tuple[Found, ...]) -> tuple[Found, int]:
    function = ""
    if at < len(tokens) and tokens[at][0] == "name" and tokens[at][1] not in _LITERALS:
        function, at = tokens[at][1], at + 1
    arguments: list[Found] = []
    while at < len(tokens) and tokens[at][1] not in (")", "|"):
        kind, text = tokens[at]
        at += 1
        if text == "(" and kind == "mark":
            found, at = _pipeline(tokens, at, values)
            at += 1  # the closing bracket
        else:
            found = _plain(kind, text, values)
        arguments.append(found)
    called = (*arguments, *last)
    if not function:
        return called[0] if len(called) == 1 else UNKNOWN, at
    known = _FUNCTIONS.get(function)
    return known(called) if known is not None and called else UNKNOWN, at


_LITERALS: Mapping[str, object] = {"true": True, "false": False, "nil": None}


def _plain(kind: str, text: str, values: Value) -> Found:
    if kind == "path":
        return _value(values.get(*text.split(".")[1:]) if text else values, values, text)
    if kind == "name":
        return _LITERALS.get(text, UNKNOWN)
    return int(text) if kind == "number" and len(text) < 16 else text[1:-1] if kind == "text" else UNKNOWN


def _value(found: Value | None, values: Value, path: str) -> Found:
    """A value of the chart as Go has it; what is nowhere is nil, unless something on the way is not known."""
    if found is not None:
        return found.data if found.known else UNKNOWN
    steps = path.split(".")[1:]
    above = (values.get(*steps[:length]) for length in range(len(steps)))
    return UNKNOWN if any(value is not None and not value.known for value in above) else None


def _and(arguments: Sequence[Found]) -> Found:
    told = [_truth(argument, False) for argument in arguments]
    return False if False in told else UNKNOWN if None in told else True


def _or(arguments: Sequence[Found]) -> Found:
    told = [_truth(argument, False) for argument in arguments]
    return True if True in told else UNKNOWN if None in told else False


def _not(arguments: Sequence[Found]) -> Found:
    return UNKNOWN if arguments[0] is UNKNOWN else not _is_true(arguments[0])


def _equal(arguments: Sequence[Found]) -> Found:
    first, *others = arguments
    if not others or any(not isinstance(argument, (str, int, bool)) for argument in arguments):
        return UNKNOWN
    return first in others


def _default(arguments: Sequence[Found]) -> Found:
    fallback, given = (arguments[0], arguments[-1])
    return UNKNOWN if given is UNKNOWN else given if _is_true(given) else fallback


_FUNCTIONS: Mapping[str, Callable[[Sequence[Found]], Found]] = {
    "and": _and,
    "or": _or,
    "not": _not,
    "empty": _not,
    "eq": _equal,
    "ne": lambda arguments: found if (found := _equal(arguments)) is UNKNOWN else not found,
    "default": _default,
}
