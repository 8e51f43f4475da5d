"""What the API refuses, what shrinks, what is told once: the parts behind the rules, without the rules."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.facts.kubernetes import group_of, immutable
from blastlint.facts.sizes import Size, size_of
from blastlint.parse.workspace import Workspace
from blastlint.resolve.kubernetes.charts import OFF, templated
from blastlint.sources.memory import change_set

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: app-{0}, namespace: n}}
spec:
  replicas: {1}
  selector: {{matchLabels: {{app: app-{0}}}}}
"""


def test_one_edit_in_many_manifests_is_told_once() -> None:
    files = [{f"m/app-{i}.yaml": DEPLOYMENT.format(i, replicas) for i in range(60)} for replicas in (3, 0)]
    report = pipeline.check(change_set(*files), shipped_rules())
    (finding,) = report.findings
    assert (finding.rule_id, finding.address) == ("CAP001", "apps/Deployment/n/app-0")
    assert len(finding.related) == 50 and finding.related[0].message == "has the same edit"
    assert finding.related[-1].message == "and 10 more have the same edit"
    assert sum(i.effect == "in-place" and i.change.kind == "kubernetes.object" for i in report.impacts) == 60


def test_one_edit_in_two_thousand_manifests_is_looked_at_once() -> None:
    """By counts: of all these objects and keys, one of each is asked about, and one finding is told."""
    files = [{f"m/app-{i}.yaml": DEPLOYMENT.format(i, replicas) for i in range(2_000)} for replicas in (3, 0)]
    report = pipeline.check(change_set(*files), shipped_rules())
    told = [i for i in report.impacts if i.facts and i.change.kind != "change-set"]
    assert [(i.change.kind, i.change.path) for i in told] == [
        ("kubernetes.object", "m/app-0.yaml"),
        ("config.key", "m/app-0.yaml"),
    ]
    (finding,) = report.findings
    assert (finding.rule_id, len(finding.related)) == ("CAP001", 50)
    assert finding.related[-1].message == "and 1,950 more have the same edit"
    assert report.files_analysed == 2_000 and not report.notifications


def test_a_few_alike_are_told_one_by_one() -> None:
    files = [{f"m/app-{i}.yaml": DEPLOYMENT.format(i, replicas) for i in range(3)} for replicas in (3, 0)]
    report = pipeline.check(change_set(*files), shipped_rules())
    assert [f.rule_id for f in report.findings] == ["CAP001"] * 3


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("db.r5.4xlarge", Size(16, 128)),
        ("cache.m6g.large", Size(2, 8)),
        ("r6g.large.search", Size(2, 16)),
        ("t3.micro", Size(2, 1)),
        ("n2-standard-8", Size(8, 32)),
        ("db-custom-4-15360", Size(4, 15)),
        ("Standard_D4s_v3", Size(4, 16)),
        ("Standard_B2s", Size(2, 4)),
        ("GP_Gen5_4", Size(4, 20)),
        ("m5.metal", None),
        ("S1", None),
        ("large", None),
    ],
)
def test_sizes(name: str, expected: Size | None) -> None:
    assert size_of(name) == expected


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_a_size_or_none(text: str) -> None:
    size = size_of(text)
    assert size is None or (size.processors >= 0 and size.memory >= 0)


def test_groups_of_long_ago_and_computed_ones() -> None:
    assert group_of("extensions/v1beta1", "Deployment") == "apps"
    assert group_of("extensions/v1beta1", "Ingress") == "networking.k8s.io"
    assert group_of('{{ template "x" . }}', "Deployment") == "apps"
    assert group_of("v1", "Service") == "core"
    assert group_of("example.com/v1", "Widget") == "example.com"


def test_every_row_of_the_table_names_a_path() -> None:
    for group, kind in (
        ("apps", "StatefulSet"),
        ("core", "Pod"),
        ("core", "PersistentVolumeClaim"),
        ("core", "Secret"),
    ):
        rows = immutable(group, kind)
        assert rows and all(row.path for row in rows)
        assert all(exception[: len(row.path)] == row.path for row in rows for exception in row.exceptions)


CHART = {
    "c/Chart.yaml": "name: c\n",
    "c/values.yaml": "on: false\nn: 2\nlabels: {a: b}\n",
    "c/values-prod.yaml": "on: true\nn: 5\n",
    "c/templates/x.yaml": "{{- if .Values.on }}\nkind: X\nreplicas: {{ .Values.n }}\n"
    'text: "{{ .Values.n }}-{{ .Values.n }}"\nunknown: {{ include "y" . }}\nlabels:\n'
    "  {{- toYaml .Values.labels | nindent 2 }}\n{{- end }}\n",
}


def test_a_template_has_the_values_of_each_environment() -> None:
    side = Workspace(change_set({}, CHART).after, "after")
    off, prod = templated(side, ["c/templates/x.yaml"])
    assert (off.variant, prod.variant) == (OFF, "c/values-prod.yaml")
    found = {key: value.scalar for key, value in prod.value.items.items()}
    assert found == {"kind": "X", "replicas": 5, "text": "5-5", "unknown": None, "labels": None}
    assert prod.value.items["labels"].items["a"].scalar == "b"
    assert not prod.value.items["unknown"].known


TREES = st.recursive(st.none() | st.booleans() | st.integers() | st.sampled_from(["{{ .Values.a }}", "{{", "x"]),
                     lambda kids: st.lists(kids, max_size=3)
                     | st.dictionaries(st.sampled_from(["a", "b", "kind", "spec"]), kids, max_size=3))  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(
    TREES, TREES, st.sampled_from(["{{- if .Values.a }}\n", "{{ end }}\n{{ else }}\n", "{{- if and .Values.a .b }}\n"])
)
def test_odd_charts_never_raise(values: object, template: object, head: str) -> None:
    files = {
        "Chart.yaml": "name: c\n",
        "values.yaml": json.dumps(values),
        "templates/t.yaml": head + json.dumps(template),
    }
    side = Workspace(change_set({}, files).after, "after")
    list(templated(side, sorted(files)))


OBJECTS = st.fixed_dictionaries(
    {
        "apiVersion": st.sampled_from(["v1", "apps/v1", "extensions/v1beta1"]),
        "kind": st.sampled_from(
            ["Service", "Deployment", "StatefulSet", "PersistentVolumeClaim", "ConfigMap", "Kustomization"]
        ),
        "metadata": st.fixed_dictionaries({"name": st.sampled_from(["a", "b"])}),
        "spec": st.dictionaries(
            st.sampled_from(["selector", "template", "replicas", "volumeClaimTemplates", "storageClassName", "path"]),
            st.none() | st.integers() | st.text(max_size=4) | st.lists(st.integers(), max_size=2)
            | st.dictionaries(st.sampled_from(["matchLabels", "metadata", "labels", "x"]), st.text(max_size=3), max_size=2),
            max_size=4,
        ),
    }
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(OBJECTS, max_size=3), st.lists(OBJECTS, max_size=3))
def test_odd_objects_never_raise(before: list[object], after: list[object]) -> None:
    sides = [{f"k/{i}.json": json.dumps(thing) for i, thing in enumerate(side)} for side in (before, after)]
    pipeline.check(change_set(*sides), shipped_rules())
