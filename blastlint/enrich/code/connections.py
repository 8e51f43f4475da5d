"""Texts of a program that say where to connect, and say less of encryption than before: `connection` facts."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.code.pairs import Pair
from blastlint.facts.connections import weakened
from blastlint.model import Fact, FactValue
from blastlint.parse.code import Shape
from blastlint.regex import regex

_SCREEN = regex(rb"(?i)://|sslmode|security.protocol|cert_reqs|encrypt=|usessl|trustservercert")
_TEXT = regex(r"^[rbuf]*([\"'`])(.*)\1$")


def facts(pair: Pair) -> Iterator[Fact]:
    """At most one `connection` fact: the first text that a definition says with less."""
    tests = pair.scope.is_test(pair.change.path)
    if pair.is_new or tests or not (pair.touches(_SCREEN, "before") and pair.touches(_SCREEN, "after")):
        return
    before, after = dict(_texts(pair.before)), dict(_texts(pair.after))
    for new in after.keys() - before.keys():
        for old in before.keys() - after.keys():
            lost = weakened(old, new)
            if lost:
                fields: dict[str, FactValue] = {"name": "", "lost": lost, "before": "", "after": ""}
                places = pair.region("before", before[old]), pair.region("after", after[new])
                yield pair.fact("connection", lost, fields, *places)
                return


def _texts(shape: Shape) -> Iterator[tuple[str, object]]:
    """(text, place) of what is written out and given to something."""
    given = ((a, c.at) for c in shape.calls for a in (*c.arguments, *c.options.values()))
    for text, at in (*((o.value, o.at) for o in shape.options), *given):
        written = _TEXT.match(text)
        if written is not None:
            yield written[2], at
