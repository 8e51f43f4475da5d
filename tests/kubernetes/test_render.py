"""`--render`: what helm and kustomize make of a change is compared and shown where files have it, and nothing is fetched.

The tests that need the real programs run where these are on PATH. The others put a small program of their own there under
the name of helm or kustomize: it stands for an external program that may not be there, and shows what it is asked for.
"""

from __future__ import annotations

import json
import shutil
import stat
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from blastlint import pipeline
from blastlint.cli import run
from blastlint.engine.load import shipped_rules
from blastlint.model import Report
from blastlint.resolve.kubernetes.programs import on_path
from blastlint.sources.memory import change_set

CHART = {
    "c/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
    "c/values.yaml": "copies: 2\n",
    "c/values-prod.yaml": "copies: 6\n",
    "c/templates/_names.tpl": '{{ define "name" }}{{ printf "%s-web" .Chart.Name }}{{ end }}\n',
    "c/templates/web.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "name" . }}
  annotations: {once: {{ randAlphaNum 9 | quote }}}
spec:
  replicas: {{ mul .Values.copies 1 }}
{{- range $i := until 2 }}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: "part-{{ $i }}"}
{{- end }}
""",
}
BASE = {
    "k/base/kustomization.yaml": "resources: [web.yaml]\nconfigMapGenerator: [{name: settings, literals: [A=1]}]\n",
    "k/base/web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 3\n"
    "  template: {spec: {containers: [{name: w, envFrom: [{configMapRef: {name: settings}}]}]}}\n",
    "k/live/kustomization.yaml": "resources: [../base]\nnamePrefix: live-\n",
}
# Puts out what a file beside it holds, counts its runs, and notes what it may use of the network.
STAND_IN = """\
#!{python}
import os, sys
place = os.path.dirname(os.path.abspath(__file__))
runs = os.path.join(place, "runs")
with open(runs, "a") as log:
    print(" ".join(sys.argv[1:]), os.environ["HTTPS_PROXY"], os.environ["GIT_ALLOW_PROTOCOL"], file=log)
number = len(open(runs).readlines())
{body}
"""


def stand_in(place: Path, monkeypatch: pytest.MonkeyPatch, name: str, body: str) -> None:
    """Put a program on PATH, and nothing but the interpreter's own directories beside it."""
    program = place / name
    program.write_text(STAND_IN.format(python=sys.executable, body=body))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(place))


def rendered(before: Mapping[str, str], after: Mapping[str, str]) -> Report:
    return pipeline.check(replace(change_set(before, after), renderers=on_path()), shipped_rules())


def seen(report: Report) -> set[tuple[str, str, str, str]]:
    """(address, variant, effect, evidence) of the objects that change."""
    return {
        (i.change.address, i.change.entity.variant, i.effect, i.change.evidence)
        for i in report.impacts
        if i.change.kind == "kubernetes.object" and i.effect != "no-op"
    }


def places(report: Report) -> list[tuple[str, str, str, int]]:
    return [(f.rule_id, f.address, f.after.path, f.after.start_line) for f in report.findings if f.after is not None]


# --- the programs themselves ----------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("helm") is None, reason="needs the program helm")
def test_what_helm_makes_is_compared() -> None:
    fewer = CHART["c/templates/web.yaml"].replace("until 2", "until 1")
    after = {**CHART, "c/values-prod.yaml": "copies: 0\n", "c/templates/web.yaml": fewer}
    report = rendered(CHART, after)
    assert seen(report) == {
        ("apps/Deployment/-/shop-web", "c/values-prod.yaml", "in-place", "rendered"),
        ("core/ConfigMap/-/part-1", "", "destroy", "rendered"),
    }
    assert ("CAP001", "apps/Deployment/-/shop-web", "c/templates/web.yaml", 7) in places(report)
    assert [n.message for n in report.notifications if n.id == "rendered"] == ["compared as helm renders it: c"]
    assert not [n for n in report.notifications if n.incomplete]


@pytest.mark.skipif(shutil.which("helm") is None, reason="needs the program helm")
def test_a_helper_alone_renames_what_it_names() -> None:
    after = {**CHART, "c/templates/_names.tpl": CHART["c/templates/_names.tpl"].replace("-web", "-front")}
    names = {(address, effect) for address, _, effect, _ in seen(rendered(CHART, after))}
    assert names == {("apps/Deployment/-/shop-web", "destroy"), ("apps/Deployment/-/shop-front", "create")}


@pytest.mark.skipif(shutil.which("helm") is None, reason="needs the program helm")
def test_a_dependency_that_is_not_there_is_not_fetched() -> None:
    needs = CHART["c/Chart.yaml"] + "dependencies: [{name: pg, version: 1.0.0, repository: https://example.invalid}]\n"
    before = {**CHART, "c/Chart.yaml": needs}
    report = rendered(before, {**before, "c/values.yaml": "copies: 3\n"})
    (reason,) = {n.message for n in report.notifications if n.path == "c/Chart.yaml" and "after" in n.message}
    assert "helm does not render it" in reason and "missing in charts/ directory: pg" in reason
    assert {evidence for *_, evidence in seen(report)} <= {"source"}


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="needs the program kubectl")
def test_what_kustomize_makes_is_compared() -> None:
    after = {
        **BASE,
        "k/base/kustomization.yaml": BASE["k/base/kustomization.yaml"].replace("A=1", "A=2"),
        "k/base/web.yaml": BASE["k/base/web.yaml"].replace("3", "0"),
    }
    report = rendered(BASE, after)
    assert seen(report) == {
        ("apps/Deployment/-/live-web", "k/live", "in-place", "rendered"),
        ("core/ConfigMap/-/live-settings", "k/live", "in-place", "rendered"),
    }
    assert places(report) == [("CAP001", "apps/Deployment/-/live-web", "k/base/web.yaml", 5)]


