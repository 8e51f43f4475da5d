"""Declared schemas (schema.prisma, schema.rb, structure.sql, Drizzle) and the relations of models in code -> entities of
kinds `schema.table`, `schema.column` and `schema.relation`: what a generated migration would make a database like.

Addresses are below the directory, so that a table keeps its own when a schema is split into files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from blastlint.facts.migration_places import code_framework, dialect_in_path
from blastlint.frozen import replace
from blastlint.migration import Operation
from blastlint.model import Entity, Region, Value
from blastlint.parse.languages import language_of
from blastlint.parse.source_text import SourceText
from blastlint.parse.terms import Term, terms
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex
from blastlint.resolve.migrations.reading import File

_RAILS = regex(r"(^|/)db/(\w+_)?schema\.rb$")
_SQL = regex(r"(^|/)(structure|schema)\.sql$", re.IGNORECASE)
_DRIZZLE = regex(rb"""from\s+['"]drizzle-orm/\w+-core""")
_RELATIONS = regex(rb"on_delete|ondelete|onDelete|cascade\s*=|dependent:")
_LARGEST = 1_000_000
_DJANGO = ("ForeignKey", "OneToOneField")
_LOADERS = ("relationship", "backref")
_COLUMNS = ("Column", "mapped_column", "Field")
_RAILS_RELATIONS = ("has_many", "has_one", "has_and_belongs_to_many")
_DEPENDENT = {"destroy": "cascade", "delete_all": "cascade", "destroy_async": "cascade", "delete": "cascade"}
_SEQUELIZE = ("hasMany", "hasOne", "belongsTo", "belongsToMany")


def entities(workspace: Workspace, changed: Sequence[str]) -> Iterator[Entity]:
    """What the changed files declare."""
    for path in changed:
        place = path.rpartition("/")[0]
        for operation in _declared(workspace, path):
            if operation.verb == "create-table":
                yield _entity(path, "schema.table", f"{place}#{operation.table}", operation)
            elif operation.verb == "add-column":
                yield _entity(path, "schema.column", f"{place}#{operation.subject}", operation)
                if operation.on_delete:
                    yield _entity(path, "schema.relation", f"{place}#{operation.subject} relation", operation)
            elif operation.on_delete:
                label = (
                    operation.subject if operation.column else f"{operation.table} -> {operation.name or operation.to}"
                )
                yield _entity(path, "schema.relation", f"{place}#{label} relation", operation)


def _entity(path: str, kind: str, address: str, operation: Operation) -> Entity:
    said = {
        "type": Value(operation.type),
        "flags": Value(" ".join(sorted(operation.flags))),
        "on_delete": Value(operation.on_delete),
    }
    if kind == "schema.table":
        said = {"table": Value(operation.table)}
    elif kind == "schema.relation":
        said = {"on_delete": Value(operation.on_delete)}
    region = operation.region or Region("after", path, 1)
    return Entity(address, kind, operation.framework, operation.subject, Value(said), region, region, detail=operation)


def _declared(workspace: Workspace, path: str) -> Iterator[Operation]:
    language = language_of(path)
    if language == "prisma":
        document = workspace.document(path)
        yield from document.content if document is not None and isinstance(document.content, tuple) else ()
    elif language == "sql" and _SQL.search(path):
        yield from _sql(workspace, path)
    elif language in ("python", "ruby", "javascript", "typescript") and not code_framework(path):
        data = workspace.tree.read(path)
        if data is None or len(data) > _LARGEST:
            return
        if language == "ruby" and _RAILS.search(path):
            yield from _rails(workspace, path, data)
        elif _DRIZZLE.search(data):
            from blastlint.resolve.drizzle import declared

            yield from declared(terms(language, path, data), File(path, workspace.side, "drizzle", ""))
        elif _RELATIONS.search(data):
            root = terms(language, path, data)
            file = File(path, workspace.side, "", "")
            for model in (t for t in root.walk() if t.sort == "class"):
                yield from (file.at(operation, term) for term, operation in _relations(model))
            for term in root.body:
                yield from (file.at(operation, term) for operation in _sequelize(term))


def _sql(workspace: Workspace, path: str) -> Iterator[Operation]:
    from blastlint.parse.sql.operations import operations, spoken

    document = workspace.document(path)
    if document is not None and isinstance(document.content, SourceText):
        found = list(operations(document.content, dialect_in_path(path) or spoken(document.content.text)))
        torn = found[-1].region if found and document.coverage != "full" else None  # half of what it says is no type
        yield from (operation for operation in found if torn is None or operation.region != torn)


def _rails(workspace: Workspace, path: str, data: bytes) -> Iterator[Operation]:
    """schema.rb: one call of `define` with a block of create_table and add_foreign_key."""
    from blastlint.resolve.migrations.rails import statements

    file = File(path, workspace.side, "rails", "")
    for term in terms("ruby", path, data).body:
        if term.sort == "call" and term.name in ("define", "instance_eval"):
            for operation in statements(term.body, file):
                yield replace(operation, column=operation.column or operation.to) if operation.on_delete else operation


# --- relations in code ---------------------------------------------------------------------------------------------------


def _relations(model: Term) -> Iterator[tuple[Term, Operation]]:
    """What the fields of a model class do when what they point at is deleted."""
    for statement in model.body:
        found = statement.items[0] if statement.sort == "assign" and statement.items else statement
        name = statement.name if statement.sort == "assign" else ""
        if found.sort != "call":
            continue
        for term in found.walk():
            said = _on_delete(term)
            if said:
                label = name.partition(":")[0] or (term.items[0].plain if term.items else term.name)
                yield statement, Operation("add-constraint", model.name, label, object="foreign-key", on_delete=said)
                break


def _on_delete(term: Term) -> str:
    """cascade, restrict, set null, ... or "" for what is no relation."""
    if term.name in _DJANGO:
        given = term.argument(1, "on_delete")
        return given.name.lower().replace("_", " ") if given is not None else ""
    if term.name in _LOADERS:
        given = term.option("cascade")
        return (
            ("cascade" if "delete" in given.plain or given.plain.strip() == "all" else "none")
            if given is not None
            else "none"
        )
    if term.name == "ForeignKey" or term.name in _COLUMNS:
        given = term.option("ondelete")
        return given.plain.lower() if given is not None else ""
    if term.name in _RAILS_RELATIONS:
        given = term.option("dependent")
        return _DEPENDENT.get(given.plain, "restrict") if given is not None else "none"
    return ""


def _sequelize(term: Term) -> Iterator[Operation]:
    """User.hasMany(Post, { onDelete: "CASCADE" })."""
    if term.sort == "call" and term.name in _SEQUELIZE and term.on is not None and len(term.items) > 1:
        given = term.items[-1].option("onDelete")
        said = given.plain.lower() if given is not None else "none"
        yield Operation("add-constraint", term.on.name, term.items[0].plain, object="foreign-key", on_delete=said)
