"""Facts about what goes away: `removal`, `replacement` and `rename`, one per cause.

A cause is a block of source (all its instances, in every configuration and variant that uses it), a removed module call,
a removed configuration, or a deleted file. The first change it brings about carries the fact, the others are related to it.
Stateful things are never hidden behind another: they carry a fact of their own, except below a module call that is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from blastlint.diff.moves import resource_of
from blastlint.diff.renames import Rename, renames
from blastlint.enrich.cascade import is_within
from blastlint.enrich.context import Context
from blastlint.facts.stateful import is_routine, lesser_data
from blastlint.model import Confidence, Fact, FactValue, Impact, Region, Related

HOLDS_STATE = ("data", "secrets_keys", "backups")
_CLASSES = (*HOLDS_STATE, "identity_of_service", "compute_env", "")
_KINDS = ("terraform.resource", "cloudformation.resource", "kubernetes.object")
_REPLICA_ARGUMENTS = ("replicate_source_db", "replication_source_identifier", "global_replication_group_id")
_MAX_RELATED = 50

Found = dict[int, list[Fact]]


def attached(context: Context, impacts: Sequence[Impact]) -> tuple[Impact, ...]:
    """The impacts with these facts."""
    found: Found = {}
    gone = [i for i in impacts if i.effect == "destroy" and i.change.kind in (*_KINDS, "terraform.module")]
    if gone:
        renamed = _renamed(gone, impacts, found)
        left = [i for i in gone if id(i) not in renamed]
        _removals(context, left, found)
    _replacements(impacts, found)
    return tuple(replace(i, facts=(*i.facts, *found[id(i)])) if id(i) in found else i for i in impacts)


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
        children = [i for i in gone if i.change.kind != "terraform.module" and _inside(i, by_change[id(rename.gone)])]
        claimed |= {id(by_change[id(rename.gone)]), *(id(c) for c in children)}
        _tell(found, by_change[id(rename.gone)], rename, children)
    rest = [i for i in gone if id(i) not in claimed and i.change.kind == "terraform.resource"]
    inside_new = [r.born.address for r in modules]
    candidates = [
        c for c in born if c.kind == "terraform.resource" and not any(is_within(c.address, a) for a in inside_new)
    ]
    by_block: dict[tuple[str, int], tuple[Rename, list[Impact]]] = {}
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
        "ambiguous": rename.ambiguous,
        "stateful": _worst([impact, *others]),
    }
    related = (Related("is created in its place", born.header or born.region, rename.born.address), *_related(others))
    place = born.header or born.region
    confidence: Confidence = "medium" if rename.ambiguous else "high"
    found.setdefault(id(impact), []).append(
        Fact("rename", fields, "", _place(impact), place, related[:_MAX_RELATED], confidence)
    )


# --- removals ------------------------------------------------------------------------------------------------------------


def _removals(context: Context, gone: Sequence[Impact], found: Found) -> None:
    kept = {e.key[1:3] for e in context.entities_after if e.kind in _KINDS}
    below: set[int] = set()
    for module in _outermost([i for i in gone if i.change.kind == "terraform.module"]):
        if _call_stands(context, module):
            continue
        children = [i for i in gone if i.change.kind in _KINDS and _inside(i, module)]
        below |= {id(c) for c in children}
        _remove(context, found, module, children, "module")
    resources = [i for i in gone if i.change.kind in _KINDS and id(i) not in below]
    blocks: dict[tuple[str, int], list[Impact]] = {}
    for impact in resources:
        blocks.setdefault(_block(impact), []).append(impact)
    rolled: dict[str, list[Impact]] = {}
    for instances in blocks.values():
        root = instances[0]
        where = _rolls_up(context, root, kept)
        if where and root.stateful not in HOLDS_STATE:
            rolled.setdefault(where, []).extend(instances)
        else:
            rolled.setdefault(where, [])
            scope = "instance" if _call_stands(context, root) else "resource"
            _remove(context, found, root, instances[1:], scope)
    for where, impacts in rolled.items():
        if not where:
            continue
        everything = [i for i in resources if _rolls_up(context, i, kept) == where]
        scope = "configuration" if where.startswith("configuration ") else "file"
        blocks_gone = {_block(i) for i in everything}
        if scope == "configuration" and len(blocks_gone) > 2:
            _remove(context, found, everything[0], everything[1:], scope)
        elif impacts and all(i.stateful not in HOLDS_STATE for i in everything):
            _remove(
                context, found, impacts[0], impacts[1:], "file" if len({_block(i) for i in impacts}) > 1 else "resource"
            )


def _rolls_up(context: Context, impact: Impact, kept: set[tuple[str, str]]) -> str:
    """What went away as a whole with this resource: its configuration, its file, or ""."""
    before = impact.change.before
    assert before is not None
    if before.kind == "terraform.resource" and before.key[1:3] not in kept and not before.parent:
        return f"configuration {before.configuration}"
    path = before.region.path
    return f"file {path}" if context.change_set.after.size(path) is None else ""


def _remove(context: Context, found: Found, root: Impact, others: Sequence[Impact], scope: str) -> None:
    everything = [root, *others]
    before = root.change.before
    assert before is not None
    names = {resource_of(i.change.address) for i in everything}
    users = [
        e
        for e in context.entities_after
        if e.configuration == before.configuration
        and e.variant == before.variant
        and e.kind in (*_KINDS, "terraform.output")
        and any(resource_of(ref) in names for ref in e.references)
        and resource_of(e.address) not in names
    ]
    lesser = lesser_data(before.type) or (
        "replica" if any(n in before.attributes.items for n in _REPLICA_ARGUMENTS) else ""
    )
    fields: dict[str, FactValue] = {
        "scope": scope,
        "count": len([i for i in everything if i.change.kind in _KINDS]),
        "stateful": _worst(everything),
        "stateful_count": len({_block(i) for i in everything if i.stateful in HOLDS_STATE}),
        "lesser": lesser,
        "routine": is_routine(before.type),
        "referenced": bool(users),
        "what": _whole(root, scope),
    }
    related = (*_related(others), *(Related("still refers to it", e.header or e.region, e.address) for e in users))
    fact = Fact(
        "removal",
        fields,
        "" if scope in ("resource", "instance") else scope,
        _place(root),
        None,
        related[:_MAX_RELATED],
    )
    found.setdefault(id(root), []).append(replace(fact, confidence=root.confidence))


def _whole(root: Impact, scope: str) -> str:
    """What goes, as a reader knows it."""
    before = root.change.before
    assert before is not None
    if scope == "file":
        return before.region.path
    if scope == "configuration":
        return (
            f"{before.configuration or 'the root configuration'}{' (' + before.variant + ')' if before.variant else ''}"
        )
    return root.change.address


def _call_stands(context: Context, impact: Impact) -> bool:
    """Whether another instance of the same module call or resource is still there."""
    before = impact.change.before
    assert before is not None
    name = resource_of(before.address)
    return any(
        e.kind == before.kind
        and e.configuration == before.configuration
        and e.variant == before.variant
        and resource_of(e.address) == name
        for e in context.entities_after
    )


def _outermost(modules: Sequence[Impact]) -> list[Impact]:
    return [m for m in modules if not any(o is not m and _inside(m, o) for o in modules)]


# --- replacements --------------------------------------------------------------------------------------------------------


def _replacements(impacts: Sequence[Impact], found: Found) -> None:
    replaced = [i for i in impacts if i.effect == "replace" and i.change.kind in _KINDS]
    blocks: dict[tuple[str, int], list[Impact]] = {}
    for impact in replaced:
        blocks.setdefault(_block(impact), []).append(impact)
    for instances in blocks.values():
        root = instances[0]
        if root.cause == "cascade" and root.stateful not in HOLDS_STATE:
            continue
        names = {i.change.address for i in instances} | {resource_of(i.change.address) for i in instances}
        followers = [i for i in replaced if i.change.explained_by in names and i not in instances]
        before, after = root.change.before, root.change.after
        first = next((d for d in root.change.deltas if d.path in root.replace_paths), None)
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
            "routine": is_routine(root.change.type),
            "lesser": lesser_data(root.change.type),
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


def _inside(inner: Impact, outer: Impact) -> bool:
    a, b = inner.change.entity, outer.change.entity
    return a.key[1:3] == b.key[1:3] and a.address != b.address and is_within(a.address, b.address)


def _block(impact: Impact) -> tuple[str, int]:
    """The block of source that an instance comes from."""
    entity = impact.change.before or impact.change.entity
    place = entity.header or entity.region
    return place.path, place.start_line


def _place(impact: Impact) -> Region | None:
    before = impact.change.before
    return (before.header or before.region) if before is not None else None


def _worst(impacts: Iterable[Impact]) -> str:
    return min((i.stateful for i in impacts), key=_CLASSES.index, default="")


def _related(impacts: Iterable[Impact], words: str = "") -> tuple[Related, ...]:
    return tuple(
        Related(
            words or ("is destroyed as well" if i.effect == "destroy" else "is replaced as well"),
            _place(i),
            i.change.address,
        )
        for i in impacts
    )
