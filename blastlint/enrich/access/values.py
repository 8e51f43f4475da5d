"""Values as texts: what readers of bindings and rules share."""

from __future__ import annotations

from blastlint.enrich.access.policies import unknown_text
from blastlint.model import Value


def scalars(value: Value | None) -> list[str]:
    """The texts of a list or of one value; what is unknown by its canonical text."""
    if value is None:
        return []
    parts = value.elements if value.is_list else (value,)
    return [str(p.scalar) if p.known else unknown_text(p) for p in parts if not p.known or p.scalar not in (None, "")]


def text(value: Value | None) -> str:
    """The first of them, or empty."""
    return next(iter(scalars(value)), "")


def blocks(value: Value | None) -> tuple[Value, ...]:
    """The maps of a list, or the one map."""
    if value is None:
        return ()
    return tuple(e for e in value.elements if e.is_map) if value.is_list else ((value,) if value.is_map else ())
