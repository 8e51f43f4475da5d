"""`rename` facts: what goes and comes again under another name, one fact for one cause."""

from __future__ import annotations

from collections.abc import Sequence

from blastlint.diff.moves import resource_of
from blastlint.diff.renames import Rename, renames
from blastlint.enrich.lifecycle.cascade import RESOURCES, is_within
from blastlint.enrich.lifecycle.causes import (
    CLASSES,
    MAX_RELATED,
    Found,
    Place,
    block,
    hidden,
    inside,
    place_of,
    related_to,
    worst,
)
from blastlint.enrich.lifecycle.outcomes import after_rename
from blastlint.facts.stateful import is_routine, lesser_data, table_name
from blastlint.model import Confidence, Fact, FactValue, Impact, Related

_RENAMED = frozenset({*RESOURCES, "kubernetes.object"})
_UNRENAMED = {
    "terraform.resource": "without a moved block",
    "terraform.module": "without a moved block",
    "kubernetes.object": "although Kubernetes cannot rename",
    "cloudformation.resource": "although a stack knows its resources by their logical ids",
}


def renamed(gone: Sequence[Impact], impacts: Sequence[Impact], found: Found) -> set[int]:
    """Facts about renames; returns (by id) the impacts that they account for."""
    by_change = {id(i.change): i for i in gone}
    born = [i.change for i in impacts if i.effect == "create" and i.change.action == "added"]
    modules = renames(
        [i.change for i in gone if i.change.kind == "terraform.module"],
        [c for c in born if c.kind == "terraform.module"],
    )
    claimed: set[int] = set()
    for rename in modules:
        children = [i for i in gone if inside(i, by_change[id(rename.gone)])]
        claimed |= {id(by_change[id(rename.gone)]), *(id(c) for c in children)}
        _tell(found, by_change[id(rename.gone)], rename, children)
    rest = [i for i in gone if id(i) not in claimed and i.change.kind in _RENAMED and i.effect != "orphan"]
    inside_new = [r.born.address for r in modules]
    candidates = [c for c in born if c.kind in _RENAMED and not any(is_within(c.address, a) for a in inside_new)]
    by_block: dict[Place, list[tuple[Rename, Impact]]] = {}
    for rename in renames([i.change for i in rest], candidates):
        if resource_of(rename.gone.address) == resource_of(rename.born.address):
            continue  # another key of the same resource is no rename of the resource
        impact = by_change[id(rename.gone)]
        claimed.add(id(impact))
        by_block.setdefault(_cause(rename) or block(impact), []).append((rename, impact))
    for told in by_block.values():
        told.sort(key=lambda pair: CLASSES.index(pair[1].stateful))
        rename, first = told[0]
        _tell(found, first, rename, [impact for _, impact in told[1:]])
    return claimed


def _cause(rename: Rename) -> Place | None:
    """The kustomization that gave an object another name, where the object's own file did not."""
    sides = [(change.entity.detail, change.entity.region.path) for change in (rename.gone, rename.born)]
    (old, path), (new, there) = sides
    if (
        path != there
        or getattr(old, "written", None) is None
        or getattr(old, "written", "") != getattr(new, "written", 0)
    ):
        return None
    return str(getattr(new, "root", "")), 0, 0


def _tell(found: Found, impact: Impact, rename: Rename, others: Sequence[Impact]) -> None:
    born = rename.born.entity
    fields: dict[str, FactValue] = {
        "to": rename.born.address,
        "similarity": rename.similarity,
        "how": _UNRENAMED[born.kind],
        "ambiguous": rename.ambiguous,
        "stateful": worst([impact, *others]),
        "hidden": hidden([impact, *others]),
        "routine": is_routine(impact.change.type),
        "lesser": lesser_data(table_name(impact.change.kind, impact.change.type)),
        "outcome": after_rename(impact),
    }
    related = (Related("is created in its place", born.header or born.region, rename.born.address), *related_to(others))
    place = born.header or born.region
    confidence: Confidence = "medium" if rename.ambiguous else "high"
    found.setdefault(id(impact), []).append(
        Fact("rename", fields, "", place_of(impact), place, related[:MAX_RELATED], confidence)
    )
