"""`precondition` facts of schemas: a bound on what comes in that a JSON Schema, an OpenAPI description or the rules of a
protocol buffer's fields stated, and state no more or more widely. One for each file: its gravest loss, the others related.

Both kinds are brought to one form, places with their bounds. A place that is gone bounds nothing and misses nothing; one
that now refers to or is composed of other schemas may be bounded there, and nothing is said of it. What a service answers is
no input (`responses`). A pattern that is another one may be stricter: only its absence counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from blastlint.enrich.breadth.texts import text_of
from blastlint.enrich.context import Context
from blastlint.frozen import dataclass
from blastlint.model import Change, Fact, Region, Related, Value
from blastlint.parse.keytree import KeyTree
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex

Bound = str | int | float | bool

_DEPTH = 40
_SHOWN = 20
_UPPER = frozenset(
    {"maximum", "exclusiveMaximum", "maxItems", "maxLength", "maxProperties", "max_len", "max_bytes", "max_items",
     "max_pairs", "lte", "lt"}
)  # fmt: skip
_LOWER = frozenset(
    {"minimum", "exclusiveMinimum", "minItems", "minLength", "minProperties", "min_len", "min_bytes", "min_items",
     "min_pairs", "gte", "gt"}
)  # fmt: skip
_TWINS = {"maximum": "exclusiveMaximum", "minimum": "exclusiveMinimum", "lte": "lt", "gte": "gt"}
_TWIN = {**_TWINS, **{other: one for one, other in _TWINS.items()}}
_STATED = frozenset({"pattern", "const", "len", "len_bytes", "prefix", "suffix", "contains", "email", "uuid", "hostname"})
# Without these more is let in, but nothing larger or longer.
_LESSER = frozenset({"required", "additionalProperties", "unevaluatedProperties", "uniqueItems", "unique", "defined_only"})
_COMPOSED = frozenset({"$ref", "allOf", "anyOf", "oneOf", "if", "not", "enum", "const", "default", "in", "cel"})
_MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_SINGLE = ("items", "additionalProperties", "contains", "propertyNames", "additionalItems")
_OPENAPI = frozenset({"openapi", "swagger", "asyncapi"})
_ANSWERS = frozenset({"responses", "example", "examples", "default"})


@dataclass(frozen=True, slots=True)
class Place:
    """One value that a schema describes: its bounds by keyword, and what else describes it: keywords that refer to
    other schemas, its type."""

    bounds: Mapping[str, Bound]
    composed: frozenset[str]
    region: Region | None


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The fact of one file that stays."""
    if change.before is None or change.after is None:
        return
    before = dict(_places(change.before.address, context.before))
    after = dict(_places(change.after.address, context.after)) if before else {}
    lost = sorted((loss for name in before if name in after for loss in _lost(name, before[name], after[name])), key=_rank)
    if not lost:
        return
    what, name, was, now = lost[0]
    yield Fact(
        "precondition",
        {
            "what": what,
            "asks": "bound",
            "before": was,
            "after": now,
            "leaves": "raise",
            "used": True,
            "protects": "",
            "call": name,
            "count": len(lost),
            "gone": sum(1 for loss in lost if not loss[3]),
        },
        f"{name} {was}",
        before[name].region,
        after[name].region,
        tuple(Related(f"so is {n}: `{w}`", after[n].region) for _, n, w, _ in lost[1 : _SHOWN + 1]),
        confidence="high",
    )


def _rank(loss: tuple[str, str, str, str]) -> int:
    return 0 if loss[0] == "removed" else 1


def _lost(name: str, before: Place, after: Place) -> Iterator[tuple[str, str, str, str]]:
    """(removed or loosened, place, the bound before, the bound after or "") of each bound that holds less back."""
    composed = after.composed - before.composed
    if composed - {"default"}:
        return
    for keyword, was in before.bounds.items():
        now = after.bounds.get(keyword)
        if keyword == "required" and composed:
            continue  # what has a default need not be told
        slack = 0
        if now is None and (twin := after.bounds.get(_TWIN.get(keyword, ""))) is not None:
            now, slack = twin, 1
        told = f"{keyword}: {_said(was)}"
        if now is None:
            yield ("loosened" if keyword in _LESSER else "removed"), name, told, ""
        elif isinstance(was, int | float) and isinstance(now, int | float):
            further = now - was if keyword in _UPPER else was - now if keyword in _LOWER else 0
            if further > slack:
                yield "loosened", name, told, f"{keyword}: {_said(now)}"


