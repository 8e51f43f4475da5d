"""`binding` facts of what names another provider configuration, which looks elsewhere: a resource by `provider`, a module
call by `providers`."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.lifecycle.bindings import moved_fact
from blastlint.enrich.lifecycle.cascade import is_within
from blastlint.enrich.lifecycle.places import left_in
from blastlint.frozen import replace
from blastlint.model import Change, Delta, Fact, Region

_LINES = ("provider", "providers")


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """What such a line leaves behind. The instances of one block share it: the first of them tells it."""
    line = _line(change)
    if line is None or context.once(_tellers).get(_place(change, line)) is not change:
        return
    old, new = change.before, change.after
    assert old is not None and new is not None
    block = getattr(new.detail, "resource", "") or getattr(new.detail, "call", new.address)
    left = [
        one for one in left_in(context, old, new) if one.providers[0] != one.providers[1] and is_within(one.address, block)
    ]
    if left:
        fact = moved_fact(*left[0].places[0], [one.old for one in left], context)
        yield replace(fact, path=line.path, before=line.before_region, after=line.after_region)


def _line(change: Change) -> Delta | None:
    """The difference that names another provider configuration."""
    if change.before is None or change.after is None:
        return None
    return next((d for d in change.deltas if d.path.partition(".")[0].partition("[")[0] in _LINES), None)


def _tellers(context: Context) -> dict[Region | str, Change]:
    """The first change of each such line."""
    found: dict[Region | str, Change] = {}
    for change in context.changes:
        if change.kind in ("terraform.resource", "terraform.module") and (line := _line(change)) is not None:
            found.setdefault(_place(change, line), change)
    return found


def _place(change: Change, line: Delta) -> Region | str:
    return line.after_region or line.before_region or change.address
