"""Expressions against what Terraform itself answered (console/truth.json, made by tools/terraform_console.py)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from blastlint.parse.hcl import expression
from blastlint.parse.hcl_ast import Source
from blastlint.parse.workspace import Workspace
from blastlint.resolve.terraform.definition import Definitions
from blastlint.resolve.terraform.evaluate import attribute
from blastlint.resolve.terraform.functions.encoding import json_string
from blastlint.resolve.terraform.instance import Configuration, Module
from blastlint.sources.memory import MemoryTree
from tools import terraform_console

TRUTH = json.loads((terraform_console.CONSOLE / "truth.json").read_text(encoding="utf-8"))["answers"]


@pytest.fixture(scope="module")
def module() -> Module:
    folder: Path = terraform_console.CONSOLE
    files = {f"envs/dev/{path.name}": path.read_bytes() for path in folder.iterdir() if path.name != "truth.json"}
    definitions = Definitions(Workspace(MemoryTree(files), "after"))
    definition = definitions.of("envs/dev")
    assert definition is not None
    return Module(Configuration("envs/dev", definitions, {}), definition)


def test_every_expression_has_its_truth() -> None:
    assert list(TRUTH) == terraform_console.expressions()
    assert len(TRUTH) > 250


@pytest.mark.parametrize("text", TRUTH)
def test_as_terraform(module: Module, text: str) -> None:
    value = attribute(expression(Source("x.tf", "after", text)), module.scope)
    truth = TRUTH[text]
    if truth is None:
        assert not value.known
        assert value.reason
    else:
        assert json_string(value) == truth


@pytest.mark.terraform
def test_truth_is_what_terraform_says_today() -> None:
    terraform = shutil.which("terraform")
    if terraform is None:
        pytest.skip("terraform is not on the PATH")
    assert terraform_console.ask(terraform)["answers"] == TRUTH
