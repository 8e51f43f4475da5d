"""Change sets as plans: alone, and beside the template that they are of."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.errors import SourceError
from blastlint.model import Impact, Report
from blastlint.resolve.plans import plan_of
from blastlint.sources.memory import change_set
from blastlint.sources.plan import parse_plan

RULES = shipped_rules()


def resource(action: str, name: str, type_: str, **more: object) -> dict[str, object]:
    change = {"Action": action, "LogicalResourceId": name, "ResourceType": type_, **more}
    return {"Type": "Resource", "ResourceChange": change}


def detail(name: str, recreation: str, source: str = "DirectModification", cause: str = "") -> dict[str, object]:
    target = {"Attribute": "Properties", "Name": name, "RequiresRecreation": recreation}
    return {"Target": target, "ChangeSource": source, **({"CausingEntity": cause} if cause else {})}


def told(*changes: dict[str, object], **more: object) -> bytes:
    return json.dumps({"ChangeSetName": "c", "StackName": "shop-prod", "Changes": changes, **more}).encode()


def checked(data: bytes, before: dict[str, str] | None = None, after: dict[str, str] | None = None) -> Report:
    changed = change_set(before or {}, after or {})
    return pipeline.check(replace(changed, plans=(parse_plan("cs.json", data),)), RULES)


def resources(report: Report) -> dict[str, Impact]:
    return {i.change.address: i for i in report.impacts if i.change.kind == "cloudformation.resource"}


ENCRYPTED = detail("StorageEncrypted", "Always")
CHANGES = told(
    resource("Modify", "Db", "AWS::RDS::DBInstance", Replacement="True", Details=[ENCRYPTED, detail("Tags", "Never")]),
    resource("Modify", "Fn", "AWS::Lambda::Function", Replacement="False", Details=[detail("Timeout", "Never")]),
    resource("Modify", "Copy", "AWS::RDS::DBInstance", Replacement="Conditional",
             Details=[detail("SourceDBInstanceIdentifier", "Conditionally", "ResourceReference", "Db")]),
    resource("Remove", "Kept", "AWS::DynamoDB::Table", PolicyAction="Retain"),
    resource("Remove", "Old", "AWS::DynamoDB::Table", PolicyAction="Delete"),
    resource("Add", "New", "AWS::SQS::Queue"),
    resource("Import", "Taken", "AWS::S3::Bucket"),
    resource("Dynamic", "Module", "AWS::SNS::Topic"),
)  # fmt: skip


def test_alone_its_effects_are_those_that_it_tells() -> None:
    found = {address: (i.effect, i.cause, i.confidence) for address, i in resources(checked(CHANGES)).items()}
    assert found == {
        "shop-prod:Db": ("replace", "direct", "high"),
        "shop-prod:Fn": ("in-place", "direct", "high"),
        "shop-prod:Copy": ("replace", "cascade", "medium"),
        "shop-prod:Kept": ("forget", "direct", "high"),
        "shop-prod:Old": ("destroy", "direct", "high"),
        "shop-prod:New": ("create", "direct", "high"),
        "shop-prod:Taken": ("no-op", "direct", "high"),
        "shop-prod:Module": ("unknown", "direct", "low"),
    }
    impacts = resources(checked(CHANGES))
    assert impacts["shop-prod:Db"].replace_paths == ("Properties.StorageEncrypted",)
    assert impacts["shop-prod:Copy"].change.explained_by == "shop-prod:Db"
    assert {i.change.evidence for i in impacts.values()} == {"plan"}


def test_what_it_tells_of_values_is_compared() -> None:
    on, off = (json.dumps({"Properties": {"DeletionProtection": value}}) for value in ("true", "false"))
    change = resource(
        "Modify", "Db", "AWS::RDS::DBInstance", Replacement="False", BeforeContext=on, AfterContext=off, Details=[]
    )
    assert [(f.rule_id, f.address) for f in checked(told(change)).findings] == [("GRD001", "shop-prod:Db")]


BEFORE = """\
Resources:
  Db: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres, StorageEncrypted: false}}
  Kept: {Type: AWS::DynamoDB::Table}
  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: a}}
"""
AFTER = """\
Resources:
  Db: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres, StorageEncrypted: true}}
  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: b}}
"""


def test_beside_source_it_confirms_and_corrects() -> None:
    data = told(
        resource("Modify", "Db", "AWS::RDS::DBInstance", Replacement="True", Details=[ENCRYPTED]),
        resource("Remove", "Kept", "AWS::DynamoDB::Table", PolicyAction="Retain"),
    )
    other = BEFORE.replace("Db", "Other")
    report = checked(data, {"stack.yaml": BEFORE, "other.yaml": other}, {"stack.yaml": AFTER, "other.yaml": other})
    found = {address: (i.effect, i.foreseen, i.change.evidence) for address, i in resources(report).items()}
    assert found == {
        "stack.yaml:Db": ("replace", "replace", "plan"),
        "stack.yaml:Kept": ("forget", "destroy", "plan"),
        "stack.yaml:Q": ("no-op", "replace", "plan"),
    }
    assert [(f.rule_id, f.address, f.severity) for f in report.findings] == [
        ("RES003", "stack.yaml:Db", "critical")]  # fmt: skip
    (note,) = [n.message for n in report.notifications if n.id == "plan-compared"]
    assert note.startswith("the plan confirms 1 of 3 effects")


def test_of_another_stack_it_stands_for_itself() -> None:
    data = told(resource("Remove", "Elsewhere", "AWS::DynamoDB::Table", PolicyAction="Delete"))
    assert set(resources(checked(data, {"stack.yaml": BEFORE}, {"stack.yaml": AFTER}))) == {
        "shop-prod:Elsewhere", "stack.yaml:Db", "stack.yaml:Kept", "stack.yaml:Q"}  # fmt: skip


def test_a_page_of_several_is_a_part() -> None:
    report = checked(told(resource("Add", "New", "AWS::SQS::Queue"), NextToken="x"))
    assert "only the first page of the change set" in [n.message for n in report.notifications]


@pytest.mark.parametrize("content", [{"ChangeSetName": "c"}, {"ChangeSetName": "c", "Changes": {}}])
def test_what_is_no_change_set_is_said(content: object) -> None:
    with pytest.raises(SourceError):
        plan_of(parse_plan("cs.json", json.dumps(content).encode()))


ODD = st.recursive(
    st.none() | st.booleans() | st.sampled_from(["Modify", "True", "x", "/a/0"]),
    lambda kids: (
        st.lists(kids, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Details", "Target", "Path", "LogicalResourceId", "Action", "Replacement"]), kids
        )
    ),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None)
@given(ODD, ODD)
def test_odd_change_sets_never_crash(change: object, rest: object) -> None:
    data = json.dumps({"ChangeSetId": rest, "StackName": rest, "Changes": [{"ResourceChange": change}]}).encode()
    with suppress(SourceError):
        checked(data)
