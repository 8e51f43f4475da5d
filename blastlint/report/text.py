"""For a terminal or a log: worst first, grouped by file, in as few lines as a tired reviewer needs.

A finding at high or above says what happens, shows before and after, and then why it matters, how far it reaches and what to
do instead. A lesser one is two lines. What a rule says about itself is said once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.model import Finding, Report
from blastlint.prose import few
from blastlint.report import Options
from blastlint.report.view import Line, View, by_line, is_about_all, place_of, plural, worst_first

_STYLES = {
    "critical": "1;97;41",
    "high": "1;31",
    "medium": "33",
    "low": "36",
    "-": "31",
    "+": "32",
    "bold": "1",
    "dim": "2",
    "pass": "1;32",
    "fail": "1;31",
}
_MOST_NOTES = 8
_MOST_PLACES = 3
_MOST_ACCEPTANCES = 3


def render(report: Report, options: Options) -> str:
    return "\n".join(_Text(View(report, options.rules), options).lines()) + "\n"


class _Text:
    def __init__(self, view: View, options: Options) -> None:
        self.view = view
        self.options = options
        self.width = max(options.width, 40)
        self.explained: set[str] = set()
        self.quoted: set[tuple[str, Line]] = set()

    def lines(self) -> Iterator[str]:
        shown = self.view.report.findings if self.options.show_suppressed else self.view.counted()
        by_file: dict[str, list[list[Finding]]] = {}
        for group in by_line(worst_first(shown)):
            path = "" if is_about_all(group[0]) else place_of(group[0])[0]
            by_file.setdefault(path, []).append(group)
        for path, groups in by_file.items():
            yield self.style("bold", self.view.redact.text(path) or "(the whole change)")
            for group in groups:
                yield from self.finding(group)
            yield ""
        yield from self.notes()
        yield from self.closing()

    def style(self, name: str, text: str) -> str:
        return f"\x1b[{_STYLES[name]}m{text}\x1b[0m" if self.options.color and text else text

    def wrapped(self, text: str, label: str = "", indent: int = 4) -> Iterator[str]:
        """Text under a label, in the width; the label stands out, continuation lines are indented beneath."""
        if not text:
            return
        import textwrap  # only where there is something to say

        space = " " * indent
        lead = f"{label} " if label else ""
        lines = textwrap.wrap(
            lead + text,
            self.width - indent,
            break_long_words=False,
            break_on_hyphens=False,
            subsequent_indent="  " if label else "",
        )
        for number, line in enumerate(lines):
            if number == 0 and label:
                line = self.style("dim", label) + line[len(label) :]
            yield space + line

    def finding(self, group: Sequence[Finding]) -> Iterator[str]:
        """One cause: the findings of one rule on one line, of which the worst speaks for all."""
        view, finding = self.view, group[0]
        line = 0 if is_about_all(finding) else place_of(finding)[1]
        rule = f"{self.style('bold', finding.rule_id)} {finding.rule_name}"
        where = self.style("dim", f"line {line}") if line else ""
        yield "  " + "  ".join(filter(None, (self.style(finding.severity, finding.severity), rule, where)))
        yield from self.wrapped(view.message(finding))
        yield from self.wrapped(view.others(group), "Also:")
        for suppression in finding.suppressions:
            reason = view.redact.text(suppression.justification or "no reason given")
            label = "Allowed:" if suppression.kind == "inSource" else "Accepted:"
            yield from self.wrapped(reason.removeprefix("accepted: "), label)
        if finding.severity in ("critical", "high") or finding.suppressions:
            yield from self.excerpt(finding)
        if finding.suppressions:
            return
        if finding.rule_id not in self.explained:
            self.explained.add(finding.rule_id)
            if finding.severity in ("critical", "high"):
                yield from self.wrapped(view.why(finding), "Why:")
            yield from self.wrapped(view.instead(finding), "Instead:")
        yield from self.wrapped(view.reach(finding), "Reach:")
        yield from self.wrapped("; ".join(finding.adjusted), "Level:")

    def excerpt(self, finding: Finding) -> Iterator[str]:
        here = place_of(finding)[0]
        for excerpt in self.view.excerpts(finding):
            fresh = [line for line in excerpt.lines if (excerpt.path, line) not in self.quoted]
            if not fresh:
                continue  # the finding above is about the same lines
            self.quoted.update((excerpt.path, line) for line in fresh)
            if excerpt.path != here:
                yield "      " + self.style("dim", f"{self.view.redact.text(excerpt.path)}:")
            for line in fresh:
                text = f"{line.sign} {line.number:>4} | {line.text.expandtabs(4)}"
                yield "      " + (self.style(line.sign, text) if line.sign in "+-" else text)
            if excerpt.more:
                yield "      " + self.style("dim", f"       ... {plural(excerpt.more, 'more line')}")

    def notes(self) -> Iterator[str]:
        """What was not analysed, and whatever else a reader must know."""
        notes = self.view.report.notifications
        if not notes:
            return
        missed = sum(1 for note in notes if note.incomplete)
        alike: dict[tuple[bool, str], list[str]] = {}
        for note in sorted(notes, key=lambda n: (not n.incomplete, n.path, n.line)):
            place = f"{note.path}:{note.line}" if note.line else note.path
            alike.setdefault((note.incomplete, note.message), []).append(place)
        heading = ""
        for (incomplete, message), places in list(alike.items())[:_MOST_NOTES]:
            if heading != (heading := f"Not analysed whole: {missed}" if incomplete else "Notes"):
                yield self.style("bold", heading)
            yield from self.wrapped(self.view.redact.text(_note(message, places, incomplete)), indent=2)
        if len(alike) > _MOST_NOTES:
            yield f"  ... and {len(alike) - _MOST_NOTES} more (all are in --format json)"
        yield ""

    def closing(self) -> Iterator[str]:
        verdict = self.view.report.verdict
        hidden = self.view.suppressed()
        if verdict.failing:
            worst = worst_first(self.view.counted())[0]
            yield f"{self.style('dim', 'More:')} blastlint explain {worst.rule_id}"
            yield from self.acceptances()
        counted = self.view.counted()
        total = f"{plural(len(counted), 'finding')} ({self.view.tally()})" if counted else "no findings"
        accepted = f", {len(hidden)} allowed or accepted" if hidden else ""
        word = self.style("fail", "FAIL") if verdict.failing else self.style("pass", "pass")
        gate = f"; {verdict.failing} at {_at(verdict.fail_on)}" if verdict.failing else ""
        yield f"blastlint: {word}: {total}{self.seen()}{accepted}{gate}"

    def seen(self) -> str:
        """What was looked at. A plan needs no files."""
        change_set = self.view.report.change_set
        if change_set.plans and not change_set.files:
            return f" in {plural(len(change_set.plans), 'plan')}"
        return f" in {plural(len(change_set.files), 'changed file')}" if change_set.files else ": nothing has changed"

    def acceptances(self) -> Iterator[str]:
        """What a person writes who wants the change: one option for each finding that fails the check."""
        failing = worst_first(self.view.counted())[: self.view.report.verdict.failing]
        options = list(dict.fromkeys(f"--accept {_quoted(f'{f.rule_id}@{self.view.address(f)}')}" for f in failing))
        label = "Meant it?"
        for option in options[:_MOST_ACCEPTANCES]:
            yield f"{self.style('dim', label)} {option}"
            label = " " * len(label)
        if len(options) > _MOST_ACCEPTANCES:
            yield f"{label} and {len(options) - _MOST_ACCEPTANCES} more (--format json has each address)"


def _quoted(text: str) -> str:
    """For a shell."""
    return "'" + text.replace("'", "'\\''") + "'"


def _note(message: str, places: Sequence[str], incomplete: bool) -> str:
    """What is told of one place, or of several alike."""
    if len(places) == 1:
        return f"{places[0]}: {message}" if places[0] else message
    several = f"{len(places)} files " if incomplete else ""
    return f"{several}{message}: {few(places, _MOST_PLACES)}"


def _at(fail_on: str) -> str:
    return fail_on if fail_on == "critical" else f"{fail_on} or above"
