"""INI and its relatives -> KeyTree: .ini/.cfg/.conf/systemd units, .env files, Java .properties.

Every scalar is a string, as it is for the programs that read these files. Interpolation (`${X}`, `%(x)s`) is kept as text.

- ini: sections are maps of the document, `[a "b"]` keeps its text as the name. `key = value`, `key: value`, `key` alone
  (null). Deeper indented lines continue a value. A key given several times is a list (systemd's Environment=). A file of
  `key value` lines (redis.conf, sshd_config) is read too, and where such lines nest, blocks.py does.
- dotenv: `export`, single, double (escapes, several lines) and no quotes; the last of equal keys counts, with a note.
- properties: `=`, `:` or blank between key and value, escapes, continuation lines; `a.b=1` is nested: {"a": {"b": "1"}},
  and a key that is also a prefix of others has its own value under "".
"""

from __future__ import annotations

import re

from blastlint.frozen import dataclass
from blastlint.model import Block, Comment, Document, Region, Side, Value
from blastlint.parse import blocks
from blastlint.parse.keytree import MAX_DEPTH, MAX_NODES, TOO_LARGE, Reading
from blastlint.parse.languages import language_of
from blastlint.parse.text import decode
from blastlint.regex import regex

_SECTION = regex(r"\s*\[(?P<name>[^\]\n]*)\]\s*(?:[;#].*)?$")
_ASSIGNMENT = regex(r"=|:(?=\s|$)")
_DIRECTIVE = regex(r"[A-Za-z][\w.-]*+(?=\s)")
_KEYED = regex(r"[\"\w.-]+\s*(=(?!>)|:\s)")
_INLINE = regex(r"(?:^|\s)[;#].*$")
_NESTED = regex(r"\{\s*$|^\s*\}\s*;?\s*$|^\s*</?[A-Za-z]")
_ENV = regex(r"\s*(?:export\s+)?(?P<key>[A-Za-z_][\w.-]*)\s*=[ \t]*(?P<value>.*)$")
_ENV_CLOSED = {
    '"': regex(r'"(?P<text>(?:[^"\\]|\\.)*+)"', re.DOTALL),
    "'": regex(r"'(?P<text>[^']*+)'"),
    "`": regex(r"`(?P<text>[^`]*+)`"),
}
_ESCAPE = regex(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}
_PROPERTY = regex(r"(?P<key>(?:[^\\=:\s]|\\.)++)(?:\s*[=:]\s*|\s+|$)(?P<value>.*)$", re.DOTALL)
_UNREAD = "a line that is no entry"


def parse(path: str, side: Side, data: bytes) -> Document:
    """The Document of one such file; its content is a KeyTree."""
    text, reason = decode(data)
    language = language_of(path, data)
    reading = Reading(path, side, language, reason=reason)
    lines = text.splitlines() if "\f" not in text and "\v" not in text else text.split("\n")
    if language == "ini" and _is_nested(lines):
        if _is_assigned(lines):
            reading.partial("nested configuration of its own kind, not INI", 1)
        else:
            blocks.read(reading, lines)
        return reading.document()
    entries = {"dotenv": _dotenv, "properties": _properties}.get(language, _ini)(reading, lines)
    if len(entries) > MAX_NODES:
        reading.partial(TOO_LARGE)
        entries = entries[:MAX_NODES]
    if not (reading.reason and not entries):
        build = _nested if language == "properties" else _sections
        whole = reading.region((1, 1), (max(len(lines), 1), len(lines[-1]) + 1 if lines else 1))
        reading.documents.append(build(reading, entries, whole))
    return reading.document()


@dataclass(frozen=True, slots=True)
class _Line:
    """One entry as it stands in the file: where it belongs, and the value with its region."""

    path: tuple[str, ...]
    value: Value


def _value(
    reading: Reading, text: str | None, first: int, last: int, column: int, end: int, several: bool = False
) -> Value:
    """A string (or null) of an entry that stands from (first, column) to (last, end)."""
    region = reading.region((first, column), (last, end))
    block = Block("quoted", first, 0) if several else None
    return Value(text, region=region, block=block)


