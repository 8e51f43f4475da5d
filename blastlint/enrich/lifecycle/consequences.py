"""Facts about what goes away: `shift`, `rename`, `removal` and `replacement`, one per cause.

A cause is a block of source (all its instances, in every configuration and variant that uses it), a removed module call,
a removed configuration, or a deleted file. The first change it brings about carries the fact, the others are related to it.
Stateful things are never hidden behind another: they carry a fact of their own, except below a module call that is gone.
"""

from __future__ import annotations

import posixpath
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from blastlint.diff.moves import resource_of
from blastlint.enrich.context import Context
from blastlint.enrich.lifecycle.causes import (
    CLASSES,
    KINDS,
    MAX_RELATED,
    Found,
    Place,
    before_of,
    block,
    by_block,
    extent,
    hidden,
    inside,
    place_of,
    related_to,
    worst,
)
from blastlint.enrich.lifecycle.outcomes import HOLDS_STATE, after_removal, after_replacement, less_because
from blastlint.enrich.lifecycle.renamed import renamed
from blastlint.enrich.lifecycle.replacement import half_known
from blastlint.enrich.lifecycle.retention import kept_on_removal, kept_on_replacement
from blastlint.enrich.lifecycle.shifts import shifts
from blastlint.enrich.lifecycle.variants import risk
from blastlint.facts.stateful import is_routine
from blastlint.frozen import replace
from blastlint.model import Entity, Fact, FactValue, Impact, Region, Related
from blastlint.resolve.terraform.details import UNIT, is_swapped

if TYPE_CHECKING:
    from blastlint.enrich.kubernetes.effects import Taken

_TERRAFORM = ("terraform.resource", "terraform.module")
_FEW = 2  # a configuration of so few blocks is no environment


def attached(context: Context, impacts: Sequence[Impact]) -> tuple[Impact, ...]:
    """The impacts with these facts."""
    found: Found = {}
    shifted = _shifted(context, impacts, found)
    impacts_left = [i for i in impacts if id(i) not in shifted]
    gone = [i for i in impacts_left if _is_gone(i)]
    kept = [i for i in impacts_left if i.effect == "forget" and i.change.kind == "cloudformation.resource"]
    if gone or kept:
        names = renamed([*gone, *kept], impacts_left, found)
        left = [i for i in gone if id(i) not in names]
        _removals(context, left, found)
    swapped = [i for i in impacts_left if i.change.before and is_swapped(i.change.before.detail, i.change.entity.detail)]
    if swapped:
        from blastlint.enrich.lifecycle.swaps import swaps

        swaps(by_block(swapped), impacts_left, found)
    _replacements(impacts_left, found)
    return tuple(replace(i, facts=(*i.facts, *found[id(i)])) if id(i) in found else i for i in impacts)


