"""What resources inherit from their provider: the AWS provider's `default_tags` are in the tags of all that can have any."""

from __future__ import annotations

from collections.abc import Mapping

from blastlint.diff.arguments import same
from blastlint.enrich.outcomes import Outcome
from blastlint.enrich.places import on_both_sides
from blastlint.enrich.replacement import is_ignored
from blastlint.facts.providers import facts_of
from blastlint.model import Change, Confidence, Entity, Value

_ALL = "tags_all"  # by this attribute the provider's schema says that a type has tags
_NONE = Value({})
_Entities = Mapping[str, Entity]


def tagged(before: _Entities, after: _Entities, changes: Mapping[str, Change]) -> dict[str, Outcome]:
    """The instances (by address after) that get other tags, although their own text may be as it was."""
    defaults = {
        (side, entity.address): _default(entity)
        for side, entities in ((0, before), (1, after))
        for entity in entities.values()
        if entity.kind == "terraform.provider" and entity.type == "aws"
    }
    found: dict[str, Outcome] = {}
    for address, old, new in on_both_sides(before, after, changes):
        provider = getattr(new.detail, "provider", "")
        was = defaults.get((0, getattr(old.detail, "provider", "")), _NONE)
        now = defaults.get((1, provider), _NONE)
        if was == now or not _has_tags(new) or is_ignored(_ALL, getattr(new.detail, "ignore_changes", ())):
            continue
        first, second = _together(was, old), _together(now, new)
        if first is None or second is None or not same(first, second):
            sure: Confidence = "high" if first is not None and second is not None else "medium"
            found[address] = Outcome("in-place", "cascade", sure, (), provider)
    return found


def _default(provider: Entity) -> Value:
    return provider.attributes.get("default_tags", 0, "tags") or provider.attributes.get("default_tags") or _NONE


def _has_tags(entity: Entity) -> bool:
    facts = facts_of(entity.type)
    return facts is not None and _ALL in facts.optional_computed


def _together(default: Value, entity: Entity) -> Value | None:
    """The tags of a resource, its own before the default ones; None where some cannot be known."""
    own = entity.attributes.get("tags") or _NONE
    if not default.known or not own.known:
        return None
    return Value({**default.items, **own.items})
