"""Values of templates: what is absent, what is only assumed, and one text for what is not known.

The canonical text of an unknown value is `Db` and `Db.Arn` for what a resource gives, `"orders-${Env}"` for a text of which
parts are known (whether written as Sub or as Join), and `Select(0, x)` for every other function.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from blastlint.frozen import replace
from blastlint.model import Value, unknown
from blastlint.resolve.cloudformation.template import text

DEFAULT = "the default of a parameter"  # why a value is only assumed; followed by the parameters with their defaults
ABSENT = Value(None, reason="AWS::NoValue")  # by identity: the key or element that has it is not there


def refs_of(value: Value) -> frozenset[str]:
    """Everything that a value hangs on."""
    return frozenset(ref for _, leaf in value.leaves() for ref in leaf.refs)


def assumed(name: str, default: Value) -> Value:
    """The default of a parameter, in whose place another value may be given."""
    return replace(default, reason=f"{DEFAULT}: {name}={text(default)[:100]}")


def assumed_of(value: Value) -> dict[str, str]:
    """The parameters that a value is only assumed for, each with its default."""
    pairs = (part.partition("=") for part in value.reason.removeprefix(f"{DEFAULT}: ").split("; ") if "=" in part)
    return {name: default for name, _, default in pairs} if value.reason.startswith(DEFAULT) else {}


def reasons(values: Iterable[Value]) -> str:
    """Why what is made of these known values is only assumed; empty where it is not."""
    found = dict.fromkeys(part for v in values if v.known for part in v.reason.removeprefix(f"{DEFAULT}: ").split("; "))
    return f"{DEFAULT}: {'; '.join(sorted(filter(None, found)))}" if any(found) else ""


def canonical(value: Value) -> str:
    """One text for a value, known or not, as it stands within the text of another."""
    if not value.known:
        return value.text or "?"
    if value.is_map:
        return "{" + ", ".join(f"{key}: {canonical(child)}" for key, child in sorted(value.items.items())) + "}"
    if value.is_list:
        return "[" + ", ".join(canonical(element) for element in value.elements) + "]"
    return json.dumps(text(value))


def called(name: str, arguments: Sequence[Value], whole: Value, reason: str = "") -> Value:
    """A function whose value is not known."""
    refs = frozenset(ref for argument in arguments for ref in refs_of(argument))
    said = ", ".join(canonical(argument) for argument in arguments)
    return unknown(reason or f"{name} is known only after deployment", f"{name}({said})", refs, whole.region)


def joined(pieces: Sequence[Value], whole: Value) -> Value:
    """The text that known and unknown pieces make; a single unknown piece is itself."""
    pieces = [piece for piece in pieces if not (piece.is_scalar and text(piece) == "")]
    if all(piece.is_scalar for piece in pieces):
        return Value("".join(map(text, pieces)), region=whole.region, block=whole.block, reason=reasons(pieces))
    if len(pieces) == 1:
        return pieces[0]
    refs = frozenset(ref for piece in pieces for ref in refs_of(piece))
    written = "".join(_within_text(piece) for piece in pieces)
    return unknown("known only in part", f'"{written}"', refs, whole.region)


def _within_text(piece: Value) -> str:
    if piece.is_scalar:
        return text(piece).replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${")
    said = canonical(piece)
    is_text = not piece.known and len(said) > 1 and said[0] == said[-1] == '"'
    return said[1:-1] if is_text else f"${{{said}}}"
