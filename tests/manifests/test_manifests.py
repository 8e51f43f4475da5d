"""What manifests declare: addresses, places, parameters, and moves."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint import diff
from blastlint.model import Entity
from blastlint.parse.workspace import Workspace
from blastlint.resolve.manifests import entities
from blastlint.sources.memory import change_set


def resolved(files: Mapping[str, str]) -> list[Entity]:
    side = Workspace(change_set({}, files).after, "after")
    return list(entities(side, sorted(files)))


OBJECT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  namespace: web
spec: {{replicas: {replicas}}}
"""


def test_objects_of_a_stream_have_addresses_and_places() -> None:
    text = OBJECT.format(name="a", replicas=1) + "---\n" + OBJECT.format(name="{{ .Values.b }}", replicas=2)
    found = resolved({"k8s/app.yaml": text})
    assert [(e.kind, e.address, e.type, e.configuration) for e in found] == [
        ("kubernetes.object", "apps/Deployment/web/a", "Deployment", "k8s"),
        ("kubernetes.object", "apps/Deployment/web/{{ .Values.b }}", "Deployment", "k8s"),
    ]
    assert [(e.region.start_line, e.header.start_line if e.header else 0) for e in found] == [(1, 4), (8, 11)]


def test_lists_and_files_that_only_look_like_objects() -> None:
    items = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Service, metadata: {name: s}}\n"
    assert [e.address for e in resolved({"a.yaml": items})] == ["core/Service/-/s"]
    assert resolved({"kustomization.yaml": "apiVersion: k/v1\nkind: Kustomization\nresources: [a.yaml]\n"}) == []
    assert resolved({"values.yaml": "services: {a: {image: x}}\nResources: 3\n"}) == []


def test_the_same_object_twice_in_one_directory() -> None:
    text = OBJECT.format(name="a", replicas=1)
    assert [(e.address, e.variant) for e in resolved({"a.yaml": text, "b.yaml": text})] == [
        ("apps/Deployment/web/a", ""), ("apps/Deployment/web/a", "b.yaml")]  # fmt: skip


def test_an_object_that_moves_to_another_directory_is_moved() -> None:
    text = OBJECT.format(name="a", replicas=1)
    (change,) = diff.changes(resolved({"old/a.yaml": text}), resolved({"new/b.yaml": "# moved\n" + text}))
    assert (change.action, change.explained_by) == ("moved", "moved")


def test_policy_files() -> None:
    found = resolved({"p/ci.json": '{"Statement": {"Effect": "Allow", "Action": "*"}}', "x.json": '{"Statement": []}'})
    assert [(e.kind, e.address, e.name) for e in found] == [("iam.policy", "p/ci.json", "ci")]


def test_compose_services() -> None:
    found = resolved({"deploy/compose.prod.yaml": "services:\n  db:\n    image: postgres\n"})
    assert [(e.kind, e.address) for e in found] == [
        ("compose.project", "deploy/compose.prod.yaml"), ("compose.service", "deploy/compose.prod.yaml:db")]  # fmt: skip


NAMES = st.sampled_from(["apiVersion", "kind", "metadata", "name", "items", "Resources", "Type", "Ref", "Fn::Sub",
                         "services", "Parameters", "Default", "x"])  # fmt: skip
TREES = st.recursive(st.none() | st.booleans() | st.integers() | st.sampled_from(["a::b", "${x}", "", "List"]),
                     lambda kids: st.lists(kids, max_size=3) | st.dictionaries(NAMES, kids, max_size=4))  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(TREES)
def test_odd_trees_never_raise(tree: object) -> None:
    import json

    for name in ("compose.yaml", "t.json"):
        for entity in resolved({name: json.dumps(tree)}):
            assert entity.address
