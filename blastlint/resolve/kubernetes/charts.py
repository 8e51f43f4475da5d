"""Helm charts: the objects of a chart's templates with the chart's values filled in.

An expression that only asks for a value (`.Values.a.b`, with `quote`, `int`, `default` and the like behind it, or `toYaml`
of a part) is that value; every other one stays unknown, with its text. `values.yaml` makes the default variant, each
`values-<environment>.yaml` beside it, laid over it, one more. An object that stands under conditions on values of which one
is false is OFF: nobody has it, so that it neither comes nor goes, but its template can still be compared.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from blastlint.frozen import dataclass
from blastlint.model import Value
from blastlint.parse.keytree import KeyTree
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex

OFF = "off"
_VALUES = regex(r"^values(?:[-._][\w.-]+)?\.ya?ml$")
_TEMPLATES = regex(r"^(?P<chart>.*?)(?:^|/)templates/.+\.(?:ya?ml|tpl)$")
_ACTION = regex(r"\{\{-?\s*(?P<inside>[^{}]*?)\s*-?\}\}")
_ASKS = regex(
    r"^\(?(?:(?P<yaml>toYaml)\s+)?\$?\.Values\.(?P<path>[\w.]+)\)?"
    r"(?P<pipes>(?:\s*\|\s*(?:quote|squote|int|int64|toString|trim|toYaml|n?indent\s+\d+|default\s+\S+))*)$"
)
_DEFAULT = regex(r"\bdefault\s+(?P<text>\S+)")
_IF = regex(
    r"^\s*\{\{-?\s*if\s+(?P<not>not\s+)?(?P<and>and\s+)?"
    r"(?P<paths>\$?\.Values\.[\w.]+(?:\s+\$?\.Values\.[\w.]+)*)\s*-?\}\}\s*$"
)
_END = regex(r"^\s*\{\{-?\s*end\b")
_ELSE = regex(r"^\s*\{\{-?\s*else\b")
_BEGIN = regex(r"^\s*\{\{-?\s*(?:if|range|with|define|block)\b(?!.*\{\{-?\s*end\b)")
_MAX_TEMPLATES = 200


@dataclass(frozen=True, slots=True)
class Templated:
    """One document of a template with one set of values. `variant` is the values file, empty for the default, or OFF."""

    path: str
    value: Value
    variant: str


def templated(workspace: Workspace, changed: Sequence[str]) -> Iterator[Templated]:
    """Every document of the templates that the changed files bear on, once for each set of values."""
    for chart, templates in sorted(_charts(workspace, changed).items()):
        variants = _variants(workspace, chart)
        if not variants:
            continue
        for path in templates:
            document = workspace.document(path)
            if document is None or not isinstance(document.content, KeyTree):
                continue
            lines = (workspace.tree.read(path) or b"").decode("utf-8", "replace").splitlines()
            for root in document.content.documents:
                asked = _conditions(lines, root)
                for variant, values in variants.items():
                    off = any(_truth(values, text) is wrong for text, wrong in asked)
                    yield Templated(path, _filled(root, values), OFF if off else variant)


def _charts(workspace: Workspace, changed: Sequence[str]) -> dict[str, list[str]]:
    """chart's directory -> its templates to look at: all of them when its values changed, else the changed ones."""
    found: dict[str, dict[str, None]] = {}
    known: dict[str, bool] = {}

    def is_chart(directory: str) -> bool:
        if directory not in known:
            known[directory] = workspace.tree.size(posixpath.join(directory, "Chart.yaml")) is not None
        return known[directory]

    for path in changed:
        directory, name = posixpath.split(path)
        if _VALUES.match(name) and is_chart(directory):
            prefix = posixpath.join(directory, "templates")
            found.setdefault(directory, {}).update(dict.fromkeys(_below(workspace, prefix)))
        elif (match := _TEMPLATES.match(path)) and is_chart(match["chart"]):
            found.setdefault(match["chart"], {})[path] = None
    return {chart: list(paths) for chart, paths in found.items()}


def _below(workspace: Workspace, directory: str) -> list[str]:
    """The templates of a directory that ask for values, with those of the directories in it."""
    paths = {p for p, _ in workspace.tree.lines((".Values.",), (".yaml", ".yml")) if p.startswith(f"{directory}/")}
    return sorted(paths)[:_MAX_TEMPLATES]


