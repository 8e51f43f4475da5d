"""Dates: those that do not depend on when one asks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from blastlint.resolve.terraform.functions.support import Lenient, Strict
from blastlint.resolve.terraform.values import EvaluationError

_DURATION = re.compile(r"([+-]?)((?:\d+(?:\.\d+)?(?:h|m|s|ms|us|ns))+)")
_UNIT = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s|us|ns)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")


def _time(text: str) -> datetime:
    if not _STAMP.fullmatch(text):
        raise EvaluationError("not an RFC 3339 timestamp")
    return datetime.fromisoformat(text)


def _timeadd(stamp: str, duration: str) -> str:
    match = _DURATION.fullmatch(duration)
    if match is None:
        raise EvaluationError("timeadd: not a duration")
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in _UNIT.findall(match[2]))
    moved = _time(stamp) + timedelta(seconds=-seconds if match[1] == "-" else seconds)
    return moved.isoformat().replace("+00:00", "Z")


def _timecmp(left: str, right: str) -> int:
    a, b = _time(left), _time(right)
    return (a > b) - (a < b)


STRICT: Mapping[str, Strict] = {"timeadd": Strict("ss", _timeadd), "timecmp": Strict("ss", _timecmp)}
LENIENT: Mapping[str, Lenient] = {}
