"""What a kept object loses that others, or it itself, go by: `key` facts for entries of a ConfigMap or Secret that a pod
still reads, `block-loss` facts for lists of which most is gone."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.kubernetes.references import each, pod_of, text_of, together, written
from blastlint.enrich.kubernetes.tree import objects_naming
from blastlint.facts.paths import found as at
from blastlint.facts.paths import keys, steps
from blastlint.model import Change, Delta, Entity, Fact, Related, Value

_MANY = 3
_DATA = frozenset({"data", "stringData", "binaryData"})
_READS = {"ConfigMap": ("configMapKeyRef", "configMap"), "Secret": ("secretKeyRef", "secret")}
# Lists of which an entry is something that others rely on.
_LISTS = frozenset(
    {"env", "rules", "routes", "groups", "paths", "ports", "volumes", "volumeMounts", "subjects", "egress", "ingress",
     "receivers", "endpoints", "listeners", "tls", "hosts", "webhooks", "steps", "containers"}
)  # fmt: skip


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """What one object on both sides lost."""
    if change.before is None or change.after is None or change.action == "moved":
        return
    if change.type in _READS:
        yield from _keys_lost(change, context)
    yield from _lists_lost(change, context)


# --- keys ---------------------------------------------------------------------------------------------------------------


def _keys_lost(change: Change, context: Context) -> Iterator[Fact]:
    after = change.after
    assert after is not None
    for delta in change.deltas:
        path = keys(delta.path)
        if delta.action != "removed" or not path or path[0] not in _DATA:
            continue
        lost = path[1:2] or tuple(delta.before.items if delta.before is not None else ())
        for key in lost:
            readers = list(_readers(after, key, context)) if not _still_has(after, key) else []
            if readers:
                yield _key(delta, key, readers)


def _still_has(entity: Entity, key: str) -> bool:
    return any(entity.attributes.get(place, key) is not None for place in _DATA)


def _readers(entity: Entity, key: str, context: Context) -> Iterator[Entity]:
    """The objects after the change whose pods read the key, and cannot do without."""
    entity = written(entity)
    by_key, as_volume = _READS[entity.type]
    for user in objects_naming(context, "after", entity.name):
        pod = pod_of(user)
        if pod is None or not together(user, entity):
            continue
        places = [
            (holder, key_name)
            for kind in ("containers", "initContainers")
            for holder, key_name in each(pod, (kind, "env", "valueFrom", by_key, "key"))
        ]
        for holder, _ in each(pod, ("volumes", as_volume, "items")):
            if text_of(holder.get("name") or holder.get("secretName") or Value()) == entity.name:
                places += [(_named(holder), k) for _, k in each(holder, ("items", "key"))]
        if any(_wants(holder, value, entity.name, key) for holder, value in places):
            yield user


def _named(holder: Value) -> Value:
    """A volume's source with its name where a key reference has it."""
    return Value({"name": holder.get("name") or holder.get("secretName") or Value()})


def _wants(holder: Value, value: Value, name: str, key: str) -> bool:
    optional = holder.get("optional")
    named = holder.get("name")
    is_optional = optional is not None and optional.scalar is True
    return named is not None and text_of(named) == name and text_of(value) == key and not is_optional


def _key(delta: Delta, key: str, readers: list[Entity]) -> Fact:
    return Fact(
        "key",
        {
            "path": f"{keys(delta.path)[0]}.{key}",
            "name": key.lower(),
            "what": "removed",
            "before": "",
            "after": "",
            "referenced": True,
        },
        path=delta.path,
        before=delta.before_region,
        related=tuple(Related("still reads it", r.header or r.region, r.address) for r in readers[:20]),
    )


# --- lists --------------------------------------------------------------------------------------------------------------


def _lists_lost(change: Change, context: Context) -> Iterator[Fact]:
    """One fact for each list that lost at least three entries and half of them."""
    before, after = change.before, change.after
    assert before is not None and after is not None
    seen: set[str] = set()
    for delta in change.deltas:
        if delta.action != "removed":
            continue
        path = delta.path.rpartition("[")[0] if delta.path.endswith("]") else delta.path
        name = (keys(path) or ("",))[-1]
        if path in seen or name not in _LISTS:
            continue
        seen.add(path)
        old, new = at(before.attributes, steps(path)), at(after.attributes, steps(path))
        if old is None or not old.is_list or (new is not None and not new.is_list):
            continue
        total, kept = len(old.elements), len(new.elements) if new is not None else 0
        lost = total - kept
        if lost < _MANY or lost * 2 < total or _went_elsewhere(old, new, name, path, change, context):
            continue
        yield Fact(
            "block-loss",
            {"name": name, "lost": lost, "total": total, "share": round(lost / total, 2)},
            path,
            delta.before_region or old.region,
            after.header or after.region,
        )


def _went_elsewhere(old: Value, new: Value | None, name: str, path: str, change: Change, context: Context) -> bool:
    """Whether half of what is gone is in something that came: another object, another place of this one, or
    an `envFrom` of the same container."""
    after = change.after
    assert after is not None
    if name == "env":
        sources = at(after.attributes, steps(f"{path.rpartition('.')[0]}.envFrom"))
        was = at(change.before.attributes, steps(f"{path.rpartition('.')[0]}.envFrom")) if change.before else None
        if sources is not None and sources != was:
            return True
    kept = new.elements if new is not None else ()
    gone = {str(leaf.scalar) for e in old.elements if e not in kept for _, leaf in e.leaves() if leaf.known}
    born: set[str] = set()
    for other in context.changes:
        if other.kind == change.kind and other.after is not None:
            came = [d for d in other.deltas if other is not change or (d.action == "added" and d.path != path)]
            values = [d.after for d in came if d.after is not None]
            if other is not change and not values:
                values = [other.after.attributes]
            if other.action in ("added", "modified"):
                born.update(str(leaf.scalar) for value in values for _, leaf in value.leaves() if leaf.known)
                born.update(key for value in values for key in value.items)
    return bool(gone) and 2 * len(gone & born) >= len(gone)
