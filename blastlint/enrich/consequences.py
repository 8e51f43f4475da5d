"""Facts about what goes away: `shift`, `rename`, `removal` and `replacement`, one per cause.

A cause is a block of source (all its instances, in every configuration and variant that uses it), a removed module call,
a removed configuration, or a deleted file. The first change it brings about carries the fact, the others are related to it.
Stateful things are never hidden behind another: they carry a fact of their own, except below a module call that is gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from blastlint.diff.moves import resource_of
from blastlint.diff.renames import Rename, renames
from blastlint.enrich.cascade import RESOURCES, is_within
from blastlint.enrich.context import Context
from blastlint.enrich.outcomes import HOLDS_STATE, after_removal, after_rename, after_replacement
from blastlint.enrich.replacement import half_known
from blastlint.enrich.retention import kept_on_removal, kept_on_replacement
from blastlint.enrich.shifts import shifts
from blastlint.facts.stateful import holds_data, is_routine, lesser_data, table_name
from blastlint.model import Confidence, Entity, Fact, FactValue, Impact, Region, Related

if TYPE_CHECKING:
    from blastlint.enrich.kubernetes.effects import Taken

_CLASSES = (*HOLDS_STATE, "identity_of_service", "compute_env", "")
_KINDS = ("terraform.resource", "cloudformation.resource", "kubernetes.object")
_RENAMED = frozenset({*RESOURCES, "kubernetes.object"})
_TERRAFORM = ("terraform.resource", "terraform.module")
_UNRENAMED = {
    **dict.fromkeys(_TERRAFORM, "without a moved block"),
    "kubernetes.object": "although Kubernetes cannot rename",
    "cloudformation.resource": "although a stack knows its resources by their logical ids",
}
_REPLICA_ARGUMENTS = ("replicate_source_db", "replication_source_identifier", "global_replication_group_id")
_MAX_RELATED = 50
_FEW = 2  # a configuration of so few blocks is no environment

Found = dict[int, list[Fact]]
Place = tuple[str, int, int]


def attached(context: Context, impacts: Sequence[Impact]) -> tuple[Impact, ...]:
    """The impacts with these facts."""
    found: Found = {}
    shifted = _shifted(context, impacts, found)
    impacts_left = [i for i in impacts if id(i) not in shifted]
    gone = [i for i in impacts_left if _is_gone(i)]
    kept = [i for i in impacts_left if i.effect == "forget" and i.change.kind == "cloudformation.resource"]
    if gone or kept:
        renamed = _renamed([*gone, *kept], impacts_left, found)
        left = [i for i in gone if id(i) not in renamed]
        _removals(context, left, found)
    _replacements(impacts_left, found)
    return tuple(replace(i, facts=(*i.facts, *found[id(i)])) if id(i) in found else i for i in impacts)


def _shifted(context: Context, impacts: Sequence[Impact], found: Found) -> set[int]:
    """Facts about shifts; returns (by id) the impacts that they account for."""
    claimed: set[int] = set()
    blocks: set[Place] = set()
    for shift in shifts(context, impacts):
        claimed |= {id(i) for i in shift.impacts}
        gone = [i for i in shift.impacts if i.effect in ("destroy", "replace")]
        if _block(gone[0]) in blocks:
            continue  # the same block through another configuration, variant or module instance
        blocks.add(_block(gone[0]))
        fields: dict[str, FactValue] = {
            "what": shift.what,
            "resource": resource_of(gone[0].change.address),
            "count": len(gone),
            "stateful": _worst(gone),
        }
        fact = Fact("shift", fields, "", _place(gone[0]), None, _related(gone[1:])[:_MAX_RELATED], gone[0].confidence)
        found.setdefault(id(gone[0]), []).append(fact)
    return claimed


# --- renames -------------------------------------------------------------------------------------------------------------


def _renamed(gone: Sequence[Impact], impacts: Sequence[Impact], found: Found) -> set[int]:
    """Facts about renames; returns (by id) the impacts that they account for."""
    by_change = {id(i.change): i for i in gone}
    born = [i.change for i in impacts if i.effect == "create" and i.change.action == "added"]
    modules = renames(
        [i.change for i in gone if i.change.kind == "terraform.module"],
        [c for c in born if c.kind == "terraform.module"],
    )
    claimed: set[int] = set()
    for rename in modules:
        children = [i for i in gone if _inside(i, by_change[id(rename.gone)])]
        claimed |= {id(by_change[id(rename.gone)]), *(id(c) for c in children)}
        _tell(found, by_change[id(rename.gone)], rename, children)
    rest = [i for i in gone if id(i) not in claimed and i.change.kind in _RENAMED and i.effect != "orphan"]
    inside_new = [r.born.address for r in modules]
    candidates = [c for c in born if c.kind in _RENAMED and not any(is_within(c.address, a) for a in inside_new)]
    by_block: dict[Place, tuple[Rename, list[Impact]]] = {}
    for rename in renames([i.change for i in rest], candidates):
        if resource_of(rename.gone.address) == resource_of(rename.born.address):
            continue  # another key of the same resource is no rename of the resource
        impact = by_change[id(rename.gone)]
        claimed.add(id(impact))
        by_block.setdefault(_block(impact), (rename, []))[1].append(impact)
    for rename, instances in by_block.values():
        _tell(found, instances[0], rename, instances[1:])
    return claimed


def _tell(found: Found, impact: Impact, rename: Rename, others: Sequence[Impact]) -> None:
    born = rename.born.entity
    fields: dict[str, FactValue] = {
        "to": rename.born.address,
        "similarity": rename.similarity,
        "how": _UNRENAMED[born.kind],
        "ambiguous": rename.ambiguous,
        "stateful": _worst([impact, *others]),
        "hidden": _hidden([impact, *others]),
        "routine": is_routine(impact.change.type),
        "outcome": after_rename(impact),
    }
    related = (Related("is created in its place", born.header or born.region, rename.born.address), *_related(others))
    place = born.header or born.region
    confidence: Confidence = "medium" if rename.ambiguous else "high"
    found.setdefault(id(impact), []).append(
        Fact("rename", fields, "", _place(impact), place, related[:_MAX_RELATED], confidence)
    )


# --- removals ------------------------------------------------------------------------------------------------------------


class _Kept:
    """What stays: looked up by configuration and variant."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._tree = context.change_set.after
        self._plans = {plan.path for plan in context.plans}
        self._sizes: dict[str, bool] = {}
        self.groups: set[tuple[str, str]] = set()
        self._resources: set[tuple[tuple[str, str], str, str]] = set()
        self._users: dict[tuple[tuple[str, str], str], list[Entity]] = {}
        for entity in context.entities_after:
            group = (entity.configuration, entity.variant)
            if entity.kind in (*_KINDS, "terraform.module"):
                self._resources.add((group, entity.kind, resource_of(entity.address)))
            if entity.kind in (*_KINDS, "terraform.module"):
                self.groups.add(group)
            if entity.kind in (*_KINDS, "terraform.output"):
                for target in {resource_of(ref) for ref in entity.references}:
                    self._users.setdefault((group, target), []).append(entity)

    def another_instance(self, entity: Entity) -> bool:
        """Whether another instance of the same module call or resource stays."""
        group = (entity.configuration, entity.variant)
        return (group, entity.kind, resource_of(entity.address)) in self._resources

    def users(self, entity: Entity, names: set[str]) -> list[Entity]:
        """What stays and still refers to one of the names, in the configuration of `entity`."""
        group = (entity.configuration, entity.variant)
        found = {e.address: e for name in sorted(names) for e in self._users.get((group, name), ())}
        return [e for address, e in found.items() if resource_of(address) not in names]

    def of_object(self, impacts: Sequence[Impact], usual: str) -> tuple[list[Entity], str]:
        """What stays and needs one of the Kubernetes objects, and why the first weighs less than its kind usually does."""
        from blastlint.enrich.kubernetes.effects import lesser
        from blastlint.enrich.kubernetes.references import needing

        gone = [_before(i) for i in impacts]
        found = {user.address: user for entity in gone for user in needing(entity, self._context)}
        return list(found.values()), lesser(gone[0], self._context, usual)

    def whole(self, entity: Entity) -> tuple[str, str]:
        """What went away as a whole with it: ("configuration", directory), ("file", path), or ("", "")."""
        group = (entity.configuration, entity.variant)
        if entity.kind in _TERRAFORM and group not in self.groups and not entity.parent:
            return "configuration", entity.configuration
        path = entity.region.path
        if path not in self._sizes:
            self._sizes[path] = path in self._plans or self._tree.size(path) is not None
        return ("", "") if self._sizes[path] else ("file", path)