def _variants(workspace: Workspace, chart: str) -> dict[str, Value]:
    """values file ("" for the default one) -> values."""
    found: dict[str, Value] = {}
    default = Value({})
    for path in workspace.tree.listdir(chart):
        name = posixpath.basename(path)
        if not _VALUES.match(name):
            continue
        document = workspace.document(path)
        roots = document.content.documents if document and isinstance(document.content, KeyTree) else ()
        own = next((root for root in roots if root.is_map), Value({}))
        if name in ("values.yaml", "values.yml"):
            default = own
        else:
            found[path] = own
    return {"": default, **{path: _over(default, own) for path, own in found.items()}}


def _over(base: Value, top: Value) -> Value:
    """Maps laid over one another, as Helm does; null takes a key away."""
    if not (base.is_map and top.is_map):
        return top
    items = dict(base.items)
    for key, value in top.items.items():
        if value.known and value.data is None:
            items.pop(key, None)
        else:
            items[key] = _over(items[key], value) if key in items else value
    return replace(base, data=items)


# --- expressions --------------------------------------------------------------------------------------------------------


def _filled(value: Value, values: Value) -> Value:
    """The value with every expression that only asks for a value replaced by it."""
    if value.is_map:
        return replace(value, data={key: _filled(below, values) for key, below in value.items.items()})
    if value.is_list:
        return replace(value, data=tuple(_filled(below, values) for below in value.elements))
    written = value.scalar if value.known else value.text  # in quotes an expression is plain YAML
    if not isinstance(written, str) or "{{" not in written:
        return value
    text = written.strip()
    whole = _ACTION.fullmatch(text)
    if whole is not None:
        answer = _asked(whole["inside"], values)
        # A container keeps no place of its own: what differs in it is shown where the values are written.
        return value if answer is None else replace(answer, region=answer.region or value.region)
    parts: dict[str, str] = {}
    for match in _ACTION.finditer(text):
        answer = _asked(match["inside"], values)
        if answer is None or not answer.is_scalar:
            return value
        parts[match[0]] = "" if answer.scalar is None else str(answer.scalar)
    return Value(_ACTION.sub(lambda m: parts[m[0]], text).strip("\"'"), region=value.region)


def _asked(inside: str, values: Value) -> Value | None:
    """What an expression asks for, or None when it does more than that or nobody knows."""
    match = _ASKS.match(inside.removeprefix("-").strip())
    if match is None:
        return None
    answer = values.get(*match["path"].split("."))
    default = _DEFAULT.search(match["pipes"])
    if default is not None and (answer is None or (answer.known and answer.data in (None, "", 0, False))):
        return Value(_literal(default["text"]))
    return answer if answer is not None and (answer.known or answer.text) else None


def _literal(text: str) -> str | int:
    return int(text) if text.isdigit() and len(text) < 16 else text.strip("\"'")


def _conditions(lines: Sequence[str], root: Value) -> list[tuple[str, bool]]:
    """(path of a value, the truth of it that switches the document off) for the conditions that are open above it."""
    if root.region is None:
        return []
    opened: list[list[tuple[str, bool]]] = []
    for line in lines[: root.region.start_line - 1]:
        if match := _IF.match(line):
            paths = [p.strip().removeprefix("$").removeprefix(".Values.") for p in match["paths"].split()]
            plain = len(paths) == 1 or match["and"]
            opened.append([(path, bool(match["not"])) for path in paths] if plain else [])
        elif _BEGIN.match(line):
            opened.append([])
        elif _END.match(line) and opened:
            opened.pop()
        elif _ELSE.match(line) and opened:
            opened[-1] = []  # the other way round, of one condition at least
    return [condition for conditions in opened for condition in conditions]


def _truth(values: Value, path: str) -> bool | None:
    """Whether a value counts as true; None when it is not known."""
    value = values.get(*path.split("."))
    if value is None:
        return False
    if not value.known:
        return None
    empty: tuple[object, ...] = (None, "", 0, False, ())
    return bool(value.items) if isinstance(value.data, Mapping) else value.data not in empty
