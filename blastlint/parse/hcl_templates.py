"""Templates of HCL: quoted strings, heredocs and whole template files, with interpolations and directives.

A template is scanned into flat pieces (text, expression, directive); strip markers and the indentation of `<<-` are
applied to the pieces as HCL does (token by token, so `~}` reaches to the end of a heredoc's line and no further); then
the pieces are nested.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blastlint.frozen import dataclass
from blastlint.parse.hcl_ast import Expr, HclError, Literal, Part, Template, TemplateFor, TemplateIf
from blastlint.regex import regex

if TYPE_CHECKING:
    from blastlint.parse.hcl_expressions import Parser

MAX_UNCLOSED = 20  # each costs a search to the end of the text
_QUOTED = regex(r'(?:\$\$\{|%%\{|[^"\\$%\n]+|\$(?!\{)|%(?!\{)|\\[^\n])+')
_RAW = regex(r"(?:\$\$\{|%%\{|[^$%]+|\$(?!\{)|%(?!\{))+")
_LINES = regex(r"[^\n]*\n|[^\n]+")
_ESCAPE = regex(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))|\$\$(?=\{)|%%(?=\{)")
_RAW_ESCAPE = regex(r"\$\$(?=\{)|%%(?=\{)")
_SIMPLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_HEREDOC = regex(r"<<(-?)([^\W\d][\w-]*)[ \t]*\r?\n")
_DIRECTIVE = regex(r"\s*(if|else|endif|for|endfor)\b")
_FOR_NAMES = regex(r"\s*([^\W\d][\w-]*)\s*(?:,\s*([^\W\d][\w-]*)\s*)?\bin\b")


@dataclass(slots=True)
class _Text:
    value: str
    start: int
    end: int


@dataclass(slots=True)
class _Directive:
    word: str
    start: int
    expression: Expr | None = None
    names: tuple[str, str] = ("", "")


_Piece = _Text | _Directive | Expr


def quoted(parser: Parser) -> Expr:
    """A quoted template at the parser's position: a Literal when nothing is interpolated."""
    start = parser.pos
    parser.pos += 1
    pieces = _scan(parser, None)
    if not parser.text.startswith('"', parser.pos):
        raise HclError("unterminated string", start)
    parser.pos += 1
    return _template(parser, pieces, start, parser.pos)


def heredoc(parser: Parser) -> Expr:
    """`<<EOT` or `<<-EOT`, ending behind the closing marker."""
    start = parser.pos
    match = _HEREDOC.match(parser.text, start)
    if match is None:
        raise HclError("a heredoc marker expected", start)
    if len(parser.unclosed) >= MAX_UNCLOSED or match[2] in parser.unclosed:
        raise HclError("unterminated heredoc", start)
    closing = re.compile(rf"^[ \t]*{re.escape(match[2])}(?=[ \t\r]*$)", re.MULTILINE).search(parser.text, match.end())
    if closing is None:
        parser.unclosed.add(match[2])
        raise HclError("unterminated heredoc", start)
    parser.pos = match.end()
    pieces = _scan(parser, closing.start())
    if match[1]:
        _unindent(pieces)
    parser.pos = closing.end()
    return _template(parser, pieces, start, parser.pos)


def whole(parser: Parser) -> Expr:
    """The whole text as one template (a file given to templatefile, a string of .tf.json)."""
    end = len(parser.text)
    return _template(parser, _scan(parser, end), 0, end)


def _scan(parser: Parser, stop: int | None) -> list[_Piece]:
    """The pieces from the position up to `stop`, or up to a closing quote where stop is None."""
    text = parser.text
    pattern = _QUOTED if stop is None else _RAW
    end = len(text) if stop is None else stop
    pieces: list[_Piece] = []
    trim_next = False
    while parser.pos < end:
        start = parser.pos
        if text.startswith(("${", "%{"), start):
            directive = text[start] == "%"
            parser.pos += 2
            if text.startswith("~", parser.pos):
                parser.pos += 1
                if pieces and isinstance(previous := pieces[-1], _Text):
                    previous.value = previous.value.rstrip()
            pieces.append(_directive(parser, start) if directive else parser.expression(True))
            trim_next = _close(parser, end)
            continue
        match = pattern.match(text, start, end)
        if match is None:
            break
        parser.pos = match.end()
        for line in _LINES.findall(match[0]) if stop is not None else (match[0],):
            value = _RAW_ESCAPE.sub(_unescape, line) if stop is not None else _ESCAPE.sub(_unescape, line)
            pieces.append(_Text(value.lstrip() if trim_next else value, start, start + len(line)))
            start += len(line)
            trim_next = False
    return pieces


