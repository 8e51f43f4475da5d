"""What was judged: findings, and the verdict that they come to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from blastlint.frozen import dataclass, field
from blastlint.model.changes import Confidence, Fact, Impact
from blastlint.model.files import ChangeSet, Notification
from blastlint.model.values import Region, Related

Severity = Literal["critical", "high", "medium", "low"]

SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Suppression:
    """Why a finding does not count towards the verdict. It stays in every report."""

    kind: Literal["inSource", "external"]
    justification: str
    location: Region | None = None


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a finding is shown on the after side, and how that line was chosen (`added`, `block`, `after-removal`,
    `referrer`, `sibling`, `deleted`, `file`, `plan`)."""

    region: Region
    choice: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's judgement of one impact (and, where the rule asks about one, of one fact)."""

    rule_id: str
    rule_name: str
    severity: Severity
    declared_severity: Severity
    confidence: Confidence
    message: str
    address: str
    impact: Impact
    fact: Fact | None
    before: Region | None
    after: Region | None
    fingerprint: str
    adjusted: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    anchor: Anchor | None = None
    suppressions: tuple[Suppression, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether it counts towards the verdict."""
        return not self.suppressions


@dataclass(frozen=True, slots=True)
class Verdict:
    """`fail_on` is the severity that fails, or `never`; `failing` counts unsuppressed findings at or above it."""

    fail_on: str
    failing: int
    incomplete: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    change_set: ChangeSet
    impacts: tuple[Impact, ...]
    findings: tuple[Finding, ...]
    notifications: tuple[Notification, ...]
    verdict: Verdict
    rule_ids: tuple[str, ...] = ()
    files_analysed: int = 0
    details: Mapping[str, str] = field(default_factory=dict)
