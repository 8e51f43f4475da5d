"""Numbers with units, as configuration writes them, and what a name says that its number measures.

`quantity("30s")` is 30 seconds, `quantity("512Mi")` bytes, `quantity("10%")` a percentage, `quantity("1_000")` a bare 1000.
`m` alone is minutes, milli or mega by turns: the key's name decides, and where it does not, `m` is a unit of its own.
Seconds and bytes are the common units; whatever else stands behind a number (`rps`, `/s`) compares only with itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from blastlint.facts.words import words
from blastlint.frozen import dataclass
from blastlint.model import Scalar
from blastlint.regex import regex

_NUMBER = regex(r"\s*(?P<number>[-+]?[0-9][0-9_]*(?:\.[0-9]+)?)\s*(?P<unit>[A-Za-zµ%/][A-Za-z/]{0,11})?\s*\Z")
_THOUSANDS = regex(r"\s*[-+]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?\s*\Z")
_CLOCK = regex(r"(?:[0-9]+(?:\.[0-9]+)?(?:d|h|m|s|ms|us|µs|ns))+\Z")
_CLOCK_PART = regex(r"([0-9]+(?:\.[0-9]+)?)(ms|us|µs|ns|d|h|m|s)")
_PERIOD = regex(
    r"P(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)W)?(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)S)?)?\Z"
)
_PERIOD_SECONDS = (31_536_000, 2_592_000, 604_800, 86_400, 3_600, 60, 1)
_SECONDS: Mapping[str, float] = {
    "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "msec": 1e-3, "millisecond": 1e-3, "milliseconds": 1e-3,
    "s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1, "min": 60, "mins": 60, "minute": 60, "minutes": 60,
    "h": 3_600, "hr": 3_600, "hour": 3_600, "hours": 3_600, "d": 86_400, "day": 86_400, "days": 86_400, "w": 604_800,
    "week": 604_800, "weeks": 604_800, "month": 2_592_000, "months": 2_592_000, "y": 31_536_000, "year": 31_536_000,
    "years": 31_536_000,
}  # fmt: skip
_BYTES: Mapping[str, float] = {
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30,
    "TiB": 2**40, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "kB": 1e3, "KB": 1e3, "MB": 1e6,
    "GB": 1e9, "TB": 1e12, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "g": 1e9, "t": 1e12, "B": 1, "bytes": 1,
}  # fmt: skip
_TRUE = frozenset({"true", "yes", "on", "1", "enabled", "enable", "active", "y"})
_FALSE = frozenset({"false", "no", "off", "0", "disabled", "disable", "inactive", "suspended", "n"})

# What a word in a key's name says of its number; the last word that tells wins.
_MEASURES: Mapping[str, str] = {
    **dict.fromkeys(
        ("timeout", "timeouts", "deadline", "interval", "delay", "backoff", "grace", "duration", "cooldown", "wait",
         "keepalive", "period", "debounce", "hours", "days", "minutes", "seconds", "ms", "millis"),
        "timeout",
    ),
    **dict.fromkeys(("ttl", "expiry", "expiration", "expires", "retention", "lifetime", "age", "lease"), "ttl"),
    **dict.fromkeys(("limit", "limits", "quota", "threshold", "cap", "budget", "maximum", "ceiling", "burst"), "limit"),
    **dict.fromkeys(
        ("price", "prices", "cost", "amount", "fee", "fees", "rate", "tax", "discount", "salary", "balance", "usd", "eur"),
        "price",
    ),
    **dict.fromkeys(("percent", "percentage", "pct", "ratio", "fraction", "sampling", "rollout", "probability"), "percent"),
    **dict.fromkeys(("rps", "qps", "tps", "throughput", "iops", "concurrency", "bandwidth", "throttle"), "rate"),
    **dict.fromkeys(
        ("size", "memory", "mem", "storage", "disk", "buffer", "heap", "bytes", "capacity", "volume", "cache"), "size"
    ),
    **dict.fromkeys(
        ("replicas", "count", "workers", "instances", "connections", "retries", "attempts", "threads", "shards",
         "partitions", "nodes", "pool", "cpu", "cpus", "min", "max"),
        "count",
    ),
}  # fmt: skip
_BOUNDS = frozenset({"max", "min", "maximum", "minimum"})
_DURATIONS = frozenset({"hours", "days", "minutes", "seconds", "ms", "millis"})  # the unit of whatever else is measured
_TIMES = frozenset({"timeout", "ttl"})


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in its common unit (`s`, `B`, `%`, "" for none, else as written), and the suffix as written."""

    number: float
    unit: str
    suffix: str = ""


