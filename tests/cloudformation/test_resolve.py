"""What templates declare: values, conditions, variants, expansions, and what cannot be known."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint import diff
from blastlint.model import Entity, Value
from blastlint.parse.workspace import Workspace
from blastlint.resolve.cloudformation import entities
from blastlint.sources.memory import change_set

HEAD = """\
Parameters:
  Env: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Zones: {Type: CommaDelimitedList, Default: "a, b"}
  Days: {Type: Number, Default: 7}
  Name: {Type: String}
  Hidden: {Type: String, Default: hunter2, NoEcho: true}
  Image: {Type: "AWS::SSM::Parameter::Value<String>", Default: /images/base}
Mappings:
  Sizes: {dev: {Db: 20}, prod: {Db: 200}}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsDev: !Not [Condition: IsProd]
  Both: !And [!Condition IsProd, !Condition IsDev]
  Named: !Equals [!Ref Name, x]
  Loop: !Not [!Condition Loop]
Resources:
  Key: {Type: AWS::KMS::Key}
  It:
    Type: AWS::X::Y
    Properties:
      V: """


def resolved(files: Mapping[str, str], changed: tuple[str, ...] = ()) -> list[Entity]:
    side = Workspace(change_set({}, files).after, "after")
    return list(entities(side, changed or tuple(sorted(files))))


def value(expression: str) -> Value:
    """What an expression is with the defaults."""
    found = resolved({"t.yaml": HEAD + expression + "\n"})
    (it,) = (e for e in found if e.name == "It" and not e.variant)
    result = it.attributes.get("Properties", "V")
    assert result is not None
    return result


KNOWN = [
    ("!Ref Days", 7),
    ("{Ref: Env}", "dev"),
    ("!Sub 'a-${Env}-${!X}'", "a-dev-${X}"),
    ("!Sub ['${A}-${Env}', {A: !Ref Days}]", "7-dev"),
    ("!Join ['-', [a, !Ref Env, !Select [1, !Ref Zones]]]", "a-dev-b"),
    ("!Select [2, !Split ['.', 'a.b.c']]", "c"),
    ("!FindInMap [Sizes, !Ref Env, Db]", 20),
    ("{'Fn::FindInMap': [Sizes, qa, Db, {DefaultValue: 5}]}", 5),
    ("!If [IsProd, 1, !If [IsDev, 2, 3]]", 2),
    ("!If [Both, 1, 2]", 2),
    ("!If [Named, same, same]", "same"),
    ("!Base64 'echo'", "echo"),
    ("!Select [1, !Cidr [10.0.0.0/16, 4, 8]]", "10.0.1.0/24"),
    ("{'Fn::Length': !Ref Zones}", 2),
    ("{'Fn::ToJsonString': {b: 1, a: [x]}}", '{"a": ["x"], "b": 1}'),
]
UNKNOWN = [
    ("!Ref Name", "Name", {"var.Name"}),
    ("!Ref Hidden", "Hidden", {"var.Hidden"}),
    ("!Ref Image", 'ssm("/images/base")', set()),
    ("!Ref Key", "Key", {"t.yaml:Key"}),
    ("!GetAtt Key.Arn", "Key.Arn", {"t.yaml:Key"}),
    ("{'Fn::GetAtt': [Key, Arn]}", "Key.Arn", {"t.yaml:Key"}),
    ("!Sub '${Key.Arn}'", "Key.Arn", {"t.yaml:Key"}),
    ("!Sub 'a-${Name}'", '"a-${Name}"', {"var.Name"}),
    ("!Join ['-', [a, !Ref Name]]", '"a-${Name}"', {"var.Name"}),
    ("!Join [',', [!Ref Key]]", "Key", {"t.yaml:Key"}),
    ("!If [Named, 1, !Ref Key]", 'If("Named", "1", Key)', {"t.yaml:Key"}),
    ("!If [Loop, 1, 2]", 'If("Loop", "1", "2")', set()),
    ("!FindInMap [Sizes, !Ref Name, Db]", 'FindInMap("Sizes", Name, "Db")', {"var.Name"}),
    ("!ImportValue net-Vpc", 'ImportValue("net-Vpc")', set()),
    ("!GetAZs ''", 'GetAZs("")', set()),
    ("!Select [0, !GetAZs '']", 'Select("0", GetAZs(""))', set()),
    ("!Wrong [a]", 'Wrong(["a"])', set()),
    ("{'Fn::Transform': {Name: AWS::Include}}", "Transform(AWS::Include)", set()),
    ("'{{resolve:ssm:/x}}'", '"{{resolve:ssm:/x}}"', set()),
    ("!Ref AWS::Region", "AWS::Region", {"var.AWS::Region"}),
]


@pytest.mark.parametrize(("expression", "expected"), KNOWN)
def test_known_values(expression: str, expected: object) -> None:
    found = value(expression)
    assert (found.known, found.data) == (True, expected)


@pytest.mark.parametrize(("expression", "text", "refs"), UNKNOWN)
def test_unknown_values_have_one_text_and_what_they_hang_on(expression: str, text: str, refs: set[str]) -> None:
    found = value(expression)
    assert (found.known, found.text, found.refs) == (False, text, refs)
    assert found.reason


def test_what_is_no_value_is_absent() -> None:
    assert value("{A: !Ref AWS::NoValue, B: [1, !If [IsProd, 2, !Ref AWS::NoValue]]}") == Value(
        {"B": Value((Value(1),))}
    )


def test_a_value_that_rests_on_a_default_says_so() -> None:
    reasons = [value(e).reason for e in ("!Ref Env", "!Sub '${Env}'", "!FindInMap [Sizes, !Ref Env, Db]", "plain")]
    assert reasons == ["the default of a parameter: Env=dev"] * 3 + [""]


# --- which resources there are --------------------------------------------------------------------------------------------

CONDITIONAL = """\
Parameters:
  Env: {Type: String, Default: dev}
  Name: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  Named: !Equals [!Ref Name, !Ref Env]
  Never: !And [!Equals [!Ref Env, prod], !Equals [!Ref Env, dev]]