def _is_gone(impact: Impact) -> bool:
    """Destroyed, or left behind without its template."""
    if impact.effect == "orphan":
        return impact.change.kind == "cloudformation.resource"
    if impact.effect == "forget":
        return _taken(impact) is not None
    return impact.effect == "destroy" and impact.change.kind in (*_KINDS, "terraform.module")


def _taken(impact: Impact) -> Taken | None:
    """What the API or a controller deletes with an object."""
    if impact.change.kind != "kubernetes.object":
        return None
    from blastlint.enrich.kubernetes.effects import taken_along

    return taken_along(_before(impact))


def _removals(context: Context, gone: Sequence[Impact], found: Found) -> None:
    kept = _Kept(context)
    modules = [i for i in gone if i.change.kind == "terraform.module" and not kept.another_instance(_before(i))]
    nested = {i.change.entity.parent for i in gone if i.change.kind == "cloudformation.resource"}
    modules += [i for i in gone if i.effect == "destroy" and i.change.address in nested]
    below: set[int] = set()
    rolled: dict[tuple[str, str], list[Impact]] = {}
    outermost = _outermost(modules)
    sizes = Counter(
        kept.whole(_before(b[0])) for b in _blocks([*outermost, *(i for i in gone if i.change.kind in _KINDS)])
    )
    for calls in _blocks(outermost):
        children = [i for i in gone if any(_inside(i, call) for call in calls)]
        below |= {id(i) for i in (*calls, *children)}
        where = kept.whole(_before(calls[0]))
        if where[0] == "configuration" and sizes[where] > _FEW:
            rolled.setdefault(where, []).extend([*calls, *children])
        else:
            _remove(kept, found, [*calls, *children], "module")
    for owner, taken in ((i, t) for i in gone if (t := _taken(i)) is not None):
        if id(owner) not in below:
            children = [i for i in gone if i is not owner and id(i) not in below and _goes_with(owner, i)]
            below |= {id(owner), *(id(c) for c in children)}
            _remove(kept, found, [owner, *children], "resource", taken)
    resources = [i for i in gone if i.change.kind in _KINDS and id(i) not in below]
    for instances in _blocks(resources):
        root = _before(instances[0])
        where = kept.whole(root)
        if where[0]:
            rolled.setdefault(where, []).extend(instances)
        if not where[0] or instances[0].stateful in HOLDS_STATE:
            _remove(kept, found, instances, "instance" if kept.another_instance(root) else "resource")
    for (scope, name), everything in rolled.items():
        others = [i for i in everything if i.stateful not in HOLDS_STATE]
        if scope == "configuration" and sizes[scope, name] > _FEW:
            _remove(kept, found, everything, scope)
        elif others:
            _remove(kept, found, others, "file" if len(_blocks(others)) > 1 else "resource")


