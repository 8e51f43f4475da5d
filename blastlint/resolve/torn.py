"""What cannot be compared because the file that said it cannot be read whole any more: half-written, with conflict markers,
beyond a limit. What is missing there may well be in it, and what reads it next refuses the file.

Manifests are more exact, document by document (manifests.py). Of code, a parser that knows less than the language is
likelier than a torn file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from blastlint.model import Entity
from blastlint.parse import NO_PARSER
from blastlint.parse.workspace import Workspace

_KINDS = ("terraform.", "pipeline.", "schema.")
_DECLARED = ("terraform.", "cloudformation.", "kubernetes.", "compose.")


def comparable(found: Iterable[Entity], now: Iterable[Entity], before: Workspace, after: Workspace) -> Iterator[Entity]:
    """The entities before, without those of a torn file that are not seen after."""
    there = {entity.key for entity in now}
    torn: dict[str, bool] = {}
    for entity in found:
        path = entity.region.path
        if entity.kind.startswith(_KINDS) and entity.key not in there:
            if path not in torn:
                torn[path] = _is_whole(before, path) and not _is_whole(after, path)
            if torn[path]:
                continue
        yield entity


def _is_whole(workspace: Workspace, path: str) -> bool:
    """Whether all of a file could be read. One that is gone says all that it has to say."""
    document = workspace.document(path)
    return document is None or document.coverage == "full" or document.reason == NO_PARSER


def not_born(now: Iterable[Entity], found: Iterable[Entity], before: Workspace) -> Iterator[Entity]:
    """The entities after, without those that a file which could not be read before named already: they are not new, and
    nobody can say what they were."""
    there = {entity.key for entity in found}
    texts: dict[str, str] = {}
    for entity in now:
        path = entity.region.path
        if entity.kind.startswith(_DECLARED) and entity.key not in there:
            if path not in texts:
                texts[path] = _unreadable(before, path)
            if entity.name and entity.name in texts[path]:
                continue
        yield entity


def _unreadable(workspace: Workspace, path: str) -> str:
    """The text of a file that could not be read at all; empty for every other one."""
    document = workspace.document(path)
    if document is None or document.coverage != "opaque" or document.reason == NO_PARSER:
        return ""
    return (workspace.tree.read(path) or b"").decode("utf-8", "replace")
