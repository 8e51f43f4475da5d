"""The GitHub Action's script on a repository as actions/checkout leaves it, and the shape of the two manifests."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
GUARDED = 'resource "aws_db_instance" "main" {\n  identifier          = "orders"\n  deletion_protection = true\n}\n'
QUIET = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"} | {
    f"GIT_{who}_{what}": "t@example.invalid" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
}


class Checkout:
    """A pull request's checkout: HEAD merges the branch into a base that has moved on meanwhile."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory / "repo"
        self.temporary = directory / "runner"
        self.directory.mkdir()
        self.temporary.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit("main.tf", GUARDED, "first")
        self.git("checkout", "--quiet", "-b", "feature")
        self.commit("main.tf", GUARDED.replace("true", "false"), "docs: fix typo")
        self.head = self.git("rev-parse", "HEAD")
        self.git("checkout", "--quiet", "main")
        self.commit("other.tf", 'resource "aws_s3_bucket" "b" {\n  bucket = "b"\n}\n', "somebody else's")
        self.git("merge", "--quiet", "--no-edit", "feature")

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.directory, check=True, env=os.environ | QUIET, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, path: str, text: str, message: str) -> None:
        (self.directory / path).write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", message)

    def action(self, **inputs: str) -> tuple[dict[str, str], dict[str, Any], str]:
        """(outputs, the SARIF run, the job summary)"""
        files = {name: self.temporary / name for name in ("output", "summary")}
        environment = {
            "RUNNER_TEMP": str(self.temporary),
            "GITHUB_OUTPUT": str(files["output"]),
            "GITHUB_STEP_SUMMARY": str(files["summary"]),
            "BLASTLINT": str(Path(sys.executable).with_name("blastlint")),
            "CATEGORY": "blastlint/",
            "PULL_HEAD": self.head,
        }
        subprocess.run(
            ["bash", str(ROOT / "tools" / "action.sh")],
            cwd=self.directory, check=True, env=os.environ | QUIET | environment | inputs, capture_output=True,
        )  # fmt: skip
        outputs = dict(line.split("=", 1) for line in files["output"].read_text().splitlines())
        (run,) = json.loads(Path(outputs["sarif"]).read_text())["runs"]
        return outputs, run, files["summary"].read_text()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def rules_of(run: dict[str, Any]) -> list[str]:
    return [result["ruleId"] for result in run["results"]]


def test_a_pull_request_is_compared_with_its_base_as_it_is_now(checkout: Checkout) -> None:
    outputs, run, summary = checkout.action(TITLE="docs: fix typo", BODY="$(touch pwned) `touch pwned`")
    assert outputs["code"] == "1"
    assert rules_of(run) == ["GRD001", "SCP002"]
    assert "aws\\_db\\_instance.main" in summary
    assert not (checkout.directory / "pwned").exists()


def test_a_head_that_is_a_merge_of_its_own_is_compared_with_the_pull_requests_base(checkout: Checkout) -> None:
    base = checkout.git("rev-parse", "main^1")
    checkout.git("checkout", "--quiet", "feature")
    checkout.git("merge", "--quiet", "--no-edit", base)
    outputs, run, _ = checkout.action(PULL_HEAD=checkout.git("rev-parse", "HEAD"), PULL_BASE=base)
    assert (outputs["code"], rules_of(run)) == ("1", ["GRD001", "SCP002"])


def test_a_label_and_an_input_accept(checkout: Checkout) -> None:
    labels = json.dumps(["bug", "blastlint-accept: GRD001@aws_db_instance.main"])
    outputs, run, _ = checkout.action(LABELS=labels, ACCEPT="SCP002@.\n")
    assert (outputs["code"], rules_of(run)) == ("0", ["SCP001"])  # "docs:" it is still not, which fails nothing


def test_a_push_uploads_an_empty_run_of_the_same_category(checkout: Checkout) -> None:
    outputs, run, _ = checkout.action(PULL_HEAD="")
    assert (outputs["code"], rules_of(run)) == ("0", [])
    assert run["automationDetails"]["id"] == "blastlint/"


def test_a_given_base_and_gate(checkout: Checkout) -> None:
    first = checkout.git("rev-list", "--max-parents=0", "HEAD")
    outputs, run, _ = checkout.action(BASE=first, FAIL_ON="never")
    assert (outputs["code"], rules_of(run)[0]) == ("0", "GRD001")


def test_a_mistake_stops_the_step(checkout: Checkout) -> None:
    with pytest.raises(subprocess.CalledProcessError) as error:
        checkout.action(BASE="no-such-revision")
    assert error.value.returncode == 2


def test_the_manifest_keeps_untrusted_text_out_of_scripts() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    steps = action["runs"]["steps"]
    assert action["runs"]["using"] == "composite"
    for step in steps:
        assert "${{" not in step.get("run", "")
        if "uses" in step:
            assert re.fullmatch(r"[\w/.-]+@[0-9a-f]{40}", step["uses"])
    script = (ROOT / "tools" / "action.sh").read_text()
    handed_over = {name for step in steps for name in step.get("env", {})}
    for name in (
        "FAIL_ON",
        "ACCEPT",
        "LABELS",
        "BASE",
        "STRICT",
        "RULES",
        "UPLOAD",
        "CATEGORY",
        "PULL_BASE",
        "PULL_HEAD",
        "TITLE",
    ):
        assert name in handed_over and name in script


def test_the_pre_commit_hook_sees_deletions() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["entry"] == "blastlint check --staged"
    assert (hook["language"], hook["pass_filenames"], hook["always_run"]) == ("python", False, True)
