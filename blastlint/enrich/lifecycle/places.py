"""Where providers look: the account, region or cluster that a provider configuration leads to, and what is left behind
where it was when a resource comes to look elsewhere.

Three edits do that: the provider block says another place, the resource names another provider configuration, or a call
above it passes another one. A plan reads the resource at its new place, finds nothing, and creates it there; what was
there stays, unmanaged. That is what real plans say: it is never a replacement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from blastlint.diff.arguments import same
from blastlint.diff.values import deltas as differences
from blastlint.enrich.context import Context
from blastlint.enrich.lifecycle.outcomes import Outcome
from blastlint.enrich.lifecycle.replacement import plain
from blastlint.frozen import dataclass
from blastlint.model import Cause, Change, Confidence, Delta, Entity
from blastlint.regex import regex

# provider -> its arguments that say where it looks -> what that is
_PLACES: Mapping[str, Mapping[str, str]] = {
    "aws": {
        "region": "provider-region", "profile": "provider-account", "assume_role.role_arn": "provider-account",
        "allowed_account_ids": "provider-account", "access_key": "provider-account",
    },
    "google": {"project": "provider-account", "region": "provider-region", "credentials": "provider-account"},
    "google-beta": {"project": "provider-account", "region": "provider-region", "credentials": "provider-account"},
    "azurerm": {"subscription_id": "provider-account", "tenant_id": "provider-account"},
    "kubernetes": {"host": "context", "config_context": "context", "config_path": "context"},
    "helm": {"kubernetes.host": "context", "kubernetes.config_context": "context", "kubernetes.config_path": "context"},
}  # fmt: skip
# AWS services without regions, as each documents: what they hold is found from everywhere.
_GLOBAL = regex(
    r"aws_(?:account|budgets|cloudfront|globalaccelerator|iam|organizations|route53(?!_resolver)|shield|waf)_"
)
_RESOURCE = "terraform.resource"
_NAMED = regex(r"[\w.-]+")  # an expression that is no more than a name
Entities = Mapping[str, Entity]
_Configuration = tuple[dict[str, Entity], dict[str, Entity], dict[str, Change]]  # before, after, changes: by address


def moved(old: Entity, deltas: Sequence[Delta]) -> Iterator[tuple[str, Delta]]:
    """The arguments by which a provider looks elsewhere, there on both sides and different, with what each says."""
    for delta in deltas:
        path = plain(delta.path)
        for name, what in _PLACES.get(old.type, {}).items():
            if delta.action == "modified" and (path == name or path.startswith(f"{name}.")):
                if not _is_worked_out_anew(delta):
                    yield what, delta
                break


def is_certain(delta: Delta) -> bool:
    """Whether both places are known, so that they surely are two."""
    return delta.before is not None and delta.before.known and delta.after is not None and delta.after.known


def _is_worked_out_anew(delta: Delta) -> bool:
    """Whether both sides are worked out of the same things, by another way: no sign of another place. Another output of
    one thing is one."""
    old, new = delta.before, delta.after
    if old is None or new is None or old.known or new.known or not old.refs:
        return False
    return old.refs == new.refs and not (_NAMED.fullmatch(old.text) and _NAMED.fullmatch(new.text))


@dataclass(frozen=True, slots=True)
class Left:
    """An instance that is left behind: `places` are what was moved (provider-region, ...) and by which difference."""

    address: str
    old: Entity
    new: Entity
    places: tuple[tuple[str, Delta], ...]

    @property
    def providers(self) -> tuple[str, str]:
        return _providers(self.old, self.new)


def left_behind(before: Entities, after: Entities, changes: Mapping[str, Change]) -> Iterator[Left]:
    """The instances whose provider looks elsewhere now, unless they say themselves where they are, or are everywhere."""
    known: dict[tuple[str, str], list[tuple[str, Delta]]] = {}
    for address, old, new in on_both_sides(before, after, changes):
        pair = _providers(old, new)
        if pair not in known:
            known[pair] = _elsewhere(before.get(pair[0]), after.get(pair[1]))
        places = tuple(p for p in known[pair] if p[0] != "provider-region" or not _GLOBAL.match(old.type))
        if places and not _own_place(old, new):
            yield Left(address, old, new, places)


def orphans(before: Entities, after: Entities, changes: Mapping[str, Change]) -> dict[str, Outcome]:
    """What happens to them, by address after."""
    found: dict[str, Outcome] = {}
    for left in left_behind(before, after, changes):
        cause: Cause = "direct" if left.address in changes and left.providers[0] != left.providers[1] else "cascade"
        sure: Confidence = "high" if any(is_certain(delta) for _, delta in left.places) else "medium"
        found[left.address] = Outcome("orphan", cause, sure, (), left.providers[1])
    return found


def left_in(context: Context, old: Entity, new: Entity) -> list[Left]:
    """Those of the configuration and variant of which an entity is."""
    groups = context.once(_grouped)
    _, after, changes = groups[_group(new)]
    return list(left_behind(groups[_group(old)][0], after, changes))


def _grouped(context: Context) -> dict[tuple[str, str], _Configuration]:
    """Configuration and variant -> what is there."""
    found: dict[tuple[str, str], _Configuration] = {}
    for entity in context.entities_before:
        if entity.kind.startswith("terraform."):
            found.setdefault(_group(entity), ({}, {}, {}))[0][entity.address] = entity
    for entity in context.entities_after:
        if entity.kind.startswith("terraform."):
            found.setdefault(_group(entity), ({}, {}, {}))[1][entity.address] = entity
    for change in context.changes:
        if change.kind.startswith("terraform."):
            found.setdefault(_group(change.entity), ({}, {}, {}))[2][change.address] = change
    return found


def _group(entity: Entity) -> tuple[str, str]:
    return entity.configuration, entity.variant


def on_both_sides(
    before: Entities, after: Entities, changes: Mapping[str, Change]
) -> Iterator[tuple[str, Entity, Entity]]:
    """The Terraform resources that are on both sides, moved or not, by address after."""
    for address, new in after.items():
        change = changes.get(address)
        old = change.before if change is not None else before.get(address)
        if new.kind == _RESOURCE and old is not None:
            yield address, old, new


def _providers(old: Entity, new: Entity) -> tuple[str, str]:
    """The addresses of the provider configurations that an instance had and has."""
    return getattr(old.detail, "provider", ""), getattr(new.detail, "provider", "")


def _own_place(old: Entity, new: Entity) -> bool:
    """Whether the resource itself says where it is, the same on both sides."""
    names = ("project", "region") if old.type.startswith("google_") else ("region",)
    return all(
        (a := old.attributes.get(n)) is not None and (b := new.attributes.get(n)) is not None and same(a, b)
        for n in names
    )


def _elsewhere(old: Entity | None, new: Entity | None) -> list[tuple[str, Delta]]:
    """By what two provider configurations look at different places. A missing one is taken from the environment: nothing
    that source tells."""
    if old is None or new is None:
        return []
    return list(moved(old, tuple(differences(old.attributes, new.attributes))))
