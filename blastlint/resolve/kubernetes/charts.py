"""Helm charts: the objects of a chart's templates with the chart's values filled in.

`values.yaml` makes the default variant, each `values-<environment>.yaml` beside it, laid over it, one more, and so does
whatever in the tree deploys the chart with values of its own (releases.py). The templates of a chart that another one takes
in see what the outer one says of it. An object that stands under conditions of which one is false, or in a chart that is
switched off, is OFF: nobody has it, so that it neither comes nor goes, but its template can still be compared. What `helm`
itself made of a chart (rendering.py) stands in place of all that.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from blastlint.frozen import dataclass
from blastlint.model import Region, Value
from blastlint.parse.keytree import KeyTree
from blastlint.parse.templates import REASON as TEMPLATED
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex
from blastlint.resolve.kubernetes.conditions import conditions, holds
from blastlint.resolve.kubernetes.expressions import filled
from blastlint.resolve.kubernetes.releases import deployed, released
from blastlint.resolve.kubernetes.rendering import Written, objects
from blastlint.resolve.kubernetes.values import VALUES, dependencies, inside, is_chart, variants, within

OFF = "off"
_TEMPLATES = regex(r"^(?P<chart>.*?)(?:^|/)templates/.+\.(?:ya?ml|tpl)$")
_INNER = regex(r"^(?P<outer>.*?)(?:^|/)charts/[^/]+$")
_MAX_TEMPLATES = 200


@dataclass(frozen=True, slots=True)
class Templated:
    """One document of a template with one set of values. `variant` is the values file, empty for the default, or OFF.
    `chart` is the directory of the outermost chart, `release` what deploys it with these values, where that is known, and
    `by` the program that rendered it. `sure` is False where nobody knows whether the conditions hold that it stands under.
    """

    path: str
    value: Value
    variant: str
    chart: str
    by: str = ""
    release: str = ""
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Seen:
    """The values that a template sees, and whether its chart is switched on."""

    variant: str
    values: Value
    on: bool
    release: str = ""


def templated(workspace: Workspace, changed: Sequence[str]) -> Iterator[Templated]:
    """Every document of the templates that the changed files bear on, once for each set of values."""
    rendered = {chart for program, chart, _ in workspace.rendered if program == "helm"}
    for chart in sorted(c for c in rendered if taken(c, changed)):
        yield from _by_program(workspace, chart)
    for chart, templates in sorted(concerned(workspace, changed).items()):
        if chart not in rendered:
            yield from of_chart(workspace, chart, templates)


def taken(chart: str, changed: Sequence[str]) -> list[str]:
    """The changed files that belong to a chart."""
    return [path for path in changed if not chart or path.startswith(f"{chart}/")]


def _by_program(workspace: Workspace, chart: str) -> Iterator[Templated]:
    """What helm made of a chart with each of its values."""
    outputs = {variant: o for (program, c, variant), o in workspace.rendered.items() if (program, c) == ("helm", chart)}
    names = {posixpath.join(chart, path) for output in outputs.values() for path, _ in output}
    written = list(of_chart(workspace, chart, sorted(names)))
    for path in names:
        workspace.complete(path, TEMPLATED)
    for variant, output in sorted(outputs.items()):
        own = [Written(t.path, t.value) for t in written if t.variant in (variant, OFF)]
        placed = tuple((posixpath.join(chart, path), value) for path, value in output)
        region = Region(workspace.side, posixpath.join(chart, "Chart.yaml"), 1)
        for _, made in objects(placed, own, region):
            yield Templated(made.path, made.value, variant, chart, "helm")


def of_chart(workspace: Workspace, chart: str, templates: Sequence[str]) -> Iterator[Templated]:
    """Every document of these templates of a chart and of the charts in it."""
    seen: dict[str, tuple[Seen, ...]] = {}
    for path in templates:
        document = workspace.document(path)
        if document is None or not isinstance(document.content, KeyTree):
            continue
        match = _TEMPLATES.match(path)
        own = match["chart"] if match is not None else chart
        if own not in seen:
            seen[own] = tuple(_seen(workspace, chart, own))
        lines = (workspace.tree.read(path) or b"").decode("utf-8", "replace").splitlines()
        for root in document.content.documents:
            asked = conditions(lines, root)
            for here in seen[own]:
                told = holds(asked, here.values)
                variant = here.variant if here.on and told is not False else OFF
                value = filled(root, here.values)
                yield Templated(path, value, variant, chart, release=here.release, sure=told is not None)


def _seen(workspace: Workspace, chart: str, own: str) -> Iterator[Seen]:
    """What the templates of the chart in `own` see of the values of the outermost one."""
    names = _names_between(chart, own)
    given = variants(workspace, chart)
    by_release = released(workspace, chart, given[""])
    for variant, values in {**given, **by_release}.items():
        release = variant if variant in by_release else ""
        if names is not None:
            yield from (Seen(variant, found, on, release) for found, on in within(workspace, chart, names, values))
            continue
        for use in dependencies(workspace, chart):
            if use.directory == own:  # beside it, so that others may take it in too
                yield Seen(variant or chart, inside(workspace, use, values), True, release)


def _names_between(chart: str, own: str) -> list[str] | None:
    """The charts on the way from `chart` to the one in `own`; None where that is not in it."""
    if own == chart:
        return []
    start = f"{chart}/" if chart else ""
    parts = own[len(start) :].split("/")
    inner = own.startswith(start) and len(parts) % 2 == 0 and set(parts[::2]) == {"charts"}
    return parts[1::2] if inner else None


def concerned(workspace: Workspace, changed: Sequence[str]) -> dict[str, list[str]]:
    """The outermost chart -> its templates to look at: those of a chart whose values changed, with the charts that
    it takes in, and the changed ones."""
    found: dict[str, dict[str, None]] = {}
    known: dict[str, bool] = {}

    def known_chart(directory: str) -> bool:
        if directory not in known:
            known[directory] = is_chart(workspace, directory)
        return known[directory]

    for path in changed:
        directory, name = posixpath.split(path)
        if VALUES.match(name) and known_chart(directory):
            found.setdefault(outermost(workspace, directory), {}).update(dict.fromkeys(asking(workspace, directory)))
        elif (match := _TEMPLATES.match(path)) and known_chart(match["chart"]):
            found.setdefault(outermost(workspace, match["chart"]), {})[path] = None
    for chart in deployed(workspace, changed):
        found.setdefault(outermost(workspace, chart), {}).update(dict.fromkeys(asking(workspace, chart)))
    return {chart: list(paths) for chart, paths in found.items()}


def outermost(workspace: Workspace, chart: str) -> str:
    """The chart that a chart is in, of those that are in no other."""
    while (match := _INNER.match(chart)) and is_chart(workspace, match["outer"]):
        chart = match["outer"]
    return chart


def _with_dependencies(workspace: Workspace, chart: str) -> list[str]:
    """A chart, and those beside it that it takes in; what is in it is below it."""
    beside = [d.directory for d in dependencies(workspace, chart) if d.directory]
    return [chart, *(d for d in dict.fromkeys(beside) if not d.startswith(f"{chart}/") and d != chart)]


def asking(workspace: Workspace, chart: str) -> list[str]:
    """The templates of a chart, and of those that it takes in, that ask for values."""
    return [path for directory in _with_dependencies(workspace, chart) for path in _below(workspace, directory)]


def _below(workspace: Workspace, chart: str) -> list[str]:
    """The templates of a chart that ask for values, with those of the charts in it."""
    start = f"{chart}/" if chart else ""
    found = {p for p, _ in workspace.tree.lines((".Values.",), (".yaml", ".yml")) if p.startswith(start)}
    return sorted(p for p in found if _is_template(p[len(start) :]))[:_MAX_TEMPLATES]


def _is_template(path: str) -> bool:
    """Whether a path below a chart is a template of it or of a chart in it."""
    parts = path.split("/")
    while len(parts) > 2 and parts[0] == "charts":
        parts = parts[2:]
    return len(parts) > 1 and parts[0] == "templates"
