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


_ESCAPED = regex(r"\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|[\s\S])")


def canonical(source: str, hashes: bool = False, escapes: bool = False) -> str:
    """`hashes`: comments begin with # and not with //. `escapes`: they mean the same between single and double quotes."""
    token = _escaping if escapes else _token
    return (_HASH if hashes else _SLASHES).sub(token, source).strip().rstrip(";")


def _token(match: re.Match[str]) -> str:
    string = match["string"]
    if string is None:
        return "" if match.lastgroup else " "
    if match["raw"]:
        return _quoted(string.replace("\\", "\\\\"))  # every backslash is itself
    return string if "\\" in string else _quoted(string)


def _escaping(match: re.Match[str]) -> str:
    """A character by its number has one spelling: `'\\0'` is `"\\x00"`."""
    string = match["string"]
    if string is None or match["raw"] or "\\" not in string or "\\'" in string:
        return _token(match)
    return _quoted(_ESCAPED.sub(_escape, string))


def _escape(match: re.Match[str]) -> str:
    number = int(match[1], 16) if match[1] else int(match[2], 8) if match[2] else None
    return match[0] if number is None or number > 255 else f"\\x{number:02x}"


def _quoted(string: str) -> str:
    if string[0] != "'" or string.startswith("'''") or '"' in string:
        return string
    return f'"{string[1:-1]}"'


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
