"""Templates that are kept in two formats, side by side: `stack.yaml` and the `stack.json` that is made of it.

Where both say the same, on each side on which the second one is, they are one stack, and one of them speaks for both: a
format that comes or goes beside the other is no stack that comes or goes, and an edit of both is told once.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence

from blastlint.model import Entity
from blastlint.parse.workspace import Workspace
from blastlint.resolve.cloudformation import entities
from blastlint.resolve.cloudformation.details import KIND

_FORMATS = (".yaml", ".yml", ".template", ".json")  # people edit the first ones
_Said = frozenset[tuple[str, ...]]


def spoken_for(before: Sequence[Entity], after: Sequence[Entity], sides: tuple[Workspace, Workspace]) -> frozenset[str]:
    """The templates for which another format of them speaks."""
    found = _by_path(before), _by_path(after)
    stems: dict[str, dict[str, None]] = {}
    for path in sorted(found[0].keys() | found[1].keys()):
        stem, extension = posixpath.splitext(path)
        if extension in _FORMATS:
            stems.setdefault(stem, {})[path] = None
    return frozenset(path for stem, paths in stems.items() for path in _silent(stem, paths, found, sides))


def _silent(
    stem: str, paths: Iterable[str], found: tuple[dict[str, _Said], ...], sides: tuple[Workspace, Workspace]
) -> Iterator[str]:
    formats = [stem + extension for extension in _FORMATS]
    there = {path: [side.tree.size(path) is not None for side in sides] for path in formats}
    ranked = sorted((path for path in formats if any(there[path])), key=lambda path: not all(there[path]))
    if len(ranked) < 2:
        return
    speaker = ranked[0]
    for path in paths:
        if path != speaker and all(
            there[speaker][i] and _said(path, found[i], sides[i]) == _said(speaker, found[i], sides[i])
            for i in range(2)
            if there[path][i]
        ):
            yield path


def _said(path: str, found: dict[str, _Said], side: Workspace) -> _Said:
    if path not in found:  # it did not change
        found.update({path: frozenset(), **_by_path(entities(side, (path,)), only=path)})
    return found[path]


def _by_path(side: Iterable[Entity], only: str = "") -> dict[str, _Said]:
    """What each template says, whatever its format."""
    said: dict[str, set[tuple[str, ...]]] = {}
    for e in side:
        path = e.region.path
        if e.kind == KIND and path == (only or path):
            variant = e.variant.replace(path, posixpath.splitext(path)[0])
            said.setdefault(path, set()).add((e.name, e.type, variant, e.content))
    return {path: frozenset(these) for path, these in said.items()}
