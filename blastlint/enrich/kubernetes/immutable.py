"""Which edits of a Kubernetes object the API server refuses, so that only deleting and creating it anew gets there.

The table is facts/kubernetes.json; for kinds of the scanned tree's own CustomResourceDefinitions it is their validation
rules that compare `self == oldSelf`. Nothing is read from the tree for built-in kinds.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.guards.strength import quantity
from blastlint.facts.kubernetes import Immutable, immutable
from blastlint.facts.paths import found, keys, steps
from blastlint.frozen import dataclass
from blastlint.model import Change, Confidence, Delta, Entity, Value
from blastlint.parse.keytree import KeyTree
from blastlint.regex import regex

_FIXED = regex(r"^\s*(self\s*==\s*oldSelf|oldSelf\s*==\s*self)\s*$")
_MANIFESTS = (".yaml", ".yml", ".json")
_MAX_DEPTH = 24
_HOOKS = ("helm.sh/hook", "argocd.argoproj.io/hook")


@dataclass(frozen=True, slots=True)
class Refused:
    """The delta paths that force it; with a confidence below high it only may be refused."""

    paths: tuple[str, ...] = ()
    confidence: Confidence = "high"


def refused(change: Change, context: Context) -> Refused:
    """What of a change of one object on both sides is refused."""
    before, after = change.before, change.after
    assert before is not None and after is not None
    if not change.deltas or _is_recreated_anyway(after):
        return Refused()
    group = after.address.partition("/")[0]
    rows = immutable(group, after.type) or _declared(context, group, after.type)
    sure: list[str] = []
    perhaps: list[tuple[str, Confidence]] = []
    for delta in change.deltas if rows else ():
        confidence = _confidence(delta, rows, before)
        if confidence == "high":
            sure.append(delta.path)
        elif confidence is not None:
            perhaps.append((delta.path, confidence))
    if sure:
        return Refused(tuple(sure))
    least: Confidence = "medium" if any(c == "medium" for _, c in perhaps) else "low"
    return Refused(tuple(path for path, _ in perhaps), least) if perhaps else Refused()


def _is_recreated_anyway(entity: Entity) -> bool:
    """Hooks are deleted before they are created again."""
    return any(entity.attributes.get("metadata", "annotations", name) is not None for name in _HOOKS)


def _confidence(delta: Delta, rows: tuple[Immutable, ...], before: Entity) -> Confidence | None:
    """How sure it is that the API server refuses a delta; None when it takes it."""
    path = keys(delta.path)
    for row in rows:
        shared = min(len(path), len(row.path))
        if path[:shared] != row.path[:shared] or any(path[: len(e)] == e for e in row.exceptions):
            continue
        if row.where is not None and not _holds(before, row.where):
            continue
        old, new = (_at(v, row.path[len(path) :]) for v in (delta.before, delta.after))
        if old is None and new is None:
            continue
        if (verdict := _judged(row, path, old, new, before)) is not None:
            return verdict
    return None


def _at(value: Value | None, rest: tuple[str, ...]) -> Value | None:
    return value.get(*rest) if value is not None and rest else value


def _judged(
    row: Immutable, path: tuple[str, ...], old: Value | None, new: Value | None, before: Entity
) -> Confidence | None:
    if old is None and row.absent and len(path) <= len(row.path):
        old = _taken_from(before, row.absent)
        return None if new is not None and old is not None and _selects_all(new, old) else "medium"
    if old is None and row.once:
        return None
    if new is None and row.kept_when_removed:
        return None
    place = path if len(path) > len(row.path) else row.path
    default = next((scalar for name, scalar in row.defaults if name == place), None)
    sides = [v if v is not None else None if default is None else Value(default) for v in (old, new)]
    if sides[0] == sides[1]:
        return None
    if row.lowered:
        return _lowered(sides[0], sides[1])
    if any(side is not None and not _is_known(side) for side in sides):
        return "low" if all(side is not None and not _is_known(side) for side in sides) else "medium"
    if old is None and row.maybe_when_added:
        return "medium"
    return "high"


def _lowered(old: Value | None, new: Value | None) -> Confidence | None:
    if old is None or new is None:
        return None
    if not (old.known and new.known):
        return "low"
    before, after = quantity(old.scalar), quantity(new.scalar)
    return "high" if before and after and before[1] == after[1] and after[0] < before[0] else None


def _selects_all(selector: Value, labels: Value) -> bool:
    wanted = selector.get("matchLabels") or Value({})
    return wanted.items.items() == labels.items.items()


def _taken_from(before: Entity, path: str) -> Value | None:
    return found(before.attributes, steps(path))


def _is_known(value: Value) -> bool:
    return all(leaf.known for _, leaf in value.leaves())


def _holds(before: Entity, where: tuple[str, object]) -> bool:
    value = found(before.attributes, steps(where[0]))
    return value is not None and value.scalar == where[1]


# --- kinds that the tree defines itself --------------------------------------------------------------------------------


def _declared(context: Context, group: str, kind: str) -> tuple[Immutable, ...]:
    if "." not in group or group.endswith(".k8s.io") or not context.change_set.complete:
        return ()
    return context.once(_definitions).get(f"{group}/{kind}", ())


def _definitions(context: Context) -> dict[str, tuple[Immutable, ...]]:
    """`group/Kind` -> its fields that may not change, of every definition in the tree before that has such a rule."""
    rows: dict[str, tuple[Immutable, ...]] = {}
    for path in context.before.tree.search("oldSelf", _MANIFESTS):
        document = context.before.document(path)
        if document is None or not isinstance(document.content, KeyTree):
            continue
        for root in document.content.documents:
            kind, group = root.get("spec", "names", "kind"), root.get("spec", "group")
            if kind is None or group is None:
                continue
            fields = {p for schema in _schemas(root) for p in _fixed(schema, (), 0)}
            if fields:
                rows[f"{group.scalar}/{kind.scalar}"] = tuple(Immutable(p) for p in sorted(fields))
    return rows


def _schemas(root: Value) -> Iterator[Value]:
    versions = root.get("spec", "versions")
    for version in versions.elements if versions is not None else ():
        if (schema := version.get("schema", "openAPIV3Schema")) is not None:
            yield schema


def _fixed(schema: Value, path: tuple[str, ...], depth: int) -> Iterator[tuple[str, ...]]:
    """The paths below a schema whose rules compare the value with the old one."""
    rules = schema.get("x-kubernetes-validations")
    for rule in rules.elements if rules is not None else ():
        text = rule.get("rule")
        if text is not None and _FIXED.match(str(text.scalar)) and path:
            yield path
    if depth < _MAX_DEPTH:
        properties = schema.get("properties")
        for name, below in properties.items.items() if properties is not None else ():
            yield from _fixed(below, (*path, name), depth + 1)
        if (items := schema.get("items")) is not None:
            yield from _fixed(items, path, depth + 1)
