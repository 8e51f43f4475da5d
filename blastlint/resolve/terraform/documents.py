"""The tree within a string: policies, user data and templates that are JSON or YAML, known or partly so."""

from __future__ import annotations

from collections.abc import Mapping

from blastlint.frozen import replace
from blastlint.model import Value, unknown
from blastlint.regex import regex
from blastlint.resolve.terraform.functions.encoding import decode_json
from blastlint.resolve.terraform.values import EvaluationError

_PLACEHOLDER = regex(r"(?<!\$)\$\{")
_WHOLE = regex(r"\$\{((?:[^{}]|\{[^{}]*\})*)\}")


def structure(value: Value) -> Value | None:
    """The tree that a JSON text holds; what is not known in it is unknown there, with the text's refs. The value itself when
    it is a map or list; the known part of a list of blocks; None when there is no tree to be had."""
    data = value.data
    if isinstance(data, (tuple, Mapping)):
        return value if value.known else Value(data, refs=value.refs, sensitive=value.sensitive, region=value.region)
    if not isinstance(data, str):
        return None
    try:
        tree = decode_json(data)
    except EvaluationError:
        return None
    if not isinstance(tree.data, (tuple, Mapping)):
        return None
    return replace(_placed(tree, value, partial=not value.known), sensitive=value.sensitive)


def _placed(tree: Value, origin: Value, partial: bool) -> Value:
    data = tree.data
    if isinstance(data, tuple):
        children = tuple([_placed(child, origin, partial) for child in data])
        return Value(children, refs=origin.refs, region=origin.region)
    if isinstance(data, Mapping):
        items = {_plain(key) if partial else key: _placed(child, origin, partial) for key, child in data.items()}
        return Value(items, refs=origin.refs, region=origin.region)
    if partial and isinstance(data, str):
        if _PLACEHOLDER.search(data):
            whole = _WHOLE.fullmatch(data)
            text = whole[1] if whole else f'"{data}"'
            return replace(unknown(origin.reason, text, origin.refs, origin.region), data=data)
        data = _plain(data)
    return Value(data, refs=origin.refs, region=origin.region)


def _plain(text: str) -> str:
    return text.replace("$${", "${")
