"""From findings to one answer."""

from __future__ import annotations

from collections.abc import Iterable

from blastlint.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_INCOMPLETE
from blastlint.model import SEVERITIES, Finding, Notification, Severity, Verdict


def verdict(findings: Iterable[Finding], notifications: Iterable[Notification], fail_on: str) -> Verdict:
    """How many unsuppressed findings fail, and how many places were not analysed whole."""
    levels: tuple[Severity, ...] = () if fail_on == "never" else failing_levels(fail_on)
    failing = sum(1 for finding in findings if finding.counts and finding.severity in levels)
    return Verdict(fail_on, failing, sum(1 for notification in notifications if notification.incomplete))


def failing_levels(fail_on: str) -> tuple[Severity, ...]:
    """The severities at or above `fail_on`, worst first."""
    return SEVERITIES[: [*SEVERITIES, ""].index(fail_on) + 1]


def exit_code(judged: Verdict, strict: bool = False) -> int:
    """Findings say more than gaps: 1 wins over 3."""
    if judged.failing:
        return EXIT_FINDINGS
    return EXIT_INCOMPLETE if strict and judged.incomplete else EXIT_CLEAN
