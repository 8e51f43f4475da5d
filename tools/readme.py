"""Write what README.md shows of the product from the product: the rule table and the picture of real output (`make rules`).

A test holds that both are up to date.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from blastlint.engine.load import shipped_rules

README = Path(__file__).resolve().parent.parent / "README.md"
START, END = "<!-- rules: start (tools/readme.py) -->", "<!-- rules: end -->"
DEMO = ("<!-- demo: start (tools/readme.py) -->", "<!-- demo: end -->")
MESSAGE = "fix: cost total off by one cent"
FAMILIES = {
    "RES": "Resource lifecycle",
    "STA": "State, backup, retention",
    "GRD": "Guards removed",
    "ACC": "Access widened",
    "NET": "Exposure, DNS, routing",
    "OBS": "Observability",
    "CAP": "Capacity and rollout",
    "MIG": "Data and migrations",
    "CMD": "Destructive commands",
    "PIP": "Delivery pipelines",
    "SUP": "Supply chain",
    "TST": "Tests and checks",
    "SAF": "Code safety",
    "CFG": "Configuration",
    "MAS": "Breadth of a change",
    "SCP": "Stated intent",
    "AGT": "Coding agents' permissions",
    "POL": "blastlint's own policy",
}


def table() -> str:
    """One line per rule, by family in the order of FAMILIES."""
    rules = sorted(shipped_rules(), key=lambda rule: (list(FAMILIES).index(rule.family), rule.id))
    lines = ["| rule | name | level | family |", "|---|---|---|---|"]
    lines += [f"| {r.id} | {r.name} | {r.severity} | {FAMILIES[r.family]} |" for r in rules]
    return "\n".join(lines)


def picture() -> str:
    """What blastlint says of the incident that `make demo` rebuilds, without the finding that says less of the same."""
    incident = README.parent / "fixtures" / "incidents" / "kiro-cost-explorer"
    command = ["check", "before", "after", "--intent", MESSAGE, "--select", "RES007,SCP002", "--fail-on", "high"]
    shown = subprocess.run(
        [sys.executable, "-m", "blastlint", *command],
        cwd=incident,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100"},
    )
    typed = f"$ git log --oneline -1\n277aafe {MESSAGE}\n$ blastlint check HEAD~1..HEAD\n"
    return f"```console\n{typed}\n{shown.stdout.strip()}\n```"


def between(text: str, start: str, end: str, new: str) -> str:
    before, rest = text.split(start, 1)
    _, after = rest.split(end, 1)
    return f"{before}{start}\n{new}\n{end}{after}"


def written(text: str) -> str:
    """README.md with both parts as they should be."""
    return between(between(text, START, END, table()), *DEMO, picture())


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
