"""What a CI job runs without saying it: the scripts, recipes and package scripts of the repository that its commands call.

They are read one level deep, for the commands that do something. A script that changes itself in the same change set is
told about where it stands.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator

from blastlint.command import Command, Script
from blastlint.facts.commands import classes_of
from blastlint.frozen import replace
from blastlint.parse.command_line import SHELLS
from blastlint.parse.keytree import KeyTree
from blastlint.parse.shell import parse_snippet
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex

_SCRIPT = regex(r"^(?:\./)?([\w@.-]+/)*[\w@.-]+\.(sh|bash|zsh|ksh|ps1)$|^\./?([\w@.-]+/)*[\w@-]+$")
_RUNNERS = frozenset({"npm", "pnpm", "yarn", "bun"})
_MAKE = frozenset({"make", "gmake"})
_QUIET = frozenset(
    {"test", "lint", "security", "plan", "advisory", "run", "prepare", "copy", "archive", "create", "confirm"}
)


def called(workspace: Workspace, command: Command, changed: Collection[str]) -> Iterator[Command]:
    """The commands with consequences that a command of a job runs through a file of the repository, placed where it is
    called. `changed` are the files that speak for themselves."""
    for path, scope in _files(command):
        if path in changed or workspace.tree.size(path) is None:
            continue
        for inner in _commands(workspace, path, scope):
            if set(classes_of(inner)) - _QUIET:
                yield replace(
                    inner,
                    region=command.region,
                    scope=command.scope,
                    guards=(*command.guards, *inner.guards),
                    via=(*command.via, *inner.via),
                    wrappers=(*inner.wrappers, path),
                )


def _files(command: Command) -> Iterator[tuple[str, str]]:
    """(path, scope within it) of what the command calls."""
    if command.via:
        return
    first = command.text.removeprefix("& ").split()[0].strip("'\"") if command.text else ""
    if command.tool in SHELLS or command.tool in ("source", "."):
        words = [w for w in command.text.split()[1:] if not w.startswith("-")]
        first = words[0].strip("'\"") if words else ""
    if command.tool in _MAKE:
        directory = next((o.value for o in command.options if o.name == "directory"), "")
        for target in command.targets:
            if target.known and "=" not in target.value:
                yield _joined(command.directory, posixpath.join(directory, "Makefile")), target.value
    elif command.tool in _RUNNERS:
        names = [w for w in command.text.split()[1:] if not w.startswith("-")]
        name = names[1] if names[:1] == ["run"] and len(names) > 1 else names[0] if names else ""
        if name:
            yield _joined(command.directory, "package.json"), name
    elif _SCRIPT.match(first):
        yield _joined(command.directory, first), ""


def _joined(directory: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(directory if not directory.startswith(("/", "$")) else "", path))


def _commands(workspace: Workspace, path: str, scope: str) -> Iterator[Command]:
    document = workspace.document(path)
    content = document.content if document is not None else None
    if isinstance(content, Script):
        yield from (c for c in content.commands if not scope or c.scope == scope)
    elif isinstance(content, KeyTree) and content.documents:
        value = content.documents[0].get("scripts", scope)
        text = value.scalar if value is not None else None
        if isinstance(text, str):
            yield from parse_snippet(text, path, workspace.side, 1, 1).commands
