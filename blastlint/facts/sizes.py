"""How much processor and memory a size of machine has, by the names that AWS, Google and Azure give them.

The names follow rules: a family has so many GiB for each virtual processor, a size so many processors. Only the burstable
ones are listed. Source: the providers' published instance types, by knowledge, November 2026. What follows no rule is None,
never a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from blastlint.frozen import dataclass
from blastlint.regex import regex


@dataclass(frozen=True, slots=True)
class Size:
    """`processors` are virtual ones, `memory` is in GiB."""

    processors: float
    memory: float


_AWS = regex(
    r"^(?:db|cache|ml|search|r?ds)?\.?(?P<family>[a-z]+\d+[a-z]*(?:-[a-z0-9]+)?)\.(?P<size>\d*xlarge|metal|[a-z]+)(?:\.(?:search|elasticsearch))?$"
)
_AWS_PER_PROCESSOR: Mapping[str, float] = {
    "c": 2, "m": 4, "a": 2, "r": 8, "x": 16, "z": 8, "i": 8, "d": 7.6, "h": 4, "g": 4, "p": 8, "inf": 2, "trn": 4,
    "f": 8, "u": 28, "hpc": 2, "is": 6, "im": 4, "vt": 2, "dl": 8,
}  # fmt: skip
_AWS_PROCESSORS: Mapping[str, float] = {"medium": 1, "large": 2, "xlarge": 4}
_AWS_BURSTABLE: Mapping[str, tuple[float, float]] = {
    "nano": (2, 0.5), "micro": (2, 1), "small": (2, 2), "medium": (2, 4), "large": (2, 8), "xlarge": (4, 16),
    "2xlarge": (8, 32),
}  # fmt: skip

_GOOGLE = regex(
    r"^(?:db-)?(?P<family>[a-z]\d+[a-z]*)-(?P<shape>standard|highmem|highcpu|megamem|ultramem|hypermem)-(?P<processors>\d+)(?:-lssd)?$"
)
_GOOGLE_CUSTOM = regex(r"^(?:db-|[a-z]\d+[a-z]*-)?custom-(?P<processors>\d+)-(?P<megabytes>\d+)(?:-ext)?$")
_GOOGLE_PER_PROCESSOR: Mapping[str, float] = {
    "standard": 4, "highmem": 8, "highcpu": 1, "megamem": 14.9, "ultramem": 24, "hypermem": 16,
}  # fmt: skip
_GOOGLE_SMALL: Mapping[str, tuple[float, float]] = {
    "f1-micro": (0.2, 0.6), "g1-small": (0.5, 1.7), "e2-micro": (0.25, 1), "e2-small": (0.5, 2), "e2-medium": (1, 4),
    "db-f1-micro": (0.2, 0.6), "db-g1-small": (0.5, 1.7),
}  # fmt: skip

_AZURE = regex(
    r"^(?:(?:B|GP|MO|BC|HS)_)?Standard_(?P<family>[A-Z]+)(?P<processors>\d+)(?:-\d+)?(?P<marks>[a-z]*)(?:_v\d+)?$"
)
_AZURE_DATABASE = regex(r"^(?P<tier>B|GP|MO|BC|HS)_(?:S_)?Gen\d+_(?P<processors>\d+)$")
_AZURE_PER_PROCESSOR: Mapping[str, float] = {
    "A": 2, "B": 4, "D": 4, "DC": 4, "E": 8, "EC": 8, "F": 2, "FX": 21, "G": 14, "L": 8, "M": 28, "NC": 9, "ND": 18, "NV": 8,
    "H": 7, "HB": 4,
}  # fmt: skip
_AZURE_TIERS: Mapping[str, float] = {"B": 2, "GP": 5, "MO": 10, "BC": 5, "HS": 5}
_AZURE_SMALL: Mapping[str, tuple[float, float]] = {"B1ls": (1, 0.5), "B1s": (1, 1), "B1ms": (1, 2), "B2s": (2, 4)}

# Arguments whose value is a size.
NAMES = frozenset(
    {
        "instance_type", "instance_class", "node_type", "machine_type", "vm_size", "size", "sku", "sku_name", "tier",
        "cache_node_type", "instance_size", "InstanceType", "DBInstanceClass", "CacheNodeType", "NodeType", "InstanceSize",
        "machineType", "instanceType", "HostInstanceType", "host_instance_type", "db_instance_class",
    }
)  # fmt: skip


@lru_cache(maxsize=512)
def size_of(name: str) -> Size | None:
    """The size that a name stands for, or None when it follows no rule that is known."""
    return _aws(name) or _google(name) or _azure(name)


def _aws(name: str) -> Size | None:
    match = _AWS.match(name)
    if match is None:
        return None
    family, size = match["family"], match["size"]
    letters = family[: _digits_at(family)]
    if letters in ("t", "tg"):
        return Size(*_AWS_BURSTABLE[size]) if size in _AWS_BURSTABLE else None
    per = _AWS_PER_PROCESSOR.get(letters)
    number = size.removesuffix("xlarge")
    processors = 4.0 * int(number) if number.isdigit() else _AWS_PROCESSORS.get(size)
    return Size(processors, processors * per) if per and processors else None


def _digits_at(family: str) -> int:
    return next((i for i, character in enumerate(family) if character.isdigit()), len(family))


def _google(name: str) -> Size | None:
    if name in _GOOGLE_SMALL:
        return Size(*_GOOGLE_SMALL[name])
    if match := _GOOGLE.match(name):
        processors = float(match["processors"])
        per = (
            3.75 if match["family"] == "n1" and match["shape"] == "standard" else _GOOGLE_PER_PROCESSOR[match["shape"]]
        )
        return Size(processors, processors * per)
    if match := _GOOGLE_CUSTOM.match(name):
        return Size(float(match["processors"]), int(match["megabytes"]) / 1024)
    return None


def _azure(name: str) -> Size | None:
    if match := _AZURE.match(name):
        small = f"{match['family']}{match['processors']}{match['marks']}"
        if small in _AZURE_SMALL:
            return Size(*_AZURE_SMALL[small])
        per = _AZURE_PER_PROCESSOR.get(match["family"])
        processors = float(match["processors"])
        if per and "l" in match["marks"] and match["family"] == "D":
            per = 2
        return Size(processors, processors * per) if per else None
    if match := _AZURE_DATABASE.match(name):
        processors = float(match["processors"])
        return Size(processors, processors * _AZURE_TIERS[match["tier"]])
    return None
