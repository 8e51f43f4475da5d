"""`operation` facts of declared schemas: what a migration made from them would drop, where the change set has none; and
relations that begin to cascade."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from blastlint.enrich.context import Context
from blastlint.enrich.migrations.concerns import Concern, concern
from blastlint.enrich.migrations.scope import scope_of
from blastlint.enrich.migrations.words import fields
from blastlint.migration import Operation
from blastlint.model import Change, Entity, Fact, Related

_Group = tuple[str, str, str]


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The facts that hang on one change of a declared table, column or relation."""
    if change.kind == "schema.relation":
        yield from _relation(change)
    else:
        yield from context.once(_losses).get(change.address + change.kind, ())


def cascading(context: Context) -> bool:
    """Whether a model of this change set begins to cascade: then the migration that follows it says the same again."""
    return any(c.kind == "schema.relation" and any(True for _ in _relation(c)) for c in context.changes)


def _relation(change: Change) -> Iterator[Fact]:
    if change.action != "modified" or change.before is None or change.after is None:
        return
    old, new = declared(change.before), declared(change.after)
    if new.on_delete != "cascade" or old.on_delete == "cascade":
        return
    found = concern(new)
    if found is not None and found.name == "cascade":
        deed = f"lets {new.subject} cascade: deleting what it points at, or what holds it, now deletes rows"
        grave = Concern("cascade", "relation", deed, f"Before, it was {old.on_delete.upper()}.", found.weight)
        yield Fact(
            "operation",
            fields(new, grave, "schema", [deed], new_file=False),
            "cascade",
            change.before.region,
            change.after.region,
        )


def declared(entity: Entity) -> Operation:
    assert isinstance(entity.detail, Operation)
    return entity.detail


def _losses(context: Context) -> Mapping[str, tuple[Fact, ...]]:
    """Address and kind of a change -> its fact: one for all tables, one for all columns of a file. Nothing where the change
    set has a migration: that is what will run, and it is judged itself. What code does to rows is none."""
    if scope_of(context).migrates:
        return {}
    gone = {declared(c.entity).table for c in context.changes if c.kind == "schema.table" and c.action == "removed"}
    groups: dict[_Group, list[tuple[Change, Operation, Concern]]] = {}
    for change in context.changes:
        for operation, before in _lost(change, gone):
            found = concern(operation, before)
            if found is not None and found.name in ("table-loss", "value-loss"):
                groups.setdefault((change.path, found.name, found.kind), []).append((change, operation, found))
    return {c.address + c.kind: (fact,) for group in groups.values() for c, fact in [_fact(group, context)]}


def _lost(change: Change, gone: set[str]) -> Iterator[tuple[Operation, str]]:
    """(the operation that would take it away, the column's type before)."""
    if change.kind == "schema.table" and change.action == "removed":
        yield Operation("drop-table", declared(change.entity).table, name=declared(change.entity).name), ""
    elif change.kind == "schema.column" and change.action == "removed" and change.before is not None:
        column = declared(change.before)
        if column.table not in gone:
            yield Operation("drop-column", column.table, column.column, name=column.name), ""
    elif (
        change.kind == "schema.column"
        and change.action == "modified"
        and change.before is not None
        and change.after is not None
    ):
        new, old = declared(change.after), declared(change.before)
        if new.type != old.type and old.type and new.type:
            yield Operation("alter-type", new.table, new.column, type=new.type, type_before=old.type), old.type


def _fact(group: Sequence[tuple[Change, Operation, Concern]], context: Context) -> tuple[Change, Fact]:
    change, operation, found = group[0]
    scope = scope_of(context)
    named = any(scope.named_before(o.name or o.column or o.table) for _, o, _ in group)
    said = fields(operation, found, "schema", [c.deed for _, _, c in group], named=named, new_file=False)
    related = tuple(Related(f"{o.verb} {o.subject}", c.entity.region) for c, o, _ in group[1:6])
    region = change.entity.region
    before, after = (
        (region, None) if region.side == "before" else (change.before.region if change.before else None, region)
    )
    return change, Fact("operation", said, found.name, before, after, related, confidence="medium")
