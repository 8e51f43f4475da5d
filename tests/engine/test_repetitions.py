"""One cause, one finding: what a rule says of many things alike is said once, with the others beside it."""

from __future__ import annotations

from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.model import Finding
from blastlint.sources.memory import change_set


def _found(before: dict[str, str], after: dict[str, str], *ids: str) -> list[Finding]:
    rules = [rule for rule in shipped_rules() if rule.id in ids]
    return list(pipeline.check(change_set(before, after), rules).findings)


def _stacks(count: int, size: str, *more: str) -> dict[str, str]:
    """Templates that differ in more than the one edit, so that no two had the same change."""
    machine = "Resources:\n  Web:\n    Type: AWS::EC2::Instance\n    Properties: {{InstanceType: {}, UserData: {}}}\n"
    return {f"s{n}/t.yaml": machine.format(size, n * 7 if more else n) for n in range(count)}


def _releases(count: int) -> dict[str, str]:
    release = "apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata: {{name: r{0}}}\nspec: {{url: https://{0}}}\n"
    return {f"charts/r{n}.yaml": release.format(n) for n in range(count)} | {"charts/README.md": "charts\n"}


def test_many_alike_are_one() -> None:
    found = _found(_stacks(6, "m5.8xlarge"), _stacks(6, "t3.micro", "other"), "CAP002")
    assert [f.address for f in found] == ["s0/t.yaml:Web"]
    assert [r.address for r in found[0].related] == [f"s{n}/t.yaml:Web" for n in range(1, 6)]


def test_a_few_are_told_one_by_one() -> None:
    found = _found(_stacks(4, "m5.8xlarge"), _stacks(4, "t3.micro", "other"), "CAP002")
    assert [f.address for f in found] == [f"s{n}/t.yaml:Web" for n in range(4)]


def test_what_is_gone_together_is_one() -> None:
    found = _found(_releases(8), {"charts/README.md": "charts\n"}, "RES001")
    assert [(f.rule_id, len(f.related)) for f in found] == [("RES001", 7)]


def test_more_than_can_be_shown_are_counted() -> None:
    found = _found(_releases(80), {"charts/README.md": "charts\n"}, "RES001")
    assert [r.message for r in found[0].related][-1] == "and 30 more are"


def test_what_holds_data_is_told_one_by_one() -> None:
    claim = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {{name: c{0}}}\nspec: {{storageClassName: s}}\n"
    before = {f"c{n}.yaml": claim.format(n) for n in range(6)} | {"README.md": "x\n"}
    assert len(_found(before, {"README.md": "x\n"}, "RES002")) == 6
