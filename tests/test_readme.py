"""What the README shows is what the product says, and what it tells people to type works."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from blastlint.config import parse
from tools.readme import README, written

TEXT = README.read_text(encoding="utf-8")


def test_the_picture_and_the_rule_table_are_those_of_today() -> None:
    assert written(TEXT) == TEXT, "run `make rules`"


def test_what_it_tells_to_make_can_be_made() -> None:
    makefile = (README.parent / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    told = set(re.findall(r"(?:`|^)make ([a-z]+)", TEXT, re.MULTILINE))
    assert {"demo", "test", "rules"} <= told <= targets


def commands() -> list[str]:
    """Every `blastlint ...` of the command table."""
    return [c for c in re.findall(r"`(blastlint [^`]*)`", TEXT) if not c.startswith(("blastlint:", "blastlint.toml"))]


def repository(directory: Path) -> Path:
    (directory / "old").mkdir()
    (directory / "new").mkdir()
    for name, text in (
        ("main.tf", 'resource "aws_sqs_queue" "q" {\n  name = "a"\n}\n'),
        ("old/a.txt", "1\n"),
        ("new/a.txt", "2\n"),
    ):
        (directory / name).write_text(text)
    git = ["git", "-C", str(directory), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "one"], ["tag", "A"]):
        subprocess.run([*git, *command], check=True)
    (directory / "main.tf").write_text('resource "aws_sqs_queue" "q" {\n  name = "a"\n  delay_seconds = 1\n}\n')
    for command in (["commit", "-qam", "two"], ["tag", "B"]):
        subprocess.run([*git, *command], check=True)
    (directory / "change.diff").write_text(
        '--- a/main.tf\n+++ b/main.tf\n@@ -1,4 +1,4 @@\n resource "aws_sqs_queue" "q" {\n'
        '   name = "a"\n-  delay_seconds = 1\n+  delay_seconds = 2\n }\n'
    )
    (directory / "plan.json").write_text('{"format_version": "1.2", "terraform_version": "1.11.0", "resource_changes": []}')
    rules = directory / "PATH"
    rules.mkdir()
    shipped = README.parent / "rules" / "res" / "stateful-resource-deleted.yaml"
    (rules / "mine.yaml").write_text(shipped.read_text().replace("RES002", "OWN001"))
    return directory


@pytest.mark.parametrize("command", commands())
def test_the_commands_work(command: str, tmp_path: Path) -> None:
    where = repository(tmp_path)
    words = [word for word in command.split()[1:] if word != "..."]
    done = subprocess.run(
        [sys.executable, "-m", "blastlint", *words], cwd=where, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    assert "Traceback" not in done.stderr


def test_the_configuration_shown_is_valid() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", TEXT, re.S)
    assert parse(block.encode(), "blastlint.toml").fail_on == "high"


def test_the_workflows_shown_are_yaml() -> None:
    import yaml

    blocks = re.findall(r"```yaml\n(.*?)```", TEXT, re.S)
    assert len(blocks) == 2
    for block in blocks:
        yaml.safe_load(block.replace("<this repository>", "owner/blastlint"))
