"""What a plan would do, from entities: each case is one that the real Terraform decides so."""

from __future__ import annotations

import pytest

from blastlint.model import Entity, Value, unknown
from tests.effects.made import effects, impacts, moved, other, ref, resource

BUCKET = "aws_s3_bucket.logs"


def test_nothing_changes_when_nothing_differs() -> None:
    same = [resource("aws_instance.a", ami="ami-1", tags={"Name": "x"})]
    assert impacts(same, same) == ()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"bucket": "a"}, {"bucket": "b"}, "replace"),
        ({"bucket": "a", "tags": {"x": "1"}}, {"bucket": "a", "tags": {"x": "2"}}, "in-place"),
        ({"bucket": "a"}, {"bucket": "a", "force_destroy": False}, "no-op"),
        ({"bucket": "a"}, {"bucket": "a", "force_destroy": True}, "in-place"),
        ({"bucket": "a"}, {"bucket": "a", "lifecycle": {"prevent_destroy": True}}, "no-op"),
        (
            {"bucket": "a", "object_lock_enabled": True},
            {"bucket": "a"},
            "no-op",
        ),  # optional and computed: keeps its value
        (
            {"bucket": "a", "lifecycle": {"ignore_changes": ["bucket"]}},
            {"bucket": "b", "lifecycle": {"ignore_changes": ["bucket"]}},
            "no-op",
        ),
        (
            {"bucket": "a", "lifecycle": {"ignore_changes": ["all"]}},
            {"bucket": "b", "lifecycle": {"ignore_changes": ["all"]}},
            "no-op",
        ),
    ],
)
def test_arguments_of_a_bucket(before: dict[str, object], after: dict[str, object], expected: str) -> None:
    found = effects([resource(BUCKET, **before)], [resource(BUCKET, **after)])
    assert found.get(BUCKET, "no-op") == expected


def test_user_data_replaces_only_when_asked() -> None:
    def change(**more: object) -> dict[str, str]:
        address = "aws_instance.a"
        return effects([resource(address, user_data="x", **more)], [resource(address, user_data="y", **more)])

    assert change() == {"aws_instance.a": "in-place"}
    assert change(user_data_replace_on_change=True) == {"aws_instance.a": "replace"}


def test_prevent_destroy_blocks_a_replacement_and_a_shrinking_count_but_not_a_deleted_block() -> None:
    guard = {"prevent_destroy": True}
    (replaced,) = impacts(
        [resource(BUCKET, bucket="a", lifecycle=guard)], [resource(BUCKET, bucket="b", lifecycle=guard)]
    )
    assert (replaced.effect, replaced.blocked_by) == ("replace", "prevent_destroy")
    two = [resource(f"{BUCKET}[{n}]", repetition="count", lifecycle=guard) for n in range(2)]
    (shrunk,) = impacts(two, two[:1])
    assert (shrunk.effect, shrunk.blocked_by) == ("destroy", "prevent_destroy")
    (deleted,) = impacts(two[:1], [])
    assert (deleted.effect, deleted.blocked_by) == ("destroy", "")


def test_removed_block_forgets() -> None:
    removed = other("removed", f'removed["{BUCKET}"]', **{"from": BUCKET, "destroy": False})
    assert effects([resource(BUCKET)], [removed]) == {BUCKET: "forget"}
    destroying = other("removed", f'removed["{BUCKET}"]', **{"from": BUCKET, "destroy": True})
    assert effects([resource(BUCKET)], [destroying]) == {BUCKET: "destroy"}


def test_import_block_creates_nothing() -> None:
    imported = other("import", f'import["{BUCKET}"]', to=BUCKET, id="x")
    assert effects([], [resource(BUCKET), imported]) == {}


# --- moves -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "target", "old", "new"),
    [
        ("aws_s3_bucket.a", "aws_s3_bucket.b", "aws_s3_bucket.a", "aws_s3_bucket.b"),
        ("aws_s3_bucket.a", "module.m.aws_s3_bucket.a", "aws_s3_bucket.a", "module.m.aws_s3_bucket.a"),
        ("aws_s3_bucket.a", "aws_s3_bucket.b", 'aws_s3_bucket.a["x"]', 'aws_s3_bucket.b["x"]'),
        ("aws_s3_bucket.a[0]", 'aws_s3_bucket.a["x"]', "aws_s3_bucket.a[0]", 'aws_s3_bucket.a["x"]'),
        ("module.a", "module.b", "module.a.aws_s3_bucket.x", "module.b.aws_s3_bucket.x"),
        ("module.a", "module.b", 'module.a["k"].aws_s3_bucket.x', 'module.b["k"].aws_s3_bucket.x'),
        ("module.a", 'module.a["k"]', "module.a.aws_s3_bucket.x[1]", 'module.a["k"].aws_s3_bucket.x[1]'),
        (
            "module.a.aws_s3_bucket.x",
            "module.a.aws_s3_bucket.y",
            'module.a["k"].aws_s3_bucket.x',
            'module.a["k"].aws_s3_bucket.y',
        ),
    ],
)
def test_moved(source: str, target: str, old: str, new: str) -> None:
    (impact,) = [
        i for i in impacts([resource(old, bucket="x")], [resource(new, bucket="x"), moved(source, target)])
        if i.change.kind == "terraform.resource"
    ]  # fmt: skip
    change = impact.change
    assert (change.action, change.address, change.previous_address, impact.effect) == ("moved", new, old, "no-op")
    assert change.explained_by == "moved block"


