"""A plan as the real Terraform makes it, alone and beside its source."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from blastlint import pipeline
from blastlint.sources.memory import change_set
from blastlint.sources.plan import parse_plan

BEFORE = """
variable "password" {
  default   = "canary-Zebra-77"
  sensitive = true
}
resource "terraform_data" "a" {
  triggers_replace = ["x"]
  input            = var.password
}
resource "terraform_data" "b" {
  triggers_replace = [terraform_data.a.id]
}
resource "terraform_data" "old" {}
resource "terraform_data" "gone" {
  count = 2
}
"""
AFTER = (
    BEFORE.replace('["x"]', '["y"]').replace("count = 2", "count = 1").replace('"old" {}', '"new" {}')
    + "moved {\n  from = terraform_data.old\n  to   = terraform_data.new\n}\n"
)


@pytest.mark.terraform
def test_a_real_plan(tmp_path: Path) -> None:
    if shutil.which("terraform") is None:
        pytest.skip("no terraform on this machine")
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1"}

    def done(*arguments: str) -> bytes:
        command = ["terraform", f"-chdir={tmp_path}", *arguments]
        return subprocess.run(command, capture_output=True, check=True, env=environment, timeout=120).stdout

    (tmp_path / "main.tf").write_text(BEFORE)
    done("init", "-input=false")
    done("apply", "-auto-approve", "-input=false")
    (tmp_path / "main.tf").write_text(AFTER)
    done("plan", "-out=p", "-input=false")
    plan = parse_plan("plan.json", done("show", "-json", "p"))

    expected = {
        "terraform_data.a": ("replace", "direct", ""),
        "terraform_data.b": ("replace", "cascade", "terraform_data.a"),
        "terraform_data.gone[1]": ("destroy", "direct", ""),
        "terraform_data.new": ("no-op", "direct", "terraform_data.old"),
    }
    for changed in (change_set({}, {}), change_set({"main.tf": BEFORE}, {"main.tf": AFTER})):
        report = pipeline.check(replace(changed, plans=(plan,)), ())
        assert {
            i.change.address: (
                i.effect,
                i.cause,
                i.change.previous_address or (i.change.explained_by if i.cause == "cascade" else ""),
            )
            for i in report.impacts
            if i.change.kind == "terraform.resource"
        } == expected
        assert {i.change.evidence for i in report.impacts if i.change.kind == "terraform.resource"} == {"plan"}
    assert [n.message for n in report.notifications] == ["the plan confirms 3 of 3 effects foreseen from source"]
