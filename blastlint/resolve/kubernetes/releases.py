"""Who deploys a chart of the tree, and with which values: Argo CD's Applications, what its ApplicationSets generate from
lists, and Flux' HelmReleases from a Git repository.

Argo CD lays `valueFiles` over the chart's own values in their order, then `values`, `valuesObject` and `parameters`; a file
stands beside the chart, from the root of the repository (`/env/prod.yaml`), or in another source that `$name` refers to:
where the tree has it, it is taken to be that one. Flux reads `valuesFiles` from the root, and lays `values` over them. What
names a file that the tree has not, or that is not known, is no release that anything can be said of.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence

from blastlint.frozen import dataclass, replace
from blastlint.model import Value
from blastlint.parse.keytree import KeyTree
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex
from blastlint.resolve.kubernetes.inline import unfolded
from blastlint.resolve.kubernetes.patches import text_at
from blastlint.resolve.kubernetes.transform import set_at
from blastlint.resolve.kubernetes.values import is_chart, over, root_of

KINDS = frozenset({"Application", "ApplicationSet", "HelmRelease"})
_SUFFIXES = (".yaml", ".yml")
_FILES = ("valueFiles", "valuesFiles")
_MAY_BE_VALUES = regex(r"(?i)values|(?:^|/)(?:env|envs|environments?|stages?|overlays?|clusters?)/")
_NAMING = regex(r"\b(?:path|chart)[\"']?\s*:\s*[\"']?(?P<path>[^\s\"',{}]+)")
_PARAMETER = regex(r"\{\{-?\s*\.?(?P<name>[\w.]+)\s*-?\}\}")
_NUMBER = regex(r"^-?\d{1,15}$")
_LITERALS = {"true": True, "false": False, "null": None}
_MAX_CANDIDATES = 200
_MAX_ELEMENTS = 30


@dataclass(frozen=True, slots=True)
class Release:
    """One way in which a chart is deployed. `name` is the file and the name of what deploys it, `files` are paths of the
    tree, and `given` is laid over them in its order."""

    name: str
    chart: str
    files: tuple[str, ...]
    given: tuple[Value, ...]


def released(workspace: Workspace, chart: str, default: Value) -> dict[str, Value]:
    """name of the release -> the values that the chart, with these defaults, has in it."""
    found = {}
    for release in _deploying(workspace, chart):
        values = default
        for given in (*(root_of(workspace, path) for path in release.files), *release.given):
            values = over(values, given)
        found[release.name] = values
    return found


def names(workspace: Workspace, chart: str) -> frozenset[str]:
    """The releases of a chart."""
    return frozenset(release.name for release in _deploying(workspace, chart))


def has_release(workspace: Workspace, path: str) -> bool:
    """Whether a file deploys a chart of the tree: then the chart's objects say what its values do."""
    return next(_in(workspace, (path,)), None) is not None


def _deploying(workspace: Workspace, chart: str) -> Iterator[Release]:
    lines = workspace.tree.lines((posixpath.basename(chart),), _SUFFIXES) if chart else ()
    paths = dict.fromkeys(path for path, line in lines if _names(line, chart))
    yield from (release for release in _in(workspace, paths) if release.chart == chart)


def _names(line: str, chart: str) -> bool:
    return any(_place(match["path"], "") == chart for match in _NAMING.finditer(line))


def deployed(workspace: Workspace, changed: Sequence[str]) -> Iterator[str]:
    """The charts that changed files deploy, or give values to."""
    own = dict.fromkeys(release.chart for release in _in(workspace, changed))
    yield from own
    files = {path for path in changed if _MAY_BE_VALUES.search(path) and _is_plain(workspace, path)}
    if files:
        paths = dict.fromkeys(path for path, _ in workspace.tree.lines(_FILES, _SUFFIXES))
        others = (release.chart for release in _in(workspace, paths) if not files.isdisjoint(release.files))
        yield from (chart for chart in dict.fromkeys(others) if chart not in own)


def _is_plain(workspace: Workspace, path: str) -> bool:
    """Whether it is a YAML file that declares no object."""
    root = root_of(workspace, path) if path.endswith(_SUFFIXES) else Value({})
    return bool(root.items) and "kind" not in root.items


def _in(workspace: Workspace, paths: Iterable[str]) -> Iterator[Release]:
    for path in [p for p in paths if p.endswith(_SUFFIXES)][:_MAX_CANDIDATES]:
        document = workspace.document(path)
        roots = document.content.documents if document and isinstance(document.content, KeyTree) else ()
        for root in roots:
            if root.is_map and text_at(root, "kind") in KINDS:
                yield from _of(workspace, path, unfolded(root))


