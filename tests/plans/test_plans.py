"""What a plan says, alone and beside source: entities, effects, causes, findings."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.errors import SourceError
from blastlint.model import Impact, Report
from blastlint.report import FORMATS, Options, render
from blastlint.resolve.plans import plan_of
from blastlint.sources.memory import change_set
from blastlint.sources.plan import parse_plan
from tests.plans.builder import change, plan

DATABASE = {"identifier": "main", "engine": "postgres", "deletion_protection": True}
RULES = shipped_rules()


def checked(data: bytes, before: dict[str, str] | None = None, after: dict[str, str] | None = None) -> Report:
    changed = change_set(before or {}, after or {})
    return pipeline.check(replace(changed, plans=(parse_plan("plan.json", data),)), RULES)


def resources(report: Report) -> dict[str, Impact]:
    return {i.change.address: i for i in report.impacts if i.change.kind == "terraform.resource"}


def found(report: Report) -> list[tuple[str, str]]:
    return sorted((f.rule_id, f.address) for f in report.findings)


# --- alone ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actions", "effect"),
    [
        (["create"], "create"),
        (["update"], "in-place"),
        (["delete"], "destroy"),
        (["delete", "create"], "replace"),
        (["create", "delete"], "replace"),
        (["forget"], "forget"),
        (["create", "forget"], "forget"),
        (["explode"], "unknown"),
    ],
)
def test_actions_are_effects(actions: list[str], effect: str) -> None:
    before = None if actions == ["create"] else {"name": "a"}
    after = None if actions in (["delete"], ["forget"]) else {"name": "b"}
    impact = resources(checked(plan(change("aws_sqs_queue.a", actions, before, after))))["aws_sqs_queue.a"]
    assert (impact.effect, impact.change.evidence, impact.foreseen) == (effect, "plan", None)


def test_nothing_to_do_is_no_change() -> None:
    same = {"name": "a"}
    report = checked(
        plan(
            change("aws_sqs_queue.a", ["no-op"], same, same), change("data.aws_ami.x", ["read"], None, {}, mode="data")
        )
    )
    assert report.impacts[1:] == () and report.findings == ()


def test_rules_work_on_a_plan_alone() -> None:
    report = checked(
        plan(
            change("aws_db_instance.main", ["delete"], DATABASE, None),
            change("aws_db_instance.kept", ["update"], DATABASE, {**DATABASE, "deletion_protection": False}),
            change("module.net.aws_vpc.this[0]", ["delete"], {"cidr_block": "10.0.0.0/16"}, None),
            change(
                'aws_security_group_rule.in["a"]',
                ["update"],
                {"type": "ingress", "from_port": 22, "to_port": 22, "cidr_blocks": ["10.0.0.0/8"]},
                {"type": "ingress", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]},
            ),
        )
    )
    assert found(report) == [
        ("GRD001", "aws_db_instance.kept"),
        ("NET001", 'aws_security_group_rule.in["a"]'),
        ("RES002", "aws_db_instance.main"),
        ("RES006", "module.net"),
    ]


def test_what_only_the_provider_sets_is_no_argument() -> None:
    before = {"identifier": "main", "arn": "arn:x", "address": "host", "engine": "postgres"}
    after = {"identifier": "main", "engine": "mysql"}
    late = {"arn": True, "address": True}
    report = checked(
        plan(
            change(
                "aws_db_instance.a", ["delete", "create"], before, after, after_unknown=late, replace_paths=[["engine"]]
            )
        )
    )
    impact = resources(report)["aws_db_instance.a"]
    assert [delta.path for delta in impact.change.deltas] == ["engine"]
    assert (impact.replace_paths, impact.cause) == (("engine",), "direct")


def test_a_cascade_is_told_from_its_cause() -> None:
    report = checked(
        plan(
            change(
                "terraform_data.a",
                ["delete", "create"],
                {"triggers_replace": 1},
                {"triggers_replace": 2},
                replace_paths=[["triggers_replace"]],
            ),
            change(
                "terraform_data.b",
                ["delete", "create"],
                {"triggers_replace": "x"},
                {},
                after_unknown={"triggers_replace": True},
                replace_paths=[["triggers_replace"]],
            ),
            depends={"terraform_data.b": ["terraform_data.a"]},
        )
    )
    impacts = resources(report)
    assert (impacts["terraform_data.a"].cause, impacts["terraform_data.b"].cause) == ("direct", "cascade")
    assert impacts["terraform_data.b"].change.explained_by == "terraform_data.a"
    assert [r.address for r in impacts["terraform_data.a"].dependents] == ["terraform_data.b"]


def test_moves_are_no_deletions() -> None:
    same = {"name": "a"}
    report = checked(plan(change("aws_sqs_queue.b", ["no-op"], same, same, previous_address="aws_sqs_queue.a")))
    assert [(i.change.action, i.change.previous_address, i.effect) for i in resources(report).values()] == [
        ("moved", "aws_sqs_queue.a", "no-op")
    ]
    assert report.findings == ()


def test_a_replacement_without_a_difference_is_one() -> None:
    """Tainted, or -replace: nothing differs, and yet it goes."""
    tainted = change(
        "aws_db_instance.a", ["delete", "create"], DATABASE, DATABASE, action_reason="replace_because_tainted"
    )
    report = checked(plan(tainted))
    assert found(report) == [("RES003", "aws_db_instance.a")]
    assert [n.message for n in report.notifications] == ["replaced because tainted: aws_db_instance.a"]


def test_what_is_left_open_is_said() -> None:
    deferred = [
        {
            "reason": "provider_config_unknown",
            "resource_change": change("aws_sqs_queue.a", ["create"], None, {"name": "a"}),
        }
    ]
    report = checked(
        plan(
            change("aws_sqs_queue.b", ["delete"], {"name": "b"}, None, deposed="12ab"),
            complete=False,
            deferred_changes=deferred,
            resource_drift=[change("aws_sqs_queue.c", ["update"], {}, {})],
        )
    )
    assert [n.message for n in report.notifications] == [
        "aws_sqs_queue.b: a left-over object (12ab) is deleted too",
        "aws_sqs_queue.a is deferred (provider_config_unknown): the plan may change",
        "the plan was made for a part only: the rest is not in it",
        "changed outside of Terraform since the last apply: aws_sqs_queue.c",
    ]
    assert resources(report)["aws_sqs_queue.a"].confidence == "medium"
    assert report.verdict.incomplete == 1


# --- beside source --------------------------------------------------------------------------------------------------

SOURCE = """variable "size" {}

