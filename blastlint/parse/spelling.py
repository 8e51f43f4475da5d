"""Source text as texts that are equal for equal spellings: on one line, single spaces, double quotes, no comments."""

from __future__ import annotations

import re

from blastlint.regex import regex

_STRINGS = (
    r"""(?P<raw>(?<!\w)[rR](?=["']))?(?P<string>"""  # a string stays as it is, only its quotes may change
    r'''"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)'''
)

_LAYOUT = r"|(?P<comma>\s*,\s*(?=[)\]}]))|(?P<bracket>(?<=[(\[{])\s+|\s+(?=[)\]}]))|\s+"
_HASH = regex(_STRINGS + r"|(?P<comment>\#[^\n]*)" + _LAYOUT)
_SLASHES = regex(_STRINGS + r"|(?P<comment>//[^\n]*|/\*[\s\S]*?\*/)" + _LAYOUT)


def canonical(source: str, hashes: bool = False) -> str:
    """`hashes`: comments begin with # and not with //."""
    return (_HASH if hashes else _SLASHES).sub(_token, source).strip().rstrip(";")


def _token(match: re.Match[str]) -> str:
    string = match["string"]
    if string is None:
        return "" if match.lastgroup else " "
    if match["raw"]:
        string = string.replace("\\", "\\\\")  # every backslash is itself
    if string[0] == "'" and not string.startswith("'''") and '"' not in string and (match["raw"] or "\\" not in string):
        return f'"{string[1:-1]}"'
    return string


def split(text: str, quotes: str = "\"`") -> list[str]:
    """The parts of a list: commas outside quotes and brackets divide them."""
    parts, depth, quote, start = [], 0, "", 0
    for index, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote and text[index - 1] != "\\" else quote
        elif letter in quotes:
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        elif letter == "," and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
    return [p for p in (*parts, text[start:].strip()) if p]
