"""Django migrations -> operations. What `state_operations` take out of the models is forgotten, and stays in the database. A
squash (`replaces`) is marked as one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from blastlint.frozen import replace
from blastlint.migration import Operation, Reversible, Verb
from blastlint.parse.terms import Term, is_false, is_true
from blastlint.resolve.migrations.orm import writes
from blastlint.resolve.migrations.reading import File, flags, sql_texts
from blastlint.resolve.migrations.types import django_type, is_known

_RELATIONS = ("ForeignKey", "OneToOneField")
_TEXTS = ("CharField", "TextField", "SlugField", "EmailField", "URLField", "FileField", "ImageField")
_JOINED = ("ManyToManyField", "GenericForeignKey", "GenericRelation", "TaggableManager")
_NOOP = ("noop",)


def operations(root: Term, file: File) -> Iterator[Operation]:
    """The operations of one migration module, in order."""
    migration = next((t for t in root.body if t.sort == "class" and t.name == "Migration"), None)
    if migration is None:
        return
    settings = {t.name: t.items[0] for t in migration.body if t.sort == "assign" and t.items}
    functions = {t.name: t for t in root.body if t.sort == "function"}
    replaces = settings.get("replaces")
    reader = _Reader(file, functions, atomic=not is_false(settings.get("atomic")))
    marks = flags(squashed=replaces is not None and bool(replaces.items))
    listed = settings.get("operations")
    for operation in reader.listed(listed.items if listed is not None else ()):
        yield replace(operation, flags=operation.flags | marks)


class _Reader:
    def __init__(self, file: File, functions: Mapping[str, Term], *, atomic: bool) -> None:
        self.file = file
        self.functions = functions
        self.transaction = flags(no_transaction=not atomic, in_transaction=atomic)
        self.app = file.path.split("/")[-3] if file.path.count("/") >= 2 else ""

    def table(self, model: str) -> str:
        return f"{self.app}_{model}".lower().lstrip("_") if "." not in model else model.lower().replace(".", "_")

    def listed(self, terms: Sequence[Term]) -> Iterator[Operation]:
        for term in terms:
            if term.sort == "call":
                for operation in self.read(term):
                    placed = operation if operation.region is not None else self.file.at(operation, term)
                    yield replace(placed, flags=placed.flags | self.transaction)

    def read(self, term: Term) -> Iterator[Operation]:
        """The operations of one entry of the list."""
        name = term.name
        if name == "SeparateDatabaseAndState":
            inner = term.argument(0, "database_operations")
            yield from self.listed(inner.items if inner is not None else ())
            state = term.argument(1, "state_operations")
            yield from self.forgotten(state.items if state is not None else ())
        elif name == "RunSQL":
            yield from self.sql(term)
        elif name == "RunPython":
            yield from self.code(term)
        elif name in (
            "CreateModel",
            "DeleteModel",
            "RenameModel",
            "AlterModelTable",
            "AlterUniqueTogether",
            "AlterIndexTogether",
        ):
            yield from self.model(term)
        elif name in ("AddField", "RemoveField", "RenameField", "AlterField"):
            yield from self.field(term)
        else:
            yield from self.index(term)

    def forgotten(self, terms: Sequence[Term]) -> Iterator[Operation]:
        """What leaves the models only."""
        for term in (t for t in terms if t.name in ("DeleteModel", "RemoveField")):
            for operation in self.read(term):
                verb: Verb = "forget-table" if operation.verb == "drop-table" else "forget-column"
                yield self.file.at(replace(operation, verb=verb), term)

    def model(self, term: Term) -> Iterator[Operation]:
        label = _plain(term, 0, "name", "old_name")
        table = self.table(label)
        if term.name == "CreateModel":
            fields = term.argument(1, "fields")
            yield Operation("create-table", table, name=label)
            for pair in fields.items if fields is not None else ():
                if len(pair.items) == 2 and pair.items[1].name not in _JOINED:
                    yield from self.column(table, pair.items[0].plain, pair.items[1], "add-column")
        elif term.name == "DeleteModel":
            yield Operation("drop-table", table, name=label, reversible="yes")
        elif term.name == "RenameModel":
            yield Operation(
                "rename-table", table, name=label, to=self.table(_plain(term, 1, "new_name")), reversible="yes"
            )
        elif term.name == "AlterModelTable":
            to = _plain(term, 1, "table")
            if to:
                yield Operation("rename-table", table, name=label, to=to, reversible="yes")
        else:
            groups = term.argument(1, "unique_together", "index_together")
            if groups is not None and groups.items:
                unique = term.name == "AlterUniqueTogether"
                verb = Operation("add-constraint", table, object="unique") if unique else Operation("add-index", table)
                yield replace(verb, reversible="yes")

    def field(self, term: Term) -> Iterator[Operation]:
        table = self.table(_plain(term, 0, "model_name"))
        name = _plain(term, 1, "name", "old_name")
        field = term.argument(2, "field")
        if term.name == "RemoveField":
            yield Operation("drop-column", table, name.lower(), reversible="yes")
        elif term.name == "RenameField":
            yield Operation("rename-column", table, name.lower(), to=_plain(term, 2, "new_name"), reversible="yes")
        elif field is not None and field.name not in _JOINED:
            verb = "add-column" if term.name == "AddField" else "alter-type"
            yield from self.column(table, name, field, verb)

    def column(self, table: str, name: str, field: Term, verb: str) -> Iterator[Operation]:
        kept = is_true(field.option("null"))
        given = any(field.option(word) is not None for word in ("default", "db_default"))
        empty = is_true(field.option("blank")) and field.name in _TEXTS
        relation = field.name in _RELATIONS
        to = field.argument(0, "to") if relation else None
        deleted = field.argument(1, "on_delete") if relation else None
        key = is_true(field.option("primary_key"))
        marks = flags(
            not_null=not kept and is_known(field),
            default=given or empty or field.name.endswith("AutoField"),
            unique=is_true(field.option("unique")) or field.name == "OneToOneField" or key,
            references=relation,
        )
        operation = Operation(
            "add-column" if verb == "add-column" else "alter-type", table, name.lower(), type=django_type(field),
            flags=marks,
            to=self.table(to.plain) if to is not None and to.plain else "",
            on_delete=deleted.name.lower().replace("_", " ") if deleted is not None else "", reversible="yes",
        )  # fmt: skip
        yield operation

    def index(self, term: Term) -> Iterator[Operation]:
        table = self.table(_plain(term, 0, "model_name"))
        name = term.name
        marks = flags(concurrently=name.endswith("Concurrently"))
        if name.startswith("AddIndex"):
            index = term.argument(1, "index")
            columns = index.option("fields").strings if index is not None and index.option("fields") is not None else ()  # type: ignore[union-attr]
            yield Operation(
                "add-index", table, name=_option(index, "name"), columns=columns, flags=marks, reversible="yes"
            )
        elif name.startswith("RemoveIndex"):
            yield Operation("drop-index", table, name=_plain(term, 1, "name"), flags=marks, reversible="yes")
        elif name.startswith("AddConstraint"):
            made = term.argument(1, "constraint")
            kind = {"UniqueConstraint": "unique", "ExclusionConstraint": "exclusion"}.get(
                made.name if made is not None else "", "check"
            )
            yield Operation(
                "add-constraint",
                table,
                name=_option(made, "name"),
                object=kind,
                flags=flags(not_valid=name.endswith("NotValid")),
                reversible="yes",
            )
        elif name == "RemoveConstraint":
            yield Operation("drop-constraint", table, name=_plain(term, 1, "name"), reversible="yes")

    def sql(self, term: Term) -> Iterator[Operation]:
        way = _way_back(term.argument(1, "reverse_sql"))
        texts = list(sql_texts(_sql_argument(term)))
        for operation in [o for text in texts for o in self.file.sql(text)]:
            yield replace(operation, reversible=way)
        if not texts:
            yield Operation("run-sql", reversible=way)

    def code(self, term: Term) -> Iterator[Operation]:
        """RunPython: what its function does to rows, by the ORM and by SQL of its own."""
        code = term.argument(0, "code")
        way = _way_back(term.argument(1, "reverse_code"))
        name = code.name if code is not None else ""
        if name in _NOOP:
            return
        yield Operation("run-code", name=name, reversible=way)
        function = self.functions.get(name)
        if function is not None:
            for operation in writes(function, self.file):
                yield replace(operation, reversible=way)


def _way_back(reverse: Term | None) -> Reversible:
    if reverse is None:
        return "no"
    return "noop" if reverse.name in _NOOP else "yes"


def _sql_argument(term: Term) -> Term | None:
    """The SQL of RunSQL: a string, or a list of strings and of pairs with parameters."""
    given = term.argument(0, "sql")
    if given is not None and given.sort == "list":
        items = tuple(i.items[0] if i.sort == "list" and i.items else i for i in given.items)
        return Term("list", items=items)
    return given


def _plain(term: Term, index: int, *names: str) -> str:
    found = term.argument(index, *names)
    return found.plain if found is not None else ""


def _option(term: Term | None, name: str) -> str:
    found = term.option(name) if term is not None else None
    return found.plain if found is not None else ""
