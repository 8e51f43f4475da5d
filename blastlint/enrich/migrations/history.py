"""What earlier migrations say of a column and of its foreign key. Read only when a change alters one."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.facts.migration_places import is_migration
from blastlint.migration import Operation
from blastlint.resolve.migrations import operations_in

_MAX_FILES = 40
_SUFFIXES = (".sql", ".cql", ".py", ".rb", ".js", ".ts", ".php", ".java", ".xml", ".yaml", ".yml")


def column_before(context: Context, operation: Operation) -> Operation | None:
    """The last definition of the column before this change; None where no migration has one."""
    said = [o for o in _earlier(context, operation) if o.column == operation.column and (o.type or o.on_delete)]
    return said[-1] if said else None


def on_delete_before(context: Context, operation: Operation) -> str:
    """What deleting a parent did before to the rows on which this foreign key is; "" where nothing says."""
    said = [
        o
        for o in _earlier(context, operation)
        if o.on_delete and (o.name == operation.name if operation.name and o.name else o.to == operation.to)
    ]
    return said[-1].on_delete if said else ""


def _earlier(context: Context, operation: Operation) -> Iterator[Operation]:
    """The operations on the table in migrations that were there before, in the order of their paths."""
    needle = operation.column or operation.name or operation.table
    if not operation.table or len(needle) < 2 or not context.change_set.complete:
        return
    place = operation.region.path.rpartition("/")[0] if operation.region else ""
    tops = place.split("/")[: max(1, place.count("/"))]
    paths = [
        path
        for path in context.before.tree.search(needle, _SUFFIXES)
        if is_migration(path)
        and path.split("/")[: len(tops)] == tops
        and (not operation.region or path != operation.region.path)
    ]
    for path in sorted(paths)[-_MAX_FILES:]:
        for earlier in operations_in(context.before, path)[1]:
            if earlier.table == operation.table and earlier.direction == "up":
                yield earlier