def test_moved_in_a_chain_keeps_what_refers_to_it_unchanged() -> None:
    before = [resource("aws_vpc.a", cidr_block="10.0.0.0/16"), resource("aws_subnet.s", vpc_id=ref("aws_vpc.a.id"))]
    after = [resource("aws_vpc.c", cidr_block="10.0.0.0/16"), resource("aws_subnet.s", vpc_id=ref("aws_vpc.c.id"))]
    chain = [moved("aws_vpc.a", "aws_vpc.b"), moved("aws_vpc.b", "aws_vpc.c")]
    assert effects(before, [*after, *chain]) == {}
    assert effects(before, after) == {"aws_vpc.a": "destroy", "aws_vpc.c": "create", "aws_subnet.s": "replace"}


def test_a_move_onto_an_address_in_use_does_not_happen() -> None:
    before = [resource("aws_s3_bucket.a", bucket="a"), resource("aws_s3_bucket.b", bucket="b")]
    after = [resource("aws_s3_bucket.b", bucket="b"), moved("aws_s3_bucket.a", "aws_s3_bucket.b")]
    assert effects(before, after) == {"aws_s3_bucket.a": "destroy"}


def test_count_comes_and_goes() -> None:
    single, counted = resource(BUCKET, bucket="a"), resource(f"{BUCKET}[0]", bucket="a", repetition="count")
    user, user_counted = (resource("aws_s3_bucket_policy.p", bucket=ref(f"{a}.id")) for a in (BUCKET, f"{BUCKET}[0]"))
    assert effects([single, user], [counted, user_counted]) == {}
    assert effects([counted, user_counted], [single, user]) == {}
    keyed = resource(f'{BUCKET}["a"]', bucket="a", repetition="for_each")
    assert effects([single], [keyed]) == {BUCKET: "destroy", f'{BUCKET}["a"]': "create"}
    assert effects([counted], [keyed]) == {f"{BUCKET}[0]": "destroy", f'{BUCKET}["a"]': "create"}


def test_count_on_a_module_destroys() -> None:
    before, after = resource("module.m.aws_s3_bucket.a"), resource("module.m[0].aws_s3_bucket.a")
    assert effects([before], [after]) == {before.address: "destroy", after.address: "create"}


def test_an_element_taken_from_the_front_shifts_the_rest() -> None:
    def three(*names: str) -> list[Entity]:
        return [resource(f"{BUCKET}[{n}]", bucket=name, repetition="count") for n, name in enumerate(names)]

    assert effects(three("a", "b", "c"), three("b", "c")) == {
        f"{BUCKET}[0]": "replace",
        f"{BUCKET}[1]": "replace",
        f"{BUCKET}[2]": "destroy",
    }
    assert effects(three("a", "b", "c"), three("a", "b")) == {f"{BUCKET}[2]": "destroy"}


# --- cascades --------------------------------------------------------------------------------------------------------


def test_a_cascade_runs_to_its_end() -> None:
    def stack(cidr: str) -> list[Entity]:
        return [
            resource("aws_vpc.v", cidr_block=cidr),
            resource("aws_subnet.s", vpc_id=ref("aws_vpc.v.id"), cidr_block="10.0.1.0/24"),
            resource("aws_instance.i", ami="ami-1", subnet_id=ref("aws_subnet.s.id")),
            resource("aws_eip.e", instance=ref("aws_instance.i.id")),
            resource("aws_s3_bucket.other", bucket="x"),
        ]

    found = {i.change.address: i for i in impacts(stack("10.0.0.0/16"), stack("10.1.0.0/16"))}
    assert {a: (i.effect, i.cause) for a, i in found.items()} == {
        "aws_vpc.v": ("replace", "direct"),
        "aws_subnet.s": ("replace", "cascade"),
        "aws_instance.i": ("replace", "cascade"),
        "aws_eip.e": ("in-place", "cascade"),
    }
    assert found["aws_subnet.s"].replace_paths == ("vpc_id",)
    assert found["aws_instance.i"].change.explained_by == "aws_subnet.s"


