"""schema.prisma -> the tables, columns and relations that it declares, as operations that would make them.

The language is line by line: a block per model, a field per line. Names are those of the database (`@map`, `@@map`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from blastlint.frozen import replace
from blastlint.migration import Operation, plain
from blastlint.model import Document, Region, Side
from blastlint.parse.text import decode
from blastlint.regex import regex

_BLOCK = regex(r"^[ \t]*(model|enum|view|type)[ \t]+(\w+)[ \t]*\{([^}]*)\}", re.MULTILINE)
_FIELD = regex(r"^[ \t]*(\w+)[ \t]+(\w+|Unsupported\([^)]*\))(\[\])?(\?)?([^\n]*)$", re.MULTILINE)
_COMMENT = regex(r"//[^\n]*")
_QUOTED = regex(r'"[^"\n]*"')
_NO_BRACES = {ord("{"): "(", ord("}"): ")"}
_MAP = regex(r"@map\(\s*(?:name:\s*)?\"([^\"]+)\"")
_TABLE_MAP = regex(r"@@map\(\s*(?:name:\s*)?\"([^\"]+)\"")
_NATIVE = regex(r"@db\.(\w+)(?:\(([^)]*)\))?")
_ON_DELETE = regex(r"onDelete:\s*(\w+)")
_TYPES: Mapping[str, str] = {
    "String": "text", "Int": "int", "BigInt": "bigint", "Float": "double", "Boolean": "boolean", "DateTime": "timestamp",
    "Json": "jsonb", "Bytes": "bytea", "Decimal": "numeric",
}  # fmt: skip


def parse(path: str, side: Side, data: bytes) -> Document:
    """The Document of one schema; its content is the tuple of operations that would make what it declares."""
    text, inexact = decode(data)
    blank = _QUOTED.sub(lambda m: m.group().translate(_NO_BRACES), _COMMENT.sub(lambda m: " " * len(m.group()), text))
    found = tuple(_operations(path, side, blank))
    torn = blank.count("{") != blank.count("}")
    reason = "a block is not closed" if torn else inexact
    return Document(path, side, "prisma", found, (), "partial" if reason else "full", reason)


def _operations(path: str, side: Side, blank: str) -> Iterator[Operation]:
    """What a schema declares: its text without comments, and without braces in strings."""
    blocks = list(_BLOCK.finditer(blank))
    enums = {m[2] for m in blocks if m[1] == "enum"}
    tables = {m[2]: _name(_TABLE_MAP, m[3], m[2]) for m in blocks if m[1] == "model"}
    for block in blocks:
        if block[1] != "model":
            continue
        table = tables[block[2]]
        line = blank.count("\n", 0, block.start(1)) + 1
        region = Region(side, path, line, 1, line, len(block[2]) + 8)
        shown = f"model {block[2]}"
        yield Operation("create-table", table, name=block[2], framework="prisma", text=shown, region=region)
        for field in _FIELD.finditer(block[3]):
            at = line + block[3].count("\n", 0, field.start(1))
            place = Region(side, path, at, 1, at, len(field.group()) + 1)
            for operation in _field(table, field, enums, tables):
                yield replace(operation, framework="prisma", text=" ".join(field.group().split()), region=place)


def _field(table: str, field: re.Match[str], enums: set[str], tables: Mapping[str, str]) -> Iterator[Operation]:
    name, kind, rest = field[1], field[2], field[5]
    if kind in tables:
        deleted = _ON_DELETE.search(rest)
        if "@relation" in rest and "fields:" in rest:
            words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", deleted[1]).lower() if deleted else "restrict"
            yield Operation(
                "add-constraint", table, name.lower(), object="foreign-key", to=tables[kind], on_delete=words
            )
        return
    if kind not in _TYPES and kind not in enums and not kind.startswith("Unsupported"):
        return
    native = _NATIVE.search(rest)
    base = _native(native) if native else _TYPES.get(kind, "")
    marks = {"not-null"} if not field[4] else set()
    if "@default" in rest:
        marks.add("default")
    if "@unique" in rest:
        marks.add("unique")
    column = _name(_MAP, rest, name)
    yield Operation(
        "add-column", table, column, name=name, type=base + ("[]" if field[3] else ""), flags=frozenset(marks)
    )


def _native(match: re.Match[str]) -> str:
    word = {"varchar": "varchar", "char": "char", "integer": "int"}.get(match[1].lower(), match[1].lower())
    return f"{word}({match[2]})" if match[2] else word


def _name(pattern: re.Pattern[str], text: str, otherwise: str) -> str:
    match = pattern.search(text)
    return plain(match[1] if match else otherwise)
