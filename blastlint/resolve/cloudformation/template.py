"""One CloudFormation template: its sections, found by content. Names and extensions say nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from blastlint.frozen import dataclass
from blastlint.model import Value
from blastlint.parse.keytree import KeyTree
from blastlint.parse.workspace import Workspace

_EMPTY = Value({})


@dataclass(frozen=True, slots=True)
class Template:
    """The sections of one template as they are written; a missing one is empty."""

    path: str
    root: Value

    def section(self, name: str) -> Mapping[str, Value]:
        return (self.root.items.get(name) or _EMPTY).items

    @property
    def resources(self) -> Mapping[str, Value]:
        return self.section("Resources")

def templates(workspace: Workspace, path: str) -> Iterator[Template]:
    """The templates of a file: one in each document whose `Resources` have types like `AWS::S3::Bucket`."""
    document = workspace.document(path)
    if document is None or not isinstance(document.content, KeyTree):
        return
    for root in document.content.documents:
        if is_template(root):
            yield Template(path, root)


def is_template(root: Value) -> bool:
    resources = root.items.get("Resources")
    if resources is None or not resources.is_map:
        return False
    return any("::" in text(r.items.get("Type")) or is_loop(name) for name, r in resources.items.items())


def is_loop(key: str) -> bool:
    return key.startswith("Fn::ForEach::")


def text(value: Value | None) -> str:
    """A scalar as CloudFormation takes it, where every value is a string; empty for everything else."""
    scalar = value.scalar if value is not None else None
    if isinstance(scalar, bool):
        return "true" if scalar else "false"
    return "" if scalar is None else str(scalar)