def test_what_is_configured_stays_known_when_the_resource_is_replaced() -> None:
    def stack(lock: bool) -> list[Entity]:
        return [
            resource(BUCKET, bucket="name", object_lock_enabled=lock),
            resource("aws_s3_bucket_versioning.v", bucket=ref(f"{BUCKET}.bucket")),
            resource("aws_s3_bucket_acl.a", bucket=ref(f"{BUCKET}.id")),
        ]

    assert effects(stack(False), stack(True)) == {BUCKET: "replace", "aws_s3_bucket_acl.a": "replace"}


def test_a_data_source_is_read_later_when_what_it_reads_is_replaced() -> None:
    def stack(name: str) -> list[Entity]:
        return [
            resource(BUCKET, bucket=name),
            resource("data.aws_iam_policy_document.d", statement=[{"resources": [ref(f"{BUCKET}.arn")]}]),
            resource("aws_iam_policy.p", name="p", policy=ref("data.aws_iam_policy_document.d.json")),
        ]

    assert effects(stack("a"), stack("b")) == {BUCKET: "replace", "aws_iam_policy.p": "in-place"}


def test_a_data_source_that_asks_something_else_may_bring_another_answer() -> None:
    def stack(name: str) -> list[Entity]:
        return [
            resource("data.aws_ami.a", name_regex=name),
            resource("data.aws_iam_policy_document.d", statement=[{"actions": [name]}]),
            resource("aws_instance.i", ami=ref("data.aws_ami.a.id")),
            resource("aws_iam_policy.p", name="p", policy=ref("data.aws_iam_policy_document.d.json")),
        ]

    assert effects(stack("a"), stack("b")) == {"aws_instance.i": "replace?", "aws_iam_policy.p": "in-place"}


def test_depends_on_makes_a_data_source_late() -> None:
    def stack(tag: str) -> list[Entity]:
        return [
            resource("aws_s3_bucket.b", bucket="b", tags={"x": tag}),
            resource("data.aws_ami.a", depends_on=["aws_s3_bucket.b"]),
            resource("aws_instance.i", ami=ref("data.aws_ami.a.id")),
        ]

    assert effects(stack("1"), stack("2")) == {"aws_s3_bucket.b": "in-place", "aws_instance.i": "replace"}


def test_replace_triggered_by() -> None:
    def stack(tag: str, trigger: str) -> list[Entity]:
        return [
            resource(BUCKET, bucket="b", tags={"x": tag}),
            resource("terraform_data.t", lifecycle={"replace_triggered_by": [trigger]}),
        ]

    assert effects(stack("1", BUCKET), stack("2", BUCKET)) == {BUCKET: "in-place", "terraform_data.t": "replace"}
    assert effects(stack("1", f"{BUCKET}.tags"), stack("2", f"{BUCKET}.tags"))["terraform_data.t"] == "replace"
    assert effects(stack("1", f"{BUCKET}.id"), stack("2", f"{BUCKET}.id")) == {BUCKET: "in-place"}


def test_terraform_data() -> None:
    def data(**arguments: object) -> list[Entity]:
        return [resource("terraform_data.t", **arguments)]

    assert effects(data(input="a"), data(input="b")) == {"terraform_data.t": "in-place"}
    assert effects(data(triggers_replace="a"), data(triggers_replace="b")) == {"terraform_data.t": "replace"}


def test_the_output_of_terraform_data_follows_its_input() -> None:
    def stack(version: str) -> list[Entity]:
        return [
            resource("terraform_data.v", input=version),
            resource("aws_sqs_queue.q", lifecycle={"replace_triggered_by": ["terraform_data.v.output"]}),
            resource("terraform_data.w", triggers_replace=[ref("terraform_data.v.output")]),
            resource("terraform_data.x", triggers_replace=[ref("terraform_data.v.id")]),
        ]

    assert effects(stack("1"), stack("2")) == {
        "terraform_data.v": "in-place",
        "aws_sqs_queue.q": "replace",
        "terraform_data.w": "replace",
    }


def test_ignored_arguments_do_not_carry_a_cascade() -> None:
    def stack(cidr: str) -> list[Entity]:
        return [
            resource("aws_vpc.v", cidr_block=cidr),
            resource("aws_subnet.s", vpc_id=ref("aws_vpc.v.id"), lifecycle={"ignore_changes": ["vpc_id"]}),
        ]

    assert effects(stack("10.0.0.0/16"), stack("10.1.0.0/16")) == {"aws_vpc.v": "replace"}


