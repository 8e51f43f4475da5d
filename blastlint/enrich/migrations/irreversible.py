"""Migrations from which there is no way back, though their tool knows one: the reverse is missing, empty or refuses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.diff.migrations import operation_of
from blastlint.enrich.migrations.concerns import Concern
from blastlint.enrich.migrations.scope import Scope
from blastlint.migration import Operation
from blastlint.model import Change

# What a missing way back leaves behind that somebody would want undone.
_CHANGING = frozenset(
    {
        "delete",
        "update",
        "alter-type",
        "drop-object",
        "drop-constraint",
        "rename-table",
        "rename-column",
        "run-code",
        "run-sql",
    }
)


def way_back(path: str, changes: Sequence[Change], scope: Scope) -> Iterator[tuple[Change, Concern]]:
    """The operations of a file that cannot be undone, each with why."""
    entities = scope.by_path.get(path, ())
    operations = [operation_of(e) for e in entities]
    refusing = [c for c in changes if operation_of(c.entity).verb == "irreversible"]
    up = [c for c in changes if operation_of(c.entity).direction == "up" and operation_of(c.entity).verb in _CHANGING]
    if refusing and up:
        yield refusing[0], _concern("refuses to be undone", up)
        return
    for change in up:
        operation = operation_of(change.entity)
        if operation.reversible == "no":
            yield change, _concern(f"{_deed(operation)} without a way back", [change])
    reverses = any((value := e.attributes.get("reverses")) is not None and value.scalar for e in entities)
    down = any(o.direction == "down" for o in operations) or _has_down_file(path, scope)
    if reverses and not down and up and not any(operation_of(c.entity).reversible for c in up):
        yield up[0], _concern(f"{_deed(operation_of(up[0].entity))}, and its way back is missing or empty", up)


def _concern(deed: str, changes: Sequence[Change]) -> Concern:
    deletes = any(operation_of(c.entity).verb == "delete" for c in changes)
    meaning = "If it has to be taken back, somebody must do so by hand."
    return Concern("irreversible", "rows" if deletes else "no-way-back", deed, meaning, 20 + 20 * deletes)


def _deed(operation: Operation) -> str:
    words = {
        "delete": f"deletes rows of {operation.table}", "update": f"overwrites rows of {operation.table}",
        "alter-type": f"changes the type of {operation.subject}", "run-code": f"runs {operation.name or 'code'}",
        "run-sql": "runs SQL", "drop-constraint": f"drops a constraint of {operation.table}",
        "drop-object": f"drops the {operation.object} {operation.name}",
    }  # fmt: skip
    return words.get(operation.verb, f"renames {operation.subject}")


def _has_down_file(path: str, scope: Scope) -> bool:
    """`x.down.sql` beside `x.up.sql`, `down.sql` beside `up.sql`, `revert/x.sql` for `deploy/x.sql`."""
    tree = scope.context.after.tree
    others = {
        path.replace(a, b) for a, b in ((".up.sql", ".down.sql"), ("/up.sql", "/down.sql"), ("deploy/", "revert/"))
    }
    return any(other != path and (tree.size(other) or 0) > 0 for other in others)
