"""Terragrunt units: a terragrunt.hcl says which module to apply and with which inputs.

Here: which units a change bears on, as the text of all .hcl files tells. A unit reads files, which read others, which name
a module: `live/root.hcl` asks for the `env.hcl` above whoever includes it. What the units come to is in terragrunt_files.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from blastlint.frozen import dataclass
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex
from blastlint.resolve.terraform.definition import SUFFIXES, Definitions
from blastlint.resolve.terraform.terragrunt_files import NAME, SHARED_NAMES, Site, Unit, unit

SUFFIX = ".hcl"
MAX_UNITS = 100
_MAX_STEPS = 10_000
_FIND = "find_in_parent_folders"
_PLACES = (_FIND, "get_repo_root", "get_terragrunt_dir", "get_path_to_repo_root")
_PART = regex(r'(?<=/)[^/"?]+(?=["?/])')  # a part of a path in a source, after its first
_NAMED = regex(r'(\}/)?(?<![\w.-])((?:[\w-][\w.-]*/)*[\w-][\w.-]*\.\w+)"')  # the end of a path that is written out


@dataclass(frozen=True, slots=True)
class _Reader:
    """A file that names another: `above` is the directory below which a unit has to be for it to be that one."""

    path: str
    above: str


def units(definitions: Definitions, paths: Sequence[str]) -> dict[str, Unit]:
    """The units of terragrunt.hcl files, without those that name no module (files to be included)."""
    site = Site(definitions)
    found = {path: unit(site, path) for path in paths}
    return {path: one for path, one in found.items() if one is not None}


def words(changed: Sequence[str], modules: Iterable[str]) -> tuple[str, ...]:
    """What one of them is in every line by which a .hcl file names another one, a changed file, or a changed module as the
    end of a path or a part of it."""
    files = {f'{posixpath.basename(path)}"' for path in _files(changed)}
    parts = {f"/{posixpath.basename(directory)}" for directory in modules} - {"/"}
    return (*_PLACES, f'{SUFFIX}"', *sorted(files), *sorted(parts))


def _files(changed: Sequence[str]) -> list[str]:
    """What a Terragrunt file may read of the changed files."""
    return [path for path in changed if not path.endswith((*SUFFIXES, ".lock.hcl"))]


def is_used(workspace: Workspace, changed: Sequence[str], modules: Collection[str]) -> bool:
    """Whether there may be units that the changed ones bear on."""
    return bool(workspace.tree.lines(words(changed, modules), (SUFFIX,)))


def units_for(workspace: Workspace, changed: Sequence[str], modules: Collection[str]) -> list[str]:
    """The terragrunt.hcl files that the changed files and the module directories bear on."""
    found = dict.fromkeys(path for path in changed if posixpath.basename(path) == NAME)
    lines: dict[str, list[str]] = {}
    for path, line in workspace.tree.lines(words(changed, modules), (SUFFIX,)):
        lines.setdefault(path, []).append(line)
    names = frozenset(posixpath.basename(directory) for directory in modules) - {""}
    pending = [_Reader(path, "") for path in _files(changed)]
    for path, held in lines.items():
        if any(not names.isdisjoint(_PART.findall(line)) for line in held):
            pending.append(_Reader(path, ""))
            if posixpath.basename(path) == NAME:
                found[path] = None
    naming = _naming(lines)
    seen = set(pending)
    while pending and len(seen) < _MAX_STEPS:
        for reader in _readers(pending.pop(), naming):
            if reader not in seen:
                seen.add(reader)
                pending.append(reader)
                if posixpath.basename(reader.path) == NAME:
                    found[reader.path] = None
    if len(found) > MAX_UNITS:
        workspace.cut(list(found)[MAX_UNITS], f"{MAX_UNITS} of {len(found)} terragrunt units were looked at")
    return list(found)[:MAX_UNITS]


def _naming(lines: Mapping[str, Sequence[str]]) -> Mapping[str, list[tuple[str, str, bool]]]:
    """Name of a file -> (the file that names it, the end of the path as written, whether it may be anywhere)."""
    found: dict[str, list[tuple[str, str, bool]]] = {}
    for path, held in lines.items():
        for line in held:
            ends = [(end, bool(brace)) for brace, end in _NAMED.findall(line)]
            if f"{_FIND}()" in line:
                ends += [(name, False) for name in SHARED_NAMES]
            placed = any(place in line for place in _PLACES)
            for end, free in ends:
                found.setdefault(posixpath.basename(end), []).append((path, end, free and not placed))
    return found


def _readers(read: _Reader, naming: Mapping[str, Sequence[tuple[str, str, bool]]]) -> Iterator[_Reader]:
    """Who reads a file: a unit below the directory that the written path begins in, or what such a unit includes."""
    for path, end, anywhere in naming.get(posixpath.basename(read.path), ()):
        if path == read.path or not f"/{read.path}".endswith(f"/{end}"):
            continue
        base = "" if anywhere else read.path[: -len(end)].rstrip("/")
        above = max(base, read.above, key=len)
        directory = posixpath.dirname(path)
        fits = posixpath.basename(path) != NAME or _nested(directory, above)
        if fits and _nested(base, read.above):
            yield _Reader(path, above)


def _nested(one: str, other: str) -> bool:
    """Whether one of two directories is in the other, or they are the same."""
    return _within(one, other) or _within(other, one)


def _within(directory: str, above: str) -> bool:
    return not above or directory == above or directory.startswith(f"{above}/")
