"""Names in a sentence: what every message that lists things is made with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def few(texts: Sequence[str], most: int = 3) -> str:
    """The first of them and how many there are besides: `a, b, c and 4 more`."""
    return ", ".join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")


def listed(texts: Iterable[str], most: int = 3) -> str:
    """`a`, `a and b`, `a, b and c`, `a, b, c and 4 more`; each once, and never `and 1 more`."""
    each = list(dict.fromkeys(texts))
    if len(each) > most + 1:
        return few(each, most)
    return " and ".join([", ".join(each[:-1]), each[-1]] if len(each) > 1 else each)
