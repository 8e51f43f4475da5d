"""Environments mixed up by what they have for themselves, and what they only took one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.sources import git as source
from tests.sources.test_history import grown

P, S = "config/production.yaml", "config/staging.yaml"
OLD, NEW = "https://pay.vendor.example/v1", "https://pay.vendor.example/v2"


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        # staging tries it, production follows
        (({P: OLD, S: OLD}, {S: NEW}, {P: NEW}), []),
        # staging tries it, and takes it back
        (({P: OLD, S: OLD}, {S: NEW}, {S: OLD}), []),
        # each had its own from the beginning
        (({P: OLD, S: NEW}, {P: NEW}), [P]),
        (({P: OLD, S: NEW}, {S: OLD}), [S]),
        # each had its own, and moved once
        (({P: OLD, S: NEW}, {P: f"{OLD}a"}, {S: f"{OLD}a"}), [S]),
    ],
)
def test_a_value_that_goes_from_one_environment_to_the_next(
    tmp_path: Path, versions: tuple[dict[str, str], ...], expected: list[str]
) -> None:
    root = grown(tmp_path, [{path: f"pay_url: {url}\n" for path, url in files.items()} for files in versions])
    rules = [rule for rule in shipped_rules() if rule.id == "CFG008"]
    report = pipeline.check(source.from_range(str(root), "HEAD~1..HEAD"), rules)
    assert [f.impact.change.path for f in report.findings] == expected
