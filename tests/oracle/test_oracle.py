"""What blastlint foresees from source alone, held against real plans. Scoring needs no Terraform; making the truth does."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.oracle.score import Case, cases, foreseen, score
from tools.oracle import Workbench, told


@pytest.fixture(scope="module")
def everything() -> tuple[Case, ...]:
    return cases()


def test_there_is_enough_to_judge_by(everything: tuple[Case, ...]) -> None:
    assert len(everything) >= 150
    assert {case.kind for case in everything} == {"harmless", "guard", "destroy", "replace", "cascade", "mixed"}
    assert len({case.name.split(":")[0] for case in everything}) >= 15


def test_precision_and_recall(everything: tuple[Case, ...]) -> None:
    result = score(everything)
    assert result.precision >= 0.98, result.false
    assert result.recall >= 0.98, result.missed


def test_no_alarm_on_a_harmless_edit(everything: tuple[Case, ...]) -> None:
    assert score(tuple(case for case in everything if case.kind == "harmless")).false == []


def test_unknown_is_rare(everything: tuple[Case, ...]) -> None:
    result = score(everything)
    assert result.unknown <= 0.02 * result.changed


def test_what_looks_elsewhere_is_left_behind_and_made_anew(everything: tuple[Case, ...]) -> None:
    """Real plans, with a refresh, create again what a provider does not find in its new region. (The stand-in finds a
    bucket from everywhere.)"""
    moves = [c for c in everything if c.name.startswith("regions:") and "create" in c.truth.values()]
    moves = [c for c in moves if c.kind == "mixed"]
    assert len(moves) == 6
    for case in moves:
        left = {a for a, impact in foreseen(case).items() if impact.effect == "orphan" and "s3_bucket" not in a}
        assert left == set(case.truth), case.name


def test_default_tags_reach_what_has_tags(everything: tuple[Case, ...]) -> None:
    for case in everything:
        if case.name.startswith("regions: default tags"):
            assert {a: impact.effect for a, impact in foreseen(case).items()} == case.truth


def test_the_score_can_fail(everything: tuple[Case, ...]) -> None:
    """The scorer itself: a truth turned round must cost recall and precision."""
    case = next(c for c in everything if "destroy" in c.truth.values())
    turned = Case(case.name, case.kind, case.before, case.after, {"aws_s3_bucket.nowhere": "destroy"}, ())
    result = score((turned,))
    assert result.recall < 1 and result.precision < 1


@pytest.mark.terraform
def test_live_plans_still_say_the_same(tmp_path: Path) -> None:
    """terraform_data needs no cloud: the oracle's own way of asking, live."""
    if shutil.which("terraform") is None:
        pytest.skip("no terraform on this machine")
    (tmp_path / "main.tf").write_text(
        'resource "terraform_data" "a" {\n  count = 2\n  triggers_replace = [count.index]\n}\n'
    )
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1"}
    run = ["terraform", f"-chdir={tmp_path}"]

    def done(*arguments: str) -> str:
        finished = subprocess.run([*run, *arguments], capture_output=True, text=True, env=environment, timeout=120)
        assert finished.returncode == 0, finished.stderr
        return finished.stdout

    done("init", "-input=false")
    done("apply", "-auto-approve", "-input=false")
    before = (tmp_path / "main.tf").read_text()
    after = before.replace("count = 2", "count = 1").replace("[count.index]", '["x"]')
    (tmp_path / "main.tf").write_text(after)
    truth = told(done("plan", "-json", "-input=false"))["actions"]
    assert isinstance(truth, dict)
    case = Case("live", "mixed", {"main.tf": before}, {"main.tf": after}, truth, ())
    result = score((case,))
    assert (result.hits, result.missed, result.false) == (2, [], [])


@pytest.mark.terraform
def test_a_state_that_is_imagined_leaves_a_plan_nothing_to_do(tmp_path: Path) -> None:
    """A chain, so that what comes from the one before is known one round later; a whole, a list and nothing as values."""
    if shutil.which("terraform") is None:
        pytest.skip("no terraform on this machine")
    text = (
        'resource "terraform_data" "a" {\n  count = 2\n  input = { n = count.index, on = true, of = ["x", null] }\n}\n'
        'resource "terraform_data" "b" {\n  triggers_replace = terraform_data.a[*].id\n}\n'
        'resource "terraform_data" "c" {\n  for_each = toset(["k"])\n  input = terraform_data.b.id\n}\n'
    )
    bench = Workbench(tmp_path / "work", str(tmp_path), "")
    bench.folder.mkdir()
    bench.write({"main.tf": text})
    bench.must("", "init", "-input=false")
    state = bench.folder / "terraform.tfstate"
    state.write_text(bench.imagined("", (), {}))
    assert bench.planned("", ()) == {"actions": {}}
    bench.write({"main.tf": text.replace("count = 2", "count = 1")})
    gone = {"terraform_data.a[1]": "destroy", "terraform_data.b": "replace", 'terraform_data.c["k"]': "in-place"}
    assert bench.planned("", ()) == {"actions": gone}
