"""`dangling` facts: a label or a port that something in the tree still selects is gone from what had it.

Told on the object that lost it, or on the one whose selector now finds nothing. Another object that has what is needed makes
it silent, and so does a selector that changed in step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from blastlint.enrich.context import Context
from blastlint.enrich.kubernetes.references import each, pod_of, text_of, together
from blastlint.enrich.kubernetes.tree import known_texts, labels_of, objects_naming
from blastlint.facts.kubernetes import pod_places, selector_of
from blastlint.frozen import dataclass
from blastlint.model import Change, Entity, Fact, Related, Value
from blastlint.parse.templates import REASON as TEMPLATED

_MAX_RELATED = 20
_WORKLOADS = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Rollout"})


@dataclass(frozen=True, slots=True)
class Selector:
    """What labels must be: (key, the values of which one is wanted; none means any value)."""

    wanted: tuple[tuple[str, tuple[str, ...]], ...]

    def takes(self, labels: Mapping[str, str]) -> bool:
        return all(key in labels and (not values or labels[key] in values) for key, values in self.wanted)


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """What a change of one object leaves without its counterpart."""
    before, after = change.before, change.after
    if before is None or after is None or change.action == "moved":
        return
    broken = list(_label_lost(before, after, context))
    yield from broken
    if not broken and after.type in _WORKLOADS:
        yield from _own_selector(before, after)
    if selector_of(after.type) is not None:
        yield from _selects_nothing(before, after, context)
    yield from _port_lost(before, after, context)


def selector(entity: Entity) -> Selector | None:
    """What an object selects by label, where all of it is known and it is not everything."""
    place = selector_of(entity.type)
    value = entity.attributes.get(*place[0]) if place is not None else None
    return read(value, entity.type == "Service") if value is not None else None


def read(value: Value, plain: bool = False) -> Selector | None:
    """A selector as written: a plain map of labels (a Service's), or matchLabels with matchExpressions."""
    labels = value if plain else value.get("matchLabels") or Value({})
    if not labels.is_map or any(not v.known for v in labels.items.values()):
        return None
    wanted: list[tuple[str, tuple[str, ...]]] = [(key, (text,)) for key, text in known_texts(labels).items()]
    expressions = None if plain else value.get("matchExpressions")
    for expression in expressions.elements if expressions is not None else ():
        key, operator, values = (expression.get(name) for name in ("key", "operator", "values"))
        if key is None or operator is None or operator.scalar not in ("In", "Exists"):
            return None
        wanted.append((text_of(key), tuple(text_of(v) for v in values.elements) if values is not None else ()))
    return Selector(tuple(wanted)) if wanted else None


def selecting(entity: Entity, lost: Mapping[str, str], context: Context) -> Iterator[Entity]:
    """Who after the change selects what `entity` was by one of the lost labels, and finds it nowhere else."""
    old = labels_of(entity)
    what = "pods" if pod_places(entity.type) is not None else "services" if entity.type == "Service" else ""
    seen: set[str] = set()
    for key, text in lost.items():
        for user in objects_naming(context, "after", text) if what else ():
            place, wanted = selector_of(user.type), selector(user)
            if place is None or wanted is None or place[1] != what or user.address in seen:
                continue
            chosen = any(k == key for k, _ in wanted.wanted) and wanted.takes(old) and together(user, entity)
            if chosen and not _is_provided(user, wanted, what, context):
                seen.add(user.address)
                yield user


def _is_provided(user: Entity, wanted: Selector, what: str, context: Context) -> bool:
    """Whether something in the tree after the change is what the selector wants."""
    words = [text for _, texts in wanted.wanted for text in texts]
    if not words:
        return True
    return any(
        (pod_places(e.type) is not None if what == "pods" else e.type == "Service")
        and wanted.takes(labels_of(e))
        and together(e, user)
        for e in objects_naming(context, "after", max(words, key=len))
    )


# --- labels ---------------------------------------------------------------------------------------------------------------


def _label_lost(before: Entity, after: Entity, context: Context) -> Iterator[Fact]:
    old, new = labels_of(before), labels_of(after)
    if old == new:
        return
    lost = {k: v for k, v in old.items() if new.get(k) != v and not _may_be_computed(k, after, context)}
    users = list(selecting(before, lost, context)) if lost else []
    if not users:
        return
    key = next(k for k in lost if any(k == name for name, _ in _wanted(users[0])))
    places = pod_places(before.type)
    path = (*(places[0] if places else ()), "metadata", "labels", key)
    yield _fact("selector", f"{key}={lost[key]}", path, before, after, users)


def _wanted(user: Entity) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = selector(user)
    return found.wanted if found is not None else ()


def _may_be_computed(key: str, after: Entity, context: Context) -> bool:
    """Whether a template may still bring the label in: one that is not literally something else."""
    document = context.after.document(after.region.path)
    return document is not None and document.reason == TEMPLATED and key not in labels_of(after)


def _own_selector(before: Entity, after: Entity) -> Iterator[Fact]:
    """A workload whose selector does not take its own pods: the API server refuses it."""
    place = ("spec", "selector")
    sides = [(read(v) if (v := e.attributes.get(*place)) is not None else None, labels_of(e)) for e in (before, after)]
    (old, was), (new, now) = sides
    if old is None or new is None or not was or not now or not old.takes(was) or new.takes(now):
        return
    missing = next((k, v) for k, v in new.wanted if not Selector(((k, v),)).takes(now))
    label = f"{missing[0]}={missing[1][0] if missing[1] else ''}"
    yield _fact("own-selector", label, ("spec", "template", "metadata", "labels", missing[0]), before, after, [after])


def _selects_nothing(before: Entity, after: Entity, context: Context) -> Iterator[Fact]:
    """A selector that found something before and now finds nothing."""
    place, old, new = selector_of(after.type), selector(before), selector(after)
    if place is None or old is None or new is None or old == new:
        return
    words = [text for _, texts in old.wanted for text in texts]
    had = objects_naming(context, "before", max(words, key=len)) if words else ()
    chosen = [
        e
        for e in had
        if (pod_places(e.type) is not None if place[1] == "pods" else e.type == "Service")
        and old.takes(labels_of(e))
        and together(e, before)
    ]
    if not chosen or _is_provided(after, new, place[1], context):
        return
    missing = next(((k, v) for k, v in new.wanted if (k, v) not in old.wanted), new.wanted[0])
    label = f"{missing[0]}={missing[1][0] if missing[1] else ''}"
    yield _fact("selects-nothing", label, place[0], before, after, [after, *chosen])


# --- ports ----------------------------------------------------------------------------------------------------------------


def _port_lost(before: Entity, after: Entity, context: Context) -> Iterator[Fact]:
    if after.type == "Service":
        lost = _service_ports(before) - _service_ports(after)
        users = list(_sending_to(after, lost, context)) if lost and after.name else []
        place: tuple[str, ...] = ("spec", "ports")
    elif pod_places(after.type) is not None:
        lost = _container_ports(before) - _container_ports(after)
        users = list(_targeting(after, lost, context)) if lost else []
        places = pod_places(after.type)
        place = (*(places[1] if places else ()), "containers")
    else:
        return
    if users:
        needed = next(port for port in sorted(lost) if any(_needs_port(user, port) for user in users))
        yield _fact("port", needed, place, before, after, users)


def _service_ports(service: Entity) -> frozenset[str]:
    """Names and numbers of a Service's ports; none when one of them is computed."""
    ports = service.attributes.get("spec", "ports")
    found: set[str] = set()
    for port in ports.elements if ports is not None else ():
        for name in ("name", "port"):
            value = port.get(name)
            if value is not None and value.known and value.scalar is not None:
                found.add(str(value.scalar))
    return frozenset(found)


def _container_ports(entity: Entity) -> frozenset[str]:
    pod = pod_of(entity)
    names = [value for kind in ("containers", "initContainers") for _, value in each(pod, (kind, "ports", "name"))]
    return frozenset(str(v.scalar) for v in names if v.known and v.scalar is not None)


def _sending_to(service: Entity, lost: frozenset[str], context: Context) -> Iterator[Entity]:
    """Who sends to a port of the Service that it has no more."""
    for user in objects_naming(context, "after", service.name):
        if together(user, service) and any(port in lost for port in _backend_ports(user, service.name)):
            yield user


_BACKENDS = (
    ("spec", "rules", "http", "paths", "backend", "service"),
    ("spec", "defaultBackend", "service"),
    ("spec", "rules", "backendRefs"),
    ("spec", "routes", "services"),
)


def _backend_ports(user: Entity, service: str) -> Iterator[str]:
    for path in _BACKENDS:
        for holder, name in each(user.attributes, (*path, "name")):
            port = holder.get("port")
            if port is None or text_of(name) != service:
                continue
            for value in (port.get("name"), port.get("number"), port):
                if value is not None and value.is_scalar and value.scalar is not None:
                    yield str(value.scalar)


def _targeting(entity: Entity, lost: frozenset[str], context: Context) -> Iterator[Entity]:
    """Services that send to a named port which the pods have no more."""
    labels = labels_of(entity)
    if not labels:
        return
    seen: set[str] = set()
    for text in sorted(labels.values(), key=len, reverse=True)[:3]:
        for user in objects_naming(context, "after", text):
            wanted = selector(user) if user.type == "Service" else None
            if wanted is None or user.address in seen or not wanted.takes(labels) or not together(user, entity):
                continue
            if any(port in lost for port in _target_ports(user)):
                seen.add(user.address)
                yield user


def _target_ports(service: Entity) -> Iterator[str]:
    for _, value in each(service.attributes, ("spec", "ports", "targetPort")):
        if isinstance(value.scalar, str):
            yield value.scalar


def _needs_port(user: Entity, port: str) -> bool:
    if user.type == "Service":
        return port in _target_ports(user)
    names = (text_of(name) for path in _BACKENDS for _, name in each(user.attributes, (*path, "name")))
    return any(port in _backend_ports(user, name) for name in names)


# --- as a fact ------------------------------------------------------------------------------------------------------------


def _fact(what: str, label: str, path: tuple[str, ...], before: Entity, after: Entity, users: Iterable[Entity]) -> Fact:
    first, *others = users
    here, there = before.attributes.get(*path), after.attributes.get(*path)
    words = {
        "selector": f"{first.type} {first.name} still selects {label}",
        "own-selector": f"its own selector still wants {label}",
        "selects-nothing": f"nothing in the tree has {label}",
        "port": f"{first.type} {first.name} still sends to the port {label}",
    }
    related = tuple(
        Related(
            "was selected" if what == "selects-nothing" else "still needs it",
            user.header or user.region,
            user.address,
        )
        for user in (first, *others)
        if user is not after
    )
    return Fact(
        "dangling",
        {
            "what": what,
            "label": label,
            "user_kind": first.type,
            "count": len(others) + 1,
            "summary": words[what],
        },
        path=".".join(path),
        before=here.region if here is not None else None,
        after=there.region if there is not None else None,
        related=related[:_MAX_RELATED],
    )
