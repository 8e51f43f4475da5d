"""GitHub workflow commands: annotations without code scanning, for private repositories and forks.

A step shows ten of a kind; so the worst come first, and the tenth says how many are left.
"""

from __future__ import annotations

from blastlint.model import Report
from blastlint.report import Options
from blastlint.report.view import LEVELS, View, place_of, worst_first

MOST_OF_A_KIND = 10
_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def render(report: Report, options: Options) -> str:
    view = View(report, options.rules)
    by_command: dict[str, list[str]] = {}
    for finding in worst_first(view.counted()):
        path, line = place_of(finding)
        title = _property(f"{finding.rule_id} {finding.rule_name} ({finding.severity})")
        message = _data(f"{view.message(finding)}\nInstead: {view.instead(finding)}")
        command = _COMMANDS[LEVELS[finding.severity]]
        by_command.setdefault(command, []).append(
            f"::{command} title={title},file={_property(path)},line={line},endLine={line}::{message}"
        )
    lines: list[str] = []
    for command, shown in by_command.items():
        lines += shown[:MOST_OF_A_KIND]
        if len(shown) > MOST_OF_A_KIND:
            more = len(shown) - (MOST_OF_A_KIND - 1)
            lines[-1] = (
                f"::{command} title=blastlint::{more} more findings are in the job summary and the SARIF report."
            )
    return (
        "\n".join(
            [*lines, f"blastlint: {'FAIL' if report.verdict.failing else 'pass'}: {view.tally() or 'no findings'}"]
        )
        + "\n"
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
