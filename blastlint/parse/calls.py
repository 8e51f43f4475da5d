"""Every call of a file with what it is called on and where that comes from, by the query `grammars/<language>/calls.scm`.
A language without such a file has none.

Captures: `call` (the whole), `method` and `receiver` (what is called, and on what), `arguments`; `bound.name` is what gets
its meaning from `bound.value`, a value or a type.

Beside code.Shape, which has the calls of one definition by the names that they are written with, this follows local names:
`db = client.instance("x").database("y")`, `func(svc *s3.Client)`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import cast

import tree_sitter
from tree_sitter import Node

from blastlint.frozen import dataclass
from blastlint.parse.code import Definition, Module, Span
from blastlint.parse.grammar import Match, matches, syntax
from blastlint.parse.spelling import canonical
from blastlint.parse.structure import Lines
from blastlint.regex import regex

_FOLDER = Path(__file__).with_name("grammars")
_SHARED = {"typescript": "javascript"}  # language -> whose query reads it too
_HASHED = ("python", "ruby")
# Nodes that a dotted name goes through: what is called, what is looked up, what wraps without changing what it is.
_SPINE = regex(
    r"call|new_expression|creation|invocation|attribute|member|selector|scope|field_|await|parenthes|non_null|pointer"
    r"|qualified|^type$|generic|subscript|index_expression|element_reference|reference|try_expression|as_expression"
)
_PLAIN = regex(r"identifier|^constant$|^self$|^this$|^super$|instance_variable|^name$|^variable_name$")
_ARGUMENTS = regex(r"argument|block|closure|string|dimension|type_parameters|operator")
_FIRST = regex(r"subscript|index_expression|element_reference")
_TABLES = frozenset({"object", "dictionary", "hash", "array_creation_expression"})
_DEEPEST = 80  # links of a chain
_FOLLOWED = 6  # names that are what another name is


@dataclass(frozen=True, slots=True)
class Called:
    """One call. `receiver` is what it is called on, as written; `origin` the same, dotted, with imports and local names
    resolved, without a receiver what the method is imported as; `known`: that leads to a name which the file imports, or to
    a type. `values` are the arguments, a local name as what it was last bound to. `options` are the named arguments and
    the entries of tables given. `start` is the byte that it begins at."""

    method: str
    receiver: str
    origin: str
    known: bool
    arguments: tuple[str, ...]
    values: tuple[str, ...]
    options: Mapping[str, str]
    text: str
    span: Span
    start: int

    @property
    def name(self) -> str:
        return f"{self.origin}.{self.method}" if self.receiver else self.origin


def calls_of(module: Module, definition: Definition) -> tuple[Called, ...]:
    """Those of one definition, without those in definitions that are entities of their own, in order."""
    return _of_file(_Held(module)).get(definition.name, ())


def libraries_of(module: Module) -> frozenset[str]:
    """What the file imports, and the types that it calls something on, dotted."""
    types = (c.origin for calls in _of_file(_Held(module)).values() for c in calls if c.known)
    return frozenset((*(i.target for i in module.imports), *types))


class _Held:
    """A module as a cache key: the module itself, not what is in it."""

    def __init__(self, module: Module) -> None:
        self.module = module

    def __hash__(self) -> int:
        return id(self.module)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.module is self.module


@lru_cache(maxsize=16)
def _query(language: str, markup: bool) -> tree_sitter.Query | None:
    path = _FOLDER / _SHARED.get(language, language) / "calls.scm"
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as stream:
        return tree_sitter.Query(syntax(language, markup), stream.read())


@lru_cache(maxsize=8)
def _of_file(held: _Held) -> Mapping[str, tuple[Called, ...]]:
    """Name of a definition -> its calls."""
    module = held.module
    query = _query(module.language, module.path.lower().endswith("x"))
    if query is None or not module.definitions:
        return {}
    found: dict[str, list[Called]] = {}
    for call in _File(module, query).calls():
        around = [place for start, end, place in module.extents if start <= call.start < end]
        name = module.definitions[around[-1] if around else 0].name
        found.setdefault(name, []).append(call)
    return {name: tuple(calls) for name, calls in found.items()}


class _File:
    """The matches of one file."""

    def __init__(self, module: Module, query: tree_sitter.Query) -> None:
        self.module = module
        self.lines = Lines(module.source)
        self.found = matches(query, cast(Node, module.definitions[0].node))
        self.bound: dict[str, list[tuple[int, Node]]] = {}
        for match in self.found:
            if "bound.name" in match and "bound.value" in match:
                name, value = match["bound.name"][0], match["bound.value"][0]
                self.bound.setdefault(self.dotted(name), []).append((name.start_byte, value))

    def text(self, node: Node) -> str:
        source = self.module.source[node.start_byte : node.end_byte].decode("utf-8", "replace")
        return canonical(source, self.module.language in _HASHED)

    def calls(self) -> Iterator[Called]:
        """Each call once: of two matches the one that captured more."""
        best: dict[int, Match] = {}
        for match in self.found:
            if "call" in match and len(match) > len(best.get(match["call"][0].id, ())):
                best[match["call"][0].id] = match
        for match in sorted(best.values(), key=lambda m: (m["call"][0].start_byte, -m["call"][0].end_byte)):
            node, method = match["call"][0], self.text(match["method"][0])
            if "receiver" in match:
                receiver = self.text(match["receiver"][0])
                origin, known = self.origin(match["receiver"][0], node.start_byte)
            else:
                receiver, origin, known = "", self.module.resolved(method), method in self.module.aliases
            given = match["arguments"][0].named_children if "arguments" in match else []
            options = dict(self.options(given))
            plain = [a for a in given if _pair(a) is None and "comment" not in a.type]
            yield Called(
                method, receiver, origin, known, tuple(self.text(a) for a in plain),
                tuple(self.text(self.bound_to(a)) for a in plain), options, self.text(node), self.lines.span(node),
                node.start_byte,
            )  # fmt: skip

    def bound_to(self, node: Node) -> Node:
        """What a local name was last bound to before it stands here; any other expression is itself."""
        places = self.bound.get(self.dotted(node), []) if _PLAIN.search(node.type) else []
        return next((value for start, value in reversed(places) if start < node.start_byte), node)

    def options(self, given: list[Node]) -> Iterator[tuple[str, str]]:
        """(name, value) of the named arguments, and of the entries of tables among the arguments."""
        for node in given:
            for each in node.named_children if node.type in _TABLES else (node,):
                pair = _pair(each)
                if pair is not None:
                    yield self.text(pair[0]).strip("\"'`:"), self.text(pair[1])

    def origin(self, node: Node, before: int) -> tuple[str, bool]:
        """(what an expression comes from, dotted; whether that leads to something imported or to a type). A local name is
        what it was last bound to."""
        name = self.dotted(node)
        name = name if name in self.bound else name.removeprefix("this.")
        for _ in range(_FOLLOWED):
            head = next((p for p in _prefixes(name) if p in self.module.aliases), "")
            if head:
                return f"{self.module.aliases[head]}{name[len(head) :]}", True
            holder = next((p for p in _prefixes(name) if p in self.bound), "")
            places = self.bound.get(holder, [])
            value = self.dotted(next((v for start, v in reversed(places) if start < before), places[0][1])) if places else ""
            if value in ("", "?", holder):
                break
            name = f"{value}{name[len(holder) :]}"
        return name, name[:1].isupper()

    def dotted(self, node: Node, depth: int = 0) -> str:
        """`a.b.c` through calls, subscripts and `await`; "?" for what is no name."""
        if depth > _DEEPEST:
            return "?"
        if _PLAIN.search(node.type) and not node.named_children:
            return self.text(node).lstrip("@$")
        if not (_SPINE.search(node.type) or _PLAIN.search(node.type)):
            return "?"
        below = [c for c in node.named_children if not _ARGUMENTS.search(c.type)]
        if _FIRST.search(node.type):
            below = below[:1]
        return ".".join(part for part in (self.dotted(c, depth + 1) for c in below) if part)


def _pair(node: Node) -> tuple[Node, Node] | None:
    """The name and the value of a named argument or of an entry of a table."""
    name, value = node.child_by_field_name("key") or node.child_by_field_name("name"), node.child_by_field_name("value")
    return (name, value) if name is not None and value is not None else None


def _prefixes(name: str) -> Iterator[str]:
    """`a.b.c`, `a.b`, `a`."""
    while name:
        yield name
        name = name.rpartition(".")[0]
