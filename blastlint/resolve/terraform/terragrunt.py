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
from blastlint.resolve.readers import any_beside, computed
from blastlint.resolve.terraform.definition import SUFFIXES, Definitions
from blastlint.resolve.terraform.terragrunt_files import NAME, SHARED_NAMES, Site, Unit, unit
from blastlint.resolve.terraform.tfvars import VARIABLE_SUFFIXES

SUFFIX = ".hcl"
MAX_UNITS = 100
_MAX_STEPS = 10_000
_FIND = "find_in_parent_folders"
_PLACES = (_FIND, "get_repo_root", "get_terragrunt_dir", "get_path_to_repo_root")
_PART = regex(r'(?<=/)[^/"?]+(?=["?/])')  # a part of a path in a source, after its first
_COMPUTED = regex(r'\bsource\s*=(?!.*:)[^#]*\}"')  # a source in the tree whose last part is computed
_NAMED = regex(r'(\}/)?(?<![\w.-])((?:[\w-][\w.-]*/)*[\w-][\w.-]*\.\w+)"')  # the end of a path that is written out
_LOADED = (*SUFFIXES, *VARIABLE_SUFFIXES)  # what lies beside a unit is copied to where Terraform runs
_Naming = Mapping[str, Sequence[tuple[str, str, bool]]]


@dataclass(frozen=True, slots=True)
class _Reader:
    """A file that names another: `above` is the directory below which a unit has to be for it to be that one."""

    path: str
    above: str


def units(definitions: Definitions, paths: Iterable[str]) -> dict[str, Unit]:
    """The units of terragrunt.hcl files, without those that name no module (files to be included)."""
    site = Site(definitions)
    found = {path: unit(site, path) for path in paths}
    return {path: one for path, one in found.items() if one is not None}


def words(changed: Sequence[str], modules: Iterable[str]) -> tuple[str, ...]:
    """What one of them is in every line by which a .hcl file names another one, a changed file, or a changed module as the
    end of a path or a part of it."""
    files = {f'{posixpath.basename(path)}"' for path in _files(changed)}
    endings = {posixpath.splitext(path)[1] for path in _files(changed)} - {""}
    parts = {f"/{posixpath.basename(directory)}" for directory in modules} - {"/"}
    return (*_PLACES, f'{SUFFIX}"', *sorted(files), *(f'}}{ending}"' for ending in sorted(endings)), *sorted(parts))


def _files(changed: Sequence[str]) -> list[str]:
    """What a Terragrunt file may read of the changed files."""
    return [path for path in changed if not path.endswith((*SUFFIXES, ".lock.hcl"))]


def is_used(workspace: Workspace, changed: Sequence[str], modules: Collection[str]) -> bool:
    """Whether there may be units that the changed ones bear on."""
    return bool(workspace.tree.lines(words(changed, modules), (SUFFIX,)))


def units_for(workspace: Workspace, changed: Sequence[str], modules: Collection[str]) -> dict[str, bool]:
    """The terragrunt.hcl files that the changed files and the module directories bear on -> whether they do for certain:
    a source that is computed may be any of the modules."""
    lines: dict[str, list[str]] = {}
    for path, line in workspace.tree.lines(words(changed, modules), (SUFFIX,)):
        lines.setdefault(path, []).append(line)
    names = frozenset(posixpath.basename(directory) for directory in modules) - {""}
    beside = dict.fromkeys(posixpath.join(posixpath.dirname(p), NAME) for p in changed if p.endswith(_LOADED))
    certain = [*_files(changed), *(path for path in beside if workspace.tree.size(path) is not None)]
    certain += [path for path, held in lines.items() if any(_names_one(line, names) for line in held)]
    computed = [path for path, held in lines.items() if names and any(_COMPUTED.search(line) for line in held)]
    naming = _naming(lines)
    seen: set[_Reader] = set()
    found = dict.fromkeys(_reached(certain, naming, seen), True)
    found |= dict.fromkeys((path for path in _reached(computed, naming, seen) if path not in found), False)
    if len(found) > MAX_UNITS:
        workspace.cut(list(found)[MAX_UNITS], f"{MAX_UNITS} of {len(found)} terragrunt units were looked at")
    return dict(list(found.items())[:MAX_UNITS])


def _names_one(line: str, modules: Collection[str]) -> bool:
    """Whether a line has a module's name as a part of a path."""
    return any(part in modules for part in _PART.findall(line))


def _reached(paths: Iterable[str], naming: _Naming, seen: set[_Reader]) -> list[str]:
    """The terragrunt.hcl files among these files and those that read them, without what was seen before."""
    pending = [reader for reader in (_Reader(path, "") for path in paths) if reader not in seen]
    seen.update(pending)
    found: dict[str, None] = {}
    while pending and len(seen) < _MAX_STEPS:
        read = pending.pop()
        if posixpath.basename(read.path) == NAME:
            found[read.path] = None
        new = [reader for reader in _readers(read, naming) if reader not in seen]
        seen.update(new)
        pending += new
    return sorted(found)


def _naming(lines: Mapping[str, Sequence[str]]) -> _Naming:
    """Name of a file, or `directory/*.ending` -> (the file that names it, the end of the path as written, "" where it is
    computed, whether it may be anywhere)."""
    found: dict[str, list[tuple[str, str, bool]]] = {}
    for path, held in lines.items():
        for line in held:
            ends = [(end, bool(brace)) for brace, end in _NAMED.findall(line)]
            if f"{_FIND}()" in line:
                ends += [(name, False) for name in SHARED_NAMES]
            placed = any(place in line for place in _PLACES)
            for name in computed(line):
                found.setdefault(name, []).append((path, "", True))
            for end, free in ends:
                found.setdefault(posixpath.basename(end), []).append((path, end, free and not placed))
    return found


def _readers(read: _Reader, naming: _Naming) -> Iterator[_Reader]:
    """Who reads a file: a unit below the directory that the written path begins in, or what such a unit includes."""
    named = (*naming.get(posixpath.basename(read.path), ()), *naming.get(any_beside(read.path), ()))
    for path, end, anywhere in named:
        if path == read.path or (end and not f"/{read.path}".endswith(f"/{end}")):
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
