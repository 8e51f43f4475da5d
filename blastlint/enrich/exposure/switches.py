"""Switches that put a thing on the internet (publicly_accessible, internal, a Service's type): guards of the table whose
movements are told as `exposure`.
"""

from __future__ import annotations

from blastlint.enrich.guards.strength import Verdict
from blastlint.model import Fact, Value


def fact(
    kind: str, path: str, shown: tuple[str, str], sides: tuple[Value | None, Value | None], verdict: Verdict
) -> Fact:
    """What can be reached since the switch of this kind was turned; `shown` are its two values as a reader sees them."""
    before, after = sides
    return Fact(
        "exposure",
        {
            "what": kind,
            "ports": (),
            "port_class": "other",
            "before": f"{path} = {shown[0]}",
            "after": f"{path} = {shown[1]}",
            "world": verdict.strength in ("off", "lowered"),
            "new": False,
            "assumed": False,
        },
        path=path,
        before=before.region if before else None,
        after=after.region if after else None,
        confidence=verdict.confidence,
    )
