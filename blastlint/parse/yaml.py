"""YAML -> KeyTree, from libyaml's events: every document of a stream, anchors, aliases and merge keys resolved.

Scalars are those of YAML 1.2's core schema, which is what most readers of configuration agree on: null, true/false, decimal,
0x and 0o integers, floats. `yes`, `on` and the like, dates, `0644` and `1e3` stay strings as written: tools differ about
them, and diff/values.py knows which spellings mean the same. A tagged value is a map of its tag: `!Ref x` is {"!Ref": x}.

Templated files are read with their actions blanked (templates.py) and are covered in part. A document that does not parse
is an unknown Value; the next `---` is read again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Protocol

import yaml

from blastlint.frozen import dataclass, field
from blastlint.model import Block, Comment, Document, Region, Side, Value, unknown
from blastlint.parse.keytree import MAX_DEPTH, MAX_NODES, TOO_DEEP, TOO_LARGE, Reading
from blastlint.parse.templates import REASON as TEMPLATED
from blastlint.parse.templates import Blanked, looks_templated
from blastlint.parse.text import Lines, decode
from blastlint.parse.yaml_scalars import tag_of, typed
from blastlint.regex import regex

_LOADER = getattr(yaml, "CLoader", yaml.Loader)
_MAX_BROKEN = 20
_MAX_SKIPPED = 500
_MAX_EXPANDED = 50_000  # values that aliases repeat: real files repeat hundreds, and every layer walks them all
_BLOCK_STYLES = ("|", ">")
_MARKER = regex(r"^---(?=\s|\Z)", re.MULTILINE)
_COMMENT = regex(r"(?:^|(?<=[ \t]))#[^\n\r]*", re.MULTILINE)
_OTHER_BREAKS = str.maketrans({"\x85": " ", "\u2028": " ", "\u2029": " "})  # line breaks for YAML 1.1 only


def parse(path: str, side: Side, data: bytes) -> Document:
    """The Document of one YAML file; its content is a KeyTree."""
    text, reason = decode(data)
    reading = Reading(path, side, "yaml", reason=reason)
    text = text.translate(_OTHER_BREAKS) if not text.isascii() else text
    templated = looks_templated(text)
    stream = _Stream(reading, text, None)
    clean = stream.read(stop_at_template=templated)
    if not clean:
        reading = Reading(path, side, "yaml", reason=reason)
        blanked = Blanked(text)
        stream = _Stream(reading, blanked.text, blanked)
        stream.read(stop_at_template=False)
        reading.partial(TEMPLATED)
    reading.comments.extend(stream.comments())
    return reading.document()


@dataclass(slots=True)
class _Frame:
    """A map or list that is being read. `key` is the pending key of a map; `weight` counts values, aliases expanded."""

    is_map: bool
    start: tuple[int, int]
    anchor: str | None
    tag: str
    flow: bool
    entries: dict[str, Value] = field(default_factory=dict)
    elements: list[Value] = field(default_factory=list)
    merged: list[Value] = field(default_factory=list)
    key: str | None = None
    merges: bool = False
    key_start: tuple[int, int] = (0, 0)
    weight: int = 1
    height: int = 1
    end: tuple[int, int] = (0, 0)


class _Mark(Protocol):
    """Where libyaml met something: 0-based, in code points."""

    line: int
    column: int
    index: int


class _Event(Protocol):
    """What all events of libyaml have; the stubs of PyYAML are vaguer."""

    start_mark: _Mark
    end_mark: _Mark
    anchor: str | None
    tag: str | None
    implicit: Any
    style: str | None
    flow_style: bool | None
    value: str


class _Stream:
    """Reads the documents of one text into a Reading."""

    def __init__(self, reading: Reading, text: str, blanked: Blanked | None) -> None:
        self.reading = reading
        self.text = text
        self.blanked = blanked
        self.line_offset = 0
        self.offset = 0
        self.hashes: list[tuple[int, int]] = []  # scalars that contain a '#'
        self.frames: list[_Frame] = []
        self.anchors: dict[str, tuple[Value, int, int]] = {}
        self.expanded = 0  # values that aliases stand for
        self.root: Value | None = None
        self.skipping = 0
        self.skipped_start: tuple[int, int] = (0, 0)
        self.skipped_anchor: str | None = None

    def read(self, stop_at_template: bool) -> bool:
        """Read all documents. False when something only a template could have been met and `stop_at_template` is set."""
        broken = 0
        while True:
            self.document_start = self.offset
            problem = self._read_from(self.offset, stop_at_template)
            if problem is None:
                return True
            if stop_at_template:
                return False
            reason, line = problem
            following = _MARKER.search(self.text, self.document_start + 3)
            broken += 1
            end = following.start() if following and broken < _MAX_BROKEN else len(self.text)
            first = self.text.count("\n", 0, self.document_start) + 1
            last = first + self.text.count("\n", self.document_start, end)
            self.reading.broken(reason, line, self.reading.region((first, 1), (max(last, first), 1)))
            if end == len(self.text):
                return True
            self.offset = end
            self.line_offset = self.text.count("\n", 0, end)

    def _read_from(self, offset: int, stop_at_template: bool) -> tuple[str, int] | None:
        """Read until the end (None) or until something does not parse: (reason, line)."""
        self.frames, self.root, self.anchors, self.skipping = [], None, {}, 0
        try:
            loader = _LOADER(self.text[offset:] if offset else self.text)
        except (yaml.YAMLError, UnicodeError) as error:
            return _problem(error, self.line_offset)
        try:
            return self._events(loader, stop_at_template)
        except (yaml.YAMLError, UnicodeError, ValueError) as error:
            return _problem(error, self.line_offset)
        finally:
            loader.dispose()

    def _events(self, loader: yaml.Loader, stop_at_template: bool) -> tuple[str, int] | None:
        get_event: Callable[[], _Event] = loader.get_event
        while True:
            event = get_event()
            kind: object = type(event)
            if self.skipping:
                self._skip(event)
            elif kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                if stop_at_template and event.flow_style and self.frames:
                    top = self.frames[-1]
                    if top.is_map and top.key is None and top.flow:
                        return "template", event.start_mark.line
                self._open(event, kind is yaml.MappingStartEvent)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._close(event)
            elif kind is yaml.AliasEvent:
                self._alias(event)
            elif kind is yaml.DocumentStartEvent:
                self.document_start = self.offset + event.start_mark.index
                self.root, self.anchors = None, {}
            elif kind is yaml.DocumentEndEvent:
                self._end_document()
            elif kind is yaml.StreamEndEvent:
                return None
            if self.reading.nodes > MAX_NODES:
                return TOO_LARGE, event.start_mark.line + self.line_offset + 1
            if self.skipping > _MAX_SKIPPED:  # libyaml takes quadratic time for nested flow collections
                return TOO_DEEP, event.start_mark.line + self.line_offset + 1

    def _skip(self, event: _Event) -> None:
        if isinstance(event, yaml.events.CollectionStartEvent):
            self.skipping += 1
        elif isinstance(event, yaml.events.CollectionEndEvent):
            self.skipping -= 1
            if not self.skipping:
                end = self._place(event.end_mark)
                value = unknown(TOO_DEEP, region=self.reading.region(self._start(self.skipped_start), end))
                self._add(value, end, self.skipped_anchor)

    def _place(self, mark: _Mark) -> tuple[int, int]:
        return mark.line + self.line_offset + 1, mark.column + 1

    def _end_document(self) -> None:
        if self.root is not None:
            self.reading.documents.append(self.root)
        self.root = None

    def _open(self, event: _Event, is_map: bool) -> None:
        start = self._place(event.start_mark)
        if len(self.frames) >= MAX_DEPTH:
            self.skipping, self.skipped_start, self.skipped_anchor = 1, start, event.anchor
            self.reading.partial(TOO_DEEP, start[0])
            return
        tag = "" if event.implicit else tag_of(event.tag)
        self.reading.nodes += 1
        self.frames.append(_Frame(is_map, start, event.anchor, tag, bool(event.flow_style), end=start))

    def _close(self, event: _Event) -> None:
        frame = self.frames.pop()
        # A block collection's own end mark stands behind the blank lines and comments that follow it.
        end = self._place(event.end_mark) if frame.flow else frame.end
        region = self.reading.region(self._start(frame.start), end)
        if frame.is_map:
            for source in frame.merged:
                for key, value in source.items.items():
                    frame.entries.setdefault(key, value)
            value = Value(frame.entries, region=region)
        else:
            value = Value(tuple(frame.elements), region=region)
        if frame.tag:
            value = Value({frame.tag: value}, region=region)
        self._add(value, end, frame.anchor, frame.weight, frame.height)

    def _scalar(self, event: _Event) -> None:
        text: str = event.value
        start, end = event.start_mark, event.end_mark
        if "#" in text:
            self.hashes.append((start.index + self.offset, end.index + self.offset))
        frame = self.frames[-1] if self.frames else None
        if frame is not None and frame.is_map and frame.key is None:
            self._key(frame, event)
            return
        line = start.line
        stop = (end.line + self.line_offset + 1, end.column + 1)
        block = None
        if event.style in _BLOCK_STYLES or end.line > line:
            block, stop = self._block(event, stop)
        in_map = frame is not None and frame.is_map
        place = frame.key_start if in_map and frame else (line + self.line_offset + 1, start.column + 1)
        region = Region(self.reading.side, self.reading.path, place[0], place[1], stop[0], stop[1])
        self.reading.nodes += 1
        value = None
        if self.blanked is not None:
            source = self.blanked.source(start.index + self.offset, end.index + self.offset)
            if source:
                source = source.partition("\n")[2] if event.style in _BLOCK_STYLES else source
                value = Value(None, known=False, reason=TEMPLATED, text=source, region=region, block=block)
        if value is None:
            value = typed(event, region, block)
        self._add(value, stop, event.anchor)

    def _block(self, event: _Event, stop: tuple[int, int]) -> tuple[Block, tuple[int, int]]:
        start, text = event.start_mark, event.value
        line = start.line + self.line_offset + 1
        if event.style not in _BLOCK_STYLES:
            return Block("quoted", line, start.column), stop
        first = self.text.find("\n", start.index + self.offset) + 1
        # Blank first lines have no indentation to tell; the first line with text has the block's.
        stripped = text.lstrip("\n")
        skip = len(text) - len(stripped)
        for _ in range(skip):
            first = self.text.find("\n", first) + 1
        blank = len(stripped) - len(stripped.lstrip(" "))
        content = self.text[first : self.text.find("\n", first)] if stripped else ""
        indent = max(len(content) - len(content.lstrip(" ")) - blank, 0)
        if event.style == ">":
            return Block("folded", line + 1, indent), stop
        lines = text.rstrip("\n").count("\n") + 1 if text.strip("\n") else 0
        return Block("literal", line + 1, indent), (line + 1 + lines, 1)

    def _key(self, frame: _Frame, event: _Event) -> None:
        key = event.value
        if self.blanked is not None:
            start, end = event.start_mark.index + self.offset, event.end_mark.index + self.offset
            key = (self.blanked.source(start, end) if start < end else "") or key
        frame.key = key
        frame.key_start = self._place(event.start_mark)
        frame.merges = key == "<<" and not event.style
        if event.anchor:
            self.anchors[event.anchor] = (Value(key), 1, 1)

    def _alias(self, event: _Event) -> None:
        start, end = self._place(event.start_mark), self._place(event.end_mark)
        region = self.reading.region(self._start(start), end)
        known = self.anchors.get(event.anchor or "")
        value, weight, height = known or (Value(), 1, 1)
        if known is None:
            value = unknown(f"alias *{event.anchor} names nothing complete", f"*{event.anchor}", region=region)
        elif self.expanded + weight > _MAX_EXPANDED:
            value, weight, height = unknown("aliases expand to too many values", region=region), 1, 1
            self.reading.partial("aliases expand to too many values", start[0])
        elif len(self.frames) + height > MAX_DEPTH:
            value, weight, height = unknown(TOO_DEEP, region=region), 1, 1
            self.reading.partial(TOO_DEEP, start[0])
        else:
            value = Value(value.data, value.known, value.reason, value.text, region=region, block=value.block)
        self.expanded += weight
        self._add(value, end, None, weight, height)

    def _start(self, own: tuple[int, int]) -> tuple[int, int]:
        """Where the region of the value that is being read starts: at its key, where it has one."""
        frame = self.frames[-1] if self.frames else None
        return frame.key_start if frame is not None and frame.is_map and frame.key is not None else own

    def _add(self, value: Value, end: tuple[int, int], anchor: str | None, weight: int = 1, height: int = 1) -> None:
        """Put a value where it belongs: into the map or list that is being read, or it is the document."""
        if anchor:
            self.anchors[anchor] = (value, weight, height)
        if not self.frames:
            self.root = value
            return
        frame = self.frames[-1]
        frame.weight += weight
        if height >= frame.height:
            frame.height = height + 1
        frame.end = end
        if not frame.is_map:
            frame.elements.append(value)
        elif frame.key is None:
            frame.key, frame.merges = _flat(value), False
            frame.key_start = (value.region.start_line, value.region.start_column) if value.region else end
        else:
            self._entry(frame, value)

    def _entry(self, frame: _Frame, value: Value) -> None:
        key = frame.key
        assert key is not None
        frame.key = None
        if frame.merges and (value.is_map or value.is_list):
            frame.merged.extend(value.elements if value.is_list else (value,))
            return
        if key in frame.entries and self.blanked is None:  # in a template, branches give a key twice
            self.reading.duplicate(key, frame.key_start[0])
        frame.entries[key] = value

    def comments(self) -> list[Comment]:
        """Every comment that is not a part of a scalar."""
        if "#" not in self.text:
            return []
        lines = Lines(self.text)
        spans = sorted(self.hashes)
        found: list[Comment] = []
        at = position = 0
        while match := _COMMENT.search(self.text, position):
            start, position = match.span()
            while at < len(spans) and spans[at][1] <= start:
                at += 1
            if at < len(spans) and spans[at][0] <= start:
                # A block scalar's header line may end in a comment of its own; everything behind it is text.
                header = self.text[spans[at][0] : start]
                if header[:1] not in _BLOCK_STYLES or "\n" in header:
                    position = max(spans[at][1], start + 1)
                    continue
            line, column = lines.place(start)
            region = self.reading.region((line, column), (line, column + len(match[0])))
            found.append(Comment(match[0], region))
        return found


def _flat(value: Value) -> str:
    """A key that is no scalar, as text."""
    return " ".join(f"{path}={leaf.text or leaf.scalar}" for path, leaf in value.leaves())[:200]


def _problem(error: Exception, line_offset: int) -> tuple[str, int]:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error).split("\n")[0]
    line = (mark.line if mark is not None else 0) + line_offset + 1
    return f"not valid YAML: {problem}", line
