"""Switches that put a thing on the internet (publicly_accessible, internal, a Service's type): guards of the table whose
movements are told as `exposure`.
"""

from __future__ import annotations

from blastlint.enrich.guards import Movement, absent_text
from blastlint.enrich.shown import shown
from blastlint.model import Fact


def fact(move: Movement) -> Fact:
    """What can be reached since the switch was turned."""
    before = shown(move.path, move.before, absent_text(move.guard))
    after = shown(move.path, move.after, absent_text(move.guard))
    return Fact(
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
