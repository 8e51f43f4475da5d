"""SQL text -> tokens. One lexer for all dialects; it never fails: what it cannot read is an operator of one character.

Comments are left out, strings and quoted names are one token each. Where dialects disagree, the one given decides; where
none is known, the reading that fits what stands around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from blastlint.frozen import dataclass
from blastlint.regex import regex

Kind = Literal["word", "name", "string", "number", "mark", "meta"]


@dataclass(frozen=True, slots=True)
class Token:
    """`upper` is the text of a word in capitals, of a mark as it is, and "" for strings and quoted names: they are never
    keywords. `value` is the content of strings and names, unescaped as far as that matters here."""

    kind: Kind
    upper: str
    value: str
    start: int
    end: int


_SPACE = regex(r"[\s\x00﻿]+")
_WORD = regex(r"(?:\$\{[^}\n]*\}|\{\{[^\n]*?\}\}|[^\W\d]|[_@#]{1,2}(?=\w))(?:\$\{[^}\n]*\}|\{\{[^\n]*?\}\}|[\w$#@])*")
_NUMBER = regex(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+")
_DOLLAR = regex(r"\$([^\W\d]\w*)?\$")
_PLACEHOLDER = regex(r"%\(\w+\)s|%s|\$\d+|:\w+(?!:)|\?")
_BRACKET = regex(r"\[([^\W\d][\w .$@#-]*)\]")
_LINE_COMMENT = regex(r"--[^\n]*")
_COMMENT_MARK = regex(r"/\*|\*/")
_MARK = regex(r"::|<>|!=|<=|>=|:=|\|\||->>?|#>>?|=>")
_PREFIXES = frozenset({"E", "N", "B", "X", "U&", "R"})
_TO_LINE_END = regex(r"[^\n]*")


def tokens(text: str, dialect: str = "") -> Iterator[Token]:
    """The tokens of `text` in order."""
    at, size = 0, len(text)
    line_start = True
    while at < size:
        space = _SPACE.match(text, at)
        if space:
            line_start = line_start or "\n" in space.group()
            at = space.end()
            continue
        end = _comment(text, at, dialect, line_start)
        if end > at:
            at = end
            continue
        token = _token(text, at, dialect, line_start)
        line_start = False
        yield token
        at = token.end


def _comment(text: str, at: int, dialect: str, line_start: bool) -> int:
    """The end of the comment that starts here, or `at`. `/*!40101 ... */` of MySQL is executed, and no comment."""
    if text.startswith("--", at):
        return _end(_LINE_COMMENT.match(text, at), at)
    if text.startswith("/*!", at):
        return at + 3 + len(re.match(r"\d*", text[at + 3 : at + 9]).group())  # type: ignore[union-attr]
    if text.startswith("*/", at):
        return at + 2
    if text.startswith("/*", at):
        return _block_comment(text, at)
    if text[at] == "#" and (dialect == "mysql" or (line_start and dialect == "" and text[at + 1 : at + 2] in " #!\n")):
        return _end(_TO_LINE_END.match(text, at), at)
    return at


def _block_comment(text: str, at: int) -> int:
    """Block comments nest, as in Postgres, where every opening has its end; else the first end closes them."""
    depth = 0
    for match in _COMMENT_MARK.finditer(text, at):
        depth += 1 if match.group() == "/*" else -1
        if depth == 0:
            return match.end()
    first = text.find("*/", at)
    return first + 2 if first >= 0 else len(text)


def _end(match: re.Match[str] | None, otherwise: int) -> int:
    return match.end() if match else otherwise


def _token(text: str, at: int, dialect: str, line_start: bool) -> Token:
    letter = text[at]
    if letter == "\\" and line_start:
        end = _end(_TO_LINE_END.match(text, at), at + 1)
        return Token("meta", "\\", text[at:end].rstrip(), at, end)
    if letter == "'" or (letter == '"' and dialect == "mysql" and _is_text(text, at)):
        return _string(text, at, at, letter, dialect == "mysql")
    if letter in '"`':
        return _quoted(text, at, letter)
    if letter == "[":
        match = _BRACKET.match(text, at)
        if (
            match
            and dialect in ("tsql", "sqlite", "")
            and (at == 0 or not (text[at - 1].isalnum() or text[at - 1] in '_])"'))
        ):
            return Token("name", "", match.group(1), at, match.end())
    if letter == "$":
        match = _DOLLAR.match(text, at)
        if match and dialect not in ("mysql", "tsql"):
            close = text.find(match.group(), match.end())
            end = close + len(match.group()) if close >= 0 else len(text)
            return Token("string", "", text[match.end() : close if close >= 0 else end], at, end)
    word = _WORD.match(text, at)
    if word:
        return _word(text, at, word.group(), dialect)
    number = _NUMBER.match(text, at)
    if number:
        return Token("number", number.group(), number.group(), at, number.end())
    other = _PLACEHOLDER.match(text, at) if letter in "%$:?" else None
    if other:
        return Token("mark", "?", other.group(), at, other.end())
    mark = _MARK.match(text, at)
    end = mark.end() if mark else at + 1
    return Token("mark", text[at:end], text[at:end], at, end)


def _is_text(text: str, at: int) -> bool:
    """Whether a double-quoted word of MySQL is a text: a name stands alone only under ANSI_QUOTES, behind a dot or FROM."""
    before = text[max(at - 8, 0) : at].rstrip().upper()
    return not before.endswith((".", "FROM", "TABLE", "INTO", "UPDATE", "COLUMN"))


def _word(text: str, at: int, word: str, dialect: str) -> Token:
    end = at + len(word)
    if word.upper() in _PREFIXES and text[end : end + 1] == "'":
        return _string(text, at, end, "'", word.upper() == "E" or dialect == "mysql")
    return Token("word", word.upper(), word, at, end)


def _string(text: str, start: int, at: int, quote: str, escapes: bool) -> Token:
    """A string from its quote at `at`; doubled quotes stand for one, backslashes escape where the dialect says so."""
    here, pieces = at + 1, []
    while here < len(text):
        stop = re.compile(rf"[{quote}\\]" if escapes else quote).search(text, here)
        if stop is None:
            pieces.append(text[here:])
            here = len(text)
            break
        pieces.append(text[here : stop.start()])
        if stop.group() == "\\":
            pieces.append(text[stop.end() : stop.end() + 1])
            here = stop.end() + 1
        elif text[stop.end() : stop.end() + 1] == quote:
            pieces.append(quote)
            here = stop.end() + 1
        else:
            here = stop.end()
            break
    return Token("string", "", "".join(pieces), start, min(here, len(text)))


def _quoted(text: str, at: int, quote: str) -> Token:
    end = text.find(quote, at + 1)
    while end >= 0 and text[end + 1 : end + 2] == quote:
        end = text.find(quote, end + 2)
    stop = end if end >= 0 else len(text)
    return Token("name", "", text[at + 1 : stop].replace(quote * 2, quote), at, min(stop + 1, len(text)))
