"""What is reachable from more of the network than before, by address and port arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint import pipeline
from blastlint.enrich import exposure, guards
from blastlint.enrich.exposure.networks import ALL_PORTS, Reach, grown, port_class
from blastlint.model import Entity, Fact, FactValue, unknown
from blastlint.sources.memory import change_set
from tests.trees import context, entity, ref

GROUP = "aws_security_group.web"


def facts_between(before: list[Entity], after: list[Entity]) -> list[Fact]:
    both = context(before, after)
    return [fact for change in both.changes for provider in (guards, exposure) for fact in provider.facts(change, both)]


def ingress(port: int, *sources: str, to: int | None = None) -> dict[str, object]:
    return {"from_port": port, "to_port": to or port, "protocol": "tcp", "cidr_blocks": list(sources)}


def opened(before: list[dict[str, object]], after: list[dict[str, object]]) -> list[tuple[object, ...]]:
    found = facts_between([entity(GROUP, {"ingress": before})], [entity(GROUP, {"ingress": after})])
    return [tuple(f.fields[n] for n in ("port_class", "ports", "before", "after", "world", "new")) for f in found]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([ingress(22, "10.0.0.0/8")], [ingress(22, "0.0.0.0/0")],
         ("admin", ("22",), "tcp 22 from 10.0.0.0/8", "tcp 22 from 0.0.0.0/0", True, False)),
        ([ingress(443, "0.0.0.0/0")], [ingress(443, "0.0.0.0/0"), ingress(5432, "0.0.0.0/0")],
         ("database", ("5432",), "tcp 443 from 0.0.0.0/0", "tcp 5432 from 0.0.0.0/0", True, False)),
        ([ingress(443, "0.0.0.0/0")], [ingress(443, "0.0.0.0/0"), ingress(80, "0.0.0.0/0")],
         ("web", ("80",), "tcp 443 from 0.0.0.0/0", "tcp 80 from 0.0.0.0/0", True, False)),
        ([ingress(8000, "0.0.0.0/0", to=8010)], [ingress(8000, "0.0.0.0/0", to=8020)],
         ("other", ("8011-8020",), "tcp 8000-8010 from 0.0.0.0/0", "tcp 8011-8020 from 0.0.0.0/0", True, False)),
        ([], [{"from_port": 0, "to_port": 0, "protocol": "-1", "cidr_blocks": ["0.0.0.0/0"]}],
         ("all", (), "", "all ports from 0.0.0.0/0", True, False)),
        ([ingress(22, "1.2.3.4/32")], [ingress(22, "1.0.0.0/8")],
         ("admin", ("22",), "tcp 22 from 1.2.3.4/32", "tcp 22 from 1.0.0.0/8", False, False)),
    ],
)  # fmt: skip
def test_opened(before: list[dict[str, object]], after: list[dict[str, object]], expected: tuple[object, ...]) -> None:
    assert opened(before, after) == [expected]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([ingress(22, "0.0.0.0/0")], [{**ingress(22, "0.0.0.0/0"), "description": "ssh"}]),
        (
            [ingress(8000, "0.0.0.0/0", to=8100)],
            [ingress(8000, "0.0.0.0/0", to=8050), ingress(8051, "0.0.0.0/0", to=8100)],
        ),
        ([ingress(22, "0.0.0.0/0", "::/0")], [ingress(22, "::/0"), ingress(22, "0.0.0.0/0")]),
        ([ingress(22, "0.0.0.0/1", "128.0.0.0/1")], [ingress(22, "0.0.0.0/0")]),
        ([ingress(22, "0.0.0.0/0")], [ingress(22, "10.0.0.0/8")]),
        ([ingress(22, "10.1.0.0/16")], [ingress(22, "10.0.0.0/8")]),
        ([ingress(22, "1.2.3.4/32")], [ingress(22, "1.2.3.4/32", "5.6.7.8/32")]),
        ([{"from_port": 0, "to_port": 0, "protocol": "-1", "cidr_blocks": ["0.0.0.0/0"]}], [ingress(22, "0.0.0.0/0")]),
    ],
)
def test_not_opened(before: list[dict[str, object]], after: list[dict[str, object]]) -> None:
    assert opened(before, after) == []


def rule(name: str, port: int, source: str, **more: object) -> Entity:
    attributes = {"type": "ingress", "security_group_id": ref(GROUP), **ingress(port, source), **more}
    return entity(f"aws_security_group_rule.{name}", attributes)


def test_rules_of_their_own_count_for_their_group() -> None:
    inline = entity(GROUP, {"name": "web", "ingress": [ingress(22, "0.0.0.0/0")]})
    bare = entity(GROUP, {"name": "web"})
    assert facts_between([inline], [bare, rule("ssh", 22, "0.0.0.0/0")]) == []
    assert facts_between([bare, rule("old", 22, "0.0.0.0/0")], [bare, rule("new", 22, "0.0.0.0/0", x=1)]) == []
    (fact,) = facts_between([bare], [bare, rule("ssh", 22, "0.0.0.0/0")])
    assert (fact.fields["port_class"], fact.fields["new"]) == ("admin", False)
    (fact,) = facts_between([], [bare, rule("ssh", 22, "0.0.0.0/0")])
    assert fact.fields["new"] is True
    assert facts_between([bare], [bare, rule("out", 22, "0.0.0.0/0", type="egress")]) == []


@pytest.mark.parametrize(
    ("address", "before", "after", "what", "world"),
    [
        ("aws_db_instance.d", {}, {"publicly_accessible": True}, "public-access", True),
        ("aws_lb.l", {"internal": True}, {"internal": False}, "scheme", True),
        ("aws_lb.l", {"internal": True}, {}, "scheme", False),
        ("aws_db_instance.d", {"publicly_accessible": False}, {"publicly_accessible": unknown("", "var.p")},
         "public-access", False),
    ],
)  # fmt: skip
def test_switches(address: str, before: dict[str, object], after: dict[str, object], what: str, world: bool) -> None:
    (fact,) = facts_between([entity(address, before)], [entity(address, after)])
    assert (fact.fields["what"], fact.fields["world"]) == (what, world)
    assert facts_between([entity(address, after)], [entity(address, before)]) == []


def test_other_clouds() -> None:
    def google(*sources: str) -> Entity:
        allow = [{"protocol": "tcp", "ports": ["22", "3000-3010"]}]
        return entity("google_compute_firewall.f", {"allow": allow, "source_ranges": list(sources)})

    (fact,) = facts_between([google("10.0.0.0/8")], [google("0.0.0.0/0")])
    assert (fact.fields["port_class"], fact.fields["ports"]) == ("admin", ("22", "3000-3010"))

    def azure(source: str) -> Entity:
        return entity("azurerm_network_security_rule.r", {
            "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "destination_port_range": "3389",
            "source_address_prefix": source, "network_security_group_name": "nsg"})  # fmt: skip

    (fact,) = facts_between([azure("10.0.0.0/8")], [azure("*")])
    assert (fact.fields["port_class"], fact.fields["after"]) == ("admin", "tcp 3389 from 0.0.0.0/0")


PORTS = st.tuples(st.integers(0, 50), st.integers(0, 50)).map(lambda p: (min(p), max(p)))
REACHES = st.lists(
    st.builds(Reach, st.just("tcp"), PORTS, st.sampled_from(["0.0.0.0/0", "10.0.0.0/8", "sg-1"])), max_size=5
)


@settings(max_examples=150, deadline=None)
@given(REACHES)
def test_splitting_every_rule_by_port_opens_nothing(rules: list[Reach]) -> None:
    split = [Reach(r.protocol, (p, p), r.source) for r in rules for p in range(r.ports[0], r.ports[1] + 1)]
    assert grown(rules, split) == ()
    assert grown(split, rules) == ()


@settings(max_examples=150, deadline=None)
@given(REACHES, REACHES)
def test_what_grew_is_exactly_what_was_not_open(before: list[Reach], after: list[Reach]) -> None:
    def open_to(rules: list[Reach], source: str) -> set[int]:
        wider = {"10.0.0.0/8": ("10.0.0.0/8", "0.0.0.0/0")}.get(source, (source,))
        return {p for r in rules if r.source in wider for p in range(r.ports[0], r.ports[1] + 1)}

    new = grown(before, after)
    for source in ("0.0.0.0/0", "sg-1"):
        mine = {p for r in new if r.source == source for p in range(r.ports[0], r.ports[1] + 1)}
        written = {p for r in after if r.source == source for p in range(r.ports[0], r.ports[1] + 1)}
        assert mine == written - open_to(before, source)


def test_classes_of_ports() -> None:
    assert [port_class([Reach("tcp", p, "*")]) for p in ((22, 22), (5432, 5432), (443, 443), (4000, 4000), ALL_PORTS)] == [
        "admin", "database", "web", "other", "all"]  # fmt: skip


def test_a_moved_template_opens_nothing() -> None:
    stack = (
        "Resources:\n  Web:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      SecurityGroupIngress:\n"
        "      - {IpProtocol: tcp, FromPort: PORT, ToPort: PORT, CidrIp: 0.0.0.0/0}\n"
    )

    def told(after: str) -> list[FactValue]:
        report = pipeline.check(change_set({"a/stack.yml": stack.replace("PORT", "22")}, {"b/stack.yaml": after}), ())
        return [f.fields["ports"] for i in report.impacts for f in i.facts if f.name == "exposure"]

    assert told(stack.replace("PORT", "22")) == []
    assert told(stack.replace("PORT", "22") + "      GroupDescription: web\n") == []
    assert told(stack.replace("PORT", "5432")) == [("5432",)]


def test_a_rule_of_its_own_is_known_by_what_it_opens() -> None:
    stack = (
        "Parameters:\n  From: {Type: String, Default: 0.0.0.0/0}\nResources:\n  Web: {Type: AWS::EC2::SecurityGroup}\n"
        "  Ssh:\n    Type: AWS::EC2::SecurityGroupIngress\n    Properties: {GroupId: !Ref Web, IpProtocol: tcp,"
        " FromPort: 22, ToPort: 22, CidrIp: !Ref From}\n"
    )

    def told(before: dict[str, str], after: dict[str, str]) -> list[tuple[FactValue, ...]]:
        impacts = pipeline.check(change_set(before, after), ()).impacts
        found = (f.fields for i in impacts for f in i.facts if f.name == "exposure")
        return [(f["ports"], f["new"], f["assumed"]) for f in found]

    assert told({"a.yaml": stack}, {"a.yaml": stack.replace("Ssh:", "Shell:")}) == []
    assert told({"a.yaml": "Resources: {}\n"}, {"a.yaml": stack}) == [(("22",), True, True)]
    written = stack.replace("!Ref From", "0.0.0.0/0")
    assert told({"a.yaml": "Resources: {}\n"}, {"a.yaml": written}) == [(("22",), True, False)]
