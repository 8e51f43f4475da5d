"""Rows written through an ORM -> `delete` and `update` operations with what limits them: Django, SQLAlchemy, ActiveRecord,
Prisma, Sequelize, TypeORM, Knex, Drizzle, Mongo drivers. And SQL that code hands to a database as a string.

Only what is certain counts as unbounded: a chain from a model or table in which nothing picks rows. What is called on a
variable may have been narrowed before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from blastlint.frozen import replace
from blastlint.migration import Operation, plain
from blastlint.parse.terms import Term, is_true
from blastlint.regex import regex
from blastlint.resolve.migrations.reading import File, sql_texts

_EXECUTES = frozenset(
    {"execute", "executescript", "executemany", "exec", "Exec", "ExecContext", "exec_driver_sql", "query", "raw",
    "exec_query", "exec_update",
     "exec_delete", "unsafe", "MustExec", "run", "$executeRaw", "$executeRawUnsafe", "$queryRaw", "$queryRawUnsafe",
     "execute_sql", "QueryRow", "addSql", "statement", "unprepared", "executeStatement", "executeUpdate",
     "executeQuery", "executeLargeUpdate", "update", "batchUpdate", "createNativeQuery", "prepareStatement",
     "Query"}
)  # fmt: skip
_SQL = regex(
    r"^\s*(?:/\*.*?\*/\s*|--[^\n]*\n\s*)*(?:DROP\s+(?:TABLE|DATABASE|SCHEMA|COLUMN|OWNED|TYPE|EXTENSION)|TRUNCATE\s|DELETE\s+FROM\s|UPDATE\s+[\w.\"`\[\]]+\s+SET\s"
    r"|ALTER\s+(?:TABLE|ROLE|USER)\s|CREATE\s|GRANT\s|DO\s+\$|WITH\s|BEGIN\b|SET\s|LOCK\s|VACUUM\s|REINDEX\s|RENAME\s+TABLE|INSERT\s|REFRESH\s|EXEC)",
    2 | 16,
)
_MANAGERS = regex(r"^(objects|_default_manager|_base_manager|all_objects|\w+_objects|unscoped|query)$")
_PASSES = frozenset(
    {"all", "order_by", "order", "select_related", "prefetch_related", "using", "unscoped", "in_batches",
    "with_deleted", "reorder", "db_manager",
     "select_for_update", "execution_options", "distinct", "get_queryset", "find_each", "each", "values", "set",
     "returning", "execute", "exec",
     "then", "catch", "createQueryBuilder", "from", "into", "setParameters", "lock", "transacting", "tap"}
)  # fmt: skip
_DELETES = frozenset(
    {
        "delete",
        "_raw_delete",
        "delete_all",
        "destroy_all",
        "deleteMany",
        "delete_many",
        "destroy",
        "del",
        "remove",
        "clear",
        "truncate",
        "deleteAll",
    }
)
_UPDATES = frozenset({"update", "update_all", "updateMany", "update_many", "bulkUpdate"})
_CONSTANT = regex(r"^[A-Z]\w*$")


def writes(root: Term, file: File) -> Iterator[Operation]:
    """The deletes and updates below a term, and the operations of its SQL strings."""
    everything = list(root.walk())
    inner = {id(t.on) for t in everything if t.on is not None}
    known = _assigned(everything)
    within = _by_function(everything)
    for term in everything:
        if term.sort != "call":
            continue
        if term.name in _EXECUTES:
            yield from _sql(term, file, within.get(id(term), known))
        if id(term) not in inner:
            found = _write(term)
            if found is not None:
                yield file.at(found, term)


def _by_function(everything: Iterable[Term]) -> Mapping[int, Mapping[str, Term]]:
    """id of a term within a function -> what _assigned says of the function: `query` is another string in each."""
    found: dict[int, Mapping[str, Term]] = {}
    for function in everything:
        if function.sort == "function":
            inside = list(function.walk())
            names = {**found.get(id(function), {}), **_assigned(inside)}  # from outside in
            found.update((id(term), names) for term in inside)
    return found


def _assigned(everything: Iterable[Term]) -> Mapping[str, Term]:
    """Name -> the string that it is; names that are put together from pieces are none."""
    found: dict[str, Term] = {}
    twice: set[str] = set()
    for term in everything:
        if term.sort == "assign":
            if term.name in found:
                twice.add(term.name)
            if len(term.items) == 1 and term.items[0].sort == "text":
                found.setdefault(term.name, term.items[0])
            else:
                twice.add(term.name)
    return {name: term for name, term in found.items() if name not in twice}


def _sql(term: Term, file: File, known: Mapping[str, Term]) -> Iterator[Operation]:
    """The operations of a string that is executed."""
    for item in term.items[:2]:
        given = known.get(item.value, item) if item.sort == "name" else item
        for text in sql_texts(given):
            if _SQL.search(text.value):
                yield from file.sql(text)


def _write(term: Term) -> Operation | None:
    """The write that a whole chain is, or None."""
    chain = term.chain()
    for index, link in enumerate(chain):
        if link.sort != "call":
            continue
        if link.name in _DELETES or link.name in _UPDATES:
            bounded = _bounded(chain, index)
            table = _target(chain, index)
            if bounded is None or not table:
                continue
            verb: Operation = Operation("delete" if link.name in _DELETES else "update", plain(table), bounded=bounded)
            columns = tuple(name for name, _ in link.named) if verb.verb == "update" else ()
            return replace(verb, columns=columns)
        if link.name in ("find_each", "each", "in_batches") and any(_destroys(i) for i in (*link.items, *link.body)):
            table = _target(chain, index)
            if table and _bounded(chain, index) is False:
                return Operation("delete", plain(table), bounded=False)
    return None


def _destroys(term: Term) -> bool:
    """`&:destroy` of Ruby."""
    return any(t.plain in ("destroy", "delete", "destroy!") for t in term.walk())


def _target(chain: list[Term], index: int) -> str:
    """The model, table or collection that a chain starts from; "" where it starts from something else."""
    link = chain[index]
    before = chain[:index]
    first = chain[0]
    if index == 0:  # delete(User), update(User): SQLAlchemy's functions
        argument = link.items[0] if len(link.items) == 1 else None
        return (
            argument.name
            if argument is not None
            and argument.sort == "name"
            and _CONSTANT.match(argument.name)
            and link.name in ("delete", "update")
            else ""
        )
    names = [t.name for t in before]
    if link.name in ("deleteMany", "updateMany", "delete_many", "update_many"):
        return before[-1].name
    for position, name in enumerate(names):
        if _MANAGERS.match(name) and position > 0 and before[position].sort == "name":
            return names[position - 1] if before[position - 1].sort == "name" else _model(before[position - 1])
    query = next((t for t in before if t.sort == "call" and t.name == "query" and t.items), None)
    if query is not None:
        return query.items[0].name if query.items[0].sort == "name" else ""
    source = next(
        (t for t in chain if t.sort == "call" and t.name in ("from", "into", "from_", "table") and t.items), None
    )
    if (
        link.name in ("del", "delete", "update", "truncate")
        and first.sort == "call"
        and first.name in ("knex", "db", "trx")
        and first.items
    ):
        return first.items[0].plain
    if source is not None and source.items[0].plain:
        return source.items[0].plain
    if names[-1:] == ["__table__"] and len(names) > 1:
        return names[-2]
    if (
        link.name in ("delete", "update")
        and len(link.items) == 1
        and names[-1:] in (["db"], ["tx"])
        and link.items[0].sort == "name"
    ):
        return link.items[0].name  # Drizzle: db.delete(users)
    model = before[0] if all(t.sort == "call" and t.name in _PASSES for t in before[1:]) else None
    if (
        model is not None
        and model.sort == "name"
        and _CONSTANT.match(model.name)
        and (
            link.name.endswith("_all")
            or link.name in ("destroy", "truncate", "find_each", "in_batches", "each", "update")
        )
    ):
        return model.name
    if link.name == "clear" and names[-1].lower().endswith("repository"):
        return names[-1]
    return ""


def _model(term: Term) -> str:
    """`apps.get_model("shop", "Order")` -> Order."""
    return term.items[-1].plain if term.sort == "call" and term.name == "get_model" and term.items else ""


def _bounded(chain: list[Term], index: int) -> bool | None:
    """Whether anything in the chain picks rows; None where that cannot be told."""
    link = chain[index]
    if (
        link.name in ("destroy", "update")
        and link.on is not None
        and _CONSTANT.match(link.on.name)
        and link.on.sort == "name"
    ):
        return _where_option(link)
    if link.name in ("deleteMany", "updateMany", "delete_many", "update_many"):
        return _where_argument(link)
    others = [t for t in chain if t is not link and t.sort == "call"]
    for other in others:
        if other.name in ("filter", "where", "filter_by") and not other.items and not other.named:
            if chain.index(other) < index and other.name == "where":
                return None  # `where.not(...)`
            continue
        if other.name not in _PASSES and other.name not in (
            "query",
            "get_model",
            "knex",
            "db",
            "trx",
            "table",
            "delete",
            "update",
        ):
            return True
    if (
        link.name in ("delete", "remove", "truncate", "clear", "del")
        and link.items
        and index > 0
        and chain[index - 1].name not in ("db", "tx")
    ):
        return None if link.items[0].sort not in ("map",) or link.items[0].named else False
    return False


def _where_argument(link: Term) -> bool | None:
    """deleteMany({}), delete_many({}), deleteMany({ where: {} }), updateMany({ data })."""
    given = link.items[0] if link.items else None
    if given is None:
        return link.option("where", "filter") is not None
    if given.sort != "map":
        return None
    where = given.option("where")
    if where is not None:
        return None if where.sort != "map" else bool(where.named or where.items)
    if given.items:
        return None
    return bool(given.named) and not any(name == "data" for name, _ in given.named)


def _where_option(link: Term) -> bool | None:
    """Sequelize: destroy({ where: {} }), update(values, { where: {} }); without options it is an instance's own."""
    options = next((i for i in reversed(link.items) if i.sort == "map"), None)
    if options is None or (link.name == "update" and len(link.items) < 2):
        return None
    if is_true(options.option("truncate")):
        return False
    where = options.option("where")
    return None if where is None or where.sort != "map" else bool(where.named or where.items)
