"""`capacity` facts about size: the class of a machine or database, processor and memory of a container or function, shards.

Compared by what a size has and not by its name, so that another generation or architecture of the same size is silent. One
fact a change: of what shrank most.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.guards.strength import quantity
from blastlint.facts.paths import found, keys, steps
from blastlint.facts.sizes import NAMES, size_of
from blastlint.frozen import dataclass
from blastlint.model import Change, Delta, Fact, Related, Value
from blastlint.regex import regex

_CPU = regex(r"^(\d+(?:\.\d+)?)m$")
# Last keys of numbers that say how much of something there is; below those of a type that has them.
_NUMBERS = frozenset(
    {
        "memory_size", "MemorySize", "read_capacity", "write_capacity", "ReadCapacityUnits", "WriteCapacityUnits",
        "shard_count", "ShardCount", "partitions", "num_partitions", "num_node_groups", "NumNodeGroups", "iops", "Iops",
        "provisioned_throughput", "instance_count", "InstanceCount", "num_cache_nodes", "NumCacheNodes", "throughput",
    }
)  # fmt: skip
_TASKS = frozenset({"aws_ecs_task_definition", "AWS::ECS::TaskDefinition"})
_PARTS = frozenset({"cpu", "memory", "Cpu", "Memory", "mem_limit", "cpus", "mem_reservation"})
_MEMORY = regex(r"(?i)^(\d+(?:\.\d+)?)([bkmgt])b?$")
_MIB = 1 << 20  # memory that is more than this many is counted in bytes
_AREAS = frozenset({"limits", "requests", "reservations"})


@dataclass(frozen=True, slots=True)
class _Shrunk:
    """One place that is smaller; numbers in one unit. `area` is limits, requests or empty."""

    delta: Delta
    what: str
    before: float
    after: float
    area: str = ""

    @property
    def ratio(self) -> float:
        return self.after / self.before if self.before else 1.0


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """What shrank most in a thing on both sides."""
    before, after = change.before, change.after
    if before is None or after is None:
        return
    shrunk = [s for delta in change.deltas for s in _measured(change, delta) if 0 < s.after < s.before]
    if not shrunk:
        return
    shrunk.sort(key=lambda s: (s.area == "requests", s.ratio))
    worst = shrunk[0]
    old, new = worst.delta.before, worst.delta.after
    assert old is not None and new is not None
    bytes_of_memory = worst.what == "memory" and worst.after >= _MIB
    unit = 1 << 30 if bytes_of_memory else 1
    yield Fact(
        "capacity",
        {
            "name": worst.delta.path,
            "before": round(worst.before / unit, 3),
            "after": round(worst.after / unit, 3),
            "ratio": worst.ratio,
            "zero": False,
            "autoscaled": False,
            "measure": "GiB of memory" if bytes_of_memory else worst.what,
            "was": _shown(old),
            "now": _shown(new),
            "starved": any(_is_starved(change, s) for s in shrunk),
            "summary": _summary(worst, _shown(old), _shown(new)),
        },
        path=worst.delta.path,
        before=old.region,
        after=new.region,
        related=tuple(Related(f"{s.delta.path} shrinks as well", s.delta.after_region) for s in shrunk[1:8]),
    )


def _measured(change: Change, delta: Delta) -> Iterator[_Shrunk]:
    """What a delta that has both sides measures, if anything."""
    old, new = delta.before, delta.after
    if old is None or new is None or not (old.is_scalar and new.is_scalar):
        return
    path = keys(delta.path)
    name = path[-1] if path else ""
    if name in NAMES:
        sizes = size_of(str(old.scalar)), size_of(str(new.scalar))
        if sizes[0] is not None and sizes[1] is not None:
            pairs = (
                ("virtual processors", sizes[0].processors, sizes[1].processors),
                ("GiB of memory", sizes[0].memory, sizes[1].memory),
            )
            what, was, now = min(pairs, key=lambda p: p[2] / p[1])
            yield _Shrunk(delta, what, was, now)
        return
    area = next((key for key in reversed(path[:-1]) if key in _AREAS), "")
    part = name in _PARTS and (bool(area) or change.type in _TASKS or change.kind == "compose.service")
    if part or name in _NUMBERS:
        read = _docker if change.kind == "compose.service" and "mem" in name else _number
        numbers = read(old), read(new)
        if numbers[0] is not None and numbers[1] is not None:
            what = "processor" if "cpu" in name.lower() else "memory" if "mem" in name.lower() else name
            yield _Shrunk(delta, what, numbers[0], numbers[1], "requests" if area == "reservations" else area)


def _number(value: Value) -> float | None:
    """A number in its unit; `500m` of a processor is half of one."""
    scalar = value.scalar
    if isinstance(scalar, str) and (match := _CPU.match(scalar)):
        return float(match[1]) / 1000
    read = quantity(scalar)
    return read[0] if read is not None else None


def _docker(value: Value) -> float | None:
    """Bytes as Docker writes them: `512m`, `2g`, `1gb`."""
    match = _MEMORY.match(str(value.scalar))
    return float(match[1]) * 1024 ** "bkmgt".index(match[2].lower()) if match else _number(value)


def _is_starved(change: Change, shrunk: _Shrunk) -> bool:
    """Whether a limit is now below what was requested before."""
    if shrunk.area != "limits" or change.before is None:
        return False
    path = shrunk.delta.path
    asked = found(change.before.attributes, steps(path.replace(".limits.", ".requests.")))
    number = _number(asked) if asked is not None and asked.known else None
    return number is not None and shrunk.after < number


def _summary(shrunk: _Shrunk, was: str, now: str) -> str:
    """The setting with both values; what they stand for, where they are the names of classes."""
    measured = f", {shrunk.before:g} -> {shrunk.after:g} {shrunk.what}" if keys(shrunk.delta.path)[-1] in NAMES else ""
    return f"{shrunk.delta.path} {was} -> {now}{measured}"


def _shown(value: Value) -> str:
    return str(value.scalar)
