"""What a kustomization makes of its objects, beside what `kubectl kustomize` makes of them where that program is there."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.model import Value
from blastlint.parse.workspace import Workspace
from blastlint.resolve.kubernetes.kustomize import rendered
from blastlint.resolve.kubernetes.patches import merged, patched
from blastlint.sources.memory import change_set

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers: [{name: init, image: "side/car:1.0"}]
      containers:
      - name: web
        image: w
        env: [{name: A, value: "1"}, {name: B, value: "2"}]
        ports: [{containerPort: 80, name: http}]
        envFrom: [{configMapRef: {name: settings}}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
"""
OTHERS = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
"""
BASE = {
    "base/kustomization.yaml": "resources: [web.yaml, others.yaml]\n"
    "configMapGenerator: [{name: settings, literals: [A=1, B=two]}]\n",
    "base/web.yaml": WEB,
    "base/others.yaml": OTHERS,
}
OVERLAYS = {
    "names and a namespace": "namespace: live\nnamePrefix: p-\nnameSuffix: -s\nresources: [../base]\n",
    "common labels": "commonLabels: {team: a}\ncommonAnnotations: {by: me}\nresources: [../base]\n",
    "labels outside selectors": "labels: [{pairs: {team: a}, includeTemplates: true}]\nresources: [../base]\n",
    "labels in selectors": "labels: [{pairs: {team: a}, includeSelectors: true}]\nresources: [../base]\n",
    "replicas": "replicas: [{name: web, count: 7}]\nresources: [../base]\n",
    "a strategic patch": """\
resources: [../base]
patches:
- patch: |-
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      replicas: null
      template:
        spec:
          containers:
          - name: web
            env: [{name: B, $patch: delete}, {name: C, value: "3"}]
            ports: [{containerPort: 80, name: web}]
          - {name: side, image: s}
""",
    "a strategic patch that deletes": """\
namePrefix: p-
resources: [../base]
patches:
- patch: |-
    $patch: delete
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: data}
""",
    "a JSON patch": """\
resources: [../base]
patches:
- target: {kind: Deployment, name: web}
  patch: |-
    - {op: replace, path: /spec/replicas, value: 9}
    - {op: add, path: /metadata/annotations, value: {a/b: c}}
    - {op: remove, path: /spec/template/spec/containers/0/env/1}
    - {op: add, path: /spec/template/spec/containers/-, value: {name: x, image: z}}
""",
    "images": """\
resources: [../base]
images: [{name: w, newTag: '2'}, {name: side/car, newName: r.example/car, digest: 'sha256:ab'}, {name: x, newTag: q}]
""",
    "generators with options": """\
generatorOptions: {labels: {made: by-hand}, annotations: {note: a}}
namespace: live
resources: [../base]
configMapGenerator:
- {name: settings, behavior: merge, literals: [B=three]}
- {name: more-settings, envs: [live.env], options: {labels: {own: "yes"}, immutable: true}}
""",
    "a secret's type and an own namespace": """\
resources: [../base]
configMapGenerator: [{name: other-settings, namespace: elsewhere, literals: ["A='quoted'"]}]
""",
    "a patch for objects with a label": """\
resources: [../base]
patches:
- target: {labelSelector: app=nobody}
  patch: "- {op: remove, path: /spec}"
- target: {kind: Service|Ingress}
  patch: "- {op: add, path: /metadata/labels, value: {a: b}}"
