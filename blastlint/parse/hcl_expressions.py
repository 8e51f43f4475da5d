"""Recursive descent over HCL expressions. The text is scanned by regular expressions; positions are offsets.

Hand-written because tree-sitter-hcl 1.2 reads nested conditionals the wrong way round, drops the white space of
templates, and knows neither `1e5` nor the index of `a.0`: an evaluator cannot stand on that. It costs as much as
that grammar's bare parse, tree and all.
"""

from __future__ import annotations

import re

from blastlint.parse.hcl_ast import (
    Attr,
    Binary,
    Call,
    Conditional,
    Expr,
    For,
    HclError,
    Index,
    Literal,
    Name,
    Object,
    Source,
    Splat,
    Step,
    Traversal,
    Tuple,
    Unary,
)
from blastlint.parse.hcl_templates import heredoc, quoted
from blastlint.regex import regex

MAX_DEPTH = 60
IDENTIFIER = regex(r"[^\W\d][\w-]*")
_INLINE = regex(r"[ \t\r]*")
_BLANK = regex(r"\s*")
_NUMBER = regex(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_OPERATOR = regex(r"\|\||&&|[=!<>]=|[<>+\-*/%]")
_PRECEDENCE = {
    "||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6,
}  # fmt: skip
_KEYWORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_KEY = regex(r"([^\W\d][\w-]*)[ \t]*(?:=(?![=>])|:(?!:))")
_FOR = regex(r"for\s+([^\W\d][\w-]*)\s*(?:,\s*([^\W\d][\w-]*)\s*)?\bin\b")
_FUNCTION = regex(r"(?:::[^\W\d][\w-]*)*[ \t]*\(")
# The values that most attributes have, whole: plain string, number, keyword or reference, and then what ends a value.
_SIMPLE = r'(?:"([^"\\$%\n]*)"|(-?\d{1,18}(?:\.\d{1,18})?)(?![\w.])|([^\W\d][\w-]*(?:\.[^\W\d][\w-]*)*))'
_SIMPLE_LINE = regex(_SIMPLE + r"(?=[ \t]*(?:[\n,\])}#]|\r\n|\Z))")
_SIMPLE_NESTED = regex(_SIMPLE + r"(?=\s*[,\])}])")
# A whole entry of an object and a whole line of a block, as most are: name, simple value, nothing else.
_SIMPLE_ITEM = regex(r"[\s,]*([^\W\d][\w-]*)[ \t]*(?:=(?![=>])|:(?!:))[ \t]*" + _SIMPLE + r"(?=[ \t]*[,\n}])")
SIMPLE_ATTRIBUTE = regex(r"\s*([^\W\d][\w-]*)[ \t]*=[ \t]*" + _SIMPLE + r"(?=[ \t]*(?:\n|\Z))")


class Parser:
    """A position in one text. `newlines` says whether a line's end ends the expression or is white space."""

    def __init__(self, source: Source, position: int = 0) -> None:
        self.source = source
        self.text = source.text
        self.pos = position
        self.depth = 0
        self.comments: dict[int, int] = {}  # start -> end
        self.unclosed: set[str] = set()  # heredoc markers that have no end from here on

    def skip(self, newlines: bool) -> str:
        """Go past white space and comments; the next character, "" at the end."""
        text = self.text
        here = text[self.pos : self.pos + 1]
        if here > "/" or (here == "\n" and not newlines):  # most often there is nothing to skip
            return here
        blank = _BLANK if newlines else _INLINE
        while True:
            match = blank.match(text, self.pos)
            self.pos = match.end() if match else self.pos
            here = text[self.pos : self.pos + 1]
            if here == "#" or (here == "/" and text.startswith("//", self.pos)):
                end = text.find("\n", self.pos)
                end = len(text) if end < 0 else end
            elif here == "/" and text.startswith("/*", self.pos):
                end = text.find("*/", self.pos + 2)
                end = len(text) if end < 0 else end + 2
            else:
                return here
            self.comments[self.pos] = end
            self.pos = end

    def expect(self, token: str, newlines: bool) -> None:
        if not self.text.startswith(token, self.pos) and self.skip(newlines) != token:
            raise HclError(f"{token!r} expected", self.pos)
        self.pos += len(token)

    def expression(self, newlines: bool) -> Expr:
        """One expression from here on; white space before it is skipped."""
        self.skip(newlines)
        simple = (_SIMPLE_NESTED if newlines else _SIMPLE_LINE).match(self.text, self.pos)
        if simple:
            return self.simple(simple, 1)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise HclError("nested too deeply", self.pos)
        start = self.pos
        condition = self._binary(0, newlines)
        if self.skip(newlines) != "?":
            self.depth -= 1
            return condition
        self.pos += 1
        self.skip(True)
        yes = self.expression(newlines)
        self.skip(True)
        self.expect(":", newlines)
        self.skip(True)
        no = self.expression(newlines)
        self.depth -= 1
        return Conditional(self.source, start, no.end, condition, yes, no)

    def simple(self, match: re.Match[str], first: int) -> Expr:
        """The expression that _SIMPLE has found, its groups being those from `first` on."""
        kind = match.lastindex or 0
        start, end = match.start(kind), match.end()
        self.pos = end
        if kind == first:
            return Literal(self.source, start - 1, end, match[kind])
        if kind == first + 1:
            return Literal(self.source, start, end, number(match[kind]))
        words = match[kind].split(".")
        if len(words) == 1:
            return self._word(words[0], start, end)
        root = Name(self.source, start, start + len(words[0]), words[0])
        return Traversal(self.source, start, end, root, tuple([Attr(word) for word in words[1:]]))

    def _word(self, word: str, start: int, end: int) -> Expr:
        if word in _KEYWORDS:
            return Literal(self.source, start, end, _KEYWORDS[word])
        return Name(self.source, start, end, word)

    def _binary(self, floor: int, newlines: bool) -> Expr:
        left = self._unary(newlines)
        while True:
            self.skip(newlines)
            match = _OPERATOR.match(self.text, self.pos)
            if match is None or _PRECEDENCE[match[0]] <= floor:
                return left
            self.pos = match.end()
            self.skip(True)
            right = self._binary(_PRECEDENCE[match[0]], newlines)
            left = Binary(self.source, left.start, right.end, match[0], left, right)

    def _unary(self, newlines: bool) -> Expr:
        signs: list[tuple[int, str]] = []
        while self.skip(newlines or bool(signs)) in ("-", "!"):
            signs.append((self.pos, self.text[self.pos]))
            self.pos += 1
        operand = self._postfix(self._primary(), newlines)
        for start, sign in reversed(signs):
            if sign == "-" and isinstance(operand, Literal) and type(operand.value) in (int, float):
                operand = Literal(self.source, start, operand.end, -operand.value)  # type: ignore[operator]
            else:
                operand = Unary(self.source, start, operand.end, sign, operand)
        return operand

    def _primary(self) -> Expr:
        start = self.pos
        here = self.text[start : start + 1]
        if here == '"':
            return quoted(self)
        if here == "(":
            self.pos += 1
            inner = self.expression(True)
            self.expect(")", True)
            return inner
        if here in ("[", "{"):
            self.pos += 1
            self.skip(True)
            iteration = _FOR.match(self.text, self.pos)
            if iteration:
                return self._for(start, iteration)
            return self._tuple(start) if here == "[" else self._object(start)
        if here == "<" and self.text.startswith("<<", start):
            return heredoc(self)
        digits = _NUMBER.match(self.text, start)
        if digits:
            self.pos = digits.end()
            return Literal(self.source, start, self.pos, number(digits[0]))
        word = IDENTIFIER.match(self.text, start)
        if word is None:
            raise HclError("an expression expected", start)
        called = _FUNCTION.match(self.text, word.end())
        if called:
            name = self.text[start : called.end() - 1].rstrip()
            self.pos = called.end()
            return self._call(name, start)
        self.pos = word.end()
        return self._word(word[0], start, self.pos)

    def _call(self, name: str, start: int) -> Expr:
        args: list[Expr] = []
        expand = False
        while self.skip(True) != ")":
            args.append(self.expression(True))
            if self.skip(True) == "," and not expand:
                self.pos += 1
            elif self.text.startswith("...", self.pos) and not expand:
                self.pos += 3
                expand = True
            elif self.text[self.pos : self.pos + 1] != ")":
                raise HclError("',' or ')' expected", self.pos)
        self.pos += 1
        return Call(self.source, start, self.pos, name, tuple(args), expand)

    def _tuple(self, start: int) -> Expr:
        items: list[Expr] = []
        while self.skip(True) != "]":
            items.append(self.expression(True))
            if self.skip(True) == ",":
                self.pos += 1
            elif self.text[self.pos : self.pos + 1] != "]":
                raise HclError("',' or ']' expected", self.pos)
        self.pos += 1
        return Tuple(self.source, start, self.pos, tuple(items))

    def _object(self, start: int) -> Expr:
        items: list[tuple[Expr, Expr]] = []
        while (here := self._simple_items(items)) != "}":
            if here == ",":
                self.pos += 1
                continue
            bare = _KEY.match(self.text, self.pos)
            if bare:
                key: Expr = Literal(self.source, self.pos, bare.end(1), bare[1])
                self.pos = bare.end()
            else:
                key = self.expression(False)
                if self.skip(False) not in ("=", ":"):
                    raise HclError("'=' expected", self.pos)
                self.pos += 1
            self.skip(True)
            items.append((key, self.expression(False)))
            if self.skip(False) not in (",", "\n", "}"):
                raise HclError("',' or '}' expected", self.pos)
        self.pos += 1
        return Object(self.source, start, self.pos, tuple(items))

    def _simple_items(self, items: list[tuple[Expr, Expr]]) -> str:
        """Read the entries that are plain, as most are; the next character behind them."""
        while match := _SIMPLE_ITEM.match(self.text, self.pos):
            key = Literal(self.source, match.start(1), match.end(1), match[1])
            items.append((key, self.simple(match, 2)))
        return self.skip(True)

    def _for(self, start: int, match: re.Match[str]) -> Expr:
        first, second = match[1], match[2]
        self.pos = match.end()
        collection = self.expression(True)
        self.expect(":", True)
        value = self.expression(True)
        key: Expr | None = None
        group = False
        self.skip(True)
        if self.text[start] == "{":
            self.expect("=>", True)
            key, value = value, self.expression(True)
            self.skip(True)
            if self.text.startswith("...", self.pos):
                self.pos += 3
                group = True
        condition: Expr | None = None
        self.skip(True)
        word = IDENTIFIER.match(self.text, self.pos)
        if word and word[0] == "if":
            self.pos = word.end()
            condition = self.expression(True)
        self.expect("]" if self.text[start] == "[" else "}", True)
        key_name, value_name = (first, second) if second else ("", first)
        return For(self.source, start, self.pos, key_name, value_name, collection, key, value, condition, group)

    def _postfix(self, root: Expr, newlines: bool) -> Expr:
        steps = self._steps(newlines)
        if not steps:
            return root
        return Traversal(self.source, root.start, self.pos, root, tuple(steps))

    def _steps(self, newlines: bool) -> list[Step]:
        steps: list[Step] = []
        while True:
            before = self.pos
            here = self.skip(newlines)
            if here == "." and not self.text.startswith("..", self.pos):
                self.pos += 1
                self.skip(newlines)
                if self.text.startswith("*", self.pos):
                    self.pos += 1
                    steps.append(Splat(tuple(self._attribute_steps())))
                else:
                    steps.append(self._attribute_step())
            elif here == "[" and (newlines or self.pos == before):
                self.pos += 1
                if self.skip(True) == "*":
                    self.pos += 1
                    self.expect("]", True)
                    self.depth += 1
                    if self.depth > MAX_DEPTH:
                        raise HclError("nested too deeply", self.pos)
                    steps.append(Splat(tuple(self._steps(newlines))))
                    self.depth -= 1
                else:
                    steps.append(Index(self.expression(True)))
                    self.expect("]", True)
            else:
                self.pos = before
                return steps

    def _attribute_steps(self) -> list[Step]:
        """What a `.*` applies to each element: attribute steps only."""
        steps: list[Step] = []
        while self.text.startswith(".", self.pos) and not self.text.startswith(("..", ".*"), self.pos):
            self.pos += 1
            steps.append(self._attribute_step())
        return steps

    def _attribute_step(self) -> Step:
        word = IDENTIFIER.match(self.text, self.pos)
        if word:
            self.pos = word.end()
            return Attr(word[0])
        start = self.pos
        while self.text[self.pos : self.pos + 1].isdecimal():
            self.pos += 1
        if self.pos == start:
            raise HclError("an attribute name expected", start)
        return Index(Literal(self.source, start, self.pos, int(self.text[start : self.pos])))


def number(text: str) -> int | float:
    """A number as Terraform means it: whole numbers are ints. Absurd exponents raise HclError."""
    if text.lstrip("-").isdecimal():
        if len(text) > 1000:
            raise HclError("number too long", 0)
        return int(text)
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise HclError("number too large", 0)
    return int(value) if value.is_integer() and abs(value) < 1e18 else value
