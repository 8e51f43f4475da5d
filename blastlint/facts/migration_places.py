"""Which migration tool a file belongs to, and which way it goes: by its path, and where that does not tell by its text."""

from __future__ import annotations

import re
from typing import Literal

from blastlint.frozen import dataclass
from blastlint.migration import Dialect, Direction
from blastlint.regex import regex

Container = Literal["migration", "schema", "seed", "script", "code"]


@dataclass(frozen=True, slots=True)
class Place:
    """`framework` is the tool's name, "" for plain SQL. `reverses` says whether the tool knows a way back at all."""

    container: Container
    framework: str = ""
    direction: Direction = "up"
    reverses: bool = False


_SQL: tuple[tuple[re.Pattern[str], Place], ...] = tuple(
    (regex(pattern, re.IGNORECASE), place)
    for pattern, place in (
        (r"(^|/)migrations/\d{14}_[^/]+/migration\.sql$", Place("migration", "prisma")),
        (r"(^|/)migrations/[^/]+/up\.sql$", Place("migration", "diesel", reverses=True)),
        (r"(^|/)migrations/[^/]+/down\.sql$", Place("migration", "diesel", "down")),
        (r"\.up\.sql$", Place("migration", "golang-migrate", reverses=True)),
        (r"\.down\.sql$", Place("migration", "golang-migrate", "down")),
        (r"(^|/)(v[\d._]+|r)__[^/]+\.sql$", Place("migration", "flyway")),
        (r"(^|/)u[\d._]+__[^/]+\.sql$", Place("migration", "flyway", "down")),
        (r"(^|/)drizzle/([^/]+/)*\d{4}_[^/]+\.sql$", Place("migration", "drizzle")),
        (r"(^|/)supabase/migrations/[^/]+\.sql$", Place("migration", "supabase")),
        (r"(^|/)deploy/[^/]+\.sql$", Place("migration", "sqitch", reverses=True)),
        (r"(^|/)revert/[^/]+\.sql$", Place("migration", "sqitch", "down")),
        (r"(^|/)(seeds?|fixtures?|testdata|sample[-_]?data)(/|\.sql$)", Place("seed")),
        (r"(^|/)(structure|schema)\.sql$", Place("schema")),
        (r"(^|/)(down|rollbacks?|downgrades?|undo)(/[^/]+)?\.sql$", Place("migration", "", "down")),
        (r"[-_.](down|rollback|undo|revert)\.sql$", Place("migration", "", "down")),
        (r"(^|/)(migrations?|migrate|changelogs?|flyway|liquibase)/", Place("migration", "sql")),
        (r"(^|/)(schema[-_]changes|db[-_]?upgrades?)/", Place("migration", "sql")),
        (r"(^|/)(\d{8,14}|\d{3,5})[-_][^/]+\.sql$", Place("migration", "sql")),
    )
)  # fmt: skip
_BY_TEXT: tuple[tuple[re.Pattern[str], str], ...] = (
    (regex(r"^--[ \t]*\+goose[ \t]", re.M | re.I), "goose"),
    (regex(r"^--[ \t]*migrate:(up|down)\b", re.M | re.I), "dbmate"),
    (regex(r"^--[ \t]*\+migrate[ \t]", re.M | re.I), "sql-migrate"),
    (regex(r"^--[ \t]*liquibase formatted sql", re.M | re.I), "liquibase"),
)
_CODE: tuple[tuple[re.Pattern[str], str], ...] = (
    (regex(r"(^|/)migrations/(?!__init__)[^/]+\.py$"), "django"),
    (regex(r"(^|/)(versions|alembic)/([^/]+/)*(?!__init__|env\.py)[^/]+\.py$"), "alembic"),
    (regex(r"(^|/)db/(\w+_)?(migrate|post_migrate|data_migrate)(/[^/]+)*/\d+_[^/]+\.rb$"), "rails"),
    (regex(r"(^|/)migrations?/([^/]+/)*[^/]+\.[cm]?[jt]s$"), "javascript"),
    (regex(r"(^|/)database/migrations/([^/]+/)*\d{4}_[^/]+\.php$"), "laravel"),
    (regex(r"(^|/)[Mm]igrations?/([^/]+/)*Version\w+\.php$"), "doctrine"),
    (regex(r"(^|/)[Mm]igrations/([^/]+/)*\d{8,14}_(?!\w+\.Designer\.)\w+\.cs$"), "efcore"),
    (regex(r"(^|/)([^/]+/)*[VU]\d[\d._]*__\w+\.java$"), "flyway"),
)
_DIALECT_IN_PATH: tuple[tuple[re.Pattern[str], Dialect], ...] = (
    (
        regex(r"(^|[/_.-])(postgres(ql)?|pg(sql)?|psql|timescale(db)?|supabase|cockroach(db)?)([/_.-]|$)", re.I),
        "postgres",
    ),
    (regex(r"(^|[/_.-])(mysql|mariadb)([/_.-]|$)", re.I), "mysql"),
    (regex(r"(^|[/_.-])sqlite3?([/_.-]|$)", re.I), "sqlite"),
    (regex(r"(^|[/_.-])(mssql|sqlserver|tsql)([/_.-]|$)", re.I), "tsql"),
    (regex(r"(^|[/_.-])(bigquery|bq)([/_.-]|$)", re.I), "bigquery"),
    (regex(r"(^|[/_.-])snowflake([/_.-]|$)", re.I), "snowflake"),
    (regex(r"(^|[/_.-])oracle([/_.-]|$)", re.I), "oracle"),
)


