"""String functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from blastlint.model import Value
from blastlint.regex import regex
from blastlint.resolve.terraform.functions.formatting import format_text, format_values, formatlist
from blastlint.resolve.terraform.functions.regexes import find, find_all, substitute
from blastlint.resolve.terraform.functions.support import Lenient, Strict, list_of, scalar, unknown_call
from blastlint.resolve.terraform.templates import partial_string, placeholder
from blastlint.resolve.terraform.values import EvaluationError, as_string

MAX_CHARACTERS = 2_000_000
_WORD = regex(r"(?:^|(?<=\W))[^\W\d_]")


def _indent(spaces: int, text: str) -> str:
    if not isinstance(spaces, int) or spaces > 1000:
        raise EvaluationError("indent: a small whole number required")
    return text.replace("\n", "\n" + " " * max(spaces, 0))


def _substr(text: str, offset: int, length: int) -> str:
    if offset < 0:
        offset += len(text)
    if offset < 0:
        raise EvaluationError("substr: offset out of range")
    return text[offset:] if length < 0 else text[offset : offset + length]


def _replace(text: str, old: str, new: str) -> str:
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        return substitute(old[1:-1], text, new)
    if len(text) + text.count(old) * (len(new) - len(old)) > MAX_CHARACTERS:
        raise EvaluationError("replace: result too long")
    return text.replace(old, new)


def _join(separator: Value, *lists: Value) -> Value:
    separator = as_string(separator)
    if not lists:
        raise EvaluationError("join: lists required")
    if not separator.known or not all(one.known for one in lists):
        return unknown_call("join", (separator, *lists))
    if any(one.unordered and not all(e.known for e in one.elements) for one in lists):
        return unknown_call("join", (separator, *lists))
    elements = [as_string(element) for one in lists for element in list_of(one)]
    if any(element.known and element.data is None for element in elements):
        raise EvaluationError("join: an element is null")
    sources = (separator, *elements)
    if sum([len(str(one.data)) for one in elements]) + len(str(separator.data)) * len(elements) > MAX_CHARACTERS:
        raise EvaluationError("join: result too long")
    if all(element.known for element in elements):
        return scalar(str(separator.data).join([str(e.data) for e in elements]), *sources)
    escape = [str(e.data).replace("${", "$${") if e.known else placeholder(e) for e in elements]
    return partial_string(str(separator.data).join(escape), sources)


def _split(separator: str, text: str) -> list[str]:
    return text.split(separator) if separator else list(text)


def _each_letter(text: str, convert: Callable[[str], str]) -> str:
    """Letter by letter, as Go does: what would become two letters stays."""
    if text.isascii():
        return convert(text)
    return "".join([changed if len(changed := convert(letter)) == 1 else letter for letter in text])


def _title(text: str) -> str:
    return _WORD.sub(lambda match: match[0].upper(), text)


STRICT: Mapping[str, Strict] = {
    "chomp": Strict("s", lambda text: re.sub(r"(?:\r\n|\n|\r)+\Z", "", text)),
    "endswith": Strict("ss", str.endswith),
    "startswith": Strict("ss", str.startswith),
    "strcontains": Strict("ss", lambda text, part: part in text),
    "indent": Strict("ns", _indent),
    "lower": Strict("s", lambda text: _each_letter(text, str.lower)),
    "upper": Strict("s", lambda text: _each_letter(text, str.upper)),
    "title": Strict("s", _title),
    "regex": Strict("ss", find),
    "regexall": Strict("ss", find_all),
    "replace": Strict("sss", _replace),
    "split": Strict("ss", _split),
    "strrev": Strict("s", lambda text: text[::-1]),
    "substr": Strict("snn", _substr),
    "trim": Strict("ss", str.strip),
    "trimprefix": Strict("ss", str.removeprefix),
    "trimsuffix": Strict("ss", str.removesuffix),
    "trimspace": Strict("s", str.strip),
    "formatlist": Strict("s*a", formatlist),
}
LENIENT: Mapping[str, Lenient] = {"join": _join, "format": format_values}

__all__ = ["LENIENT", "STRICT", "format_text"]
