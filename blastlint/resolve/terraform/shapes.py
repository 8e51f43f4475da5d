"""What the type of a variable tells of a value that nobody gives here: which parts a caller may leave out, and what they
are then.

Such a part is unknown, and its text has the default: `var.db.protect (default true)`. So an edit of the default is a
difference of all that uses it, for callers who say nothing. A part that may be left out on one side only is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from blastlint.frozen import replace
from blastlint.model import Scalar, Value
from blastlint.parse.hcl_ast import Call, Expr, Literal, Name, Object
from blastlint.regex import regex
from blastlint.resolve.terraform.evaluate import Scope, attribute
from blastlint.resolve.terraform.lazy import Lazy
from blastlint.resolve.terraform.values import render

_DEFAULT = regex(r" \(default (?:\"[^\"()]*\"|[^\"()]*)\)")
_REASON = "a caller may say otherwise"
_MAX_TEXT = 60


class Assumed(Lazy):
    """The data of a part that may be left out: what it is then."""

    def __init__(self, value: Scalar) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Assumed) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)


class Shape(Lazy):
    """The data of an object that nobody gives: its parts of which the type tells something."""

    nullable = True

    def __init__(self, parts: Mapping[str, Expr], whole: Value) -> None:
        self._parts = parts
        self._whole = whole

    def __contains__(self, name: object) -> bool:
        return name in self._parts

    def __getitem__(self, name: str) -> Value:
        return _part(self._parts[name], replace(self._whole, data=None, text=f"{self._whole.text}.{name}"))


class Entries(Lazy):
    """The data of a map of objects that nobody gives."""

    nullable = True

    def __init__(self, element: Expr) -> None:
        self._element = element

    def of(self, entry: Value) -> Value:
        """An entry, with what the type tells of it."""
        return shaped(entry, self._element)


def shaped(value: Value, constraint: Expr | None) -> Value:
    """The value; where it is unknown, with what its type tells of its parts."""
    if value.known or value.data is not None or not isinstance(constraint, Call) or not constraint.args:
        return value
    argument = constraint.args[0]
    if constraint.name == "object" and isinstance(argument, Object):
        parts = {name: kind for name, kind in _members(argument) if _tells(kind)}
        return replace(value, data=Shape(parts, value)) if parts else value
    if constraint.name == "map" and _tells(argument):
        return replace(value, data=Entries(argument))
    return value


def settled_text(text: str) -> str:
    """A text without the defaults in it."""
    return _DEFAULT.sub("", text)


def same_but_optional(a: str, b: str) -> bool:
    """Whether two texts differ in no more than what may be left out on one side only."""
    if "(default " not in a + b or settled_text(a) != settled_text(b):
        return False
    return len(_DEFAULT.findall(a)) != len(_DEFAULT.findall(b))


def said_by_nobody(value: Value | None) -> Value | None:
    """The value where no caller says anything."""
    if value is not None and not value.known and isinstance(value.data, Assumed):
        return Value(value.data.value, refs=value.refs, region=value.region)
    return value


def _part(kind: Expr, whole: Value) -> Value:
    if not isinstance(kind, Call) or kind.name != "optional" or not kind.args:
        return shaped(whole, kind)
    inner = shaped(whole, kind.args[0])
    default = attribute(kind.args[1], Scope(None)) if len(kind.args) > 1 else Value(None)
    if inner.data is not None or not default.known or default.data is None:
        return inner
    text = render(default)
    if len(text) > _MAX_TEXT or "(" in text or ")" in text:
        return inner
    data = Assumed(default.scalar) if default.is_scalar else None
    return replace(whole, data=data, reason=_REASON, text=f"{whole.text} (default {text})")


def _members(types: Object) -> Iterator[tuple[str, Expr]]:
    for key, kind in types.items:
        name = key.value if isinstance(key, Literal) else key.name if isinstance(key, Name) else None
        if isinstance(name, str):
            yield name, kind


def _tells(kind: Expr) -> bool:
    """Whether a type has a default somewhere in it."""
    if not isinstance(kind, Call) or not kind.args:
        return False
    if kind.name == "optional" and len(kind.args) > 1:
        return True
    first = kind.args[0]
    if kind.name == "object" and isinstance(first, Object):
        return any(_tells(member) for _, member in _members(first))
    return kind.name in ("optional", "map") and _tells(first)
