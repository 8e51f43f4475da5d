"""`at-once` facts: the same finding, about the same thing, in production and in an environment before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.enrich.surroundings import environment_in
from blastlint.model import SEVERITIES, Fact, Finding, Related
from blastlint.regex import regex

_GRAVE = ("RES", "NET", "ACC", "MIG", "STA", "GRD", "CMD")
_SPLIT = regex(r"[/._-]+")


def facts(findings: Sequence[Finding]) -> Iterator[Fact]:
    """At most one fact: about the gravest findings that stand in several environments."""
    groups: dict[tuple[str, str, str, str], dict[str, Finding]] = {}
    for finding in findings:
        if finding.severity == "low" and finding.declared_severity == "low":
            continue
        change = finding.impact.change
        name = _environment_name(change.path)
        if name:
            what = (
                finding.rule_id,
                change.kind,
                _within(change.address, change.path),
                finding.fact.path if finding.fact else "",
            )
            groups.setdefault(what, {}).setdefault(name, finding)
    several = [g for g in groups.values() if len(g) > 1 and {environment_in(n) for n in g} > {"production"}]
    if not several:
        return
    group = min(several, key=lambda g: min(SEVERITIES.index(f.severity) for f in g.values()))
    production = next(f for name, f in group.items() if environment_in(name) == "production")
    yield Fact(
        "at-once",
        {
            "environments": tuple(sorted(group)),
            "rule": production.rule_id,
            "grave": production.rule_id[:3] in _GRAVE and production.severity in ("critical", "high"),
            "summary": production.message,
        },
        "at-once",
        production.before,
        production.after,
        tuple(Related(f"{f.rule_id} {f.message}", f.after or f.before, f.address) for f in group.values()),
    )


def _environment_name(path: str) -> str:
    """The part of a path that names an environment, "" for none."""
    return next((p for p in reversed(_SPLIT.split(path)) if environment_in(p) in ("production", "non-production")), "")


def _within(address: str, path: str) -> str:
    """What an address says beyond its file."""
    return address.removeprefix(path).lstrip("#:")
