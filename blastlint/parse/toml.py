"""TOML -> KeyTree. A tokenizer of one regular expression, as for JSON: offsets are code points, nothing recurses, and what
does not fit is skipped with the reason and the line. Dates and times are strings as written.
"""

from __future__ import annotations

import re

from blastlint.frozen import dataclass, field
from blastlint.model import Block, Comment, Document, Region, Scalar, Side, Value, unknown
from blastlint.parse.keytree import MAX_DEPTH, MAX_NODES, TOO_DEEP, TOO_LARGE, Reading
from blastlint.parse.text import Lines, decode
from blastlint.regex import regex

_TOKEN = regex(
    r'''[ \t\r]*(?:
      (?P<newline>\n)
    | (?P<comment>\#[^\n]*)
    | (?P<string>"""(?:[^"\\]|\\(?:.|\Z)|"(?!""))*+(?:"{3,5}|"{0,2}\Z)|"(?:[^"\\\n]|\\(?:[^\n]|\Z|(?=\n)))*+(?:"|(?=\n)|\Z))
    | (?P<literal>\'\'\'(?:[^']|'(?!''))*+(?:'{3,5}|'{0,2}\Z)|'[^'\n]*+(?:'|(?=\n)|\Z))
    | (?P<punctuation>[\[\]{},=.])
    | (?P<word>\d{4}-\d\d-\d\d[ ]\d\d:[0-9:.Z+-]*|[^\s\#"'\[\]{},=]+)
    | (?P<other>\S)
    | \Z
    )''',
    re.VERBOSE | re.DOTALL,
)
_INTEGER = regex(r"[-+]?[0-9](?:_?[0-9])*\Z")
_BASED = regex(r"0(?:x[0-9a-fA-F_]+|o[0-7_]+|b[01_]+)\Z")
_FLOAT = regex(r"[-+]?[0-9][0-9_]*(?:\.[0-9_]+)?(?:[eE][-+]?[0-9]{1,2})?\Z")
_ESCAPE = regex(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[ \t\r]*\n\s*|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "e": "\x1b"}
_MAX_DIGITS = 300


def parse(path: str, side: Side, data: bytes) -> Document:
    """The Document of one TOML file; its content is a KeyTree."""
    text, reason = decode(data)
    reading = Reading(path, side, "toml", reason=reason)
    _Reader(reading, text).read()
    return reading.document()


@dataclass(slots=True)
class _Table:
    """A table under construction; frozen into a map Value at the end."""

    start: int
    end: int
    entries: dict[str, _Table | list[_Table] | Value] = field(default_factory=dict)


@dataclass(slots=True)
class _Frame:
    """An array or an inline table that is being read, with the keys of the entry it is the value of."""

    table: _Table | None
    elements: list[Value]
    start: int
    keys: list[str] = field(default_factory=list)
    key_start: int = 0
    assigned: bool = False


