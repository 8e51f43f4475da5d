"""The workspaces that a configuration tells apart, as variants of it.

`terraform.workspace` is chosen when Terraform runs. An expression that compares it says by which names: the keys of a map
(`local.sizes[terraform.workspace]`), a text, the elements of a list, the files of which the path has it. Where an edit
bears on something that hangs on the workspace, both sides are resolved once more for each name that either of them has: a
workspace that one side does not name is there all the same, unless a map must have it and has it on the other side only:
that one comes or goes. `default` is the workspace where Terraform is when nobody chooses, and stands for those that nobody
names: it takes the place of the configuration in which the workspace is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.model import Entity
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex
from blastlint.resolve.terraform import MAX_VARIANTS, in_workspace
from blastlint.resolve.terraform.definition import SUFFIXES
from blastlint.resolve.terraform.details import WORKSPACE
from blastlint.resolve.terraform.values import DEFAULT_WORKSPACE

_NAME = regex(r"[A-Za-z0-9._-]{1,90}")
_WORD = regex(r"[/.]")
_DECLARED = ("terraform.variable", "terraform.output")  # of modules too, which are the same everywhere
_DEPLOYED = ("terraform.resource", "terraform.counted", "terraform.data", "terraform.module")
Entities = tuple[Entity, ...]


def with_workspaces(
    before: Entities, after: Entities, sides: tuple[Workspace, Workspace], changed: Sequence[str]
) -> tuple[Entities, Entities]:
    """Both sides with the variants of the workspaces on which the edit bears."""
    more: tuple[list[Entity], list[Entity]] = ([], [])
    for root in sorted({*sides[0].compared, *sides[1].compared}):
        names = _names(root, sides)
        here, there = _of(before, root), _of(after, root)
        if not here or not there or not (_bears(here, there) or _have_files(names, changed)):
            continue  # a configuration that comes or goes as a whole does so in all of them
        if DEFAULT_WORKSPACE in names:
            before, after = (
                tuple(e for e in side if e.configuration != root or e.variant or e.kind in _DECLARED)
                for side in (before, after)
            )
        for side, found in zip(sides, more, strict=True):
            for name in names:
                found.extend(e for e in in_workspace(side, root, name) if e.kind not in _DECLARED)
    return (*before, *more[0]), (*after, *more[1])


def _names(root: str, sides: Sequence[Workspace]) -> list[str]:
    """The names, of which the default one alone tells nothing new."""
    (old, had), (new, has) = (side.compared.get(root, (frozenset(), frozenset())) for side in sides)
    found = {
        name
        for name in old | new
        if _NAME.fullmatch(name) and all(name in keys for keys in had) == all(name in keys for keys in has)
    }
    if found <= {DEFAULT_WORKSPACE}:
        return []
    if len(found) > MAX_VARIANTS:
        sides[1].cut(root, f"{MAX_VARIANTS} of {len(found)} workspaces were looked at")
    return sorted(found)[:MAX_VARIANTS]


def _of(side: Entities, root: str) -> dict[tuple[str, str], Entity]:
    """What one side deploys of a configuration, while the workspace is not known."""
    return {(e.kind, e.address): e for e in side if e.configuration == root and not e.variant and e.kind in _DEPLOYED}


def _bears(before: dict[tuple[str, str], Entity], after: dict[tuple[str, str], Entity]) -> bool:
    """Whether anything that hangs on the workspace differs. What one side has alone counts as well."""
    return any(
        WORKSPACE in one.references or (other is not None and WORKSPACE in other.references)
        for one, other in _pairs(before, after)
        if other is None or one.attributes != other.attributes or _times(one) != _times(other)
    )


def _have_files(names: Sequence[str], changed: Sequence[str]) -> bool:
    """Whether a file of a workspace is among those that changed: the path to it is not known, what is in it even less."""
    words = {word for path in changed if not path.endswith(SUFFIXES) for word in _WORD.split(path)}
    return not words.isdisjoint(names)


def _pairs(
    before: dict[tuple[str, str], Entity], after: dict[tuple[str, str], Entity]
) -> Iterator[tuple[Entity, Entity | None]]:
    yield from ((entity, after.get(key)) for key, entity in before.items())
    yield from ((entity, None) for key, entity in after.items() if key not in before)


def _times(entity: Entity) -> str:
    """The expression of count or for_each."""
    return str(getattr(entity.detail, "expression", ""))