resource "aws_db_instance" "main" {
  identifier = "main"
  engine     = "postgres"
  deletion_protection = var.size
}
"""


def test_the_plan_knows_what_source_does_not() -> None:
    edited = SOURCE.replace("var.size", 'var.size == "x"')
    after = {**DATABASE, "deletion_protection": False}
    report = checked(
        plan(change("aws_db_instance.main", ["update"], DATABASE, after)), {"main.tf": SOURCE}, {"main.tf": edited}
    )
    (finding,) = [f for f in report.findings if f.rule_id == "GRD001"]
    assert (finding.impact.change.evidence, finding.anchor and finding.anchor.region.path) == ("plan", "main.tf")
    assert finding.anchor is not None and finding.anchor.region.start_line == 6


def test_the_plan_corrects_what_source_foresees() -> None:
    """Source sees another engine; the plan was made of a state that has it already."""
    edited = SOURCE.replace("postgres", "mysql")
    now = {**DATABASE, "engine": "mysql"}
    report = checked(
        plan(change("aws_db_instance.main", ["no-op"], now, now)), {"main.tf": SOURCE}, {"main.tf": edited}
    )
    assert resources(report) == {} and found(report) == []
    assert [n.message for n in report.notifications] == [
        "the plan confirms 0 of 1 effects foreseen from source; corrects 1: aws_db_instance.main is no-op, not replace"
    ]


def test_the_plan_adds_what_source_cannot_see() -> None:
    edited = SOURCE + "\n# a comment\n"
    gone = change(
        "aws_db_instance.main",
        ["delete", "create"],
        DATABASE,
        {**DATABASE, "identifier": "other"},
        replace_paths=[["identifier"]],
    )
    report = checked(plan(gone, resource_drift=[gone]), {"main.tf": SOURCE}, {"main.tf": edited})
    (impact,) = resources(report).values()
    assert (impact.effect, impact.foreseen, impact.change.entity.region.path) == ("replace", "no-op", "main.tf")
    assert report.notifications[-1].message == (
        "the plan confirms 0 of 0 effects foreseen from source; adds 1: aws_db_instance.main (drift, replace)"
    )


def test_instances_that_source_cannot_count_are_counted() -> None:
    text = 'variable "n" {}\nresource "aws_sqs_queue" "q" {\n  count = var.n\n  name  = "q-${count.index}"\n}\n'
    one, two = {"name": "q-0"}, {"name": "q-1"}
    report = checked(
        plan(change("aws_sqs_queue.q[0]", ["no-op"], one, one), change("aws_sqs_queue.q[1]", ["delete"], two, None)),
        {"main.tf": text},
        {"main.tf": text.replace("count = var.n", "count = var.n - 1")},
    )
    assert {a: i.effect for a, i in resources(report).items()} == {"aws_sqs_queue.q[1]": "destroy"}


def test_a_plan_of_something_else_stands_for_itself() -> None:
    report = checked(
        plan(change("aws_db_instance.other", ["delete"], DATABASE, None)),
        {"main.tf": SOURCE},
        {"main.tf": SOURCE + "#\n"},
    )
    (impact,) = resources(report).values()
    assert (impact.change.entity.configuration, impact.foreseen) == ("plan.json", None)


# --- secrets ----------------------------------------------------------------------------------------------------------

CANARY = "canary-Zebra-77"


def _with_canaries() -> bytes:
    secret = {"password": CANARY + "-1", "tags": {"x": CANARY + "-2"}, "list": [CANARY + "-3"]}
    other = {"password": CANARY + "-4", "tags": {"x": CANARY + "-5"}, "list": [CANARY + "-6"]}
    marks = {"password": True, "tags": {"x": True}, "list": [True]}
    masks = {"before_sensitive": marks, "after_sensitive": marks}
    return plan(
        change(
            "aws_db_instance.main",
            ["delete", "create"],
            {**DATABASE, **secret},
            {**DATABASE, **other},
            replace_paths=[["engine"]],
            **masks,
        ),
        change(
            "aws_db_instance.off",
            ["update"],
            {**DATABASE, **secret},
            {**DATABASE, **other, "deletion_protection": False},
            **masks,
        ),
        change("aws_sqs_queue.whole", ["delete"], {"name": CANARY + "-7"}, None, before_sensitive=True),
        variables={"v": {"value": CANARY + "-8"}},
        configuration={"root_module": {"variables": {"v": {"sensitive": True}}}},
    )


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("beside_source", [False, True])
def test_sensitive_values_are_shown_nowhere(format_name: str, beside_source: bool) -> None:
    before = {"main.tf": SOURCE + 'resource "aws_sqs_queue" "whole" {\n  name = "x"\n}\n'} if beside_source else {}
    after = {"main.tf": SOURCE + "#\n"} if beside_source else {}
    report = checked(_with_canaries(), before, after)
    assert report.findings
    shown = render(format_name, report, Options({rule.id: rule for rule in RULES}, show_suppressed=True))
    assert "GRD001" in shown and "RES003" in shown
    assert CANARY not in shown


# --- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04rest", "plan.json: a saved plan, not its JSON"),
        (b"{\n\"format_version\": \"1.2\",\n oops}", "plan.json:3: not JSON"),
        (b"", "plan.json:1: not JSON"),
        (b"[]", "plan.json:1: not JSON"),
        (b"{}", "plan.json: no plan that is known here"),
        (b'{"@level":"info"}\n{"@level":"info"}', "plan.json: the log of a run"),
        (b'{"format_version":"2.0","resource_changes":[]}', "plan.json:1: plan format 2.0"),
        (b'{"format_version":"0.1"}', "plan.json:1: plan format 0.1"),
        (b'{"format_version":"1.0","values":{}}', "plan.json:1: no plan: it holds a state"),
        (b'{"format_version":"1.0","resource_changes":{}}', "plan.json: resource_changes is no list"),
        (b'{"format_version":"1.0","resource_changes":[\n\n1]}', "plan.json:3: resource_changes[0] is no object"),
        (b'{"format_version":"1.0","resource_changes":[{"address":"a.b"}]}', "plan.json:1: a change of a.b without"),
        (b"[" * 200_000, "plan.json"),
        (b'{"format_version":' + b"[" * 200_000, "plan.json: nested too deeply"),
        (b"\xff\xfe\x00", "plan.json"),
    ],
)  # fmt: skip
def test_what_is_no_plan_is_said_so(data: bytes, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        plan_of(parse_plan("plan.json", data))
    assert str(caught.value).startswith(message)


def test_powershell_writes_utf_16() -> None:
    text = plan(change("aws_sqs_queue.a", ["delete"], {"name": "a"}, None)).decode()
    assert plan_of(parse_plan("p", text.encode("utf-16"))) == plan_of(parse_plan("p", text.encode()))


def test_places_are_those_of_the_file() -> None:
    text = json.dumps(json.loads(plan(change("aws_sqs_queue.a", ["delete"], {"name": "a"}, None))), indent=1)
    (entity,) = [e for e in plan_of(parse_plan("p", text.encode())).before if e.kind == "terraform.resource"]
    assert '"address": "aws_sqs_queue.a"' in text.splitlines()[entity.region.start_line]


_MEMBERS = (
    "address", "type", "name", "index", "change", "actions", "before", "after", "after_unknown", "before_sensitive", "mode",
    "replace_paths", "previous_address", "resource_changes", "resource_drift", "deferred_changes", "resource_change",
    "prior_state", "values", "root_module", "resources", "child_modules", "configuration", "module_calls", "variables",
)  # fmt: skip
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "a.b", "delete", "create", "1.2"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_MEMBERS), inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(_MEMBERS), _JSON, max_size=6), st.lists(_JSON, max_size=3))
def test_any_json_is_a_plan_or_an_error_of_ours(content: dict[str, Any], changes: list[Any]) -> None:
    data = json.dumps({"resource_changes": changes, **content, "format_version": "1.2"}).encode()
    try:
        checked(data)
    except SourceError as error:
        assert error.where.startswith("plan.json")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_a_plan_or_an_error_of_ours(data: bytes) -> None:
    with pytest.raises(SourceError):
        plan_of(parse_plan("plan.json", b'{"format_version":"1.2",' + data))


def test_the_variant_that_a_plan_was_made_with_is_confirmed_by_it() -> None:
    text = 'variable "n" {\n  default = "dev"\n}\nresource "aws_sqs_queue" "q" {\n  name = "q-${var.n}"\n}\n'
    files = {"env/prod.tfvars": 'n = "prod"\n', "env/test.tfvars": 'n = "test"\n'}
    gone = change("aws_sqs_queue.q", ["delete"], {"name": "q-prod"}, None)
    rest = 'variable "n" {\n  default = "dev"\n}\n'
    report = checked(
        plan(gone, variables={"n": {"value": "prod"}}), {"main.tf": text, **files}, {"main.tf": rest, **files}
    )
    told = {
        i.change.entity.variant: (i.effect, i.change.evidence)
        for i in report.impacts
        if i.change.type == "aws_sqs_queue"
    }
    assert told == {
        "": ("destroy", "source"),
        "env/prod.tfvars": ("destroy", "plan"),
        "env/test.tfvars": ("destroy", "source"),
    }
