"""Conditions in their boolean normal form, from their text: one reader for the spellings of all languages.

`not (a or b)` and `not a and not b` are one condition, as are `a > b` and `b < a`, `x.nil?` and `x == nil`. Negation stands
at the leaves only, `and` and `or` are flat and in order of their parts' text, comparisons have one direction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from blastlint.frozen import dataclass
from blastlint.regex import regex

_DEPTH = 60  # brackets within brackets, beyond which a condition is one leaf
_LONGEST = 4000  # characters: the same
_TOKEN = regex(
    r"""\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|[A-Za-z_$@][\w$]*[?!]?(?![=\w])|[A-Za-z_$@][\w$]*"""
    r"""|\d[\w.]*|===|!==|==|!=|<=|>=|&&|\|\||=>|->|=~|::|\?\.|\*\*|<<|>>|:=|.)""",
    re.DOTALL,
)
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_COMPARISONS = frozenset({"==", "===", "!=", "!==", "<", "<=", ">", ">=", "in", "not in", "is", "is not"})
_ESCAPED = regex(r"\\(.)", re.DOTALL)
_NOTHING = regex(r"^(None|null|nil|undefined|NULL)$")
_WORDS: tuple[tuple[tuple[str, ...], Literal["and", "or"]], ...] = ((("or", "||"), "or"), (("and", "&&"), "and"))
_TRUE, _FALSE = frozenset({"True", "true"}), frozenset({"False", "false"})
# Calls that ask what a comparison asks: suffix -> (the other side, holds when equal)
_ASKED: tuple[tuple[re.Pattern[str], str, bool], ...] = (
    (re.compile(r"^(.+)\.(?:nil\?|is_none\(\)|isNull\(\))$"), "None", True),
    (re.compile(r"^(.+)\.(?:is_some\(\)|isPresent\(\)|present\?)$"), "None", False),
    (re.compile(r"^(?:Objects\.)?(?:isNull)\((.+)\)$"), "None", True),
    (re.compile(r"^(?:Objects\.)?(?:nonNull)\((.+)\)$"), "None", False),
)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One question: `left operator right`, or that `left` is true (then `operator` and `right` are empty). `negated` turns
    it around. Equality has its operands in order of their text; greater is written as less."""

    left: str
    operator: str = ""
    right: str = ""
    negated: bool = False

    def __str__(self) -> str:
        text = f"{self.left} {self.operator} {self.right}" if self.operator else self.left
        return f"not {text}" if self.negated else text


@dataclass(frozen=True, slots=True)
class Group:
    """`and` or `or` of at least two different parts, in order of their text, so that the order written means nothing."""

    word: Literal["and", "or"]
    parts: tuple[Leaf | Group, ...]

    def __str__(self) -> str:
        return "(" + f" {self.word} ".join(str(p) for p in self.parts) + ")"


