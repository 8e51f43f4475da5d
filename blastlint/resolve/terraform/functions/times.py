"""Dates: those that do not depend on when one asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from blastlint.regex import regex
from blastlint.resolve.terraform.functions.support import Lenient, Strict
from blastlint.resolve.terraform.values import EvaluationError

if TYPE_CHECKING:  # datetime is imported where used: few configurations compute with dates
    from datetime import datetime

_DURATION = regex(r"([+-]?)((?:\d+(?:\.\d+)?(?:h|m|s|ms|us|ns))+)")
_UNIT = regex(r"(\d+(?:\.\d+)?)(h|ms|m|s|us|ns)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_STAMP = regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")


def _time(text: str) -> datetime:
    if not _STAMP.fullmatch(text):
        raise EvaluationError("not an RFC 3339 timestamp")
    from datetime import datetime

    return datetime.fromisoformat(text)


def _timeadd(stamp: str, duration: str) -> str:
    from datetime import timedelta

    match = _DURATION.fullmatch(duration)
    if match is None:
        raise EvaluationError("timeadd: not a duration")
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in _UNIT.findall(match[2]))
    moved = _time(stamp) + timedelta(seconds=-seconds if match[1] == "-" else seconds)
    return moved.replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _timecmp(left: str, right: str) -> int:
    a, b = _time(left), _time(right)
    return (a > b) - (a < b)


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DATE_TOKEN = regex(r"'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+")
_DATE_PARTS: Mapping[str, Callable[[datetime], str]] = {
    "YYYY": lambda t: f"{t.year:04}",
    "YY": lambda t: f"{t.year % 100:02}",
    "MMMM": lambda t: _MONTHS[t.month - 1],
    "MMM": lambda t: _MONTHS[t.month - 1][:3],
    "MM": lambda t: f"{t.month:02}",
    "M": lambda t: str(t.month),
    "DD": lambda t: f"{t.day:02}",
    "D": lambda t: str(t.day),
    "EEEE": lambda t: _DAYS[t.weekday()],
    "EEE": lambda t: _DAYS[t.weekday()][:3],
    "hh": lambda t: f"{t.hour:02}",
    "h": lambda t: str(t.hour),
    "HH": lambda t: f"{(t.hour + 11) % 12 + 1:02}",
    "H": lambda t: str((t.hour + 11) % 12 + 1),
    "AA": lambda t: "AM" if t.hour < 12 else "PM",
    "aa": lambda t: "am" if t.hour < 12 else "pm",
    "mm": lambda t: f"{t.minute:02}",
    "m": lambda t: str(t.minute),
    "ss": lambda t: f"{t.second:02}",
    "s": lambda t: str(t.second),
    "ZZZZZ": lambda t: t.strftime("%z")[:3] + ":" + t.strftime("%z")[3:5],
    "ZZZZ": lambda t: t.strftime("%z")[:5],
    "ZZZ": lambda t: "UTC" if not t.utcoffset() else t.strftime("%z")[:5],
    "Z": lambda t: "Z" if not t.utcoffset() else t.strftime("%z")[:3] + ":" + t.strftime("%z")[3:5],
}


def _formatdate(pattern: str, stamp: str) -> str:
    time = _time(stamp)
    texts: list[str] = []
    for match in _DATE_TOKEN.finditer(pattern):
        token = match[0]
        if token.startswith("'"):
            texts.append(token[1:-1].replace("''", "'"))
        elif match[1]:
            part = _DATE_PARTS.get(token)
            if part is None:
                raise EvaluationError(f"formatdate: unknown {token!r}")
            texts.append(part(time))
        else:
            texts.append(token)
    return "".join(texts)


STRICT: Mapping[str, Strict] = {
    "formatdate": Strict("ss", _formatdate),
    "timeadd": Strict("ss", _timeadd),
    "timecmp": Strict("ss", _timecmp),
}
LENIENT: Mapping[str, Lenient] = {}
