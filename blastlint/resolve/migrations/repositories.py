"""Repositories that are emptied: `orders.deleteAll()`, `orders.deleteAllInBatch()` of Spring Data and of what is like it.

What a call is made on says whether it is one: the type that it was declared with, or its name where that is not told
(parse/calls.py). With an argument these delete the rows they are given.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.migration import Operation
from blastlint.model import Region
from blastlint.parse.calls import calls_of
from blastlint.parse.code import Module
from blastlint.regex import regex
from blastlint.resolve.migrations.reading import File

_EMPTIES = ("deleteAll", "deleteAllInBatch")
_REPOSITORY = regex(r"(?i)(repository|repo|dao)(<.*>)?$")
_NO_DATABASE = regex(r"(?i)memory|fake|stub|mock")


def emptied(module: Module, file: File) -> Iterator[Operation]:
    """One `delete` without a bound for each repository that is emptied."""
    for definition in module.definitions:
        for call in calls_of(module, definition):
            if call.method in _EMPTIES and not call.arguments and not call.options:
                kind = call.origin.rpartition(".")[2]
                if _REPOSITORY.search(kind) and not _NO_DATABASE.search(kind):
                    place = Region(file.side, file.path, *call.span)
                    yield Operation(
                        "delete", kind, bounded=False, framework=file.framework, dialect=file.dialect, text=call.text,
                        region=place,
                    )  # fmt: skip
