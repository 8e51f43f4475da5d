"""Each format of one report made by hand: exact where a machine reads it, by its promises where people do."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.engine.texts import examples_of
from blastlint.examples import changed_by
from blastlint.model import Finding, Related, Report
from blastlint.report import FORMATS, render
from blastlint.sources.memory import change_set
from tests.report.made import OPTIONS, finding, guard_report, region, report, without

FIXED = {"why", "instead"}


def many(count: int) -> Report:
    """`count` findings of one rule, each on a changed line of its own."""
    before = "".join(f"key{n} = true\n" for n in range(count))
    files = change_set({"a.tf": before}, {"a.tf": before.replace("true", "false")})
    found: list[Finding] = []
    for n in range(1, count + 1):
        found.append(finding(files, "GRD001", f"x.k{n}", region("before", "a.tf", n), region("after", "a.tf", n)))
    return report(files, found)


# --- text -----------------------------------------------------------------------------------------------------------


def test_text_says_what_why_and_what_instead() -> None:
    text = render("text", guard_report(), OPTIONS)
    lines = text.splitlines()
    assert lines[:4] == [
        "main.tf",
        "  critical  GRD001 deletion-protection-disabled  line 2",
        "    deletion_protection of aws_db_instance.main is turned off: true -> absent.",
        "      -    3 |   deletion_protection = true",
    ]
    for label in ("Why:", "Instead:", "Reach: 1 depends on it: aws_sns_topic.done"):
        assert f"    {label}" in text
    assert "Not analysed whole: 1\n  logo.png: not analysed (after): binary file\n" in text
    assert lines[-4:-1] == [
        "More: blastlint explain GRD001",
        "Meant it? --accept 'GRD001@aws_db_instance.main'",
        "          --accept 'GRD003@aws_s3_bucket.b'",
    ]
    assert lines[-1] == (
        "blastlint: FAIL: 2 findings (1 critical, 1 high) in 3 changed files, 1 allowed or accepted; 2 at high or above"
    )
    assert "GRD002" not in text


def test_text_says_once_why_several_files_were_not_read_whole() -> None:
    pictures = {f"{name}.png": b"\x89PNG\0" for name in "abcde"}
    text = render("text", pipeline.check(change_set({}, pictures), ()), OPTIONS)
    assert text.startswith(
        "Not analysed whole: 5\n  5 files not analysed (after): binary file: a.png, b.png, c.png and 2 more\n\n"
    )


def test_text_names_the_file_of_an_excerpt_from_elsewhere() -> None:
    text = render("text", guard_report(), OPTIONS)
    assert "      old/gone.tf:\n      -    1 | resource" in text


def test_text_shows_accepted_findings_when_asked() -> None:
    text = render("text", guard_report(), replace(OPTIONS, show_suppressed=True))
    assert "GRD002 prevent-destroy-removed" in text
    assert "Accepted: GRD002@aws_sns_topic.done" in text


def test_what_is_about_the_whole_change_has_no_file() -> None:
    (rule,) = (rule for rule in shipped_rules() if rule.id == "MAS004")
    report_ = pipeline.check(changed_by(examples_of(rule)["bad"][0]), [rule])
    lines = render("text", report_, OPTIONS).splitlines()
    assert lines[:2] == ["(the whole change)", "  high  MAS004 mass-file-deletion"]
    assert not any(line.lstrip().startswith(("+ ", "- ")) for line in lines)
    assert "| the whole change |" in render("markdown", report_, OPTIONS)


def test_text_quotes_a_line_once() -> None:
    files = change_set({"a.tf": "x = 1\n"}, {"a.tf": "x = 2\n"})
    places = region("before", "a.tf", 1), region("after", "a.tf", 1)
    text = render("text", report(files, [finding(files, rule, "x", *places) for rule in ("GRD001", "GRD002")]), OPTIONS)
    assert (text.count("GRD001"), text.count("GRD002"), text.count("| x = 1"), text.count("| x = 2")) == (3, 2, 1, 1)


def test_text_says_once_what_several_findings_have_for_a_cause() -> None:
    files = change_set({"a.tf": "x = 1\n"}, {"a.tf": "x = 2\n"})
    places = region("before", "a.tf", 1), region("after", "a.tf", 1)
    found = [finding(files, "GRD001", address, *places) for address in ("one", "two", "three")]
    text = render("text", report(files, found), OPTIONS)
    assert text.count("GRD001 deletion-protection-disabled") == 1
    assert [line for line in text.splitlines() if "Also:" in line] == ["    Also: three, two"]
    assert "3 findings" in text


def test_text_of_nothing_is_one_line() -> None:
    clean = replace(without(guard_report(), "GRD001", "GRD002", "GRD003"), notifications=())
    assert render("text", clean, OPTIONS) == "blastlint: pass: no findings in 3 changed files\n"


def test_text_explains_a_rule_once() -> None:
    text = render("text", many(3), OPTIONS)
    assert text.count("Why:") == text.count("Instead:") == 1
    assert text.count("GRD001 ") == 3 + 0


@pytest.mark.parametrize("width", [40, 60, 100])
def test_prose_keeps_to_the_width(width: int) -> None:
    plain = render("text", guard_report(), replace(OPTIONS, width=width))
    prose = [
        line
        for line in plain.splitlines()
        if "|" not in line and not line.startswith(("blastlint:", "  critical", "  high"))
    ]
    assert max(len(line) for line in prose if " " in line.strip()) <= max(width, 60)


def test_colour_changes_nothing_but_colour() -> None:
    colored = render("text", guard_report(), replace(OPTIONS, color=True))
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == render("text", guard_report(), OPTIONS)
    assert "\x1b[" in colored


# --- JSON -----------------------------------------------------------------------------------------------------------


def test_json_holds_everything() -> None:
    document = json.loads(render("json", guard_report(), OPTIONS))
    assert document["schema"] == "blastlint/1"
    assert document["verdict"] == {"outcome": "fail", "fail_on": "high", "failing": 2, "incomplete": 1}
    assert document["summary"] == {
        "critical": 1, "high": 1, "medium": 0, "low": 0, "suppressed": 1, "files": 3, "changes": 3,
    }  # fmt: skip
    assert [f["rule"] for f in document["findings"]] == ["GRD001", "GRD002", "GRD003"]
    first = {key: value for key, value in document["findings"][0].items() if key not in FIXED}
    place = {"path": "main.tf", "startLine": 5, "endLine": 5}
    topic = {"address": "aws_sns_topic.done", "side": "after", "location": place}
    assert first == {
        "rule": "GRD001",
        "name": "deletion-protection-disabled",
        "severity": "critical",
        "declared_severity": "critical",
        "adjusted": [],
        "confidence": "high",
        "message": "deletion_protection of aws_db_instance.main is turned off: true -> absent.",
        "address": "aws_db_instance.main",
        "previous_address": "",
        "kind": "terraform.resource",
        "type": "aws_db_instance",
        "configuration": "",
        "variant": "",
        "action": "modified",
        "effect": "in-place",
        "blocked_by": "",
        "cause": "direct",
        "evidence": "source",
        "environment": "unknown",
        "path_class": "source",
        "recoverability": "unknown",
        "dependents": [{"message": "reads it", **topic}],
        "before": {"path": "main.tf", "startLine": 3, "endLine": 3},
        "after": {"path": "main.tf", "startLine": 1, "endLine": 1},
        "shown_at": {"path": "main.tf", "startLine": 2, "endLine": 2, "choice": "added"},
        "related": [{"message": "the topic", **topic}],
        "fingerprint": "097fc200bd67b7c73561aece62dc1cad",
        "suppressions": [],
    }
    assert document["findings"][1]["suppressions"] == [
        {"kind": "external", "justification": "accepted: GRD002@aws_sns_topic.done", "location": None}
    ]
    assert document["changes"][1] == {
        "address": "aws_s3_bucket.b",
        "previous_address": "",
        "kind": "terraform.resource",
        "type": "aws_s3_bucket",
        "configuration": "",
        "variant": "",
        "action": "removed",
        "effect": "destroy",
        "blocked_by": "",
        "cause": "direct",
        "evidence": "source",
        "confidence": "high",
        "replace_paths": [],
        "explained_by": "",
        "before": {"path": "old/gone.tf", "startLine": 1, "endLine": 3},
        "after": None,
    }
    assert document["notifications"] == [
        {
            "id": "analysis-incomplete",
            "level": "warning",
            "message": "not analysed (after): binary file",
            "path": "logo.png",
            "line": 0,
            "incomplete": True,
        }
    ]


# --- Markdown and GitHub --------------------------------------------------------------------------------------------


def test_markdown_is_a_verdict_a_table_and_details() -> None:
    text = render("markdown", guard_report(), OPTIONS)
    assert text.startswith("### blastlint: fail, 1 critical, 1 high\n")
    assert "| 🟥 critical | GRD001 | deletion\\_protection of" in text
    assert "```diff\n-   deletion_protection = true\n```" in text
    assert "**Not analysed whole:** 1 file (`logo.png`)" in text
    assert "1 finding allowed or accepted" in text


def test_markdown_cannot_be_broken_out_of() -> None:
    files = change_set({"a.tf": "```\n</details>\n"}, {"a.tf": "```` x\n"})
    hostile = "a | b\n<script>`x`@team [l](u)"
    found = finding(files, "GRD001", hostile, region("before", "a.tf", 1), region("after", "a.tf", 1), message=hostile)
    text = render("markdown", report(files, [found]), OPTIONS)
    assert "<script" not in text
    assert "`````diff" in text
    row = next(line for line in text.splitlines() if line.startswith("| 🟥"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 5


def test_markdown_shows_commands_as_code() -> None:
    files = change_set({"a.sh": "ls\n"}, {"a.sh": "ls *\n"})
    told = "`rm -rf ${A}_*|x` deletes a_b"
    found = finding(files, "CMD001", "a.sh:1", region("before", "a.sh", 1), region("after", "a.sh", 1), message=told)
    assert "| `rm -rf ${A}_*¦x` deletes a\\_b |" in render("markdown", report(files, [found]), OPTIONS)


def test_github_annotates_the_worst_ten_and_says_how_many_are_left() -> None:
    lines = render("github", many(14), OPTIONS).splitlines()
    assert len(lines) == 11
    assert lines[0].startswith(
        "::error title=GRD001 deletion-protection-disabled (critical),file=a.tf,line=1,endLine=1::x.k1 "
    )
    assert lines[9] == "::error title=blastlint::5 more findings are in the job summary and the SARIF report."
    assert lines[10] == "blastlint: FAIL: 14 critical"


def test_github_commands_cannot_be_injected() -> None:
    files = change_set({"a,b:c.tf": "x = 1\n"}, {"a,b:c.tf": "x = 2\n"})
    place = region("after", "a,b:c.tf", 1)
    found = finding(files, "GRD001", "x", None, place, message="100%\n::error::x")
    lines = render("github", report(files, [found]), OPTIONS).splitlines()
    assert len(lines) == 2
    assert ",file=a%2Cb%3Ac.tf,line=1,endLine=1::100%25%0A::error::x%0AInstead: " in lines[0]


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_report_renders_the_same(name: str) -> None:
    assert render(name, guard_report(), OPTIONS) == render(name, guard_report(), OPTIONS)


@pytest.mark.parametrize("name", FORMATS)
def test_names_that_are_no_utf8_do_not_fail(name: str) -> None:
    path = b"caf\xe9.tf".decode("utf-8", "surrogateescape")
    files = change_set({path: "x = 1\n"}, {path: "x = 2\n"})
    found = finding(files, "GRD001", path, region("before", path, 1), region("after", path, 1), related=[Related(path)])
    render(name, report(files, [found]), OPTIONS).encode("utf-8", "replace")
