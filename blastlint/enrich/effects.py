"""What applying a change does."""

from __future__ import annotations

from blastlint.enrich.context import Context
from blastlint.model import Action, Effect, Impact

_BY_ACTION: dict[Action, Effect] = {"added": "create", "removed": "destroy", "modified": "in-place", "moved": "no-op"}


def effects(context: Context) -> tuple[Impact, ...]:
    """One Impact per Change, with its effect."""
    return tuple(Impact(change, _BY_ACTION[change.action]) for change in context.changes)
