"""HCL files (Terraform, OpenTofu, .tfvars, Terragrunt) -> hcl_ast.File. Tolerant: what is no HCL is skipped to the next line
that can be read, and the Document says so; the rest is kept.
"""

from __future__ import annotations

from blastlint.model import Comment, Document, Side
from blastlint.parse.hcl_ast import Attribute, Block, Expr, File, HclError, Invalid, Source
from blastlint.parse.hcl_expressions import SIMPLE_ATTRIBUTE, Parser
from blastlint.parse.hcl_templates import whole
from blastlint.regex import regex

MAX_BLOCK_DEPTH = 50
RECOVERY_CHARACTERS = 20_000  # how far a statement that is no HCL may reach; many of them in one file get less
_ATTRIBUTE = regex(r"([^\W\d][\w-]*)[ \t]*=(?![=>])")
_HEADER = regex(r'([^\W\d][\w-]*)((?:[ \t]+(?:"[^"\\$%\n]*"|[^\W\d][\w-]*))*)[ \t]*\{')
_HEADER_TIGHT = regex(r'([^\W\d][\w-]*)((?:[ \t]*"[^"\\$%\n]*")*)[ \t]*\{')
_BRACKETS = regex(r'"(?:[^"\\\n]|\\.)*"|#[^\n]*|//[^\n]*|[()\[\]{}\n]')
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_INDENT = regex(r"[ \t]*(?=[^ \t\n])")
_LABEL = regex(r'"([^"]*)"|([^\W\d][\w-]*)')


def parse(path: str, side: Side, data: bytes) -> Document:
    """The Document of an HCL file; its content is always a File."""
    text = data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")
    source = Source(path, side, text)
    reader = _Reader(source)
    file = reader.file()
    comments = tuple(
        Comment(text[start:end], source.region(start, end)) for start, end in sorted(reader.parser.comments.items())
    )
    language = "terraform"
    if not reader.errors:
        return Document(path, side, language, file, comments)
    error = min(reader.errors, key=lambda e: e.offset)
    line = source.position(error.offset)[0]
    return Document(path, side, language, file, comments, "partial", f"not HCL: {error}", line)


def expression(source: Source) -> Expr:
    """The whole text of `source` as one expression; Invalid where it is none."""
    return _entire(source, template=False)


def template(source: Source) -> Expr:
    """The whole text of `source` as one template; Invalid where it is none."""
    return _entire(source, template=True)


def _entire(source: Source, template: bool) -> Expr:
    parser = Parser(source)
    try:
        found = whole(parser) if template else parser.expression(True)
        if not template:
            parser.skip(True)
        if parser.pos < len(source.text):
            raise HclError("the end expected", parser.pos)
    except HclError as error:
        return Invalid(source, 0, len(source.text), str(error))
    return found


class _Reader:
    """Bodies: attributes and blocks. Expressions are the Parser's."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.parser = Parser(source)
        self.errors: list[HclError] = []
        self._budget = 10 * RECOVERY_CHARACTERS

    def file(self) -> File:
        attributes, blocks = self._body(0)
        return File(self.source, attributes, blocks)

    def _body(self, depth: int) -> tuple[dict[str, Attribute], tuple[Block, ...]]:
        """The items up to the closing brace (not consumed) or the end."""
        parser, text = self.parser, self.text
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        while here := self._simple(attributes):
            if here == "}":
                if depth:
                    break
                self._error("unexpected '}'")
                parser.pos += 1
                continue
            start = parser.pos
            match = _ATTRIBUTE.match(text, start)
            if match:
                parser.pos = match.end()
                value = self._value()
                if match[1] not in attributes:
                    attributes[match[1]] = Attribute(self.source, start, value.end, match[1], value)
                continue
            block = self._block(start, depth)
            if block is not None:
                blocks.append(block)
        return attributes, tuple(blocks)

    def _simple(self, attributes: dict[str, Attribute]) -> str:
        """Read the lines that are plain attributes, as most are; the next character behind them."""
        parser, text = self.parser, self.text
        while match := SIMPLE_ATTRIBUTE.match(text, parser.pos):
            value = parser.simple(match, 2)
            if match[1] not in attributes:
                attributes[match[1]] = Attribute(self.source, match.start(1), value.end, match[1], value)
        return parser.skip(True)

    def _value(self) -> Expr:
        parser = self.parser
        start = parser.pos
        try:
            value = parser.expression(False)
            if parser.skip(False) not in ("\n", "}", ""):
                raise HclError("the end of the line expected", parser.pos)
        except HclError as error:
            parser.depth = 0
            self.errors.append(error)
            self._recover(start, error.offset)
            return Invalid(self.source, start, parser.pos, str(error))
        return value

    def _block(self, start: int, depth: int) -> Block | None:
        parser, text = self.parser, self.text
        match = _HEADER.match(text, start) or _HEADER_TIGHT.match(text, start)
        if match is None or depth >= MAX_BLOCK_DEPTH:
            self._error("an attribute or a block expected" if match is None else "blocks nested too deeply")
            self._recover(start, start)
            return None
        parser.pos = match.end()
        attributes, blocks = self._body(depth + 1)
        if parser.skip(True) == "}":
            parser.pos += 1
        else:
            self.errors.append(HclError("a block is not closed", start))
        labels = tuple([quoted or bare for quoted, bare in _LABEL.findall(match[2])])
        return Block(self.source, start, parser.pos, match.end() - 1, match[1], labels, attributes, blocks)

    def _error(self, message: str) -> None:
        self.errors.append(HclError(message, self.parser.pos))

    def _recover(self, start: int, offset: int) -> None:
        """Go on at the end of the first line, at `offset` or behind it, where what began at `start` is over: its
        brackets are closed again, or the next line is indented as little and closes none. All recoveries of a file share
        one budget."""
        line = self.text.rfind("\n", 0, start) + 1
        indent = self._indent(line)
        open_brackets: list[str] = []
        for match in _BRACKETS.finditer(self.text, start, start + min(self._budget, RECOVERY_CHARACTERS)):
            token, place = match[0], match.end()
            if token in ("(", "[", "{"):
                open_brackets.append(_CLOSING[token])
            elif open_brackets and token == open_brackets[-1]:
                open_brackets.pop()
            elif token in (")", "]", "}"):
                break
            elif token == "\n" and match.start() >= offset:
                below = self._indent(place)
                closes = self.text[place + below : place + below + 1] in (")", "]", "}")
                if not open_brackets or below < indent or (below == indent and not closes):
                    self._budget -= place - start
                    self.parser.pos = match.start()
                    return
        self._budget = max(self._budget - RECOVERY_CHARACTERS, 0)
        end = self.text.find("\n", offset)
        self.parser.pos = len(self.text) if end < 0 else end

    def _indent(self, line: int) -> int:
        """How many blanks the line at this offset starts with; an empty line is as far in as can be."""
        match = _INDENT.match(self.text, line)
        return len(match[0]) if match else len(self.text)