def _of(workspace: Workspace, path: str, root: Value) -> Iterator[Release]:
    kind, name = text_at(root, "kind"), f"{path}:{text_at(root, 'metadata', 'name')}"
    if kind == "HelmRelease":
        chart = root.get("spec", "chart", "spec")
        where = _place(text_at(chart, "chart"), "") if chart is not None else ""
        if chart is not None and text_at(chart, "sourceRef", "kind") != "HelmRepository" and is_chart(workspace, where):
            yield from _release(workspace, name, where, _texts(chart, "valuesFiles"), "", [root.get("spec", "values")])
        return
    spec = root.get("spec", "template", "spec") if kind == "ApplicationSet" else root.get("spec")
    if spec is None:
        return
    for parameters in _elements(root) if kind == "ApplicationSet" else ({},):
        one = _with(spec, parameters)
        label = _filled(text_at(root, "spec", "template", "metadata", "name"), parameters) if parameters else ""
        sources = (one.get("source"), *(one.get("sources") or Value(())).elements)
        for source in sources:
            where = _place(text_at(source, "path"), "") if source is not None else ""
            helm = (source.get("helm") if source is not None else None) or Value({})
            if where and is_chart(workspace, where):
                given = [helm.get("values"), helm.get("valuesObject"), _parameters(helm)]
                yield from _release(workspace, f"{path}:{label}" if label else name, where, _texts(helm, "valueFiles"),
                                    where, given, text_at(helm, "ignoreMissingValueFiles") == "True")  # fmt: skip


def _release(
    workspace: Workspace, name: str, chart: str, files: Sequence[str], directory: str, given: Sequence[Value | None],
    may_lack: bool = False,
) -> Iterator[Release]:  # fmt: skip
    places = [_place(file, directory) for file in files]
    there = [place for place in places if place and workspace.tree.size(place) is not None]
    if len(there) == len(places) or may_lack:
        yield Release(name, chart, tuple(there), tuple(value for value in given if value is not None and value.is_map))


def _place(written: str, directory: str) -> str:
    """The path in the tree; empty where there is none."""
    if not written or "{{" in written or "://" in written:
        return ""
    if written.startswith("$"):
        written = f"/{written.partition('/')[2]}"
    joined = written.lstrip("/") if written.startswith("/") else posixpath.join(directory, written)
    path = posixpath.normpath(joined)
    return "" if path.startswith("..") or path == "." else path


def _texts(value: Value, key: str) -> list[str]:
    listed = value.get(key)
    return [str(e.scalar if e.known else e.text) for e in listed.elements] if listed is not None else []


def _parameters(helm: Value) -> Value:
    """`parameters` as the values that they set."""
    values = Value({})
    listed = helm.get("parameters")
    for entry in listed.elements if listed is not None else ():
        name, value = text_at(entry, "name"), entry.get("value")
        if name and value is not None and "[" not in name and "\\" not in name:
            typed = value if text_at(entry, "forceString") == "True" else _typed(value)
            values = set_at(values, name.split("."), lambda _, typed=typed: typed)  # type: ignore[misc]
    return values


def _typed(value: Value) -> Value:
    """A text as Helm's `--set` takes it."""
    text = value.scalar
    if not isinstance(text, str):
        return value
    if text in _LITERALS:
        return replace(value, data=_LITERALS[text])
    return replace(value, data=int(text)) if _NUMBER.match(text) else value


# --- what an ApplicationSet generates -----------------------------------------------------------------------------------


def _elements(root: Value) -> Iterator[Mapping[str, str]]:
    """The parameters of each element of the lists that it generates from; once without any where it has no list."""
    found: list[Mapping[str, str]] = []
    generators = root.get("spec", "generators")
    for generator in generators.elements if generators is not None else ():
        listed = generator.get("list", "elements")
        for element in listed.elements if listed is not None else ():
            found.append({path: str(leaf.scalar) for path, leaf in element.leaves() if leaf.is_scalar})
    return iter(found[:_MAX_ELEMENTS] or [{}])


def _with(value: Value, parameters: Mapping[str, str]) -> Value:
    """The value with parameters in the place of their names; what names another one is not known."""
    if value.is_map:
        return replace(value, data={key: _with(child, parameters) for key, child in value.items.items()})
    if value.is_list:
        return replace(value, data=tuple(_with(child, parameters) for child in value.elements))
    text = value.scalar if value.known else value.text
    if not isinstance(text, str) or "{{" not in text:
        return value
    filled = _filled(text, parameters)
    if "{{" in filled:
        return Value(None, known=False, reason="a generator gives it", text=filled, region=value.region)
    made = Value(filled, region=value.region)
    return _typed(made) if _PARAMETER.fullmatch(text.strip()) else made


def _filled(text: str, parameters: Mapping[str, str]) -> str:
    return _PARAMETER.sub(lambda match: parameters.get(match["name"], match[0]), text)
