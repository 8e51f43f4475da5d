"""Which database a repository talks to, by the drivers and settings that it names; asked where SQL itself does not tell."""

from __future__ import annotations

import re
from functools import lru_cache

from blastlint.migration import Dialect
from blastlint.model import Tree
from blastlint.regex import regex

_FILES = (
    "package.json", "go.mod", "Gemfile", "pyproject.toml", "requirements.txt", "setup.cfg", "setup.py", "Pipfile",
    "Cargo.toml", "pom.xml", "build.gradle", "build.gradle.kts", "composer.json", "prisma/schema.prisma", "schema.prisma",
    "config/database.yml", "alembic.ini", "docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml",
    "knexfile.js", "ormconfig.json", ".sequelizerc", "config/config.json", "diesel.toml", "sqlc.yaml", "migration_lock.toml",
)  # fmt: skip
_DRIVERS: tuple[tuple[Dialect, re.Pattern[str]], ...] = (
    (
        "postgres",
        regex(
            r"psycopg|asyncpg|pg8000|postgres|\blib/pq\b|\bpgx\b|[\"']pg[\"']|pg-promise|npgsql|postgis|timescale|neondatabase|supabase",
            re.I,
        ),
    ),
    ("mysql", regex(r"mysql|mariadb|aiomysql", re.I)),
    ("tsql", regex(r"pyodbc|pymssql|mssql|sqlserver|tedious", re.I)),
    ("oracle", regex(r"cx_oracle|oracledb|ojdbc", re.I)),
    ("sqlite", regex(r"sqlite", re.I)),
)
_LIMIT = 200_000


def driver(tree: Tree, path: str) -> Dialect:
    """The one server that the files beside `path`, above it or at the root name; "" where none or several are named.
    SQLite beside a server is what tests run on."""
    return _named(_Tree(tree), path.rpartition("/")[0])


class _Tree:
    """A tree as a cache key: the tree itself, not what is in it."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree

    def __hash__(self) -> int:
        return id(self.tree)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Tree) and other.tree is self.tree


@lru_cache(maxsize=256)
def _named(key: _Tree, directory: str) -> Dialect:
    found: set[Dialect] = set()
    for name in _FILES:
        data = key.tree.read(f"{directory}/{name}" if directory else name)
        if data is not None:
            text = data[:_LIMIT].decode("utf-8", "replace")
            found.update(dialect for dialect, pattern in _DRIVERS if pattern.search(text))
    servers = found - {"sqlite"}
    if len(servers) == 1:
        return servers.pop()
    if servers:
        return ""
    if found:
        return "sqlite"
    return _named(key, directory.rpartition("/")[0]) if directory else ""
