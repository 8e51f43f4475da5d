"""Values of a template's parameters: their defaults, parameter files, and the values that the template itself tells apart.

A parameter file is a list of `{"ParameterKey": ..., "ParameterValue": ...}`, or a map with `Parameters` (a map of names to
values), and belongs to every template near it that declares all of its names.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from blastlint.frozen import replace
from blastlint.model import Tree, Value, unknown
from blastlint.parse.keytree import KeyTree
from blastlint.parse.workspace import Workspace
from blastlint.resolve.cloudformation.template import Template, is_template, text
from blastlint.resolve.cloudformation.values import assumed

SUFFIXES = (".json", ".yaml", ".yml")
DIRECTORIES = (
    "params", "parameters", "parameter", "config", "configs", "conf", "env", "envs", "environment", "environments", "inputs",
)  # fmt: skip
_MAX_FILES = 60
_MAX_BYTES = 200_000
_MAX_VALUES = 6
_LISTS = ("CommaDelimitedList", "List<")
_LOOKED_UP = "AWS::SSM::Parameter::"

Inputs = Mapping[str, Value]


def defaults(template: Template) -> Inputs:
    """What the template itself says; secret ones (NoEcho) and those without a default have no value."""
    found: dict[str, Value] = {}
    for name, declared in template.section("Parameters").items():
        default = declared.get("Default")
        if default is None or text(declared.get("NoEcho")) == "true":
            continue
        if text(declared.get("Type")).startswith(_LOOKED_UP):
            found[name] = unknown("looked up when deployed", f'ssm("{text(default)}")', region=default.region)
        else:
            found[name] = _typed(declared, assumed(name, default))
    return found


def filled(template: Template, given: Inputs) -> Inputs:
    """The defaults, with given values in their place."""
    declared = template.section("Parameters")
    return {
        **defaults(template),
        **{n: _typed(declared[n], value) for n, value in given.items() if n in declared and _is_plain(declared[n])},
    }


def _is_plain(declared: Value) -> bool:
    looked_up = text(declared.get("Type")).startswith(_LOOKED_UP)
    return not looked_up and text(declared.get("NoEcho")) != "true"


def _typed(declared: Value, value: Value) -> Value:
    type_ = text(declared.get("Type"))
    if not type_.startswith(_LISTS) or not value.is_scalar:
        return value
    pieces = [piece.strip() for piece in text(value).split(",")] if text(value) else []
    return Value(tuple(replace(value, data=piece) for piece in pieces), region=value.region, reason=value.reason)


# --- parameter files ----------------------------------------------------------------------------------------------------


def given_by(workspace: Workspace, path: str) -> Inputs:
    """The values in a parameter file; nothing when it is none."""
    document = workspace.document(path)
    roots = document.content.documents if document and isinstance(document.content, KeyTree) else ()
    if len(roots) != 1:
        return {}
    root = roots[0]
    if root.is_list:
        keys = [text(entry.get("ParameterKey")) for entry in root.elements]
        values = [entry.get("ParameterValue") for entry in root.elements]
        return {k: v for k, v in zip(keys, values, strict=True) if k and v is not None}
    parameters = root.items.get("Parameters")
    if parameters is None or "Resources" in root.items or any(not v.is_scalar for v in parameters.items.values()):
        return {}
    return parameters.items


class Files:
    """Parameter files near templates: each directory is looked through once."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._found: dict[str, dict[str, Inputs]] = {}

    def of(self, template: Template) -> dict[str, Inputs]:
        """{path: values} of the files that give values to parameters of this template only."""
        declared = set(template.section("Parameters"))
        if not declared:
            return {}
        directory = posixpath.dirname(template.path)
        return {p: v for here in _near(directory) for p, v in self._in(here).items() if v.keys() <= declared}

    def _in(self, directory: str) -> dict[str, Inputs]:
        if directory not in self._found:
            tree = self.workspace.tree
            names = [p for p in tree.listdir(directory) if p.endswith(SUFFIXES)][:_MAX_FILES]
            paths = [p for p in names if _mentions(tree, p, b"Parameter", b"Resources")]
            self._found[directory] = {p: given for p in paths if (given := given_by(self.workspace, p))}
        return self._found[directory]


