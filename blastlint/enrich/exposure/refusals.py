"""`guard` facts of kind `deny` of firewalls and network lists: whose traffic was refused, and is refused no more.

Where the rules that allow stand beside them, that is an `exposure` fact (exposure/). This is about refusals in front of what
is allowed elsewhere, or by default. Compared over the whole change set: a refusal that has another name, number or place now
is the same one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from blastlint.enrich.context import Context
from blastlint.enrich.exposure import LARGE
from blastlint.enrich.exposure.networks import Reach, grown, port_text, size
from blastlint.enrich.exposure.openings import Opening, openings
from blastlint.frozen import replace
from blastlint.model import Change, Entity, Fact
from blastlint.prose import few


def facts(change: Change, context: Context) -> Iterator[Fact]:
    if change.before is None:
        return
    refused = [o for o in openings(change.before) if not o.reach.allow]
    if not refused:
        return
    now = context.once(_refused_after)
    lost: list[Reach] = []
    for group in dict.fromkeys(o.group for o in refused):
        if group not in context.once(_gone):
            lost += grown(_turned(now.get(group, ())), _turned([o for o in refused if o.group == group]))
    wide = any(reach.world or size(reach.source) >= LARGE for reach in lost)
    if lost and not _is_allowed({opening.group for opening in refused}, context):
        yield _fact(lost, refused, wide)


def _turned(refused: Sequence[Opening]) -> list[Reach]:
    """What is refused, written as what is allowed: then more of it is growth."""
    return [replace(opening.reach, allow=True) for opening in refused]


def _refused_after(context: Context) -> dict[str, list[Opening]]:
    """group -> all that is refused there."""
    found: dict[str, list[Opening]] = {}
    for entity in context.entities_after:
        for opening in openings(entity):
            if not opening.reach.allow:
                found.setdefault(opening.group, []).append(opening)
    return found


def _gone(context: Context) -> frozenset[str]:
    """What is there no more: a list that goes takes its refusals with it."""
    return _addresses(context.entities_before) - _addresses(context.entities_after)


def _addresses(entities: Sequence[Entity]) -> frozenset[str]:
    return frozenset(entity.address for entity in entities if entity.kind.endswith(".resource"))


def _is_allowed(groups: Collection[str], context: Context) -> bool:
    """Whether rules that allow stand beside the refusals, so that what they open now is told."""
    return any(o.reach.allow and o.group in groups for e in context.entities_after for o in openings(e))


def _fact(lost: Sequence[Reach], refused: Sequence[Opening], wide: bool) -> Fact:
    ports = " and ".join(dict.fromkeys(port_text(reach.ports) for reach in lost))
    sources = [*dict.fromkeys(reach.source for reach in lost)]
    place = next((o.value.region for o in refused if o.reach.source in sources), None)
    return Fact(
        "guard",
        {
            "kind": "deny",
            "name": f"{few(sources)} to {ports}",
            "direction": "weakened",
            "strength": "lowered" if wide else "slightly",
            "before": "refused",
            "after": "not refused",
            "subject": "whose traffic is refused",
            "protects": "",
        },
        "refused",
        place,
    )
