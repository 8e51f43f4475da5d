"""Entities of small trees, for tests."""

from __future__ import annotations

from collections.abc import Mapping

from blastlint.model import Entity
from blastlint.parse.workspace import Workspace
from blastlint.resolve.terraform import entities
from blastlint.resolve.terraform.values import render
from blastlint.sources.memory import MemoryTree


def resolved(files: Mapping[str, str], *changed: str) -> dict[str, Entity]:
    """Entities by address, of the changed files (all by default). With several configurations: `configuration:address`."""
    workspace = Workspace(MemoryTree({path: text.encode() for path, text in files.items()}), "after")
    found = list(entities(workspace, changed or sorted(files)))
    roots = {(e.configuration, e.variant) for e in found}
    assert len({e.key for e in found}) == len(found)
    if len(roots) < 2:
        return {e.address: e for e in found}
    return {f"{e.configuration}{'@' + e.variant if e.variant else ''}:{e.address}": e for e in found}


def resources(found: Mapping[str, Entity]) -> list[str]:
    return sorted(name for name, e in found.items() if e.kind == "terraform.resource")


def texts(entity: Entity) -> dict[str, str]:
    """The arguments as canonical expressions."""
    return {name: render(value) for name, value in entity.attributes.items.items()}
