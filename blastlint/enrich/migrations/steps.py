"""Drops that are the second step of two: what goes from the database had left the code in a change before this one.

Only what the base says counts, and only what is said of this very table or column: a migration that took it out of the
tool's models alone (Django's state), a model that ignores it (Rails), a declared schema or models that no longer have it. A
table that just nobody names may be read by others: that is no such evidence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from blastlint.enrich.context import Context
from blastlint.enrich.migrations.scope import Scope, spellings
from blastlint.facts.migration_places import is_migration
from blastlint.frozen import dataclass
from blastlint.migration import Operation
from blastlint.parse.terms import Term, terms
from blastlint.resolve.migrations import operations_in

_MAX_FILES = 60


@dataclass(frozen=True, slots=True)
class _Models:
    """How a tool's models look in code: one of `marks` stands where there are any, in files that end with `suffixes`.
    `columns` says whether they declare every column."""

    marks: tuple[str, ...]
    suffixes: tuple[str, ...]
    columns: bool


_MODELS: Mapping[str, _Models] = {
    "django": _Models(("models.Model",), (".py",), columns=True),
    "alembic": _Models(("__tablename__", "DeclarativeBase", "declarative_base"), (".py",), columns=True),
    "rails": _Models(("ApplicationRecord", "ActiveRecord::Base"), (".rb",), columns=False),
    "javascript": _Models(("@Entity(", ".define(", "extends Model"), (".ts", ".js"), columns=True),
    "laravel": _Models(("extends Model",), (".php",), columns=False),
    "doctrine": _Models(("ORM\\Entity",), (".php",), columns=True),
    "efcore": _Models(("DbSet<", "DbContext"), (".cs",), columns=True),
    "drizzle": _Models(("pgTable(", "mysqlTable(", "sqliteTable("), (".ts",), columns=True),
}


def left_before(operation: Operation, scope: Scope) -> str:
    """What says that the table or column had left the code before this change, to go behind "It ..." (`had left the models
    in 0204_forget`); "" where nothing does."""
    if operation.verb not in ("drop-table", "drop-column") or not operation.table or not scope.context.change_set.complete:
        return ""
    declared = _in_schema(operation, scope)
    if declared is not None:
        return "" if declared else "had left schema.prisma"
    return _forgotten(operation, scope) or _ignored(operation, scope) or _in_no_model(operation, scope)


# --- Prisma: the schema says what there is -------------------------------------------------------------------------------


def _in_schema(operation: Operation, scope: Scope) -> bool | None:
    """Whether the base's schema.prisma has it; None where there is no such schema beside the migration."""
    path = operation.region.path if operation.region is not None else ""
    top = path.rpartition("/migrations/")[0]
    if operation.framework != "prisma" or not top:
        return None
    tree = scope.context.before.tree
    paths = [p for place in (top, f"{top}/schema") for p in tree.listdir(place) if p.endswith(".prisma")]
    documents = [scope.context.before.document(path) for path in paths]
    models = [o for d in documents if d is not None and isinstance(d.content, tuple) for o in d.content]
    if not models:
        return None
    tables = [o for o in models if o.verb == "create-table" and o.table == operation.table]
    return any(not operation.column or _has_field(scope, table, operation.column) for table in tables)


def _has_field(scope: Scope, model: Operation, column: str) -> bool:
    """Whether a field of the model has this name, here or in the database, whatever its type."""
    region = model.region
    text = (scope.context.before.tree.read(region.path) or b"").decode("utf-8", "replace") if region else ""
    block = text.split("\n", region.start_line)[-1].partition("\n}")[0] if region else ""
    named = rf'^\s*{re.escape(column)}\s|@map\(\s*(?:name:\s*)?"{re.escape(column)}"'
    return re.search(named, block, re.MULTILINE | re.IGNORECASE) is not None


# --- Django: taken out of its state alone --------------------------------------------------------------------------------


def _forgotten(operation: Operation, scope: Scope) -> str:
    """The last migration of the base that speaks of it took it out of the models and left it in the database."""
    wanted = "forget-table" if operation.verb == "drop-table" else "forget-column"
    for path, said in scope.context.once(_all_forgotten):
        if said.verb == wanted and said.subject == operation.subject:
            back = scope.has_django_model(operation) or _added_since(path, operation, scope)
            return "" if back else f"had left the models in {path.rpartition('/')[2].removesuffix('.py')}"
    return ""


def _all_forgotten(context: Context) -> Sequence[tuple[str, Operation]]:
    """What migrations of the base took out of the models alone, each with its file, the last first."""
    paths = [path for path in context.before.tree.search("state_operations", (".py",)) if is_migration(path)]
    last = sorted(paths, key=lambda path: path.rpartition("/")[2])[-_MAX_FILES:]
    return [(p, o) for p in reversed(last) for o in operations_in(context.before, p)[1] if o.verb.startswith("forget")]


def _added_since(path: str, operation: Operation, scope: Scope) -> bool:
    """Whether a migration beside this one, and after it, makes the same again."""
    wanted = ("create-table", "") if operation.verb == "drop-table" else ("add-column", operation.column)
    part = operation.column or operation.table.rpartition("_")[2]
    before = scope.context.before
    for later in before.tree.listdir(path.rpartition("/")[0]):
        if later > path and part.encode() in (before.tree.read(later) or b"").lower():
            made = operations_in(before, later)[1]
            if any(o.table == operation.table and (o.verb, o.column) == wanted and o.direction == "up" for o in made):
                return True
    return False


# --- Rails: ignored by the model -----------------------------------------------------------------------------------------


def _ignored(operation: Operation, scope: Scope) -> str:
    """The model of the table is told not to look at the column."""
    if operation.verb != "drop-column" or operation.framework != "rails":
        return ""
    models = scope.context.once(_all_ignoring)
    names = (m.name for m in models if _is_of(m, operation.table) and operation.column in _ignored_by(m))
    return next((f"had been ignored by {name}" for name in names), "")


def _all_ignoring(context: Context) -> Sequence[Term]:
    """The models of the base that ignore columns."""
    tree = context.before.tree
    paths = tree.search("ignored_columns", (".rb",))[:_MAX_FILES]
    return [t for path in paths for t in terms("ruby", path, tree.read(path) or b"").walk() if t.sort == "class"]


def _ignored_by(model: Term) -> frozenset[str]:
    """What stands beside `self.ignored_columns` in a class."""
    said = (t for statement in model.body if "ignored_columns" in statement.text for t in statement.walk())
    return frozenset(t.plain for t in said if t.sort in ("text", "literal", "name"))


def _is_of(model: Term, table: str) -> bool:
    """Whether rows of the table are of this class: as it says itself, or by its name."""
    own = next((t for t in model.body if t.sort == "assign" and t.name.endswith("table_name") and t.items), None)
    if own is not None:
        return own.items[0].plain == table
    return model.name.rpartition("::")[2].lower() in {name.lower() for name in spellings(table, singular=True)}


# --- models in code ------------------------------------------------------------------------------------------------------


def _in_no_model(operation: Operation, scope: Scope) -> str:
    """The code has models of this tool, and names the table or column nowhere."""
    models = _MODELS.get(operation.framework)
    if models is None or (operation.column and not models.columns):
        return ""
    relation = operation.column.removesuffix("_id")  # a column of Django's is called after its field
    if scope.named_in_code(operation) or (relation != operation.column and scope.named_before(relation)):
        return ""
    there = any(not is_migration(path) for path, _ in scope.context.before.tree.lines(models.marks, models.suffixes))
    return "had left the models" if there else ""
