"""What every format says about a finding, in one place: texts, excerpts, reach, counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from blastlint.diff.anchors import Anchors, line_map, lines_of
from blastlint.engine.rule import Rule
from blastlint.frozen import dataclass
from blastlint.model import SEVERITIES, Finding, Recoverability, Region, Report, Severity
from blastlint.prose import few
from blastlint.report.redact import Redactor

LEVELS: Mapping[Severity, str] = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
EXCERPT_LINES = 4
# What can be made again with effort goes without saying.
_RECOVERY: Mapping[Recoverability, str] = {
    "recoverable from backup": "only a backup brings back what it holds",
    "unrecoverable": "what it holds cannot be brought back",
}
_LONGEST_LINE = 160


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an excerpt: sign is `-` (gone), `+` (new) or ` ` (still there)."""

    sign: str
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of one side, and how many more there are."""

    path: str
    lines: tuple[Line, ...]
    more: int = 0


class View:
    """One report as it may be shown."""

    def __init__(self, report: Report, rules: Mapping[str, Rule]) -> None:
        self.report = report
        self.redact = Redactor(report)
        self._rules = rules
        self._anchors = Anchors(report.change_set)
        self._removed: dict[str, frozenset[int]] = {}

    # -- texts -------------------------------------------------------------------------------------------------------

    def message(self, finding: Finding) -> str:
        return self.redact.text(finding.message)

    def address(self, finding: Finding) -> str:
        return self.redact.text(finding.address)

    def why(self, finding: Finding) -> str:
        rule = self._rules.get(finding.rule_id)
        return rule.why if rule else ""

    def instead(self, finding: Finding) -> str:
        rule = self._rules.get(finding.rule_id)
        return rule.instead if rule else ""

    # -- places ------------------------------------------------------------------------------------------------------

    def excerpts(self, finding: Finding) -> tuple[Excerpt, ...]:
        """What was there and what is there now, gone lines first. A side on which nothing changed is left out, unless it
        is all that there is to show."""
        if is_about_all(finding):
            return ()
        sides: list[Excerpt] = []
        if finding.before is not None:
            sides.append(self._excerpt(finding.before, "-", self._gone(finding.before.path)))
        if finding.after is not None:
            sides.append(self._excerpt(finding.after, "+", self._anchors.map(finding.after.path).added))
        changed = [excerpt for excerpt in sides if any(line.sign != " " for line in excerpt.lines)]
        return tuple(changed or [excerpt for excerpt in sides[:1] if excerpt.lines])

    def _gone(self, path: str) -> frozenset[int]:
        """Lines of base that are not in head."""
        if path not in self._removed:
            change = next((f for f in self.report.change_set.files if f.before == path), None)
            trees = self.report.change_set
            if change is None:
                self._removed[path] = frozenset()
            else:
                after = (trees.after.read(change.after) if change.after is not None else None) or b""
                self._removed[path] = line_map(lines_of(after), lines_of(trees.before.read(path) or b"")).added
        return self._removed[path]

    def _excerpt(self, region: Region, sign: str, marked: frozenset[int]) -> Excerpt:
        lines = self.redact.lines(region.side, region.path)
        last = min(region.last_line, len(lines))
        numbers = list(range(region.start_line, last + 1))
        shown = tuple(
            Line(sign if n in marked else " ", n, _shortened(lines[n - 1])) for n in numbers[:EXCERPT_LINES] if n > 0
        )
        return Excerpt(region.path, shown, max(len(numbers) - EXCERPT_LINES, 0))

    def before_text(self, finding: Finding) -> str:
        """The first line of what was there, or ""."""
        if finding.before is None:
            return ""
        lines = self.redact.lines("before", finding.before.path)
        at = finding.before.start_line
        return _shortened(lines[at - 1].strip()) if 0 < at <= len(lines) else ""

    def others(self, group: Sequence[Finding]) -> str:
        """The addresses of the further findings of a group, each once; their configurations where that tells them apart."""
        first, *rest = group
        addresses = [self.address(f) for f in rest if f.address != first.address]
        same = (f.impact.change.entity.configuration for f in rest if f.address == first.address)
        names = dict.fromkeys([*addresses, *(f"the same in {self.redact.text(name)}" for name in same if name)])
        return few(list(names), 8)

    # -- counts ------------------------------------------------------------------------------------------------------

    def counted(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.report.findings if f.counts)

    def suppressed(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.report.findings if not f.counts)

    def tally(self) -> str:
        """`1 critical, 2 high`; empty when there is nothing."""
        counts = {s: sum(1 for f in self.counted() if f.severity == s) for s in SEVERITIES}
        return ", ".join(f"{n} {severity}" for severity, n in counts.items() if n)

    def reach(self, finding: Finding) -> str:
        """How far it goes: who depends on it and whether it can be undone. Empty when nothing is known."""
        impact = finding.impact
        parts: list[str] = []
        if impact.dependents:
            names = few(list(dict.fromkeys(self.redact.text(r.address or r.message) for r in impact.dependents)), 4)
            parts.append(f"{len(impact.dependents)} depend{'s' if len(impact.dependents) == 1 else ''} on it: {names}")
        if impact.recoverability in _RECOVERY and impact.effect in ("destroy", "replace"):
            parts.append(_RECOVERY[impact.recoverability])
        if impact.blocked_by:
            parts.append(f"{impact.blocked_by} would stop it")
        return "; ".join(parts)


def worst_first(findings: Sequence[Finding]) -> list[Finding]:
    """By severity, then by place: the order of every list."""
    return sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), *place_of(f), f.rule_id, f.fingerprint))


def by_line(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings of one rule on one line, in their order; suppressed ones stay apart from those that count."""
    groups: dict[tuple[str, str, int, int, bool], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.rule_id, *place_of(finding), _column(finding), finding.counts), []).append(finding)
    return list(groups.values())


def _column(finding: Finding) -> int:
    """Where in its line a plan says it, as a plan is mostly one line; else 0."""
    anchor = finding.anchor
    return anchor.region.start_column if anchor is not None and anchor.choice == "plan" else 0


def place_of(finding: Finding) -> tuple[str, int]:
    """(path, line) where it is shown."""
    region = finding.anchor.region if finding.anchor else (finding.after or finding.before)
    return (region.path, region.start_line) if region else ("", 0)


def is_about_all(finding: Finding) -> bool:
    """Whether the change as a whole is meant, and the place is only where a code host can show it."""
    fact, anchor = finding.fact, finding.anchor
    if finding.impact.change.kind != "change-set" or anchor is None or anchor.choice == "plan":
        return False
    return fact is None or not (fact.before or fact.after) or anchor.choice in ("referrer", "sibling", "deleted")


def plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_LINE else text[: _LONGEST_LINE - 1] + "…"
