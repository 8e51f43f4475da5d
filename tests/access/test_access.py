"""Grants as sets: what is wider is found, what is only written in another way is not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.enrich import access
from blastlint.enrich.access.grants import Grant, widenings
from blastlint.enrich.access.policies import from_document
from blastlint.enrich.patterns import covers
from blastlint.model import Entity, Fact, unknown
from tests.trees import context, entity, ref


def policy(*statements: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: object, resource: object = "*", **more: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def facts_between(before: list[Entity], after: list[Entity]) -> list[Fact]:
    both = context(before, after)
    return [fact for change in both.changes for fact in access.facts(change, both)]


def widened(before: object, after: object, address: str = "aws_iam_policy.p") -> list[tuple[object, ...]]:
    found = facts_between([entity(address, {"policy": before})], [entity(address, {"policy": after})])
    return [tuple(f.fields[n] for n in ("what", "level", "resources", "summary")) for f in found]


GET = allow(["s3:GetObject"], ["arn:aws:s3:::b/*"])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([GET], [allow("*")], ("actions", "admin", "all", "everything on every resource")),
        ([GET], [allow("s3:*")], ("actions", "service", "all", "everything of s3 (s3:*) on all buckets")),
        ([GET], [allow("s3:*", "arn:aws:s3:::b/*")],
         ("actions", "service", "listed", "everything of s3 (s3:*) on arn:aws:s3:::b/*")),
        ([GET], [allow("s3:Get*", "arn:aws:s3:::b/*")], ("actions", "read", "listed", "read (s3:Get*) on arn:aws:s3:::b/*")),
        ([GET], [GET, allow("iam:PassRole")],
         ("actions", "permissions", "all", "passing roles (iam:PassRole) on all users and roles")),
        ([GET], [GET, allow("iam:*")], ("actions", "admin", "all", "everything of iam (iam:*) on all users and roles")),
        ([GET], [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
         ("actions", "admin", "all", "everything but iam:* on every resource")),
        ([allow("s3:*")], [allow("s3:*"), allow("ec2:RunInstances")],
         ("actions", "write", "all", "write (ec2:RunInstances) on all machines and networks")),
        ([allow("s3:PutObject", "arn:aws:s3:::b/*")], [allow("s3:PutObject", "arn:aws:s3:::*")],
         ("resources", "write", "all", "write (s3:PutObject) on all buckets")),
        ([allow("s3:*", "*", Condition={"StringEquals": {"aws:SourceVpc": "v"}})], [allow("s3:*")],
         ("conditions", "service", "all", "everything of s3 (s3:*) on all buckets, under a looser condition than before")),
        ([allow("s3:GetObject", "b/*", Principal={"AWS": "arn:1"})], [allow("s3:GetObject", "b/*", Principal="*")],
         ("principals", "read", "listed", "read (s3:GetObject) on b/* for everyone")),
    ],
)  # fmt: skip
def test_wider(before: list[dict[str, object]], after: list[dict[str, object]], expected: tuple[object, ...]) -> None:
    assert widened(policy(*before), policy(*after)) == [expected]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([allow(["a:X", "b:Y"])], [allow("a:X"), allow("b:Y")]),
        ([allow("a:X", ["r1", "r2"])], [allow("a:X", "r2"), allow("a:X", "r1")]),
        ([allow("*")], [allow("s3:*"), allow("iam:PassRole")]),
        ([allow("S3:getobject", "x")], [allow("s3:GetObject", "x")]),
        ([GET], [GET, {"Effect": "Deny", "Action": "*", "Resource": "*"}]),
        ([allow("s3:*")], [allow("s3:*", "*", Condition={"Bool": {"aws:SecureTransport": "true"}})]),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
         [{"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}]),
        ([allow("s3:*", "*", Condition={"StringLike": {"aws:SourceArn": "arn:*"}})],
         [allow("s3:*", "*", Condition={"StringEquals": {"aws:SourceArn": "arn:x"}})]),
    ],
)  # fmt: skip
def test_not_wider(before: list[dict[str, object]], after: list[dict[str, object]]) -> None:
    assert widened(policy(*before), policy(*after)) == []


SOURCE = "aws:SourceAccount"


@pytest.mark.parametrize(
    ("before", "after", "looser"),
    [
        ({"StringEquals": {SOURCE: "1"}}, {"StringEquals": {SOURCE: "2"}}, "named"),
        ({"StringEquals": {SOURCE: "1"}}, {"StringEquals": {"aws:PrincipalOrgID": "o"}}, True),
        ({"StringEquals": {SOURCE: "1"}}, {"StringLike": {SOURCE: "*"}}, True),
        ({"StringLike": {SOURCE: "1*"}}, {"StringLike": {SOURCE: ["12*", "7"]}}, "named"),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, True),
        ({"Bool": {"aws:SecureTransport": "true"}}, {"Bool": {"aws:SecureTransport": "false"}}, True),
    ],
)
def test_looser_conditions(before: object, after: object, looser: bool | str) -> None:
    old, new = (
        entity("aws_iam_policy.p", {"policy": policy(allow("s3:*", "*", Condition=c))}) for c in (before, after)
    )
    found = [(f.fields["what"], f.fields["named"]) for f in facts_between([old], [new])]
    assert found == ([("conditions", looser == "named")] if looser else [])


def test_everyone_of_an_organisation_is_not_the_public() -> None:
    def bucket(condition: dict[str, object]) -> Entity:
        return entity(
            "aws_s3_bucket_policy.b", {"policy": policy(allow("s3:GetObject", "b/*", Principal="*", **condition))}
        )

    before = entity(
        "aws_s3_bucket_policy.b", {"policy": policy(allow("s3:GetObject", "b/*", Principal={"AWS": "arn:1"}))}
    )
    tied = {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}
    assert [f.fields["public"] for f in facts_between([before], [bucket({})])] == [True]
    assert [f.fields["public"] for f in facts_between([before], [bucket(tied)])] == [False]


def test_a_policy_whose_old_text_is_unknown_says_nothing() -> None:
    assert widened(unknown("no value", "var.policy"), policy(allow("*"))) == []


def document(address: str, *statements: dict[str, object]) -> Entity:
    return entity(f"data.aws_iam_policy_document.{address}", {"statement": list(statements)}, "terraform.data")


def test_a_policy_data_source_is_judged_where_it_stands() -> None:
    narrow = document("d", {"actions": ["s3:GetObject"], "resources": ["arn:x"]})
    wide = document("d", {"actions": ["*"], "resources": ["*"]})
    user = entity("aws_iam_policy.p", {"policy": ref("data.aws_iam_policy_document.d")})
    found = facts_between([narrow, user], [wide, user])
    assert [f.fields["level"] for f in found] == ["admin"]


def test_a_policy_that_moves_into_a_data_source() -> None:
    before = entity("aws_iam_policy.p", {"policy": policy(allow("*"))})
    after = entity("aws_iam_policy.p", {"policy": ref("data.aws_iam_policy_document.d")})
    same = document("d", {"actions": ["*"], "resources": ["*"]})
    assert facts_between([before], [after, same]) == []
    before = entity("aws_iam_policy.p", {"policy": policy(GET)})
    found = facts_between([before], [after, same])
    assert [(f.fields["level"], f.fields["new"]) for f in found] == [("admin", False)]


ROLE = entity("aws_iam_role.ci", {"name": "ci"})


def attachment(name: str, arn: str) -> Entity:
    return entity(f"aws_iam_role_policy_attachment.{name}", {"role": ref("aws_iam_role.ci"), "policy_arn": arn})


def test_administrator_access_for_an_existing_role() -> None:
    admin = attachment("a", "arn:aws:iam::aws:policy/AdministratorAccess")
    (fact,) = facts_between([ROLE], [ROLE, admin])
    assert (fact.fields["level"], fact.fields["new"], fact.fields["principal"]) == ("admin", False, "aws_iam_role.ci")
    (fact,) = facts_between([], [ROLE, admin])
    assert fact.fields["new"] is True


def test_an_attachment_under_another_name_is_the_same_permission() -> None:
    old, new = (attachment(n, "arn:aws:iam::aws:policy/AdministratorAccess") for n in ("old", "new"))
    assert facts_between([ROLE, old], [ROLE, new]) == []


@pytest.mark.parametrize(
    ("before", "after", "level"),
    [
        ("roles/viewer", "roles/owner", "admin"),
        ("roles/viewer", "roles/storage.admin", "service"),
        ("roles/owner", "roles/editor", None),
        ("roles/editor", "roles/storage.admin", None),
    ],
)
def test_google_roles(before: str, after: str, level: str | None) -> None:
    address = "google_project_iam_member.m"
    old, new = (entity(address, {"role": role, "member": "user:a@b.c"}) for role in (before, after))
    assert [f.fields["level"] for f in facts_between([old], [new])] == ([level] if level else [])


def test_another_expression_for_a_holder_is_not_a_further_one() -> None:
    def binding(*members: object) -> Entity:
        return entity("google_project_iam_binding.b", {"role": "roles/owner", "members": [*members]})

    old, new = unknown("", "var.a"), unknown("", "var.b")
    assert facts_between([binding(old)], [binding(new)]) == []
    assert [f.fields["what"] for f in facts_between([binding(old)], [binding(old, new)])] == ["principals"]
    assert [f.fields["what"] for f in facts_between([binding(old)], [binding("user:x@y")])] == ["principals"]


def test_a_public_bucket_member() -> None:
    address = "google_storage_bucket_iam_binding.b"
    old = entity(address, {"role": "roles/storage.objectViewer", "members": ["user:a@b.c"]})
    new = entity(address, {"role": "roles/storage.objectViewer", "members": ["user:a@b.c", "allUsers"]})
    (fact,) = facts_between([old], [new])
    assert (fact.fields["what"], fact.fields["public"], fact.fields["principal"]) == ("principals", True, "allUsers")


ACTIONS = st.lists(st.sampled_from(["*", "s3:*", "s3:Get*", "s3:PutObject", "ec2:Run*", "iam:PassRole"]), min_size=1,
                   max_size=4, unique=True)  # fmt: skip
RESOURCES = st.lists(st.sampled_from(["*", "arn:a", "arn:b/*", "arn:c"]), min_size=1, max_size=3, unique=True)
STATEMENTS = st.lists(st.tuples(ACTIONS, RESOURCES), min_size=1, max_size=4)


def grants(rows: list[tuple[list[str], list[str]]]) -> tuple[Grant, ...]:
    found = from_document({"Statement": [{"Effect": "Allow", "Action": [*a], "Resource": [*r]} for a, r in rows]})
    assert found is not None
    return found


@settings(max_examples=150, deadline=None)
@given(STATEMENTS, st.randoms(use_true_random=False))
def test_splitting_merging_and_reordering_is_silent(rows: list[tuple[list[str], list[str]]], random: object) -> None:
    split = [([action], [resource]) for actions, resources in rows for action in actions for resource in resources]
    random.shuffle(split)  # type: ignore[attr-defined]
    assert widenings(grants(rows), grants(split)) == ()
    assert widenings(grants(split), grants(rows)) == ()


@settings(max_examples=100, deadline=None)
@given(STATEMENTS, STATEMENTS)
def test_more_statements_are_never_narrower(
    rows: list[tuple[list[str], list[str]]], more: list[tuple[list[str], list[str]]]
) -> None:
    assert widenings(grants([*rows, *more]), grants(rows)) == ()


@settings(max_examples=200, deadline=None)
@given(st.text("ab*?", max_size=8), st.text("ab", max_size=8))
def test_a_pattern_covers_what_it_matches(pattern: str, text: str) -> None:
    import re

    expected = re.fullmatch("".join(".*" if c == "*" else "." if c == "?" else c for c in pattern), text)
    assert covers(pattern, text) == (expected is not None)


@settings(max_examples=100, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5),
                    lambda kids: st.lists(kids, max_size=3) | st.dictionaries(
                        st.sampled_from(["Statement", "Action", "Resource", "Principal", "Condition", "Effect"]), kids,
                        max_size=4)))  # fmt: skip
def test_odd_policies_never_raise(odd: object) -> None:
    widened(policy(GET), json.dumps(odd))
    widened(json.dumps(odd), policy(GET))
    assert isinstance(widened(policy(GET), {"Statement": odd}), list)