def _comment(reading: Reading, line: str, number: int) -> None:
    text = line.strip()
    column = line.index(text) + 1
    reading.comments.append(Comment(text, reading.region((number, column), (number, column + len(text)))))


# --- ini ------------------------------------------------------------------------------------------------------------


def _ini(reading: Reading, lines: list[str]) -> list[_Line]:
    form = _form(_told(lines))
    found: list[_Line] = []
    section: tuple[str, ...] = ()
    depth: int | None = None  # the indentation of this section's keys
    at = 0
    while at < len(lines):
        line, number = lines[at], at + 1
        at += 1
        indent = len(line) - len(line.lstrip())
        if indent == len(line):
            continue
        if line[indent] in "#;":
            _comment(reading, line, number)
            continue
        header = _SECTION.match(line)
        if header and (depth is None or indent <= depth):
            section, depth = (header["name"].strip(),), None
            found.append(_Line(section, Value({}, region=reading.region((number, 1), (number, len(line) + 1)))))
            continue
        depth = indent if depth is None else depth
        separator = form.search(line, indent)
        end = (separator.end() if form is _DIRECTIVE else separator.start()) if separator else len(line)
        key = line[indent:end].strip()
        parts = [_INLINE.sub("", line[separator.end() :]).strip()] if separator else []
        while at < len(lines) and _continues(lines[at], depth):
            parts.append(_INLINE.sub("", lines[at]).strip())
            at += 1
        text = "\n".join(parts) if parts else None
        last = len(lines[at - 1].rstrip()) + 1
        found.append(_Line((*section, key), _value(reading, text, number, at, indent + 1, last, at > number)))
    return found


def _continues(line: str, depth: int) -> bool:
    """Whether a line is a further line of the value above: deeper than the keys are, and no comment."""
    text = line.lstrip()
    return bool(text) and len(line) - len(text) > depth and text[0] not in "#;"


def _is_nested(lines: list[str]) -> bool:
    """Whether this is no INI but directives in blocks: in braces, in tags, or deeper than the line that begins them."""
    told = _told(lines)
    return any(_NESTED.search(line) for line in told) or (_form(told) is _DIRECTIVE and blocks.nests("\n".join(lines)))


def _is_assigned(lines: list[str]) -> bool:
    """Whether most lines give a key its value (HOCON): then what nests are values."""
    told = [line for line in _told(lines) if not line.endswith(("{", "}"))]
    return 2 * sum(_KEYED.match(line) is not None for line in told) > len(told)


def _told(lines: list[str]) -> list[str]:
    return [line.strip() for line in lines if line.strip() and line.lstrip()[0] not in "#;"]


def _form(told: list[str]) -> re.Pattern[str]:
    """What ends a key in this file: `=` or `:`, or in `key value` files its own end."""
    sections = sum(1 for line in told if _SECTION.match(line))
    assigned = sum(1 for line in told if _ASSIGNMENT.search(line))
    directives = sum(1 for line in told if _DIRECTIVE.match(line))
    return _DIRECTIVE if not sections and directives > assigned and 2 * assigned < len(told) else _ASSIGNMENT


def _sections(reading: Reading, entries: list[_Line], whole: Region) -> Value:
    homes: dict[str, tuple[dict[str, list[Value]], Region]] = {"": ({}, whole)}
    for entry in entries:
        value = entry.value
        assert value.region is not None
        if value.is_map:
            homes.setdefault(entry.path[0], ({}, value.region))
            continue
        home = homes[entry.path[0] if len(entry.path) > 1 else ""][0]
        given = home.setdefault(entry.path[-1], [])
        if given and reading.language != "ini":
            reading.duplicate(entry.path[-1], value.region.start_line)
            given.clear()
        given.append(value)
    root = {key: _one(given) for key, given in homes.pop("")[0].items()}
    for name, (home, header) in homes.items():
        section = {key: _one(given) for key, given in home.items()}
        last = max((given[-1].region or header for given in home.values()), key=lambda r: r.end_line, default=header)
        root[name] = Value(section, region=reading.region((header.start_line, 1), (last.end_line, last.end_column)))
    return Value(root, region=whole)


def _one(given: list[Value]) -> Value:
    """A key that is given once has its value, else the list of them."""
    return given[0] if len(given) == 1 else Value(tuple(given), region=given[0].region)


