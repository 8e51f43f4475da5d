"""What cannot be read or worked out is unknown with a reason: nothing is said to go because of it, and nothing crashes."""

from __future__ import annotations

import time

import pytest

from blastlint import pipeline
from blastlint.engine.load import shipped_rules
from blastlint.model import Report
from blastlint.sources.memory import change_set

RULES = tuple(rule for rule in shipped_rules() if rule.id.startswith(("RES", "STA", "GRD")))
TEMPLATE = """\
Parameters: {Name: {Type: String}}
Resources:
  Db: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres, DBInstanceIdentifier: !Ref Name}}
  Table: {Type: AWS::DynamoDB::Table}
"""


def checked(before: str, after: str) -> Report:
    return pipeline.check(change_set({"t.yaml": before}, {"t.yaml": after}), RULES)


def effects(report: Report) -> dict[str, tuple[str, str]]:
    return {
        i.change.address: (i.effect, i.confidence)
        for i in report.impacts
        if i.change.kind == "cloudformation.resource" and i.effect != "no-op"
    }


def test_a_template_that_cannot_be_read_any_more_loses_nothing() -> None:
    report = checked(TEMPLATE, TEMPLATE + "  Broken: {Type: [\n")
    assert effects(report) == {} and report.findings == ()
    assert [n.id for n in report.notifications] == ["analysis-incomplete"]


ODD = [
    ("Name: {Type: String}", "Name: 3"),
    ("!Ref Name", "!Nonsense {a: [!Ref Name]}"),
    ("!Ref Name", "!Select [a, b, c]"),
    ("!Ref Name", "!Sub [1, 2]"),
    ("!Ref Name", "!GetAtt [Db, [x]]"),
    ("!Ref Name", "!If [Nowhere, a, b]"),
    ("!Ref Name", "!FindInMap [Nowhere, a, b]"),
    ("!Ref Name", "!Cidr [x, y, z]"),
    ("!Ref Name", "!Join [1]"),
]


@pytest.mark.parametrize(("old", "new"), ODD)
def test_what_cannot_be_worked_out_may_replace_at_most(old: str, new: str) -> None:
    found = effects(checked(TEMPLATE, TEMPLATE.replace(old, new)))
    assert found in ({}, {"t.yaml:Db": ("replace", "low")}, {"t.yaml:Db": ("replace", "medium")})


def test_conditions_in_a_circle_are_not_known() -> None:
    circle = "Conditions: {A: !Not [!Condition B], B: !Not [!Condition A]}\n" + TEMPLATE
    after = circle.replace("AWS::DynamoDB::Table}", "AWS::DynamoDB::Table, Condition: A}")
    assert effects(checked(circle, after)) == {"t.yaml:Table": ("unknown", "low")}


def test_a_resource_that_refers_to_itself() -> None:
    itself = TEMPLATE.replace("!Ref Name", "!Ref Db")
    assert (
        effects(checked(itself, itself.replace("AWS::DynamoDB::Table}", "AWS::DynamoDB::Table, DependsOn: Table}")))
        == {}
    )


def test_a_huge_template_with_many_variants_takes_no_long() -> None:
    def template(days: int) -> str:
        names = "".join(f"  C{n}: !Equals [!Ref P, '{n}']\n" for n in range(40))
        body = "".join(
            f"  Q{n}: {{Type: AWS::SQS::Queue, Condition: C{n % 40}, Properties: {{VisibilityTimeout: {days}}}}}\n"
            for n in range(390)
        )
        return f"Parameters: {{P: {{Type: String, Default: x}}}}\nConditions:\n{names}Resources:\n{body}"

    started = time.process_time()
    found = effects(checked(template(1), template(2)))
    assert time.process_time() - started < 5
    assert len(found) == 390 and set(found.values()) == {("in-place", "high")}
