"""Repeated blocks that a kept resource loses: the `block-loss` fact."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.replacement import META
from blastlint.model import Change, Fact, FactValue

_MANY = 3


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """One fact per kind of nested block of which at least three, and half, are gone; or every one of several."""
    if change.before is None or change.after is None or all(delta.action != "removed" for delta in change.deltas):
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


def _taken_over(change: Change, context: Context) -> int:
    """How many new resources of their own refer to this one: rules, routes and attachments that left its block."""
    address = change.address
    return sum(
        1
        for other in context.changes
        if other.action == "added" and other.kind == "terraform.resource" and address in other.entity.references
    )