def _said(bound: Bound) -> str:
    return str(bound).lower() if isinstance(bound, bool) else str(bound)


def _places(path: str, side: Workspace) -> Iterator[tuple[str, Place]]:
    """(name, place) of everything that a file bounds."""
    if path.endswith(".proto"):
        text = text_of(side.tree.read(path))
        yield from _of_proto(path, side, text.text) if text is not None else ()
        return
    document = side.document(path)
    roots = document.content.documents if document is not None and isinstance(document.content, KeyTree) else ()
    for root in roots:
        if _OPENAPI & root.items.keys():
            yield from _described(root, "", _only_answered(root))
        elif _is_schema(path, root):
            yield from _schema(root, "the root", "", required=False)


def _is_schema(path: str, root: Value) -> bool:
    named = root.get("$schema")
    if named is not None and "json-schema.org" in str(named.scalar):
        return True
    kind, properties = root.get("type"), root.get("properties")
    if "schema" not in path.lower() or kind is None or properties is None:
        return False
    return kind.scalar == "object" and bool(properties.items)


# --- JSON Schema, OpenAPI ---------------------------------------------------------------------------------------------


def _only_answered(root: Value) -> frozenset[str]:
    """The names of the shared schemas that answers refer to, by way of others too, and nothing that comes in does."""
    shared: dict[str, Value] = {}
    for holder in (root.get("components", "schemas"), root.get("definitions")):
        shared.update(holder.items if holder is not None else {})
    uses = {name: frozenset(used for used, _ in _references(schema)) for name, schema in shared.items()}
    told = list(_references(root, ("schemas", "definitions")))
    sides = []
    for answered in (True, False):
        reached: set[str] = set()
        waiting = [name for name, in_answer in told if in_answer is answered]
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting.extend(uses.get(name, ()))
        sides.append(reached)
    return frozenset(sides[0] - sides[1])


def _references(
    value: Value, without: tuple[str, ...] = (), in_answer: bool = False, depth: int = 0
) -> Iterator[tuple[str, bool]]:
    """(the last name of what is referred to, whether an answer does so)."""
    if depth > _DEPTH:
        return
    for key, child in value.items.items():
        if key == "$ref":
            yield str(child.scalar).rpartition("/")[2], in_answer
        elif key not in without:
            yield from _references(child, without, in_answer or key == "responses", depth + 1)
    for element in value.elements:
        yield from _references(element, without, in_answer, depth + 1)


def _described(value: Value, place: str, without: frozenset[str], depth: int = 0) -> Iterator[tuple[str, Place]]:
    """The schemas within a description of an interface, without those of its answers and the shared ones named."""
    if depth > _DEPTH:
        return
    for key, child in value.items.items():
        way = f"{place}.{key}" if place else key
        if key in _ANSWERS:
            continue
        if key == "schema":
            yield from _schema(child, place, place, required=False)
        elif key in ("schemas", "definitions") and depth <= 1:
            for name, schema in child.items.items():
                if name in without:
                    continue
                yield from _schema(schema, name, name, required=False)
        else:
            yield from _described(child, way, without, depth + 1)
    for number, element in enumerate(value.elements):
        called = element.get("name")
        if called is not None and element.get("in") is not None:  # a parameter; in version 2 with its bounds beside its name
            way = f"{place}.{called.scalar}"
            if element.get("schema") is None:
                yield from _schema(element, way, way, required=False)
        else:
            way = f"{place}[{number}]"
        yield from _described(element, way, without, depth + 1)


