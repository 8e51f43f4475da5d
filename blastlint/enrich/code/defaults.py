"""Defaults that a caller who says nothing gets: those of parameters, command line options and constants, turned to the
unsafe side. Which side that is, the words of the name say (facts/polarity.py)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from blastlint.enrich.code.pairs import Pair
from blastlint.facts.calls import pattern, rows
from blastlint.facts.polarity import polarity
from blastlint.model import Fact, FactValue, Scalar
from blastlint.parse.code import Call, Shape
from blastlint.regex import regex

_SCREEN = regex(rb"(?i)\b(true|false)\b")
_VALUES: Mapping[str, Scalar] = {"True": True, "true": True, "False": False, "false": False}


def facts(pair: Pair) -> Iterator[Fact]:
    """One `default` fact for each name."""
    if pair.is_new or pair.scope.is_test(pair.change.path) or not pair.touches(_SCREEN, "after"):
        return
    before, after = dict(_defaults(pair, pair.before)), dict(_defaults(pair, pair.after))
    for name, (value, _) in before.items():
        now = after.get(name)
        if now is None or now[0] == value:
            continue
        old, new = _VALUES.get(value), _VALUES.get(now[0])
        if old is None or new is None or not _weakened(name, old, new):
            continue
        fields: dict[str, FactValue] = {
            "name": name,
            "before": value,
            "after": now[0],
            "of": "constant" if pair.change.type == "setting" else "parameter",
        }
        yield pair.fact("default", name, fields, None, pair.region("after", now[1]))


def _weakened(name: str, before: Scalar, after: Scalar) -> bool:
    """By the words of the name; parameters have some that settings do not have (force, recursive)."""
    if pattern("defaults", "risky").search(name):
        return after is True
    if pattern("defaults", "safe").search(name):
        return after is False
    return polarity(name, before, after) == "weakened"


def _defaults(pair: Pair, shape: Shape) -> Iterator[tuple[str, tuple[str, object]]]:
    """(name, (default, place)) of everything that has one."""
    places = {o.key: o.at for o in shape.options if o.owner == "def"}
    for parameter in shape.parameters:
        name = parameter.name.lstrip("{ ").split(":")[0].strip()
        yield name, (parameter.default, places.get(parameter.name))
    if pair.change.type == "setting" and not _hardens(pair.change.entity.name):
        yield from ((o.key, (o.value, o.at)) for o in shape.options if o.key == pair.change.entity.name)
    for call in (*shape.decorators, *shape.calls):
        if pattern("defaults", "options").search(call.name) and "default" in call.options:
            yield _long(call), (call.options["default"], call.at)


def _hardens(name: str) -> bool:
    """Whether it is a setting that has a fact of its own (hardening.py)."""
    return any("key" in row and re.search(row["key"], name) for row in rows("hardening"))


def _long(call: Call) -> str:
    """`dry_run` of `--dry-run/--no-dry-run`."""
    named = next(
        (a for a in call.arguments if a.strip("\"'").startswith("--")), call.arguments[0] if call.arguments else ""
    )
    return named.strip("\"'").split("/")[0].lstrip("-").replace("-", "_")
