"""Which configurations the changed files bear on: root directories, found from the changed module upwards."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from blastlint.model import Tree
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex, screened
from blastlint.resolve.readers import readers
from blastlint.resolve.terraform import terragrunt
from blastlint.resolve.terraform.definition import SUFFIXES, Definitions, configuration_files
from blastlint.resolve.terraform.terragrunt_files import NAME, Unit
from blastlint.resolve.terraform.tfvars import VARIABLE_SUFFIXES

MAX_CONFIGURATIONS = 300
MAX_CALL_LEVELS = 20
_FEW = 100  # so many names may be looked for beside the calls: each finds lines that nobody asked for
_RELATIVE = ('"./', '"../', '"."', '".."')
_SOURCE = regex(r'\bsource["\']?\s*[=:]\s*"(\.[^"]*)"')
_ASIDE = screened(
    "example test fixture doc sample",
    r"(?:^|/)(?:examples?|tests?|testing|fixtures?|docs?|samples?|test-fixtures|testdata)(?:/|$)",
)


def roots(definitions: Definitions, changed: Sequence[str]) -> tuple[list[str], frozenset[str]]:
    """(root directories in order, module directories with changed files)."""
    tree = definitions.workspace.tree
    directories: dict[str, None] = {}
    for path in changed:
        directory = posixpath.dirname(path)
        if path.endswith(VARIABLE_SUFFIXES):
            owner = variables_owner(tree, path)
            if owner is not None:
                directories[owner] = None
        elif path.endswith(SUFFIXES):
            directories[directory] = None
    for directory in readers(tree, changed).values():
        directories[directory] = None
    found: dict[str, None] = {}
    if directories and len(directories) <= _FEW:  # one search of the tree for both questions
        tree.lines((*_RELATIVE, *terragrunt.words(changed, directories)), (*SUFFIXES, terragrunt.SUFFIX))
    callers = _callers(tree) if directories else {}
    for directory in sorted(directories):
        for root in _roots_of(definitions, callers, directory):
            if len(found) >= MAX_CONFIGURATIONS and root not in found:
                left_out = f"only {MAX_CONFIGURATIONS} of the configurations that it bears on were looked at"
                definitions.workspace.cut(directory, left_out)
                return list(found), frozenset(directories)
            found[root] = None
    return list(found), frozenset(directories)


def units(definitions: Definitions, changed: Sequence[str], touched: Collection[str]) -> dict[str, Unit]:
    """The units of Terragrunt that the changed files bear on, also through modules that call a changed one."""
    if not terragrunt.is_used(definitions.workspace, changed, touched):
        return terragrunt.units(definitions, [path for path in changed if posixpath.basename(path) == NAME])
    callers = _callers(definitions.workspace.tree) if touched else {}
    modules = set(touched)
    pending = sorted(modules)
    while pending:
        above = _calling(callers, pending.pop()) - modules
        modules |= above
        pending += sorted(above)
    certain = terragrunt.units_for(definitions.workspace, changed, modules)
    found = terragrunt.units(definitions, certain)
    return {path: unit for path, unit in found.items() if certain[path] or unit.directory in modules}


def left_out(definitions: Definitions, touched: Iterable[str], seen: Collection[str]) -> list[str]:
    """The changed modules of which nothing is `seen` in any configuration, where those that call them are modules for others
    themselves, as their examples show: who switches it on is elsewhere."""
    missing = [directory for directory in sorted(touched) if directory not in seen and definitions.of(directory)]
    callers = _callers(definitions.workspace.tree) if missing else {}
    return [directory for directory in missing if _is_for_others(definitions, callers, directory)]


def _is_for_others(definitions: Definitions, callers: Mapping[str, set[str]], directory: str) -> bool:
    found = list(_roots_of(definitions, callers, directory))
    return directory not in found and all(
        any(_ASIDE.search(caller) for caller in _calling(callers, root)) for root in found
    )


def uncalled(tree: Tree, directories: Iterable[str]) -> list[str]:
    """Those of the directories that no other module calls, in order."""
    callers = _callers(tree)
    return [directory for directory in sorted(directories) if not _counted(_calling(callers, directory), directory)]


def called(workspace: Workspace, directories: Iterable[str]) -> frozenset[str]:
    """Those of the directories that are modules called by others on this side, and no configurations of their own."""
    definitions = Definitions(workspace)
    callers = _callers(workspace.tree)
    found: set[str] = set()
    for directory in directories:
        definition = definitions.of(directory)
        if definition is not None and definition.backend is None and _counted(_calling(callers, directory), directory):
            found.add(directory)
    return frozenset(found)


def variables_owner(tree: Tree, path: str) -> str | None:
    """The configuration that a .tfvars file is for: its directory, or the nearest above, that has configuration files."""
    directory = posixpath.dirname(path)
    while True:
        if configuration_files(tree.listdir(directory)):
            return directory
        if not directory:
            return None
        directory = posixpath.dirname(directory)


def _roots_of(definitions: Definitions, callers: Mapping[str, set[str]], directory: str) -> Iterator[str]:
    """The roots that reach a directory by calls, itself where nobody calls it or where it has a backend of its own."""
    seen = {directory}
    level = [directory]
    for _ in range(MAX_CALL_LEVELS):
        above: list[str] = []
        for here in level:
            calling = _counted(_calling(callers, here), here)
            definition = definitions.of(here)
            if not calling or (definition is not None and definition.backend is not None):
                yield here
            above += [caller for caller in calling if caller not in seen]
            seen.update(calling)
        level = sorted(set(above))
        if not level:
            return


def _calling(callers: Mapping[str, set[str]], directory: str) -> set[str]:
    """Who calls a directory: by its name, or one of those beside it, as a variable says."""
    return callers.get(directory, set()) | callers.get(f"{posixpath.dirname(directory)}/*", set())


def _callers(tree: Tree) -> Mapping[str, set[str]]:
    """Module directory -> the directories whose configuration calls it, as far as the text of all sources tells; `a/*` where
    a variable says which module of `a`.

    One search for the whole tree, whatever changed: the calls of the callers are in it as well.
    """
    found: dict[str, set[str]] = {}
    for path, line in tree.lines(_RELATIVE, SUFFIXES):
        if line.lstrip().startswith(("#", "//")):
            continue
        caller = posixpath.dirname(path)
        for source in _SOURCE.findall(line):
            fixed, variable, _ = source.replace("//", "/").partition("${")
            called = posixpath.normpath(posixpath.join("/", caller, fixed)).lstrip("/")
            called = f"{called if fixed.endswith('/') else posixpath.dirname(called)}/*" if variable else called
            found.setdefault(called, set()).add(caller)
    return found


def _counted(callers: Iterable[str], directory: str) -> list[str]:
    """Those aside (examples, tests) do not count, unless the module itself stands aside too."""
    aside = _ASIDE.search(directory) is not None
    return sorted(caller for caller in callers if caller != directory and (aside or not _ASIDE.search(caller)))
