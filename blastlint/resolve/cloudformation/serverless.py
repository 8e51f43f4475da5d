"""What a SAM resource expands to: the CloudFormation resource under its own name, and what comes with it.

Names and rules are those of the SAM specification: a function or state machine without a role gets `<Name>Role`; functions
whose API events name no API share `ServerlessRestApi` or `ServerlessHttpApi`; a layer version is retained unless it says
otherwise. Properties keep their SAM names where the expanded type has no other one for the same thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from blastlint.frozen import replace
from blastlint.model import Value
from blastlint.resolve.cloudformation.template import text

_PREFIX = "AWS::Serverless::"
_TYPES: Mapping[str, str] = {
    "Function": "AWS::Lambda::Function",
    "Api": "AWS::ApiGateway::RestApi",
    "HttpApi": "AWS::ApiGatewayV2::Api",
    "WebSocketApi": "AWS::ApiGatewayV2::Api",
    "SimpleTable": "AWS::DynamoDB::Table",
    "LayerVersion": "AWS::Lambda::LayerVersion",
    "StateMachine": "AWS::StepFunctions::StateMachine",
    "Application": "AWS::CloudFormation::Stack",
    "GraphQLApi": "AWS::AppSync::GraphQLApi",
}
_RENAMED: Mapping[str, Mapping[str, str]] = {
    "Function": {"CodeUri": "Code", "InlineCode": "Code"},
    "StateMachine": {"Name": "StateMachineName", "Type": "StateMachineType", "DefinitionUri": "DefinitionS3Location"},
    "LayerVersion": {"ContentUri": "Content"},
    "Application": {"Location": "TemplateURL"},
}
_SHARED = ("Condition", "DeletionPolicy", "UpdateReplacePolicy")
_WITH_ROLE = ("Function", "StateMachine")
_IMPLICIT = {"Api": ("RestApiId", "ServerlessRestApi"), "HttpApi": ("ApiId", "ServerlessHttpApi")}
_KEY_TYPES = {"String": "S", "Number": "N", "Binary": "B"}


def expanded(name: str, declared: Value, common: Value) -> Iterator[tuple[str, Value]]:
    """(logical id, declaration) of everything that one resource becomes; `common` is the section Globals."""
    sam = text(declared.get("Type")).removeprefix(_PREFIX)
    if sam not in _TYPES or not text(declared.get("Type")).startswith(_PREFIX):
        yield name, declared
        return
    defaults = common.get(sam) or Value({})
    properties = _merged(defaults, declared.get("Properties") or Value({})).items
    renamed = _RENAMED.get(sam, {})
    own = {renamed.get(key, key): value for key, value in properties.items()}
    extra: dict[str, Value] = {}
    if sam == "SimpleTable":
        _key_schema(own)
    elif sam == "LayerVersion":
        retention = text(own.pop("RetentionPolicy", None)) or "Retain"
        extra = {p: Value(retention) for p in _SHARED[1:] if declared.get(p) is None}
    elif sam in _WITH_ROLE and "Role" not in own:
        yield f"{name}Role", _role(declared, own.pop("Policies", None))
    for event in (own.get("Events") or Value({})).items.values():
        wanted, api = _IMPLICIT.get(text(event.get("Type")), ("", ""))
        if api and event.get("Properties", wanted) is None:
            yield api, replace(declared, data={"Type": Value(_TYPES[text(event.get("Type"))]), "Properties": Value({})})
    kept = {key: value for key, value in declared.items.items() if key not in ("Type", "Properties")}
    whole = declared.get("Properties")
    body = Value(own, region=whole.region if whole else None)
    yield name, replace(declared, data={**kept, **extra, "Type": Value(_TYPES[sam]), "Properties": body})


def _merged(common: Value, own: Value) -> Value:
    """SAM's rule: maps are merged, lists are joined, anything else is the resource's own."""
    if common.is_map and own.is_map:
        keys = dict.fromkeys((*common.items, *own.items))
        both = {k: _merged(common.items[k], own.items[k]) for k in keys if k in common.items and k in own.items}
        return replace(own, data={k: both.get(k) or own.items.get(k) or common.items[k] for k in keys})
    if common.is_list and own.is_list:
        return replace(own, data=(*common.elements, *own.elements))
    return own


def _key_schema(own: dict[str, Value]) -> None:
    """A simple table's `PrimaryKey` (by default `id`, a string) in DynamoDB's words."""
    key = own.pop("PrimaryKey", None)
    name = (key.get("Name") if key else None) or Value("id")
    kind = Value(_KEY_TYPES.get(text(key.get("Type") if key else None), "S"))
    region = key.region if key else None
    own["AttributeDefinitions"] = Value((Value({"AttributeName": name, "AttributeType": kind}),), region=region)
    own["KeySchema"] = Value((Value({"AttributeName": name, "KeyType": Value("HASH")}),), region=region)


def _role(declared: Value, policies: Value | None) -> Value:
    """The role that is made for a function or state machine, with the policies that it declares."""
    listed = policies.elements if policies is not None and policies.is_list else (policies,) if policies else ()
    inline = tuple(p for p in listed if p.is_map and p.get("Statement") is not None)
    managed = tuple(p for p in listed if not p.is_map)
    properties: dict[str, Value] = {}
    region = policies.region if policies else declared.region
    if managed:
        properties["ManagedPolicyArns"] = Value(managed, region=region)
    if inline:
        documents = tuple(Value({"PolicyDocument": p}, region=p.region) for p in inline)
        properties["Policies"] = Value(documents, region=region)
    shared = {key: declared.items[key] for key in _SHARED if key in declared.items}
    return replace(declared, data={**shared, "Type": Value("AWS::IAM::Role"), "Properties": Value(properties)})
