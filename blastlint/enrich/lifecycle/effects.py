"""What applying a change does: one Impact per Change, and one per instance that changes though its own text did not.

Where a plan is at hand it tells them (planned.py). Else those of Terraform and CloudFormation are foreseen as a plan would
have them (cascade.py). Where a provider now looks at another account or region, and where a whole template is gone, the
resources are left behind (orphan); what a stack retains is forgotten. Everything else is as its text says: added is created,
removed is destroyed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from blastlint.diff.moves import Chains, resource_of, statements
from blastlint.enrich.context import Context
from blastlint.enrich.lifecycle.cascade import RESOURCES, Planner, is_within
from blastlint.enrich.lifecycle.outcomes import Outcome
from blastlint.enrich.lifecycle.replacement import is_meta
from blastlint.enrich.lifecycle.retention import kept_on_removal
from blastlint.enrich.lifecycle.variants import deployed
from blastlint.enrich.surroundings import class_of, environment_of
from blastlint.facts.stateful import stateful_class, table_name
from blastlint.frozen import replace
from blastlint.model import (
    Action,
    Change,
    Confidence,
    Delta,
    Effect,
    Entity,
    Impact,
    Recoverability,
    Related,
    Tree,
    scalar_text,
)
from blastlint.regex import regex
from blastlint.resolve.terraform.details import is_out_of_sight, is_swapped

if TYPE_CHECKING:
    from blastlint.enrich.lifecycle.planned import Verdicts

_BY_ACTION: dict[Action, Effect] = {"added": "create", "removed": "destroy", "modified": "in-place", "moved": "no-op"}
# Entities that only say how Terraform works: nothing is created or destroyed with them.
_SETTINGS = frozenset(
    f"terraform.{kind}"
    for kind in ("data", "variable", "output", "provider", "backend", "settings", "moved", "removed", "import")
)
_PROPERTIES = ("config.key", "machine.", "program.")
_PLANNED = frozenset({*RESOURCES, "terraform.data"})
_KINDS = ("terraform.", "cloudformation.")
_MILD: tuple[Effect, ...] = ("no-op", "create", "in-place", "unknown")  # nothing goes away
_MAX_DEPENDENTS = 20
_BLOCK = regex(rb'^\s*resource\s+"([^"\n]+)"\s+"([^"\n]+)"', re.M)

Group = tuple[str, str]


def effects(context: Context) -> tuple[Impact, ...]:
    """Every change with its effect and where it is, in the order of the changes, cascades at the end of theirs."""
    groups: dict[Group, list[Change]] = {}
    impacts: list[Impact] = []
    for change in context.changes:
        if change.kind.startswith(_KINDS):
            groups.setdefault((change.entity.configuration, change.entity.variant), []).append(change)
        else:
            impacts.append(_plain(change, context))
    for plan in context.plans:
        if any(kind in RESOURCES for kind, _ in plan.effects):
            groups.setdefault((plan.configuration, plan.variant), [])
    before, after = _by_group(context.entities_before), _by_group(context.entities_after)
    given = _between(context, groups, before, after)
    for group in dict.fromkeys((*groups, *given)):
        sides = before.get(group, {}), after.get(group, {})
        impacts.extend(_planned(context, group, groups.get(group, ()), *sides, given.get(group, {})))
    found = [_placed(impact, context) for impact in deployed(impacts, after)]
    if all(impact.effect in _MILD for impact in found):
        return tuple(found)
    from blastlint.enrich.lifecycle import consequences

    return consequences.attached(context, found)


def _placed(impact: Impact, context: Context) -> Impact:
    entity = impact.change.entity
    environment, path_class = environment_of(entity, context.config), class_of(entity, context.config)
    if environment == impact.environment and path_class == impact.path_class:
        return impact
    return replace(impact, environment=environment, path_class=path_class)


def _plain(change: Change, context: Context) -> Impact:
    if change.kind == "kubernetes.object":
        return _object(change, context)
    effect = "no-op" if change.kind in _SETTINGS else _BY_ACTION[change.action]
    if change.kind == "terraform.module" and effect == "in-place" and all(_is_of_call(d, change) for d in change.deltas):
        effect = "no-op"  # what that does is told of the resources below
    if change.kind.startswith(_PROPERTIES) and effect != "no-op":
        effect = "in-place"  # of what reads or runs the file: what is created or destroyed with it cannot be told
    stateful = _stateful(change.entity)
    return Impact(change, effect, stateful=stateful, recoverability=recoverability(effect, stateful))


def _is_of_call(delta: Delta, change: Change) -> bool:
    """Whether a delta is of the call, and no input of the module: where that stands in the repository, for one."""
    here = delta.path == "source" and getattr(change.entity.detail, "directory", None) is not None
    return here or is_meta(delta.path) or delta.path.startswith("providers")


def _object(change: Change, context: Context) -> Impact:
    from blastlint.enrich.kubernetes import effects as kubernetes

    outcome = kubernetes.outcome(change, context)
    stateful = _stateful(change.entity)
    return Impact(
        change,
        outcome.effect,
        confidence=outcome.confidence,
        replace_paths=outcome.paths,
        stateful=stateful,
        recoverability=recoverability(outcome.effect, stateful),
    )


def _is_deployed(change: Change, context: Context) -> bool:
    """Whether the template that deploys the resource is still there, itself or the one that nests it. Nothing deploys one
    that is gone: its stacks stay until someone deletes them."""
    entity = change.entity
    path = entity.parent.rpartition(":")[0] or entity.region.path
    return context.after.tree.size(path) is not None


def _stateful(entity: Entity) -> str:
    return stateful_class(table_name(entity.kind, entity.type))


def recoverability(effect: Effect, stateful: str) -> Recoverability:
    """How far the effect can be undone, for a thing of that class. Never "safe"."""
    if effect in ("no-op", "create", "in-place"):
        return "reversible"
    if effect == "unknown":
        return "unknown"
    if effect in ("forget", "orphan"):
        return "recoverable with effort"
    by_class: dict[str, Recoverability] = {
        "data": "recoverable from backup",
        "secrets_keys": "unrecoverable",
        "backups": "unrecoverable",
    }
    return by_class.get(stateful, "recoverable with effort")


# --- Terraform and CloudFormation ----------------------------------------------------------------------------------------


def _planned(
    context: Context,
    group: Group,
    changes: Sequence[Change],
    before: Mapping[str, Entity],
    after: Mapping[str, Entity],
    given: Mapping[str, Confidence],
) -> Iterator[Impact]:
    told = _verdicts(context, group) if context.plans else None
    whole = told is not None and told.whole
    planner = _planner(changes, before, after, given, whole)
    own = planner.changes
    outcomes = {} if whole else planner.run()
    if told is not None:
        outcomes = {**outcomes, **_told(told)}
    dependents = _Dependents(before, after)
    for change in changes:
        if change.kind not in RESOURCES:
            yield _plain(change, context)
            continue
        outcome = outcomes.get(change.address, Outcome("no-op", evidence="plan" if whole else "source"))
        if change.kind == "cloudformation.resource" and change.after is None and not _is_deployed(change, context):
            outcome = Outcome("orphan") if not whole else outcome
        yield _impact(context, change, outcome, dependents)
    for address, outcome in outcomes.items():
        if address not in own and outcome.effect != "no-op" and address in planner.after:
            yield _impact(context, _echo(planner, address, outcome.because), outcome, dependents)


def _planner(
    changes: Sequence[Change],
    before: Mapping[str, Entity],
    after: Mapping[str, Entity],
    given: Mapping[str, Confidence],
    whole: bool = False,
) -> Planner:
    """What foresees one configuration in one variant; with `whole` a plan tells all that providers do."""
    own = {change.address: change for change in changes if change.kind in _PLANNED}
    return Planner(
        {a: e for a, e in before.items() if e.kind in _PLANNED},
        {a: e for a, e in after.items() if e.kind in _PLANNED},
        own,
        forgotten=[
            *(str(_text(e, "from")) for e in after.values() if _forgets(e)),
            *(c.address for c in own.values() if c.action == "removed" and kept_on_removal(c.entity) == "retained"),
        ],
        imported=frozenset(_text(e, "to") for e in after.values() if e.kind == "terraform.import"),
        given=_by_providers(before, after, own) if not whole and any(map(_is_of_providers, changes)) else {},
        outside=given,
        hidden=[*_swapped(before, after), *_moved_out_of_sight(after, own)],
    )


def _swapped(before: Mapping[str, Entity], after: Mapping[str, Entity]) -> Iterator[str]:
    """The calls that are of a module now that nobody can read here."""
    yield from (a for a, e in after.items() if (old := before.get(a)) and is_swapped(old.detail, e.detail))


def _moved_out_of_sight(after: Mapping[str, Entity], own: Mapping[str, Change]) -> Iterator[str]:
    """What moved blocks take into a module that nobody can read here: it is there, if the module has it."""
    gone = [a for a, c in own.items() if c.after is None]
    chains = Chains(statements(after.values()) if gone else ())
    for address in gone:
        to = chains.landing(address)
        if to != address and any(is_within(to, a) for a, e in after.items() if is_out_of_sight(e.detail)):
            yield address


def _between(
    context: Context,
    groups: Mapping[Group, Sequence[Change]],
    before: Mapping[Group, Mapping[str, Entity]],
    after: Mapping[Group, Mapping[str, Entity]],
) -> Mapping[Group, Mapping[str, Confidence]]:
    """What templates give to those that they nest, and get from them."""
    if not any(e.kind == "cloudformation.resource" and e.parent for e in context.entities_after):
        return {}
    from blastlint.enrich.lifecycle.nesting import outside

    return outside(after, lambda g, given: _planner(groups.get(g, ()), before.get(g, {}), after[g], given).run())


def _is_of_providers(change: Change) -> bool:
    """Whether other provider configurations may be in use after it, or the same ones with other settings."""
    named = any(delta.path.startswith("provider") for delta in change.deltas)
    return named or change.kind == "terraform.provider" or change.action == "moved"


def _by_providers(
    before: Mapping[str, Entity], after: Mapping[str, Entity], own: Mapping[str, Change]
) -> dict[str, Outcome]:
    """What providers do to instances, whatever their own text says."""
    from blastlint.enrich.lifecycle.places import orphans
    from blastlint.enrich.lifecycle.tags import tagged

    return {**tagged(before, after, own), **orphans(before, after, own)}


def _verdicts(context: Context, group: Group) -> Verdicts | None:
    from blastlint.enrich.lifecycle import planned

    return planned.verdicts(context, *group)


def _told(verdicts: Verdicts) -> dict[str, Outcome]:
    """What plans say, in the words of what is foreseen."""
    return {
        address: Outcome(told.effect, told.cause, told.confidence, told.replace_paths, told.because, "plan")
        for (kind, address), told in verdicts.effects.items()
        if kind in RESOURCES
    }


def _by_group(entities: Iterable[Entity]) -> dict[Group, dict[str, Entity]]:
    """(configuration, variant) -> its entities by address."""
    found: dict[Group, dict[str, Entity]] = {}
    for entity in entities:
        if entity.kind.startswith(_KINDS):
            found.setdefault((entity.configuration, entity.variant), {})[entity.address] = entity
    return found


def _text(entity: Entity, name: str) -> str:
    return scalar_text(entity.attributes.get(name))


def _forgets(entity: Entity) -> bool:
    value = entity.attributes.get("destroy")
    return entity.kind == "terraform.removed" and value is not None and value.scalar in (False, "false")


def _echo(planner: Planner, address: str, because: str) -> Change:
    """The Change of an instance whose own text did not change: both sides, no deltas."""
    after = planner.after[address]
    if after.kind == "cloudformation.resource":
        from blastlint.resolve.cloudformation.details import WITHIN

        because = because.rpartition(WITHIN)[2]  # in whichever stack
    return Change(address, "modified", planner.before.get(address), after, explained_by=because)


def _impact(context: Context, change: Change, outcome: Outcome, dependents: _Dependents) -> Impact:
    effect = outcome.effect
    stateful = _stateful(change.before or change.entity)
    is_planned = outcome.evidence == "plan"
    if is_planned:
        change = replace(change, evidence="plan", explained_by=change.explained_by or outcome.because)
    return Impact(
        change,
        effect,
        cause=outcome.cause,
        blocked_by="prevent_destroy"
        if effect in ("replace", "destroy") and not is_planned and _prevented(context, change, dependents)
        else "",
        confidence=outcome.confidence,
        replace_paths=outcome.replace_paths,
        stateful=stateful,
        recoverability=recoverability(effect, stateful),
        dependents=dependents.of(change) if effect not in ("no-op", "create") else (),
    )


def _prevented(context: Context, change: Change, dependents: _Dependents) -> bool:
    """Whether prevent_destroy stops it. It counts as written after; a block that is gone protects nothing any more."""
    if change.after is not None:
        return bool(getattr(change.after.detail, "prevent_destroy", False))
    assert change.before is not None
    siblings = dependents.instances.get(resource_of(change.address))
    if siblings:
        return bool(getattr(siblings[0].detail, "prevent_destroy", False))
    if not getattr(change.before.detail, "prevent_destroy", False):
        return False
    # Still written in its module, with no instance left (count = 0)?
    name = resource_of(change.address).rsplit(".", 1)[1]
    directory = getattr(change.before.detail, "module_directory", "")
    return (change.before.type.encode(), name.encode()) in dependents.written(context.change_set.after, directory)


class _Dependents:
    """Who depends on whom, by reference, among the resources of one configuration, and what its text still holds."""

    def __init__(self, before: Mapping[str, Entity], after: Mapping[str, Entity]) -> None:
        self.instances: dict[str, list[Entity]] = {}
        self._users: dict[str, list[Entity]] = {}
        self._written: dict[str, frozenset[tuple[bytes, bytes]]] = {}
        for entity in after.values():
            if entity.kind in RESOURCES:
                self.instances.setdefault(resource_of(entity.address), []).append(entity)
        for entities in (after, before):
            for entity in entities.values():
                if entity.kind in _PLANNED and not (entities is before and entity.address in after):
                    for target in {resource_of(ref) for ref in entity.references}:
                        self._users.setdefault(target, []).append(entity)

    def written(self, tree: Tree, directory: str) -> frozenset[tuple[bytes, bytes]]:
        """(type, name) of every resource block in the text of a module."""
        if directory not in self._written:
            paths = [path for path in tree.listdir(directory) if path.endswith((".tf", ".tofu"))]
            found = (block for path in paths for block in _BLOCK.findall(tree.read(path) or b""))
            self._written[directory] = frozenset(found)
        return self._written[directory]

    def of(self, change: Change) -> tuple[Related, ...]:
        """What depends on the changed resource, directly first, at most 20, one per resource."""
        seen = {resource_of(change.entity.address)}
        queue = [*seen]
        found: list[Related] = []
        while queue and len(found) < _MAX_DEPENDENTS:
            target = queue.pop(0)
            for user in self._users.get(target, ()):
                name = resource_of(user.address)
                if name in seen:
                    continue
                seen.add(name)
                queue.append(name)
                if user.kind in RESOURCES and len(found) < _MAX_DEPENDENTS:
                    found.append(Related("depends on it", user.header or user.region, user.address))
        return tuple(found)
