"""`shape` facts: what a data file looks like to the program that reads it, on both sides: its records, the fields of each,
how many records or keys are there twice. And whether it outgrew a limit that a program states which names the file.

Tables (.csv, .tsv, .psv) are measured as text; key trees by their longest list of scalars, which is what a
template of fields looks like. Records of key trees are configuration.py's.

A limit is looked for where there is more than before, by one search of the tree for the name of the file, in code alone.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from blastlint.enrich.breadth.texts import text_of
from blastlint.enrich.context import Context
from blastlint.frozen import dataclass, field
from blastlint.model import Change, Fact, Region, Related, Value
from blastlint.parse.keytree import KeyTree
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex

_SEPARATORS = {".csv": ",", ".tsv": "\t", ".psv": "|"}
_TABLES = tuple(_SEPARATORS)
_LONG = 8  # scalars in a list: fewer are a setting
_CODE = (".py", ".js", ".ts", ".go", ".rb", ".java", ".rs", ".c", ".h", ".cc", ".cpp", ".hpp", ".cs", ".kt")
# A constant that says how many of them there may be.
_LIMIT = regex(
    r"(?i)\b(?P<name>\w*(fields|inputs|columns|features|entries|slots|rows|records|rules|items|params|elements)\w*)\s*"
    r"(:\s*[\w<>]+\s*)?(:?=|\s)\s*(?P<number>\d[\d_]{0,9})\b"
)
_READERS = 20


@dataclass(frozen=True, slots=True)
class Shape:
    """`rows` are records, `fields` those of each (of the head, or of the longest list), `uneven` the records that have
    another number, `twice` those that another one equals, `doubled` keys that one map has twice, with their lines; `line` is
    where the first uneven record is."""

    rows: int
    fields: int
    uneven: int = 0
    twice: int = 0
    doubled: Mapping[str, int] = field(default_factory=dict)
    line: int = 1


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The fact of one changed file."""
    if change.before is None or change.after is None:
        return
    before, after = _shape(change.before.address, context.before), _shape(change.after.address, context.after)
    if before is None or after is None or before == after:
        return
    limit, number, where = _exceeded(before, after, change, context)
    uneven = max(after.uneven - before.uneven, 0)
    doubled = {told: line for told, line in after.doubled.items() if told not in before.doubled}
    yield Fact(
        "shape",
        {
            "rows_before": before.rows,
            "rows_after": after.rows,
            "ratio": round(after.rows / before.rows, 4) if before.rows else None,
            "fields_before": before.fields,
            "fields_after": after.fields,
            "reshaped": change.after.address.endswith(_TABLES) and before.fields != after.fields,
            "uneven": uneven,
            "repeated": round(max(after.twice - before.twice, 0) / max(after.rows or after.fields, 1), 4),
            "lengthened": round(after.fields / before.fields, 4) if before.fields and not after.rows else None,
            "doubled": len(doubled),
            "limit": limit,
            "summary": _summary(before, after, uneven, limit, number, list(doubled)),
        },
        "shape",
        before=Region("before", change.before.address, 1),
        after=Region("after", change.after.address, min(doubled.values(), default=after.line if uneven else 1)),
        related=tuple(Related(f"{limit} is {number}", where) for where in ([where] if where is not None else [])),
    )


def _summary(
    before: Shape, after: Shape, uneven: int, limit: str, number: int, doubled: Sequence[str]
) -> str:
    parts = [*doubled[:3]] + ([f"so are {len(doubled) - 3} more keys"] if len(doubled) > 3 else [])
    if before.fields != after.fields:
        one, several = ("a record", "fields") if before.rows or after.rows else ("its longest list", "entries")
        parts.append(f"{one} has {after.fields} {several} (before: {before.fields})")
    if uneven:
        parts.append(f"{uneven} record{'s have' if uneven > 1 else ' has'} another number of fields than the rest")
    if before.rows != after.rows:
        parts.append(f"{after.rows} record{'s' if after.rows != 1 else ''} (before: {before.rows})")
    if after.twice > before.twice:
        parts.append(f"{after.twice} of them there twice")
    if limit:
        parts.append(f"what reads it takes {number} ({limit})")
    return ", ".join(parts)


# --- measuring --------------------------------------------------------------------------------------------------------


def _shape(path: str, side: Workspace) -> Shape | None:
    suffix = path[path.rfind(".") :]
    if suffix in _SEPARATORS:
        return _table(path, side, _SEPARATORS[suffix])
    document = side.document(path)
    if document is None or not isinstance(document.content, KeyTree):
        return None
    lists = (v.elements for root in document.content.documents for v in _lists(root, 0))
    longest = max(lists, key=len, default=())
    whole = document.coverage == "full"  # what a template chooses between is not there twice
    doubled = {note.message: note.line for note in document.content.notes if note.kind == "duplicate-key" and whole}
    if len(longest) < _LONG:
        return Shape(0, 0, doubled=doubled)
    return Shape(0, len(longest), twice=len(longest) - len({str(e.scalar) for e in longest}), doubled=doubled)


def _table(path: str, side: Workspace, separator: str) -> Shape | None:
    text = text_of(side.tree.read(path))
    if text is None:
        return None
    widths: list[tuple[int, int]] = []
    rows: Counter[tuple[str, ...]] = Counter()
    reader = csv.reader(text.text.splitlines(keepends=True), delimiter=separator)
    try:
        for row in reader:
            if row and not row[0].startswith("#"):
                widths.append((len(row), reader.line_num))
                rows[tuple(row)] += 1
    except csv.Error:
        return None
    if len(widths) < 2:
        return None
    head = widths[0][0]
    uneven = [line for width, line in widths if width != head]
    twice = sum(count - 1 for count in rows.values())
    return Shape(len(widths) - 1, head, len(uneven), twice, line=uneven[0] if uneven else 1)


def _lists(value: Value, depth: int) -> Iterator[Value]:
    """The lists of scalars of a tree."""
    if value.is_list and value.elements and all(e.is_scalar for e in value.elements):
        yield value
    elif depth < 8:
        for child in (*value.items.values(), *value.elements):
            yield from _lists(child, depth + 1)


# --- limits -----------------------------------------------------------------------------------------------------------


def _exceeded(before: Shape, after: Shape, change: Change, context: Context) -> tuple[str, int, Region | None]:
    """(name, number, place) of a constant that was kept and is not kept any more, in code that names the file."""
    grown = [
        (old, new) for old, new in ((before.fields, after.fields), (before.rows, after.rows)) if old and old < new
    ]
    name = change.path.rpartition("/")[2]
    if not grown or len(name) < 5:
        return "", 0, None
    for path in context.after.tree.search(name, _CODE)[:_READERS]:
        text = text_of(context.after.tree.read(path))
        for line, content in enumerate(text.text.split("\n") if text is not None else (), 1):
            for found in _LIMIT.finditer(content[:500]):
                number = int(found["number"].replace("_", ""))
                if any(old <= number < new for old, new in grown):
                    return found["name"], number, Region("after", path, line)
    return "", 0, None
