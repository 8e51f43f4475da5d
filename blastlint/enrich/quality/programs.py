"""Settings of tools that are programs (`jest.config.js`, `eslint.config.mjs`): what differs in them, as keys."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.code.pairs import Pair, scope_of
from blastlint.enrich.context import Context
from blastlint.frozen import replace
from blastlint.model import Action, Change, Delta, Side, Value
from blastlint.parse.code import Option
from blastlint.parse.spelling import split

_WORDS = {"true": True, "false": False, "null": None, "undefined": None}


def differences(change: Change, context: Context) -> Iterator[Delta]:
    """Every entry that is gone, that came, or that has another value; maps by what is in them."""
    pair = scope_of(context).pair(change)
    before, after = _settings(pair, "before"), _settings(pair, "after")
    for path in dict.fromkeys((*before, *after)):
        old, new = before.get(path), after.get(path)
        if old != new:
            action: Action = "added" if old is None else "removed" if new is None else "modified"
            yield Delta(path, action, old, new)


def _settings(pair: Pair, side: Side) -> dict[str, Value]:
    """`test.coverage.lines` -> its value, on one side. The last of several of one name counts."""
    shape = pair.before if side == "before" else pair.after
    return {
        f"{option.owner}.{option.key}".lstrip("."): _placed(option, pair, side)
        for option in shape.options
        if not option.value.startswith("{")
    }


def _placed(option: Option, pair: Pair, side: Side) -> Value:
    return replace(_value(option.value), region=pair.region(side, option.at))


def _value(text: str) -> Value:
    """The value of a literal; anything else is unknown, with its text."""
    if text.startswith("[") and text.endswith("]"):
        return Value(tuple(_value(part) for part in split(text[1:-1], "\"'`")))
    if len(text) > 1 and text[0] in "\"'`" and text[-1] == text[0]:
        return Value(text[1:-1])
    if text in _WORDS:
        return Value(_WORDS[text])
    try:
        return Value(float(text) if "." in text else int(text))
    except ValueError:
        return Value(None, known=False, text=text)
