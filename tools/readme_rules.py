"""Write the rule table of README.md from the rule files: `make readme`. A test holds that it is up to date."""

from __future__ import annotations

from pathlib import Path

from blastlint.engine.load import shipped_rules

README = Path(__file__).resolve().parent.parent / "README.md"
START, END = "<!-- rules: start (tools/readme_rules.py) -->", "<!-- rules: end -->"
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
    "TST": "Tests and checks",
    "SAF": "Code safety",
    "CFG": "Configuration",
    "MAS": "Breadth of a change",
    "SCP": "Stated intent",
    "POL": "blastlint's own policy",
}


def table() -> str:
    """One line per rule, by family in the order of FAMILIES."""
    rules = sorted(shipped_rules(), key=lambda rule: (list(FAMILIES).index(rule.family), rule.id))
    lines = ["| rule | name | level | family |", "|---|---|---|---|"]
    lines += [f"| {r.id} | {r.name} | {r.severity} | {FAMILIES[r.family]} |" for r in rules]
    return "\n".join(lines)


def with_table(text: str) -> str:
    before, rest = text.split(START, 1)
    _, after = rest.split(END, 1)
    return f"{before}{START}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
