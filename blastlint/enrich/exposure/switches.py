"""Switches that put a thing on the internet (publicly_accessible, internal, a Service's type): guards of the table whose
kinds are told as `exposure`.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich import guards
from blastlint.enrich.context import Context
from blastlint.enrich.guards import absent_text
from blastlint.enrich.shown import shown
from blastlint.model import Change, Fact


def facts(change: Change, context: Context) -> Iterator[Fact]:
    for move in guards.movements(change):
        if move.guard.kind in guards.ELSEWHERE and move.verdict.direction == "weakened":
            before = shown(move.path, move.before, absent_text(move.guard))
            after = shown(move.path, move.after, absent_text(move.guard))
            yield Fact(
                "exposure",
                {
                    "what": move.guard.kind,
                    "ports": (),
                    "port_class": "other",
                    "before": f"{move.path} = {before}",
                    "after": f"{move.path} = {after}",
                    "world": move.verdict.strength != "unknown",
                    "new": False,
                    "assumed": False,
                },
                path=move.path,
                before=move.before.region if move.before else None,
                after=move.after.region if move.after else None,
                confidence=move.verdict.confidence,
            )