def _schema(value: Value, name: str, place: str, *, required: bool, depth: int = 0) -> Iterator[tuple[str, Place]]:
    """A schema and those within it. `required` tells whether what is around it wants it."""
    if depth > _DEPTH or not value.is_map:
        return
    bounds: dict[str, Bound] = {"required": True} if required else {}
    for key, child in value.items.items():
        bound = child.scalar
        if key in ("additionalProperties", "unevaluatedProperties"):
            if bound is False:
                bounds[key] = False
        elif key in ("uniqueItems", "required"):
            if bound is True:
                bounds[key] = True
        elif key in _UPPER | _LOWER:
            if isinstance(bound, int | float) and not isinstance(bound, bool):
                bounds[key] = bound
        elif key in _STATED and isinstance(bound, str | int | float):
            bounds[key] = bound
    kind = value.get("type")
    otherwise = {f"type {kind.scalar or 'several'}"} if kind is not None else set()  # a list is not bounded as its text was
    yield name, Place(bounds, frozenset(_COMPOSED & value.items.keys() | otherwise), value.region)
    wanted = value.get("required")
    names = {str(e.scalar) for e in wanted.elements} if wanted is not None else frozenset[str]()
    for key in _MAPS:
        children = value.get(key)
        for child_name, child in (children.items if children is not None else {}).items():
            way = ".".join(part for part in (place, "" if key == "properties" else key, child_name) if part)
            yield from _schema(child, way, way, required=key == "properties" and child_name in names, depth=depth + 1)
    for key in _SINGLE:
        single = value.get(key)
        if single is not None:
            way = f"{place}.{key}" if place else key
            yield from _schema(single, way, way, required=False, depth=depth + 1)


# --- protocol buffers -------------------------------------------------------------------------------------------------

_STRING = r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'"
_COMMENT = regex(rf"{_STRING}|//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_TOKEN = regex(_STRING + r"|[{}\[\];]|\n|[^\"'{}\[\];\n]+")
_OPENS = regex(r"\b(?:message|oneof)\s+(\w+)\s*$")
_FIELD = regex(r"^\s*(?:(?:repeated|optional|required)\s+)?(?:map<[^>]+>|[\w.]+)\s+(\w+)\s*=\s*\d+\s*$")
_RULES = ("validate.rules", "buf.validate.field")
_RULE = regex(r"(?P<name>\w+)\s*[:=]\s*(?P<value>-?\d+(?:\.\d+)?\b|true\b|\"(?:[^\"\\\n]|\\.)*\")")


def _of_proto(path: str, side: Workspace, text: str) -> Iterator[tuple[str, Place]]:
    """The rules of fields. Read by statements: a field ends with its semicolon, wherever its options stand."""
    stack: list[str] = []
    head, options, depth, line, start = "", "", 0, 1, 1
    for token in _TOKEN.findall(_COMMENT.sub(_without_comment, text)):
        if token == "\n":
            line += 1
        if depth:
            depth += (token in "[{") - (token in "]}")
            options += token if depth else ""
        elif token == "[":
            depth, options, start = 1, "", line
        elif token == "{":
            opened = _OPENS.search(head)
            stack.append(opened[1] if opened else "")
            head = ""
        elif token in ";}":
            field = _FIELD.match(head.replace("\n", " "))
            if token == ";" and field:
                place = ".".join(part for part in (*stack, field[1]) if part)
                yield place, _place(options, Region(side.side, path, start if options else line))
            if token == "}" and stack:
                stack.pop()
            head, options = "", ""
        else:
            head += token


def _without_comment(found: re.Match[str]) -> str:
    """A comment leaves its line breaks; a string stays."""
    return found[0] if found[0][0] in "\"'" else "\n" * found[0].count("\n")


def _place(options: str, region: Region) -> Place:
    bounds: dict[str, Bound] = {}
    if any(rules in options for rules in _RULES):
        for rule in _RULE.finditer(options):
            name, value = rule["name"], rule["value"]
            if name in _UPPER | _LOWER and value[0] not in '"t':
                bounds[name] = float(value) if "." in value else int(value)
            elif name in _STATED or (name in _LESSER and value == "true"):
                bounds[name] = value
    return Place(bounds, frozenset(word for word in _COMPOSED if f"{word}:" in options or f".{word}" in options), region)
