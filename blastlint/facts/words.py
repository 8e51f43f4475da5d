"""Names as words: `maxConnIdleMs`, `MAX_CONN_IDLE_MS` and `max-conn-idle-ms` are all max, conn, idle, ms."""

from __future__ import annotations

from functools import lru_cache

from blastlint.regex import regex

_WORD = regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


@lru_cache(maxsize=8192)
def words(name: str) -> tuple[str, ...]:
    """The words of one name, lower case. `TLSVerify2` is tls, verify, 2."""
    return tuple(word.lower() for word in _WORD.findall(name))


def listed(text: str) -> frozenset[str]:
    """The words of a table that is written as text."""
    return frozenset(text.split())
