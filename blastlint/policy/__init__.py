"""Findings -> dispositions -> verdict. Nothing vanishes: what is suppressed or accepted stays, marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from blastlint.model import Finding, Notification
from blastlint.parse.workspace import Workspace
from blastlint.policy.accept import Acceptance, accepted
from blastlint.policy.suppressions import suppressed


def dispose(
    findings: Iterable[Finding], before: Workspace, acceptances: Sequence[Acceptance] = ()
) -> tuple[tuple[Finding, ...], tuple[Notification, ...]]:
    """The findings with their suppressions (those of the before side, and what a person accepted), and what to tell."""
    marked, void = suppressed(findings, before)
    done, unused = accepted(marked, acceptances)
    return done, (*void, *unused)
