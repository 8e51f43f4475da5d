"""Source text as texts that are equal for equal spellings: on one line, single spaces, double quotes, no comments."""

from __future__ import annotations

import re

from blastlint.regex import regex

_STRINGS = (
    r"""("""  # a string stays as it is, only its quotes may change
    r'''"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)'''
)

_LAYOUT = r"|(\s*,\s*(?=[)\]}]))|((?<=[(\[{])\s+|\s+(?=[)\]}]))|\s+"
_HASH = regex(_STRINGS + r"|(\#[^\n]*)" + _LAYOUT)
_SLASHES = regex(_STRINGS + r"|(//[^\n]*|/\*[\s\S]*?\*/)" + _LAYOUT)


def canonical(source: str, hashes: bool = False) -> str:
    """`hashes`: comments begin with # and not with //."""
    return (_HASH if hashes else _SLASHES).sub(_token, source).strip().rstrip(";")


def _token(match: re.Match[str]) -> str:
    string = match.group(1)
    if string is not None:
        if string[0] == "'" and not string.startswith("'''") and '"' not in string and "\\" not in string:
            return f'"{string[1:-1]}"'
        return string
    if any(group is not None for group in match.groups()[1:]):
        return ""
    return " "
