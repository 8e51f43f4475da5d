"""The operations that a change set adds, judged file by file: which are grave, and which of them speak for the others.

Silent: the way back (`down`), tables that the same change set makes, temporary tables, what stands in a Django squash. One
fact stands for all operations of a file with one concern of one kind; the heaviest carries it, the rest are related.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from blastlint.diff.migrations import operation_of
from blastlint.enrich.context import Context
from blastlint.enrich.migrations import history
from blastlint.enrich.migrations.concerns import Concern, concern
from blastlint.enrich.migrations.irreversible import way_back
from blastlint.enrich.migrations.schemas import cascading
from blastlint.enrich.migrations.scope import Scope, scope_of
from blastlint.enrich.migrations.steps import left_before
from blastlint.enrich.migrations.words import fields
from blastlint.frozen import dataclass, replace
from blastlint.migration import Operation
from blastlint.model import Change, Entity, Fact, Related

_LOSSES = ("table-loss", "value-loss", "unbounded")
_IN_CODE = (*_LOSSES, "privilege")  # what a program does at run time to a schema of its own locks nobody out
_RESTATING = ("django", "javascript")  # tools whose alterations repeat the whole definition


@dataclass(frozen=True, slots=True)
class Grave:
    """A change with what is grave about its operation."""

    change: Change
    operation: Operation
    concern: Concern
    fresh: bool = False
    filled: bool = False


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The facts that hang on one added operation: none, but for the one that speaks for its file."""
    return iter(context.once(_reports).get(change.address, ()) if change.action == "added" else ())


def _reports(context: Context) -> Mapping[str, tuple[Fact, ...]]:
    """Address of a change -> its facts."""
    scope = scope_of(context)
    by_path: dict[str, list[Change]] = {}
    for change in scope.added:
        by_path.setdefault(change.path, []).append(change)
    found: dict[str, list[Fact]] = {}
    for path, changes in by_path.items():
        graves = [g for c in changes if (g := _grave(c, scope)) is not None]
        if not any(g.concern.name in _LOSSES for g in graves):
            graves += [Grave(c, operation_of(c.entity), why) for c, why in way_back(path, changes, scope)]
        for named, left, group in _groups(graves, scope):
            change, fact = _fact(group, scope, named, left)
            found.setdefault(change.address, []).append(fact)
    return {address: tuple(facts) for address, facts in found.items()}


def _grave(change: Change, scope: Scope) -> Grave | None:
    entity = change.entity
    operation = operation_of(entity)
    if operation.direction == "down" or operation.has("squashed"):
        return None
    if operation.table and scope.is_new_table(entity, operation.table):
        return None
    if operation.verb in ("add-column", "add-constraint", "add-index") and scope.is_made_here(entity, operation.table):
        return None
    if operation.verb == "drop-column" and scope.is_new_column(entity, operation.column):
        return None
    if _put_back(entity, operation, scope):
        return None
    if operation.has("concurrently") and scope.in_open_transaction(entity):
        operation = replace(operation, flags=operation.flags | {"in-transaction"})
    if operation.has("not-valid") and scope.is_validated_with(entity):
        operation = replace(operation, flags=operation.flags - {"not-valid"})
    if operation.verb == "alter-type":
        found = _altered(operation, scope)
    else:
        found = concern(operation)
        if found is not None and found.name == "cascade" and not _replaces_relation(entity, operation, scope):
            found = concern(replace(operation, on_delete=""))
    if found is not None and found.lock is not None and not found.lock.work and scope.waits_briefly(entity):
        return None  # a lock for a moment, and nobody queues behind it for longer than that
    if found is None or (_container(entity) == "code" and found.name not in _IN_CODE):
        return None
    written = operation.columns if operation.verb == "update" else ()
    fresh = bool(written) and all(scope.is_new_column(entity, c) for c in written)
    return Grave(change, operation, found, fresh, operation.verb == "set-not-null" and scope.is_filled(entity))


