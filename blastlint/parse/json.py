"""JSON -> KeyTree. Also JSON with comments and trailing commas, single quotes and bare keys (JSON5), and JSON lines.

A tokenizer of one regular expression and a loop with a stack: no grammar to import, offsets are code points, and nothing
recurses. An unclosed string ends with its line, so that every byte is looked at once. What does not fit is skipped with the
reason and the line; what was read stays. Several values after each other (JSON lines) are several documents.
"""

from __future__ import annotations

import json
import re

from blastlint.frozen import dataclass, field
from blastlint.model import Comment, Document, Region, Scalar, Side, Value, unknown
from blastlint.parse.keytree import MAX_DEPTH, MAX_NODES, TOO_DEEP, TOO_LARGE, Reading
from blastlint.parse.templates import REASON as TEMPLATED
from blastlint.parse.templates import Blanked, looks_templated
from blastlint.parse.text import Lines, decode
from blastlint.regex import regex

_TOKEN = regex(
    r"""[ \t\r\n\f\v\xa0\ufeff]*(?:
      (?P<punctuation>[{}\[\],:])
    | (?P<string>"(?:[^"\\\n]|\\(?:.|\Z))*+(?:"|(?=\n)|\Z))
    | (?P<single>'(?:[^'\\\n]|\\(?:.|\Z))*+(?:'|(?=\n)|\Z))
    | (?P<comment>//[^\n]*|/\*(?:[^*]|\*(?!/))*+(?:\*/|\*?\Z)|\#[^\n]*)
    | (?P<word>[^\s{}\[\],:"'/\#]+)
    | (?P<other>\S)
    | \Z
    )""",
    re.VERBOSE | re.DOTALL,
)
_NUMBER = regex(r"-?(?:0|[1-9][0-9]{0,300})\Z")
_FRACTION = regex(r"[-+]?(?:[0-9]{1,300}\.?[0-9]{0,300}|\.[0-9]{1,300})(?:[eE][-+]?[0-9]{1,2})?\Z")
_WORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None}


def parse(path: str, side: Side, data: bytes) -> Document:
    """The Document of one JSON file; its content is a KeyTree."""
    text, reason = decode(data)
    reading = Reading(path, side, "json", reason=reason)
    _Reader(reading, text).read()
    if reading.reason and looks_templated(text):
        reading = Reading(path, side, "json", reason=TEMPLATED)
        blanked = Blanked(text)
        _Reader(reading, blanked.text, blanked).read()
    return reading.document()


@dataclass(slots=True)
class _Frame:
    """An object or array that is being read. `expects` is what fits next: a key, a colon, a value, or a comma."""

    is_map: bool
    start: int
    own_start: int
    entries: dict[str, Value] = field(default_factory=dict)
    elements: list[Value] = field(default_factory=list)
    key: str | None = None
    key_start: int = 0
    colon: bool = False


