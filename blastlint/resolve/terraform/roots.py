"""Which configurations the changed files bear on: root directories, found from the changed module upwards."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from blastlint.model import Tree
from blastlint.resolve.terraform.definition import SUFFIXES, Definitions, configuration_files

MAX_CONFIGURATIONS = 300
MAX_CALL_LEVELS = 20
_SOURCE = re.compile(rb'["\']?source["\']?\s*[=:]\s*"(\.[^"]*)"')
_ASIDE = re.compile(r"(?:^|/)(?:examples?|tests?|testing|fixtures?|docs?|samples?|test-fixtures|testdata)(?:/|$)")
_VARIABLE_SUFFIXES = (".tfvars", ".tfvars.json")
VARIABLE_DIRECTORIES = (
    "env", "envs", "environment", "environments", "vars", "var", "tfvars", "variables", "config", "configs", "params",
)  # fmt: skip


def roots(definitions: Definitions, changed: Sequence[str]) -> tuple[list[str], frozenset[str]]:
    """(root directories in order, module directories with changed files)."""
    tree = definitions.workspace.tree
    directories: dict[str, None] = {}
    for path in changed:
        directory = posixpath.dirname(path)
        if path.endswith(_VARIABLE_SUFFIXES):
            owner = variables_owner(tree, path)
            if owner is not None:
                directories[owner] = None
        elif path.endswith(SUFFIXES):
            directories[directory] = None
    found: dict[str, None] = {}
    for directory in sorted(directories):
        for root in _roots_of(definitions, directory):
            found[root] = None
            if len(found) >= MAX_CONFIGURATIONS:
                return list(found), frozenset(directories)
    return list(found), frozenset(directories)


def variables_owner(tree: Tree, path: str) -> str | None:
    """The configuration that a .tfvars file is for: its directory, or the nearest above, that has configuration files."""
    directory = posixpath.dirname(path)
    while True:
        if configuration_files(tree.listdir(directory)):
            return directory
        if not directory:
            return None
        directory = posixpath.dirname(directory)


def _roots_of(definitions: Definitions, directory: str) -> Iterator[str]:
    """The roots that reach a directory by calls, itself where nobody calls it or where it has a backend of its own."""
    seen = {directory}
    level = [directory]
    for _ in range(MAX_CALL_LEVELS):
        above: list[str] = []
        for here in level:
            callers = callers_of(definitions.workspace.tree, here)
            definition = definitions.of(here)
            if not callers or (definition is not None and definition.backend is not None):
                yield here
            above += [caller for caller in callers if caller not in seen]
            seen.update(callers)
        level = sorted(set(above))
        if not level:
            return


def callers_of(tree: Tree, directory: str) -> list[str]:
    """Directories whose configuration calls the module in `directory`. Those aside (examples, tests) do not count,
    unless the
    module itself stands aside too."""
    aside = bool(_ASIDE.search(directory))
    found: set[str] = set()
    for path in _mentions(tree, directory):
        caller = posixpath.dirname(path)
        if caller in found or caller == directory or (not aside and _ASIDE.search(caller)):
            continue
        data = tree.read(path)
        if data and any(_leads(caller, match[1], directory) for match in _SOURCE.finditer(data)):
            found.add(caller)
    return sorted(found)


def _mentions(tree: Tree, directory: str) -> Iterator[str]:
    """Files that may call it: those that name the last part of its path, or end a source by going up."""
    name = posixpath.basename(directory)
    if name:
        for literal in (f'/{name}"', f'/{name}/"'):
            yield from tree.search(literal, SUFFIXES)
    below = f"{directory}/" if directory else ""
    for literal in ('.."', '../"'):
        yield from (path for path in tree.search(literal, SUFFIXES) if path.startswith(below))


def _leads(caller: str, source: bytes, directory: str) -> bool:
    """Whether a relative source in `caller` means `directory`."""
    relative = source.decode("utf-8", "replace").replace("//", "/")
    return posixpath.normpath(posixpath.join("/", caller, relative)).lstrip("/") == directory


def variable_files(tree: Tree, root: str) -> tuple[list[str], list[str]]:
    """(.tfvars files that Terraform loads by itself, in that order; all others that belong to the root)."""
    here = [path for path in tree.listdir(root) if path.endswith(_VARIABLE_SUFFIXES)]
    names = {posixpath.basename(path): path for path in here}
    automatic = [names[name] for name in ("terraform.tfvars", "terraform.tfvars.json") if name in names]
    automatic += [path for path in sorted(here) if path.endswith((".auto.tfvars", ".auto.tfvars.json"))]
    named = [path for path in here if path not in automatic]
    for directory in VARIABLE_DIRECTORIES:
        below = posixpath.join(root, directory) if root else directory
        if not configuration_files(tree.listdir(below)):
            named += [path for path in tree.listdir(below) if path.endswith(_VARIABLE_SUFFIXES)]
    return automatic, sorted(named)