Resources:
  Always: {Type: AWS::SNS::Topic}
  Prod: {Type: AWS::SQS::Queue, Condition: IsProd}
  Maybe: {Type: AWS::SQS::Queue, Condition: Named}
  Dead: {Type: AWS::SQS::Queue, Condition: Never}
"""


def there(found: list[Entity]) -> list[tuple[str, str, bool]]:
    return [(e.name, e.variant, getattr(e.detail, "countable", True)) for e in found]


def test_conditions_decide_what_is_there_in_each_variant() -> None:
    assert there(resolved({"t.yaml": CONDITIONAL})) == [
        ("Always", "", True),
        ("Maybe", "", False),
        ("Always", "Env=prod", True),
        ("Prod", "Env=prod", True),
        ("Maybe", "Env=prod", False),
        ("Dead", "", False),
    ]


def test_parameter_files_are_variants_in_both_formats() -> None:
    files = {
        "t.yaml": CONDITIONAL,
        "params/prod.json": '[{"ParameterKey": "Env", "ParameterValue": "prod"}]',
        "params/qa.json": '{"Parameters": {"Env": "qa", "Name": "qa"}}',
        "params/other.json": '{"Parameters": {"Elsewhere": "x"}}',
    }
    found = there(resolved(files, ("params/prod.json",)))
    assert [(name, variant) for name, variant, _ in found] == [
        ("Always", ""), ("Maybe", ""),
        ("Always", "params/prod.json"), ("Prod", "params/prod.json"), ("Maybe", "params/prod.json"),
        ("Always", "params/qa.json"), ("Maybe", "params/qa.json"),
    ]  # fmt: skip


def test_loops_are_written_out() -> None:
    template = """\
Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Queues:
    - Name
    - [Orders, Mail]
    - "${Name}Queue":
        Type: AWS::SQS::Queue
        Properties: {QueueName: !Sub "q-${Name}", Tag: !Ref Name}
"""
    assert [(e.address, [v.scalar for v in e.attributes.items["Properties"].items.values()])
            for e in resolved({"t.yaml": template})] == [
        ("t.yaml:OrdersQueue", ["q-Orders", "Orders"]), ("t.yaml:MailQueue", ["q-Mail", "Mail"])]  # fmt: skip


def test_serverless_resources_expand() -> None:
    template = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Timeout: 30, Environment: {Variables: {A: 1}}}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: f
      Environment: {Variables: {B: 2}}
      Events: {Get: {Type: Api, Properties: {Path: /, Method: get}}}
      Policies: [AWSLambdaExecute, {Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}]
  Table:
    Type: AWS::Serverless::SimpleTable
    Properties: {PrimaryKey: {Name: pk, Type: Number}}
  Layer: {Type: AWS::Serverless::LayerVersion}
  Own: {Type: AWS::Serverless::Function, Properties: {Role: arn}}
"""
    found = {e.address.partition(":")[2]: e for e in resolved({"t.yaml": template})}
    assert {name: e.type for name, e in found.items()} == {
        "FnRole": "AWS::IAM::Role",
        "ServerlessRestApi": "AWS::ApiGateway::RestApi",
        "Fn": "AWS::Lambda::Function",
        "Table": "AWS::DynamoDB::Table",
        "Layer": "AWS::Lambda::LayerVersion",
        "Own": "AWS::Lambda::Function",
    }
    fn = found["Fn"].attributes.items["Properties"].items
    assert (fn["Timeout"].scalar, sorted(fn["Environment"].items["Variables"].items)) == (30, ["A", "B"])
    key = found["Table"].attributes.get("Properties", "KeySchema", 0, "AttributeName")
    assert key is not None and key.scalar == "pk"
    policy = found["Layer"].attributes.get("DeletionPolicy")
    assert policy is not None and policy.scalar == "Retain"


