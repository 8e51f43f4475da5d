"""Which addresses may reach which ports: sets of (protocol, ports, addresses), with the arithmetic to compare them.

A `Reach` is what one rule opens. Two sets of rules are compared by what they open together, so splitting a rule into two,
merging and reordering mean nothing.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Literal

from blastlint.enrich.patterns import Patterns, Texts
from blastlint.enrich.sets import Dimension, Indexes, Intervals, cells
from blastlint.frozen import dataclass

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
PortClass = Literal["admin", "database", "web", "all", "other"]

ALL_PORTS = (0, 65535)
WORLD = frozenset({"0.0.0.0/0", "::/0", "*", "any", "internet", "0.0.0.0", "::"})

# Ports by which a machine is administered, and by which data is served. IANA registrations and the products' defaults.
ADMIN_PORTS = frozenset({20, 21, 22, 23, 111, 135, 137, 138, 139, 445, 512, 513, 514, 623, 873, 2049, 2222, 2375, 2376,
                         2379, 2380, 3389, 4505, 4506, 5900, 5901, 5985, 5986, 6443, 8001, 8443, 9000, 9443, 10250,
                         10255})  # fmt: skip
DATABASE_PORTS = frozenset({1433, 1434, 1521, 1522, 2181, 2483, 2484, 3306, 33060, 4333, 5432, 5433, 5439, 5672, 5984,
                            6379, 6380, 7000, 7001, 7199, 7474, 7687, 8086, 8123, 8529, 9042, 9092, 9094, 9160, 9200,
                            9300, 11211, 15672, 26257, 27017, 27018, 27019, 28015, 28017, 50000})  # fmt: skip
WEB_PORTS = frozenset({80, 443})
# Some of these serve both; a service on them is often meant for the public, so they are no more than `other`.
_OFTEN_PUBLIC = frozenset({8443, 9000, 9443, 8001, 6443})


@dataclass(frozen=True, slots=True)
class Reach:
    """One opened stretch: `protocol` is tcp, udp, ..., or `*` for all; ports are inclusive; `source` is a CIDR as text, or
    whatever else names who may come (a group, a tag, an unknown), which equals only itself. Where rules are gone through in
    an `order`, the first one that matches decides, and may be one that does not `allow`; elsewhere all of them allow.
    """

    protocol: str
    ports: tuple[int, int]
    source: str
    allow: bool = True
    order: int = 0

    @property
    def world(self) -> bool:
        return is_world(self.source)

    @property
    def box(self) -> tuple[Texts, tuple[int, int], Source]:
        return Texts(frozenset({self.protocol})), self.ports, _source(self.source)


# Addresses as (version, first, last), or the name of a source that is none.
Source = tuple[int, int, int] | str


class Sources:
    """The dimension of sources: addresses are intervals, and a name is within itself and within everyone."""

    def cells(self, whole: Source, others: Sequence[tuple[int, Source]]) -> Iterator[tuple[Source, Indexes]]:
        named = frozenset(i for i, other in others if other in (whole, "*"))
        if isinstance(whole, str):
            yield whole, named
            return
        alike = [(i, (o[1], o[2])) for i, o in others if not isinstance(o, str) and o[0] == whole[0]]
        for (first, last), inside in Intervals().cells((whole[1], whole[2]), alike):
            yield (whole[0], first, last), inside | named


_DIMENSIONS: tuple[Dimension[object], ...] = (Patterns(), Intervals(), Sources())  # type: ignore[assignment]


def grown(before: Iterable[Reach], after: Sequence[Reach], all_after: Sequence[Reach] = ()) -> tuple[Reach, ...]:
    """The parts of `after` that `before` did not open, in order, each port range cut to what is new. `all_after` are the
    rules among which those of `after` stand, where an earlier one may deny."""
    old = tuple(before)
    rules = (*old, *(all_after or after))
    boxes = [reach.box for reach in rules]
    found: list[Reach] = []
    for reach in after:
        if not reach.allow or (reach in old and all(rule.allow for rule in rules)):
            continue
        for cell in cells(_DIMENSIONS, reach.box, boxes):
            then, now = ([n for n in cell.boxes if (n < len(old)) is side] for side in (True, False))
            if _open(rules, now) and not _open(rules, then):
                ports = cell.sets[1]
                assert isinstance(ports, tuple)
                found.append(Reach(reach.protocol, ports, reach.source))
    return tuple(dict.fromkeys(found))


def _open(rules: Sequence[Reach], matching: Sequence[int]) -> bool:
    """Whether the first rule that matches allows; one that denies goes before one that allows at the same place."""
    ordered = sorted(matching, key=lambda n: (rules[n].order, rules[n].allow))
    return bool(ordered) and rules[ordered[0]].allow


def _source(text: str) -> Source:
    if text.lower() in WORLD:
        return (6, 0, 2**128 - 1) if ":" in text else "*" if text in ("*", "any") else (4, 0, 2**32 - 1)
    network = _network(text)
    if network is None:
        return text
    return network.version, int(network.network_address), int(network.broadcast_address)


@lru_cache(maxsize=4096)
def _network(text: str) -> Network | None:
    """The CIDR, or None when the text is something else."""
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def is_world(source: str) -> bool:
    """Whether it is everybody, or half of them."""
    network = _network(source)
    return source.strip().lower() in WORLD or (network is not None and network.prefixlen <= 1)


def size(source: str) -> int:
    """Number of addresses, 0 when it is no network."""
    network = _network(source)
    return network.num_addresses if network else 0


def port_class(reaches: Iterable[Reach]) -> PortClass:
    """The most dangerous class of port that is opened."""
    classes = {_class_of(reach) for reach in reaches}
    order: tuple[PortClass, ...] = ("all", "admin", "database", "other", "web")
    return next((c for c in order if c in classes), "other")


def _class_of(reach: Reach) -> PortClass:
    low, high = reach.ports
    if reach.protocol in ("icmp", "icmpv6", "1", "58"):
        return "web"  # pings harm as little as a public web page
    if (low, high) == ALL_PORTS or high - low > 30_000:
        return "all"
    inside = range(low, high + 1)
    if any(port in inside for port in ADMIN_PORTS - _OFTEN_PUBLIC):
        return "admin"
    if any(port in inside for port in DATABASE_PORTS):
        return "database"
    return "web" if all(port in WEB_PORTS for port in inside) else "other"


def port_text(ports: tuple[int, int]) -> str:
    return "all ports" if ports == ALL_PORTS else str(ports[0]) if ports[0] == ports[1] else f"{ports[0]}-{ports[1]}"
