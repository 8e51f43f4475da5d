"""One cause, one fact: removals, replacements, renames, shifts, and who carries them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from blastlint.enrich.lifecycle import bindings
from blastlint.model import Entity, Fact, Impact, Region
from tests.effects.made import context, impacts, other, ref, resource


def facts(found: tuple[Impact, ...]) -> dict[str, list[Fact]]:
    return {i.change.address: list(i.facts) for i in found if i.facts}


def named(found: tuple[Impact, ...]) -> dict[str, list[str]]:
    return {
        address: [f"{f.name} {f.fields.get('scope', '')}".strip() for f in fs] for address, fs in facts(found).items()
    }


KEEP = resource("aws_sns_topic.keep", name="keep")


def test_all_instances_of_a_block_are_one_removal() -> None:
    three = [resource(f'aws_s3_bucket.b["{k}"]', repetition="for_each", bucket=k) for k in "abc"]
    found = facts(impacts([*three, KEEP], [KEEP]))
    (fact,) = found.pop('aws_s3_bucket.b["a"]')
    assert found == {}
    assert (fact.name, fact.fields["scope"], fact.fields["count"], fact.fields["stateful_count"]) == (
        "removal",
        "resource",
        3,
        1,
    )
    assert [r.address for r in fact.related] == ['aws_s3_bucket.b["b"]', 'aws_s3_bucket.b["c"]']


def test_an_instance_of_a_block_that_stays() -> None:
    two = [resource(f'aws_s3_bucket.b["{k}"]', repetition="for_each", bucket=k) for k in "ab"]
    assert named(impacts(two, two[:1])) == {'aws_s3_bucket.b["b"]': ["removal instance"]}


def test_a_removed_module_stands_for_what_is_in_it() -> None:
    call = other("module", "module.db", "./db")
    inside = [resource("module.db.aws_db_instance.i"), resource("module.db.aws_iam_role.r", name="r")]
    found = facts(impacts([call, *inside, KEEP], [KEEP]))
    (fact,) = found.pop("module.db")
    assert found == {}
    assert (fact.fields["scope"], fact.fields["count"], fact.fields["stateful"]) == ("module", 2, "data")


def test_a_deleted_file_rolls_up_but_hides_no_database() -> None:
    before = [
        resource("aws_db_instance.d"),
        resource("aws_iam_role.r", name="r"),
        resource("aws_vpc.v", cidr_block="10.0.0.0/16"),
    ]
    kept = [Entity(**{f: getattr(KEEP, f) for f in KEEP.__slots__})]
    found = named(impacts([*before, *kept], kept, files={"other.tf": ""}))
    assert found == {"aws_db_instance.d": ["removal resource"], "aws_iam_role.r": ["removal file"]}


def test_a_configuration_that_is_gone() -> None:
    before = [
        resource("aws_db_instance.d"),
        resource("aws_iam_role.r"),
        resource("aws_vpc.v"),
        resource("aws_subnet.s"),
    ]
    found = named(impacts(before, []))
    assert found == {"aws_db_instance.d": ["removal resource"], "aws_subnet.s": ["removal configuration"]}


def test_what_still_refers_to_a_removed_one_is_related() -> None:
    user = resource("aws_instance.i", ami="a", subnet_id=ref("aws_subnet.s.id"))
    (fact,) = facts(impacts([resource("aws_subnet.s"), user], [user]))["aws_subnet.s"]
    assert fact.fields["referenced"] is True
    assert [(r.message, r.address) for r in fact.related] == [("still refers to it", "aws_instance.i")]


def test_a_rename_takes_the_place_of_a_removal() -> None:
    body = {"bucket": "orders", "force_destroy": False}
    found = facts(impacts([resource("aws_s3_bucket.a", **body), KEEP], [resource("aws_s3_bucket.b", **body), KEEP]))
    (fact,) = found.pop("aws_s3_bucket.a")
    assert found == {}
    assert (fact.name, fact.fields["to"], fact.fields["similarity"], fact.fields["ambiguous"]) == (
        "rename",
        "aws_s3_bucket.b",
        1.0,
        False,
    )


def test_renames_are_paired_best_first_and_say_when_they_are_not_sure() -> None:
    old = [resource(f"aws_sqs_queue.{n}", delay_seconds=5, message_retention_seconds=60) for n in ("red", "blue")]
    new = [
        resource(f"aws_sqs_queue.{n}", delay_seconds=5, message_retention_seconds=60)
        for n in ("blue_queue", "red_queue")
    ]
    found = facts(impacts([*old, KEEP], [*new, KEEP]))
    assert {a: (f[0].fields["to"], f[0].fields["ambiguous"]) for a, f in found.items()} == {
        "aws_sqs_queue.red": ("aws_sqs_queue.red_queue", True),
        "aws_sqs_queue.blue": ("aws_sqs_queue.blue_queue", True),
    }


def test_unlike_bodies_are_no_rename() -> None:
    old, new = (
        resource("aws_s3_bucket.a", bucket="a"),
        resource("aws_s3_bucket.b", bucket_prefix="x", force_destroy=True),
    )
    assert named(impacts([old, KEEP], [new, KEEP])) == {"aws_s3_bucket.a": ["removal resource"]}


def test_followers_are_related_to_the_replaced_root_unless_they_hold_state() -> None:
    def stack(cidr: str) -> list[Entity]:
        return [
            resource("aws_vpc.v", cidr_block=cidr),
            resource("aws_subnet.s", vpc_id=ref("aws_vpc.v.id")),
            resource("aws_efs_file_system.f", creation_token=ref("aws_vpc.v.id")),
        ]

    found = facts(impacts(stack("10.0.0.0/16"), stack("10.1.0.0/16")))
    (root,) = found.pop("aws_vpc.v")
    assert {r.address for r in root.related} == {"aws_subnet.s", "aws_efs_file_system.f"}
    assert (root.fields["paths"], root.fields["followers"], root.fields["certain"]) == (("cidr_block",), 2, True)
    (state,) = found.pop("aws_efs_file_system.f")
    assert state.fields["because"] == "aws_vpc.v"
    assert found == {}


def test_dependents_are_the_blast_radius() -> None:
    def stack(cidr: str) -> list[Entity]:
        return [
            resource("aws_vpc.v", cidr_block=cidr),
            resource("aws_subnet.s", vpc_id=ref("aws_vpc.v.id")),
            resource("aws_instance.i", subnet_id=ref("aws_subnet.s.id")),
        ]

    found = {i.change.address: i for i in impacts(stack("10.0.0.0/16"), stack("10.1.0.0/16"))}
    assert [r.address for r in found["aws_vpc.v"].dependents] == ["aws_subnet.s", "aws_instance.i"]
    assert found["aws_instance.i"].dependents == ()


def test_a_shifted_list_is_one_fact() -> None:
    def buckets(*names: str) -> list[Entity]:
        return [resource(f"aws_s3_bucket.b[{n}]", repetition="count", bucket=name) for n, name in enumerate(names)]

    found = facts(impacts(buckets("a", "b", "c"), buckets("b", "c")))
    (fact,) = found.pop("aws_s3_bucket.b[0]")
    assert found == {}
    assert (fact.name, fact.fields["what"], fact.fields["count"]) == ("shift", "index-shift", 3)
    assert named(impacts(buckets("a", "b"), buckets("a"))) == {"aws_s3_bucket.b[1]": ["removal instance"]}
    assert named(impacts(buckets("a", "b"), buckets("a", "c"))) == {"aws_s3_bucket.b[1]": ["replacement"]}


def test_bindings() -> None:
    def found(before: Entity, after: Entity) -> list[tuple[object, ...]]:
        known = context([before, KEEP], [after, KEEP])
        (change,) = [c for c in known.changes if c.kind == before.kind]
        return [(f.fields["what"], f.fields["strength"], f.path) for f in bindings.facts(change, known)]

    def backend(**arguments: object) -> Entity:
        return other("backend", "terraform.backend", "s3", **arguments)

    assert found(backend(key="a"), backend(key="b")) == [("backend", "key-changed", "key")]
    assert found(backend(key="a"), backend(key="a", encrypt=True)) == []
    assert found(backend(key="a", dynamodb_table="l"), backend(key="a")) == [("backend", "lock", "dynamodb_table")]

    def provider(**arguments: object) -> Entity:
        return other("provider", "provider.aws", "aws", **arguments)

    assert found(provider(region="a"), provider(region="b")) == [("provider-region", "moved", "region")]
    assert found(provider(region="a"), provider(region="a", max_retries=3)) == []


def removal(before: list[Entity], after: list[Entity], address: str) -> dict[str, object]:
    (fact,) = facts(impacts(before, after))[address]
    return dict(fact.fields)


@pytest.mark.parametrize(
    ("source", "name", "hidden"),
    [
        ("cloudposse/label/null", "database", "other"),
        ("cloudposse/stack-config/yaml//modules/remote-state", "s3_bucket", "other"),
        ("terraform-aws-modules/rds-aurora/aws", "main", "data"),
        ("git::https://example.com/terraform.git//things?ref=v1", "orders_db", "data"),
        ("cloudposse/ec2-instance/aws", "proxy", "other"),
        ("cloudposse/cloudfront-s3-cdn/aws//modules/lambda-edge", "redirect", "other"),
    ],
)
def test_of_a_module_that_cannot_be_read_its_names_speak(source: str, name: str, hidden: str) -> None:
    call = replace(other("module", f"module.{name}", source), name=name)
    found = removal([call, KEEP], [KEEP], f"module.{name}")
    assert (found["scope"], found["hidden"], found["count"]) == ("module", hidden, 0)


def test_a_module_with_resources_hides_nothing() -> None:
    before = [other("module", "module.db", "./db"), resource("module.db.aws_iam_role.r", name="r"), KEEP]
    assert removal(before, [KEEP], "module.db")["hidden"] == ""


def test_a_configuration_of_nothing_but_calls_goes_as_one() -> None:
    calls = [
        replace(other("module", f"module.{name}", f"some/{name}/aws"), region=Region("before", "main.tf", line))
        for line, name in enumerate(("vpc", "eks", "label"), 1)
    ]
    assert named(impacts(calls, [])) == {"module.vpc": ["removal configuration"]}


def test_what_refers_to_a_block_that_stays_may_refer_to_the_instance_that_stays() -> None:
    two = [resource(f'aws_sns_topic.t["{k}"]', repetition="for_each", name=k) for k in "ab"]
    user = resource("aws_sns_topic_policy.p", arn=ref("aws_sns_topic.t.arn"))
    assert removal([*two, user], [two[0], user], 'aws_sns_topic.t["b"]')["referenced"] is False


def test_from_one_to_for_each_is_a_shift() -> None:
    before = [resource("aws_sns_topic.t", name="a")]
    after = [resource('aws_sns_topic.t["a"]', repetition="for_each", name="a")]
    (fact,) = facts(impacts(before, after))["aws_sns_topic.t"]
    assert (fact.name, fact.fields["what"]) == ("shift", "single-to-for_each")
