"""Every replay, whole: incidents give exactly their findings, look-alikes stay below high, and SARIF places all of it."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from blastlint.engine.load import shipped_rules
from blastlint.engine.rule import Rule
from blastlint.replay import Case, Outcome, cases, named, run
from blastlint.report import Options, render

CASES = {case.name: case for case in cases()}
ROOT = Path(__file__).resolve().parents[2]


@cache
def rules() -> tuple[Rule, ...]:
    return shipped_rules()


@cache
def outcome(name: str) -> Outcome:
    return run(CASES[name], rules())


@pytest.mark.parametrize("name", CASES)
def test_as_expected(name: str) -> None:
    found = outcome(name)
    assert found.passed, "\n".join(["expected:", *found.expected, "found:", *found.found])


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_left_unread(name: str) -> None:
    assert [note.message for note in outcome(name).report.notifications if note.incomplete] == []


@pytest.mark.parametrize("name", CASES)
def test_sarif_places_every_finding_on_a_line_of_head(name: str) -> None:
    found = outcome(name)
    head = CASES[name].tree("after")
    log = json.loads(render("sarif", found.report, Options({rule.id: rule for rule in rules()})))
    results = log["runs"][0]["results"]
    assert sum(len(r["properties"]["addresses"]) for r in results) == len(
        {(f.rule_id, f.address) for f in found.report.findings}
    )
    for result in results:
        place = result["locations"][0]["physicalLocation"]
        lines = head[place["artifactLocation"]["uri"]].decode().split("\n")
        assert 1 <= place["region"]["startLine"] <= len(lines)
        assert place["region"]["endColumn"] <= len(lines[place["region"]["startLine"] - 1]) + 1


def test_the_catalogue_is_there() -> None:
    incidents = [case for case in CASES.values() if case.kind == "incidents"]
    assert len(incidents) >= 11
    assert all(case.evidence in ("K", "D", "I") and case.source for case in incidents)
    assert len(CASES) - len(incidents) >= 24


@pytest.mark.parametrize("case", [case for case in CASES.values() if case.evidence == "I"], ids=lambda case: case.name)
def test_an_illustration_says_that_it_is_one(case: Case) -> None:
    assert "The real change is not public" in case.story


def test_a_difference_does_not_pass() -> None:
    case = named("kiro-cost-explorer")
    assert not run(case, [rule for rule in rules() if rule.id != "RES007"]).passed
    assert not run(case, []).passed


def test_the_demo_rebuilds_an_incident_as_two_commits(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "tools" / "demo.py"), "kiro-cost-explorer", "--keep", str(tmp_path / "demo")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "RES007 delete-and-recreate-sequence" in done.stdout
    assert "fix: cost total off by one cent" in done.stdout
    sarif = json.loads((tmp_path / "demo" / ".sarif" / "blastlint.sarif").read_text())
    assert {result["ruleId"] for result in sarif["runs"][0]["results"]} >= {"RES007", "CMD003"}
    log = subprocess.run(
        ["git", "-C", str(tmp_path / "demo"), "log", "--oneline"], capture_output=True, text=True, check=True
    )
    assert len(log.stdout.splitlines()) == 2
