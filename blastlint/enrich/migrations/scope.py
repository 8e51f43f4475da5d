"""What the whole change set says of tables and columns: which are new in it, whose rows are copied, what code names."""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from blastlint.diff.migrations import operation_of
from blastlint.enrich.context import Context
from blastlint.enrich.surroundings import path_class_of
from blastlint.facts.migration_places import code_place, is_migration, is_snapshot
from blastlint.frozen import dataclass
from blastlint.migration import Operation
from blastlint.model import Change, Entity
from blastlint.regex import regex

_CODE = (
    ".py", ".rb", ".erb", ".rake", ".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".go", ".java", ".kt",
    ".scala", ".cs", ".php", ".rs",
    ".ex", ".exs", ".graphql", ".vue", ".svelte", ".html",
)  # fmt: skip
_MAX_LINES = 400
_SHORT = 3
_CLASS = regex(r"\s*class (\w+)")


@dataclass(frozen=True, slots=True)
class _InFile:
    """What one file says by the way: the line on which each table is made, that of its first timeout (0 for none), and
    (line, column, whether one begins) of its transactions, in order."""

    made: Mapping[str, int]
    timeout: int
    transactions: Sequence[tuple[int, int, bool]]


def _in_file(entities: Sequence[Entity]) -> _InFile:
    made: dict[str, int] = {}
    timeouts: list[int] = []
    transactions: list[tuple[int, int, bool]] = []
    for entity in entities:
        operation, line = operation_of(entity), entity.region.start_line
        if operation.verb == "create-table":
            made.setdefault(operation.table, line)
        elif operation.verb == "timeout":
            timeouts.append(line)
        elif operation.verb == "transaction":
            transactions.append((line, entity.region.start_column, operation.object == "begin"))
    return _InFile(made, min(timeouts, default=0), sorted(transactions))


