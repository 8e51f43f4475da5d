"""Programs -> one entity for each function, class, setting (module-level name), test, and the rest of each file.

One resolver for all languages: parse/ has brought them to one form. Details are lazy (`Handle.shape`), since a resolver
does not know which definitions differ between the sides; diff/code.py does. `content` is a digest of the text as it stands,
which is cheap; diff/code.py asks for that of the meaning where the texts differ.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Sequence
from types import MappingProxyType

from blastlint.model import Entity, Region, Scalar, Value, unknown
from blastlint.parse.code import Definition, Handle, Module
from blastlint.parse.languages import FAMILIES
from blastlint.parse.workspace import Workspace

_NOTHING = Value(MappingProxyType({}))
_LITERAL_LIMIT = 2000  # characters: longer literals are compared as text


def entities(workspace: Workspace, changed: Sequence[str]) -> Iterator[Entity]:
    """The entities of the changed files alone: nothing in them depends on another file."""
    for path in changed:
        document = workspace.document(path)
        if document is not None and isinstance(document.content, Module):
            module = document.content
            for definition in module.definitions:
                yield _entity(module, definition, workspace)


def address_of(module: Module, name: str) -> str:
    """`pkg.mod.Class.method` in Python, `path::Class.method` in JavaScript; the file itself without a name."""
    separator = "." if module.language == "python" else "::"
    return f"{module.name}{separator}{name}" if name else module.name


def _entity(module: Module, definition: Definition, workspace: Workspace) -> Entity:
    side, path = workspace.side, module.path
    start, header = definition.span, definition.header
    value = _NOTHING
    if definition.sort == "setting":
        value = Value({"value": _value(definition)})
    return Entity(
        address=address_of(module, definition.name),
        kind=f"{FAMILIES[module.language]}.{definition.sort}",
        type=definition.sort,
        name=definition.last_name or module.name,
        attributes=value,
        region=Region(side, path, *start),
        header=Region(side, path, *header),
        parent=address_of(module, definition.parent) if definition.name else "",
        configuration=module.root,
        content=hashlib.blake2b(definition.text, digest_size=12).hexdigest(),
        detail=Handle(module, definition),
    )


def _value(definition: Definition) -> Value:
    """The literal that a setting has, or unknown with its text."""
    text = definition.text.decode("utf-8", "replace").partition("=")[2].strip().rstrip(";")
    if len(text) <= _LITERAL_LIMIT and text.count("(") + text.count("[") + text.count("{") < 50:
        if definition.language != "python":
            text = {"true": "True", "false": "False", "null": "None", "undefined": "None"}.get(text, text)
        try:
            return _literal(ast.literal_eval(text))
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            pass
    return unknown("expression", " ".join(text.split()))


def _literal(data: object) -> Value:
    if isinstance(data, dict):
        return Value({str(k): _literal(v) for k, v in data.items()})
    if isinstance(data, (list, tuple, set, frozenset)):
        elements = sorted(data, key=repr) if isinstance(data, (set, frozenset)) else data
        return Value(tuple(_literal(e) for e in elements), unordered=isinstance(data, (set, frozenset)))
    if data is None or isinstance(data, (str, int, float, bool)):
        scalar: Scalar = data
        return Value(scalar)
    return unknown("literal", repr(data))
