"""A rule's message with its facts filled in.

`{fact}` is the fact's value, in the rule's own words for it where `words` has them; what is very long is cut.
`{fact:resource|resources}` is a number with its noun: 1 resource, 2 resources.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from blastlint.model import FactValue
from blastlint.regex import regex

Words = Mapping[str, Mapping[str, str]]  # fact -> value as text -> what the message says; "" stands for no value
_FIELD = regex(r"\{([a-z][a-z0-9_.-]*)(?::([^{}|]*)\|([^{}|]*))?\}")
_MOST, _LONGEST = 8, 200


def fields_in(template: str) -> tuple[str, ...]:
    return tuple(match[1] for match in _FIELD.finditer(template))


def filled(template: str, lookup: Callable[[str], FactValue], words: Words | None = None) -> str:
    def text(name: str, singular: str | None, plural: str | None) -> str:
        value = lookup(name)
        if singular is None:
            return shown(value, (words or {}).get(name))
        return f"{shown(value)} {singular if value == 1 else plural}"

    return _FIELD.sub(lambda match: text(match[1], match[2], match[3]), template)


def shown(value: FactValue, words: Mapping[str, str] | None = None) -> str:
    """A fact as text: nothing is "nothing", lists are joined, at most eight of them."""
    if isinstance(value, tuple):
        more = f" and {len(value) - _MOST} more" if len(value) > _MOST else ""
        return ", ".join(shown(item, words) for item in value[:_MOST]) + more
    plain = _plain(value)
    return (words or {}).get("" if plain == "nothing" else plain, plain)


def _plain(value: FactValue) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
