"""`regex`: `re.compile` for module constants, put off until the expression is first used.

A run meets a fraction of the expressions that the modules it loads define, and compiling all of them was an eighth of a
small run. The type checker sees `re.compile`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    regex = re.compile
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
