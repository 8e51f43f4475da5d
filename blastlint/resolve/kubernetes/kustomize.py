"""Kustomizations: which of them bear on changed files, and the objects that each of those makes.

What is applied is what a *root* renders: a kustomization that no other one takes in. An object of a file that a root takes
in is therefore the rendered one (`variant` is the root's directory), once for each root. Nothing is fetched and no plugin is
run: a remote base, a Helm chart, a custom generator or transformer leaves the rendering incomplete, with the reason on the
kustomization's document, and nothing is then said to be gone that may be in there. The hash that Kustomize puts behind
generated names is left out: it is how their content is rolled out, not another object.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence

from blastlint.frozen import dataclass, field, replace
from blastlint.model import Region, Value
from blastlint.parse.keytree import KeyTree
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex
from blastlint.resolve.kubernetes.generators import generated
from blastlint.resolve.kubernetes.patches import Target, merged, patched, text_at
from blastlint.resolve.kubernetes.rendering import Output, Written, objects
from blastlint.resolve.kubernetes.replacements import replaced, substituted
from blastlint.resolve.kubernetes.transform import Made, counted, imaged, in_namespace, labelled, renamed

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_REMOTE = regex(
    r"^(?:[a-z+]+://|git@|git::|(?:[\w-]+\.)+[a-z]{2,}[/:])|[?&]ref=",
)
_MAX_DEPTH = 16
_MAX_ROOTS = 60
_FOREIGN = {
    "helmCharts": "Helm charts are not rendered",
    "generators": "plugins are not run",
    "transformers": "plugins are not run",
}
_TAKES_IN = ("resources", "bases", "components")


@dataclass(slots=True)
class Rendered:
    """What one root makes. `problems` are the reasons why there may be more; `by` is the program that rendered it."""

    root: str
    things: list[Made] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    by: str = ""


def rendered(workspace: Workspace, changed: Sequence[str]) -> Iterator[Rendered]:
    """What every root that bears on the changed files makes on this side."""
    for root in sorted(roots(workspace, changed))[:_MAX_ROOTS]:
        result = of_root(workspace, root)
        own = kustomization_in(workspace, root)
        if result.problems and own is not None:
            workspace.incomplete(own, "; ".join(dict.fromkeys(result.problems)))
        output = workspace.rendered.get(("kustomize", root, ""))
        if output is not None and own is not None:
            result.things = list(_by_program(output, result.things, Region(workspace.side, own, 1)))
            result.by = "kustomize"
        yield result


def of_root(workspace: Workspace, root: str) -> Rendered:
    """What the kustomization in one directory makes, from source."""
    result = Rendered(root)
    result.things = _built(workspace, root, result, ())
    return result


def _by_program(output: Output, things: Sequence[Made], fallback: Region) -> Iterator[Made]:
    """What the program made, each object as the file has it that the same one is made of."""
    own = {id(thing.value): thing for thing in things}
    for source, made in objects(output, [Written(thing.path, thing.value) for thing in things], fallback):
        thing = own.get(id(source.value)) if source is not None else None
        name, namespace = (text_at(made.value, "metadata", key) for key in ("name", "namespace"))
        yield replace(thing, value=made.value) if thing else Made(made.value, made.path, name, namespace)


def kustomization_in(workspace: Workspace, directory: str) -> str | None:
    """The path of a directory's kustomization, or None."""
    return next((p for name in NAMES if workspace.tree.size(p := posixpath.join(directory, name)) is not None), None)


# --- which of them -----------------------------------------------------------------------------------------------------


def roots(workspace: Workspace, changed: Sequence[str]) -> set[str]:
    """The directories of the kustomizations that take in a changed file, directly or not, and that no other one takes in."""
    reached = {d for path in changed if path.endswith(NAMES) for d in (posixpath.dirname(path),)}
    reached = {d for d in reached if kustomization_in(workspace, d) is not None}
    reached |= set(_taking_files(workspace, changed))
    found: set[str] = set()
    todo = reached
    for _ in range(_MAX_DEPTH):
        if not todo:
            break
        above = _taking_directories(workspace, todo)
        found |= {d for d in todo if not above.get(d) and _kind(workspace, d) != "Component"}
        todo = {user for users in above.values() for user in users} - reached
        reached |= todo
    return found


def _kind(workspace: Workspace, directory: str) -> str:
    own = _read(workspace, directory)
    return text_at(own, "kind") if own is not None else ""


def _taking_files(workspace: Workspace, changed: Sequence[str]) -> Iterator[str]:
    """The kustomizations in or above the directories of the changed files that name one of them."""
    named: dict[str, frozenset[str]] = {}
    for path in changed:
        directory = posixpath.dirname(path)
        while True:
            if directory not in named:
                own = _read(workspace, directory)
                named[directory] = frozenset(_files(own, directory)) if own is not None else frozenset()
            if path in named[directory]:
                yield directory
            if not directory:
                break
            directory = posixpath.dirname(directory)


