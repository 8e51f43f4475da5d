"""What each framework's reader makes of a migration, operation by operation, with the line that it stands on.

data/readers.yaml: `operations` are `line: direction verb subject ...` with what matters beside them. Whether a migration
runs in a transaction is left out: it is the file's, not the operation's.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from blastlint.migration import Operation
from blastlint.parse.workspace import Workspace
from blastlint.resolve.migrations import operations_in
from blastlint.sources.memory import MemoryTree

FILES = yaml.safe_load((Path(__file__).parent / "data" / "readers.yaml").read_text(encoding="utf-8"))


def line(operation: Operation) -> str:
    """An operation as data/readers.yaml writes it."""
    marks = sorted(operation.flags - {"in-transaction", "no-transaction"})
    said = [operation.direction, operation.verb, operation.subject or "-"]
    named = (
        ("type", operation.type), ("was", operation.type_before), ("object", operation.object), ("to", operation.to),
        ("on_delete", operation.on_delete),
    )  # fmt: skip
    said += [f"{name}={value}" for name, value in named if value]
    said += ["+".join(marks)] if marks else []
    said += [] if operation.bounded is None else ["bounded" if operation.bounded else "unbounded"]
    said += [f"back={operation.reversible}"] if operation.reversible else []
    assert operation.region is not None
    return f"{operation.region.start_line}: {' '.join(said)}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file["path"])
def test_a_file_is_read_as_what_it_does(file: dict[str, object]) -> None:
    path, source = str(file["path"]), str(file["source"])
    place, found = operations_in(Workspace(MemoryTree({path: source.encode()}), "after"), path)
    assert (place.container, place.framework) == (file["container"], file["framework"])
    assert [line(operation) for operation in found] == file["operations"]