Condition = Leaf | Group


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every question in it."""
    if isinstance(condition, Leaf):
        yield condition
    else:
        for part in condition.parts:
            yield from leaves(part)


def constant(condition: Condition) -> bool | None:
    """True or false when it always, or never, holds; else None."""
    if isinstance(condition, Leaf):
        if not condition.operator and condition.left in _TRUE | _FALSE:
            return (condition.left in _TRUE) != condition.negated
        return None
    known = {constant(part) for part in condition.parts}
    decisive = condition.word == "or"
    if decisive in known:
        return decisive
    return (not decisive) if known == {not decisive} else None


def negation(condition: Condition) -> Condition:
    if isinstance(condition, Leaf):
        if condition.operator in ("<", "<="):
            return Leaf(condition.right, "<=" if condition.operator == "<" else "<", condition.left)
        if condition.operator in (">", ">="):
            return Leaf(condition.left, "<=" if condition.operator == ">" else "<", condition.right)
        return Leaf(condition.left, condition.operator, condition.right, not condition.negated)
    return _group("or" if condition.word == "and" else "and", [negation(part) for part in condition.parts])


@lru_cache(maxsize=4096)
def normal(text: str, ordered: bool = False) -> Condition:
    """The normal form of a condition's text. What cannot be read is one leaf. `ordered` keeps the operands of comparisons
    as they are written: in an assertion, what is looked at comes first."""
    if len(text) > _LONGEST:
        return Leaf(text)
    return _Reader(ordered).read(tokens_of(text), 0)


def tokens_of(text: str) -> list[str]:
    """Words, numbers, strings, operators and brackets of an expression."""
    return [m.group(1) for m in _TOKEN.finditer(text) if m.group(1).strip()]


def _group(word: Literal["and", "or"], parts: list[Condition]) -> Condition:
    flat: set[Leaf | Group] = set()
    for part in parts:
        flat.update(part.parts if isinstance(part, Group) and part.word == word else (part,))
    return next(iter(flat)) if len(flat) == 1 else Group(word, tuple(sorted(flat, key=str)))


class _Reader:
    def __init__(self, ordered: bool) -> None:
        self.ordered = ordered

    def read(self, tokens: list[str], depth: int) -> Condition:
        if depth > _DEPTH or not tokens:
            return Leaf(spelled(tokens))
        if len(tokens) > 2 and tokens[1] in (":=", "="):
            return _leaf(tokens[0])  # `if row := find(key)` asks for the row
        if _top(tokens, ("?", "=>", "if", "lambda", "let")):
            return Leaf(spelled(tokens))
        for words, word in _WORDS:
            parts = _split(tokens, words)
            if len(parts) > 1:
                return _group(word, [self.read(part, depth + 1) for part in parts])
        if tokens[0] in ("not", "!"):
            return negation(self.read(tokens[1:], depth + 1))
        inner = bracketed(tokens)
        if inner is not None:
            return self.read(inner, depth + 1)
        return self.compared(tokens)

    def compared(self, tokens: list[str]) -> Condition:
        places = list(_operators(tokens))
        if not places:
            return _leaf(spelled(tokens))
        found: list[Condition] = []
        for index, (start, end, operator) in enumerate(places):
            left = tokens[places[index - 1][1] if index else 0 : start]
            right = tokens[end : places[index + 1][0] if index + 1 < len(places) else len(tokens)]
            if not left or not right:
                return Leaf(spelled(tokens))
            found.append(self.comparison(spelled(_bare(left)), operator, spelled(_bare(right))))
        return found[0] if len(found) == 1 else _group("and", found)

    def comparison(self, left: str, operator: str, right: str) -> Condition:
        left, right = ("None" if _NOTHING.match(side) else side for side in (left, right))
        if operator in ("in", "not in"):
            return Leaf(left, "in", right, operator == "not in")
        if operator in ("==", "===", "is", "!=", "!==", "is not"):
            negated = operator in ("!=", "!==", "is not")
            for truth, other in () if self.ordered else ((left, right), (right, left)):
                if truth in _TRUE | _FALSE and other not in _TRUE | _FALSE:
                    whole = _leaf(other)
                    return whole if (truth in _TRUE) != negated else negation(whole)
            if left > right and not self.ordered:
                left, right = right, left
            return Leaf(left, "==", right, negated)
        if operator in (">", ">=") and not self.ordered:
            left, right = right, left
            operator = "<" if operator == ">" else "<="
        return Leaf(left, operator, right)


def _leaf(text: str) -> Leaf:
    """A question that is a call: those that have a comparison for a synonym are that comparison."""
    for asked, other, equal in _ASKED:
        match = asked.match(text)
        if match is not None:
            left, right = sorted((match.group(1), other))
            return Leaf(left, "==", right, not equal)
    return Leaf(text)


def _operators(tokens: list[str]) -> Iterator[tuple[int, int, str]]:
    """(start, end, operator) of the comparisons outside brackets."""
    level, index = 0, 0
    while index < len(tokens):
        token = tokens[index]
        level += (token in _OPENING) - (token in _CLOSING)
        if level == 0:
            two = " ".join(tokens[index : index + 2])
            if two in ("not in", "is not"):
                yield index, index + 2, two
                index += 2
                continue
            if token in _COMPARISONS and index:
                yield index, index + 1, token
        index += 1


def _top(tokens: list[str], words: tuple[str, ...]) -> bool:
    """Whether one of the words stands outside brackets."""
    level = 0
    for token in tokens:
        level += (token in _OPENING) - (token in _CLOSING)
        if level == 0 and token in words:
            return True
    return False


def _split(tokens: list[str], words: tuple[str, ...]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    level = 0
    for token in tokens:
        level += (token in _OPENING) - (token in _CLOSING)
        if level == 0 and token in words:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts if all(parts) else [tokens]


def bracketed(tokens: list[str]) -> list[str] | None:
    """What is in the brackets, when one pair stands around everything."""
    if len(tokens) < 3 or tokens[0] != "(" or tokens[-1] != ")":
        return None
    level = 0
    for index, token in enumerate(tokens):
        level += (token in _OPENING) - (token in _CLOSING)
        if level == 0 and index + 1 < len(tokens):
            return None
    inner = tokens[1:-1]
    return None if _top(inner, (",",)) else inner


def _bare(tokens: list[str]) -> list[str]:
    inner = bracketed(tokens)
    while inner is not None:
        tokens, inner = inner, bracketed(inner)
    return tokens


def spelled(tokens: list[str]) -> str:
    """Tokens as one text: a space between words only, so that layout does not show."""
    out: list[str] = []
    for token in tokens:
        if token[:1] in "'\"" and len(token) > 1 and out and out[-1] in ("r", "R"):  # raw: every backslash is itself
            out.pop()
            token = token.replace("\\", "\\\\")
        if (
            out
            and (out[-1][-1:].isalnum() or out[-1][-1:] in "_$\"'")
            and (token[:1].isalnum() or token[:1] in "_$@\"'")
        ) or (out and out[-1] == ","):
            out.append(" ")
        out.append(_quoted(token) if token[:1] == "'" else token)
    return "".join(out)


def _quoted(token: str) -> str:
    """A string in double quotes, where that says the same in every language: with no escapes but those of itself and of its
    quotes."""
    if '"' in token or not set(_ESCAPED.findall(token)) <= {"\\", "'"}:
        return token
    return '"' + token[1:-1].replace("\\'", "'") + '"'