def _files(own: Value, directory: str) -> Iterator[str]:
    """Every path that a kustomization names."""
    for _, leaf in own.leaves():
        if isinstance(leaf.scalar, str) and len(leaf.scalar) < 400 and "\n" not in leaf.scalar:
            yield posixpath.normpath(posixpath.join(directory, leaf.scalar.rpartition("=")[2]))


def _taking_directories(workspace: Workspace, directories: Iterable[str]) -> dict[str, set[str]]:
    """directory -> the directories of the kustomizations that take it in."""
    wanted = {d for d in directories if d}
    if not wanted:
        return {}
    found: dict[str, set[str]] = {}
    words = tuple(sorted({posixpath.basename(d) for d in wanted}))
    candidates = {path for path, _ in workspace.tree.lines(words, NAMES) if posixpath.basename(path) in NAMES}
    for user in sorted(posixpath.dirname(path) for path in candidates):
        own = _read(workspace, user)
        for entry in (e for key in _TAKES_IN for e in (_entries(own, key) if own is not None else ())):
            target = posixpath.normpath(posixpath.join(user, str(entry.scalar or "")))
            if target in wanted and target != user:
                found.setdefault(target, set()).add(user)
    return found


# --- what it makes -----------------------------------------------------------------------------------------------------


def _read(workspace: Workspace, directory: str) -> Value | None:
    path = kustomization_in(workspace, directory)
    document = workspace.document(path) if path is not None else None
    if document is None or not isinstance(document.content, KeyTree):
        return None
    return next((root for root in document.content.documents if root.is_map), None)


def _built(workspace: Workspace, directory: str, into: Rendered, above: tuple[str, ...]) -> list[Made]:
    """The objects of the kustomization in `directory`, in order, with all that it does to them done."""
    own = _read(workspace, directory)
    into.files.add(kustomization_in(workspace, directory) or directory)
    if own is None:
        into.problems.append(f"{directory or '.'} has no kustomization that can be read")
        return []
    into.problems.extend(f"{reason} ({key})" for key, reason in _FOREIGN.items() if own.get(key) is not None)
    inside = (*above, directory)
    things: list[Made] = []
    for key in ("resources", "bases"):
        for entry in _entries(own, key):
            things.extend(_taken(workspace, directory, str(entry.scalar or ""), into, inside))
    things = generated(workspace, own, directory, things, into.problems)
    for entry in _entries(own, "components"):
        where = _directory(workspace, directory, str(entry.scalar or ""), into, inside)
        if where is not None and (component := _read(workspace, where)) is not None:
            into.files.add(kustomization_in(workspace, where) or where)
            things = _applied(workspace, component, where, things, into, (*inside, where), takes_in=True)
    return _applied(workspace, own, directory, things, into, inside)


def _applied(
    workspace: Workspace, own: Value, directory: str, things: list[Made], into: Rendered, inside: tuple[str, ...],
    takes_in: bool = False,
) -> list[Made]:  # fmt: skip
    """What a kustomization (or, with `takes_in`, a component) does to objects, in Kustomize's order."""
    if takes_in:
        for entry in _entries(own, "resources"):
            things = [*things, *_taken(workspace, directory, str(entry.scalar or ""), into, inside)]
        things = generated(workspace, own, directory, things, into.problems)
    things = _patched(workspace, own, directory, things, into)
    things = in_namespace(things, own.get("namespace"))
    things = renamed(things, text_at(own, "namePrefix"), text_at(own, "nameSuffix"))
    things = labelled(things, _map(own.get("commonLabels")), selectors=True, templates=True)
    for entry in _entries(own, "labels"):
        selectors, templates = (text_at(entry, key) == "True" for key in ("includeSelectors", "includeTemplates"))
        things = labelled(things, _map(entry.get("pairs")), selectors, templates)
    things = labelled(things, _map(own.get("commonAnnotations")), False, True, "annotations")
    things = imaged(things, _entries(own, "images"))
    things = counted(things, _entries(own, "replicas"))
    things = replaced(things, list(_replacements(workspace, own, directory, into)))
    return substituted(things, _entries(own, "vars"))


def _replacements(workspace: Workspace, own: Value, directory: str, into: Rendered) -> Iterator[Value]:
    """What is written in the kustomization, and in the files that it names."""
    for entry in _entries(own, "replacements"):
        path = text_at(entry, "path")
        if not path:
            yield entry
            continue
        place = posixpath.normpath(posixpath.join(directory, path))
        document = workspace.document(place)
        into.files.add(place)
        if document is None or not isinstance(document.content, KeyTree):
            into.problems.append(f"the replacement {path} is not there")
            continue
        for root in document.content.documents:
            yield from root.elements if root.is_list else (root,)


def _entries(own: Value, key: str) -> tuple[Value, ...]:
    value = own.get(key)
    return value.elements if value is not None else ()


def _map(value: Value | None) -> dict[str, Value]:
    return dict(value.items) if value is not None else {}


