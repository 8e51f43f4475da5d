"""The one key-tree delta: two Values -> the attribute differences between them, whatever the format.

Maps are compared by key, scalars by meaning (`units.equal`: another spelling of the same is no difference). Elements of
lists are paired first (alignment.py): by an identifying key, as a set where order has no meaning (`Value.unordered`), else
in order. A list in which only the order differs is one modified delta. `deltas(x, x)` is empty, and `deltas(b, a)` is
`deltas(a, b)` with the sides exchanged (an element without an identifying key is named by its index before, or after where
it was added).
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.diff.alignment import IDENTIFYING_KEYS, paired
from blastlint.facts.units import equal
from blastlint.model import Delta, Value, join_path

__all__ = ["IDENTIFYING_KEYS", "deltas", "same"]


def deltas(before: Value, after: Value) -> tuple[Delta, ...]:
    """Every difference, outermost absent subtree first. Empty when the two mean the same."""
    return tuple(_deltas("", "", before, after))


def same(before: Value, after: Value, name: str = "") -> bool:
    """Whether two values mean the same; `name` is the key that they belong to."""
    return before == after or next(_deltas("", name, before, after), None) is None


def _deltas(path: str, name: str, before: Value, after: Value) -> Iterator[Delta]:
    if before == after:
        return
    if before.is_map and after.is_map:
        yield from _map_deltas(path, before, after)
    elif before.is_list and after.is_list:
        yield from _list_deltas(path, name, before, after)
    elif not (before.is_scalar and after.is_scalar and equal(before.scalar, after.scalar, name)):
        yield Delta(path, "modified", before, after)


def _map_deltas(path: str, before: Value, after: Value) -> Iterator[Delta]:
    for key, old in before.items.items():
        here = join_path(path, key)
        if key in after.items:
            yield from _deltas(here, key, old, after.items[key])
        else:
            yield Delta(here, "removed", old, None)
    for key, new in after.items.items():
        if key not in before.items:
            yield Delta(join_path(path, key), "added", None, new)


def _list_deltas(path: str, name: str, before: Value, after: Value) -> Iterator[Delta]:
    pairing = paired(before, after)
    found = False
    for pair in pairing.pairs:
        here = f"{path}[{pair.label}]"
        if pair.after is None:
            changes: Iterator[Delta] = iter((Delta(here, "removed", pair.before, None),))
        elif pair.before is None:
            changes = iter((Delta(here, "added", None, pair.after),))
        else:
            changes = _deltas(here, name, pair.before, pair.after)
        for change in changes:
            found = True
            yield change
    if pairing.reordered and not found:
        yield Delta(path, "modified", before, after)