# --- .env -----------------------------------------------------------------------------------------------------------


def _dotenv(reading: Reading, lines: list[str]) -> list[_Line]:
    found: list[_Line] = []
    at = 0
    while at < len(lines):
        line, number = lines[at], at + 1
        at += 1
        if not line.strip():
            continue
        if line.lstrip().startswith("#"):
            _comment(reading, line, number)
            continue
        match = _ENV.match(line)
        column = len(line) - len(line.lstrip()) + 1
        if match is None:
            reading.partial(_UNREAD, number)
            continue
        raw = match["value"]
        closed = _ENV_CLOSED.get(raw[:1])
        if closed is None:
            value = _value(reading, _INLINE.sub("", raw).strip(), number, number, column, len(line.rstrip()) + 1)
        else:
            # Quotes may close on a later line; those that never do hold their own line only.
            text, last = raw, at
            quoted = closed.match(text)
            while quoted is None and last < min(len(lines), at + 200):
                text = f"{text}\n{lines[last]}"
                last += 1
                quoted = closed.match(text) if raw[0] in lines[last - 1] else None
            if quoted is None:
                value = _value(reading, raw.strip(), number, number, column, len(line.rstrip()) + 1)
            else:
                content = _unescaped(quoted["text"]) if raw[0] == '"' else quoted["text"]
                end = len(lines[last - 1].rstrip()) + 1
                value = _value(reading, content, number, last, column, end, several=last > at)
                at = last
        found.append(_Line((match["key"],), value))
    return found


def _unescaped(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        code = match[1]
        return chr(int(code[1:], 16)) if len(code) == 5 else _ESCAPES.get(code, code)

    return _ESCAPE.sub(one, text) if "\\" in text else text


# --- .properties ----------------------------------------------------------------------------------------------------


def _properties(reading: Reading, lines: list[str]) -> list[_Line]:
    found: list[_Line] = []
    at = 0
    while at < len(lines):
        number, line = at + 1, lines[at]
        at += 1
        text = line.strip()
        if not text:
            continue
        if text[0] in "#!":
            _comment(reading, line, number)
            continue
        parts = [text]
        while (len(parts[-1]) - len(parts[-1].rstrip("\\"))) % 2 and at < len(lines):
            parts[-1] = parts[-1][:-1]
            parts.append(lines[at].strip())
            at += 1
        match = _PROPERTY.match("".join(parts))
        if match is None:
            reading.partial(_UNREAD, number)
            continue
        column = len(line) - len(line.lstrip()) + 1
        end = len(lines[at - 1].rstrip()) + 1
        value = _value(reading, _unescaped(match["value"]), number, at, column, end, several=len(parts) > 1)
        found.append(_Line(tuple(_unescaped(match["key"]).split(".", MAX_DEPTH - 2)), value))
    return found


def _nested(reading: Reading, entries: list[_Line], whole: Region) -> Value:
    by_key: dict[tuple[str, ...], Value] = {}
    for entry in entries:
        assert entry.value.region is not None
        if entry.path in by_key:
            reading.duplicate(".".join(entry.path), entry.value.region.start_line)
        by_key[entry.path] = entry.value
    prefixes = {key[:n] for key in by_key for n in range(1, len(key))}
    tree: dict[str, object] = {}
    for key, value in by_key.items():
        home = tree
        for part in key[:-1] if key not in prefixes else key:
            home = home.setdefault(part, {})  # type: ignore[assignment]
        home["" if key in prefixes else key[-1]] = value
    return _frozen(tree, whole)


def _frozen(tree: dict[str, object], region: Region) -> Value:
    """Nested dicts -> a map Value. A map that no line names has the place of its first entry."""
    entries: dict[str, Value] = {}
    for key, child in tree.items():
        if isinstance(child, Value):
            entries[key] = child
        elif isinstance(child, dict):
            entries[key] = _frozen(child, _first_region(child, region))
    return Value(entries, region=region)


def _first_region(tree: dict[str, object], default: Region) -> Region:
    here: object = tree
    while isinstance(here, dict) and here:
        here = next(iter(here.values()))
    return here.region if isinstance(here, Value) and here.region else default
