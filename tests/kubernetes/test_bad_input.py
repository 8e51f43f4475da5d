"""What cannot be read or worked out of manifests: each with what is said of it, and with nothing made up."""

from __future__ import annotations

from collections.abc import Mapping

from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.model import Report
from blastlint.sources.memory import change_set

CLAIM = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: %s}\nspec: {resources: {requests: {storage: 1Gi}}}\n"
WEB = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: %s}\n"


def check(before: Mapping[str, str], after: Mapping[str, str]) -> Report:
    return pipeline.check(change_set(before, after), shipped_rules())


def effects(report: Report) -> dict[str, str]:
    return {
        i.change.address: i.effect
        for i in report.impacts
        if i.change.kind == "kubernetes.object" and i.effect != "no-op"
    }


def told(report: Report) -> list[tuple[str, str]]:
    return [(f.rule_id, f.address) for f in report.findings]


def unread(report: Report) -> set[tuple[str, int, str]]:
    return {(n.path, n.line, n.message.partition(": ")[2]) for n in report.notifications if n.incomplete}


def test_one_document_of_a_stream_cannot_be_read() -> None:
    """Its neighbours are compared; what stood in it is not said to be gone."""
    before = "---\n".join((CLAIM % "one", CLAIM % "two", WEB % 3))
    after = "---\n".join((CLAIM % "one", "kind: [\n", WEB % 0))
    report = check({"k.yaml": before}, {"k.yaml": after})
    assert effects(report) == {"apps/Deployment/-/web": "in-place"}
    assert told(report) == [("CAP001", "apps/Deployment/-/web"), ("POL004", "k.yaml")]
    assert {(path, line) for path, line, _ in unread(report)} == {("k.yaml", 7)}


def test_a_document_that_is_gone_beside_one_that_cannot_be_read_may_be_in_it() -> None:
    before = "---\n".join((CLAIM % "one", CLAIM % "two"))
    assert effects(check({"k.yaml": before}, {"k.yaml": CLAIM % "one" + "---\nkind: [\n"})) == {}
    assert effects(check({"k.yaml": before}, {"k.yaml": CLAIM % "one"})) == {"core/PersistentVolumeClaim/-/two": "destroy"}


def test_of_a_key_that_is_given_twice_the_last_one_counts() -> None:
    twice = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 3\n  replicas: 0\n"
    report = check({"k.yaml": WEB % 3}, {"k.yaml": twice})
    assert told(report) == [("CAP001", "apps/Deployment/-/web"), ("CFG011", "k.yaml")]
    assert report.findings[0].after is not None and report.findings[0].after.start_line == 6
    assert told(check({"k.yaml": WEB % 0}, {"k.yaml": twice})) == [("CFG011", "k.yaml")]


def test_an_object_that_is_declared_twice_loses_one_of_its_declarations() -> None:
    both = CLAIM % "data" + "---\n" + CLAIM % "data"
    report = check({"k.yaml": both}, {"k.yaml": CLAIM % "data"})
    assert effects(report) == {} and told(report) == []


def test_a_base_that_is_not_there_may_hold_what_is_missing() -> None:
    before = {"k/kustomization.yaml": "resources: [claim.yaml]\n", "k/claim.yaml": CLAIM % "data"}
    report = check(before, {"k/kustomization.yaml": "resources: [../nowhere]\n", "k/claim.yaml": CLAIM % "data"})
    assert effects(report) == {} and told(report) == [("POL004", "k/kustomization.yaml")]
    assert unread(report) == {("k/kustomization.yaml", 0, "../nowhere is not there")}


def test_a_remote_base_may_hold_what_is_missing() -> None:
    remote = "https://example.invalid/base?ref=v1"
    before = {"k/kustomization.yaml": "resources: [claim.yaml]\n", "k/claim.yaml": CLAIM % "data"}
    report = check(before, {"k/kustomization.yaml": f"resources: ['{remote}']\n"})
    assert effects(report) == {} and told(report) == [("POL004", "k/kustomization.yaml")]
    assert unread(report) == {("k/kustomization.yaml", 0, f"the remote base {remote} is not fetched")}


def test_a_remote_base_does_not_hide_what_is_written_here() -> None:
    before = {"k/kustomization.yaml": "resources: ['github.com/a/b?ref=1', web.yaml]\n", "k/web.yaml": WEB % 3}
    report = check(before, {**before, "k/web.yaml": WEB % 0})
    assert effects(report) == {"apps/Deployment/-/web": "in-place"}
    assert told(report) == [("CAP001", "apps/Deployment/-/web")]


def test_kustomizations_that_take_each_other_in_end() -> None:
    circle = {"a/kustomization.yaml": "resources: [../b, web.yaml]\n", "b/kustomization.yaml": "resources: [../a]\n"}
    report = check({**circle, "a/web.yaml": WEB % 3}, {**circle, "a/web.yaml": WEB % 0})
    assert told(report) == [("CAP001", "apps/Deployment/-/web")]
    own = {"a/kustomization.yaml": "resources: [., web.yaml]\n"}
    report = check({**own, "a/web.yaml": WEB % 3}, {**own, "a/web.yaml": WEB % 0})
    assert told(report) == [("CAP001", "apps/Deployment/-/web")]


def test_a_kind_that_a_template_computes_is_the_same_object() -> None:
    chart = {"c/Chart.yaml": "name: c\n"}
    head = "apiVersion: apps/v1\nkind: {{ .Values.kind }}\n"
    template = head + "metadata:\n  name: {{ .Release.Name }}\nspec:\n  replicas: %s\n"
    before, after = ({**chart, "c/templates/w.yaml": template % n} for n in (3, 0))
    report = check(before, after)
    assert effects(report) == {"apps/{{ .Values.kind }}/-/{{ .Release.Name }}": "in-place"}
    other = {**chart, "c/templates/w.yaml": (template % 3).replace(".Values.kind", ".Values.workload.kind")}
    assert "destroy" not in effects(check(before, other)).values()


def test_a_kind_that_the_values_tell_is_known() -> None:
    chart = {"c/Chart.yaml": "name: c\n", "c/values.yaml": "kind: StatefulSet\n"}
    template = "apiVersion: apps/v1\nkind: {{ .Values.kind }}\nmetadata:\n  name: db\nspec:\n  replicas: %s\n"
    before, after = ({**chart, "c/templates/w.yaml": template % n} for n in (3, 0))
    assert told(check(before, after)) == [("CAP001", "apps/StatefulSet/-/db")]
