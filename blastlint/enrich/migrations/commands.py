"""SQL that a command hands to a database: `psql -c`, `mysql -e`, here documents. Judged as SQL is anywhere else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from blastlint.command import Command
from blastlint.diff.commands import command_of
from blastlint.enrich.commands.context import surroundings
from blastlint.enrich.context import Context
from blastlint.enrich.migrations.concerns import Concern, concern
from blastlint.enrich.migrations.scope import scope_of
from blastlint.enrich.migrations.words import fields
from blastlint.migration import Dialect, Operation
from blastlint.model import Change, Fact
from blastlint.parse.source_text import SourceText

# Programs that are given SQL as text, with the dialect that they speak.
CLIENTS: dict[str, Dialect] = {
    "psql": "postgres", "cockroach": "postgres", "mysql": "mysql", "mariadb": "mysql", "sqlite3": "sqlite", "sqlcmd": "tsql",
    "bq": "bigquery", "snowsql": "snowflake", "sqlplus": "oracle", "duckdb": "postgres",
    "clickhouse-client": "", "clickhouse": "",
}  # fmt: skip
_OPTIONS = ("command", "execute", "query", "Q", "e", "c", "q")


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The `operation` facts of SQL that is new in an added or changed command."""
    if change.action not in ("added", "modified") or change.after is None:
        return
    command = command_of(change.after)
    if command.tool not in CLIENTS:
        return
    known = Counter(_meaning(o) for o in sql_of(command_of(change.before))) if change.before is not None else Counter()
    found: dict[tuple[str, str], list[tuple[Operation, Concern]]] = {}
    scope = scope_of(context)
    for operation in sql_of(command):
        if known[_meaning(operation)]:
            known[_meaning(operation)] -= 1
            continue
        grave = concern(operation)
        if grave is not None and not (operation.table and scope.is_new_table(change.after, operation.table)):
            found.setdefault((grave.name, grave.kind), []).append((operation, grave))
    place = surroundings(change.after, command)
    for group in found.values():
        group.sort(key=lambda pair: -pair[1].weight)
        operation, first = group[0]
        said = fields(operation, first, "command", [g.deed for _, g in group], ephemeral=place.ephemeral)
        yield Fact("operation", said, f"{first.name} {operation.subject}", after=command.region)


def _meaning(operation: Operation) -> tuple[str, str, str, bool | None]:
    return operation.verb, operation.subject, operation.type, operation.bounded


def sql_of(command: Command) -> Iterator[Operation]:
    """The operations that a database client is given as text."""
    if command.tool not in CLIENTS:
        return
    texts = [o.value for o in command.options if o.name in _OPTIONS and o.value]
    if command.tool in ("sqlite3", "duckdb", "bq"):
        texts += [t.value for t in command.targets[1:]]
    if command.input:
        texts.append(command.input)
    from blastlint.parse.sql.operations import operations

    for text in texts:
        yield from operations(SourceText.of(text, command.region.path, command.region.side), CLIENTS[command.tool])
