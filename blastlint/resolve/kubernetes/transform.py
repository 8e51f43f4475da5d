"""What a kustomization does to the objects that it takes in: names, namespaces, labels, annotations, images, replicas."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from blastlint.facts.kubernetes import is_cluster_scoped, namings, pod_places
from blastlint.frozen import dataclass, replace
from blastlint.model import Value
from blastlint.regex import regex
from blastlint.resolve.kubernetes.patches import text_at

_COUNTED = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"})
_REPLICAS = ("spec", "replicas")
_CONTAINERS = frozenset({"containers", "initContainers", "ephemeralContainers"})
_IMAGE = regex(r"^(?P<name>[^@\s]+?)(?P<version>(?::[\w][\w.-]*)?(?:@\S+)?)$")
_NOT_RENAMED = frozenset({"CustomResourceDefinition", "APIService", "Namespace"})


@dataclass(frozen=True, slots=True)
class Made:
    """One object on its way: its value now, and the file, the name and the namespace that it was written with."""

    value: Value
    path: str
    name: str
    namespace: str = ""

    @property
    def kind(self) -> str:
        return text_at(self.value, "kind")


def set_at(value: Value, path: Sequence[str], new: Callable[[Value | None], Value]) -> Value:
    """The value with what stands at `path` made anew; maps on the way are made where they are missing, lists are passed
    through, and what is unknown stays."""
    if not path:
        return new(value)
    if value.is_list:
        return replace(value, data=tuple(set_at(e, path, new) for e in value.elements))
    if not value.known or (not value.is_map and value.data is not None):
        return value
    items = dict(value.items)
    below = items.get(path[0])
    if len(path) == 1:
        items[path[0]] = new(below)
    else:
        items[path[0]] = set_at(below if below is not None else Value({}, region=value.region), path[1:], new)
    return replace(value, data=items)


def renamed(things: Sequence[Made], prefix: str, suffix: str) -> list[Made]:
    """Every object with its new name, and every place that names one of them with it."""
    if not prefix and not suffix:
        return list(things)
    names: dict[tuple[str, str], str] = {}
    for thing in things:
        name = text_at(thing.value, "metadata", "name")
        if name and thing.kind not in _NOT_RENAMED:
            names[thing.kind, name] = f"{prefix}{name}{suffix}"
    return [replace(thing, value=_named(thing, names)) for thing in things]


def _named(thing: Made, names: Mapping[tuple[str, str], str]) -> Value:
    value = thing.value
    own = names.get((thing.kind, text_at(value, "metadata", "name")))
    for naming in namings(thing.kind):
        if naming.to and any(kind == naming.to for kind, _ in names):
            value = _replaced(value, naming.path, naming.to, names)
        elif not naming.to:
            value = _replaced(value, naming.path, "", names)
    if own is not None:
        value = set_at(value, ("metadata", "name"), lambda old: _text(own, old))
    return value


def _replaced(value: Value, path: Sequence[str], kind: str, names: Mapping[tuple[str, str], str]) -> Value:
    """The value with the names at `path` replaced; without a kind the neighbour `kind` says it."""
    if value.is_list:
        return replace(value, data=tuple(_replaced(e, path, kind, names) for e in value.elements))
    below = value.items.get(path[0])
    if below is None:
        return value
    if len(path) > 1:
        changed = _replaced(below, path[1:], kind, names)
    else:
        new = names.get((kind or text_at(value, "kind"), text_at(value, path[0])))
        changed = below if new is None else _text(new, below)
    return value if changed is below else replace(value, data={**value.items, path[0]: changed})


def _text(text: str, old: Value | None) -> Value:
    return Value(text, region=old.region if old is not None else None)


def in_namespace(things: Sequence[Made], namespace: Value | None) -> list[Made]:
    """Every object of a namespace in this one, and subjects of bindings too."""
    text = str(namespace.scalar) if namespace is not None and namespace.scalar else ""
    if not text:
        return list(things)

    def new(old: Value | None) -> Value:
        return _text(text, old)

    moved = []
    for thing in things:
        value = thing.value
        if thing.kind == "Namespace":
            value = set_at(value, ("metadata", "name"), new)
        elif not is_cluster_scoped(thing.kind):
            value = set_at(value, ("metadata", "namespace"), new)
        moved.append(replace(thing, value=value))
    return moved


def labelled(
    things: Sequence[Made], pairs: Mapping[str, Value], selectors: bool, templates: bool, what: str = "labels"
) -> list[Made]:
    """Every object with more labels (or annotations), in selectors and pod templates too where that is asked for."""
    if not pairs:
        return list(things)

    def more(old: Value | None) -> Value:
        if old is not None and not old.is_map:
            return old
        return Value(
            {**(old.items if old is not None else {}), **pairs}, region=old.region if old is not None else None
        )

    done = []
    for thing in things:
        value = set_at(thing.value, ("metadata", what), more)
        places = pod_places(thing.kind)
        if (selectors or templates) and places is not None and places[0] and value.get(*places[0]) is not None:
            value = set_at(value, (*places[0], "metadata", what), more)
        if selectors:
            value = _in_selectors(thing.kind, value, more)
        done.append(replace(thing, value=value))
    return done


def _in_selectors(kind: str, value: Value, more: Callable[[Value | None], Value]) -> Value:
    if kind == "Service" and value.get("spec", "selector") is not None:
        return set_at(value, ("spec", "selector"), more)
    if kind == "NetworkPolicy" and value.get("spec", "podSelector") is not None:
        return set_at(value, ("spec", "podSelector", "matchLabels"), more)
    if kind in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "PodDisruptionBudget") and value.get("spec"):
        return set_at(value, ("spec", "selector", "matchLabels"), more)
    return value


def counted(things: Sequence[Made], counts: Sequence[Value]) -> list[Made]:
    """The `replicas` of a kustomization."""
    numbers = {text_at(count, "name"): count.get("count") for count in counts}
    done = []
    for thing in things:
        number = numbers.get(thing.name) if thing.kind in _COUNTED else None
        value = thing.value
        done.append(thing if number is None else replace(thing, value=set_at(value, _REPLICAS, partial(_as, number))))
    return done


def imaged(things: Sequence[Made], images: Sequence[Value]) -> list[Made]:
    """The `images` of a kustomization: another name, tag or digest for what containers run, wherever they stand."""
    by_name = {text_at(image, "name"): image for image in images if text_at(image, "name")}
    return [replace(thing, value=_with_images(thing.value, by_name)) for thing in things] if by_name else list(things)


def _with_images(value: Value, images: Mapping[str, Value]) -> Value:
    if value.is_list:
        return replace(value, data=tuple(_with_images(e, images) for e in value.elements))
    if not value.is_map:
        return value
    items = {}
    for key, child in value.items.items():
        if key in _CONTAINERS and child.is_list:
            items[key] = replace(child, data=tuple(_of_container(e, images) for e in child.elements))
        else:
            items[key] = _with_images(child, images)
    return replace(value, data=items)


def _of_container(container: Value, images: Mapping[str, Value]) -> Value:
    written = text_at(container, "image")
    parts = _IMAGE.match(written)
    change = images.get(parts["name"]) if parts is not None else None
    if parts is None or change is None:
        return container
    name, tag, digest = (text_at(change, key) for key in ("newName", "newTag", "digest"))
    version = f"@{digest}" if digest else f":{tag}" if tag else parts["version"]
    image = Value(f"{name or parts['name']}{version}", region=change.region)
    return replace(container, data={**container.items, "image": image})


def _as(value: Value, _: Value | None) -> Value:
    return value
