"""A file left half-written: what it no longer says is not known to be gone, and the report says that it was not read."""

from __future__ import annotations

import pytest

from blastlint import pipeline
from blastlint.sources.memory import change_set
from tests.properties.corpus import rules

TERRAFORM = 'resource "aws_s3_bucket" "a" {\n  bucket = "a"\n}\nresource "aws_db_instance" "b" {\n  name = "b"\n}\n'
WORKFLOW = "on: push\njobs:\n  t:\n    runs-on: x\n    steps:\n      - run: pytest\n"
PRISMA = 'model A {\n  id Int\n  data Json @default("{}")\n  name String\n}\nmodel B {\n  id Int\n}\n'
SQL = (
    "CREATE TABLE a (id int);\nCREATE TABLE b (id int, x text DEFAULT 'a; (b');\nCREATE TABLE \"c\" (id int, y text);\n"
    "CREATE FUNCTION f() RETURNS int AS $f$ BEGIN RETURN 1; END $f$ LANGUAGE plpgsql;\nCREATE TABLE d (id int);\n"
)
CLAIM = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: db}\n"
TABLE = "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n"
FILES = {
    "main.tf": (TERRAFORM, TERRAFORM[:30]),
    "other/main.tf": (TERRAFORM, f"<<<<<<< ours\n{TERRAFORM[:46]}=======\n>>>>>>> theirs\n"),
    ".github/workflows/ci.yml": (WORKFLOW, WORKFLOW.replace("run: pytest", "run: [pytest")),
    "schema.prisma": (PRISMA, PRISMA[: PRISMA.index("name")]),
    "db/structure.sql": (SQL, SQL[: SQL.index(", y text")]),
    "db/schema.sql": (SQL, SQL[: SQL.index("; (b")]),
    "old/schema.sql": (SQL, SQL[: SQL.index("END $f$")]),
    "a/schema.sql": (SQL, SQL[: SQL.index(" (id int, x")]),
    "b/schema.sql": (SQL, SQL[: SQL.index("xt DEFAULT")]),
    "c/schema.sql": (SQL, SQL[: SQL.index("ATE FUNCTION")]),
    "new/schema.sql": (SQL, SQL[: SQL.index("c\" (id")]),
    "claim.yaml": (CLAIM, CLAIM.replace("db}", "db")),
    "stack.yaml": (TABLE, TABLE + "   - : ["),
    "a.toml": ("[a]\n" + "".join(f"k{n} = {n}\n" for n in range(9)), "[a\nk0 = 0\n"),
}


@pytest.mark.parametrize("path", FILES)
def test_what_a_torn_file_no_longer_says_is_not_known_to_be_gone(path: str) -> None:
    before, after = FILES[path]
    report = pipeline.check(change_set({path: before}, {path: after}), rules())
    assert [(finding.rule_id, finding.severity) for finding in report.findings] == [("POL004", "medium")]
    assert {note.path for note in report.notifications if note.incomplete} == {path}


@pytest.mark.parametrize("path", ["main.tf", "schema.prisma", "db/structure.sql", "claim.yaml"])
def test_a_file_that_is_gone_is(path: str) -> None:
    report = pipeline.check(change_set({path: FILES[path][0]}, {"a.txt": ""}), rules())
    assert any(finding.severity in ("critical", "high") for finding in report.findings)


def test_braces_in_a_string_of_a_schema_are_no_block() -> None:
    after = PRISMA.replace("  name String\n", "")
    report = pipeline.check(change_set({"schema.prisma": PRISMA}, {"schema.prisma": after}), rules())
    assert [(finding.rule_id, finding.address) for finding in report.findings] == [("MIG002", "#a.name")]


@pytest.mark.parametrize(("opening", "closing"), [("$(", ")"), ("( ", " )")])
def test_commands_too_deep_to_be_read_are_told(opening: str, closing: str) -> None:
    deep = f"{opening * 150}rm -rf /{closing * 150}\n"
    report = pipeline.check(change_set({"a.sh": "ls\n"}, {"a.sh": f"ls\n{deep}"}), rules())
    (note,) = report.notifications
    assert (note.path, note.line, note.incomplete) == ("a.sh", 2, True)
    assert note.message == "analysed in part (after): a part of its shell could not be read"


@pytest.mark.parametrize("path", ["db/structure.sql", "db/schema.sql"])
@pytest.mark.parametrize("end", [";\n", "", "\n-- the end (of it\n", ";\n-- PostgreSQL dump complete"])
def test_a_schema_that_ends_with_a_whole_statement_is_not_torn(path: str, end: str) -> None:
    after = SQL[: SQL.index(";\nCREATE TABLE d")] + end
    report = pipeline.check(change_set({path: SQL}, {path: after}), rules())
    assert [(finding.rule_id, finding.address) for finding in report.findings] == [("MIG001", "db#d")]