def _blocks(impacts: Iterable[Impact]) -> list[list[Impact]]:
    """By the block of source that they are instances of."""
    blocks: dict[Place, list[Impact]] = {}
    for impact in impacts:
        blocks.setdefault(_block(impact), []).append(impact)
    return list(blocks.values())


def _remove(
    kept: _Kept, found: Found, impacts: Sequence[Impact], scope: str, taken: Taken | None = None
) -> None:
    """The fact of one cause, on the first of what it destroys."""
    root, *others = impacts
    before = _before(root)
    names = {resource_of(i.change.address) for i in impacts}
    users = kept.users(before, names) if scope != "instance" else []  # they may refer to an instance that stays
    replica = "replica" if any(name in before.attributes.items for name in _REPLICA_ARGUMENTS) else ""
    lesser = lesser_data(table_name(before.kind, before.type)) or replica
    if before.kind == "kubernetes.object":
        users, lesser = kept.of_object(impacts, lesser)
    fields: dict[str, FactValue] = {
        "scope": scope,
        "count": len([i for i in impacts if i.change.kind in _KINDS]),
        "stateful": _worst(impacts),
        "hidden": _hidden(impacts),
        "stateful_count": len(_blocks(i for i in impacts if i.stateful in HOLDS_STATE)),
        "lesser": lesser,
        "routine": is_routine(before.type),
        "referenced": bool(users),
        "what": _whole(before, scope),
        "cascade": taken.what if taken is not None else "",
        "cascades": taken is not None and taken.certain and root.effect != "forget",
        "outcome": after_removal(root, impacts),
        "snapshot": kept_on_removal(before) == "snapshot",
    }
    related = (*_related(others), *(Related("still refers to it", e.header or e.region, e.address) for e in users))
    path = "" if scope in ("resource", "instance") else scope
    fact = Fact("removal", fields, path, _place(root), None, related[:_MAX_RELATED], root.confidence)
    found.setdefault(id(root), []).append(fact)


