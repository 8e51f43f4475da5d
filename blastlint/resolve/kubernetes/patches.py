"""Strategic merge patches and JSON patches over Values, as Kustomize applies them. Regions are those of whoever wrote the
value: what a patch sets is shown in the patch."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from blastlint.frozen import dataclass, replace
from blastlint.model import Value, scalar_text

# Lists that are merged element by element, and by what; every other list is replaced whole.
_MERGE_KEYS: dict[str, tuple[str, ...]] = {
    "containers": ("name",),
    "initContainers": ("name",),
    "ephemeralContainers": ("name",),
    "volumes": ("name",),
    "env": ("name",),
    "imagePullSecrets": ("name",),
    "volumeMounts": ("mountPath",),
    "volumeDevices": ("devicePath",),
    "ports": ("containerPort", "port"),
    "hostAliases": ("ip",),
    "topologySpreadConstraints": ("topologyKey",),
}
_MAX_DEPTH = 64


@dataclass(frozen=True, slots=True)
class Target:
    """Which objects a patch is for; an empty field asks nothing. Names and kinds are anchored expressions."""

    kind: str = ""
    name: str = ""
    namespace: str = ""
    labels: tuple[tuple[str, str], ...] = ()

    def takes(self, thing: Value) -> bool:
        asked = ((self.kind, ("kind",)), (self.name, ("metadata", "name")), (self.namespace, ("metadata", "namespace")))
        if any(pattern and not _fits(pattern, text_at(thing, *path)) for pattern, path in asked):
            return False
        return all(text_at(thing, "metadata", "labels", key) == text for key, text in self.labels)


def text_at(value: Value, *path: str) -> str:
    """The scalar at a path as text, or the text of what a template computes; empty when there is none."""
    found = value.get(*path)
    return found.text if found is not None and not found.known else scalar_text(found)


def _fits(pattern: str, text: str) -> bool:
    compiled = _compiled(pattern)
    return compiled.fullmatch(text) is not None if compiled else pattern == text


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    if re.fullmatch(r"[\w.\-/|*]+", pattern) is None:
        return None  # no expression that a repository brings along runs without bounds
    try:
        return re.compile(pattern.replace("**", "*"))
    except re.error:
        return None


def merged(base: Value, patch: Value, name: str = "", depth: int = 0) -> Value | None:
    """`patch` over `base`; None when the patch deletes it. `name` is the key that both belong to."""
    if depth > _MAX_DEPTH:
        return patch
    if patch.is_map:
        directive = text_at(patch, "$patch")
        if directive == "delete":
            return None
        if directive == "replace" or not base.is_map:
            return _without(patch, "$patch")
        items = dict(base.items)
        for key, new in patch.items.items():
            if key.startswith("$"):
                continue
            if new.known and new.data is None:
                items.pop(key, None)
                continue
            result = merged(items[key], new, key, depth + 1) if key in items else _plain(new)
            if result is None:
                items.pop(key, None)
            else:
                items[key] = result
        return replace(base, data=items)
    if patch.is_list and base.is_list:
        return _lists(base, patch, name, depth)
    return patch


def _lists(base: Value, patch: Value, name: str, depth: int) -> Value:
    keys = _MERGE_KEYS.get(name, ())
    key = next((k for k in keys if all(e.get(k) is not None for e in (*base.elements, *_entries(patch)))), "")
    if any(text_at(e, "$patch") == "replace" for e in patch.elements):
        return replace(patch, data=_entries(patch))
    if not key:
        return patch
    left = {text_at(element, key): element for element in base.elements}
    elements = []  # those that the patch names come first, in its order
    for entry in _entries(patch):
        old = left.pop(text_at(entry, key), None)
        result = merged(old, entry, "", depth + 1) if old is not None else _added(entry)
        elements += [] if result is None else [result]
    return replace(base, data=(*elements, *left.values()))


def _added(entry: Value) -> Value | None:
    return None if text_at(entry, "$patch") == "delete" else _plain(entry)


def _entries(patch: Value) -> tuple[Value, ...]:
    """The elements of a patch's list that are no mere instruction."""
    return tuple(e for e in patch.elements if not (e.is_map and set(e.items) == {"$patch"}))


def _plain(value: Value) -> Value:
    return _without(value, "$patch") if value.is_map and "$patch" in value.items else value


def _without(value: Value, key: str) -> Value:
    return replace(value, data={k: v for k, v in value.items.items() if k != key})


# --- JSON patches ---------------------------------------------------------------------------------------------------------


def patched(thing: Value, operations: Sequence[Value]) -> Value:
    """A JSON patch's operations in order; one that does not fit is passed over."""
    for operation in operations:
        verb, path, value = text_at(operation, "op"), text_at(operation, "path"), operation.get("value")
        steps = [s.replace("~1", "/").replace("~0", "~") for s in path.split("/")[1:]]
        if steps and verb in ("add", "replace", "remove") and (value is not None or verb == "remove"):
            thing = _changed(thing, steps, value, verb == "add")
    return thing


def _changed(here: Value, steps: Sequence[str], value: Value | None, insert: bool) -> Value:
    """`here` with the value at `steps` set, inserted into a list, or removed when there is none."""
    first, rest = steps[0], steps[1:]

    def new(old: Value | None) -> Value | None:
        if rest:
            return _changed(old, rest, value, insert) if old is not None else None
        return value

    if here.is_map:
        items = dict(here.items)
        result = new(items.get(first))
        if result is None:
            if not rest:
                items.pop(first, None)
        else:
            items[first] = result
        return replace(here, data=items)
    if here.is_list:
        return replace(here, data=tuple(_in_list(list(here.elements), first, new, insert and not rest)))
    return here


def _in_list(
    elements: list[Value], step: str, new: Callable[[Value | None], Value | None], insert: bool
) -> list[Value]:
    at = len(elements) if step == "-" else int(step) if step.isdigit() and len(step) < 9 else -1
    if at < 0 or at > len(elements):
        return elements
    if insert:
        value = new(None)
        return [*elements[:at], *([value] if value is not None else []), *elements[at:]]
    if at < len(elements):
        result = new(elements[at])
        elements[at : at + 1] = [] if result is None else [result]
    return elements
