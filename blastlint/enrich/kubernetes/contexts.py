"""`privilege` facts about the values that a chart is given: what its containers may do once a security context says so.

Only what is written counts: what a chart from elsewhere says where the values say nothing is not known. A switch that turns
(`runAsNonRoot: true` -> `false`) is told as what it is, under its own name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

from blastlint.enrich.access.privileges import raised, stated
from blastlint.enrich.context import Context
from blastlint.enrich.kubernetes.values import is_of_chart, is_told_of_objects
from blastlint.facts.paths import found, steps
from blastlint.model import Change, Entity, Fact
from blastlint.regex import regex
from blastlint.resolve.keytree import document_of

_CONTEXT = regex(r"^(?P<context>(?:.*\.)?(?:securityContext|podSecurityContext|containerSecurityContext))(?:[.\[]|$)")


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """What one security context now gives, told at the first of its keys that changed."""
    if change.after is None or change.entity.type != "configuration" or not change.deltas:
        return
    delta = change.deltas[0]
    written = _written(change)
    if not written or not is_of_chart(delta.path, change) or is_told_of_objects(delta, change, context):
        return
    earlier = takewhile(lambda other: other is not change, context.changes)
    if any(other.entity.parent == change.entity.parent and _written(other) == written for other in earlier):
        return
    document = _document(change.after, context.entities_before)
    if document is None:
        return
    place = steps(written)
    old, new = (found(document_of(entity).root, place) for entity in (document, change.after))
    if new is not None:
        was = stated(old) if old is not None else {}
        yield from raised(was, stated(new), old.region if old is not None else None, change.after.region)


def _written(change: Change) -> str:
    """The security context in which a key is written otherwise; empty for anything else, and where a switch only turned."""
    if change.kind != "config.key" or change.after is None or not change.deltas:
        return ""
    delta = change.deltas[0]
    match = _CONTEXT.match(delta.path)
    turned = all(value is not None and isinstance(value.scalar, bool) for value in (delta.before, delta.after))
    return match["context"] if match is not None and not turned else ""


def _document(key: Entity, side: Sequence[Entity]) -> Entity | None:
    """The document of the other side that the key's is compared with."""
    return next((e for e in side if e.kind == "config.document" and e.address == key.parent), None)
