"""One text for everything that means the same: what digests and pairings compare."""

from __future__ import annotations

from blastlint.facts.units import truth
from blastlint.model import Value


def canonical(value: Value) -> str:
    """One text for everything that means the same, whatever the order of a map's keys."""
    if not value.known:
        return f"?{value.text}"
    if value.is_map:
        return "{" + ",".join(f"{k!r}:{canonical(v)}" for k, v in sorted(value.items.items())) + "}"
    if value.is_list:
        texts = [canonical(e) for e in value.elements]
        return "[" + ",".join(sorted(texts) if value.unordered else texts) + "]"
    scalar = value.scalar
    if isinstance(scalar, bool) or (isinstance(scalar, str) and scalar.lower() in ("true", "false", "yes", "no")):
        return "true" if truth(scalar) else "false"
    return "null" if scalar is None else repr(str(scalar))


def digest(value: Value) -> str:
    """A short digest of the canonical text; equal for equal meaning."""
    import hashlib  # costs as much as ten modules

    return hashlib.blake2b(canonical(value).encode("utf-8", "replace"), digest_size=12).hexdigest()
