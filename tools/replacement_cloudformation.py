"""Joins two public descriptions of CloudFormation's resource types into the table of what forces a replacement.

    pip download cfn-lint --no-deps -d /tmp/sources
    npm pack @aws-cdk/aws-service-spec --pack-destination /tmp/sources
    python tools/replacement_cloudformation.py /tmp/sources/cfn_lint-*.whl /tmp/sources/aws-cdk-aws-service-spec-*.tgz

Neither package is installed or imported. cfn-lint carries the provider schemas (createOnlyProperties,
conditionalCreateOnlyProperties; an absolute `tagUpdatable` for tags), the CDK's specification what the reference pages say
under "Update requires". Where both know a type: both yes = always; one yes, or any maybe = sometimes ("?"). A type that only
one of them knows goes by that one. What neither can say, or both say too carefully, is in CORRECTIONS, with the reason.
"""

from __future__ import annotations

import gzip
import json
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

OUTPUT = Path(__file__).parent.parent / "blastlint/facts/cloudformation.jsonl"
LETTERS = "csuar"  # any difference counts: a value changed, set or dropped, a block added or removed
MAX_DEPTH = 8
Vote = Literal["yes", "maybe"]
Votes = dict[str, Vote]
Schema = dict[str, Any]
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}

# type -> {path: "" never, "!" always, else the condition under which it does}. From the resource types' reference pages.
_BACKED_BY_EBS = dict.fromkeys(
    ("InstanceType", "UserData", "EbsOptimized", "KernelId", "RamdiskId", "AdditionalInfo", "SecurityGroupIds"), ""
)
_RUNNING_DATABASE = dict.fromkeys(
    (
        "AutoMinorVersionUpgrade",
        "BackupRetentionPeriod",
        "DBParameterGroupName",
        "MultiAZ",
        "PreferredMaintenanceWindow",
    ),
    "",
)
_REPLACING_UPDATE = "UpdatePolicy.AutoScalingReplacingUpdate.WillReplace"
CORRECTIONS: Mapping[str, Mapping[str, str]] = {
    # Stopped and started; only instances with an instance store for a root, or outside a VPC, were ever replaced.
    "AWS::EC2::Instance": _BACKED_BY_EBS,
    # Modified in place, at once or in the maintenance window.
    "AWS::RDS::DBInstance": {**_RUNNING_DATABASE, "StorageType": "", "Engine": "!"},
    "AWS::Neptune::DBInstance": _RUNNING_DATABASE,
    # The group is replaced where its update policy says so.
    "AWS::AutoScaling::AutoScalingGroup": dict.fromkeys(
        ("LaunchConfigurationName", "LaunchTemplate", "MixedInstancesPolicy", "VPCZoneIdentifier"), _REPLACING_UPDATE
    ),
    # The schema's condition is an import; a table's key cannot be changed.
    "AWS::DynamoDB::Table": {"KeySchema": "!"},
    "AWS::DynamoDB::GlobalTable": {"KeySchema": "!", "LocalSecondaryIndexes": "!"},
    "AWS::Events::Rule": {"EventBusName": "!"},
}


def main(wheel: str, package: str) -> None:
    schemas, lint_version = _schemas(wheel)
    specification, cdk_version = _specification(package)
    rows = {}
    for name in sorted({*schemas, *specification}):
        entry = _entry(name, schemas.get(name), specification.get(name))
        if entry is not None:
            rows[name] = entry
    header = {
        "provider": "cloudformation",
        "version": f"cfn-lint {lint_version}, @aws-cdk/aws-service-spec {cdk_version}",
        "source": "tools/replacement_cloudformation.py on cfn-lint's provider schemas (PyPI, MIT-0) and the CDK's service "
        "specification (npm, Apache-2.0)",
    }
    lines = [json.dumps(header), *(json.dumps([n, e], separators=(",", ":"), sort_keys=True) for n, e in rows.items())]
    OUTPUT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(rows)} types, {OUTPUT.stat().st_size} bytes, {len(gzip.compress(OUTPUT.read_bytes()))} compressed")


def _entry(name: str, schema: Schema | None, properties: Votes | None) -> dict[str, Any] | None:
    """The line of one type, or None for one of which both sources say nothing (they know it: it forces nothing)."""
    first = _schema_votes(schema) if schema is not None else None
    always: list[str] = []
    maybe: dict[str, str] = {}
    corrections = CORRECTIONS.get(name, {})
    for path in sorted({*(first or ()), *(properties or ()), *corrections}):
        answer = corrections.get(path)
        if answer is None:
            answer = _joined(path, first, properties)
        if answer == "" or _covered(path, always) or (answer == "?" and _covered(path, maybe)):
            continue
        if answer == "!":
            always.append(path)
        else:
            maybe[path] = answer
    forces = sorted({*always, *maybe})
    entry: dict[str, Any] = {"forces": {LETTERS: forces}} if forces else {}
    if maybe:
        entry["maybe"] = maybe
    if schema is not None:
        defaults = {p: v for p in forces if (v := _default(schema, p)) is not None}
        sets = sorted(p for p, array in _arrays(schema) if array.get("insertionOrder") is False or p == "Tags")
        entry |= {key: value for key, value in (("defaults", defaults), ("sets", sets)) if value}
    return entry


def _joined(path: str, first: Votes | None, second: Votes | None) -> str:
    """ "!" always, "?" sometimes, "" never."""
    votes = [_vote(side, path) for side in (first, second) if side is not None]
    if all(vote == "yes" for vote in votes):
        return "!"
    return "?" if any(votes) else ""


def _vote(votes: Votes, path: str) -> Vote | None:
    """What one source says of a path: its own entry, or that of what it is a part of."""
    here = path
    while here:
        if here in votes:
            return votes[here]
        here = here.rpartition(".")[0]
    return None


def _covered(path: str, outer: Iterable[str]) -> bool:
    return any(path.startswith(f"{name}.") for name in outer)


# --- cfn-lint's provider schemas ----------------------------------------------------------------------------------------


def _schemas(wheel: str) -> tuple[dict[str, Schema], str]:
    found: dict[str, Schema] = {}
    with zipfile.ZipFile(wheel) as archive:
        listed = json.loads(archive.read("cfnlint/data/schemas/providers/us-east-1.json"))
        names = {f"{number}.json" for number in listed.values()}
        for file in archive.namelist():
            if file.startswith("cfnlint/data/schemas/resources/") and file.endswith(".json"):
                schema = json.loads(archive.read(file))
                if schema["typeName"] not in found or file.rpartition("/")[2] in names:
                    found[schema["typeName"]] = schema
    return found, Path(wheel).name.split("-")[1]


def _schema_votes(schema: Schema) -> Votes:
    votes: Votes = {}
    for key, vote in (("conditionalCreateOnlyProperties", "maybe"), ("createOnlyProperties", "yes")):
        for pointer in schema.get(key, ()):
            votes[_dotted(pointer)] = "yes" if vote == "yes" else "maybe"
    return votes


def _dotted(pointer: str) -> str:
    """`/properties/A/*/B` -> `A.B`."""
    return ".".join(step for step in pointer.split("/")[2:] if step not in ("*", "items", "properties"))


def _default(schema: Schema, path: str) -> str | int | float | bool | None:
    here: Schema | None = schema
    for step in path.split("."):
        here = _properties(schema, here).get(step) if here is not None else None
    value = here.get("default") if here is not None else None
    fits = here is not None and isinstance(value, _TYPES.get(str(here.get("type")), ()))
    return value if fits else None  # some defaults there are notes of another kind


def _properties(schema: Schema, here: Schema) -> dict[str, Schema]:
    for _ in range(MAX_DEPTH):
        if "$ref" in here:
            here = schema.get("definitions", {}).get(here["$ref"].rpartition("/")[2], {})
        elif here.get("type") == "array":
            here = here.get("items", {})
        else:
            break
    found: dict[str, Schema] = here.get("properties", {})
    return found


def _arrays(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """(name, schema) of every property that is a list."""
    for name, property_ in schema["properties"].items():
        if property_.get("type") == "array":
            yield name, property_


# --- the CDK's specification --------------------------------------------------------------------------------------------


def _specification(package: str) -> tuple[dict[str, Votes], str]:
    with tarfile.open(package) as archive:
        members = {Path(member.name).name: member for member in archive.getmembers() if member.isfile()}
        read = {name: archive.extractfile(members[name]) for name in ("db.json.gz", "package.json")}
        assert all(read.values())
        database = json.loads(gzip.decompress(read["db.json.gz"].read()))["schema"]  # type: ignore[union-attr]
        version = json.loads(read["package.json"].read())["version"]  # type: ignore[union-attr]
    definitions = {e["$id"]: e["properties"] for e in database["typeDefinition"]["entities"]}
    found: dict[str, Votes] = {}
    for resource in database["resource"]["entities"]:
        votes: Votes = {}
        tags = (resource.get("tagInformation") or {}).get("tagPropertyName", "")
        for path, vote in _replacing(resource["properties"], definitions, "", frozenset()):
            if path.partition(".")[0] != tags:
                votes[path] = vote
        found[resource["cloudFormationType"]] = votes
    return found, version


def _replacing(
    properties: Mapping[str, Any], definitions: Mapping[str, Any], prefix: str, seen: frozenset[str]
) -> Iterator[tuple[str, Vote]]:
    """(path, vote) of the properties that say something, and of what is within the others."""
    for name, property_ in properties.items():
        path = f"{prefix}.{name}" if prefix else name
        vote = property_.get("causesReplacement")
        if vote in ("yes", "maybe"):
            yield path, vote
        if vote != "yes" and path.count(".") < MAX_DEPTH:
            for reference in _references(property_["type"]):
                if reference not in seen:
                    yield from _replacing(definitions[reference], definitions, path, seen | {reference})


def _references(type_: Mapping[str, Any]) -> Iterator[str]:
    kind = type_["type"]
    if kind == "ref":
        yield type_["reference"]["$ref"]
    elif kind in ("array", "map"):
        yield from _references(type_["element"])
    elif kind == "union":
        for inner in type_["types"]:
            yield from _references(inner)


if __name__ == "__main__":
    main(*sys.argv[1:3])
