"""The table of what checks code and of how it is told to look away: quality.json, read once."""

from __future__ import annotations

from blastlint.facts import table


def _table() -> dict[str, list[dict[str, str]]]:
    rows: dict[str, list[dict[str, str]]] = table("quality")
    return rows


def rows(section: str) -> tuple[dict[str, str], ...]:
    """The rows of a section, in order: the first that fits counts."""
    return tuple(_table()[section])
