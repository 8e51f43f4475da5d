"""ConfigMaps and Secrets that a kustomization generates: their keys, and the values that the kustomization or a file of
variables writes. What other files hold is not read: it is known by the file's name.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from blastlint.frozen import replace
from blastlint.model import Region, Value
from blastlint.parse.workspace import Workspace
from blastlint.resolve.kubernetes.patches import text_at
from blastlint.resolve.kubernetes.transform import Made, labelled

_KINDS = {"configMapGenerator": "ConfigMap", "secretGenerator": "Secret"}


def generated(workspace: Workspace, own: Value, directory: str, things: list[Made], problems: list[str]) -> list[Made]:
    """The objects with those that the kustomization in `directory` generates."""
    for key, kind in _KINDS.items():
        listed = own.get(key)
        for entry in listed.elements if listed is not None else ():
            data = dict(_data(workspace, entry, directory, problems))
            things = _with(things, entry, kind, data, own.get("generatorOptions"))
    return things


def _with(things: list[Made], entry: Value, kind: str, data: Mapping[str, Value], common: Value | None) -> list[Made]:
    """The objects with what one entry generates in its place: beside them, over one of them, or merged into it."""
    name, namespace = text_at(entry, "name"), text_at(entry, "namespace")
    if entry.region is None:
        return things
    at = next((i for i, thing in enumerate(things) if thing.kind == kind and thing.name == name), None)
    made = Made(_object(entry, kind, name, namespace, data), entry.region.path, name, namespace)
    if at is not None and text_at(entry, "behavior") == "merge":
        old = things[at].value
        held = old.get("data")
        both = Value({**(held.items if held is not None else {}), **data}, region=held.region if held else entry.region)
        made = replace(things[at], value=replace(old, data={**old.items, "data": both}))
    for options in (common, entry.get("options")):
        made = _optioned(made, options) if options is not None else made
    return [*things, made] if at is None else [*things[:at], made, *things[at + 1 :]]


def _optioned(made: Made, options: Value) -> Made:
    """With the labels and annotations of options, and fixed where they say so."""
    for what in ("labels", "annotations"):
        pairs = options.get(what)
        (made,) = labelled([made], dict(pairs.items) if pairs is not None else {}, False, False, what)
    immutable = options.get("immutable")
    if immutable is None:
        return made
    return replace(made, value=replace(made.value, data={**made.value.items, "immutable": immutable}))


def _object(entry: Value, kind: str, name: str, namespace: str, data: Mapping[str, Value]) -> Value:
    names = {"name": name, **({"namespace": namespace} if namespace else {})}
    metadata = Value({key: Value(text, region=entry.region) for key, text in names.items()}, region=entry.region)
    items = {"apiVersion": Value("v1"), "kind": Value(kind), "metadata": metadata, "data": Value(data, region=entry.region)}
    if kind == "Secret":
        items["type"] = entry.get("type") or Value("Opaque")
    return Value(items, region=entry.region)


def _data(workspace: Workspace, entry: Value, directory: str, problems: list[str]) -> Iterator[tuple[str, Value]]:
    for literal in _entries(entry, "literals"):
        key, equals, text = str(literal.scalar or "").partition("=")
        if equals:
            yield key, Value(text.strip("\"'"), region=literal.region)
    for file in _entries(entry, "files"):
        key, equals, path = str(file.scalar or "").partition("=")
        name = key if equals else posixpath.basename(key)
        yield name, Value(None, known=False, reason="a file's content", text=path or key, region=file.region)
    for file in (*_entries(entry, "envs"), *((single,) if (single := entry.get("env")) is not None else ())):
        path = posixpath.normpath(posixpath.join(directory, str(file.scalar or "")))
        document = _variables(workspace, path)
        if document is None:
            problems.append(f"the variables {file.scalar} are not there")
        else:
            yield from document.items()


def _variables(workspace: Workspace, path: str) -> Mapping[str, Value] | None:
    """The entries of a file of variables as Kustomize reads it: a line each, quotes kept; None where there is no file."""
    data = workspace.tree.read(path)
    if data is None:
        return None
    found: dict[str, Value] = {}
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        key, equals, text = line.strip().partition("=")
        if equals and not key.startswith("#"):
            found[key] = Value(text, region=Region(workspace.side, path, number, 1, number, len(line) + 1))
    return found


def _entries(value: Value, key: str) -> tuple[Value, ...]:
    found = value.get(key)
    return found.elements if found is not None else ()