def _whole(entity: Entity, scope: str) -> str:
    """What goes, as a reader knows it."""
    if scope == "file":
        return entity.region.path
    if scope == "configuration":
        return entity.configuration or "the root configuration"
    return entity.address


def _outermost(modules: Sequence[Impact]) -> list[Impact]:
    return [m for m in modules if not any(o is not m and _inside(m, o) for o in modules)]


# --- replacements --------------------------------------------------------------------------------------------------------


def _replacements(impacts: Sequence[Impact], found: Found) -> None:
    replaced = [i for i in impacts if i.effect == "replace" and i.change.kind in _KINDS]
    following: dict[str, list[Impact]] = {}
    for impact in replaced:
        following.setdefault(impact.change.explained_by, []).append(impact)
    for instances in _blocks(replaced):
        root = instances[0]
        if root.cause == "cascade" and root.stateful not in HOLDS_STATE:
            continue
        names = {i.change.address for i in instances} | {resource_of(i.change.address) for i in instances}
        own = {id(i) for i in instances}
        followers = [i for name in sorted(names) for i in following.get(name, ()) if id(i) not in own]
        before, after = root.change.before, root.change.after
        causes = [d for d in root.change.deltas if d.path in root.replace_paths]
        first = causes[0] if causes else None
        fields: dict[str, FactValue] = {
            "paths": root.replace_paths,
            "count": len(instances),
            "followers": len(followers),
            "because": root.change.explained_by if root.cause == "cascade" else "",
            "create_before_destroy": bool(after and getattr(after.detail, "create_before_destroy", False)),
            "create_before_destroy_lost": bool(
                before
                and getattr(before.detail, "create_before_destroy", False)
                and after
                and not getattr(after.detail, "create_before_destroy", False)
            ),
            "certain": root.confidence == "high",
            "guessed": root.confidence != "high" and bool(causes) and not any(half_known(d) for d in causes),
            "routine": is_routine(root.change.type),
            "how": after_replacement(root),
            "lesser": lesser_data(table_name(root.change.kind, root.change.type)),
            "kept": _old_one(root),
        }
        fact = Fact(
            "replacement",
            fields,
            "",
            first.before_region if first else None,
            first.after_region if first else None,
            (*_related(instances[1:]), *_related(followers, "is replaced with it"))[:_MAX_RELATED],
            root.confidence,
        )
        found.setdefault(id(root), []).append(fact)


# --- shared --------------------------------------------------------------------------------------------------------------


def _goes_with(root: Impact, child: Impact) -> bool:
    from blastlint.enrich.kubernetes.effects import goes_with

    return child.change.kind == "kubernetes.object" and goes_with(_before(root), _before(child))
def _old_one(impact: Impact) -> str:
    """What stays of the old one: nothing, a snapshot, or itself."""
    before, after = impact.change.before, impact.change.after
    return kept_on_replacement(before, after) if before is not None and after is not None else ""


def _inside(inner: Impact, outer: Impact) -> bool:
    a, b = inner.change.entity, outer.change.entity
    if a.kind == "cloudformation.resource":
        return bool(a.parent) and b.address in a.variant  # in a template that this stack deploys, or one below it
    return a.key[1:3] == b.key[1:3] and a.address != b.address and is_within(a.address, b.address)


def _block(impact: Impact) -> Place:
    """The block of source that an instance comes from."""
    entity = impact.change.before or impact.change.entity
    place = entity.header or entity.region
    return place.path, place.start_line, place.start_column


def _before(impact: Impact) -> Entity:
    before = impact.change.before
    assert before is not None
    return before


def _place(impact: Impact) -> Region | None:
    before = impact.change.before
    return (before.header or before.region) if before is not None else None


def _worst(impacts: Iterable[Impact]) -> str:
    return min((i.stateful for i in impacts), key=_CLASSES.index, default="")


def _hidden(impacts: Sequence[Impact]) -> str:
    """Where no resource is known, only calls: `data` when one is of a module that is not in the repository, and its source
    or its name says that it holds data, else `other`. Empty when a resource is known."""
    if any(i.change.kind in _KINDS for i in impacts):
        return ""
    calls = [_before(i) for i in impacts]
    foreign = [c for c in calls if getattr(c.detail, "directory", None) is None]
    return "data" if any(holds_data(c.type, c.name) for c in foreign) else "other"


def _related(impacts: Iterable[Impact], words: str = "") -> tuple[Related, ...]:
    return tuple(
        Related(
            words or ("is destroyed as well" if i.effect == "destroy" else "is replaced as well"),
            _place(i),
            i.change.address,
        )
        for i in impacts
    )