def _close(parser: Parser, end: int) -> bool:
    """Go past the `}` of an interpolation or directive; whether it is `~}`."""
    trim = parser.skip(True) == "~"
    if trim:
        parser.pos += 1
    if not parser.text.startswith("}", parser.pos) or parser.pos >= end:
        raise HclError("'}' expected", parser.pos)
    parser.pos += 1
    return trim


def _unescape(match: re.Match[str]) -> str:
    found = match[0]
    if found in ("$$", "%%"):
        return found[0]
    code = match[1] or match[2]
    if code:
        try:
            return chr(int(code, 16))
        except (ValueError, OverflowError):
            return "\ufffd"
    return _SIMPLE_ESCAPES.get(match[3], found)


def _directive(parser: Parser, start: int) -> _Directive:
    match = _DIRECTIVE.match(parser.text, parser.pos)
    if match is None:
        raise HclError("a template directive expected", start)
    parser.pos = match.end()
    if match[1] == "if":
        return _Directive("if", start, parser.expression(True))
    if match[1] == "for":
        names = _FOR_NAMES.match(parser.text, parser.pos)
        if names is None:
            raise HclError("'in' expected", parser.pos)
        parser.pos = names.end()
        pair = (names[1], names[2]) if names[2] else ("", names[1])
        return _Directive("for", start, parser.expression(True), pair)
    return _Directive(match[1], start)


def _unindent(pieces: list[_Piece]) -> None:
    """Take away the indentation that all lines have in common. Blank lines do not count, and stay as they are."""
    at_start = True
    indents: list[int] = []
    adjust: list[_Text] = []
    for piece in pieces:
        if at_start:
            at_start = False
            if not isinstance(piece, _Text):
                indents.append(0)
            elif piece.value.strip() or not piece.value.endswith("\n"):
                indents.append(len(piece.value) - len(piece.value.lstrip()))
                adjust.append(piece)
        if isinstance(piece, _Text) and piece.value.endswith("\n"):
            at_start = True
    common = min(indents, default=0)
    for text in adjust:
        text.value = text.value[common:]


@dataclass(slots=True)
class _Open:
    """A directive that waits for its end, and the parts seen so far."""

    directive: _Directive | None
    parts: list[Part]
    yes: list[Part] | None = None


def _template(parser: Parser, pieces: list[_Piece], start: int, end: int) -> Expr:
    source = parser.source
    stack = [_Open(None, [])]
    for piece in pieces:
        top = stack[-1]
        if isinstance(piece, _Text):
            last = top.parts[-1] if top.parts else None
            if isinstance(last, Literal) and last.end == piece.start and isinstance(last.value, str):
                top.parts[-1] = Literal(source, last.start, piece.end, last.value + piece.value)
            else:
                top.parts.append(Literal(source, piece.start, piece.end, piece.value))
        elif not isinstance(piece, _Directive):
            top.parts.append(piece)
        elif piece.word in ("if", "for"):
            stack.append(_Open(piece, []))
        elif top.directive is None or piece.word.removeprefix("end") not in (top.directive.word, "else"):
            raise HclError(f"'{piece.word}' without its beginning", piece.start)
        elif piece.word == "else":
            if top.directive.word != "if" or top.yes is not None:
                raise HclError("'else' without its beginning", piece.start)
            top.yes, top.parts = top.parts, []
        else:
            stack.pop()
            stack[-1].parts.append(_nested(top))
    if len(stack) > 1:
        raise HclError("a template directive is not closed", start)
    parts = stack[0].parts
    if not parts:
        return Literal(source, start, end, "")
    if len(parts) == 1 and isinstance(parts[0], Literal) and isinstance(pieces[0], _Text):
        return Literal(source, start, end, parts[0].value)
    return Template(source, start, end, tuple(parts))


def _nested(top: _Open) -> Part:
    opened = top.directive
    assert opened is not None and opened.expression is not None
    if opened.word == "for":
        return TemplateFor(*opened.names, opened.expression, tuple(top.parts))
    if top.yes is None:
        return TemplateIf(opened.expression, tuple(top.parts), ())
    return TemplateIf(opened.expression, tuple(top.yes), tuple(top.parts))