def _shifted(context: Context, impacts: Sequence[Impact], found: Found) -> set[int]:
    """Facts about shifts; returns (by id) the impacts that they account for."""
    claimed: set[int] = set()
    blocks: set[Place] = set()
    for shift in shifts(context, impacts):
        claimed |= {id(i) for i in shift.impacts}
        gone = [i for i in shift.impacts if i.effect in ("destroy", "replace")]
        if block(gone[0]) in blocks:
            continue  # the same block through another configuration, variant or module instance
        blocks.add(block(gone[0]))
        fields: dict[str, FactValue] = {
            "what": shift.what,
            "resource": resource_of(gone[0].change.address),
            "count": len(gone),
            "stateful": worst(gone),
        }
        fact = Fact("shift", fields, "", place_of(gone[0]), None, related_to(gone[1:])[:MAX_RELATED], gone[0].confidence)
        found.setdefault(id(gone[0]), []).append(fact)
    return claimed


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
            if entity.kind in (*KINDS, "terraform.module"):
                self._resources.add((group, entity.kind, resource_of(entity.address)))
            if entity.kind in (*KINDS, "terraform.module"):
                self.groups.add(group)
            if entity.kind in (*KINDS, "terraform.output"):
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

        gone = [before_of(i) for i in impacts]
        found = {user.address: user for entity in gone for user in needing(entity, self._context)}
        return list(found.values()), lesser(gone[0], self._context, usual)

    def cause(self, entity: Entity) -> Region | None:
        """Where the change is that removed it, when that is not where it is written."""
        if entity.kind != "kubernetes.object" or self._tree.size(entity.region.path) is None:
            return None
        from blastlint.enrich.kubernetes.effects import brought_about

        return brought_about(entity, self._context)

    def together(self, configurations: Iterable[str]) -> dict[str, list[str]]:
        """The configurations that are gone, by what they went with, in words: the outermost directory of which nothing is
        left, or the directory that they stood in side by side."""
        places = list(configurations)
        if len(places) < 2:
            return {place: [place] for place in places}
        paths = self._tree.paths()
        homes: dict[str, list[str]] = {}
        for place in places:
            outermost = place
            while (above := posixpath.dirname(outermost)) and _is_empty(above, paths):
                outermost = above
            homes.setdefault(posixpath.dirname(place) if outermost == place else outermost, []).append(place)
        return {_named(home, len(held), paths): held for home, held in homes.items()}

    def whole(self, entity: Entity) -> tuple[str, str]:
        """What went away as a whole with it: ("configuration", directory), ("file", path), or ("", "")."""
        group = (entity.configuration, entity.variant)
        if entity.kind in _TERRAFORM and group not in self.groups and not entity.parent:
            return "configuration", entity.configuration
        path = entity.region.path
        if path not in self._sizes:
            self._sizes[path] = path in self._plans or self._tree.size(path) is not None
        if self._sizes[path]:
            return "", ""
        home = entity.configuration
        if entity.kind == "kubernetes.object" and home and not self._tree.listdir(home):
            return "file", home  # the whole directory of manifests
        return "file", path


def _is_empty(directory: str, paths: Sequence[str]) -> bool:
    """Whether none of the paths, which are sorted, is in the directory."""
    at = bisect_left(paths, f"{directory}/")
    return at == len(paths) or not paths[at].startswith(f"{directory}/")


def _named(home: str, count: int, paths: Sequence[str]) -> str:
    where = home or "the root directory"
    return where if home and _is_empty(home, paths) else f"{count} configurations in {where}"


def _is_gone(impact: Impact) -> bool:
    """Destroyed, or left behind without its template."""
    if impact.effect == "orphan":
        return impact.change.kind == "cloudformation.resource"
    if impact.effect == "forget":
        return _taken(impact) is not None
    return impact.effect == "destroy" and impact.change.kind in (*KINDS, "terraform.module")


def _taken(impact: Impact) -> Taken | None:
    """What the API or a controller deletes with an object."""
    if impact.change.kind != "kubernetes.object":
        return None
    from blastlint.enrich.kubernetes.effects import taken_along

    return taken_along(before_of(impact))


def _removals(context: Context, gone: Sequence[Impact], found: Found) -> None:
    kept = _Kept(context)
    modules = [i for i in gone if i.change.kind == "terraform.module" and not kept.another_instance(before_of(i))]
    nested = {i.change.entity.parent for i in gone if i.change.kind == "cloudformation.resource"}
    modules += [i for i in gone if i.effect == "destroy" and i.change.address in nested]
    below: set[int] = set()
    rolled: dict[tuple[str, str], list[Impact]] = {}
    small: dict[str, list[list[Impact]]] = {}
    outermost = _outermost(modules)
    sizes = Counter(
        kept.whole(before_of(b[0])) for b in by_block([*outermost, *(i for i in gone if i.change.kind in KINDS)])
    )
    for calls in by_block(outermost):
        children = [i for i in gone if any(inside(i, call) for call in calls)]
        below |= {id(i) for i in (*calls, *children)}
        where = kept.whole(before_of(calls[0]))
        if where[0] == "configuration" and sizes[where] > _FEW:
            rolled.setdefault(where, []).extend([*calls, *children])
        elif where[0] == "configuration":
            small.setdefault(where[1], []).append([*calls, *children])
        else:
            _remove(kept, found, [*calls, *children], "module")
    for home, places in kept.together(small).items():
        everything = sorted((i for place in places for calls in small[place] for i in calls), key=_gravity)
        if len(places) > 1:
            _remove(kept, found, everything, "configuration", what=home)
        else:
            for calls in small[places[0]]:
                _remove(kept, found, calls, "module")
    for owner, taken in ((i, t) for i in gone if (t := _taken(i)) is not None):
        if id(owner) not in below:
            children = [i for i in gone if i is not owner and id(i) not in below and _goes_with(owner, i)]
            below |= {id(owner), *(id(c) for c in children)}
            _remove(kept, found, [owner, *children], "resource", taken)
    resources = [i for i in gone if i.change.kind in KINDS and id(i) not in below]
    for instances in by_block(resources):
        root = before_of(instances[0])
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
            _remove(kept, found, others, "file" if len(by_block(others)) > 1 else "resource")


