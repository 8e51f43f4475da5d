"""How strong one guard's value is, and whether a change weakened it. The same for every kind of guard and every format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from blastlint.facts.guards import Guard
from blastlint.facts.units import truth
from blastlint.frozen import dataclass, replace
from blastlint.model import Confidence, Scalar, Value
from blastlint.regex import regex
from blastlint.resolve.terraform.shapes import said_by_nobody

Direction = Literal["weakened", "strengthened", "uncertain"]

_QUANTITY = regex(r"^\s*(?P<number>[+-]?\d+(?:\.\d+)?)\s*(?P<unit>%|[A-Za-z]*)\s*$")
_ISO_PERIOD = regex(r"^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$")
_ISO_SECONDS = (31_536_000, 2_592_000, 604_800, 86_400, 3_600, 60, 1)
_SECONDS: Mapping[str, float] = {
    "ms": 0.001, "s": 1, "sec": 1, "second": 1, "seconds": 1, "m": 60, "min": 60, "minute": 60, "minutes": 60,
    "h": 3_600, "hour": 3_600, "hours": 3_600, "d": 86_400, "day": 86_400, "days": 86_400, "w": 604_800,
    "week": 604_800, "weeks": 604_800, "y": 31_536_000, "year": 31_536_000, "years": 31_536_000,
}  # fmt: skip

_BYTES: Mapping[str, float] = {
    "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50,
    "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Level:
    """How much a value protects: `rank` compares within one `unit` only; None is not known. `off` is no protection."""

    rank: float | None
    off: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which way a guard moved, and what is left of it."""

    direction: Direction
    strength: Literal["off", "lowered", "slightly", "unknown"]
    confidence: Confidence


_UNKNOWN = Level(None)
_UNLIMITED = Level(float("inf"))


def moved(guard: Guard, before: Value | None, after: Value | None) -> Verdict | None:
    """Which way the guard moved, or None when it means the same. An absent value is None and means the default."""
    if before == after:
        return None
    told, by_default = (before, after), (said_by_nobody(before), said_by_nobody(after))
    if by_default != told:  # for callers who say nothing
        verdict = moved(guard, *by_default)
        return replace(verdict, confidence="medium") if verdict is not None and verdict.confidence == "high" else verdict
    old, new = level(guard, before), level(guard, after)
    if guard.computed and after is None and before is not None:
        # Nothing is planned, but nothing keeps it any more either: the next copy will not have it.
        return None if old.off or old == new else Verdict("weakened", "unknown", "medium")
    if old.rank is not None and new.rank is not None:
        return None if _is_within(guard.factor, old.rank, new.rank) else _known(guard, old, new)
    return _unknown(old, new, before)


def _is_within(factor: float, old: float, new: float) -> bool:
    """Whether a number moved by less than this factor."""
    smaller, larger = sorted((abs(old), abs(new)))
    return factor > 1 and smaller > 0 and larger < factor * smaller


def _known(guard: Guard, old: Level, new: Level) -> Verdict | None:
    assert old.rank is not None and new.rank is not None
    if new.off != old.off:
        return Verdict("weakened", "off", "high") if new.off else Verdict("strengthened", "lowered", "high")
    if old.unit != new.unit or old.rank == new.rank:
        return None
    if new.rank > old.rank:
        return Verdict("strengthened", "lowered", "high")
    return Verdict("weakened", "slightly" if _is_within(guard.sharply, old.rank, new.rank) else "lowered", "high")


def _unknown(old: Level, new: Level, before: Value | None) -> Verdict | None:
    """One side cannot be known. What was surely on is no longer certain; what is surely off now may never have been on."""
    if old.rank is not None:
        return None if old.off else Verdict("weakened", "unknown", "medium")
    if new.rank is None or before is None:
        return Verdict("uncertain", "unknown", "low")
    return Verdict("weakened" if new.off else "strengthened", "unknown", "low")


