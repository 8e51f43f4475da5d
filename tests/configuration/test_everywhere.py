"""What was missed in places that nobody had looked at: numbers within a directive, names of what is pointed at, strategies
of flags, numbers of enumerations, lists that hold everything twice."""

from __future__ import annotations

import pytest

from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.sources.memory import change_set


def rules(path: str, before: str, after: str, message: str = "") -> list[tuple[str, str]]:
    report = pipeline.check(change_set({path: before}, {path: after}, message=message), shipped_rules())
    return [(f.rule_id, f.severity) for f in report.findings]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("limit_req_zone $addr zone=api:10m rate=20r/s;", "limit_req_zone $addr zone=api:10m rate=2000r/s;", ["CFG003"]),
        ("limit_req_zone $addr zone=api:10m rate=20r/s;", "limit_req_zone $addr zone=api:10m rate=30r/s;", []),
        ("limit_req_zone $addr zone=api:10m rate=20r/s;", "limit_req_zone $addr zone=web:10m rate=2000r/s;", []),
    ],
)
def test_number_within_a_directive(before: str, after: str, expected: list[str]) -> None:
    place = "server {\n    listen 80;\n}\n"
    assert [rule for rule, _ in rules("nginx/conf.d/api.conf", f"{before}\n{place}", f"{after}\n{place}")] == expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("queue:\n  name", ["CFG008"]),
        ("queue_name", ["CFG008"]),
        ("bucketName", ["CFG008"]),
        ("name", []),
        ("label:\n  name", []),
    ],
)
def test_name_of_what_is_pointed_at(key: str, expected: list[str]) -> None:
    found = rules("config/staging.yaml", f"{key}: orders-staging\n", f"{key}: orders-production\n")
    assert [rule for rule, _ in found] == expected


USERS = '{"features": [{"name": "refund", "enabled": true, "strategies": [{"name": "%s", "parameters": {}}]}]}\n'


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [("userWithId", "default", ["CFG005"]), ("default", "userWithId", []), ("userWithId", "remoteAddress", [])],
)
def test_strategies_of_a_flag(before: str, after: str, expected: list[str]) -> None:
    assert [r for r, _ in rules("unleash/flags.json", USERS % before, USERS % after) if r == "CFG005"] == expected


def test_numbers_of_an_enumeration_change_places() -> None:
    proto = 'syntax = "proto3";\n\nenum State {\n  NONE = 0;\n  SHIPPED = %d;\n  REFUNDED = %d;\n}\n'
    assert [r for r, _ in rules("order.proto", proto % (2, 3), proto % (3, 2))] == ["CFG006"]
    python = "class State(Enum):\n    SHIPPED = %d\n    REFUNDED = %d\n"
    assert rules("state.py", python % (2, 3), python % (3, 2)) == []


def test_list_that_holds_everything_twice() -> None:
    entries = "".join(f"  - feature_{i}\n" for i in range(60))
    more = "".join(f"  - other_{i}\n" for i in range(60))
    assert [r for r, _ in rules("features.yaml", f"names:\n{entries}", f"names:\n{entries}{entries}")] == ["CFG011"]
    assert rules("features.yaml", f"names:\n{entries}", f"names:\n{entries}{more}") == []
    long = "".join(f"  - more_{i}\n" for i in range(700))
    assert [r for r, _ in rules("features.yaml", f"names:\n{entries}", f"names:\n{entries}{long}")] == ["CFG011"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Do not run `terraform apply`.", "Try to avoid running `terraform apply`.", ["AGT003"]),
        ("Do not run `terraform apply`.", "You must never run `terraform apply`.", []),
        ("Try not to run `terraform apply`.", "Prefer not to run `terraform apply`, avoid it.", []),
    ],
)
def test_prohibition_becomes_a_wish(before: str, after: str, expected: list[str]) -> None:
    assert [r for r, _ in rules("AGENTS.md", f"# A\n\n- {before}\n", f"# A\n\n- {after}\n")] == expected


def test_rule_of_cursor_that_is_given_by_choice() -> None:
    rule = "---\nalwaysApply: %s\n---\n\nNever drop the production database.\n"
    assert [r for r, _ in rules(".cursor/rules/a.mdc", rule % "true", rule % "false")] == ["AGT003"]
    assert rules(".cursor/rules/a.mdc", rule % "false", rule % "true") == []


HOOK = (
    '{"permissions": {"ask": %s, "allow": %s}, '
    '"hooks": {"PreToolUse": [{"hooks": [{"type": "command", "command": "%s"}]}]}}'
)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (('["Bash(git push)", "Edit"]', "[]", "g.sh"), ('["Edit"]', '["Bash(git push)"]', "g.sh"), [("AGT001", "medium")]),
        (("[]", "[]", "g.sh"), ("[]", "[]", "g.sh || true"), [("AGT002", "critical")]),
        (("[]", "[]", "g.sh || true"), ("[]", "[]", "g.sh"), []),
        (("[]", "[]", "g.sh"), ("[]", "[]", "bash g.sh"), []),
    ],
)
def test_settings_of_claude(before: tuple[str, ...], after: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    assert rules(".claude/settings.json", HOOK % before, HOOK % after) == expected


def test_scope_of_the_interface() -> None:
    table = 'resource "aws_dynamodb_table" "a" {\n  name = "%s"\n}\n'
    found = rules("infra/a.tf", table % "a", table % "b", "feat(ui): round corners")
    assert "SCP001" in [rule for rule, _ in found]
    assert "SCP001" not in [rule for rule, _ in rules("infra/a.tf", table % "a", table % "b", "feat(infra): rename a")]
    files = ({"infra/a.tf": table % "a", "web/a.vue": "<b/>\n"}, {"infra/a.tf": table % "b", "web/a.vue": "<i/>\n"})
    report = pipeline.check(change_set(*files, message="feat(ui): round corners"), shipped_rules())
    assert "SCP001" not in [finding.rule_id for finding in report.findings]