def quantity(scalar: Scalar, name: str = "") -> Quantity | None:
    """The quantity that a scalar writes, or None for text, booleans and null. `name` is the key that it belongs to."""
    if isinstance(scalar, bool) or scalar is None:
        return None
    if isinstance(scalar, int):
        return Quantity(float(scalar), "") if abs(scalar) < 1 << 1000 else None
    if isinstance(scalar, float):
        return Quantity(scalar, "")
    if len(scalar) > 40:
        return None
    match = _NUMBER.match(scalar)
    if match:
        number, suffix = float(match["number"].replace("_", "")), match["unit"] or ""
        scale, unit = _unit(suffix, name)
        return Quantity(number * scale, unit, suffix)
    if _THOUSANDS.match(scalar):
        return Quantity(float(scalar.replace(",", "")), "")
    text = scalar.strip()
    if _CLOCK.match(text):
        parts = [(float(n), u) for n, u in _CLOCK_PART.findall(text)]
        return Quantity(sum(n * (60 if u == "m" else _SECONDS[u]) for n, u in parts), "s", parts[-1][1])
    period = _PERIOD.match(text)
    if period and any(period.groups()):
        return Quantity(sum(int(n) * s for n, s in zip(period.groups(), _PERIOD_SECONDS, strict=True) if n), "s", "P")
    return None


def _unit(suffix: str, name: str) -> tuple[float, str]:
    """(factor to the common unit, that unit)."""
    if suffix in ("m", "M") and name:
        named = set(words(name))
        if suffix == "m" and named & {"cpu", "cpus"}:
            return 1e-3, ""
        if suffix == "m" and measure(name) in _TIMES:
            return 60, "s"
        if measure(name) == "size":
            return 1e6, "B"
    if suffix in _BYTES:
        return _BYTES[suffix], "B"
    if suffix.lower() in _SECONDS:
        return _SECONDS[suffix.lower()], "s"
    return 1, suffix


def measure(name: str) -> str:
    """What the number of a key measures by the key's name: timeout, ttl, limit, price, percent, rate, size, count, or ""."""
    found = ""
    parts = words(name)
    for word in parts:
        kind = _MEASURES.get(word, "")
        if kind and (not found or (kind != "count" and word not in _DURATIONS)):
            found = kind
    if found == "count" and _BOUNDS & set(parts):
        return "limit"
    if found == "price" and "rate" in parts and {"limit", "limits", "request", "requests"} & set(parts):
        return "rate"
    return found


def comparable(before: Scalar, after: Scalar, name: str = "") -> tuple[Quantity, Quantity] | None:
    """Both as quantities of one unit, or None. A bare number beside one with a unit takes that unit only if it is seconds
    of a time or CPUs; a minute beside other times is a minute."""
    old, new = quantity(before, name), quantity(after, name)
    if old is None or new is None:
        return None
    if old.unit == new.unit:
        return old, new
    if {old.unit, new.unit} == {"m", "s"}:
        return _minutes(old), _minutes(new)
    if {old.unit, new.unit} == {"", "s"} and measure(name) in _TIMES:
        bare_unit = "ms" if words(name)[-1:] in (("ms",), ("millis",), ("milliseconds",)) else "s"
        scale = _SECONDS[bare_unit]
        return _as_seconds(old, scale), _as_seconds(new, scale)
    return None


def _minutes(q: Quantity) -> Quantity:
    return Quantity(q.number * 60, "s", q.suffix) if q.unit == "m" else q


def _as_seconds(q: Quantity, scale: float) -> Quantity:
    return Quantity(q.number * scale, "s", q.suffix) if q.unit == "" else q


def truth(scalar: Scalar) -> bool | None:
    """A boolean in any of its spellings (true, yes, on, enabled, 1, ...), else None."""
    if isinstance(scalar, bool):
        return scalar
    text = str(scalar).strip().lower()
    return True if text in _TRUE else False if text in _FALSE else None


def equal(before: Scalar, after: Scalar, name: str = "") -> bool:
    """Whether two spellings mean the same to the programs that read them: 8080 and "8080", true and "true" and yes, 60s and
    1m, 1Gi and 1024Mi, 1000m and 1 of a CPU, 30 and 30s of a timeout. "1.10" and 1.1 are two different things."""
    if before is None or after is None:
        return before is after
    numbers = isinstance(before, (int, float)) and isinstance(after, (int, float))
    if numbers and isinstance(before, bool) is isinstance(after, bool):
        return before == after
    old, new = _spelled(before), _spelled(after)
    if old == new:
        return True
    if isinstance(before, bool) or isinstance(after, bool) or (old in _BOOLEANS and new in _BOOLEANS):
        return _BOOLEANS.get(old, old) == _BOOLEANS.get(new, new)
    if isinstance(before, str) and isinstance(after, str) and (before[-1:].isdigit() and after[-1:].isdigit()):
        return False  # two bare texts: versions, identifiers, ... are what they are
    pair = comparable(before, after, name)
    if pair is None or (not pair[0].suffix and not pair[1].suffix):
        return False
    return abs(pair[0].number - pair[1].number) <= 1e-9 * max(abs(pair[0].number), abs(pair[1].number))


_BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def _spelled(scalar: Scalar) -> str:
    if isinstance(scalar, bool):
        return "true" if scalar else "false"
    text = str(scalar)
    return text.lower() if text.lower() in _BOOLEANS else text
