"""Numbers and flags that an earlier change gave up, and this one takes for something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.sources import git as source
from tests.sources.test_history import grown

ORDER = "message Order {{\n  string id = 1;\n{}}}\n"
TOTAL, VOUCHER = "  int64 total = 7;\n", "  string voucher = 7;\n"
FLAGS = "flags:\n  cart: {{enabled: true}}\n{}"
PEG = "  peg: {enabled: false, description: Fills a parent order}\n"
RETAIL = "  peg: {enabled: false, description: Takes the retail program}\n"
STATE = "from enum import IntEnum\n\nclass State(IntEnum):\n    OPEN = 1\n{}"


def findings(root: Path) -> list[tuple[str, str]]:
    rules = [rule for rule in shipped_rules() if rule.id == "CFG006"]
    report = pipeline.check(source.from_range(str(root), "HEAD~1..HEAD"), rules)
    return [(f.severity, f.message) for f in report.findings]


@pytest.mark.parametrize(
    ("path", "versions", "expected"),
    [
        ("a.proto", [ORDER.format(p) for p in (TOTAL, "", VOUCHER)], ("high", "7 in Order was total in an earlier version")),
        ("flags.yaml", [FLAGS.format(p) for p in (PEG, "", RETAIL)], ("high", "the flag peg was for")),
        (
            "state.py",
            [STATE.format(p) for p in ("    PARKED = 4\n", "", "    DELETED = 4\n")],
            ("medium", "4 in State was PARKED in an earlier version"),
        ),
    ],
)
def test_given_up_and_taken_again(
    tmp_path: Path, path: str, versions: list[str], expected: tuple[str, str]
) -> None:
    others = [{"b.txt": str(n)} for n in range(3)]
    root = grown(tmp_path, [{"b.txt": ""}, *({path: text} for text in versions[:2]), *others, {path: versions[2]}])
    ((severity, message),) = findings(root)
    assert severity == expected[0]
    assert expected[1] in message


@pytest.mark.parametrize(
    ("path", "versions"),
    [
        ("a.proto", [ORDER.format(p) for p in (TOTAL, "", TOTAL)]),  # taken back as it was
        ("a.proto", [ORDER.format(p) for p in (TOTAL, "", "  int64 total_cents = 7;\n")]),
        ("a.proto", [ORDER.format(p) for p in ("", "  string note = 3;\n", VOUCHER)]),  # never had a meaning
        ("flags.yaml", [FLAGS.format(p) for p in (PEG, "", PEG)]),
    ],
)
def test_the_same_thing_comes_back(tmp_path: Path, path: str, versions: list[str]) -> None:
    assert findings(grown(tmp_path, [{"b.txt": ""}, *({path: text} for text in versions)])) == []