def level(guard: Guard, value: Value | None) -> Level:
    """The level of one value; of the default where the argument is absent."""
    strong = guard.strong
    if strong == "present":
        return _presence(value is not None and not (value.known and value.data in ("", (), {})))
    if strong in ("items", "some"):
        return _items(value, strong == "some")
    if strong == "named":
        return _presence(value is None or all(leaf.scalar != "*" for _, leaf in value.leaves()))
    if value is None:
        if guard.unlimited_default:
            return _UNLIMITED
        if guard.default is None and strong != "words":
            return _UNKNOWN
        value = Value(guard.default)
    if not value.known:
        return _UNKNOWN
    if strong == "networks":
        return _addresses(value)
    if strong == "words":
        text = str(value.scalar or "").lower()
        count = sum(1 for word in guard.words if word.lower() in text)
        return Level(count, off=count == 0)
    return _scalar_level(guard, value.elements[0].scalar if len(value.elements) == 1 else value.scalar)


def _presence(there: bool) -> Level:
    return Level(1.0 if there else 0.0, off=not there)


def _items(value: Value | None, any_is_enough: bool) -> Level:
    if value is None:
        return Level(0, off=True)
    if not value.known:
        return _UNKNOWN
    count = len({str(e.scalar) if e.known and e.is_scalar else id(e) for e in value.elements}) if value.is_list else 1
    return _presence(count > 0) if any_is_enough else Level(count, off=count == 0)


def _addresses(value: Value) -> Level:
    """By how many addresses it lets in, whatever else the elements say."""
    if any(not leaf.known for _, leaf in value.leaves()):
        return _UNKNOWN
    from blastlint.enrich.exposure.networks import is_world, size

    texts = [part for _, leaf in value.leaves() for part in str(leaf.scalar or "").split(",")]
    return Level(-float(sum(map(size, texts))), off=any(map(is_world, texts)))


def _healthy(scalar: Scalar) -> Level:
    """`200`, `200,204`, `200-399`, `2xx`: whether every code that is taken for healthy is below 400."""
    highest = [part.rpartition("-")[2].strip() for part in str(scalar).split(",")]
    if not all(code[:1].isdigit() for code in highest):
        return _UNKNOWN
    return _presence(all(code[0] in "123" for code in highest))


def _scalar_level(guard: Guard, scalar: Scalar) -> Level:
    strong = guard.strong
    if isinstance(strong, bool):
        state = truth(scalar)
        return _UNKNOWN if state is None else _presence(state is strong)
    if isinstance(strong, tuple):
        return _ordered(guard, strong, scalar)
    if guard.unlimited is not None and str(scalar) == str(guard.unlimited):
        return _UNLIMITED
    if guard.off is not None and str(scalar) == str(guard.off):
        return Level(float("-inf"), off=True)
    if strong == "healthy":
        return _healthy(scalar)
    number = quantity(scalar)
    if number is None:
        return _UNKNOWN
    amount, unit = number
    if strong == "less":
        return Level(-amount, unit=unit)
    return Level(amount, off=amount <= 0, unit="" if amount <= 0 else unit)


def _ordered(guard: Guard, order: tuple[str, ...], scalar: Scalar) -> Level:
    names = [name.lower() for name in order]
    text = ("true" if scalar else "false") if isinstance(scalar, bool) else str(scalar).lower()
    if text not in names:
        return _UNKNOWN
    rank = names.index(text)
    equal = [names.index(name.lower()) for name in guard.equal]
    if rank in equal:
        rank = max(equal)
    return Level(rank, off=rank == (max(equal) if 0 in equal else 0))


def quantity(scalar: Scalar) -> tuple[float, str] | None:
    """(amount, unit) of a number, a duration or ISO 8601 period (seconds, `s`), a size (bytes, `B`), a percentage."""
    if isinstance(scalar, bool) or scalar is None:
        return None
    if isinstance(scalar, (int, float)):
        return float(scalar), ""
    match = _QUANTITY.match(scalar)
    if match:
        unit = match["unit"]
        if unit in ("", "%"):
            return float(match["number"]), unit
        if unit in _BYTES:
            return float(match["number"]) * _BYTES[unit], "B"
        seconds = _SECONDS.get(unit) or _SECONDS.get(unit.lower())
        return (float(match["number"]) * seconds, "s") if seconds else None
    period = _ISO_PERIOD.match(scalar)
    if period and any(period.groups()):
        return sum(int(n) * s for n, s in zip(period.groups(), _ISO_SECONDS, strict=True) if n), "s"
    return None
