"""What firewall-like resources open -> Reach, whichever provider's words they use. `group` is the address of what is opened,
so that rules in resources of their own count towards their security group."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from itertools import product

from blastlint.enrich.exposure.networks import ALL_PORTS, Reach
from blastlint.enrich.lifecycle.addresses import type_of
from blastlint.frozen import dataclass
from blastlint.model import Entity, Value, scalar_text
from blastlint.regex import regex

GROUPS = (
    "aws_security_group",
    "aws_default_security_group",
    "google_compute_firewall",
    "azurerm_network_security_group",
)
RULES = (
    "aws_security_group_rule", "aws_vpc_security_group_ingress_rule", "azurerm_network_security_rule",
    "azurerm_postgresql_flexible_server_firewall_rule", "azurerm_postgresql_firewall_rule", "azurerm_mysql_firewall_rule",
    "azurerm_mysql_flexible_server_firewall_rule", "azurerm_mariadb_firewall_rule", "azurerm_mssql_firewall_rule",
    "azurerm_sql_firewall_rule", "azurerm_redis_firewall_rule", "azurerm_synapse_firewall_rule",
)  # fmt: skip
# Lists of rules that stand before whole networks; their order counts.
ACLS = frozenset({"aws_network_acl", "aws_default_network_acl", "aws_network_acl_rule", "AWS::EC2::NetworkAclEntry"})
TYPES = frozenset(
    {*GROUPS, *RULES, *ACLS, "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "Service", "Ingress"}
)
_DATABASE_PORTS = {"postgresql": 5432, "mysql": 3306, "mariadb": 3306, "redis": 6380, "sql": 1433}
_ALLOWED = regex(r"^(nginx\.ingress\.kubernetes\.io/(whitelist-source-range|allowlist-source-range)"
                 r"|alb\.ingress\.kubernetes\.io/inbound-cidrs)$")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opening:
    """One Reach, whom it opens (an address or an expression), and the value that says so."""

    group: str
    reach: Reach
    value: Value


def openings(entity: Entity) -> tuple[Opening, ...]:
    """Every incoming way that the entity opens; empty for types that open none."""
    if entity.type not in TYPES or (entity.type in ("Service", "Ingress") and entity.kind != "kubernetes.object"):
        return ()
    return tuple(_openings(entity))


def _openings(entity: Entity) -> Iterator[Opening]:
    attributes = entity.attributes
    match entity.type:
        case "aws_security_group" | "aws_default_security_group":
            for block in _blocks(attributes.get("ingress")):
                yield from _aws(entity.address, block)
        case "aws_security_group_rule" | "aws_vpc_security_group_ingress_rule":
            if scalar_text(attributes.get("type")) in ("", "ingress"):
                yield from _aws(_group(entity, "security_group_id"), attributes)
        case "aws_network_acl" | "aws_default_network_acl":
            for block in _blocks(attributes.get("ingress")):
                yield from _acl(entity.address, block)
        case "aws_network_acl_rule":
            if str(scalar_text(attributes.get("egress"))).lower() != "true":
                yield from _acl(_group(entity, "network_acl_id"), attributes)
        case "AWS::EC2::NetworkAclEntry":
            entry = attributes.get("Properties") or Value({})
            if scalar_text(entry.get("Egress")).lower() != "true":
                yield from _acl_entry(entity, entry)
        case "Service" | "Ingress":
            yield from _balanced(entity)
        case "google_compute_firewall":
            if scalar_text(attributes.get("direction")).upper() in ("", "INGRESS") and attributes.get("disabled") != Value(
                True
            ):
                yield from _google(_targets(attributes), attributes)
        case "azurerm_network_security_group":
            for block in _blocks(attributes.get("security_rule")):
                yield from _azure(entity.address, block)
        case "azurerm_network_security_rule":
            yield from _azure(_group(entity, "network_security_group_name"), attributes)
        case _ if entity.type.endswith("_firewall_rule"):
            yield from _stretch(entity)
        case "AWS::EC2::SecurityGroup":
            for block in _blocks(attributes.get("Properties", "SecurityGroupIngress")):
                yield from _cloudformation(entity.address, block)
        case _:
            properties = attributes.get("Properties")
            if properties is not None:
                group = properties.get("GroupId") or properties.get("GroupName") or Value()
                named = sorted(group.refs) or [scalar_text(group) or group.text or entity.address]
                yield from _cloudformation(named[0], properties)


def _group(entity: Entity, attribute: str) -> str:
    """The address of the group a rule belongs to, else the text that names it, else the rule itself."""
    value = entity.attributes.get(attribute)
    if value is None:
        return entity.address
    groups = sorted(ref for ref in value.refs if type_of(ref) in GROUPS) or sorted(value.refs)
    return groups[0] if groups else scalar_text(value) or entity.address


def _aws(group: str, block: Value) -> Iterator[Opening]:
    protocol = _protocol(scalar_text(block.get("protocol")) or scalar_text(block.get("ip_protocol")))
    ports = _range(block.get("from_port"), block.get("to_port")) if protocol != "*" else ALL_PORTS
    for name in ("cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6"):
        for source in _each(block.get(name)):
            yield Opening(group, Reach(protocol, ports, _source(source)), source)


def _cloudformation(group: str, block: Value) -> Iterator[Opening]:
    protocol = _protocol(scalar_text(block.get("IpProtocol")))
    ports = _range(block.get("FromPort"), block.get("ToPort")) if protocol != "*" else ALL_PORTS
    for name in ("CidrIp", "CidrIpv6"):
        for source in _each(block.get(name)):
            yield Opening(group, Reach(protocol, ports, _source(source)), source)


def _google(group: str, attributes: Value) -> Iterator[Opening]:
    sources = list(_each(attributes.get("source_ranges")))
    if not sources and not any(attributes.get(k) for k in ("source_tags", "source_service_accounts")):
        sources = [Value("0.0.0.0/0", region=attributes.region)]
    order = _int(attributes.get("priority"))
    for name in ("allow", "deny"):
        for block in _blocks(attributes.get(name)):
            protocol = _protocol(scalar_text(block.get("protocol")))
            ports = [_port(text) for text in map(scalar_text, _each(block.get("ports")))] or [ALL_PORTS]
            for stretch, source in product(ports, sources):
                reach = Reach(protocol, stretch, _source(source), name == "allow", 1000 if order is None else order)
                yield Opening(group, reach, source)


def _targets(attributes: Value) -> str:
    """What a Google firewall rule is for: the instances of a network that have a tag or an account. Rules for the same ones
    are read together."""
    parts = []
    for name in ("network", "target_tags", "target_service_accounts"):
        texts = sorted(scalar_text(v) or v.text for v in _each(attributes.get(name)))
        parts.append(",".join(texts))
    return "|".join(parts)


def _acl(group: str, block: Value) -> Iterator[Opening]:
    """One line of an AWS network ACL."""
    protocol = _protocol(scalar_text(block.get("protocol")))
    ports = _range(block.get("from_port"), block.get("to_port")) if protocol != "*" else ALL_PORTS
    allow = (scalar_text(block.get("action")) or scalar_text(block.get("rule_action"))).lower() == "allow"
    order = _int(block.get("rule_no")) or _int(block.get("rule_number")) or 0
    for name in ("cidr_block", "ipv6_cidr_block"):
        for source in _each(block.get(name)):
            if scalar_text(source) or not source.known:
                yield Opening(group, Reach(protocol, ports, _source(source), allow, order), source)


def _acl_entry(entity: Entity, properties: Value) -> Iterator[Opening]:
    named = properties.get("NetworkAclId") or Value()
    group = (sorted(named.refs) or [scalar_text(named) or named.text or entity.address])[0]
    protocol = _protocol(scalar_text(properties.get("Protocol")))
    stretch = properties.get("PortRange") or Value({})
    ports = _range(stretch.get("From"), stretch.get("To")) if protocol != "*" else ALL_PORTS
    allow = scalar_text(properties.get("RuleAction")).lower() == "allow"
    for name in ("CidrBlock", "Ipv6CidrBlock"):
        for source in _each(properties.get(name)):
            reach = Reach(protocol, ports, _source(source), allow, _int(properties.get("RuleNumber")) or 0)
            yield Opening(group, reach, source)


def _balanced(entity: Entity) -> Iterator[Opening]:
    """Whom a load balancer of Kubernetes lets in: a Service by its source ranges, an Ingress by an annotation."""
    attributes = entity.attributes
    spec = attributes.get("spec") or Value({})
    if entity.type == "Ingress":
        annotations = (attributes.get("metadata", "annotations") or Value({})).items
        allowed = [v for k, v in annotations.items() if _ALLOWED.match(k)]
        listed = [part.strip() for v in allowed for part in scalar_text(v).split(",") if part.strip()]
        ports = [("tcp", (443, 443))]
        values = [Value(text, region=allowed[0].region) for text in listed]
    elif scalar_text(spec.get("type")) == "LoadBalancer":
        values = list(_each(spec.get("loadBalancerSourceRanges")))
        blocks = _blocks(spec.get("ports"))
        ports = [
            (_protocol(scalar_text(b.get("protocol")) or "tcp"), (n, n))
            for b in blocks
            if (n := _int(b.get("port"))) is not None
        ]
    else:
        return
    for (protocol, stretch), value in product(ports, values or [Value("0.0.0.0/0", region=spec.region)]):
        yield Opening(entity.address, Reach(protocol, stretch, _source(value)), value)


def _azure(group: str, block: Value) -> Iterator[Opening]:
    if scalar_text(block.get("direction")).lower() != "inbound":
        return
    allow, order = scalar_text(block.get("access")).lower() == "allow", _int(block.get("priority")) or 0
    protocol = _protocol(scalar_text(block.get("protocol")))
    ports = [
        _port(scalar_text(v)) for n in ("destination_port_range", "destination_port_ranges") for v in _each(block.get(n))
    ]
    sources = [v for n in ("source_address_prefix", "source_address_prefixes") for v in _each(block.get(n))]
    for stretch, source in product(ports or [ALL_PORTS], sources):
        yield Opening(group, Reach(protocol, stretch, _source(source), allow, order), source)


def _stretch(rule: Entity) -> Iterator[Opening]:
    """The addresses from one to another that a database of Azure lets in; 0.0.0.0 alone is Azure itself."""
    first, last = (rule.attributes.get(name) for name in ("start_ip_address", "end_ip_address"))
    first, last = first or rule.attributes.get("start_ip"), last or rule.attributes.get("end_ip")
    kind = next((k for k in _DATABASE_PORTS if k in rule.type), "sql")
    try:
        ends = ipaddress.IPv4Address(scalar_text(first)), ipaddress.IPv4Address(scalar_text(last))
        networks = [str(network) for network in ipaddress.summarize_address_range(*ends)]
    except (ValueError, TypeError):
        return
    for network in networks:
        port = _DATABASE_PORTS[kind]
        yield Opening(_group(rule, "server_id"), Reach("tcp", (port, port), network), first or Value(network))


def published(service: Entity) -> Iterator[tuple[str, tuple[bool, Value]]]:
    """(container port, (bound to the local machine only, the entry)) of each port that a compose service publishes."""
    for entry in _blocks(service.attributes.get("ports")):
        if entry.is_map:
            if entry.get("published") is not None:
                yield scalar_text(entry.get("target")), (_is_local(scalar_text(entry.get("host_ip"))), entry)
            continue
        host, _, container = scalar_text(entry).partition("/")[0].rpartition(":")
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


def _source(value: Value) -> str:
    text = scalar_text(value) if value.known else f"<{value.text}>"
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
    text = scalar_text(value)
    return int(text) if text.lstrip("-").isdigit() else None


def _port(text: str) -> tuple[int, int]:
    """`22`, `8000-8100`, `*` or empty for all."""
    low, _, high = text.partition("-")
    if not low.strip().isdigit():
        return ALL_PORTS
    return int(low), int(high) if high.strip().isdigit() else int(low)
