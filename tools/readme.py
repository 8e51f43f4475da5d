"""Write what README.md shows of the product from the product: the rule table and the picture of real output (`make rules`).

A test holds that both are up to date.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from blastlint.engine.load import shipped_rules
from blastlint.replay import named
from tools.demo import IDENTITY, rebuild

README = Path(__file__).resolve().parent.parent / "README.md"
START, END = "<!-- rules: start (tools/readme.py) -->", "<!-- rules: end -->"
DEMO = ("<!-- demo: start (tools/readme.py) -->", "<!-- demo: end -->")
INCIDENT = "kiro-cost-explorer"
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
    """What is said of the incident that `make demo` rebuilds, in a repository made in the same way."""
    environment = {**os.environ, **IDENTITY, "NO_COLOR": "1", "COLUMNS": "100", "PYTHONPATH": str(README.parent)}

    def shown(*command: str) -> str:
        done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False, env=environment)
        return done.stdout.strip()

    with tempfile.TemporaryDirectory() as directory:
        rebuild(named(INCIDENT), Path(directory))
        log = shown("git", "--no-pager", "log", "--oneline", "-1")
        report = shown(sys.executable, "-m", "blastlint", "check", "HEAD~1..HEAD")
    return f"```console\n$ git log --oneline -1\n{log}\n$ blastlint check HEAD~1..HEAD\n\n{report}\n```"


def between(text: str, start: str, end: str, new: str) -> str:
    before, rest = text.split(start, 1)
    _, after = rest.split(end, 1)
    return f"{before}{start}\n{new}\n{end}{after}"


def written(text: str) -> str:
    """README.md with both parts as they should be."""
    return between(between(text, START, END, table()), *DEMO, picture())


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
