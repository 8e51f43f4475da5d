"""Calls that deleted softly before and delete for good now: another mode, another flag, another method."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.parse.code import Call, Shape
from blastlint.regex import regex

SCREEN = regex(rb"(?i)delet|remov|destroy|purge|trash|archiv|discard|retire|eras|deactivat|expunge")
_DELETING = regex(
    r"(?i)(^|[._])(\w*(delete|remove|destroy|purge|trash|archive|discard|retire|erase|deactivate|expunge|wipe|drop)\w*)$"
)
_WORDS = regex(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SOFT_MODES = frozenset(
    [
        "mark",
        "soft",
        "trash",
        "archive",
        "archived",
        "logical",
        "deactivate",
        "disable",
        "recycle",
        "tombstone",
        "hide",
        "flag",
        "suspend",
    ]
)
_HARD_MODES = frozenset(
    [
        "permanent",
        "permanently",
        "hard",
        "purge",
        "force",
        "destroy",
        "erase",
        "physical",
        "wipe",
        "expunge",
        "forever",
        "immediate",
    ]
)
_HARD_FLAGS = regex(
    r"(?i)^(permanent(ly)?|hard(_?delete)?|force(_?delete)?|force_delete_without_recovery|purge|skip_?(trash|final_?snapshot)"
    r"|bypass_?(trash|governance_?retention)|delete_?automated_?backups|really_?destroy|no_?undo|erase|cascade)$"
)
_SOFT_FLAGS = regex(
    r"(?i)^(soft(_?delete)?|recoverable|keep_?(backup|history|versions)|use_?trash|undo(able)?|final_?snapshot|dry_?run)$"
)
_TRUE, _FALSE = ("True", "true", "1"), ("False", "false", "0", "None", "null", "undefined")


def hardened(before: Shape, after: Shape) -> Iterator[tuple[Call, Call, str]]:
    """(call before, call now, what makes it final) for each call that became final, in order."""
    old = [c for c in before.calls if _DELETING.search(c.name)]
    gone = {c.text for c in before.calls} - {c.text for c in after.calls}
    born = {c.text for c in after.calls} - {c.text for c in before.calls}
    old = [c for c in old if c.text in gone]
    for call in after.calls:
        if call.text in born and _DELETING.search(call.name):
            pair = next((c for c in old if _owner(c) == _owner(call) and _same_deed(c, call)), None)
            if pair is not None and (what := _what(pair, call)):
                old.remove(pair)
                yield pair, call, what


def _owner(call: Call) -> str:
    return call.name.rpartition(".")[0]


def _same_deed(old: Call, new: Call) -> bool:
    return old.last == new.last or bool(_mode(old.last) != _mode(new.last))


def _mode(name: str) -> str:
    """`softDelete` -> soft, `hard_delete` -> hard, else empty."""
    words = {w.lower() for w in _WORDS.findall(name)}
    if words & _SOFT_MODES or words & {"discard", "retire", "undelete"}:
        return "soft"
    return "hard" if words & (_HARD_MODES | {"really"}) else ""


def _what(old: Call, new: Call) -> str:
    if old.last != new.last:
        softer = _mode(old.last) == "soft" and _mode(new.last) != "soft"
        harder = _mode(new.last) == "hard" and _mode(old.last) != "hard"
        return f"{new.last} instead of {old.last}" if softer or harder else ""
    for key, value in new.options.items():
        was = old.options.get(key, "")
        if _HARD_FLAGS.match(key) and value in _TRUE and was not in _TRUE:
            return f"{key}: {was or 'not given'} -> {value}"
        if _SOFT_FLAGS.match(key) and value in _FALSE and was not in _FALSE:
            return f"{key}: {was or 'not given'} -> {value}"
        if _literal(value) in _HARD_MODES and _literal(was) in _SOFT_MODES:
            return f"{key}: {was} -> {value}"
    for key, was in old.options.items():
        if _SOFT_FLAGS.match(key) and was in _TRUE and key not in new.options:
            return f"{key}: {was} -> not given"
    for was, value in zip(old.arguments, new.arguments, strict=False):
        if _literal(value) in _HARD_MODES and _literal(was) in _SOFT_MODES:
            return f"{was} -> {value}"
    return ""


def _literal(text: str) -> str:
    return text.strip("\"'`:").rpartition(".")[2].lower() if text else ""
