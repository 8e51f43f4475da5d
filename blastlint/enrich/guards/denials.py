"""`guard` facts of kind `deny`: what a policy refused whatever else allows it, and refuses no more. Compared as sets of
permissions, like what is allowed (grants.py): splitting, merging and reordering statements means nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.enrich.access import granted
from blastlint.enrich.access.grants import Grant, widenings
from blastlint.enrich.context import Context
from blastlint.frozen import replace
from blastlint.model import Change, Fact, Region, Value
from blastlint.prose import few


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """One fact for each policy of a thing that refuses less; a thing that goes takes its policies with it."""
    if change.before is None or change.after is None:
        return
    before = granted(change.before, context, "before")
    after = granted(change.after, context, "after") if any(_refused(g) for g, _ in before.values()) else {}
    elsewhere = [g for path, (grants, _) in after.items() if path not in before for g in _refused(grants)]
    for path, (grants, value) in before.items():
        refused = _refused(grants)
        now = after.get(path)
        if not refused or (now is not None and _is_unknown(now[1])):
            continue
        left = (*(_refused(now[0]) if now is not None else ()), *elsewhere)
        lost = [atom for widening in widenings(left, refused) for atom in widening.atoms]
        if lost:
            yield _fact(path, tuple(dict.fromkeys(atom.action for atom in lost)), value, now[1] if now else None, left)


def _refused(grants: Sequence[Grant]) -> tuple[Grant, ...]:
    """The refusals, written as what they refuse."""
    return tuple(replace(grant, allow=True) for grant in grants if not grant.allow)


def _is_unknown(value: Value) -> bool:
    return not value.known and not value.is_map


def _fact(path: str, actions: tuple[str, ...], before: Value, after: Value | None, left: Sequence[Grant]) -> Fact:
    named = few(["everything" if action == "*" else action for action in actions])
    region: Region | None = after.region if after is not None else None
    return Fact(
        "guard",
        {
            "kind": "deny",
            "name": f"{path or 'policy'}: Deny",
            "direction": "weakened",
            "strength": "lowered" if left else "off",
            "before": f"{named} refused",
            "after": "refused in fewer cases" if left else "not refused",
            "subject": "what nobody may do, whoever allows it",
            "protects": "",
        },
        f"{path}#deny",
        before.region,
        region,
    )