class _Reader:
    """`frames[0]` stands for the current table: its `keys` are those of the entry on the current line."""

    def __init__(self, reading: Reading, text: str) -> None:
        self.reading = reading
        self.text = text
        self.lines = Lines(text)
        self.root = _Table(0, len(text))
        self.base = _Frame(self.root, [], 0)
        self.frames = [self.base]
        self.skipping = 0
        self.header: list[str] | None = None
        self.header_start = 0
        self.header_array = False

    def read(self) -> None:
        for match in _TOKEN.finditer(self.text):
            kind = match.lastgroup
            if kind is None:
                continue
            start, end = match.span(kind)
            token = match[kind]
            if kind == "comment":
                self.reading.comments.append(Comment(token, self._region(start, end)))
            elif kind == "newline":
                self._newline(start)
            elif self.skipping:
                self._skip(token, end)
            elif self.header is not None:
                self._header(kind, token, start, end)
            elif kind == "punctuation":
                self._punctuation(token, start, end)
            elif kind == "other":
                self._odd(token, start)
            else:
                self._text(kind, token, start, end)
            if self.reading.nodes > MAX_NODES:
                self.reading.broken(TOO_LARGE, self.lines.line(start), self._region(0, len(self.text)))
                return
        self._newline(len(self.text))
        if len(self.frames) > 1:
            self._odd("the end of the file", len(self.text))
            while len(self.frames) > 1:
                self._close(len(self.text))
        self.reading.documents.append(self._frozen(self.root, 0))

    def _region(self, start: int, end: int) -> Region:
        return self.reading.region(self.lines.place(start), self.lines.place(end))

    def _odd(self, token: str, start: int) -> None:
        self.reading.partial(f"not valid TOML: unexpected {token}", self.lines.line(start))

    # --- table headers

    def _newline(self, offset: int) -> None:
        if self.header is not None:
            self._odd("end of line in a table's name", offset)
            self.header = None
        top = self.frames[-1]
        if top is self.base and top.keys:
            self._odd("end of line", offset)
            top.keys, top.assigned = [], False

    def _header(self, kind: str, token: str, start: int, end: int) -> None:
        assert self.header is not None
        if token == "]":
            following = self.text[end : end + 1] == "]"
            if self.header_array and following and self.text[end - 2 : end - 1] != "]":
                return  # the first of the two
            self._enter(self.header, self.header_array, self.header_start, end)
            self.header = None
        elif token == "[" and not self.header and not self.header_array:
            self.header_array = True
        elif kind == "word":
            self.header.extend(part for part in token.split(".") if part)
        elif kind in ("string", "literal"):
            self.header.append(self._string(kind, token, start)[0])
        elif token != ".":
            self._odd(token, start)

    def _enter(self, keys: list[str], array: bool, start: int, end: int) -> None:
        home = self._descend(self.root, keys[:-1], start, end)
        table = _Table(start, end)
        name = keys[-1] if keys else ""
        there = home.entries.get(name)
        if array:
            if isinstance(there, list):
                there.append(table)
            else:
                home.entries[name] = [table]
        elif isinstance(there, _Table):
            table = there
        else:
            if there is not None:
                self.reading.duplicate(name, self.lines.line(start))
            home.entries[name] = table
        self.reading.nodes += 1
        self.base.table = table

    def _descend(self, table: _Table, keys: list[str], start: int, end: int) -> _Table:
        """The table at a dotted key, made where it is missing; the last one of an array of tables."""
        for depth, key in enumerate(keys):
            if depth > MAX_DEPTH:
                self.reading.partial(TOO_DEEP, self.lines.line(start))
                break
            there = table.entries.get(key)
            if isinstance(there, list):
                there = there[-1]
            if not isinstance(there, _Table):
                there = _Table(start, end)
                table.entries[key] = there
            table = there
        return table

    # --- entries and values

    def _punctuation(self, token: str, start: int, end: int) -> None:
        top = self.frames[-1]
        expects_key = top.table is not None and not top.assigned
        if token == "[" and top is self.base and expects_key and not top.keys:
            self.header, self.header_start, self.header_array = [], start, False
        elif token in "[{":
            if expects_key:
                self._odd(token, start)
            elif len(self.frames) >= MAX_DEPTH:
                self.skipping = 1
                self.reading.partial(TOO_DEEP, self.lines.line(start))
            else:
                self.reading.nodes += 1
                self.frames.append(_Frame(_Table(start, end) if token == "{" else None, [], start))
        elif token in "]}":
            if top is self.base or (top.table is None) != (token == "]"):
                self._odd(token, start)
            if top is not self.base:
                self._close(end)
        elif token == "=":
            if not expects_key or not top.keys:
                self._odd(token, start)
            top.assigned = bool(top.keys)
        elif token == "," and top.table is not None and top.assigned:
            self._odd(token, start)
            top.keys, top.assigned = [], False

    def _skip(self, token: str, end: int) -> None:
        if token in ("[", "{"):
            self.skipping += 1
        elif token in ("]", "}"):
            self.skipping -= 1
            if not self.skipping:
                self._add(unknown(TOO_DEEP), end, end)

    def _close(self, end: int) -> None:
        frame = self.frames.pop()
        if frame.table is None:
            self._add(Value(tuple(frame.elements)), frame.start, end)
        else:
            frame.table.end = end
            self._add(self._frozen(frame.table, 0), frame.start, end)

    def _text(self, kind: str, token: str, start: int, end: int) -> None:
        top = self.frames[-1]
        if top.table is not None and not top.assigned:
            if not top.keys:
                top.key_start = start
            if kind == "word":
                top.keys.extend(part for part in token.split(".") if part)
            else:
                top.keys.append(self._string(kind, token, start)[0])
            return
        self.reading.nodes += 1
        if kind != "word":
            text, block = self._string(kind, token, start)
            self._add(Value(text, block=block), start, end)
            return
        known, data = _word(token)
        if not known:
            self._odd(token[:40], start)
        self._add(Value(data) if known else unknown("not a TOML value", token), start, end)

    def _add(self, value: Value, start: int, end: int) -> None:
        top = self.frames[-1]
        if top.table is None:
            top.elements.append(_placed(value, self._region(start, end)))
            return
        value = _placed(value, self._region(top.key_start, end))
        home = self._descend(top.table, top.keys[:-1], top.key_start, end)
        name = top.keys[-1] if top.keys else ""
        if name in home.entries:
            self.reading.duplicate(name, self.lines.line(top.key_start))
        home.entries[name] = value
        top.table.end = max(top.table.end, end)
        top.keys, top.assigned = [], False

    def _string(self, kind: str, token: str, start: int) -> tuple[str, Block | None]:
        quote = token[0]
        several = token.startswith(quote * 3)
        width = 3 if several else 1
        closed = len(token) >= 2 * width and token.endswith(quote * width)
        if not closed:
            self._odd("end of a string", start)
        text = token[width : len(token) - width if closed else len(token)]
        if several:
            text = text.removeprefix("\r").removeprefix("\n")
        block = None
        if "\n" in token:
            first = 1 if token[3:5].lstrip("\r").startswith("\n") else 0
            exact = kind == "literal" or "\\" not in text
            block = Block("literal" if exact else "quoted", self.lines.line(start) + first, 0)
        if kind == "string" and "\\" in text:
            text = _ESCAPE.sub(_escaped, text)
        return text, block

    def _frozen(self, table: _Table, depth: int) -> Value:
        entries: dict[str, Value] = {}
        for key, child in table.entries.items():
            if isinstance(child, Value):
                entries[key] = child
            elif isinstance(child, list):
                elements = tuple(self._frozen(t, depth + 1) for t in child)
                entries[key] = Value(elements, region=self._region(child[0].start, child[-1].end))
            else:
                entries[key] = self._frozen(child, depth + 1)
        return Value(entries, region=self._region(table.start, table.end))


def _placed(value: Value, region: Region) -> Value:
    return Value(value.data, value.known, value.reason, value.text, region=region, block=value.block)


def _escaped(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] in "uU" and len(code) > 1:
        number = int(code[1:], 16)
        return chr(number) if number < 0x110000 else code
    return "" if "\n" in code else _ESCAPES.get(code, code)


def _word(token: str) -> tuple[bool, Scalar]:
    """(whether it is a value, which); dates and times start with a digit and stay text."""
    if token in ("true", "false"):
        return True, token == "true"
    if len(token) > _MAX_DIGITS:
        return True, token
    if _INTEGER.match(token):
        return True, int(token.replace("_", ""))
    if _BASED.match(token):
        try:
            return True, int(token.replace("_", ""), 0)
        except ValueError:
            return True, token
    if _FLOAT.match(token):
        try:
            return True, float(token.replace("_", ""))
        except ValueError:
            return True, token
    if token[0].isdigit() or token.lstrip("+-") in ("inf", "nan"):
        return True, token
    return False, None
