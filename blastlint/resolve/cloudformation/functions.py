"""The intrinsic functions. Each gets what it is asked through `read`, the evaluation of one value, and never fails: what it
cannot work out is unknown, with its canonical text."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Protocol

from blastlint.frozen import replace
from blastlint.model import Value, unknown
from blastlint.regex import regex
from blastlint.resolve.cloudformation.template import text
from blastlint.resolve.cloudformation.values import ABSENT, called, joined, reasons, refs_of

_HOLE = regex(r"\$\{(!?)([^${}]*)\}")
_MAX_SUBNETS = 256


class Scope(Protocol):
    """What the functions ask of an evaluation."""

    def read(self, value: Value) -> Value: ...
    def holds(self, value: Value) -> bool | None: ...
    def condition(self, name: str) -> bool | None: ...
    def named(self, name: str, whole: Value) -> Value: ...
    def mapping(self, name: str) -> Value | None: ...


def _ref(scope: Scope, argument: Value, whole: Value) -> Value:
    name = scope.read(argument)
    return scope.named(text(name), whole) if name.is_scalar else called("Ref", (name,), whole)


def _get_att(scope: Scope, argument: Value, whole: Value) -> Value:
    parts = [scope.read(part) for part in argument.elements] or [scope.read(argument)]
    if not all(part.is_scalar for part in parts):
        return called("GetAtt", parts, whole)
    return scope.named(".".join(map(text, parts)), whole)


def _sub(scope: Scope, argument: Value, whole: Value) -> Value:
    template, names = argument, Value({})
    if argument.is_list:
        template = argument.get(0) or Value("")
        names = scope.read(argument.get(1) or Value({}))
    if not isinstance(template.scalar, str):
        return called("Sub", (scope.read(template),), whole)
    pieces: list[Value] = []
    end = 0
    for match in _HOLE.finditer(template.scalar):
        pieces.append(Value(template.scalar[end : match.start()]))
        end = match.end()
        name = match[2].strip()
        found = names.items.get(name)
        if match[1]:
            found = Value(f"${{{match[2]}}}")
        pieces.append(found if found is not None else scope.named(name, whole))
    pieces.append(Value(template.scalar[end:]))
    found = joined([p for p in pieces if p is not ABSENT], whole)
    return replace(found, block=template.block) if template.block is not None else found


def _join(scope: Scope, argument: Value, whole: Value) -> Value:
    if len(argument.elements) != 2:
        return called("Join", (scope.read(argument),), whole)
    delimiter, elements = (scope.read(element) for element in argument.elements)
    if not delimiter.is_scalar or not elements.is_list:
        return called("Join", (delimiter, elements), whole)
    pieces: list[Value] = []
    for index, element in enumerate(elements.elements):
        pieces += [delimiter, element] if index else [element]
    return joined(pieces, whole)


def _select(scope: Scope, argument: Value, whole: Value) -> Value:
    if len(argument.elements) != 2:
        return called("Select", (scope.read(argument),), whole)
    index, elements = (scope.read(element) for element in argument.elements)
    if elements.is_list and text(index).isdigit():
        return elements.get(int(text(index))) or unknown("the list is shorter", f"Select({text(index)})")
    return called("Select", (index, elements), whole)


def _split(scope: Scope, argument: Value, whole: Value) -> Value:
    if len(argument.elements) == 2:
        delimiter, joined_text = (scope.read(element) for element in argument.elements)
        if delimiter.is_scalar and joined_text.is_scalar and text(delimiter):
            pieces = text(joined_text).split(text(delimiter))
            return Value(tuple(replace(joined_text, data=piece) for piece in pieces), region=whole.region)
        return called("Split", (delimiter, joined_text), whole)
    return called("Split", (scope.read(argument),), whole)


def _if(scope: Scope, argument: Value, whole: Value) -> Value:
    if len(argument.elements) != 3:
        return called("If", (scope.read(argument),), whole)
    name, *branches = argument.elements
    holds = scope.condition(text(name))
    if holds is not None:
        return scope.read(branches[0 if holds else 1])
    read = [scope.read(branch) for branch in branches]
    if all(branch is not ABSENT for branch in read) and read[0] == read[1]:
        return read[0]
    return called("If", (name, *read), whole, "its condition is not known")


def _find_in_map(scope: Scope, argument: Value, whole: Value) -> Value:
    name, *keys = [scope.read(element) for element in argument.elements[:3]] or [scope.read(argument)]
    mapping = scope.mapping(text(name))
    if mapping is not None and len(keys) == 2 and all(key.is_scalar for key in keys):
        found = mapping.get(text(keys[0]), text(keys[1]))
        fallback = argument.get(3, "DefaultValue")
        if found is not None:
            return replace(found, reason=reasons(keys))
        if fallback is not None:
            return scope.read(fallback)
    return called("FindInMap", (name, *keys), whole)


def _cidr(scope: Scope, argument: Value, whole: Value) -> Value:
    given = [scope.read(element) for element in argument.elements]
    if len(given) in (2, 3) and all(value.is_scalar for value in given):
        import ipaddress

        try:
            block = ipaddress.ip_network(text(given[0]), strict=False)
            count = min(int(text(given[1])), _MAX_SUBNETS)
            prefix = block.max_prefixlen - (int(text(given[2])) if len(given) == 3 else block.max_prefixlen // 4)
            nets = [net for net, _ in zip(block.subnets(new_prefix=prefix), range(count), strict=False)]
            return Value(tuple(Value(str(net), region=whole.region) for net in nets), region=whole.region)
        except ValueError:
            pass
    return called("Cidr", given or [scope.read(argument)], whole)


def _length(scope: Scope, argument: Value, whole: Value) -> Value:
    found = scope.read(argument)
    return Value(len(found.elements)) if found.is_list else called("Length", (found,), whole)


def _to_json(scope: Scope, argument: Value, whole: Value) -> Value:
    found = scope.read(argument)
    if any(not leaf.known for _, leaf in found.leaves()):
        return called("ToJsonString", (found,), whole)
    return Value(json.dumps(_plain(found), sort_keys=True))


def _plain(value: Value) -> object:
    if value.is_map:
        return {key: _plain(child) for key, child in value.items.items()}
    return [_plain(child) for child in value.elements] if value.is_list else value.scalar


def _base64(scope: Scope, argument: Value, whole: Value) -> Value:
    return scope.read(argument)  # its text is what people change, and what others read


def _truth(scope: Scope, argument: Value, whole: Value) -> Value:
    holds = scope.holds(whole)
    return called("Condition", (scope.read(argument),), whole) if holds is None else Value(holds)


def _unknowable(name: str) -> Function:
    def function(scope: Scope, argument: Value, whole: Value) -> Value:
        found = scope.read(argument)
        return called(name, found.elements if found.is_list else (found,), whole)

    return function


def _transform(scope: Scope, argument: Value, whole: Value) -> Value:
    found = scope.read(argument)
    return unknown("macros are not run", f"Transform({text(found.get('Name'))})", refs_of(found), whole.region)


Function = Callable[[Scope, Value, Value], Value]
FUNCTIONS: Mapping[str, Function] = {
    "Ref": _ref,
    "GetAtt": _get_att,
    "Sub": _sub,
    "Join": _join,
    "Select": _select,
    "Split": _split,
    "If": _if,
    "FindInMap": _find_in_map,
    "Cidr": _cidr,
    "Length": _length,
    "ToJsonString": _to_json,
    "Base64": _base64,
    "Transform": _transform,
    "GetAZs": _unknowable("GetAZs"),
    "ImportValue": _unknowable("ImportValue"),
    **dict.fromkeys(("Equals", "And", "Or", "Not", "Condition"), _truth),
}