# --- how they are run -----------------------------------------------------------------------------------------------


def test_a_program_gets_one_side_and_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = "# Source: shop/templates/web.yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w}\n"
    body = "copies = open(sys.argv[3] + '/values.yaml').read().split()[1]\n"
    body += f"print({head!r} + 'spec: {{replicas: ' + copies + '}}')"
    stand_in(tmp_path, monkeypatch, "helm", body)
    report = rendered(CHART, {**CHART, "c/values.yaml": "copies: 0\n"})
    assert seen(report) == {("apps/Deployment/-/w", "", "in-place", "rendered")}
    runs = [line.split() for line in (tmp_path / "runs").read_text().splitlines()]
    assert len(runs) == 8  # two sides, two sets of values, each twice
    assert {(r[0], r[1], r[-2], r[-1]) for r in runs} == {("template", "c", "http://127.0.0.1:9", "none")}
    assert not any(Path(r[2]).exists() for r in runs)


def test_what_is_made_anew_each_time_is_not_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = "print('{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {a: b' + str(number) + '}}')"
    stand_in(tmp_path, monkeypatch, "helm", body)
    report = rendered(CHART, {**CHART, "c/values.yaml": "copies: 3\n"})
    assert (tmp_path / "runs").read_text().count("template") == 8
    assert seen(report) == set()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("sys.exit('Error: nothing works')", "helm does not render it: Error: nothing works"),
        ("print('a: [')", "helm does not render it: what it makes cannot be read"),
    ],
)
def test_a_program_that_fails_leaves_the_source(
    body: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: {{ .Values.copies }}\n"
    plain = {**CHART, "c/templates/web.yaml": web}
    stand_in(tmp_path, monkeypatch, "helm", body)
    report = rendered(plain, {**plain, "c/values.yaml": "copies: 0\n"})
    assert seen(report) == {("apps/Deployment/-/web", "", "in-place", "source")}
    told = {n.message for n in report.notifications if n.path == "c/Chart.yaml"}
    assert f"analysed in part (before and after): {reason}" in told


def test_one_side_that_fails_leaves_both_to_the_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = "if number > 1: sys.exit('no')\nprint('apiVersion: v1\\nkind: Service\\nmetadata: {name: only-here}')"
    stand_in(tmp_path, monkeypatch, "helm", body)
    assert not [s for s in seen(rendered(CHART, {**CHART, "c/values.yaml": "copies: 3\n"})) if s[3] == "rendered"]


@pytest.mark.parametrize(
    ("kustomization", "reason"),
    [
        ("resources: [web.yaml, 'https://example.invalid/x?ref=1']\n", "is not fetched"),
        ("resources: [web.yaml, ../nowhere]\n", "../nowhere is not there"),
        ("resources: [web.yaml]\nopenapi: {path: 'https://example.invalid/s.json'}\n", "names something remote"),
        ("resources: [web.yaml]\nhelmCharts: [{name: x}]\n", "Helm charts are not rendered"),
    ],
)
def test_nothing_remote_is_given_to_kustomize(
    kustomization: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {"k/kustomization.yaml": kustomization, "k/web.yaml": BASE["k/base/web.yaml"]}
    stand_in(tmp_path, monkeypatch, "kustomize", "")
    report = rendered(before, {**before, "k/web.yaml": BASE["k/base/web.yaml"].replace("3", "4")})
    assert not (tmp_path / "runs").exists()
    (told,) = {n.message for n in report.notifications if n.path == "k/kustomization.yaml" and "and after)" in n.message}
    assert "kustomize does not render it" in told and reason in told


def test_without_programs_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for side, copies in (("old", "2"), ("new", "0")):
        for path, text in {**CHART, "c/values.yaml": f"copies: {copies}\n"}.items():
            (tmp_path / side / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / side / path).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run(["check", "old", "new", "--render"]) == 2
    assert "--render: neither helm nor kustomize is on PATH" in capsys.readouterr().err
    stand_in(tmp_path, monkeypatch, "kustomize", "")
    run(["check", "old", "new", "--render", "--format", "json"])
    notes = [n["message"] for n in json.loads(capsys.readouterr().out)["notifications"]]
    assert "read from source, for want of the program helm" in notes


def test_a_patch_alone_cannot_be_rendered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    stand_in(tmp_path, monkeypatch, "kustomize", "")
    (tmp_path / "x.diff").write_text("--- a/k.yaml\n+++ b/k.yaml\n@@ -1 +1 @@\n-a: 1\n+a: 2\n")
    assert run(["check", "--patch", "x.diff", "--render"]) == 2
    assert "--render: of a patch alone" in capsys.readouterr().err
