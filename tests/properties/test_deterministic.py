"""The same change gives the same findings in every process: what is told must not hang on the order of a set."""

from __future__ import annotations

import os
import subprocess
import sys

from blastlint import pipeline
from blastlint.sources.memory import change_set
from tests.properties.corpus import pairs, rules


def told() -> list[str]:
    """Every finding of every other example under all rules, with its fingerprint."""
    return [
        f"{name}: {f.rule_id} {f.severity} {f.fingerprint} {f.anchor} {f.message}"
        for name, before, after in pairs()[1::2]
        for f in pipeline.check(change_set(before, after), rules()).findings
    ]


def test_findings_do_not_depend_on_the_seed_of_hashes() -> None:
    script = "from tests.properties.test_deterministic import told; print('\\n'.join(told()))"
    outputs = [
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout.decode()
        for seed in ("1", "3")
    ]
    assert outputs[0] == outputs[1]
    assert outputs[0].count("\n") > len(pairs()) / 4
