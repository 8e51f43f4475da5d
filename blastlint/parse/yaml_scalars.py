"""What one YAML scalar or tag means: the core schema of YAML 1.2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from blastlint.model import Block, Region, Scalar, Value
from blastlint.regex import regex

_CORE_TAG = "tag:yaml.org,2002:"
_INTEGER = regex(r"[-+]?(?:0|[1-9][0-9]{0,300})\Z")
_BASED = regex(r"0x[0-9a-fA-F]{1,64}\Z|0o[0-7]{1,64}\Z")
_FLOAT = regex(r"[-+]?(?:[0-9]{0,40}\.[0-9]{1,40}|[1-9][0-9]{0,40}\.)(?:[eE][-+]?[0-9]{1,2})?\Z")
_WORDS: Mapping[str, Scalar] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


class ScalarEvent(Protocol):
    """What is asked of libyaml's event."""

    value: str
    tag: str | None
    implicit: Any


def scalar(text: str) -> Scalar:
    """What a plain scalar means in the core schema."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in "+-.0123456789":
        if _INTEGER.match(text):
            return int(text)
        if _FLOAT.match(text):
            return float(text)
        if _BASED.match(text):
            return int(text, 0)
    return text


def typed(event: ScalarEvent, region: Region, block: Block | None) -> Value:
    """The Value of a scalar: plain ones by the schema, others as text, tagged ones as a map of their tag."""
    text: str = event.value
    plain, quoted = event.implicit
    if plain:
        return Value(scalar(text), region=region, block=block)
    tag = "" if quoted else tag_of(event.tag)
    if tag in ("!int", "!float", "!bool", "!null"):
        return Value(scalar(text), region=region, block=block)
    value = Value(text, region=region, block=block)
    return Value({tag: value}, region=region) if tag else value


def tag_of(tag: str | None) -> str:
    """The tag as people write it: `!Ref`, `!str` for the core ones; none for those that say nothing."""
    if not tag or tag == "!":
        return ""
    if tag.startswith(_CORE_TAG):
        name = tag.removeprefix(_CORE_TAG)
        return f"!{name}" if name in ("int", "float", "bool", "null") else ""
    return tag
