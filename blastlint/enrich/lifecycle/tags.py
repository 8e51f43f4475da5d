"""What resources inherit from their provider: the default tags of AWS and the default labels of Google are on all that can
have any. Where a label forces another resource, as of an instance template, so does a default one."""

from __future__ import annotations

from collections.abc import Mapping

from blastlint.diff.arguments import same
from blastlint.enrich.lifecycle.outcomes import Outcome
from blastlint.enrich.lifecycle.places import on_both_sides
from blastlint.enrich.lifecycle.replacement import is_ignored
from blastlint.facts.providers import facts_of, forces_replacement
from blastlint.frozen import dataclass
from blastlint.model import Change, Confidence, Entity, Value


@dataclass(frozen=True, slots=True)
class _Inherited:
    """`defaults` is where a provider has them, `own` what a resource calls its own, `all` the attribute by which the
    provider's schema says that a type has any."""

    defaults: tuple[str | int, ...]
    own: tuple[str, ...]
    all: str


_LABELS = _Inherited(("default_labels",), ("labels", "resource_labels"), "terraform_labels")
_OF_PROVIDER: Mapping[str, _Inherited] = {
    "aws": _Inherited(("default_tags", 0, "tags"), ("tags",), "tags_all"),
    "google": _LABELS,
    "google-beta": _LABELS,
}
_NONE = Value({})
_Entities = Mapping[str, Entity]


def tagged(before: _Entities, after: _Entities, changes: Mapping[str, Change]) -> dict[str, Outcome]:
    """The instances (by address after) that get other tags, although their own text may be as it was."""
    defaults = {
        (side, entity.address): _default(entity)
        for side, entities in ((0, before), (1, after))
        for entity in entities.values()
        if entity.kind == "terraform.provider" and entity.type in _OF_PROVIDER
    }
    found: dict[str, Outcome] = {}
    for address, old, new in on_both_sides(before, after, changes):
        provider = getattr(new.detail, "provider", "")
        was = defaults.get((0, getattr(old.detail, "provider", "")), _NONE)
        now = defaults.get((1, provider), _NONE)
        inherited = _inherited(new) if was != now else None
        if inherited is None:
            continue
        first, second = _together(was, old, inherited), _together(now, new, inherited)
        if first is None or second is None or not same(first, second):
            sure: Confidence = "high" if first is not None and second is not None else "medium"
            forcing = tuple(n for n in inherited.own if forces_replacement(new.type, n, "changed") == "always")
            found[address] = Outcome("replace" if forcing else "in-place", "cascade", sure, forcing[:1], provider)
    return found


def _default(provider: Entity) -> Value:
    where = _OF_PROVIDER[provider.type].defaults
    return provider.attributes.get(*where) or provider.attributes.get(where[0]) or _NONE


def _inherited(entity: Entity) -> _Inherited | None:
    """What a resource inherits, unless it has no tags or looks away from them."""
    inherited = _OF_PROVIDER.get(entity.type.partition("_")[0])
    facts = facts_of(entity.type) if inherited is not None else None
    if inherited is None or facts is None or inherited.all not in facts.optional_computed:
        return None
    ignored = getattr(entity.detail, "ignore_changes", ())
    return None if any(is_ignored(name, ignored) for name in (inherited.all, "effective_labels")) else inherited


def _together(default: Value, entity: Entity, inherited: _Inherited) -> Value | None:
    """The tags of a resource, its own before the default ones; None where some cannot be known."""
    own = next((v for name in inherited.own if (v := entity.attributes.get(name)) is not None), _NONE)
    if not default.known or not own.known:
        return None
    return Value({**default.items, **own.items})
