"""What a job of a pipeline is for: by its name where that says that nobody waits for it, else by what it runs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from blastlint.command import Command
from blastlint.enrich.commands import does
from blastlint.regex import regex

ADVISORY = regex(
    r"(?<![a-z])(advisory|optional|experimental|nightly|canary|bench(mark)?s?|review(er)?|comment|codecov|coverage|coveralls|report|notify"
    r"|preview|upload|allowed|informational|best.effort|dependabot|label(er)?|stale|changelog|bot|ai|claude|copilot|docs?|deprecated|bleeding"
    r"|edge|beta|rc|next|dev|head|tip|trunk)(?![a-z])",
    re.IGNORECASE,
)
_NAMED: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("deploy", re.compile(r"(?<![a-z])(deploy|release|publish|rollout|promote|apply)(?![a-z])", re.IGNORECASE)),
    (
        "security",
        regex(
            r"(?<![a-z])(security|scan|audit|sast|codeql|trivy|snyk|vuln\w*|secrets?|blastlint)(?![a-z])", re.IGNORECASE
        ),
    ),
    ("test", re.compile(r"(?<![a-z])(tests?|unit|integration|e2e|spec|check|verify|ci)(?![a-z])", re.IGNORECASE)),
    (
        "lint",
        regex(
            r"(?<![a-z])(lint|format|fmt|style|type(s|check)?|mypy|eslint|ruff|pre-?commit)(?![a-z])", re.IGNORECASE
        ),
    ),
)
CHECKS = ("test", "security", "lint")


def class_of(name: str, commands: Sequence[Command]) -> str:
    """What a job is for: by its name where that says advisory, else by what it runs, else by its name."""
    if ADVISORY.search(name):
        return "advisory"
    found = {c for command in commands for c in does(command)}
    for wanted in ("deploy", "security", "test", "lint"):
        if wanted in found:
            return wanted
    if "advisory" in found:
        return "advisory"
    return next((kind for kind, pattern in _NAMED if pattern.search(name)), "other")
