"""Resources that programs declare: what is read of them, on which side of the file whatever it says."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint import pipeline
from blastlint.model import Entity
from blastlint.parse.workspace import Workspace
from blastlint.resolve.programs import entities
from blastlint.sources.memory import MemoryTree, change_set

CDK = """
import * as rds from 'aws-cdk-lib/aws-rds';
new rds.DatabaseInstance(this, 'Orders', {
  deletionProtection: true,  // a comment
  backupRetention: cdk.Duration.days(14),
  removalPolicy: cdk.RemovalPolicy.RETAIN,
  instanceType: size,
  tags: ['a', `b`, 3],
});
new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects('*')] });
"""
PULUMI = """
import pulumi_aws as aws
aws.rds.Instance("orders", deletion_protection=True, name=f"{stack}-orders", timeout=1.5,
                 opts=pulumi.ResourceOptions(protect=True, aliases=[old]))
aws.rds.Instance("orders")
helper("orders", deletion_protection=True)
"""
YAML = """
name: shop
runtime: yaml
resources:
  orders:
    type: aws:rds/instance:Instance
    properties: {deletionProtection: true, backupRetentionPeriod: 7}
    options: {protect: true}
"""


def read(path: str, text: str) -> list[Entity]:
    return list(entities(Workspace(MemoryTree({path: text.encode()}), "after"), [path]))


def said(entity: Entity) -> dict[str, object]:
    return {path: value.scalar if value.known else value.text for path, value in entity.attributes.leaves()}


def test_a_construct() -> None:
    orders, policy = read("lib/data.ts", CDK)
    assert (orders.address, orders.kind) == ("rds.DatabaseInstance.Orders", "program.resource")
    assert orders.type == "rds.DatabaseInstance"
    assert said(orders) == {
        "deletion_protection": True,
        "backup_retention": "14 days",
        "removal_policy": "RETAIN",
        "instance_type": "size",
        "tags[0]": "a",
        "tags[1]": "b",
        "tags[2]": 3,
    }
    assert orders.header is not None and orders.header.start_line == 3
    protection = orders.attributes.items["deletion_protection"].region
    assert protection is not None and (protection.start_line, protection.start_column) == (4, 23)
    assert said(policy) == {
        "Statement[0].Action[0]": "s3:GetObject",
        "Statement[0].Resource[0]": "bucket.arnForObjects('*')",
        "Statement[0].Effect": "Allow",
    }


def test_a_resource_with_options_of_the_tool() -> None:
    first, second = read("__main__.py", PULUMI)
    assert (first.address, second.address) == ("rds.Instance.orders", "rds.Instance.orders:2")
    assert said(first) == {
        "deletion_protection": True,
        "name": 'f"{stack}-orders"',
        "timeout": 1.5,
        "protect": True,
        "aliases[0]": "old",
    }


def test_a_resource_of_a_file() -> None:
    (orders,) = read("infra/Pulumi.yaml", YAML)
    assert (orders.address, orders.type) == ("rds.Instance.orders", "rds.Instance")
    assert said(orders) == {"deletion_protection": True, "backup_retention_period": 7, "protect": True}


def test_a_program_without_such_a_library_declares_nothing() -> None:
    assert read("shop.py", 'Order("x", protect=True)\n') == []


@settings(max_examples=60)
@given(st.sampled_from((("a.ts", CDK), ("__main__.py", PULUMI), ("Pulumi.yaml", YAML))), st.data())
def test_whatever_the_file_says(named: tuple[str, str], data: st.DataObject) -> None:
    path, text = named
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    torn = text[:start] + data.draw(st.sampled_from(("", "{", "(", "'", "\0", "é", "aws.X('"))) + text[end:]
    read(path, torn)


def test_moving_it_to_another_file_says_nothing() -> None:
    report = pipeline.check(change_set({"a.ts": CDK}, {"b/c.ts": CDK.replace("\nnew rds", "\n\n\nnew rds")}), ())
    assert {i.change.action for i in report.impacts if i.change.kind == "program.resource"} <= {"moved"}
