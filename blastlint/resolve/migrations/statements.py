"""Migrations that are programs with SQL in them -> operations: Flyway's in Java."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.frozen import replace
from blastlint.migration import Operation
from blastlint.parse.terms import Term
from blastlint.resolve.migrations.orm import writes
from blastlint.resolve.migrations.reading import File


def operations(root: Term, file: File) -> Iterator[Operation]:
    """Everything that is executed. What undoes another version (`U2__x`) goes down."""
    down = file.path.rpartition("/")[2].startswith("U")
    yield from (replace(o, direction="down") if down else o for o in writes(root, file))
