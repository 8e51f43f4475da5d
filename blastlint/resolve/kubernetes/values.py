"""The values that a chart's templates see: its own, those of an environment over them, and for a chart within a chart what
the outer one says of it under its name (or alias), with `global` from outside.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from blastlint.frozen import dataclass, replace
from blastlint.model import Value
from blastlint.parse.keytree import KeyTree
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex
from blastlint.resolve.kubernetes.expressions import truth

VALUES = regex(r"^values(?:[-._][\w.-]+)?\.ya?ml$")
_DEFAULTS = ("values.yaml", "values.yml")
_NOTHING = Value({})


@dataclass(frozen=True, slots=True)
class Dependency:
    """A chart that another one takes in: `directory` has it where it is in the tree ("" where it is not), `key` is where
    the values of the outer chart speak of it, `conditions` the paths of values that switch it, and `tags` those that do
    where no condition says anything."""

    name: str
    key: str
    directory: str
    conditions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def is_chart(workspace: Workspace, directory: str) -> bool:
    return workspace.tree.size(posixpath.join(directory, "Chart.yaml")) is not None


def variants(workspace: Workspace, chart: str) -> dict[str, Value]:
    """values file ("" for the default one) -> values."""
    found: dict[str, Value] = {}
    default = _NOTHING
    for path in workspace.tree.listdir(chart):
        name = posixpath.basename(path)
        if not VALUES.match(name):
            continue
        if name in _DEFAULTS:
            default = root_of(workspace, path)
        else:
            found[path] = root_of(workspace, path)
    return {"": default, **{path: over(default, own) for path, own in found.items()}}


def within(workspace: Workspace, chart: str, names: Sequence[str], values: Value) -> Iterator[tuple[Value, bool]]:
    """(values, whether it is on) of the chart that is reached by `names` from `chart`, which has `values`: once for each way
    in which it is taken in."""
    if not names:
        yield values, True
        return
    uses = [d for d in dependencies(workspace, chart) if d.name == names[0]]
    inner = posixpath.join(chart, "charts", names[0])
    for use in uses or [Dependency(names[0], names[0], inner)]:
        told = _is_on(use, values)
        for found, on in within(workspace, inner, names[1:], inside(workspace, use, values)):
            yield found, on and told


def _is_on(use: Dependency, values: Value) -> bool:
    """Whether values switch a dependency on: the first condition that they speak of, else any of its tags that is on."""
    for path in use.conditions:
        if values.get(*path.split(".")) is not None and (told := truth(values, path)) is not None:
            return told
    tags = [truth(values, f"tags.{tag}") for tag in use.tags if values.get("tags", tag) is not None]
    return not tags or any(tag is not False for tag in tags)


def inside(workspace: Workspace, dependency: Dependency, values: Value) -> Value:
    """The values of a dependency under those of the chart that takes it in."""
    paths = (posixpath.join(dependency.directory, name) for name in _DEFAULTS)
    own = next((root_of(workspace, p) for p in paths if workspace.tree.size(p) is not None), _NOTHING)
    own = over(own, values.get(dependency.key) or _NOTHING)
    shared = values.get("global")
    return own if shared is None or not own.is_map else over(own, Value({"global": shared}))


def dependencies(workspace: Workspace, chart: str) -> list[Dependency]:
    """The charts that a chart's own description takes in."""
    found = []
    for name in ("Chart.yaml", "requirements.yaml"):
        listed = root_of(workspace, posixpath.join(chart, name)).get("dependencies")
        for entry in listed.elements if listed is not None else ():
            named, alias, repository, condition = (
                str(v.scalar or "") if (v := entry.get(key)) is not None and v.known else ""
                for key in ("name", "alias", "repository", "condition")
            )
            vendored = posixpath.join(chart, "charts", named)
            beside = posixpath.normpath(posixpath.join(chart, repository.removeprefix("file://")))
            places = (vendored, beside) if repository.startswith("file://") else (vendored,)
            where = next((p for p in places if named and is_chart(workspace, p)), "")
            if named:
                paths = tuple(p.strip() for p in condition.split(",") if p.strip())
                listed_tags = entry.get("tags")
                tags = tuple(str(t.scalar) for t in listed_tags.elements) if listed_tags is not None else ()
                found.append(Dependency(named, alias or named, where, paths, tags))
    return found


def root_of(workspace: Workspace, path: str) -> Value:
    """The map that a file holds; an empty one where there is none."""
    document = workspace.document(path)
    roots = document.content.documents if document and isinstance(document.content, KeyTree) else ()
    return next((root for root in roots if root.is_map), _NOTHING)


def over(base: Value, top: Value) -> Value:
    """Maps laid over one another, as Helm does; null takes a key away."""
    if not (base.is_map and top.is_map):
        return top
    items = dict(base.items)
    for key, value in top.items.items():
        if value.known and value.data is None:
            items.pop(key, None)
        else:
            items[key] = over(items[key], value) if key in items else value
    return replace(base, data=items)
