"""Files of variable values: which ones a configuration has, and what they give."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from blastlint.model import Tree, Value
from blastlint.parse.hcl_ast import File
from blastlint.parse.workspace import Workspace
from blastlint.resolve.terraform.definition import configuration_files
from blastlint.resolve.terraform.evaluate import Scope, attribute

VARIABLE_SUFFIXES = (".tfvars", ".tfvars.json")
VARIABLE_DIRECTORIES = (
    "env", "envs", "environment", "environments", "vars", "var", "tfvars", "variables", "config", "configs", "params",
)  # fmt: skip


def variables(workspace: Workspace, path: str) -> Mapping[str, Value]:
    """The values that a .tfvars file gives."""
    document = workspace.document(path)
    if document is None or not isinstance(document.content, File):
        return {}
    return {name: attribute(given.value, Scope(None)) for name, given in document.content.attributes.items()}


def variable_files(tree: Tree, root: str) -> tuple[list[str], list[str]]:
    """(.tfvars files that Terraform loads by itself, in that order; all others that belong to the root)."""
    here = [path for path in tree.listdir(root) if path.endswith(VARIABLE_SUFFIXES)]
    names = {posixpath.basename(path): path for path in here}
    automatic = [names[name] for name in ("terraform.tfvars", "terraform.tfvars.json") if name in names]
    automatic += [path for path in sorted(here) if path.endswith((".auto.tfvars", ".auto.tfvars.json"))]
    named = [path for path in here if path not in automatic]
    for directory in VARIABLE_DIRECTORIES:
        listed = tree.listdir(f"{root}/{directory}" if root else directory)
        found = [path for path in listed if path.endswith(VARIABLE_SUFFIXES)]
        if found and not configuration_files(listed):
            named += found
    return automatic, sorted(named)
