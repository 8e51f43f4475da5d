"""Values that a kustomization copies from one object into others: `replacements`, and the older `vars` with `$(NAME)`.

A copied value is shown where it is written. What cannot be found, in the source or in a target, changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from blastlint.frozen import dataclass, replace
from blastlint.model import Value
from blastlint.regex import regex
from blastlint.resolve.kubernetes.patches import text_at
from blastlint.resolve.kubernetes.transform import Made

_STEP = regex(r"(?:\[[^\]]*\]|\\\.|[^.\[])+")
_SELECTOR = regex(r"^\[(?P<key>[^=\]]+)=(?P<text>[^\]]*)\]$")
_VARIABLE = regex(r"\$\((?P<name>[\w.-]+)\)")
_NAME = "metadata.name"


@dataclass(frozen=True, slots=True)
class _Piece:
    """Which part of a text is meant: that between delimiters with this number; the whole without a delimiter."""

    delimiter: str = ""
    index: int = 0

    def of(self, text: str) -> str | None:
        if not self.delimiter:
            return text
        parts = text.split(self.delimiter)
        return parts[self.index] if -1 < self.index < len(parts) else None

    def put(self, text: str, new: str) -> str:
        if not self.delimiter:
            return new
        parts = text.split(self.delimiter)
        if self.index < 0:
            parts.insert(0, new)
        elif self.index >= len(parts):
            parts.append(new)
        else:
            parts[self.index] = new
        return self.delimiter.join(parts)


def replaced(things: Sequence[Made], entries: Sequence[Value]) -> list[Made]:
    """The objects with every replacement made, in order."""
    made = list(things)
    for entry in entries:
        value = _copied(made, entry)
        targets = entry.get("targets")
        for target in targets.elements if value is not None and targets is not None else ():
            assert value is not None
            made = [_with(thing, target, value) if _is_target(thing, target) else thing for thing in made]
    return made


def substituted(things: Sequence[Made], variables: Sequence[Value]) -> list[Made]:
    """The objects with `$(NAME)` replaced by what the variables of a kustomization refer to; other names stay."""
    known: dict[str, Value] = {}
    for variable in variables:
        source = variable.get("objref")
        path = text_at(variable, "fieldref", "fieldpath") or text_at(variable, "fieldref", "fieldPath") or _NAME
        value = _at(things, source, path) if source is not None else None
        if value is not None and value.is_scalar:
            known[text_at(variable, "name")] = value
    return [replace(thing, value=_filled(thing.value, known)) for thing in things] if known else list(things)


def _filled(value: Value, known: Mapping[str, Value]) -> Value:
    if value.is_map:
        return replace(value, data={key: _filled(child, known) for key, child in value.items.items()})
    if value.is_list:
        return replace(value, data=tuple(_filled(child, known) for child in value.elements))
    text = value.scalar
    if not isinstance(text, str) or "$(" not in text:
        return value
    whole = _VARIABLE.fullmatch(text)
    if whole is not None:
        return known.get(whole["name"], value)
    return replace(value, data=_VARIABLE.sub(lambda m: str(known[m[1]].scalar) if m[1] in known else m[0], text))


# --- from where ---------------------------------------------------------------------------------------------------------


def _copied(things: Sequence[Made], entry: Value) -> Value | None:
    """The value that an entry copies."""
    given = entry.get("sourceValue")
    if given is not None:
        return given
    source = entry.get("source")
    if source is None:
        return None
    value = _at(things, source, text_at(source, "fieldPath") or text_at(source, "fieldpath") or _NAME)
    piece = _piece(source)
    if value is None or not value.is_scalar or not piece.delimiter:
        return value
    part = piece.of(str(value.scalar))
    return None if part is None else replace(value, data=part)


def _at(things: Sequence[Made], source: Value, path: str) -> Value | None:
    thing = next((thing for thing in things if _is(thing, source)), None)
    return next(_found(thing.value, _steps(path)), None) if thing is not None else None


def _is(thing: Made, wanted: Value) -> bool:
    """Whether an object has the kind, name and namespace that are asked for, now or as it was written."""
    now, namespace = (text_at(thing.value, "metadata", key) for key in ("name", "namespace"))
    asked = text_at(wanted, "kind"), text_at(wanted, "name"), text_at(wanted, "namespace")
    there = (thing.kind,), (now, thing.name), (namespace, thing.namespace)
    return any(asked) and all(not want or want in have for want, have in zip(asked, there, strict=True))


def _is_target(thing: Made, target: Value) -> bool:
    select, reject = target.get("select"), target.get("reject")
    refused = any(_is(thing, wanted) for wanted in (reject.elements if reject is not None else ()))
    return select is not None and _is(thing, select) and not refused


# --- to where -----------------------------------------------------------------------------------------------------------


def _with(thing: Made, target: Value, value: Value) -> Made:
    paths = target.get("fieldPaths") or target.get("fieldpaths")
    written = [str(e.scalar) for e in paths.elements] if paths is not None else [_NAME]
    create = text_at(target, "options", "create") == "True"
    for path in written:
        thing = replace(thing, value=_put(thing.value, _steps(path), value, _piece(target), create))
    return thing


def _piece(of: Value) -> _Piece:
    index = of.get("options", "index")
    number = index.scalar if index is not None else 0
    return _Piece(text_at(of, "options", "delimiter"), number if isinstance(number, int) else 0)


def _steps(path: str) -> list[str]:
    """`spec.containers.[name=a.b].image` and `metadata.annotations.a\\.b/c` as steps."""
    return [match[0].replace("\\.", ".") for match in _STEP.finditer(path)]


def _found(value: Value, steps: Sequence[str]) -> Iterator[Value]:
    if not steps:
        yield value
        return
    for _, child in _children(value, steps[0]):
        yield from _found(child, steps[1:])


def _put(value: Value, steps: Sequence[str], new: Value, piece: _Piece, create: bool) -> Value:
    if not steps:
        if not (value.is_scalar and new.is_scalar and piece.delimiter):
            return new
        return replace(new, data=piece.put(str(value.scalar), str(new.scalar)))
    step, rest = steps[0], steps[1:]
    changed = {key: _put(child, rest, new, piece, create) for key, child in _children(value, step)}
    if not changed and create and value.is_map and not step.startswith("["):
        changed = {step: _put(Value({} if rest else "", region=new.region), rest, new, piece, create)}
    if not changed:
        return value
    if value.is_map:
        return replace(value, data={**value.items, **{str(key): child for key, child in changed.items()}})
    return replace(value, data=tuple(changed.get(i, element) for i, element in enumerate(value.elements)))


def _children(value: Value, step: str) -> Iterator[tuple[str | int, Value]]:
    """The children that a step means: a key, an index, `*`, or the elements with a key of that text."""
    if value.is_map:
        if step in value.items:
            yield step, value.items[step]
        elif step == "*":
            yield from value.items.items()
    selector = _SELECTOR.match(step)
    for index, element in enumerate(value.elements):
        if step in ("*", str(index)) or (selector and text_at(element, selector["key"]) == selector["text"]):
            yield index, element
