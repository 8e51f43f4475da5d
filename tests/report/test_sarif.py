"""SARIF as its consumers want it: the checks whose failure would lose or misplace results."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from blastlint.model import Finding, Related, Report
from blastlint.report import render
from blastlint.report.linehash import LineHashes
from blastlint.report.sarif import MOST_RESULTS
from blastlint.sources.memory import change_set
from tests.report.made import AFTER, OPTIONS, RULES, finding, guard_report, region, report


def run_of(made: Report, **options: Any) -> dict[str, Any]:
    log = json.loads(render("sarif", made, replace(OPTIONS, **options)))
    assert log["version"] == "2.1.0"
    assert log["$schema"] == "https://json.schemastore.org/sarif-2.1.0.json"
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def test_a_result_whole() -> None:
    result = run_of(guard_report())["results"][0]
    assert result == {
        "ruleId": "GRD001",
        "ruleIndex": list(RULES).index("GRD001"),
        "kind": "fail",
        "level": "error",
        "message": {
            "text": "deletion_protection of aws_db_instance.main is turned off: true -> absent. "
            "Before: main.tf line 3 (deletion_protection = true). "
            "Reach: 1 depends on it: aws_sns_topic.done. See [the topic](1)."
        },
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "main.tf"},
                    "region": {"startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 24},
                },
                "logicalLocations": [{"fullyQualifiedName": "aws_db_instance.main", "kind": "resource"}],
            }
        ],
        "relatedLocations": [
            {
                "id": 1,
                "message": {"text": "the topic"},
                "physicalLocation": {"artifactLocation": {"uri": "main.tf"}, "region": {"startLine": 5}},
            }
        ],
        "partialFingerprints": {
            "blastlint/v1": "097fc200bd67b7c73561aece62dc1cad",
            "primaryLocationLineHash": LineHashes(AFTER["main.tf"]).of(2),
        },
        "properties": {
            "address": "aws_db_instance.main",
            "addresses": ["aws_db_instance.main"],
            "kind": "terraform.resource",
            "action": "modified",
            "effect": "in-place",
            "cause": "direct",
            "evidence": "source",
            "severity": "critical",
            "confidence": "high",
            "anchor": "added",
            "before": {"path": "main.tf", "startLine": 3, "endLine": 3, "text": "deletion_protection = true"},
            "instead": result["properties"]["instead"],
        },
    }


def test_every_place_is_in_head() -> None:
    for result in run_of(guard_report())["results"]:
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        lines = AFTER[physical["artifactLocation"]["uri"]].split("\n")
        place = physical["region"]
        assert 1 <= place["startLine"] == place["endLine"] <= len(lines)
        assert 1 <= place["startColumn"] < place["endColumn"] <= len(lines[place["startLine"] - 1]) + 1


def test_deleted_files_are_artifacts_without_contents() -> None:
    assert run_of(guard_report())["artifacts"] == [{"location": {"uri": "old/gone.tf"}, "roles": ["deleted"]}]


def test_level_is_always_said() -> None:
    files = change_set({"a.tf": "x = 1\n"}, {"a.tf": "x = 2\n"})
    for severity, level in (("critical", "error"), ("high", "error"), ("medium", "warning"), ("low", "note")):
        found = finding(
            files, "GRD001", "x", region("before", "a.tf", 1), region("after", "a.tf", 1), severity=severity
        )  # type: ignore[arg-type]
        assert run_of(report(files, [found]))["results"][0]["level"] == level


def test_findings_of_one_rule_on_one_line_are_one_result() -> None:
    files = change_set({"a.tf": "x = 1\n"}, {"a.tf": "x = 2\n"})
    found = [
        finding(files, rule, address, region("before", "a.tf", 1), region("after", "a.tf", 1))
        for rule, address in (("GRD001", "x.a"), ("GRD001", "x.b"), ("GRD002", "x.a"))
    ]
    results = run_of(report(files, found))["results"]
    assert [(r["ruleId"], r["properties"]["addresses"]) for r in results] == [
        ("GRD001", ["x.a", "x.b"]),
        ("GRD002", ["x.a"]),
    ]
    assert "On this line also: x.b." in results[0]["message"]["text"]
    keys = Counter((r["ruleId"], r["partialFingerprints"]["primaryLocationLineHash"]) for r in results)
    assert max(keys.values()) == 1


def test_suppressed_results_only_when_asked_for() -> None:
    assert [r["ruleId"] for r in run_of(guard_report())["results"]] == ["GRD001", "GRD003"]
    shown = run_of(guard_report(), show_suppressed=True)["results"]
    assert [r["ruleId"] for r in shown] == ["GRD001", "GRD002", "GRD003"]
    assert shown[1]["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "accepted: GRD002@aws_sns_topic.done"}
    ]


def test_rules_carry_what_github_requires() -> None:
    driver = run_of(guard_report())["tool"]["driver"]
    assert [rule["id"] for rule in driver["rules"]] == list(RULES)
    for rule in driver["rules"]:
        assert rule["name"].isalnum() and rule["name"][0].isupper()
        for key, most in (("shortDescription", 1024), ("fullDescription", 1024)):
            assert 0 < len(rule[key]["text"]) <= most
        assert rule["help"]["text"] and rule["help"]["markdown"]
        assert rule["helpUri"].startswith("https://")
        properties = rule["properties"]
        assert properties["security-severity"] in ("9.5", "8.0", "5.5", "2.5")
        assert properties["precision"] in ("high", "medium", "low")
        assert "security" in properties["tags"] and len(properties["tags"]) <= 10
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")


def test_category_is_a_category() -> None:
    assert run_of(guard_report())["automationDetails"] == {"id": "blastlint/"}
    assert run_of(guard_report(), category="infra")["automationDetails"] == {"id": "infra/"}


def test_notifications_are_in_the_invocation() -> None:
    (invocation,) = run_of(guard_report())["invocations"]
    assert invocation["executionSuccessful"] is True
    (note,) = invocation["toolExecutionNotifications"]
    assert note["message"]["text"] == "not analysed (after): binary file"
    assert note["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "logo.png"}}


def test_paths_are_percent_encoded() -> None:
    path = "a dir/ü#?%[x].tf"
    files = change_set({path: "x = 1\n"}, {path: "x = 2\n"})
    found = finding(files, "GRD001", "x", region("before", path, 1), region("after", path, 1))
    location = run_of(report(files, [found]))["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": "a%20dir/%C3%BC%23%3F%25%5Bx%5D.tf"}


@pytest.mark.parametrize("message", ["see [x](9) here", "a {0} placeholder", "no end"])
def test_messages_hold_no_accidental_links_or_placeholders(message: str) -> None:
    files = change_set({"a.tf": "x = 1\n"}, {"a.tf": "x = 2\n"})
    found = finding(files, "GRD001", "x", region("before", "a.tf", 1), region("after", "a.tf", 1), message=message)
    text = run_of(report(files, [found]))["results"][0]["message"]["text"]
    assert "](9)" not in text
    assert "{0}" not in text
    assert text.endswith(".")


def test_messages_stay_under_the_limit_with_their_links() -> None:
    files = change_set({"a.tf": "x = 1\n"}, {"a.tf": "x = 2\n"})
    place = region("after", "a.tf", 1)
    related = [Related("y" * 300, place, "y") for _ in range(30)]
    found = finding(files, "GRD001", "x", None, place, message="z" * 5000, related=related)
    result = run_of(report(files, [found]))["results"][0]
    assert len(result["message"]["text"]) <= 2048
    assert "](1)" in result["message"]["text"]
    assert len(result["relatedLocations"]) == 20


def test_too_many_results_are_cut_and_counted() -> None:
    count = MOST_RESULTS + 10
    text = "x = 1\n" * count
    files = change_set({"a.tf": text}, {"a.tf": text.replace("1", "2")})
    first = finding(files, "GRD001", "x", region("before", "a.tf", 1), region("after", "a.tf", 1))
    anchor = first.anchor
    assert anchor is not None
    found: list[Finding] = [
        replace(
            first,
            address=f"x{n}",
            fingerprint=f"{n:032x}",
            anchor=replace(anchor, region=replace(anchor.region, start_line=n)),
        )
        for n in range(1, count + 1)
    ]
    run = run_of(report(files, found))
    assert len(run["results"]) == MOST_RESULTS
    assert "10 of 5010 results left out" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def test_sarif_om_is_loaded_for_sarif_only() -> None:
    import subprocess

    code = (
        "import sys; from tests.report.made import *; from blastlint.report import render\n"
        "for name in ('text', 'json', 'markdown', 'github'): render(name, guard_report(), OPTIONS)\n"
        "assert 'sarif_om' not in sys.modules and 'attr' not in sys.modules\n"
        "render('sarif', guard_report(), OPTIONS); assert 'sarif_om' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
