"""RE2 patterns run by Python's `re`: translated where the two differ, refused where backtracking could take for ever."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from blastlint.regex import regex
from blastlint.resolve.terraform.functions.support import Unsupported
from blastlint.resolve.terraform.values import EvaluationError

MAX_STEPS = 20_000_000
_POSIX = {
    "alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "space": r"\s",
    "word": r"\w", "punct": r"!-/:-@\[-`{-~", "xdigit": "0-9A-Fa-f", "blank": r" \t",
}  # fmt: skip
_CLASS = regex(r"\[:(\w+):\]")
_REFERENCE = regex(r"\$(?:\$|(\d+|[A-Za-z_]\w*)|\{(\w+)\})")


@lru_cache(maxsize=256)
def _compile(pattern: str) -> tuple[re.Pattern[str], int, bool]:
    """The pattern, how many unbounded repetitions it has, and whether one is inside another."""
    from re import _parser  # type: ignore[attr-defined]

    translated = _CLASS.sub(lambda m: _POSIX.get(m[1], m[0]), pattern).replace(r"\z", r"\Z")
    try:
        compiled = re.compile(translated, re.ASCII)
        repeats, nested = _repeats(_parser.parse(translated, re.ASCII), False)
    except (re.error, OverflowError, RecursionError) as error:
        raise Unsupported(f"pattern {pattern!r} is not evaluated") from error
    return compiled, repeats, nested


def _repeats(items: Any, inside: bool) -> tuple[int, bool]:
    count, nested = 0, False
    for operation, argument in items:
        name = str(operation)
        within = inside
        if name in ("MAX_REPEAT", "MIN_REPEAT") and argument[1] > 8:
            count += 1
            nested = nested or inside
            within = True
        nested = nested or (inside and name == "BRANCH")
        for child in _children(name, argument):
            more, deeper = _repeats(child, within)
            count, nested = count + more, nested or deeper
    return count, nested


def _children(name: str, argument: Any) -> list[Any]:
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        return [argument[2]]
    if name == "SUBPATTERN":
        return [argument[-1]]
    if name == "BRANCH":
        return list(argument[1])
    if name in ("ASSERT", "ASSERT_NOT"):
        return [argument[1]]
    return [argument] if name == "ATOMIC_GROUP" else []


def _checked(pattern: str, text: str) -> re.Pattern[str]:
    compiled, repeats, nested = _compile(pattern)
    if (nested and len(text) > 20) or len(text) ** min(repeats + 1, 12) > MAX_STEPS:
        raise Unsupported(f"pattern {pattern!r} is too costly to evaluate")
    return compiled


def _captures(match: re.Match[str]) -> object:
    """The whole match, or the list of groups, or the map of named ones."""
    if match.re.groupindex:
        return dict(match.groupdict())
    return list(match.groups()) if match.re.groups else match[0]


def find(pattern: str, text: str) -> object:
    match = _checked(pattern, text).search(text)
    if match is None:
        raise EvaluationError("regex: no match")
    return _captures(match)


def find_all(pattern: str, text: str) -> list[object]:
    return [_captures(match) for match in _checked(pattern, text).finditer(text)]


def substitute(pattern: str, text: str, replacement: str) -> str:
    """Replace every match; `$1` and `${name}` in the replacement are groups, as in Go."""

    def expand(match: re.Match[str]) -> str:
        def group(reference: re.Match[str]) -> str:
            if reference[0] == "$$":
                return "$"
            name = reference[1] or reference[2]
            try:
                return match[int(name) if name.isdigit() else name] or ""
            except IndexError:
                return ""

        return _REFERENCE.sub(group, replacement)

    return _checked(pattern, text).sub(expand, text)
