"""The table of what checks code and of how it is told to look away: quality.json, read once."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def _table() -> dict[str, list[dict[str, str]]]:
    with open(Path(__file__).with_name("quality.json"), encoding="utf-8") as stream:
        table: dict[str, list[dict[str, str]]] = json.load(stream)
    return table


def rows(section: str) -> tuple[dict[str, str], ...]:
    """The rows of a section, in order: the first that fits counts."""
    return tuple(_table()[section])
