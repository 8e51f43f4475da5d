"""Incidents and their harmless look-alikes as before/after trees: table-top exercises, and the tests of the whole flow.

An incident expects exactly its findings. A benign case expects none above its `highest` level, which is below high.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Literal

from blastlint import pipeline
from blastlint.engine.rule import Rule
from blastlint.engine.strict_yaml import read
from blastlint.errors import RuleError, UsageError
from blastlint.examples import agree, line
from blastlint.frozen import dataclass
from blastlint.model import SEVERITIES, Report
from blastlint.sources.memory import change_set

Kind = Literal["incidents", "benign"]
KINDS: tuple[Kind, ...] = ("incidents", "benign")
_KEYS: Mapping[Kind, frozenset[str]] = {
    "incidents": frozenset({"title", "story", "source", "incident", "evidence", "message", "findings"}),
    "benign": frozenset({"title", "story", "source", "message", "highest"}),
}
_LEVELS = ("none", "low", "medium")
EVIDENCE = {
    "K": "the change is publicly known nearly word for word",
    "D": "the change is described publicly and reconstructed here",
    "I": "the change is not public: an illustration of what was reported",
}


@dataclass(frozen=True, slots=True)
class Case:
    """One replay. `findings` are exact for incidents; `highest` is the worst level a benign case may reach."""

    name: str
    kind: Kind
    title: str
    story: str
    source: str
    evidence: str
    message: str
    findings: tuple[Mapping[str, object], ...]
    highest: str
    directory: str

    def tree(self, side: Literal["before", "after"]) -> dict[str, bytes]:
        """Every file of one side, by path."""
        root = os.path.join(self.directory, side)
        files: dict[str, bytes] = {}
        for folder, folders, names in os.walk(root):
            folders[:] = [name for name in folders if name != "__pycache__"]  # installers compile what they install
            for name in names:
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    files[os.path.relpath(path, root).replace(os.sep, "/")] = file.read()
        return files


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case that was run; `expected` and `found` are one line per finding, and matter where it did not pass."""

    case: Case
    report: Report
    passed: bool
    expected: tuple[str, ...]
    found: tuple[str, ...]


def cases() -> tuple[Case, ...]:
    """Every case that ships, incidents first."""
    found: list[Case] = []
    for kind in KINDS:
        root = _directory(kind)
        found += [
            _case(kind, os.path.join(root, name)) for name in sorted(os.listdir(root)) if not name.startswith(".")
        ]
    return tuple(found)


def named(name: str) -> Case:
    """The case of this name. Raises UsageError with the nearest names."""
    known = {case.name: case for case in cases()}
    if name not in known:
        from difflib import get_close_matches

        close = get_close_matches(name, list(known), 1)
        suggestion = f" (did you mean {close[0]!r}?)" if close else ""
        raise UsageError(f"there is no replay {name!r}{suggestion}", remedy="List them with: blastlint replay")
    return known[name]


def run(case: Case, rules: Sequence[Rule]) -> Outcome:
    """The case through the whole flow, with the defaults for configuration."""
    report = pipeline.check(change_set(case.tree("before"), case.tree("after"), case.message), rules)
    if case.kind == "incidents":
        passed = agree(list(case.findings), report.findings)
        expected = tuple(sorted(", ".join(f"{k}={f[k]}" for k in sorted(f)) for f in case.findings))
    else:
        allowed = SEVERITIES[len(SEVERITIES) - _LEVELS.index(case.highest) :]
        passed = all(finding.severity in allowed for finding in report.findings)
        expected = (f"nothing above {case.highest}" if case.highest != "none" else "no findings",)
    return Outcome(
        case, report, passed, expected, tuple(sorted(f"rule={f.rule_id}, {line(f)}" for f in report.findings))
    )


def _directory(kind: Kind) -> str:
    """Inside the installed package, else beside it in the checkout."""
    package = os.path.dirname(os.path.abspath(__file__))
    for root in (package, os.path.dirname(package)):
        directory = os.path.join(root, "fixtures", kind)
        if os.path.isdir(directory):
            return directory
    raise RuleError("the replays that belong to blastlint are missing", remedy="Install blastlint again.")


def _case(kind: Kind, directory: str) -> Case:
    path = os.path.join(directory, "case.yaml")
    data = read(path)
    unknown = sorted(set(data) - _KEYS[kind])
    if unknown:
        raise RuleError(f"unknown key {unknown[0]!r}", where=path)
    findings = data.get("findings", [])
    highest = str(data.get("highest", "none"))
    if not isinstance(findings, list) or not all(isinstance(f, Mapping) for f in findings):
        raise RuleError("findings is a list of mappings", where=path)
    if highest not in _LEVELS:
        raise RuleError(f"highest is one of {', '.join(_LEVELS)}", where=path)
    return Case(
        name=os.path.basename(directory),
        kind=kind,
        title=str(data["title"]),
        story=" ".join(str(data["story"]).split()),
        source=str(data.get("source", "")),
        evidence=str(data.get("evidence", "")),
        message=str(data["message"]),
        findings=tuple(findings),
        highest=highest,
        directory=directory,
    )
