"""`exposure` facts: what can be reached from more of the network than before.

Firewall rules are compared over the whole change set, group by group, as the set of (ports, addresses) that they open
together, and published ports one by one. Switches that put a thing on the internet are guards (switches.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.enrich.context import Context
from blastlint.enrich.exposure.networks import Reach, grown, port_class, port_text, size
from blastlint.enrich.exposure.openings import ACLS, TYPES, Opening, openings, published
from blastlint.enrich.lifecycle.addresses import is_named
from blastlint.enrich.shown import shown
from blastlint.model import Change, Entity, Fact
from blastlint.prose import few

# A network at most this large is a list of partners or offices, not the world.
LARGE = 2**24


def facts(change: Change, context: Context) -> Iterator[Fact]:
    if change.type in TYPES and not _newly_balanced(change):
        yield from _opened(change, context)
    if change.kind == "compose.service" and change.before is not None and change.after is not None:
        yield from _published(change.before, change.after)


def _open_before(context: Context) -> dict[str, list[Opening]]:
    """group -> everything that was open in it."""
    found: dict[str, list[Opening]] = {}
    for entity in context.entities_before:
        for opening in openings(entity):
            found.setdefault(opening.group, []).append(opening)
    return found


def _newly_balanced(change: Change) -> bool:
    """Whether a Service or an Ingress opens for the first time: the switch that did it says so."""
    return change.kind == "kubernetes.object" and (change.before is None or not openings(change.before))


def _open_after(context: Context) -> dict[str, list[Opening]]:
    found: dict[str, list[Opening]] = {}
    for entity in context.entities_after:
        for opening in openings(entity):
            found.setdefault(opening.group, []).append(opening)
    return found


def _opened(change: Change, context: Context) -> Iterator[Fact]:
    """One fact for all that one change opens beyond what its group had open, if that is wide. A rule that denied, and does
    so no more, opens what others allow."""
    mine_now = openings(change.after) if change.after is not None else ()
    mine_then = openings(change.before) if change.before is not None else ()
    closing = {o.group for o in mine_then if not o.reach.allow}
    groups = {opening.group for opening in mine_now} | closing
    former = _former(groups, context)
    wanted = groups.union(*former.values())
    before = [opening for group in sorted(wanted) for opening in context.once(_open_before).get(group, ())]
    for group in sorted(groups):
        old = [o.reach for o in before if o.group == group or o.group in former[group]]
        now = context.once(_open_after).get(group, [])
        mine = now if group in closing else [o for o in mine_now if o.group == group]
        opened = grown(old, [o.reach for o in mine], [o.reach for o in now])
        new = [r for r in opened if r.world or size(r.source) >= LARGE]
        if new and not _is_private(new):
            yield _opening_fact(change, new, [r for r in old if r.allow], mine, _is_new(group, change, context))


def _former(groups: set[str], context: Context) -> dict[str, set[str]]:
    """The addresses that each group had before: a template's resource has another one where the template was moved."""
    former: dict[str, set[str]] = {group: set() for group in groups}
    for change in context.changes:
        if change.previous_address and change.address in former:
            former[change.address].add(change.previous_address)
    return former


def _published(before: Entity, after: Entity) -> Iterator[Fact]:
    """Ports of a container that were bound to this machine only or not published, and now are on every address of it."""
    old = dict(published(before))
    for port, (bound, value) in published(after):
        was = old.get(port)
        if bound or (was is not None and not was[0]):
            continue
        number = int(port) if port.isdigit() else 0
        yield Fact(
            "exposure",
            {
                "what": "published-port",
                "ports": (port,),
                "port_class": port_class([Reach("tcp", (number, number), "0.0.0.0/0")]),
                "before": shown("ports", was[1]) if was is not None else "not published",
                "after": shown("ports", value),
                "world": True,
                "new": was is None,
                "assumed": False,
            },
            path=f"ports[{port}]",
            before=was[1].region if was is not None else None,
            after=value.region,
        )


def _is_private(reaches: Sequence[Reach]) -> bool:
    """Whether all of it stays within private address space (10.0.0.0/8 is large, and nobody's internet)."""
    return all(not r.world and r.source.startswith(("10.", "172.", "192.168.", "fd", "fc", "100.64.")) for r in reaches)


def _is_new(group: str, change: Change, context: Context) -> bool:
    """Whether the opened group was not there before. A rule for a group that only its name tells existed, we assume."""
    if change.before is not None:
        return False
    if group == change.address:
        return True
    if change.type == "google_compute_firewall":
        return group not in context.once(_open_before)
    known_now = any(is_named((group,), e.address) for e in context.entities_after)
    return known_now and not any(is_named((group,), e.address) for e in context.entities_before)


def _opening_fact(
    change: Change, new: Sequence[Reach], old: Sequence[Reach], mine: Sequence[Opening], is_new: bool
) -> Fact:
    ports = tuple(dict.fromkeys(port_text(reach.ports) for reach in new))
    place = next((o.value.region for o in mine if any(o.reach.source == r.source for r in new)), None)
    return Fact(
        "exposure",
        {
            "what": "acl" if change.type in ACLS else "ingress",
            "ports": () if ports == ("all ports",) else ports,
            "port_class": port_class(new),
            "before": _told(old),
            "after": _told(new),
            "world": any(reach.world for reach in new),
            "new": is_new,
            "assumed": all(
                o.value.known and bool(o.value.reason) for o in mine if o.reach.world and port_class([o.reach]) != "web"
            ),
        },
        path="ingress",
        after=place,
    )


def _told(reaches: Sequence[Reach]) -> str:
    """At most three openings in words: `tcp 22 from 10.0.0.0/8`."""
    texts = list(dict.fromkeys(_words(reach) for reach in reaches))
    return few(texts)


def _words(reach: Reach) -> str:
    protocol = "" if reach.protocol == "*" else f"{reach.protocol} "
    return f"{protocol}{port_text(reach.ports)} from {reach.source.strip('<>')}"
