"""Whether a column's values survive a change of its type, and whether the table is rewritten for it.

free      nothing is touched (varchar(20) -> varchar(40) or text)
rewrite   every row is written anew, every value stays (int -> bigint)
lossy     values are cut, rounded or refused (bigint -> int, text -> varchar(20), timestamptz -> timestamp)
narrow    the new type is one into which values are usually squeezed, and the old one is not known
unknown   nothing is known
"""

from __future__ import annotations

import re
from typing import Literal

from blastlint.frozen import dataclass
from blastlint.regex import regex

Conversion = Literal["free", "rewrite", "lossy", "narrow", "unknown"]

_WHOLE = {
    "bool": 0, "boolean": 0, "bit": 0, "tinyint": 1, "smallint": 2, "int2": 2, "smallserial": 2, "mediumint": 3, "int": 4,
    "integer": 4, "int4": 4, "serial": 4, "bigint": 8, "int8": 8, "bigserial": 8,
}  # fmt: skip
_TEXT = frozenset(
    {
        "char",
        "character",
        "nchar",
        "varchar",
        "nvarchar",
        "varchar2",
        "nvarchar2",
        "character varying",
        "bpchar",
        "string",
    }
)
_LONG = frozenset({"text", "longtext", "mediumtext", "clob", "ntext", "citext", "tinytext"})
_SIZES = {"tinytext": 255, "text": 65_535, "mediumtext": 16_777_215, "longtext": 4_294_967_295}
_INEXACT = {"real": 4, "float4": 4, "float": 8, "double": 8, "double precision": 8, "float8": 8}
_EXACT = frozenset({"numeric", "decimal", "money", "number", "dec"})
_TIMES = {
    "date": 1, "timestamp": 3, "datetime": 3, "datetime2": 3, "smalldatetime": 2, "timestamp without time zone": 3,
    "timestamptz": 4, "timestamp with time zone": 4, "datetimeoffset": 4, "time": 0, "time without time zone": 0,
}  # fmt: skip
_FORM = regex(r"^([a-z_][\w ]*?)\s*(?:\(([^)]*)\))?\s*((?:with|without) time zone)?\s*(unsigned)?\s*(\[\])?$")


@dataclass(frozen=True, slots=True)
class _Type:
    name: str
    sizes: tuple[int, ...]
    unsigned: bool
    array: bool
    values: tuple[str, ...] = ()


def conversion(before: str, after: str, dialect: str = "") -> Conversion:
    """What becomes of the values when a column of type `before` ("" when not known) becomes `after`."""
    new = _read(after)
    old = _read(before) if before else None
    if new is None:
        return "unknown"
    if old is None:
        return _alone(new)
    if old == new:
        return "free"
    if old.array != new.array:
        return "lossy"
    if "enum" in (old.name, new.name) and old.name == new.name:
        if set(old.values) - set(new.values):
            return "lossy"
        return "free" if new.values[: len(old.values)] == old.values else "rewrite"
    for judge in (_whole, _texts, _numbers, _times):
        found = judge(old, new, dialect)
        if found is not None:
            return found
    if new.name in _LONG or (new.name in _TEXT and not new.sizes):
        return "rewrite"
    if {old.name, new.name} <= {"json", "jsonb"}:
        return "rewrite"
    return "free" if old.name == new.name else "lossy"


def _read(text: str) -> _Type | None:
    text = " ".join(text.lower().split())
    if text.startswith(("enum(", "set(")):
        return _Type("enum", (), False, False, tuple(re.findall(r"'((?:[^']|'')*)'", text)))
    match = _FORM.match(text)
    if match is None:
        return None
    name = f"{match[1]} {match[3]}" if match[3] else match[1]
    sizes = tuple(int(n) for n in re.findall(r"\d+", match[2] or ""))
    if name in _WHOLE:
        sizes = (1,) if name == "tinyint" and sizes == (1,) else ()  # the width of an integer is only how it is shown
    return _Type(name, sizes, bool(match[4]), bool(match[5]))


def _alone(new: _Type) -> Conversion:
    """What a new type says without the old one."""
    if new.name in _WHOLE and _WHOLE[new.name] <= 4:
        return "narrow"
    if (new.name in _TEXT and new.sizes) or new.name in ("date", "real", "float4", "char") or new.name == "enum":
        return "narrow"
    return "unknown"


def _whole(old: _Type, new: _Type, dialect: str) -> Conversion | None:
    if old.name not in _WHOLE or new.name not in _WHOLE:
        return None
    if (
        _WHOLE[new.name] < _WHOLE[old.name]
        or (old.unsigned and not new.unsigned and new.name == old.name)
        or (new.unsigned and not old.unsigned)
    ):
        return "lossy"
    return "free" if _WHOLE[new.name] == _WHOLE[old.name] else "rewrite"


def _texts(old: _Type, new: _Type, dialect: str) -> Conversion | None:
    if old.name not in _TEXT | _LONG or new.name not in _TEXT | _LONG:
        return None
    before, after = _room(old, dialect), _room(new, dialect)
    if after < before:
        return "lossy"
    padded = ("char" in (old.name, new.name) or "character" in (old.name, new.name)) and old.name != new.name
    return "rewrite" if padded or (dialect == "mysql" and (old.name in _LONG) != (new.name in _LONG)) else "free"


def _room(kind: _Type, dialect: str) -> int:
    """How many characters fit."""
    if kind.name in _LONG and dialect == "mysql":
        return _SIZES.get(kind.name, 1 << 40)
    if kind.name in _LONG or (not kind.sizes and kind.name not in ("char", "character", "nchar")):
        return 1 << 40
    return kind.sizes[0] if kind.sizes else 1


def _numbers(old: _Type, new: _Type, dialect: str) -> Conversion | None:
    if old.name in _EXACT and new.name in _EXACT:
        if not new.sizes:
            return "free"
        if not old.sizes:
            return "lossy"
        (precision, scale), (p, s) = (*old.sizes, 0)[:2], (*new.sizes, 0)[:2]
        if s < scale or p - s < precision - scale:
            return "lossy"
        return "free" if s == scale else "rewrite"
    numbers = _EXACT | _INEXACT.keys() | _WHOLE.keys()
    if old.name not in numbers or new.name not in numbers:
        return None
    if old.name in _INEXACT and new.name in _INEXACT:
        if _INEXACT[new.name] < _INEXACT[old.name]:
            return "lossy"
        return "free" if _INEXACT[new.name] == _INEXACT[old.name] else "rewrite"
    if old.name in _WHOLE and (new.name in _EXACT or (new.name in _INEXACT and _WHOLE[old.name] <= 4)):
        digits = {0: 1, 1: 3, 2: 5, 3: 8, 4: 10, 8: 19}[_WHOLE[old.name]]
        (p, s) = (*new.sizes, 0)[:2] if new.sizes else (1000, 0)
        return "rewrite" if new.name in _INEXACT or p - s >= digits else "lossy"
    return "lossy"


def _times(old: _Type, new: _Type, dialect: str) -> Conversion | None:
    if old.name not in _TIMES or new.name not in _TIMES:
        return None
    if _TIMES[new.name] < _TIMES[old.name]:
        return "lossy"
    return "free" if _TIMES[new.name] == _TIMES[old.name] and new.sizes == old.sizes else "rewrite"
