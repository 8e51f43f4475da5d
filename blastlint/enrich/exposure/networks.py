"""Which addresses may reach which ports: sets of (protocol, ports, addresses), with the arithmetic to compare them.

A `Reach` is what one rule opens. Two sets of rules are compared by what they open together, so splitting a rule into two,
merging and reordering mean nothing.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal

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
    whatever else names who may come (a group, a tag, an unknown), which equals only itself."""

    protocol: str
    ports: tuple[int, int]
    source: str

    @property
    def world(self) -> bool:
        network = _network(self.source)
        return self.source.lower() in WORLD or (network is not None and network.prefixlen <= 1)


def grown(before: Iterable[Reach], after: Sequence[Reach]) -> tuple[Reach, ...]:
    """The parts of `after` that `before` did not open, in order, each port range cut to what is new."""
    old = tuple(before)
    found: list[Reach] = []
    for reach in after:
        if reach in old:
            continue
        found.extend(Reach(reach.protocol, ports, reach.source) for ports in _uncovered(reach, old))
    return tuple(dict.fromkeys(found))


def _uncovered(reach: Reach, before: Iterable[Reach]) -> list[tuple[int, int]]:
    """The ports of `reach` that no rule of before opened to all of its source."""
    rest = [reach.ports]
    for old in before:
        if old.protocol in ("*", reach.protocol) and _within(reach.source, old.source):
            rest = [part for stretch in rest for part in _minus(stretch, old.ports)]
    if rest and _network(reach.source) is not None:
        rest = _beyond_union(reach, rest, before)
    return rest


def _beyond_union(reach: Reach, rest: list[tuple[int, int]], before: Iterable[Reach]) -> list[tuple[int, int]]:
    """Without stretches that several rules opened together, each to a part of the source (two /1 make a /0)."""
    target = _network(reach.source)
    kept = []
    for stretch in rest:
        parts = [
            network
            for old in before
            if old.protocol in ("*", reach.protocol)
            and old.ports[0] <= stretch[0]
            and stretch[1] <= old.ports[1]
            and (network := _network(old.source)) is not None
            and target is not None
            and network.version == target.version
        ]
        joined = list(ipaddress.collapse_addresses(parts)) if parts else []  # type: ignore[type-var]
        if not any(target is not None and target.subnet_of(whole) for whole in joined):  # type: ignore[arg-type]
            kept.append(stretch)
    return kept


def _minus(stretch: tuple[int, int], other: tuple[int, int]) -> list[tuple[int, int]]:
    low, high = stretch
    if other[1] < low or high < other[0]:
        return [stretch]
    return [part for part in ((low, other[0] - 1), (other[1] + 1, high)) if part[0] <= part[1]]


def _within(source: str, old: str) -> bool:
    """Whether everyone that `source` names is also named by `old`."""
    if source == old or old.lower() in ("*", "any", "internet"):
        return True
    inner, outer = _network(source), _network(old)
    if inner is None or outer is None or inner.version != outer.version:
        return False
    return inner.subnet_of(outer)  # type: ignore[arg-type]


@lru_cache(maxsize=4096)
def _network(text: str) -> Network | None:
    """The CIDR, or None when the text is something else."""
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None


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