class _Reader:
    def __init__(self, reading: Reading, text: str, blanked: Blanked | None = None) -> None:
        self.reading = reading
        self.text = text
        self.blanked = blanked
        self.lines = Lines(text)
        self.frames: list[_Frame] = []
        self.skipping = 0
        self.skipped_from = 0

    def read(self) -> None:
        for match in _TOKEN.finditer(self.text):
            kind = match.lastgroup
            if kind is None:
                continue
            start, end = match.span(kind)
            token = match[kind]
            if kind == "comment":
                self.reading.comments.append(Comment(token, self._region(start, end)))
            elif self.skipping:
                self._skip(token, end)
            elif kind == "punctuation":
                self._punctuation(token, start, end)
            elif kind == "other":
                self._odd(token, start)
            else:
                self._scalar(kind, token, start, end)
            if self.reading.nodes > MAX_NODES:
                self._give_up(start)
                return
        if self.frames or self.skipping:
            self._odd("the end of the file", len(self.text))
            self.skipping = 0
            while self.frames:
                self._close(len(self.text))

    def _region(self, start: int, end: int) -> Region:
        return self.reading.region(self.lines.place(start), self.lines.place(end))

    def _odd(self, token: str, start: int) -> None:
        self.reading.partial(f"not valid JSON: unexpected {token}", self.lines.line(start))

    def _give_up(self, offset: int) -> None:
        self.reading.documents.clear()
        self.reading.broken(TOO_LARGE, self.lines.line(offset), self._region(0, len(self.text)))

    def _punctuation(self, token: str, start: int, end: int) -> None:
        top = self.frames[-1] if self.frames else None
        if token in "{[":
            if len(self.frames) >= MAX_DEPTH:
                self.skipping, self.skipped_from = 1, start
                self.reading.partial(TOO_DEEP, self.lines.line(start))
                return
            self.reading.nodes += 1
            self.frames.append(_Frame(token == "{", self._start(start), start))
        elif top is None:
            self._odd(token, start)
        elif token in "}]":
            if top.is_map != (token == "}"):
                self._odd(token, start)
            self._close(end)
        elif token == ":":
            if not top.is_map or top.key is None or top.colon:
                self._odd(token, start)
            top.colon = True
        else:
            self._without_value(top, start)

    def _without_value(self, top: _Frame, offset: int) -> None:
        """A comma or an end came where a value was due."""
        if top.key is not None:
            self._odd("end of an entry", offset)
            top.key = None
        top.colon = False

    def _skip(self, token: str, end: int) -> None:
        if token in ("{", "["):
            self.skipping += 1
        elif token in ("}", "]"):
            self.skipping -= 1
            if not self.skipping:
                self._add(unknown(TOO_DEEP, region=self._region(self._start(self.skipped_from), end)))

    def _start(self, own: int) -> int:
        """Where the region of the value at `own` starts: at its key, where it has one."""
        top = self.frames[-1] if self.frames else None
        return top.key_start if top is not None and top.is_map and top.key is not None else own

    def _close(self, end: int) -> None:
        frame = self.frames.pop()
        self._without_value(frame, end - 1)
        region = self._region(frame.start, end)
        self._add(Value(frame.entries if frame.is_map else tuple(frame.elements), region=region))

    def _scalar(self, kind: str, token: str, start: int, end: int) -> None:
        top = self.frames[-1] if self.frames else None
        if top is not None and top.is_map and (top.key is None or not top.colon):
            if top.key is not None:
                self._odd(token[:40], start)
            source = self.blanked.source(start, end) if self.blanked else ""
            top.key = source or (token if kind == "word" else self._unquoted(token, start))
            top.key_start = start
            return
        self.reading.nodes += 1
        region = self._region(self._start(start), end)
        source = self.blanked.source(start, end) if self.blanked else ""
        if source:
            self._add(unknown(TEMPLATED, source, region=region))
            return
        if kind != "word":
            self._add(Value(self._unquoted(token, start), region=region))
            return
        known, data = _word(token)
        if not known:
            self._odd(token[:40], start)
            self._add(unknown("not a JSON value", token, region=region))
            return
        self._add(Value(data, region=region))

    def _unquoted(self, token: str, start: int) -> str:
        if len(token) < 2 or token[-1] != token[0]:
            self._odd("end of line in a string", start)
            return token[1:]
        if "\\" not in token:
            return token[1:-1]
        if token[0] == '"':
            try:
                return str(json.loads(token, strict=False))
            except ValueError:
                self._odd(f"escape in {token[:40]}", start)
        return re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), token[1:-1], flags=re.DOTALL)

    def _add(self, value: Value) -> None:
        if not self.frames:
            self.reading.documents.append(value)
            return
        top = self.frames[-1]
        if not top.is_map:
            top.elements.append(value)
        elif top.key is None:
            self._odd("value without a key", top.own_start)
        else:
            if top.key in top.entries:
                self.reading.duplicate(top.key, self.lines.line(top.key_start))
            top.entries[top.key] = value
            top.key, top.colon = None, False


def _word(token: str) -> tuple[bool, Scalar]:
    if token in _WORDS:
        return True, _WORDS[token]
    if _NUMBER.match(token):
        return True, int(token)
    if _FRACTION.match(token):
        number = float(token)
        return True, number
    if token in ("NaN", "Infinity", "-Infinity", "undefined"):
        return True, token
    if len(token) > 300 and token.lstrip("-").isdigit():
        return True, token
    return False, None