class Scope:
    """The operations of one change set. Made once: `scope_of`."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.added: tuple[Change, ...] = tuple(
            c for c in context.changes if c.kind == "migration.operation" and c.action == "added"
        )

    @cached_property
    def migrates(self) -> bool:
        """Whether the change set brings something that is run on the database as it is: a migration, or a script."""
        places = (c.entity.attributes.get("container") for c in self.added)
        return any(place is not None and place.scalar in ("migration", "script") for place in places)

    @cached_property
    def by_path(self) -> Mapping[str, Sequence[Entity]]:
        """Path -> all operations of the file after, in order."""
        found: dict[str, list[Entity]] = {}
        for entity in self.context.entities_after:
            if entity.kind == "migration.operation":
                found.setdefault(entity.region.path, []).append(entity)
        return found

    @cached_property
    def _created(self) -> Mapping[str, Entity]:
        """Table -> where this change set creates it. What it renames keeps its rows: the new name is no new table."""
        found: dict[str, Entity] = {}
        for change in self.added:
            operation = operation_of(change.entity)
            if operation.verb == "create-table" and operation.direction == "up" and not operation.has("replaces"):
                found.setdefault(operation.table, change.entity)
        return found

    @cached_property
    def _columns(self) -> Mapping[tuple[str, str], Entity]:
        """The (table, column) pairs that this change set adds, each with where it does so first."""
        found: dict[tuple[str, str], Entity] = {}
        for change in self.added:
            operation = operation_of(change.entity)
            if operation.verb == "add-column" and operation.direction == "up":
                found.setdefault((operation.table, operation.column), change.entity)
        return found

    def is_new_table(self, entity: Entity, table: str) -> bool:
        """Whether the change set itself creates the table, before the operation where both stand in one file. A table that
        is dropped and made again is new when nothing in the repository named it before."""
        created = self._created.get(table)
        if created is None:
            return False
        if created.region.path != entity.region.path or created.region.start_line < entity.region.start_line:
            return created is not entity
        operation = operation_of(entity)
        if created.region.start_line == entity.region.start_line and operation.verb != "drop-table":
            return True
        return operation.verb == "drop-table" and operation.has("if-exists") and not self.named_before(table, sql=True)

    def is_made_here(self, entity: Entity, table: str) -> bool:
        """Whether the same file makes the table, before or with what is said here: an old migration that is edited. A list
        of steps in Go is a whole history in one file."""
        if code_place(entity.region.path).framework == "go":
            return False
        made = self._in_files[entity.region.path].made.get(table)
        return made is not None and made <= entity.region.start_line

    def is_filled(self, entity: Entity) -> bool:
        """Whether rows get a value in the same file before the column must have one: then what is left is the lock."""
        operation = operation_of(entity)
        updates = (
            o
            for e in self.by_path.get(entity.region.path, ())
            if e.region.start_line <= entity.region.start_line and (o := operation_of(e)).verb == "update"
        )
        tables = (operation.table, *(name.lower() for name in spellings(operation.table, singular=True)))
        return any(operation.column in o.columns and o.table.endswith(tables) for o in updates)

    def waits_briefly(self, entity: Entity) -> bool:
        """Whether the file limits before this operation how long a statement waits for its lock."""
        return 0 < self._in_files[entity.region.path].timeout <= entity.region.start_line

    def in_open_transaction(self, entity: Entity) -> bool:
        """Whether the file itself began a transaction before this operation that is not over."""
        marks = self._in_files[entity.region.path].transactions
        at = bisect_left(marks, (entity.region.start_line, entity.region.start_column, False))
        return at > 0 and marks[at - 1][2]

    def is_validated_with(self, entity: Entity) -> bool:
        """Whether a constraint that is added without a look at the rows is validated in the same transaction, which holds
        the lock of the first statement until the end of the second."""
        operation = operation_of(entity)
        if not (operation.has("in-transaction") or self.in_open_transaction(entity)):
            return False
        path, here = entity.region.path, (entity.region.start_line, entity.region.start_column)
        ends = ((line, column) for line, column, begins in self._in_files[path].transactions if not begins)
        end = next((place for place in ends if place > here), (sys.maxsize, 0))
        later = [
            operation_of(e)
            for e in self.by_path.get(path, ())
            if here < (e.region.start_line, e.region.start_column) < end
        ]
        named = ("", operation.name, operation.to)
        return any(
            o.verb == "validate-constraint" and o.table == operation.table and (o.name or o.to) in named for o in later
        )

    @cached_property
    def _in_files(self) -> Mapping[str, _InFile]:
        return {path: _in_file(entities) for path, entities in self.by_path.items()}

    def is_new_column(self, entity: Entity, column: str) -> bool:
        """Whether the change set itself adds the column of the operation's table, before it where both are in one file: one
        that is dropped and added again loses its values."""
        added = self._columns.get((operation_of(entity).table, column))
        if added is None or added.region.path != entity.region.path:
            return added is not None
        here, there = entity.region, added.region
        return (there.start_line, there.start_column) <= (here.start_line, here.start_column)

    def copied(self, entity: Entity) -> str:
        """Where the rows of a table that goes were copied to in the same file before: a table, or ""."""
        operation = operation_of(entity)
        earlier = [
            operation_of(e)
            for e in self.by_path.get(entity.region.path, ())
            if e.region.start_line <= entity.region.start_line
        ]
        return next((o.to for o in earlier if o.verb == "copy-rows" and o.table == operation.table and o.to), "")

    def redefined(self, entity: Entity) -> bool:
        """Whether another table takes the name of the dropped one in the same file: how SQLite alters a table."""
        operation = operation_of(entity)
        others = (operation_of(e) for e in self.by_path.get(entity.region.path, ()))
        return any(o.verb == "rename-table" and o.to == operation.table for o in others)

    # --- what code names ---------------------------------------------------------------------------------------------

    def named_before(self, name: str, sql: bool = False) -> bool:
        """Whether code (or SQL) before the change names a table or column. Short names are everywhere: they count as named,
        and so does everything where only a patch is known."""
        if len(name) <= _SHORT or not self.context.change_set.complete:
            return True
        return self._stands_in(spellings(name), sql)

    def named_in_code(self, operation: Operation) -> bool:
        """Whether code before the change names what an operation drops: as the database does, or as a model of one row."""
        name = as_written(operation.column or operation.table, operation.text)
        if any(self.named_before(n) for n in (name, operation.name) if n):
            return True
        if operation.column:
            return False
        return self._stands_in(spellings(name, singular=True), sql=False) or self.has_django_model(operation)

    def has_django_model(self, operation: Operation) -> bool:
        """Whether code before the change has the class of a table that Django calls `<app>_<class>`, all in lower case."""
        if operation.framework != "django" or operation.column:
            return False
        parts = operation.table.split("_")
        names = {"_".join(parts[at:]) for at in range(len(parts))}
        return not names.isdisjoint(self._classes) or operation.name.lower() in self._classes

    @cached_property
    def _classes(self) -> frozenset[str]:
        """The classes of Python code before the change, in lower case."""
        lines = self.context.before.tree.lines(("class ",), (".py",))
        found = (_CLASS.match(line) for path, line in lines if not is_migration(path))
        return frozenset(match[1].lower() for match in found if match)

    def _stands_in(self, spelled: Sequence[str], sql: bool) -> bool:
        pattern = re.compile(r"(?<![A-Za-z0-9_])(?:" + "|".join(map(re.escape, spelled)) + r")(?![A-Za-z0-9_])")
        suffixes = (*_CODE, ".sql") if sql else _CODE
        lines = self.context.before.tree.lines(tuple(spelled), suffixes)
        return any(pattern.search(line) and self._is_code(path, sql) for path, line in _first(lines, _MAX_LINES))

    def _is_code(self, path: str, sql: bool) -> bool:
        if sql:
            return True
        return not (is_migration(path) or is_snapshot(path)) and path_class_of(path, self.context.config) not in (
            "test",
            "docs",
            "example",
            "vendored",
        )


def _first(lines: Iterable[tuple[str, str]], count: int) -> Iterable[tuple[str, str]]:
    for index, line in enumerate(lines):
        if index == count:
            return
        yield line


_SINGULAR = (("ies", "y"), ("ses", "s"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("s", ""))


def spellings(name: str, singular: bool = False) -> list[str]:
    """`last_seen` as code may write it: last_seen, lastSeen, LastSeen. With `singular` as a model of one row is called:
    `entries` also as entry and Entry."""
    name = name.rpartition(".")[2]
    if singular:
        end, stem = next(((e, s) for e, s in _SINGULAR if name.endswith(e)), ("", ""))
        name = name.removesuffix(end) + stem
    parts = [part for part in name.split("_") if part]
    camel = "".join([*parts[:1], *(p.capitalize() for p in parts[1:])])
    return list(dict.fromkeys([name, camel, camel[:1].upper() + camel[1:]]))


def as_written(name: str, text: str) -> str:
    """A name as the text spells it: comparing takes no notice of capitals, searching does."""
    match = re.search(rf"(?<!\w){re.escape(name.rpartition('.')[2])}(?!\w)", text, re.IGNORECASE)
    return match.group() if match else name


def scope_of(context: Context) -> Scope:
    return context.once(Scope)
