"""Expressions of Helm's templates that only ask for a value.

`.Values.a.b`, with `quote`, `int`, `default` and the like behind it, or `toYaml` of a part, is that value; every other
expression stays unknown, with its text.
"""

from __future__ import annotations

from collections.abc import Mapping

from blastlint.frozen import replace
from blastlint.model import Value
from blastlint.regex import regex

_ACTION = regex(r"\{\{-?\s*(?P<inside>[^{}]*?)\s*-?\}\}")
_ASKS = regex(
    r"^\(?(?:(?P<yaml>toYaml)\s+)?\$?\.Values\.(?P<path>[\w.]+)\)?"
    r"(?P<pipes>(?:\s*\|\s*(?:quote|squote|int|int64|toString|trim|toYaml|n?indent\s+\d+|default\s+\S+))*)$"
)
_DEFAULT = regex(r"\bdefault\s+(?P<text>\S+)")


def filled(value: Value, values: Value) -> Value:
    """The value with every expression that only asks for a value replaced by it."""
    if value.is_map:
        return replace(value, data={key: filled(below, values) for key, below in value.items.items()})
    if value.is_list:
        return replace(value, data=tuple(filled(below, values) for below in value.elements))
    written = value.scalar if value.known else value.text  # in quotes an expression is plain YAML
    if not isinstance(written, str) or "{{" not in written:
        return value
    text = written.strip()
    whole = _ACTION.fullmatch(text)
    if whole is not None:
        answer = _asked(whole["inside"], values)
        # A container keeps no place of its own: what differs in it is shown where the values are written.
        return value if answer is None else replace(answer, region=answer.region or value.region)
    parts: dict[str, str] = {}
    for match in _ACTION.finditer(text):
        answer = _asked(match["inside"], values)
        if answer is None or not answer.is_scalar:
            return value
        parts[match[0]] = "" if answer.scalar is None else str(answer.scalar)
    return Value(_ACTION.sub(lambda m: parts[m[0]], text).strip("\"'"), region=value.region)


def _asked(inside: str, values: Value) -> Value | None:
    """What an expression asks for, or None when it does more than that or nobody knows."""
    match = _ASKS.match(inside.removeprefix("-").strip())
    if match is None:
        return None
    answer = values.get(*match["path"].split("."))
    default = _DEFAULT.search(match["pipes"])
    if default is not None and (answer is None or (answer.known and answer.data in (None, "", 0, False))):
        return Value(_literal(default["text"]))
    return answer if answer is not None and (answer.known or answer.text) else None


def _literal(text: str) -> str | int:
    return int(text) if text.isdigit() and len(text) < 16 else text.strip("\"'")


def truth(values: Value, path: str) -> bool | None:
    """Whether a value counts as true; None when it is not known."""
    value = values.get(*path.split("."))
    if value is None:
        return False
    if not value.known:
        return None
    empty: tuple[object, ...] = (None, "", 0, False, ())
    return bool(value.items) if isinstance(value.data, Mapping) else value.data not in empty
