"""For a job summary or a comment: the verdict, one table, and the details of what fails. Small enough to be read there."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.model import Finding, Report
from blastlint.regex import regex
from blastlint.report import Options
from blastlint.report.view import View, is_about_all, place_of, plural, worst_first

MOST_ROWS = 50
MOST_DETAILS = 10
_CODE = regex(r"`([^`]+)`")
_MARKS = {"critical": "🟥 critical", "high": "🟧 high", "medium": "🟨 medium", "low": "⬜ low"}


def render(report: Report, options: Options) -> str:
    return "\n".join(_lines(View(report, options.rules), options)) + "\n"


def _lines(view: View, options: Options) -> Iterator[str]:
    report = view.report
    findings = worst_first(report.findings if options.show_suppressed else view.counted())
    verdict = report.verdict
    tally = view.tally() or "nothing found"
    yield f"### blastlint: {'fail' if verdict.failing else 'pass'}, {tally}"
    if findings:
        yield ""
        yield "| severity | rule | what | where |"
        yield "|---|---|---|---|"
        yield from (_row(finding, view) for finding in findings[:MOST_ROWS])
        if len(findings) > MOST_ROWS:
            yield f"\n{len(findings) - MOST_ROWS} more are in the full report."
    for finding in [f for f in findings if f.severity in ("critical", "high") and f.counts][:MOST_DETAILS]:
        yield from _details(finding, view)
    missed = [note for note in report.notifications if note.incomplete]
    if missed:
        named = ", ".join(dict.fromkeys(_code(view.redact.text(n.path)) for n in missed[:MOST_DETAILS] if n.path))
        yield f"\n**Not analysed whole:** {plural(len(missed), 'file')} ({named})"
    hidden = len(view.suppressed())
    if hidden:
        yield f"\n{plural(hidden, 'finding')} allowed or accepted, kept in the JSON report."


def _row(finding: Finding, view: View) -> str:
    path, line = place_of(finding)
    allowed = "" if finding.counts else " (allowed)"
    where = "the whole change" if is_about_all(finding) else _code(view.redact.text(f"{path}:{line}")) if path else ""
    return f"| {_MARKS[finding.severity]}{allowed} | {finding.rule_id} | {_text(view.message(finding))} | {where} |"


def _details(finding: Finding, view: View) -> Iterator[str]:
    path, line = place_of(finding)
    where = "" if is_about_all(finding) else f" at {_text(view.redact.text(path))}:{line}"
    yield f"\n<details><summary><b>{finding.rule_id} {finding.rule_name}</b>{where}</summary>\n"
    lines = [f"{line.sign} {line.text}" for excerpt in view.excerpts(finding) for line in excerpt.lines]
    if lines:
        fence = "`" * max(3, 1 + max(_run_of_ticks(text) for text in lines))
        yield f"{fence}diff"
        yield from lines
        yield fence
    yield f"\n**Why:** {_text(view.why(finding))}\n"
    yield f"**Instead:** {_text(view.instead(finding))}"
    reach = view.reach(finding)
    if reach:
        yield f"\n**Reach:** {_text(reach)}"
    yield "\n</details>"


def _text(text: str) -> str:
    """Prose that cannot become markup, a mention, or another column; what stands between two ticks is code."""
    parts = _CODE.split(" ".join(text.split()))
    return "".join(_code(part) if number % 2 else _plain(part) for number, part in enumerate(parts))


def _plain(text: str) -> str:
    text = text.replace("\\", "\\\\")
    for character in "`*_[]<>|#@":
        text = text.replace(character, "&lt;" if character == "<" else f"\\{character}")
    return text


def _code(text: str) -> str:
    return "`" + text.replace("`", "'").replace("|", "¦").replace("\n", " ") + "`"


def _run_of_ticks(text: str) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest
