"""What programs declare (the AWS CDK, CDK for Terraform, Pulumi; also Pulumi's YAML) -> entities of kind `program.resource`,
and `iam.policy` for the statements of policies that a file makes.

The address is `Class.Name`, with a number behind it where a file makes two of one name; the type is the class with the
module before it (`rds.DatabaseInstance`). What applying the program does is not foreseen: only what its arguments say of a
resource that stands on both sides is compared.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from blastlint.facts.canonical import digest
from blastlint.model import Document, Entity, Region, Value
from blastlint.parse.keytree import KeyTree
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex

if TYPE_CHECKING:
    from blastlint.parse.declared import Declared

_LIBRARIES = regex(rb"aws-cdk|aws_cdk|@pulumi/|\bpulumi\b|\bcdktf\b")
_PULUMI = regex(r"^(Pulumi|Main)\.(ya?ml|json)$")
_INNER = regex(r"/[^:]*")  # aws:rds/instance:Instance
# Argument of a PolicyStatement -> the word of a policy document.
_STATEMENT = {"actions": "Action", "resources": "Resource", "not_actions": "NotAction", "not_resources": "NotResource"}


def entities(workspace: Workspace, changed: Sequence[str]) -> Iterator[Entity]:
    """Every resource of the changed files on this side."""
    for path in changed:
        document = workspace.document(path)
        if document is None:
            continue
        if isinstance(document.content, KeyTree):
            if _PULUMI.match(posixpath.basename(path)):
                yield from _of_yaml(document.content, path)
        elif _LIBRARIES.search(getattr(document.content, "source", b"")):
            yield from _of_program(document, workspace)


def _of_program(document: Document, workspace: Workspace) -> Iterator[Entity]:
    from blastlint.parse.code import Module
    from blastlint.parse.declared import declared

    assert isinstance(document.content, Module)
    made = declared(document.content, workspace.side)
    seen: Counter[str] = Counter()
    for each in made:
        if each.name:
            address = f"{_type(each.type)}.{each.name}"
            seen[address] += 1
            number = f":{seen[address]}" if seen[address] > 1 else ""
            yield _entity(address + number, each.type, each.name, each.arguments, each.header, document.path)
    statements = tuple(_statement(each) for each in made if _type(each.type).endswith("PolicyStatement"))
    if statements:
        name, region = (
            posixpath.basename(document.path),
            statements[0].region or Region(workspace.side, document.path, 1),
        )
        root = Value({"Statement": Value(statements)}, region=region)
        yield Entity(document.path, "iam.policy", "policy", name, root, region, content=digest(root))


def _of_yaml(tree: KeyTree, path: str) -> Iterator[Entity]:
    from blastlint.parse.declared import in_snake_case

    for root in tree.documents[:1]:
        resources = root.get("resources")
        for name, written in (resources.items if resources is not None else {}).items():
            type_, region = written.get("type"), written.region
            if type_ is None or region is None:
                continue
            given = [written.get(key) for key in ("properties", "options")]
            arguments = {k: v for part in given if part is not None for k, v in in_snake_case(part).items.items()}
            class_ = _INNER.sub("", str(type_.scalar)).replace(":", ".")
            yield _entity(f"{_type(class_)}.{name}", class_, name, Value(arguments, region=region), region, path)


def _type(class_: str) -> str:
    """The class with the module before it."""
    return ".".join(class_.split(".")[-2:])


def _entity(address: str, class_: str, name: str, arguments: Value, header: Region, path: str) -> Entity:
    return Entity(
        address,
        "program.resource",
        _type(class_),
        name,
        arguments,
        arguments.region or header,
        header=header,
        configuration=path,
        content=digest(arguments),
    )


def _statement(each: Declared) -> Value:
    """A statement in the words of a policy document."""
    given = each.arguments.items
    effect = given.get("effect")
    items = {word: given[name] for name, word in _STATEMENT.items() if name in given}
    items["Effect"] = Value("Deny" if effect is not None and effect.scalar == "DENY" else "Allow", region=each.region)
    return Value(items, region=each.region)
