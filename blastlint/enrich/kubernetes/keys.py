"""What a kept object loses that others go by: `key` facts for entries of a ConfigMap or Secret that a pod still reads."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.kubernetes.references import each, pod_of, text_of, together, written
from blastlint.enrich.kubernetes.tree import objects_naming
from blastlint.facts.paths import keys
from blastlint.model import Change, Delta, Entity, Fact, Related, Value

_DATA = frozenset({"data", "stringData", "binaryData"})
_READS = {"ConfigMap": ("configMapKeyRef", "configMap"), "Secret": ("secretKeyRef", "secret")}


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """What one object on both sides lost."""
    if change.before is None or change.after is None or change.action == "moved":
        return
    if change.type in _READS:
        yield from _keys_lost(change, context)


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
