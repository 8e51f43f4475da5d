"""The checks of who may call something that stand further out than the definition itself: on its class, its router, the
application, in what it includes, in the settings; and those that stand further in, in the methods of a class."""

from __future__ import annotations

import re
from collections.abc import Iterator

from blastlint.enrich.code.auth_elements import (
    FILTERS,
    FUNCTION_TEXT,
    Element,
    elements,
    named,
    of_filter,
    of_shape,
    route,
)
from blastlint.enrich.code.pairs import WORD, Pair, Scope, brought_by_name
from blastlint.facts.calls import pattern
from blastlint.model import Entity
from blastlint.parse.code import Handle, Shape, shape_of
from blastlint.regex import regex

_WIDE_CALLS = ("use", "before_request", "add_middleware", "useGlobalGuards", "include_router")
_GLOBAL = regex(rb"before_request|APP_GUARD")  # what makes a check of a function or class one of the whole application
_OF_ALL = regex(r"\bAPP_GUARD, use(?:Class|Existing): (\w+)")  # of Nest
_MOST_FILES = 5  # in which a name is looked up that nothing in the change set defines
_FILTER_LINE = regex(r"(?m)^\s*(?:" + "|".join(FILTERS) + r")[ (]+([^\n#]+)")


def above(pair: Pair) -> Iterator[Element]:
    """What guards the definition from further out on the after side, and did not on the before side."""
    entity = pair.change.after
    if entity is None or not isinstance(entity.detail, Handle):
        return
    known = {e.name for e in _around(pair.change.before)} - {e.name for e in elements(pair, "before")}
    yield from (e for e in _around(entity) if e.name not in known)
    module, definition = entity.detail.module, entity.detail.definition
    if definition.sort != "module":
        for other in module.definitions:
            if other.sort in ("setting", "module") and re.search(
                rb"Router\(|Blueprint\(|before_request|\.use\(", other.text
            ):
                shape = shape_of(module, other)
                yield from _wide(shape)
    yield from _gained(pair.scope, pair)
    yield from _included(pair, module.name.rpartition(".")[2])
    yield from _typed(pair)
    yield from _mixed_in(pair)


def _around(entity: Entity | None) -> Iterator[Element]:
    """What stands on the classes around a definition."""
    if entity is None or not isinstance(entity.detail, Handle):
        return
    module, definition = entity.detail.module, entity.detail.definition
    parent = module.by_name.get(definition.parent) if definition.parent else None
    while parent is not None:
        yield from (e for e in of_shape(shape_of(module, parent), "class", module.language) if e.strength != "open")
        parent = module.by_name.get(parent.parent) if parent.parent else None


def below(pair: Pair) -> Iterator[Element]:
    """Checks that the functions of a class ask newly, in place of what the class (or its Meta) declared."""
    if pair.change.type != "class":
        return
    entity = pair.change.entity
    tops = (entity.address, entity.parent) if entity.name == "Meta" else (entity.address,)
    for change in pair.scope.changes:
        if change.type == "function" and change.after is not None and change.after.parent in tops:
            other = pair.scope.pair(change)
            known = {e.name for e in elements(other, "before")}
            yield from (e for e in elements(other, "after") if e.name not in known and e.strength != "open")
            asked = (e for name in brought_by_name(other) for e in named(name))
            yield from (e for e in asked if e.strength == "authorization")


def said(pair: Pair) -> Iterator[Element]:
    """Checks of a function that the change set brings and that this one newly calls, or says."""
    called = {call.last for call in pair.after.calls} - {call.last for call in pair.before.calls}
    brought = frozenset(brought_by_name(pair)) | called
    for change in pair.scope.changes:
        if brought and change.action == "added" and change.type == "function" and change.entity.name in brought:
            yield from (e for e in elements(pair.scope.pair(change), "after") if e.strength != "open")


def _wide(shape: Shape) -> Iterator[Element]:
    """Checks that a statement puts on everything below it."""
    for option in shape.options:
        if pattern("auth", "options").search(option.key):
            yield from named(option.value, any_user=True)
        for guard in _OF_ALL.findall(option.value):
            yield from named(guard, listing=True)
    for call in shape.calls:
        if call.last in _WIDE_CALLS and not route(call):
            yield from named(" ".join(a for a in call.arguments if not FUNCTION_TEXT.search(a)), any_user=True)


def _gained(scope: Scope, pair: Pair) -> Iterator[Element]:
    """Checks that this change set puts on a router, an application or the settings."""
    wide = re.compile(pattern("auth", "wide").pattern.encode())
    for change in scope.changes:
        if change is pair.change or change.type not in ("setting", "module", "function", "class"):
            continue
        other = scope.pair(change)
        if change.action in ("added", "modified") and other.mentions(wide):
            known = {e.name for e in _wide(other.before)}
            if change.type in ("setting", "module") or other.mentions(_GLOBAL):
                yield from (e for e in _wide(other.after) if e.name not in known and e.strength != "open")


def _included(pair: Pair, module: str) -> Iterator[Element]:
    """Checks with which a FastAPI application includes this module's router, wherever that is written."""
    decorated = any(pattern("auth", "routes").search(d.name) for d in pair.after.decorators)
    if not decorated or pair.change.kind != "python.function":
        return
    tree = pair.scope.context.after.tree
    for path in tree.search("include_router(", (".py",))[:50]:
        text = (tree.read(path) or b"").decode("utf-8", "replace")
        for match in re.finditer(r"[\w.]*include_router\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)", text):
            if re.search(rf"\b{re.escape(module)}\b|\b{re.escape(module)}_", match.group(0)):
                yield from (e for e in named(match.group(0), any_user=True) if e.strength != "open")


def _typed(pair: Pair) -> Iterator[Element]:
    """Checks that a new type of a parameter injects: `Caller = Annotated[User, Depends(current_user)]`."""
    if not pair.change.kind.startswith("python."):
        return
    known = {p.annotation for p in pair.before.parameters}
    for parameter in pair.after.parameters:
        alias = parameter.annotation
        if alias not in known and WORD.fullmatch(alias):
            written = _written(pair, f"{alias} = ", rf"(?m)^{alias} = ([^\n]*(?:\n[ )\]][^\n]*)*)", ".py")
            yield from (e for text in written for e in named(text, any_user=True) if "Depends(" in text)


def _mixed_in(pair: Pair) -> Iterator[Element]:
    """Filters of a concern that a controller of Rails newly includes."""
    if pair.change.type != "class" or not pair.change.kind.startswith("ruby."):
        return
    known = {a for c in pair.before.calls if c.last == "include" for a in c.arguments}
    for call in pair.after.calls:
        for name in call.arguments if call.last == "include" else ():
            if name not in known:
                last = name.rpartition("::")[2]
                for text in _written(pair, f"module {last}", rf"module [\w:]*{re.escape(last)}\b([\s\S]*)", ".rb"):
                    filters = re.findall(r":(\w+[?!]?)", " ".join(_FILTER_LINE.findall(text)))
                    yield from (e for said in filters for e in of_filter(said, None))


def _written(pair: Pair, screen: str, form: str, suffix: str) -> Iterator[str]:
    """What the first group of a form holds, in the files that have the text of the screen."""
    tree = pair.scope.context.after.tree
    for path in tree.search(screen, (suffix,))[:_MOST_FILES]:
        text = (tree.read(path) or b"").decode("utf-8", "replace")
        yield from (match.group(1) for match in re.finditer(form, text))
