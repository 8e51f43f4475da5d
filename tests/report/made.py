"""Reports made by hand, so that the tests of formats need no parser and no particular rule's judgement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from blastlint.diff.anchors import Anchors
from blastlint.engine.judge import fingerprint
from blastlint.engine.load import shipped_rules
from blastlint.model import (
    Change,
    ChangeSet,
    Entity,
    Finding,
    Impact,
    Notification,
    Region,
    Related,
    Report,
    Severity,
    Side,
    Suppression,
    Value,
)
from blastlint.policy.verdict import verdict
from blastlint.report import Options
from blastlint.sources.memory import change_set

RULES = {rule.id: rule for rule in shipped_rules()}
OPTIONS = Options(rules=RULES)

BEFORE = {
    "main.tf": """\
resource "aws_db_instance" "main" {
  identifier          = "orders"
  deletion_protection = true
}

resource "aws_sns_topic" "done" {
  name = "done"
}
""",
    "old/gone.tf": 'resource "aws_s3_bucket" "b" {\n  bucket = "b"\n}\n',
}
AFTER = {
    "main.tf": """\
resource "aws_db_instance" "main" {
  identifier = "orders"
}

resource "aws_sns_topic" "done" {
  name = "done"
}
""",
    "old/kept.tf": "# nothing here\n",
}


def region(side: Side, path: str, first: int, last: int | None = None) -> Region:
    return Region(side, path, first, 1, (last or first) + 1, 1)


def entity(
    address: str, place: Region, attributes: Mapping[str, Value] | None = None, kind: str = "terraform.resource"
) -> Entity:
    type_, _, name = address.rpartition(".")
    return Entity(address, "terraform.resource", type_, name, Value(dict(attributes or {})), place)


def finding(
    files: ChangeSet,
    rule_id: str,
    address: str,
    before: Region | None,
    after: Region | None,
    *,
    severity: Severity = "critical",
    message: str = "",
    attributes: Mapping[str, Value] | None = None,
    dependents: Sequence[Related] = (),
    related: Sequence[Related] = (),
    suppressions: Sequence[Suppression] = (),
    block: Region | None = None,
) -> Finding:
    old = entity(address, before, attributes) if before else None
    new = entity(address, after, attributes) if after else None
    action = "modified" if old and new else "removed" if old else "added"
    effect = {"modified": "in-place", "removed": "destroy", "added": "create"}[action]
    impact = Impact(Change(address, action, old, new), effect, dependents=tuple(dependents))  # type: ignore[arg-type]
    rule = RULES[rule_id]
    return Finding(
        rule_id=rule.id,
        rule_name=rule.name,
        severity=severity,
        declared_severity=rule.severity,
        confidence="high",
        message=message or f"{address} is not what it was.",
        address=address,
        impact=impact,
        fact=None,
        before=before,
        after=after,
        fingerprint=fingerprint(rule.id, impact, None),
        related=tuple(related),
        anchor=Anchors(files).place(before, after, block or after),
        suppressions=tuple(suppressions),
    )


def report(
    files: ChangeSet, findings: Sequence[Finding], notifications: Sequence[Notification] = (), fail_on: str = "high"
) -> Report:
    return Report(
        change_set=files,
        impacts=tuple(f.impact for f in findings),
        findings=tuple(findings),
        notifications=tuple(notifications),
        verdict=verdict(findings, notifications, fail_on),
        rule_ids=tuple(RULES),
        files_analysed=len(files.files),
    )


def guard_report() -> Report:
    """A guard that is gone, a bucket whose file is gone, an accepted one, and a file that was not read."""
    files = change_set(BEFORE, AFTER, "chore: tidy")
    topic = region("before", "main.tf", 6, 8)
    return report(
        files,
        [
            finding(
                files,
                "GRD001",
                "aws_db_instance.main",
                region("before", "main.tf", 3),
                region("after", "main.tf", 1),
                block=region("after", "main.tf", 1, 3),
                message="deletion_protection of aws_db_instance.main is turned off: true -> absent.",
                dependents=[Related("reads it", region("after", "main.tf", 5), "aws_sns_topic.done")],
                related=[Related("the topic", region("after", "main.tf", 5), "aws_sns_topic.done")],
            ),
            finding(files, "GRD003", "aws_s3_bucket.b", region("before", "old/gone.tf", 1, 3), None, severity="high"),
            finding(
                files,
                "GRD002",
                "aws_sns_topic.done",
                topic,
                region("after", "main.tf", 5, 7),
                suppressions=[Suppression("external", "accepted: GRD002@aws_sns_topic.done")],
            ),
        ],
        [Notification("analysis-incomplete", "warning", "not analysed (after): binary file", "logo.png", 0, True)],
    )


def without(report_: Report, *rule_ids: str) -> Report:
    findings = tuple(f for f in report_.findings if f.rule_id not in rule_ids)
    return replace(
        report_, findings=findings, verdict=verdict(findings, report_.notifications, report_.verdict.fail_on)
    )
