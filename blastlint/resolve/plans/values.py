"""Values of a plan: plain JSON with two masks beside it, what is unknown until apply and what is sensitive."""

from __future__ import annotations

from blastlint.frozen import replace
from blastlint.model import Region, Value, join_path, unknown

AFTER_APPLY = "known after apply"


def value_of(
    data: object, unknowns: object, sensitive: object, region: Region, path: str, refs: frozenset[str] = frozenset()
) -> Value:
    """The value. A mask is true for the whole, or a map or list with masks of the parts. `path` tells two unknowns apart;
    `refs` are what an unknown may hang on."""
    hidden = sensitive is True
    if unknowns is True:
        return replace(unknown(AFTER_APPLY, f"({path}: {AFTER_APPLY})", refs, region), sensitive=hidden)
    if isinstance(data, dict) or (data is None and isinstance(unknowns, dict) and unknowns):
        items = data if isinstance(data, dict) else {}
        late = unknowns if isinstance(unknowns, dict) else {}
        names = [*items, *(name for name in late if name not in items and late[name])]
        return Value(
            {
                name: value_of(
                    items.get(name), late.get(name), _part(sensitive, name), region, join_path(path, name), refs
                )
                for name in names
            },
            sensitive=hidden,
            region=region,
        )
    if isinstance(data, list) or (data is None and isinstance(unknowns, list) and unknowns):
        elements = data if isinstance(data, list) else []
        late_ones = unknowns if isinstance(unknowns, list) else []
        size = max(len(elements), len(late_ones))
        return Value(
            tuple(
                value_of(_at(elements, i), _at(late_ones, i), _part(sensitive, i), region, f"{path}[{i}]", refs)
                for i in range(size)
            ),
            sensitive=hidden,
            region=region,
        )
    scalar = data if isinstance(data, (str, int, float)) else None
    return Value(scalar, sensitive=hidden, region=region)


def _part(mask: object, key: str | int) -> object:
    """The mask of a part: what covers the whole covers it."""
    if mask is True:
        return True
    if isinstance(mask, dict):
        return mask.get(key)
    return _at(mask, key) if isinstance(mask, list) and isinstance(key, int) else None


def _at(elements: list[object], index: int) -> object:
    return elements[index] if index < len(elements) else None
