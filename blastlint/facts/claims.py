"""How people speak of a change, in the languages of commit messages: claims.json, read when there is something to hold a
message against. Every entry is a regular expression in lower case.

| field | holds |
|---|---|
| trivial | words that leave no room for any effect: a typo, documentation, a bump |
| small | words that make a change small, though it may have an effect: a fix, a clean-up |
| acts | verbs for what removes, replaces, moves or opens something |
| denials | what says that nothing of the kind happens |
| unspaced | the language has no spaces between words: entries stand anywhere |
"""

from __future__ import annotations

import re
from functools import cache
from re import Pattern
from typing import Literal

from blastlint.facts import table

Sort = Literal["trivial", "small", "acts", "denials"]


@cache
def said(*sorts: Sort) -> Pattern[str]:
    """One expression for all entries of these sorts, in every language."""
    found = []
    for row in table("claims")["languages"]:
        entries = "|".join(entry for sort in sorts for entry in row[sort])
        if entries:
            found.append(f"(?:{entries})" if row.get("unspaced") or sorts == ("denials",) else rf"\b(?:{entries})\b")
    return re.compile("|".join(found), re.IGNORECASE)
