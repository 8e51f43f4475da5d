"""Modules of which only the settings changed: the versions of Terraform and its providers that they ask for.

A release of a provider reaches every versions.tf of a repository. Nothing that a module makes hangs on these blocks, so that
neither it nor the configurations that call it are resolved for them.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence

from blastlint.model import Document, Entity
from blastlint.parse.hcl_ast import Block, File
from blastlint.parse.workspace import Workspace
from blastlint.resolve.terraform.definition import Definitions, is_override
from blastlint.resolve.terraform.emit import Emitter
from blastlint.resolve.terraform.instance import Configuration, Module
from blastlint.resolve.terraform.roots import uncalled

_MORE = ("backend", "cloud")


def settled(before: Workspace, after: Workspace, changed: Sequence[str]) -> frozenset[str]:
    """Those of the changed paths that differ in such blocks alone, or in nothing but what stands between blocks, where that
    is so of all changed files of a directory."""
    alike: set[str] = set()
    others: set[str] = set()
    for path in changed:
        directory = posixpath.dirname(path)
        if directory not in others and path.endswith((".tf", ".tofu")) and _is_alike(before, after, path):
            alike.add(path)
        elif path.endswith((".tf", ".tofu", ".tf.json", ".tofu.json", ".tfvars", ".tfvars.json")):
            others.add(directory)
    return frozenset(path for path in alike if posixpath.dirname(path) not in others)


def settings(workspace: Workspace, paths: Iterable[str]) -> Iterator[Entity]:
    """The terraform.settings of their configurations, as resolving these gives them: one that others call shows none."""
    definitions = Definitions(workspace)
    for directory in uncalled(workspace.tree, {posixpath.dirname(path) for path in paths}):
        definition = definitions.of(directory)
        if definition is not None:
            module = Module(Configuration(directory, definitions, {}), definition)
            yield from Emitter(directory, "", frozenset()).settings(module)


def _is_alike(before: Workspace, after: Workspace, path: str) -> bool:
    old, new = before.document(path), after.document(path)
    if old is None or new is None or is_override(path):
        return False
    rest = _rest(old)
    return rest is not None and rest == _rest(new)


def _rest(document: Document) -> list[str] | None:
    """The texts of all other blocks; None where there is more to it."""
    content = document.content
    if not isinstance(content, File) or document.coverage != "full":
        return None
    own = [block for block in content.blocks if block.type == "terraform"]
    if any(block.first(name) is not None for block in own for name in _MORE):
        return None
    return [_text(block) for block in content.blocks if block.type != "terraform"]


def _text(block: Block) -> str:
    return block.source.text[block.start : block.end]
