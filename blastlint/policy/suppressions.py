"""Inline suppressions: read from the before side only, so that a change cannot silence itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from blastlint.frozen import replace
from blastlint.model import Finding, Notification, Region, Suppression
from blastlint.parse.directives import Directive, directives_of
from blastlint.parse.workspace import Workspace


def suppressed(findings: Iterable[Finding], before: Workspace) -> tuple[tuple[Finding, ...], tuple[Notification, ...]]:
    """The findings, each with the suppressions that base holds for it, and what is wrong with those that do not count.

    A suppression holds for a finding whose place before it is about: the line of the finding, or the line that names its
    entity. What is new has no place before: only a person outside the tree can accept it.
    """
    known: dict[str, tuple[Directive, ...]] = {}
    done: list[Finding] = []
    for finding in findings:
        matching: list[Suppression] = []
        for path, lines in _places(finding):
            if path not in known:
                known[path] = directives_of(path, before)
            matching += _matching(finding, known[path], lines)
        done.append(replace(finding, suppressions=(*finding.suppressions, *dict.fromkeys(matching))))
    void = (d for ds in known.values() for d in ds if not d.is_honoured)
    return tuple(done), tuple(_void(directive) for directive in sorted(void, key=lambda d: (d.path, d.line)))


def _places(finding: Finding) -> Iterator[tuple[str, set[int]]]:
    """path -> lines of the before side that the finding is about."""
    entity = finding.impact.change.before
    regions = [finding.before, *((entity.header, entity.region) if entity is not None else ())]
    by_path: dict[str, set[int]] = {}
    for region in regions:
        if region is not None and region.side == "before":
            by_path.setdefault(region.path, set()).add(region.start_line)
    yield from by_path.items()


def _matching(finding: Finding, known: Sequence[Directive], lines: set[int]) -> Iterator[Suppression]:
    for directive in known:
        named = finding.rule_id in directive.rules or finding.rule_name in directive.rules
        if named and directive.is_honoured and lines.intersection(directive.lines):
            yield Suppression("inSource", directive.reason, Region("before", directive.path, directive.line))


def _void(directive: Directive) -> Notification:
    problem = "names no rule" if not directive.rules else "gives no reason"
    return Notification(
        "suppression-not-honoured",
        "warning",
        f"this suppression {problem} and does not count: write `blastlint: allow RES002 -- reason`",
        directive.path,
        directive.line,
    )