def sql_place(path: str, text: str) -> Place:
    """The place of a SQL file; a plain script where nothing says that it is more."""
    by_text = next((name for pattern, name in _BY_TEXT if pattern.search(text[:4000])), "")
    if by_text:
        return Place("migration", by_text, reverses=True)
    return next((place for pattern, place in _SQL if pattern.search(path)), Place("script"))


def code_framework(path: str) -> str:
    """The tool whose migrations stand at such paths: django, alembic, rails, javascript; "" elsewhere."""
    return next((name for pattern, name in _CODE if pattern.search(path)), "")


_SEED = regex(r"(^|/)(seeds?|seeders?|fixtures?|factories)(/|\.\w+$)|(^|/)db/seeds", re.IGNORECASE)
_STEPS = regex(r"(^|/)migrations?(/[^/]+)?\.go$|(^|/)migrations?/[^/]+\.go$")


def code_place(path: str) -> Place:
    """The place of a program that is no migration of a known tool: lists of SQL steps in Go, seeds, other code."""
    if _STEPS.search(path) and not path.endswith("_test.go"):
        return Place("migration", "go")
    return Place("seed") if _SEED.search(path) else Place("code")


_SNAPSHOT = regex(r"(^|/)db/(\w+_)?schema\.rb$|(^|/)(structure|schema)\.sql$|(ModelSnapshot|\.Designer)\.cs$", re.IGNORECASE)


def is_snapshot(path: str) -> bool:
    """Whether a tool writes down there what the database looks like after all migrations."""
    return _SNAPSHOT.search(path) is not None


def is_migration(path: str) -> bool:
    """Whether a file at this path is a step of a history of migrations that is applied in order, each once."""
    if path.endswith((".sql", ".psql", ".pgsql", ".cql")):
        place = sql_place(path, "")
        return place.container == "migration" and not re.search(r"(^|/)R__", path)
    return bool(code_framework(path))


_MARKS: dict[str, re.Pattern[bytes]] = {
    "django": regex(rb"class\s+Migration\b"),
    "alembic": regex(rb"def\s+(up|down)grade\b"),
    "rails": regex(rb"ActiveRecord::Migration"),
    "javascript": regex(rb"\bup\b"),
    "laravel": regex(rb"extends\s+Migration\b"),
    "doctrine": regex(rb"extends\s+AbstractMigration\b"),
    "flyway": regex(rb"JavaMigration\b"),
    "efcore": regex(rb"MigrationBuilder\b"),
}


def framework_of(path: str, data: bytes) -> str:
    """The tool of a program's migration, where its text is one too: other things are called migrations as well."""
    name = code_framework(path)
    if name in ("django", "alembic"):
        return next((n for n in ("alembic", "django") if _MARKS[n].search(data)), "")
    return name if name and _MARKS[name].search(data) else ""


def dialect_in_path(path: str) -> Dialect:
    return next((dialect for pattern, dialect in _DIALECT_IN_PATH if pattern.search(path)), "")
