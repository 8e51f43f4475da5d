"""Who in the tree still needs an object, a label, a port or a key.

Two objects belong together when both name the same namespace, or when one of them stands in the other's directory, beside it
or above or below it: manifests that name no namespace are told apart by where they are. What is looked for is looked for by
text first (tree.py); whoever else provides the same thing in the tree makes the answer no.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.kubernetes.tree import labels_of, objects_naming
from blastlint.facts.kubernetes import is_cluster_scoped, namings, pod_places
from blastlint.frozen import dataclass, replace
from blastlint.model import Entity, Value


@dataclass(frozen=True, slots=True)
class Use:
    """One place of an object that names another one; `key` is the entry of a ConfigMap or Secret that it wants. `required`
    is false where the user does without it."""

    kind: str
    name: str
    value: Value
    holder: Value
    anywhere: bool
    required: bool


def each(value: Value | None, path: tuple[str, ...]) -> Iterator[tuple[Value, Value]]:
    """(the map that holds the last key, the value) of every place at `path`, lists passed through."""
    if value is None:
        return
    if value.is_list:
        for element in value.elements:
            yield from each(element, path)
        return
    below = value.items.get(path[0])
    if below is None:
        return
    if len(path) == 1:
        yield value, below
    else:
        yield from each(below, path[1:])


def uses(entity: Entity) -> Iterator[Use]:
    """Every place in which an object names another one."""
    for naming in namings(entity.type):
        for holder, value in each(entity.attributes, naming.path):
            name = text_of(value)
            kind = naming.to
            if not kind:
                told = holder.get("kind")
                kind = str(told.scalar) if told is not None and told.scalar else naming.default
            if name and kind:
                optional = holder.get("optional")
                yield Use(kind, name, value, holder, naming.anywhere, optional is None or optional.scalar is not True)


def text_of(value: Value) -> str:
    """The scalar, or the text of what a template computes."""
    if not value.known:
        return value.text.strip()
    return "" if value.scalar is None or isinstance(value.scalar, bool) else str(value.scalar)


def namespace_of(entity: Entity) -> str:
    """As written, or empty."""
    namespace = entity.address.split("/")[2] if entity.address.count("/") >= 3 else "-"
    return "" if namespace == "-" else namespace


def together(a: Entity, b: Entity) -> bool:
    """Whether two objects are in one namespace, as far as what is written tells."""
    first, second = namespace_of(a), namespace_of(b)
    if is_cluster_scoped(a.type) or is_cluster_scoped(b.type):
        return True
    if first and second:
        return first == second
    return neighbours(a, b)


def neighbours(a: Entity, b: Entity) -> bool:
    """Whether they stand in one directory, side by side, or one above the other."""
    one, other = _home(a), _home(b)
    return (
        one == other
        or posixpath.dirname(one) == posixpath.dirname(other)
        or f"{one}/".startswith(f"{other}/")
        or f"{other}/".startswith(f"{one}/")
        or not one
        or not other
    )


def _home(entity: Entity) -> str:
    return entity.configuration


def needing(entity: Entity, context: Context) -> tuple[Entity, ...]:
    """The objects after the change that break because `entity` is gone: they name it, or select only it. Budgets and
    policies that are left with nothing to guard break nothing."""
    from blastlint.enrich.kubernetes.selectors import selecting

    selected = [e for e in selecting(entity, labels_of(entity), context) if e.type == "Service"]
    return tuple({e.address: e for e in (*users(entity, context), *selected)}.values())


def written(entity: Entity) -> Entity:
    """The object under the name that it is written with, where a kustomization gave it another: others in the tree name it
    by that one."""
    from blastlint.resolve.manifests import Rendering

    if not isinstance(entity.detail, Rendering):
        return entity
    return replace(entity, address=entity.detail.written, name=entity.detail.written.rpartition("/")[2])


def users(entity: Entity, context: Context) -> tuple[Entity, ...]:
    """The objects after the change that need `entity` by name and find nobody else of that name."""
    entity = written(entity)
    if len(entity.name) < 2:
        return ()
    naming = objects_naming(context, "after", entity.name)
    if any(e.type == entity.type and e.name == entity.name and together(e, entity) for e in naming):
        return ()
    computed = "{{" in entity.name
    found: dict[str, Entity] = {}
    for user in naming:
        if computed and user.configuration != entity.configuration:
            continue
        if any(_is_for(use, user, entity) for use in uses(user)):
            found.setdefault(user.address, user)
    return tuple(found.values())


def _is_for(use: Use, user: Entity, entity: Entity) -> bool:
    if use.kind != entity.type or use.name != entity.name or not use.required:
        return False
    return use.anywhere or together(user, entity) or _names_namespace(use, entity)


def _names_namespace(use: Use, entity: Entity) -> bool:
    told = use.holder.get("namespace")
    return told is not None and bool(told.scalar) and str(told.scalar) == namespace_of(entity)


def pod_of(entity: Entity) -> Value | None:
    """The pod specification in an object, or None."""
    places = pod_places(entity.type)
    return entity.attributes.get(*places[1]) if places is not None else None
