"""Both sides of a template in the same variants, so that they can be compared.

A value that only one side's template tells apart (`Env=prod`, since a condition came or went) is no new environment: on the
other side the parameter has that value all the same, unless that side does not allow it: then nobody deploys it there. A
parameter file that only one side has is an environment that came or went, and says nothing of what its template does
elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from blastlint.model import Entity, Value
from blastlint.parse.workspace import Workspace
from blastlint.resolve.cloudformation import in_variant
from blastlint.resolve.cloudformation.details import KIND
from blastlint.resolve.cloudformation.parameters import alternatives
from blastlint.resolve.cloudformation.template import templates, text

Place = tuple[str, str]  # a template and a variant
Entities = tuple[Entity, ...]


def aligned(before: Entities, after: Entities, sides: tuple[Workspace, Workspace]) -> tuple[Entities, Entities]:
    """The entities of both sides, those of other kinds as they are."""
    places = _places(before), _places(after)
    return (
        tuple(_with_variants_of(before, places[0], places[1], sides)),
        tuple(_with_variants_of(after, places[1], places[0], sides[::-1])),
    )


def _with_variants_of(
    side: Sequence[Entity], here: dict[Place, str], there: dict[Place, str], workspaces: tuple[Workspace, Workspace]
) -> Iterator[Entity]:
    own, other = workspaces
    paths = {path for path, _ in there}
    alone = {
        (path, variant)
        for (path, variant), variation in here.items()
        if path in paths and (path, variant) not in there and not _is_there(other, path, variant, variation)
    }
    yield from (e for e in side if e.kind != KIND or (e.region.path, e.variant) not in alone)
    for (path, variant), variation in there.items():
        if variation != "value" or (path, variant) in here or _is_told(own, path, variant):
            continue
        if _is_possible(own, path, variant):
            yield from in_variant(own, path, variant)


def _is_there(workspace: Workspace, path: str, variant: str, variation: str) -> bool:
    """Whether a side has a variant of its own in which there is nothing, or may be asked what it has in it."""
    if variation == "file":
        return workspace.tree.size(variant) is not None
    return variation != "value" or _is_possible(workspace, path, variant)


def _is_told(workspace: Workspace, path: str, variant: str) -> bool:
    """Whether a template tells this value apart itself."""
    template = next(templates(workspace, path), None)
    return template is not None and variant in alternatives(template)


def _places(side: Sequence[Entity]) -> dict[Place, str]:
    """The variants of each template, and what kind of variant each is."""
    return {(e.region.path, e.variant): str(getattr(e.detail, "variation", "")) for e in side if e.kind == KIND}


def _is_possible(workspace: Workspace, path: str, variant: str) -> bool:
    """Whether a template lets its parameter have the value of a variant. One without it has nothing against it."""
    template = next(templates(workspace, path), None)
    name, _, value = variant.partition("=")
    declared = template.section("Parameters").get(name.removesuffix(" given")) if template is not None else None
    if declared is None:
        return True
    allowed = declared.get("AllowedValues")
    listed = allowed is None or any(text(element) == value for element in allowed.elements)
    return listed and not (variant.endswith("=") and _refuses_nothing(declared))


def _refuses_nothing(declared: Value) -> bool:
    """Whether a parameter may not be empty: by its type, its least length or its pattern."""
    if text(declared.get("Type")) not in ("String", "CommaDelimitedList"):
        return True
    if text(declared.get("MinLength")) not in ("", "0"):
        return True
    pattern = text(declared.get("AllowedPattern"))
    try:
        return bool(pattern) and re.fullmatch(pattern, "") is None
    except (re.error, RecursionError, OverflowError):
        return False