def owners(workspace: Workspace, path: str) -> Iterator[str]:
    """The templates that a parameter file may be for."""
    given = given_by(workspace, path)
    if not given:
        return
    directory = posixpath.dirname(path)
    tree = workspace.tree
    for here in dict.fromkeys((directory, posixpath.dirname(directory), *_below(posixpath.dirname(directory)))):
        for candidate in [p for p in tree.listdir(here) if p.endswith((*SUFFIXES, ".template"))][:_MAX_FILES]:
            if _mentions(tree, candidate, b"AWS::"):
                document = workspace.document(candidate)
                content = document.content if document else None
                roots = content.documents if isinstance(content, KeyTree) else ()
                declared = [Template(candidate, root).section("Parameters") for root in roots if is_template(root)]
                if any(given.keys() <= names.keys() for names in declared):
                    yield candidate


def _near(directory: str) -> Iterator[str]:
    """Where parameter files of a template in `directory` stand."""
    yield directory
    for name in DIRECTORIES:
        yield posixpath.join(directory, name)
    if directory:
        for name in DIRECTORIES:
            yield posixpath.join(posixpath.dirname(directory), name)


def _below(directory: str) -> Iterator[str]:
    for name in ("templates", "template", "cloudformation", "cfn", "stacks"):
        yield posixpath.join(directory, name)


def _mentions(tree: Tree, path: str, wanted: bytes, unwanted: bytes = b"") -> bool:
    size = tree.size(path)
    data = tree.read(path) if size is not None and size <= _MAX_BYTES else None
    return data is not None and wanted in data and not (unwanted and unwanted in data)


# --- values that the template tells apart -------------------------------------------------------------------------------


def alternatives(template: Template) -> dict[str, tuple[str, str | None]]:
    """{variant: (parameter, value)} for what conditions and mappings make a difference of: the values that a parameter is
    compared with, or the keys of a mapping. A parameter that is compared with its default only has its other allowed
    value, or None: any value but the default, as in `HasCertificate: !Not [!Equals [!Ref Certificate, ""]]`."""
    values: dict[str, dict[str, None]] = {}
    for name, value in [*_compared(template), *_keys(template)]:
        values.setdefault(name, {})[value] = None
    found: dict[str, tuple[str, str | None]] = {}
    for name, compared in values.items():
        parameter = template.section("Parameters").get(name)
        if parameter is None:
            continue
        default = parameter.get("Default")
        allowed = [text(element) for element in (parameter.get("AllowedValues") or Value(())).elements]
        others = [v for v in compared if (default is None or v != text(default)) and (not allowed or v in allowed)]
        if not others and len(allowed) == 2:
            others = [v for v in allowed if default is None or v != text(default)]
        found |= {f"{name}={other}": (name, other) for other in others}
        if not others and not allowed:
            found[f"{name} given"] = (name, None)
    return dict([*found.items()][:_MAX_VALUES])


def _compared(template: Template) -> Iterator[tuple[str, str]]:
    """(parameter, value) of every comparison with a literal in a condition."""
    waiting = [*template.section("Conditions").values()][::-1]
    while waiting:
        value = waiting.pop()
        for key, argument in value.items.items():
            if key in ("Fn::Equals", "!Equals") and len(argument.elements) == 2:
                for side, other in (argument.elements, reversed(argument.elements)):
                    name = text(side.get("Ref") or side.get("!Ref"))
                    if name and other.is_scalar:
                        yield name, text(other)
        waiting += [*value.items.values(), *value.elements][::-1]


def _keys(template: Template) -> Iterator[tuple[str, str]]:
    """(parameter, key) for every mapping that a parameter chooses from."""
    mappings = template.section("Mappings")
    if not mappings:
        return
    waiting = [*template.resources.values()][::-1]
    while waiting:
        value = waiting.pop()
        found = value.get("Fn::FindInMap") or value.get("!FindInMap")
        if found is not None and len(found.elements) >= 2:
            name = text(found.elements[1].get("Ref") or found.elements[1].get("!Ref"))
            mapping = mappings.get(text(found.elements[0]))
            if name and mapping is not None:
                yield from ((name, key) for key in mapping.items)
        waiting += [*value.items.values(), *value.elements][::-1]
