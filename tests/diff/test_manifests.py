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


STACK = """Resources:
  Data:
    Type: AWS::S3::Bucket
    Properties: {{BucketName: {bucket}}}
  Role:
    Type: AWS::IAM::Role
"""


def resources(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, Action]]:
    impacts = pipeline.check(change_set(before, after), ()).impacts
    return sorted((i.change.address, i.change.action) for i in impacts if i.change.kind == "cloudformation.resource")


def test_resources_go_with_their_template() -> None:
    before = {"stacks/store.yml": STACK.format(bucket="a")}
    assert resources(before, {"live/store.yaml": STACK.format(bucket="b")}) == [
        ("live/store.yaml:Data", "modified"),
        ("live/store.yaml:Role", "moved"),
    ]


def test_a_template_that_stays_has_not_moved() -> None:
    rest = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n"
    found = resources(
        {"a.yaml": STACK.format(bucket="a") + rest[11:]}, {"a.yaml": rest, "b.yaml": STACK.format(bucket="b")}
    )
    assert ("a.yaml:Data", "removed") in found


def test_what_cannot_be_read_is_not_gone() -> None:
    broken = "a: [\n---\n" + claim("other")
    assert acts({"a.yaml": claim() + "---\n" + claim("other")}, {"a.yaml": broken}) == []
    assert acts({"a.yaml": broken}, {"a.yaml": "# nothing\n"}) == [("core/PersistentVolumeClaim/-/other", "removed")]
    text = '{"Resources": {"Data": {"Type": "AWS::S3::Bucket"}}}'
    assert resources({"a.json": text}, {"a.json": '{"Resources": {'}) == []
    assert resources({"a.json": text}, {"a.json": '{"Resources": {}}'}) == [("a.json:Data", "removed")]


def test_a_document_that_became_one_computed_value_is_not_gone() -> None:
    assert acts({"templates/a.yaml": claim()}, {"templates/a.yaml": '{{ include "claim" . }}\n'}) == []


def test_a_stack_outlives_its_template() -> None:
    def effects(after: dict[str, str]) -> set[str]:
        report = pipeline.check(change_set({"a.yaml": STACK.format(bucket="a")}, after), ())
        return {i.effect for i in report.impacts if i.change.kind == "cloudformation.resource"}

    assert effects({}) == {"orphan"}
    assert effects({"a.yaml": "Resources: {}\n"}) == {"destroy"}
