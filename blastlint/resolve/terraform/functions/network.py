"""Address arithmetic."""

from __future__ import annotations

from collections.abc import Mapping

from blastlint.resolve.terraform.functions.support import Lenient, Strict
from blastlint.resolve.terraform.values import EvaluationError

# ipaddress is imported where used: it costs 5 ms that most runs need not pay.


def _network(prefix: str):  # type: ignore[no-untyped-def]
    import ipaddress

    return ipaddress.ip_network(prefix, strict=False)


def _cidrhost(prefix: str, host: int) -> str:
    network = _network(prefix)
    if not isinstance(host, int) or not -network.num_addresses <= host < network.num_addresses:
        raise EvaluationError("cidrhost: the prefix has no such host")
    return str(network[host])


def _cidrnetmask(prefix: str) -> str:
    network = _network(prefix)
    if network.version != 4:
        raise EvaluationError("cidrnetmask: only IPv4 has netmasks")
    return str(network.netmask)


def _cidrsubnet(prefix: str, bits: int, number: int) -> str:
    network = _network(prefix)
    length = network.prefixlen + bits
    if not isinstance(bits, int) or not isinstance(number, int) or bits < 0 or length > network.max_prefixlen:
        raise EvaluationError("cidrsubnet: not enough address space")
    if not 0 <= number < 2**bits:
        raise EvaluationError("cidrsubnet: no such subnet")
    address = int(network.network_address) + (number << (network.max_prefixlen - length))
    return f"{type(network.network_address)(address)}/{length}"


def _cidrsubnets(prefix: str, *bits: int) -> list[str]:
    network = _network(prefix)
    address = int(network.network_address)
    end = address + network.num_addresses
    found: list[str] = []
    for more in bits:
        length = network.prefixlen + more
        if not isinstance(more, int) or more < 1 or length > network.max_prefixlen:
            raise EvaluationError("cidrsubnets: not enough address space")
        size = 1 << (network.max_prefixlen - length)
        address = -(-address // size) * size
        if address + size > end:
            raise EvaluationError("cidrsubnets: not enough address space")
        found.append(f"{type(network.network_address)(address)}/{length}")
        address += size
    return found


STRICT: Mapping[str, Strict] = {
    "cidrhost": Strict("sn", _cidrhost),
    "cidrnetmask": Strict("s", _cidrnetmask),
    "cidrsubnet": Strict("snn", _cidrsubnet),
    "cidrsubnets": Strict("s*n", _cidrsubnets),
}
LENIENT: Mapping[str, Lenient] = {}
