"""What firewall-like resources open -> Reach, whichever provider's words they use. `group` is the address of what is opened,
so that rules in resources of their own count towards their security group."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from blastlint.enrich.addresses import type_of
from blastlint.enrich.exposure.networks import ALL_PORTS, Reach
from blastlint.frozen import dataclass
from blastlint.model import Entity, Value

GROUPS = (
    "aws_security_group",
    "aws_default_security_group",
    "google_compute_firewall",
    "azurerm_network_security_group",
)
RULES = (
    "aws_security_group_rule", "aws_vpc_security_group_ingress_rule", "azurerm_network_security_rule",
)  # fmt: skip
TYPES = frozenset({*GROUPS, *RULES, "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress"})


@dataclass(frozen=True, slots=True)
class Opening:
    """One Reach, whom it opens (an address or an expression), and the value that says so."""

    group: str
    reach: Reach
    value: Value


def openings(entity: Entity) -> tuple[Opening, ...]:
    """Every incoming way that the entity opens; empty for types that open none and for rules that deny."""
    return tuple(_openings(entity)) if entity.type in TYPES else ()


def _openings(entity: Entity) -> Iterator[Opening]:
    attributes = entity.attributes
    match entity.type:
        case "aws_security_group" | "aws_default_security_group":
            for block in _blocks(attributes.get("ingress")):
                yield from _aws(entity.address, block)
        case "aws_security_group_rule" | "aws_vpc_security_group_ingress_rule":
            if _text(attributes.get("type")) in ("", "ingress"):
                yield from _aws(_group(entity, "security_group_id"), attributes)
        case "google_compute_firewall":
            if _text(attributes.get("direction")).upper() in ("", "INGRESS") and attributes.get("disabled") != Value(
                True
            ):
                yield from _google(entity.address, attributes)
        case "azurerm_network_security_group":
            for block in _blocks(attributes.get("security_rule")):
                yield from _azure(entity.address, block)
        case "azurerm_network_security_rule":
            yield from _azure(_group(entity, "network_security_group_name"), attributes)
        case "AWS::EC2::SecurityGroup":
            for block in _blocks(attributes.get("Properties", "SecurityGroupIngress")):
                yield from _cloudformation(entity.address, block)
        case _:
            properties = attributes.get("Properties")
            if properties is not None:
                group = properties.get("GroupId") or properties.get("GroupName") or Value()
                named = sorted(group.refs) or [_text(group) or group.text or entity.address]
                yield from _cloudformation(named[0], properties)


def _group(entity: Entity, attribute: str) -> str:
    """The address of the group a rule belongs to, else the text that names it, else the rule itself."""
    value = entity.attributes.get(attribute)
    if value is None:
        return entity.address
    groups = sorted(ref for ref in value.refs if type_of(ref) in GROUPS) or sorted(value.refs)
    return groups[0] if groups else _text(value) or entity.address


def _aws(group: str, block: Value) -> Iterator[Opening]:
    protocol = _protocol(_text(block.get("protocol")) or _text(block.get("ip_protocol")))
    ports = _range(block.get("from_port"), block.get("to_port")) if protocol != "*" else ALL_PORTS
    for name in ("cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6"):
        for source in _each(block.get(name)):
            yield Opening(group, Reach(protocol, ports, _source(source)), source)


def _cloudformation(group: str, block: Value) -> Iterator[Opening]:
    protocol = _protocol(_text(block.get("IpProtocol")))
    ports = _range(block.get("FromPort"), block.get("ToPort")) if protocol != "*" else ALL_PORTS
    for name in ("CidrIp", "CidrIpv6"):
        for source in _each(block.get(name)):
            yield Opening(group, Reach(protocol, ports, _source(source)), source)


def _google(group: str, attributes: Value) -> Iterator[Opening]:
    sources = list(_each(attributes.get("source_ranges")))
    if not sources and not any(attributes.get(k) for k in ("source_tags", "source_service_accounts")):
        sources = [Value("0.0.0.0/0", region=attributes.region)]
    for block in _blocks(attributes.get("allow")):
        protocol = _protocol(_text(block.get("protocol")))
        ports = [_port(text) for text in map(_text, _each(block.get("ports")))] or [ALL_PORTS]
        for stretch, source in product(ports, sources):
            yield Opening(group, Reach(protocol, stretch, _source(source)), source)


def _azure(group: str, block: Value) -> Iterator[Opening]:
    if _text(block.get("direction")).lower() != "inbound" or _text(block.get("access")).lower() != "allow":
        return
    protocol = _protocol(_text(block.get("protocol")))
    ports = [
        _port(_text(v)) for n in ("destination_port_range", "destination_port_ranges") for v in _each(block.get(n))
    ]
    sources = [v for n in ("source_address_prefix", "source_address_prefixes") for v in _each(block.get(n))]
    for stretch, source in product(ports or [ALL_PORTS], sources):
        yield Opening(group, Reach(protocol, stretch, _source(source)), source)


def published(service: Entity) -> Iterator[tuple[str, tuple[bool, Value]]]:
    """(container port, (bound to the local machine only, the entry)) of each port that a compose service publishes."""
    for entry in _blocks(service.attributes.get("ports")):
        if entry.is_map:
            if entry.get("published") is not None:
                yield _text(entry.get("target")), (_is_local(_text(entry.get("host_ip"))), entry)
            continue
        host, _, container = _text(entry).partition("/")[0].rpartition(":")
        if host:
            yield container, (_is_local(host.rpartition(":")[0]), entry)


def _is_local(address: str) -> bool:
    return address.strip("[]") in ("localhost", "::1") or address.startswith("127.")


# --- values -----------------------------------------------------------------------------------------------------------


def _blocks(value: Value | None) -> tuple[Value, ...]:
    if value is None:
        return ()
    return value.elements if value.is_list else ((value,) if value.is_map else ())


def _each(value: Value | None) -> Iterator[Value]:
    """The elements of a list, or the one value; an unknown list is one unknown."""
    if value is None or (value.known and value.data is None):
        return
    if value.is_list:
        yield from value.elements
    else:
        yield value


def _text(value: Value | None) -> str:
    return "" if value is None or value.scalar is None else str(value.scalar)


def _source(value: Value) -> str:
    text = _text(value) if value.known else f"<{value.text}>"
    return "0.0.0.0/0" if text.lower() in ("*", "any", "internet") else text


def _protocol(text: str) -> str:
    low = text.lower()
    return "*" if low in ("-1", "all", "*", "") else {"6": "tcp", "17": "udp", "1": "icmp"}.get(low, low)


def _range(low: Value | None, high: Value | None) -> tuple[int, int]:
    """Ports from..to; 0..0 is all of them, as is what cannot be known."""
    first, last = _int(low), _int(high)
    if first is None and last is None:
        return ALL_PORTS
    first = first if first is not None else last
    last = last if last is not None else first
    assert first is not None and last is not None
    return ALL_PORTS if first < 0 or (first == 0 and last == 0) else (first, max(first, last))


def _int(value: Value | None) -> int | None:
    text = _text(value)
    return int(text) if text.lstrip("-").isdigit() else None


def _port(text: str) -> tuple[int, int]:
    """`22`, `8000-8100`, `*` or empty for all."""
    low, _, high = text.partition("-")
    if not low.strip().isdigit():
        return ALL_PORTS
    return int(low), int(high) if high.strip().isdigit() else int(low)
