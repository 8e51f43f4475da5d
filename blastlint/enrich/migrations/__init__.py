"""`operation` facts: what is grave about an operation on a database that a change set adds, in migrations, scripts, code and
commands; one fact for all operations of a file that are grave for the same reason. What a change does to the history of
migrations itself is in edits.py, to declared schemas in snapshots.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.migrations import commands, edits, reports
from blastlint.model import Change, Fact


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """Everything that is true of one change of a database."""
    if change.kind == "migration.operation":
        yield from reports.facts(change, context)
    elif change.kind == "command":
        yield from commands.facts(change, context)
    elif change.kind == "change-set":
        yield from edits.facts(change, context)
