"""A rule's message with its facts filled in."""

from __future__ import annotations

from collections.abc import Callable

from blastlint.model import FactValue
from blastlint.regex import regex

_FIELD = regex(r"\{([a-z][a-z0-9_.-]*)\}")


def fields_in(template: str) -> tuple[str, ...]:
    return tuple(_FIELD.findall(template))


def filled(template: str, lookup: Callable[[str], FactValue]) -> str:
    return _FIELD.sub(lambda match: shown(lookup(match.group(1))), template)


def shown(value: FactValue) -> str:
    """A fact as text: nothing is "nothing", lists are joined, at most eight of them."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        more = f" and {len(value) - 8} more" if len(value) > 8 else ""
        return ", ".join(value[:8]) + more
    return str(value)
