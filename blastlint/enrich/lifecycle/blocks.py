"""Repeated blocks that a kept resource loses, and entries of what a module makes something of each: the `block-loss` fact.

A module that is not in the repository is given maps of things alike (node groups, listeners, users) and makes something of
each: what is no longer in the map is destroyed.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.lifecycle.replacement import META
from blastlint.model import Change, Entity, Fact, FactValue, Related, Value
from blastlint.resolve.terraform.details import is_out_of_sight

_MANY = 3


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """One fact per kind of nested block of which at least three, and half, are gone; or every one of several. Of what a
    module is given, one fact per argument."""
    if change.before is None or change.after is None or all(delta.action != "removed" for delta in change.deltas):
        return
    if change.kind == "terraform.module":
        if is_out_of_sight(change.before.detail) and is_out_of_sight(change.after.detail):
            yield from _entries(change.before, change.after)
        return
    for name, old in change.before.attributes.items.items():
        if name in META or not old.is_list or not old.elements or not all(e.is_map for e in old.elements):
            continue
        new = change.after.attributes.items.get(name)
        if new is not None and not new.is_list:
            continue
        kept = new.elements if new is not None else ()
        total = len(old.elements)
        lost = total - len(kept)
        if lost < _MANY - (not kept) or lost * 2 < total or lost <= _taken_over(change, context):
            continue
        fields: dict[str, FactValue] = {"name": name, "lost": lost, "total": total, "share": round(lost / total, 2)}
        place = change.after.header or change.after.region
        yield Fact("block-loss", fields, name, old.elements[0].region or old.region, place)


def _entries(before: Entity, after: Entity) -> Iterator[Fact]:
    for name, old in before.attributes.items.items():
        new = after.attributes.items.get(name)
        if name in META or new is None or not new.known or not new.is_map or not old.known or not old.is_map:
            continue
        lost = [key for key in old.items if key not in new.items and _is_one_of_many(key, old)]
        if lost:
            total = len(old.items)
            share = round(len(lost) / total, 2)
            fields: dict[str, FactValue] = {"name": name, "lost": len(lost), "total": total, "share": share}
            related = [Related(f"{key} is gone", old.items[key].region or before.region, before.address) for key in lost]
            where = old.items[lost[0]].region or old.region
            yield Fact("block-loss", fields, name, where, new.region or after.header, tuple(related))


def _is_one_of_many(key: str, entries: Value) -> bool:
    """Whether an entry is a thing like another one beside it: a map with much the same names."""
    names = entries.items[key].items.keys()
    others = (other.items.keys() for name, other in entries.items.items() if name != key)
    return any(len(names & theirs) * 2 >= max(len(names), len(theirs)) for theirs in others if names and theirs)


def _taken_over(change: Change, context: Context) -> int:
    """How many new resources of their own refer to this one: rules, routes and attachments that left its block."""
    address = change.address
    return sum(
        1
        for other in context.changes
        if other.action == "added" and other.kind == "terraform.resource" and address in other.entity.references
    )
