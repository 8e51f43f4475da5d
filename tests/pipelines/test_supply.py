"""Pins, lock files and what holds them: what is parsed out of each kind of file, and that no text is too odd."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.enrich.supply.pins import Pin, strength
from blastlint.sources.memory import change_set

RULES = tuple(rule for rule in shipped_rules() if rule.id.startswith("SUP"))
PATHS = [
    "package.json",
    "package-lock.json",
    "yarn.lock",
    "requirements.txt",
    "Dockerfile",
    "go.sum",
    ".npmrc",
    "pnpm-lock.yaml",
]


@pytest.mark.parametrize(
    ("spec", "held"),
    [
        ("0123456789012345678901234567890123456789", 5),
        ("sha256:0123456789012345678901234567890123456789", 5),
        ("==3.0.2", 4),
        ("v1.2.3", 4),
        ("16.4", 4),
        ("v4", 3),
        ("~=3.0", 3),
        (">=3,<4", 3),
        ("^1.2.0", 2),
        (">=3", 1),
        ("latest", 0),
        ("", 0),
        ("main", 0),
    ],
)
def test_how_firmly_a_version_holds(spec: str, held: int) -> None:
    assert strength(Pin("image", "x", spec, None)) == held


@settings(max_examples=60, deadline=None)
@given(path=st.sampled_from(PATHS), before=st.text(max_size=60), after=st.text(max_size=60))
def test_no_text_is_too_odd(path: str, before: str, after: str) -> None:
    pipeline.check(change_set({path: before}, {path: after}), RULES)


def test_a_hundred_actions_are_one_finding() -> None:
    def workflow(ref: str) -> str:
        steps = "".join(f"      - uses: acme/a{n}@{ref}\n" for n in range(100))
        return f"on: push\njobs:\n  a:\n    steps:\n{steps}"

    paths = [f".github/workflows/w{n}.yml" for n in range(3)]
    before = dict.fromkeys(paths, workflow("0123456789012345678901234567890123456789"))
    report = pipeline.check(change_set(before, dict.fromkeys(paths, workflow("v1"))), RULES)
    assert [(f.rule_id, f.severity) for f in report.findings] == [("SUP003", "high")]
    assert "acme/a0 and 99 more" in report.findings[0].message
