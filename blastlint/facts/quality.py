"""The table of what checks code and of how it is told to look away: quality.json, read once."""

from __future__ import annotations

from blastlint.facts import table
from blastlint.regex import regex

# What nobody wrote by hand, or nobody runs twice: to leave it out is no loss.
VENDORED = regex(r"(?i)vendor|generated|node_modules|migrations|_pb2|dist|build|third_party")


def _table() -> dict[str, list[dict[str, str]]]:
    rows: dict[str, list[dict[str, str]]] = table("quality")
    return rows


def rows(section: str) -> tuple[dict[str, str], ...]:
    """The rows of a section, in order: the first that fits counts."""
    return tuple(_table()[section])
