"""The same object in another file, however edited, is the same object."""

from __future__ import annotations

from blastlint import pipeline
from blastlint.model import Action
from blastlint.sources.memory import change_set

CLAIM = """apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {name}
spec:
  resources:
    requests: {{storage: {size}}}
"""


def claim(name: str = "data", size: str = "10Gi") -> str:
    return CLAIM.format(name=name, size=size)


def acts(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, Action]]:
    report = pipeline.check(change_set(before, after), ())
    return [(i.change.address, i.change.action) for i in report.impacts if i.change.kind == "kubernetes.object"]


def test_moved_and_edited_is_modified() -> None:
    before, after = {"a/all.yaml": claim()}, {"b/claims/data.yaml": claim(size="20Gi")}
    assert acts(before, after) == [("core/PersistentVolumeClaim/-/data", "modified")]


def test_moved_unedited_is_moved() -> None:
    before, after = {"a/all.yaml": claim() + "---\n" + claim("x")}, {"b/data.yaml": claim(), "a/all.yaml": claim("x")}
    assert acts(before, after) == [("core/PersistentVolumeClaim/-/data", "moved")]


def test_another_name_is_another_object() -> None:
    found = acts({"a.yaml": claim()}, {"a.yaml": claim("other", "1Gi")})
    assert sorted(found) == [
        ("core/PersistentVolumeClaim/-/data", "removed"),
        ("core/PersistentVolumeClaim/-/other", "added"),
    ]


def test_one_overlay_of_two_is_removed() -> None:
    both = {"dev/a.yaml": claim(), "prod/a.yaml": claim()}
    assert acts(both, {"dev/a.yaml": claim()}) == [("core/PersistentVolumeClaim/-/data", "removed")]


def test_a_computed_name_written_another_way_is_not_gone() -> None:
    before = {"templates/a.yaml": claim("{{ .Values.release_name }}")}
    after = {"templates/a.yaml": "{{- $name := .Values.release_name }}\n" + claim("{{ $name }}")}
    assert [action for _, action in acts(before, after)] == ["modified"]
    assert [action for _, action in acts(before, {"templates/a.yaml": "# nothing\n"})] == ["removed"]
