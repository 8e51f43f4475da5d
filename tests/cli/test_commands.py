"""`rules`, `explain`, `replay`, help and version."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from blastlint import __version__
from blastlint.cli import run
from blastlint.engine.load import rules_directory, shipped_rules
from blastlint.engine.strict_yaml import read

OWN = """\
id: OWN001
name: file-renamed
status: preview
since: "1"
severity: low
confidence: high
axes: {area: own}
on: change
when: {kind: file, action: moved}
message: "{address} was {previous_address}."
why: because
instead: leave it
examples:
  bad:
    - name: renamed
      before: {a.txt: "x"}
      after: {b.txt: "x"}
      findings: [{address: b.txt, severity: low}]
    - name: expects too much
      before: {a.txt: "x"}
      after: {b.txt: "x"}
      findings: [{address: c.txt}]
  good:
    - name: edited
      near_miss: true
      before: {a.txt: "x"}
      after: {a.txt: "y"}
    - name: renamed after all
      before: {a.txt: "x"}
      after: {c.txt: "x"}
"""


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"blastlint {__version__}\n"


@pytest.mark.parametrize("command", [[], ["check"], ["rules"], ["rules", "test"], ["explain"], ["replay"]])
def test_every_command_has_help(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*command, "--help"]) == 0
    assert capsys.readouterr().out.startswith("Usage: blastlint")


def test_rules_lists_all_and_filters(capsys: pytest.CaptureFixture[str]) -> None:
    every = shipped_rules()
    assert run(["rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == [rule.id for rule in every]
    assert lines[-1] == f"{len(every)} rules. One in full: blastlint explain ID"
    run(["rules", "list", "--family", "grd", "--severity", "critical", "--language", "terraform", "--format", "json"])
    listed = json.loads(capsys.readouterr().out)
    wanted = [r.id for r in every if r.family == "GRD" and r.severity == "critical" and "terraform" in r.languages]
    assert [rule["id"] for rule in listed] == wanted
    assert "GRD001" in wanted


def test_rules_test_says_which_of_four_outcomes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "own.yaml").write_text(OWN)
    assert run(["rules", "test", str(tmp_path)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "reported  OWN001  renamed",
        "missing   OWN001  expects too much",
        "          expected: address=c.txt",
        "          found:    address=b.txt, line=1, path=b.txt, severity=low: b.txt was a.txt.",
        "quiet     OWN001  edited",
        "noisy     OWN001  renamed after all",
        "          expected: nothing",
        "          found:    address=c.txt, line=1, path=c.txt, severity=low: c.txt was a.txt.",
        "1 quiet, 1 reported, 1 noisy, 1 missing",
    ]


def test_own_rules_are_listed_explained_and_applied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own.yaml").write_text(OWN)
    for side, name in (("old", "a.txt"), ("new", "b.txt")):
        Path(side).mkdir()
        (Path(side) / name).write_text("x")
    run(["rules", "list", "--rules", "own.yaml", "--family", "OWN"])
    assert capsys.readouterr().out.startswith("OWN001  file-renamed")
    run(["explain", "file-renamed", "--rules", "own.yaml"])
    assert "It reports\n  - renamed\n" in capsys.readouterr().out
    assert run(["check", "old", "new", "--rules", "own.yaml", "--select", "OWN001", "--fail-on", "low"]) == 1
    assert "OWN001 file-renamed" in capsys.readouterr().out


def test_a_family_is_not_explained_but_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "res"]) == 2
    assert capsys.readouterr().err == (
        "blastlint: RES is a family of rules\n  Its rules: blastlint rules list --family RES\n"
    )


def test_explain_shows_all_that_the_file_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "grd001"]) == 0
    text = capsys.readouterr().out
    rule = next(rule for rule in shipped_rules() if rule.id == "GRD001")
    data = read(rule.source)
    assert text.startswith("GRD001 deletion-protection-disabled\ncritical severity, high confidence")
    examples = data["examples"]
    assert isinstance(examples, dict)
    for example in [*examples["bad"], *examples["good"]]:
        assert f"  - {example['name']}" in text
    assert "(a near miss)" in text
    assert " ".join(str(data["why"]).split()) in " ".join(text.split())
    assert text.endswith("# blastlint: allow GRD001 -- reason\n")


def test_schema_is_valid_and_every_rule_meets_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for path in sorted(Path(rules_directory()).rglob("*.yaml")):
        assert [error.message for error in validator.iter_errors(read(str(path)))] == [], path


def test_replay_tells_the_story(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["replay", "kiro-cost-explorer"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("An environment is deleted and recreated for a small fix")
    assert "The real change is not public" in " ".join(text.split())
    assert "  | fix: cost total off by one cent\n" in text
    assert "RES007" in text
    assert text.endswith("As expected.\n")
