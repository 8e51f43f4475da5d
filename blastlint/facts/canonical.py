"""One text for everything that means the same: what digests and pairings compare."""

from __future__ import annotations

from blastlint.facts.units import truth
from blastlint.model import Value

_TRUTHS = ("true", "false", "yes", "no")


def canonical(value: Value) -> str:
    """One text for everything that means the same, whatever the order of a map's keys."""
    if not value.known:
        return f"?{value.text}"
    data = value.data
    if isinstance(data, str):
        return ("true" if truth(data) else "false") if data.lower() in _TRUTHS else repr(data)
    if isinstance(data, bool):
        return "true" if data else "false"
    if data is None or isinstance(data, (int, float)):
        return "null" if data is None else repr(str(data))
    if isinstance(data, tuple):
        texts = [canonical(e) for e in data]
        return "[" + ",".join(sorted(texts) if value.unordered else texts) + "]"
    return "{" + ",".join([f"{key!r}:{canonical(data[key])}" for key in sorted(data)]) + "}"


def digest(value: Value) -> str:
    """A short digest of the canonical text; equal for equal meaning."""
    import hashlib  # costs as much as ten modules

    return hashlib.blake2b(canonical(value).encode("utf-8", "replace"), digest_size=12).hexdigest()
