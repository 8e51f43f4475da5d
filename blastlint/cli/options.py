"""The options of `blastlint check`, as data, and the reader of plain command lines.

click has the help, the messages and all that a command line may be (check_command.py makes its command of the same table).
But loading it takes as long as a third of a small check, and what hooks and pipelines write needs none of it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from blastlint.frozen import dataclass
from blastlint.model import SEVERITIES
from blastlint.report import FORMATS


@dataclass(frozen=True, slots=True)
class Option:
    """`name` is the parameter of `check`. Without a metavar and without choices the option is a flag. `variable` is one of
    the environment, which speaks where the option does not."""

    flags: tuple[str, ...]
    name: str
    help: str
    metavar: str = ""
    choices: tuple[str, ...] = ()
    multiple: bool = False
    default: str | None = None
    variable: str = ""

    @property
    def is_flag(self) -> bool:
        return not (self.metavar or self.choices)

    @property
    def unset(self) -> object:
        """Its value where nobody speaks."""
        if self.is_flag:
            return False
        return () if self.multiple else os.environ.get(self.variable) or self.default

    def takes(self, value: str) -> bool:
        """Whether that is surely meant as its value."""
        return value in self.choices if self.choices else value == "-" or not value.startswith("-")


CHECK = (
    Option(("--staged",), "staged", "What is staged, against HEAD."),
    Option(("--patch",), "patch", "A unified diff; - reads standard input.", "FILE"),
    Option(
        ("--plan",), "plans", "What `terraform show -json` says of it; alone or with a change; repeatable.", "FILE",
        multiple=True,
    ),
    Option(("--render",), "render_programs", "Have helm and kustomize render what the change bears on."),
    Option(("--format",), "format_name", "On stdout.", choices=FORMATS, default="text"),
    Option(("--output",), "outputs", "Also into a file; repeatable.", "FORMAT=PATH", multiple=True),
    Option(("--fail-on",), "fail_on", "Exit 1 at or above this.  [default: high]", choices=(*SEVERITIES, "never")),
    Option(("--strict",), "strict", "Exit 3 when something could not be analysed whole."),
    Option(("--select",), "select", "Only these rules: ids, families, names.", "RULE,...", multiple=True),
    Option(("--ignore",), "ignore", "Not these rules.", "RULE,...", multiple=True),
    Option(("--rules",), "own", "Your own rules too; repeatable.", "PATH", multiple=True),
    Option(("--config",), "config_file", "Judge by this file, not by the base's configuration.", "FILE"),
    Option(("--accept",), "accept", "A finding that you have accepted; repeatable.", "RULE@ADDRESS", multiple=True),
    Option(("--show-suppressed",), "show_suppressed", "Show allowed and accepted findings too."),
    Option(("--intent",), "intent", "What the change says it does, instead of its commit messages.", "TEXT|@FILE"),
    Option(("--scope",), "scope", "What the change may touch; repeatable.", "GLOB|@FILE", multiple=True),
    Option(
        ("--now",), "now", "The time, for freezes: ISO 8601.  [env: BLASTLINT_NOW]", "TIME", variable="BLASTLINT_NOW"
    ),
    Option(("--category",), "category", "SARIF's automationDetails.id.", "TEXT", default="blastlint/"),
    Option(("--quiet", "-q"), "quiet", "Print nothing when nothing fails."),
)  # fmt: skip


def plain(arguments: Sequence[str]) -> dict[str, Any] | None:
    """The parameters of `check` that its command line gives; None where click has to look at it: it asks for help, has a
    mistake, or is written in another way than option by option, each with its value behind it."""
    options = {flag: option for option in CHECK for flag in option.flags}
    given: dict[str, Any] = {option.name: option.unset for option in CHECK}
    change: list[str] = []
    rest = iter(arguments)
    for word in rest:
        if not word.startswith("-"):
            change.append(word)
            continue
        option = options.get(word)
        if option is None:
            return None
        if option.is_flag:
            given[option.name] = True
            continue
        value = next(rest, None)
        if value is None or not option.takes(value):
            return None
        given[option.name] = (*given[option.name], value) if option.multiple else value
    return {"change": tuple(change), **given}
