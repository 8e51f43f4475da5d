"""What the facts about things that go away share: which block of source an impact comes from, and how others are named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from blastlint.enrich.lifecycle.cascade import is_within
from blastlint.enrich.lifecycle.outcomes import HOLDS_STATE
from blastlint.enrich.lifecycle.variants import risk
from blastlint.facts.stateful import holds_data
from blastlint.model import Entity, Fact, Impact, Region, Related

CLASSES = (*HOLDS_STATE, "identity_of_service", "compute_env", "")
KINDS = ("terraform.resource", "cloudformation.resource", "kubernetes.object", "compose.service")
MAX_RELATED = 50

Found = dict[int, list[Fact]]
Place = tuple[str, int, int]


def inside(inner: Impact, outer: Impact) -> bool:
    a, b = inner.change.entity, outer.change.entity
    if a.kind == "cloudformation.resource":
        return bool(a.parent) and b.address in a.variant  # in a template that this stack deploys, or one below it
    return a.key[1:3] == b.key[1:3] and a.address != b.address and is_within(a.address, b.address)


def block(impact: Impact) -> Place:
    """The block of source that an instance comes from."""
    entity = impact.change.before or impact.change.entity
    place = entity.header or entity.region
    return place.path, place.start_line, place.start_column


def by_block(impacts: Iterable[Impact]) -> list[list[Impact]]:
    """By the block of source that they are instances of, those in the riskiest environment first. A CloudFormation resource
    is one instance in all its variants."""
    blocks: dict[Place, list[Impact]] = {}
    told: set[tuple[Place, str]] = set()
    for impact in impacts:
        place = block(impact)
        if impact.change.kind == "cloudformation.resource" and (place, impact.change.address) in told:
            continue
        told.add((place, impact.change.address))
        blocks.setdefault(place, []).append(impact)
    return [sorted(found, key=risk) if len(found) > 1 else found for found in blocks.values()]


def before_of(impact: Impact) -> Entity:
    before = impact.change.before
    assert before is not None
    return before


def place_of(impact: Impact) -> Region | None:
    before = impact.change.before
    return (before.header or before.region) if before is not None else None


def worst(impacts: Iterable[Impact]) -> str:
    return min((i.stateful for i in impacts), key=CLASSES.index, default="")


def hidden(impacts: Sequence[Impact]) -> str:
    """Where no resource is known, only calls: `data` when one is of a module that is not in the repository, and its source
    or its name says that it holds data, else `other`. Empty when a resource is known."""
    if any(i.change.kind in KINDS for i in impacts):
        return ""
    calls = [before_of(i) for i in impacts]
    foreign = [c for c in calls if getattr(c.detail, "directory", None) is None]
    return "data" if any(holds_data(c.type, c.name) for c in foreign) else "other"


def related_to(impacts: Iterable[Impact], words: str = "") -> tuple[Related, ...]:
    return tuple(
        Related(
            words or ("is destroyed as well" if i.effect == "destroy" else "is replaced as well"),
            place_of(i),
            i.change.address,
        )
        for i in impacts
    )


def extent(impacts: Sequence[Impact]) -> str:
    """How many resources go and how many hold something; what only modules of other repositories make is not counted."""
    if hidden(impacts):
        return "what its modules make, which is not in this repository"
    count = len([i for i in impacts if i.change.kind in KINDS])
    holding = len(by_block(i for i in impacts if i.stateful in HOLDS_STATE))
    kept = f"{holding} of them with data, secrets or backups" if holding else "none of them known to hold data"
    return f"{count} resources, {kept}" if count > 1 else f"1 resource, {'with' if holding else 'not known to hold'} data"