""",
    "a component that patches and deletes": "resources: [../base]\ncomponents: [../cut]\nnamePrefix: p-\n",
    "a component": "resources: [../base]\ncomponents: [../part]\n",
}
PART = {"part/kustomization.yaml": "kind: Component\nnameSuffix: -c\nreplicas: [{name: web, count: 5}]\n"}
PART |= {
    "cut/kustomization.yaml": "kind: Component\npatches:\n- patch: |-\n    $patch: delete\n    apiVersion: v1\n"
    "    kind: Service\n    metadata: {name: web}\nreplicas: [{name: web, count: 4}]\n",
    "over/live.env": "# of production\nA=1\nURL=http://a?b=c\n",
}
_HASH = re.compile(r"-[a-z0-9]{10}$")


def made(files: Mapping[str, str], root: str) -> tuple[dict[str, object], list[str]]:
    """kind/namespace/name -> object, and what could not be worked out."""
    side = Workspace(change_set({}, files).after, "after")
    (result,) = [r for r in rendered(side, sorted(files)) if r.root == root]
    return {_name(plain): plain for plain in (_plain(t.value) for t in result.things)}, result.problems


def _name(thing: object) -> str:
    assert isinstance(thing, dict)
    metadata = thing["metadata"]
    return f"{thing['kind']}/{metadata.get('namespace', '-')}/{metadata['name']}"


def _plain(value: Value) -> object:
    if value.is_map:
        return {key: _plain(below) for key, below in value.items.items()}
    return [_plain(e) for e in value.elements] if value.is_list else value.scalar


def _without_hash(thing: object) -> object:
    if isinstance(thing, dict):
        return {key: _without_hash(below) for key, below in thing.items()}
    if isinstance(thing, list):
        return [_without_hash(below) for below in thing]
    return _HASH.sub("", thing) if isinstance(thing, str) and "settings" in thing else thing


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="needs the program kubectl")
@pytest.mark.parametrize("name", OVERLAYS)
def test_it_makes_what_kubectl_makes(name: str, tmp_path: Path) -> None:
    files = {**BASE, **PART, "over/kustomization.yaml": OVERLAYS[name]}
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    command = ["kubectl", "kustomize", str(tmp_path / "over")]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    expected = [_without_hash(thing) for thing in yaml.safe_load_all(out)]
    ours, problems = made(files, "over")
    assert ours == {_name(thing): thing for thing in expected}
    assert problems == []


def test_what_cannot_be_worked_out_has_a_reason() -> None:
    foreign = "resources: [https://example.com/x//y?ref=1, gone.yaml, ../nowhere]\nhelmCharts: [{name: c}]\n"
    things, problems = made({"k/kustomization.yaml": foreign}, "k")
    assert things == {}
    assert problems == [
        "Helm charts are not rendered (helmCharts)",
        "the remote base https://example.com/x//y?ref=1 is not fetched",
        "gone.yaml is not there",
        "../nowhere is not there",
    ]


def test_only_outermost_kustomizations_are_rendered() -> None:
    files = {**BASE, "a/kustomization.yaml": "resources: [../base]\n", "b/kustomization.yaml": "bases:\n- ../base\n",
             "c/kustomization.yaml": "resources:\n- ../a\n"}  # fmt: skip
    side = Workspace(change_set({}, files).after, "after")
    assert [r.root for r in rendered(side, ["base/web.yaml"])] == ["b", "c"]
    assert [r.root for r in rendered(side, ["elsewhere.yaml"])] == []


TREES = st.recursive(
    st.none() | st.integers() | st.sampled_from(["a", "delete", "replace"]),
    lambda kids: (
        st.lists(kids, max_size=3)
        | st.dictionaries(st.sampled_from(["containers", "name", "$patch", "env", "x"]), kids, max_size=3)
    ),
)


def _value(tree: object) -> Value:
    if isinstance(tree, dict):
        return Value({key: _value(below) for key, below in tree.items()})
    return Value(tuple(_value(e) for e in tree)) if isinstance(tree, list) else Value(tree)  # type: ignore[arg-type]


@settings(max_examples=100, deadline=None)
@given(TREES, TREES)
def test_any_patch_fits_any_object(base: object, patch: object) -> None:
    merged(_value(base), _value(patch))
    operations = [{"op": op, "path": path, "value": patch} for op in ("add", "remove") for path in ("/x/0", "/-", "x")]
    patched(_value(base), [_value(o) for o in operations])


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["resources", "patches", "labels", "replicas", "namespace", "namePrefix",
                                        "components", "configMapGenerator", "kind"]), TREES, max_size=4))  # fmt: skip
def test_odd_kustomizations_never_raise(tree: object) -> None:
    files = {"k/kustomization.yaml": yaml.safe_dump(tree), "k/web.yaml": WEB}
    side = Workspace(change_set({}, files).after, "after")
    list(rendered(side, sorted(files)))
