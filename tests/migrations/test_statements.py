"""Every statement of data/statements.json is of the class that it really is of, in its dialect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from blastlint.enrich.migrations.concerns import concern
from blastlint.migration import Operation
from blastlint.parse.source_text import SourceText
from blastlint.parse.sql.operations import operations

ROWS = json.loads((Path(__file__).parent / "data" / "statements.json").read_text(encoding="utf-8"))
ORDER = (
    "data_loss", "unbounded_dml", "privilege", "incompatible", "schema_loss", "server_state", "blocking",
    "bounded_dml", "safe",
)  # fmt: skip
_KINDS = {
    "breaks": "incompatible",
    "fails": "blocking",
    "lock": "blocking",
    "unchecked": "server_state",
    "no-effect": "safe",
}


def class_of(operation: Operation) -> str:
    """The class that what the tool says of one operation comes to."""
    if operation.verb in ("drop-object", "detach-partition", "drop-constraint") and not operation.has("owns-columns"):
        return "schema_loss"
    found = concern(operation)
    if found is None:
        return "bounded_dml" if operation.bounded else "safe"
    if found.name in ("table-loss", "value-loss") or operation.verb == "truncate":
        return "data_loss"
    if operation.verb == "server":
        return "server_state"
    return {"unbounded": "unbounded_dml", "privilege": "privilege"}.get(found.name) or _KINDS[found.kind]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['dialect']}: {row['sql'][:60]}")
def test_a_statement_is_of_its_class(row: dict[str, str]) -> None:
    found = list(operations(SourceText.of(row["sql"], "x.sql", "after"), row["dialect"]))  # type: ignore[arg-type]
    temporary = {o.table for o in found if o.verb == "create-table" and o.has("temporary")}
    classes = {class_of(o) for o in found if o.table not in temporary} or {"safe"}
    assert min(classes, key=ORDER.index) == row["expected"], [(o.verb, o.subject, class_of(o)) for o in found]
