"""sqlglot is imported for deletes and updates alone,
grammars for programs alone: a change of anything else pays for neither."""

from __future__ import annotations

import subprocess
import sys

import pytest

_SCRIPT = """
import sys
from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.sources.memory import change_set
pipeline.check(change_set({}, %r), shipped_rules())
asked = ("sqlglot", "blastlint.parse.sql.operations", "tree_sitter_ruby", "tree_sitter_php")
print(*sorted(m for m in asked if m in sys.modules))
"""


@pytest.mark.parametrize(
    ("files", "loaded"),
    [
        ({"a.yaml": "a: 1\n", "main.tf": "locals {}\n"}, []),
        ({"migrations/1.sql": "SELECT 1;\n"}, ["blastlint.parse.sql.operations"]),
        ({"migrations/1.sql": "CREATE TABLE a (id int);\nDROP TABLE b;\n"}, ["blastlint.parse.sql.operations"]),
        ({"migrations/1.sql": "DELETE FROM a WHERE id = 1;\n"}, ["blastlint.parse.sql.operations", "sqlglot"]),
        ({"app/a.py": "x = 1\n"}, []),
        ({"src/a.php": "<?php\nSchema::drop('a');\n"}, []),
        ({"database/migrations/2026_01_01_000000_x.php": "<?php\nreturn new class extends Migration {};\n"},
         ["tree_sitter_php"]),
    ],
)  # fmt: skip
def test_what_a_change_loads(files: dict[str, str], loaded: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", _SCRIPT % files], capture_output=True, text=True, check=True)
    assert done.stdout.split() == loaded


_GRAMMARS = """
import sys
from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.sources.memory import change_set
pipeline.check(change_set({}, %r), shipped_rules())
print(*sorted(m for m in sys.modules if "." not in m and (m.startswith("tree_sitter_") or m == "sqlglot")))
"""


@pytest.mark.parametrize(
    ("files", "loaded"),
    [
        ({"main.tf": 'resource "aws_s3_bucket" "a" {}\n', "a.json": "{}", "b.toml": "a = 1\n"}, []),
        ({"deploy.yaml": "kind: Deployment\n", "README.md": "# rm -rf /\n"}, []),
        ({"a.sh": "rm -rf x\n"}, ["tree_sitter_bash"]),
        ({"a.ps1": "rm x\n"}, ["tree_sitter_powershell"]),
        ({"a.go": "package a\n"}, ["tree_sitter_go"]),
        ({"a.rs": "fn f() {}\n"}, ["tree_sitter_rust"]),
        ({"A.java": "class A {}\n"}, ["tree_sitter_java"]),
        ({"a.ts": "export const a = 1;\n"}, ["tree_sitter_typescript"]),
    ],
)  # fmt: skip
def test_a_grammar_is_loaded_for_its_own_files(files: dict[str, str], loaded: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", _GRAMMARS % files], capture_output=True, text=True, check=True)
    assert done.stdout.split() == loaded