def _put_back(entity: Entity, operation: Operation, scope: Scope) -> bool:
    """Whether what is dropped or turned off is made again, or turned on again, later in the same file."""
    if operation.verb not in ("drop-constraint", "drop-index", "checks-off", "drop-policy"):
        return False
    later = [
        o
        for e in scope.by_path.get(entity.region.path, ())
        if e.region.start_line >= entity.region.start_line
        and (o := operation_of(e)) is not operation
        and o.direction == "up"
    ]
    if operation.verb == "drop-constraint":
        return any(o.verb == "add-constraint" and o.table == operation.table for o in later)
    if operation.verb == "drop-policy":
        return any(o.verb == "create-policy" and o.table == operation.table for o in later)
    if operation.verb == "checks-off":
        return any(o.verb == "checks-on" and (o.table, o.object) == (operation.table, operation.object) for o in later)
    return any(o.verb == "add-index" and o.name == operation.name for o in later)


def _replaces_relation(entity: Entity, operation: Operation, scope: Scope) -> bool:
    """Whether the foreign key takes the place of one that was there and did not cascade."""
    others = (operation_of(e) for e in scope.by_path.get(entity.region.path, ()))
    replaced = operation.has("replaces") or any(
        o.verb == "drop-constraint" and o.table == operation.table and o.direction == "up" for o in others
    )
    return replaced and history.on_delete_before(scope.context, operation) != "cascade"


def _altered(operation: Operation, scope: Scope) -> Concern | None:
    """A column's definition given anew: what it says beside the type counts where it did not say so before."""
    before = history.column_before(scope.context, operation)
    if before is None:
        return None if operation.framework in _RESTATING and not operation.type_before else concern(operation)
    found = concern(operation, before.type)
    if found is not None and found.name == "value-loss":
        return found
    if operation.on_delete == "cascade" and before.on_delete not in ("cascade", "") and not cascading(scope.context):
        return concern(replace(operation, verb="add-constraint", object="foreign-key"))
    if operation.has("not-null") and not before.has("not-null"):
        return concern(replace(operation, verb="set-not-null"))
    if operation.has("unique") and not before.has("unique"):
        return concern(replace(operation, verb="add-constraint", object="unique", on_delete=""))
    return found


def _container(entity: Entity) -> str:
    value = entity.attributes.get("container")
    return str(value.scalar) if value is not None else ""


# --- one fact for many ---------------------------------------------------------------------------------------------------


def _groups(graves: Iterable[Grave], scope: Scope) -> Iterator[tuple[bool, str, Sequence[Grave]]]:
    """(whether code still names what goes, what says that it left the code before, operations that are grave in the same
    way), the heaviest operation first."""
    groups: dict[tuple[bool, str, object], list[Grave]] = {}
    for grave in graves:
        said = grave.concern
        lock = (said.lock.blocks, bool(said.lock.work)) if said.lock is not None else ()
        left = left_before(grave.operation, scope)
        alike = (said.name, said.kind, said.certain, grave.fresh, grave.filled, lock)
        groups.setdefault((not left and _named(grave, scope), left, alike), []).append(grave)
    for (named, left, _), group in groups.items():
        yield named, left, sorted(group, key=lambda g: -g.concern.weight)


def _fact(group: Sequence[Grave], scope: Scope, named: bool, left: str) -> tuple[Change, Fact]:
    first = group[0]
    change, operation = first.change, first.operation
    entity = change.entity
    said = fields(
        operation,
        first.concern,
        _container(entity),
        [g.concern.deed for g in group],
        named=named,
        left=left,
        copied=scope.copied(entity) if operation.verb == "drop-table" else "",
        redefined=operation.verb == "drop-table" and all(scope.redefined(g.change.entity) for g in group),
        fresh=first.fresh,
        filled=first.filled,
        declared=operation.has("declared"),
        new_file=scope.context.before.tree.size(change.path) is None,
    )
    related = tuple(Related(f"{g.operation.verb} {g.operation.subject}", g.change.entity.header) for g in group[1:])
    confidence = "high" if first.concern.certain else "medium"
    return change, Fact(
        "operation", said, first.concern.name, after=entity.header, related=related,
        confidence="high" if confidence == "high" else "medium",
    )  # fmt: skip


def _named(grave: Grave, scope: Scope) -> bool:
    operation = grave.operation
    return operation.verb not in ("drop-table", "drop-column") or scope.named_in_code(operation)
