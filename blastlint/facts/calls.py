"""The table of what names in code mean: calls.json, read once, its regular expressions compiled on first use."""

from __future__ import annotations

import re
from functools import lru_cache

from blastlint.facts import table


def _table() -> dict[str, object]:
    rows: dict[str, object] = table("calls")
    return rows


def rows(section: str) -> tuple[dict[str, str], ...]:
    """The rows of a section that is a list, in order: the first that fits counts."""
    found = _table()[section]
    assert isinstance(found, list)
    return tuple(found)


@lru_cache(maxsize=256)
def pattern(section: str, name: str = "") -> re.Pattern[str]:
    """The expression `name` of a section (or the section itself)."""
    return re.compile(str(_entry(section, name)))


@lru_cache(maxsize=64)
def words(section: str, name: str) -> frozenset[str]:
    """A list of words as a set."""
    found = _entry(section, name)
    assert isinstance(found, list)
    return frozenset(str(w) for w in found)


def _entry(section: str, name: str) -> object:
    found = _table()[section]
    if not name:
        return found
    assert isinstance(found, dict)
    return found[name]
