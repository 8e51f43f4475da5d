"""`regex`: `re.compile` for module constants, put off until the expression is first used, or longer.

A run meets a fraction of the expressions that the modules it loads define, and compiling all of them was an eighth of a
small run. `screened` is one that is not even compiled for texts without any of some words, and `Words` is no expression at
all. The type checker sees `re.compile`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    regex = re.compile

    def screened(words: str, pattern: str, flags: int = 0) -> re.Pattern[str]: ...
else:

    class regex:
        """A pattern that is compiled when one of its attributes is asked for; later look-ups cost what a pattern's do."""

        def __init__(self, pattern, flags=0):
            self._source = (pattern, flags)

        def __getattr__(self, name):
            compiled = re.compile(*self._source)
            for each in ("match", "search", "fullmatch", "sub", "split", "findall", "finditer", "pattern"):
                setattr(self, each, getattr(compiled, each))
            return getattr(compiled, name)

    class screened(regex):
        """A pattern of which every match has one of the `words` (of Words) in it, whatever their case. It is compiled for
        the first text that has."""

        def __init__(self, words, pattern, flags=0):
            super().__init__(pattern, flags)
            self._words = Words(words)

        def search(self, text):
            return self.__getattr__("search")(text) if self._words.search(text) else None

        def match(self, text):
            return self.__getattr__("match")(text) if self._words.search(text) else None

        def sub(self, replacement, text):
            return self.__getattr__("sub")(replacement, text) if self._words.search(text) else text


class Words:
    """Parts of words with blanks between them, in lower case. `^` stands before one that begins a text, `$` behind one that
    ends it."""

    def __init__(self, words: str) -> None:
        each = words.split()
        self._begin = tuple([word[1:] for word in each if word[0] == "^"])
        self._end = tuple([word[:-1] for word in each if word[-1] == "$"])
        self._within = [word for word in each if word[0] != "^" and word[-1] != "$"]

    def search(self, text: str) -> bool:
        """Whether a text has one of them in it, whatever its case."""
        text = text.lower()
        known = text.startswith(self._begin) or text.endswith(self._end)
        return known or any(word in text for word in self._within)