def test_nested_stacks_take_their_parents_values() -> None:
    files = {
        "root.yaml": """\
Resources:
  Data:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ./data/db.yaml, Parameters: {Name: orders}}
""",
        "data/db.yaml": """\
Parameters: {Name: {Type: String}}
Resources:
  Db: {Type: AWS::RDS::DBInstance, Properties: {DBInstanceIdentifier: !Ref Name}}
""",
    }
    found = resolved(files, ("root.yaml",))
    assert [(e.address, e.variant, e.parent) for e in found] == [
        ("root.yaml:Data", "", ""), ("data/db.yaml:Db", "root.yaml:Data", "root.yaml:Data")]  # fmt: skip
    name = found[1].attributes.get("Properties", "DBInstanceIdentifier")
    assert name is not None and name.scalar == "orders"
    assert {e.address for e in resolved(files, ("data/db.yaml",))} == {"root.yaml:Data", "data/db.yaml:Db"}


def test_the_path_in_a_cdk_application_is_the_name() -> None:
    text = """{"Resources": {"Db1A2B": {"Type": "AWS::RDS::DBInstance",
    "Metadata": {"aws:cdk:path": "Shop-prod/Db/Resource"}}}}"""
    assert [(e.address, e.name) for e in resolved({"cdk.out/s.template.json": text})] == [
        ("cdk.out/s.template.json:Db1A2B", "Shop-prod/Db")]  # fmt: skip


def test_templates_are_found_by_content() -> None:
    text = '{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}'
    assert [e.address for e in resolved({"stacks/queue.template": text})] == ["stacks/queue.template:Q"]
    assert resolved({"a.yaml": "Resources: {A: {Type: plain}}\n", "b.yaml": "Resources: 3\n"}) == []


# --- sameness -----------------------------------------------------------------------------------------------------------

SPELLINGS = [
    ("!Sub '${Name}-x'", '{"Fn::Sub": "${Name}-x"}'),
    ("!Sub '${Name}-x'", "!Join ['', [!Ref Name, '-x']]"),
    ("!GetAtt Key.Arn", "!Sub '${Key.Arn}'"),
    ("!If [IsProd, 1, 7]", "7"),
    ('"7"', "7"),
    ("true", '"true"'),
]


@pytest.mark.parametrize(("one", "other"), SPELLINGS)
def test_spellings_that_mean_the_same(one: str, other: str) -> None:
    sides = [[e for e in resolved({"t.yaml": HEAD + text + "\n"}) if not e.variant] for text in (one, other)]
    assert diff.changes(*sides) == ()


# --- bad input ----------------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(
    ["Resources", "Type", "Properties", "Ref", "Fn::Sub", "Fn::If", "Fn::ForEach::L", "Conditions", "Condition", "Fn::Join",
     "Parameters", "Default", "Mappings", "Fn::FindInMap", "Fn::Cidr", "Fn::Select", "Globals", "Transform", "A", "!GetAtt"]
)  # fmt: skip
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["A::B", "${x}", "", "A", "AWS::Serverless::Function"]),
    lambda kids: st.lists(kids, max_size=3) | st.dictionaries(NAMES, kids, max_size=4),
)


def tree_value(tree: object) -> Value:
    if isinstance(tree, dict):
        return Value({str(k): tree_value(v) for k, v in tree.items()})
    if isinstance(tree, list):
        return Value(tuple(map(tree_value, tree)))
    assert tree is None or isinstance(tree, (bool, int, str))
    return Value(tree)


@settings(max_examples=150, deadline=None)
@given(TREES, TREES)
def test_odd_trees_never_raise(tree: object, other: object) -> None:
    import json

    files = {"a.json": json.dumps({"Resources": {"A": {"Type": "A::B", "P": tree}}, "Conditions": other}),
             "b.json": json.dumps(tree), "c.json": json.dumps({"Parameters": other, "Resources": tree})}  # fmt: skip
    resolved(files)


def test_cycles_end() -> None:
    files = {
        "a.yaml": "Resources: {S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: b.yaml}}}\n",
        "b.yaml": "Resources: {S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: a.yaml}}}\n",
    }
    assert len(resolved(files)) == 12  # five levels, twice


def test_many_templates_that_change_directory_are_the_same_ones() -> None:
    files = {f"{n % 7}/stack{n:04}.yaml": f"Resources:\n  Q: {{Type: AWS::SQS::Queue, Properties: {{QueueName: q{n}}}}}\n"
             for n in range(320)}  # fmt: skip
    moved = change_set({f"old/{p}": t for p, t in files.items()}, {f"new/{p}": t for p, t in files.items()})
    paths = tuple(p for f in moved.files for p in (f.before, f.after) if p)
    before, after = Workspace(moved.before, "before"), Workspace(moved.after, "after")
    changes = diff.changes(tuple(entities(before, paths)), tuple(entities(after, paths)))
    assert {change.action for change in changes} == {"moved"}
    assert not before.cuts