def test_another_reference_replaces_for_sure_and_an_unknown_one_may() -> None:
    def instance(subnet: object) -> list[Entity]:
        return [
            resource("aws_instance.i", ami="a", subnet_id=subnet),
            resource("aws_subnet.a"),
            resource("aws_subnet.b"),
        ]

    assert effects(instance(ref("aws_subnet.a.id")), instance(ref("aws_subnet.b.id"))) == {"aws_instance.i": "replace"}
    assert effects(instance("subnet-1"), instance(ref("aws_subnet.b.id"))) == {"aws_instance.i": "replace?"}


def test_what_the_provider_had_chosen_may_be_what_is_now_written() -> None:
    before, after = {"ami": "a"}, {"ami": "a", "availability_zone": "eu-west-1a"}
    assert effects([resource("aws_instance.i", **before)], [resource("aws_instance.i", **after)]) == {
        "aws_instance.i": "replace?"
    }


def test_two_names_of_one_value_are_no_change() -> None:
    def stack(bucket: object) -> list[Entity]:
        return [resource(BUCKET, bucket="name"), resource("aws_s3_bucket_acl.a", bucket=bucket)]

    assert effects(stack("name"), stack(ref(f"{BUCKET}.id"))) == {}
    assert effects(stack("other"), stack(ref(f"{BUCKET}.id"))) == {"aws_s3_bucket_acl.a": "replace?"}


# --- providers -------------------------------------------------------------------------------------------------------


def test_a_changed_region_leaves_everything_behind() -> None:
    def stack(region: str) -> list[Entity]:
        return [other("provider", "provider.aws", "aws", region=region), resource(BUCKET, bucket="b")]

    assert effects(stack("eu-west-1"), stack("us-east-1")) == {BUCKET: "orphan"}


def test_a_changed_alias_leaves_behind_only_when_it_looks_elsewhere() -> None:
    def stack(alias: str, region: str) -> list[Entity]:
        return [
            other("provider", "provider.aws", "aws", region="eu-west-1"),
            other("provider", "provider.aws.west", "aws", region=region),
            resource(BUCKET, bucket="b", provider=alias),
        ]

    assert effects(stack("aws", "eu-west-1"), stack("aws.west", "eu-west-1")) == {}
    assert effects(stack("aws", "us-west-1"), stack("aws.west", "us-west-1")) == {BUCKET: "orphan"}


def template(text: str) -> Value:
    return unknown("not set", text, frozenset({"var.x", "var.y"}))


@pytest.mark.parametrize(
    ("before", "after", "expected", "confidence"),
    [
        (template('"${var.x}-logs"'), template('"${var.x}-trail"'), "replace", "high"),
        (template('"a-${var.x}"'), template('"b-${var.x}-c"'), "replace", "high"),  # no value of x makes them one
        (template('"${var.x}-a-${var.y}"'), template('"a-${var.y}-${var.x}-b"'), "replace", "high"),
        (template('"${var.x}-${var.y}"'), template('"${var.y}-${var.x}"'), "replace", "low"),
        (template('"a${var.x}"'), template('"${var.x}a"'), "replace", "low"),
        (template('"a-${f({x = var.x})}"'), template('"b-${f({x = var.x})}"'), "replace", "low"),
        (template('"${var.x}-logs"'), template('"${var.y}-logs"'), "replace", "low"),
        (template("var.x"), template("lookup(var.y, var.x, var.x)"), "replace", "low"),
        (Value("a"), template("var.x"), "replace", "medium"),
        (template("var.x"), None, "replace", "medium"),
    ],
)
def test_how_sure_a_replacement_is(before: Value, after: Value | None, expected: str, confidence: str) -> None:
    address = "aws_sqs_queue.q"
    old = resource(address, fifo_queue=before)
    new = resource(address, **({} if after is None else {"fifo_queue": after}))
    (impact,) = impacts([old], [new])
    assert (impact.effect, impact.confidence) == (expected, confidence)


def test_another_part_of_a_collection_is_not_what_is_replaced() -> None:
    """`each.value.name` where another attribute of each.value is the id of a queue: the refs are there, the use is not."""
    each = unknown("for_each is unknown", "each.value.name", frozenset({"aws_sqs_queue.q", "var.queues"}))
    queues = [resource("aws_sqs_queue.q", name=name) for name in ("a", "b")]
    bucket = resource(BUCKET, bucket=each)
    assert effects([queues[0], bucket], [queues[1], bucket]) == {"aws_sqs_queue.q": "replace"}
