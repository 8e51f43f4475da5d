"""Names in a sentence."""

from __future__ import annotations

from collections.abc import Iterable


def listed(texts: Iterable[str], shown: int = 3) -> str:
    """`a`, `a and b`, `a, b and c`, `a, b, c and 4 more`; each once, and never `and 1 more`."""
    each = list(dict.fromkeys(texts))
    if len(each) > shown + 1:
        return f"{', '.join(each[:shown])} and {len(each) - shown} more"
    return " and ".join([", ".join(each[:-1]), each[-1]] if len(each) > 1 else each)