def _remove(
    kept: _Kept, found: Found, impacts: Sequence[Impact], scope: str, taken: Taken | None = None, what: str = ""
) -> None:
    """The fact of one cause, on the first of what it destroys; `what` is its name where that is not the first one's."""
    root, *others = impacts
    before = before_of(root)
    names = {resource_of(i.change.address) for i in impacts}
    users = kept.users(before, names) if scope != "instance" else []  # they may refer to an instance that stays
    weight = less_because(before)
    if before.kind == "kubernetes.object":
        users, weight = kept.of_object(impacts, weight)
    fields: dict[str, FactValue] = {
        "scope": scope,
        "count": len([i for i in impacts if i.change.kind in KINDS]),
        "stateful": worst(impacts),
        "hidden": hidden(impacts),
        "stateful_count": len(by_block(i for i in impacts if i.stateful in HOLDS_STATE)),
        "lesser": weight,
        "routine": is_routine(before.type),
        "referenced": bool(users),
        "what": what or _whole(before, scope),
        "cascade": taken.what if taken is not None else "",
        "cascades": taken is not None and taken.certain and root.effect != "forget",
        "outcome": after_removal(root, impacts),
        "extent": extent(impacts),
        "swap": "none",
        "snapshot": kept_on_removal(before) == "snapshot",
    }
    related = (*related_to(others), *(Related("still refers to it", e.header or e.region, e.address) for e in users))
    path = "" if scope in ("resource", "instance") else scope
    fact = Fact("removal", fields, path, place_of(root), kept.cause(before), related[:MAX_RELATED], root.confidence)
    found.setdefault(id(root), []).append(fact)


def _whole(entity: Entity, scope: str) -> str:
    """What goes, as a reader knows it."""
    if scope == "file":
        return entity.region.path
    if scope == "configuration" or entity.address == UNIT:
        return entity.configuration or "the root configuration"
    return entity.address


def _gravity(impact: Impact) -> tuple[int, int]:
    """What speaks for others that go with it comes first."""
    return CLASSES.index(impact.stateful), risk(impact)


def _outermost(modules: Sequence[Impact]) -> list[Impact]:
    return [m for m in modules if not any(o is not m and inside(m, o) for o in modules)]


# --- replacements --------------------------------------------------------------------------------------------------------


def _replacements(impacts: Sequence[Impact], found: Found) -> None:
    replaced = [i for i in impacts if i.effect == "replace" and i.change.kind in KINDS]
    following: dict[str, list[Impact]] = {}
    for impact in replaced:
        following.setdefault(impact.change.explained_by, []).append(impact)
    for instances in by_block(replaced):
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
            "certain": root.confidence == "high",
            "guessed": root.confidence != "high" and bool(causes) and not any(half_known(d) for d in causes),
            "routine": is_routine(root.change.type),
            "how": after_replacement(root),
            "lesser": less_because(before or root.change.entity),
            "kept": _old_one(root),
        }
        fact = Fact(
            "replacement",
            fields,
            "",
            first.before_region if first else None,
            first.after_region if first else None,
            (*related_to(instances[1:]), *related_to(followers, "is replaced with it"))[:MAX_RELATED],
            root.confidence,
        )
        found.setdefault(id(root), []).append(fact)


def _goes_with(root: Impact, child: Impact) -> bool:
    from blastlint.enrich.kubernetes.effects import goes_with

    return child.change.kind == "kubernetes.object" and goes_with(before_of(root), before_of(child))


def _old_one(impact: Impact) -> str:
    """What stays of the old one: nothing, a snapshot, or itself."""
    before, after = impact.change.before, impact.change.after
    return kept_on_replacement(before, after) if before is not None and after is not None else ""
