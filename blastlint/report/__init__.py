"""Report -> text. Each format is a module of this package, imported when asked for, that exports

    render(report: Report, options: Options) -> str

Every string that leaves here goes through `redact.Redactor` first.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from blastlint.engine.rule import Rule
from blastlint.frozen import dataclass, field
from blastlint.model import Report

FORMATS = ("text", "json", "sarif", "markdown", "github")


@dataclass(frozen=True, slots=True)
class Options:
    """What a reader wants to see. `rules` are those that ran, by id; `width` is in columns."""

    rules: Mapping[str, Rule] = field(default_factory=dict)
    color: bool = False
    width: int = 100
    category: str = "blastlint/"
    show_suppressed: bool = False


def render(format_name: str, report: Report, options: Options) -> str:
    """The report in one of FORMATS, with a newline at its end."""
    rendered: str = import_module(f"blastlint.report.{format_name}").render(report, options)
    return rendered
