"""Guards by effective value: weakened, strengthened, or only written in another way."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.enrich import guards
from blastlint.facts.guards import Guard, all_guards, guards_of
from blastlint.facts.paths import Step, steps
from blastlint.model import Fact, Value, unknown
from tests.trees import context, entity, only_change, ref

DB = "aws_db_instance.main"


def facts_between(before: dict[str, object], after: dict[str, object], address: str = DB, **kind: str) -> list[Fact]:
    both = context([entity(address, before, **kind)], [entity(address, after, **kind)])
    return [fact for change in both.changes for fact in guards.facts(change, both)]


def shape(fact: Fact) -> tuple[object, ...]:
    return tuple(fact.fields[name] for name in ("kind", "name", "direction", "strength", "before", "after"))


@pytest.mark.parametrize(
    ("address", "before", "after", "expected"),
    [
        (DB, {"deletion_protection": True}, {"deletion_protection": False},
         [("deletion-protection", "deletion_protection", "weakened", "off", "true", "false")]),
        (DB, {"deletion_protection": "true"}, {"name": "x"},
         [("deletion-protection", "deletion_protection", "weakened", "off", "true", "absent (default false)")]),
        (DB, {"deletion_protection": True}, {"deletion_protection": unknown("no value", "var.protect")},
         [("deletion-protection", "deletion_protection", "weakened", "unknown", "true", "var.protect")]),
        (DB, {"backup_retention_period": 30}, {"backup_retention_period": 7},
         [("backup", "backup_retention_period", "weakened", "lowered", "30", "7")]),
        (DB, {"backup_retention_period": 7}, {"backup_retention_period": 0},
         [("backup", "backup_retention_period", "weakened", "off", "7", "0")]),
        (DB, {"multi_az": True}, {},
         [("redundancy", "multi_az", "weakened", "unknown", "true", "absent (kept as it is for now)")]),
        (DB, {"lifecycle": [{"prevent_destroy": True, "ignore_changes": ["tags"]}]},
         {"lifecycle": [{"ignore_changes": ["tags"]}]},
         [("prevent-destroy", "lifecycle.prevent_destroy", "weakened", "off", "true", "absent (default false)")]),
        (DB, {"lifecycle": {"prevent_destroy": True}}, {},
         [("prevent-destroy", "lifecycle.prevent_destroy", "weakened", "off", "true", "absent (default false)")]),
        ("google_sql_database_instance.x", {"settings": [{"backup_configuration": [{"enabled": True}]}]},
         {"settings": [{}]},
         [("backup", "settings.backup_configuration.enabled", "weakened", "off", "true", "absent (default false)")]),
        ("google_storage_bucket.x", {}, {"force_destroy": True},
         [("force-destroy", "force_destroy", "weakened", "off", "absent (default false)", "true")]),
        ("aws_kms_key.x", {"deletion_window_in_days": 30}, {"deletion_window_in_days": 7},
         [("delete-window", "deletion_window_in_days", "weakened", "lowered", "30", "7")]),
        ("aws_cloudwatch_log_group.x", {"retention_in_days": 0}, {"retention_in_days": 30},
         [("retention", "retention_in_days", "weakened", "lowered", "0", "30")]),
        ("aws_s3_bucket_lifecycle_configuration.x", {"rule": [{"id": "a", "expiration": [{"days": 90}]}]},
         {"rule": [{"id": "a", "expiration": [{"days": 9}]}]},
         [("expiration", 'rule[id="a"].expiration[0].days', "weakened", "lowered", "90", "9")]),
        ("aws_db_subnet_group.x", {"subnet_ids": ["a", "b", "c"]}, {"subnet_ids": ["a"]},
         [("redundancy", "subnet_ids", "weakened", "lowered", "[a, b, c]", "[a]")]),
    ],
)  # fmt: skip
def test_weakened(address: str, before: dict[str, object], after: dict[str, object], expected: list[object]) -> None:
    assert [shape(f) for f in facts_between(before, after, address)] == expected


@pytest.mark.parametrize(
    ("address", "before", "after"),
    [
        (DB, {"deletion_protection": True}, {"deletion_protection": "true"}),
        (DB, {}, {"deletion_protection": False}),
        (DB, {"deletion_protection": False}, {"deletion_protection": unknown("no value", "var.protect")}),
        (DB, {"lifecycle": [{"ignore_changes": ["a"]}]}, {"lifecycle": [{"ignore_changes": ["b"]}]}),
        ("google_sql_database_instance.x", {"deletion_protection": True}, {}),
        ("aws_rds_cluster.x", {"backup_retention_period": 1}, {}),
        ("aws_autoscaling_group.x", {"availability_zones": ["a", "b"]}, {"availability_zones": ["b", "a"]}),
        ("google_kms_crypto_key.x", {"destroy_scheduled_duration": "86400s"}, {"destroy_scheduled_duration": "24h"}),
        ("aws_launch_template.x", {"block_device_mappings": [{"ebs": [{"delete_on_termination": False}]}]}, {}),
        ("azurerm_storage_account.x", {"enable_https_traffic_only": True}, {"https_traffic_only_enabled": True}),
    ],
)
def test_the_same_protection(address: str, before: dict[str, object], after: dict[str, object]) -> None:
    assert [f for f in facts_between(before, after, address) if f.fields["direction"] == "weakened"] == []


def test_stronger_is_said_to_be_stronger() -> None:
    (fact,) = facts_between({"backup_retention_period": 7}, {"backup_retention_period": 30})
    assert fact.fields["direction"] == "strengthened"


def test_one_unknown_for_another_is_uncertain() -> None:
    (fact,) = facts_between(
        {"deletion_protection": unknown("", "var.a")}, {"deletion_protection": unknown("", "var.b")}
    )
    assert (fact.fields["direction"], fact.confidence) == ("uncertain", "low")


def test_new_and_deleted_resources_say_nothing() -> None:
    guarded = entity(DB, {"deletion_protection": False, "skip_final_snapshot": True})
    for both in (context([], [guarded]), context([guarded], [])):
        assert list(guards.facts(only_change(both), both)) == []


BUCKET = entity("aws_s3_bucket.b", {"bucket": "b"})
VERSIONING = entity(
    "aws_s3_bucket_versioning.b",
    {"bucket": ref("aws_s3_bucket.b"), "versioning_configuration": [{"status": "Enabled"}]},
)


def test_a_guarding_resource_that_leaves_its_subject_behind() -> None:
    both = context([BUCKET, VERSIONING], [BUCKET])
    (fact,) = guards.facts(only_change(both), both)
    assert shape(fact) == ("versioning", "aws_s3_bucket_versioning", "weakened", "off", "Enabled", "absent")


def test_a_guarding_resource_that_goes_with_its_subject_or_was_off() -> None:
    both = context([BUCKET, VERSIONING], [])
    assert [f for c in both.changes for f in guards.facts(c, both)] == []
    suspended = entity(
        VERSIONING.address,
        {"bucket": ref("aws_s3_bucket.b"), "versioning_configuration": [{"status": "Suspended"}]},
    )
    both = context([BUCKET, suspended], [BUCKET])
    assert list(guards.facts(only_change(both), both)) == []


def test_an_inline_guard_that_becomes_a_resource_of_its_own() -> None:
    inline = entity("aws_s3_bucket.b", {"bucket": "b", "versioning": [{"enabled": True}]})
    both = context([inline], [BUCKET, VERSIONING])
    assert [f for c in both.changes for f in guards.facts(c, both)] == []
    both = context([inline], [BUCKET])
    assert [f.fields["kind"] for c in both.changes for f in guards.facts(c, both)] == ["versioning"]


def test_a_renamed_guarding_resource_still_guards() -> None:
    other = entity("aws_s3_bucket_versioning.renamed", {
        "bucket": ref("aws_s3_bucket.b"), "versioning_configuration": [{"status": "Enabled", "x": 1}]})  # fmt: skip
    both = context([BUCKET, VERSIONING], [BUCKET, other])
    assert [f for c in both.changes for f in guards.facts(c, both)] == []


def test_a_budget_in_another_form_is_no_loss() -> None:
    both = facts_between({"spec": {"minAvailable": 1}}, {"spec": {"maxUnavailable": 1}},
                         "PodDisruptionBudget.x", kind="kubernetes.object")  # fmt: skip
    assert [f for f in both if f.fields["direction"] == "weakened"] == []
    (fact,) = facts_between({"spec": {"maxUnavailable": 1}}, {"spec": {"maxUnavailable": "100%"}},
                            "PodDisruptionBudget.x", kind="kubernetes.object")  # fmt: skip
    assert fact.fields["strength"] == "off"


def test_rules_that_do_nothing() -> None:
    def rule(days: int, **more: object) -> dict[str, object]:
        return {"lifecycle_rule": [{"condition": [{"age": days}], **more}]}

    bucket = "google_storage_bucket.b"
    for kind, expected in (("Delete", ["weakened"]), ("SetStorageClass", [])):
        action = {"action": [{"type": kind}]}
        for before in (rule(90, **action), {"name": "b"}):
            assert [f.fields["direction"] for f in facts_between(before, rule(30, **action), bucket)] == expected
    (fact,) = facts_between(rule(9, action=[{"type": "SetStorageClass"}]), rule(9, action=[{"type": "Delete"}]), bucket)
    assert (fact.fields["name"], fact.fields["direction"]) == ("lifecycle_rule[0].action[0].type", "weakened")


def test_secrets_in_a_guard_are_not_shown() -> None:
    hidden = Value("hunter2", sensitive=True)
    (fact,) = facts_between({"final_snapshot_identifier": hidden}, {}, "aws_elasticache_replication_group.x")
    assert fact.fields["before"] == "(sensitive)"


# --- every guard of the table, whatever the resource -------------------------------------------------------------------


def strong_and_weak(guard: Guard) -> tuple[object, object]:
    """A strong value and a weak one."""
    strong = guard.strong
    if isinstance(strong, bool):
        return strong, not strong
    if isinstance(strong, tuple):
        return strong[-1], strong[0]
    return {
        "more": (40, 1),
        "less": (1, 40),
        "items": ([{"id": "a"}, {"id": "b"}], [{"id": "a"}]),
        "some": (["a"], []),
        "present": ("x", ""),
        "words": (", ".join(guard.words), "x"),
        "named": (["team-a"], ["team-a", "*"]),
        "networks": (["203.0.113.0/24"], ["203.0.113.0/24", "0.0.0.0/0"]),
        "healthy": ("200,204", "200-499"),
    }[strong]


def nested(path: tuple[Step, ...], leaf: object, as_list: bool) -> dict[str, object]:
    """`leaf` below `path`; blocks as lists of one or as maps."""
    tree = leaf
    for step in reversed(path):
        if step.element:
            name, _, selected = step.text.partition("=")
            tree = [{name: selected, **tree} if selected and isinstance(tree, dict) else tree]
        else:
            tree = {step.text: [tree] if as_list and isinstance(tree, dict) else tree}
    assert isinstance(tree, dict)
    return tree


def merged(tree: object, other: object) -> dict[str, object]:
    """Both in one; what stands in a list stands in its first block."""
    if isinstance(tree, list):
        return [merged(tree[0], other[0] if isinstance(other, list) else other)]  # type: ignore[return-value]
    assert isinstance(tree, dict) and isinstance(other, dict)
    both = tree.keys() & other.keys()
    return {**tree, **other, **{key: merged(tree[key], other[key]) for key in both}}


TABLE = [(types, guard) for types, guard in all_guards() if guard.path]


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(TABLE), st.booleans(), st.booleans(), st.text("abcxyz_", min_size=1, max_size=9))
def test_weakening_any_guard_is_seen_and_strengthening_is_not(
    row: tuple[tuple[str, ...], Guard], as_list: bool, more: bool, name: str
) -> None:
    types, guard = row
    if guard.where:
        return  # needs a whole block: see test_rules_that_do_nothing
    type_ = types[-1].replace("*", "thing")
    if guard not in guards_of(guard.scope, type_):
        return  # an entry that names this type more exactly has the last word
    strong, weak = (nested(guard.steps, v, as_list) for v in strong_and_weak(guard))
    if guard.given is not None:
        path, said = guard.given
        strong, weak = (merged(side, nested(steps(path), said, as_list)) for side in (strong, weak))
    if more:
        strong, weak = {**strong, "tags_": {"a": 1}}, {**weak, "tags_": {"a": 2}}
    address = f"{type_}.{name}"
    worse = guards_moved(strong, weak, address, guard.scope)
    better = guards_moved(weak, strong, address, guard.scope)
    assert [d for d in worse if d == "weakened"] != []
    assert [d for d in better if d == "weakened"] == []


def guards_moved(before: dict[str, object], after: dict[str, object], address: str, scope: str) -> list[str]:
    both = context([entity(address, before, scope)], [entity(address, after, scope)])
    return [m.verdict.direction for change in both.changes for m in guards.movements(change)]


@settings(max_examples=100, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5),
                    lambda kids: st.lists(kids, max_size=3) | st.dictionaries(st.text(max_size=8), kids, max_size=3)),
       st.sampled_from(TABLE))  # fmt: skip
def test_odd_values_never_raise(odd: object, row: tuple[tuple[str, ...], Guard]) -> None:
    types, guard = row
    address = f"{types[-1].replace('*', 'thing')}.x"
    strong = nested(guard.steps, strong_and_weak(guard)[0], as_list=False)
    strange = {str(guard.steps[0].text): odd}
    facts_between(strong, strange, address, kind=guard.scope)
    facts_between(strange, strong, address, kind=guard.scope)
