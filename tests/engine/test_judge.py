from __future__ import annotations

from dataclasses import replace

import pytest

from blastlint.engine.judge import Judge, fingerprint
from blastlint.engine.messages import filled, shown
from blastlint.engine.rule import Level, Rule
from blastlint.model import Change, Entity, Environment, Fact, Impact, PathClass, Region, Severity, Value

RULE = Rule(
    id="ZZZ001",
    name="guard-gone",
    status="stable",
    since="0.1.0",
    severity="critical",
    confidence="high",
    axes={},
    languages=(),
    on="guard",
    when={"guard.kind": "deletion-protection", "guard.direction": "weakened"},
    unless=({"path": "ignored.tf"},),
    levels=(Level({"stateful": ""}, "high"),),
    context="default",
    message="{guard.name} of {address} is off.",
    source="x.yaml",
)
FACT = Fact("guard", {"kind": "deletion-protection", "direction": "weakened", "name": "protect"}, path="protect")


def impact(path: str = "main.tf", stateful: str = "data", *facts: Fact, line: int = 1) -> Impact:
    region = Region("after", path, line)
    entity = Entity("aws_db_instance.a", "terraform.resource", "aws_db_instance", "a", Value({}), region)
    return Impact(
        Change(entity.address, "modified", entity, entity), "in-place", stateful=stateful, facts=facts or (FACT,)
    )


def levels(rule: Rule, judged: Impact) -> list[Severity]:
    return [finding.severity for finding in Judge([rule]).findings([judged])]


def test_the_first_level_that_holds_is_the_level() -> None:
    assert levels(RULE, impact()) == ["critical"]
    assert levels(RULE, impact(stateful="")) == ["high"]


def test_unless_silences() -> None:
    assert levels(RULE, impact("ignored.tf")) == []


@pytest.mark.parametrize(
    ("environment", "path_class", "level"),
    [
        ("production", "source", "critical"),
        ("unknown", "source", "critical"),
        ("non-production", "source", "high"),
        ("ephemeral", "source", "high"),
        ("production", "test", "high"),
        ("non-production", "test", "high"),
        ("production", "docs", "low"),
        ("production", "example", "low"),
        ("production", "vendored", "low"),
    ],
)
def test_surroundings_lower(environment: Environment, path_class: PathClass, level: Severity) -> None:
    judged = replace(impact(), environment=environment, path_class=path_class)
    assert levels(RULE, judged) == [level]
    assert levels(replace(RULE, context="exact"), judged) == ["critical"]


def test_a_lowered_level_says_why() -> None:
    judged = replace(impact(), environment="non-production")
    (finding,) = Judge([RULE]).findings([judged])
    assert finding.adjusted == ("critical -> high: non-production",)
    assert finding.declared_severity == "critical"


def test_a_configured_severity_replaces_the_rules_own() -> None:
    (finding,) = Judge([RULE], {"ZZZ001": "low"}).findings([impact(stateful="")])
    assert finding.severity == "low"


def test_fingerprints_have_no_lines_and_tell_deltas_apart() -> None:
    other = replace(FACT, path="other")
    assert fingerprint("R", impact(line=1), FACT) == fingerprint("R", impact(line=99), FACT)
    assert fingerprint("R", impact(), FACT) != fingerprint("R", impact(), other)
    assert fingerprint("R", impact(), FACT) != fingerprint("S", impact(), FACT)


def test_one_cause_is_one_finding() -> None:
    twice = impact("main.tf", "data", FACT, FACT)
    assert len(Judge([RULE]).findings([twice, twice])) == 1


def test_confidence_is_the_weakest() -> None:
    (finding,) = Judge([RULE]).findings([impact("main.tf", "data", replace(FACT, confidence="low"))])
    assert finding.confidence == "low"


def test_findings_come_worst_first() -> None:
    mild = replace(RULE, id="ZZZ002", severity="low", levels=())
    assert [f.rule_id for f in Judge([mild, RULE]).findings([impact()])] == ["ZZZ001", "ZZZ002"]


def test_messages() -> None:
    facts = {"a": ("x", "y"), "b": None, "c": 0.25, "d": True, "long": tuple("abcdefghij")}
    assert filled("{a}; {b}; {c}; {d}", facts.get) == "x, y; nothing; 0.25; true"
    words = {"a": {"x": "an x"}, "b": {"": "nobody"}, "d": {"true": "always"}}
    assert filled("{a}; {b}; {c}; {d}", facts.get, words) == "an x, y; nobody; 0.25; always"
    assert shown("x" * 200) == "x" * 200 and shown("x" * 201) == "x" * 200 + "…"
    assert shown(facts["long"]) == "a, b, c, d, e, f, g, h and 2 more"


def test_a_number_has_its_noun() -> None:
    facts = {"n": 1, "m": 2, "none": 0}
    template = "{n:file is|files are}, {m:file is|files are}, {none:file|files}"
    assert filled(template, facts.get) == "1 file is, 2 files are, 0 files"