def _taken(workspace: Workspace, directory: str, entry: str, into: Rendered, inside: tuple[str, ...]) -> Iterator[Made]:
    """The objects of one resource: a file, or a directory with a kustomization of its own."""
    path = posixpath.normpath(posixpath.join(directory, entry))
    if entry and not _REMOTE.search(entry) and workspace.tree.size(path) is not None:
        yield from _of_file(workspace, path, into)
        return
    where = _directory(workspace, directory, entry, into, inside)
    if where is not None:
        yield from _built(workspace, where, into, inside)


def _directory(workspace: Workspace, directory: str, entry: str, into: Rendered, inside: tuple[str, ...]) -> str | None:
    """The directory that an entry means, or None with a reason."""
    where = posixpath.normpath(posixpath.join(directory, entry)) if entry else ""
    where = "" if where == "." else where
    if not entry or _REMOTE.search(entry):
        into.problems.append(f"the remote base {entry} is not fetched")
    elif where in inside:
        into.problems.append(f"{where} takes itself in")
    elif len(inside) > _MAX_DEPTH:
        into.problems.append("too many kustomizations within one another")
    elif where.startswith("..") or kustomization_in(workspace, where) is None:
        into.problems.append(f"{entry} is not there")
    else:
        return where
    return None


def _of_file(workspace: Workspace, path: str, into: Rendered) -> Iterator[Made]:
    document = workspace.document(path)
    into.files.add(path)
    if document is None or not isinstance(document.content, KeyTree) or document.coverage == "opaque":
        into.problems.append(f"{path} cannot be read")
        return
    for root in document.content.documents:
        items = root.get("items")
        for value in items.elements if items is not None and text_at(root, "kind").endswith("List") else (root,):
            if value.is_map and "kind" in value.items:
                yield Made(value, path, *(text_at(value, "metadata", key) for key in ("name", "namespace")))


# --- patches -----------------------------------------------------------------------------------------------------------


def _patched(workspace: Workspace, own: Value, directory: str, things: list[Made], into: Rendered) -> list[Made]:
    for key in ("patchesStrategicMerge", "patches", "patchesJson6902"):
        for entry in _entries(own, key):
            target = _target(entry.get("target"))
            for patch in _patches(workspace, entry, directory, into):
                things = _with(things, patch, target)
    return things


def _target(value: Value | None) -> Target | None:
    if value is None:
        return None
    pairs = (pair.split("=", 1) for pair in text_at(value, "labelSelector").split(",") if "=" in pair)
    labels = tuple((key.strip(), text.strip("= ")) for key, text in pairs)
    return Target(text_at(value, "kind"), text_at(value, "name"), text_at(value, "namespace"), labels)


def _patches(workspace: Workspace, entry: Value, directory: str, into: Rendered) -> Iterator[Value]:
    """The documents of one entry: a path, an inline text, or a bare string that is either."""
    inline = entry if entry.is_scalar else entry.get("patch")
    text = str(inline.scalar or "") if inline is not None else ""
    path = text_at(entry, "path") if entry.is_map else "" if "\n" in text or ":" in text else text
    if path:
        place = posixpath.normpath(posixpath.join(directory, path))
        document = workspace.document(place)
        into.files.add(place)
        if document is None or not isinstance(document.content, KeyTree):
            into.problems.append(f"the patch {path} is not there")
            return
        yield from document.content.documents
    elif inline is not None and inline.region is not None:
        from blastlint.parse.yaml import parse

        line = inline.block.line if inline.block is not None else inline.region.start_line
        document = parse(inline.region.path, inline.region.side, ("\n" * (line - 1) + text).encode())
        if isinstance(document.content, KeyTree):
            yield from document.content.documents


def _with(things: list[Made], patch: Value, target: Target | None) -> list[Made]:
    if patch.is_list and target is not None:
        operations = patch.elements
        return [replace(t, value=patched(t.value, operations)) if target.takes(t.value) else t for t in things]
    if not patch.is_map:
        return things
    done: list[Made] = []
    for thing in things:
        if not (target.takes(thing.value) if target is not None else _is_for(patch, thing)):
            done.append(thing)
            continue
        body = replace(patch, data={k: v for k, v in patch.items.items() if k not in ("apiVersion", "kind")})
        names = body.get("metadata")
        if names is not None:
            kept = {k: v for k, v in names.items.items() if k not in ("name", "namespace")}
            body = replace(body, data={**body.items, "metadata": replace(names, data=kept)})
        result = merged(thing.value, body)
        if result is not None:
            done.append(replace(thing, value=result))
    return done


def _is_for(patch: Value, thing: Made) -> bool:
    """Whether a strategic merge patch names the object, by its name now or the one that it was written with."""
    namespace = text_at(patch, "metadata", "namespace")
    return (
        text_at(patch, "kind") == thing.kind
        and text_at(patch, "metadata", "name") in (text_at(thing.value, "metadata", "name"), thing.name)
        and (not namespace or namespace == text_at(thing.value, "metadata", "namespace"))
    )
