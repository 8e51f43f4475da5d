"""The shape of one definition, by the query `shape.scm` of its language.

Captures, each with its parts: `call` (`call.name`, `call.arguments`), `decorator` (as a call), `parameter` (`.name`,
`.type`, `.default`), `option` (`.key`, `.value`: of a call, a map or a structure), `assign` (`.target`, `.value`), `branch`
(`.condition`, `.body`, `.else`; `branch.unless` where it asks the opposite), `handler` (`.body`, `.types`, `.tries`,
`.variable`), `context` (`.subject`, `.body`), `statement`, `loop`, `case` (one of a table of cases), `assert`
(`.condition`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from math import prod
from typing import cast

from tree_sitter import Node

from blastlint.parse.code import (
    EMPTY,
    Branch,
    Call,
    Definition,
    Handler,
    HandlerBody,
    Held,
    Module,
    Option,
    Parameter,
    Shape,
    Span,
)
from blastlint.parse.grammar import Grammar, Match, grammar, matches
from blastlint.parse.program_assertions import Asserted
from blastlint.parse.program_text import Reader
from blastlint.parse.structure import Lines, closure_of, leading, sound
from blastlint.regex import regex

_KINDS = (
    "decorator", "call", "parameter", "option", "assign", "branch", "handler", "context", "statement", "loop", "case",
    "assert",
)  # fmt: skip
_TYPES = regex(r"[^\W\d][\w.:]*")
_HIDING: tuple[HandlerBody, ...] = ("other", "log-only", "return-default", "continue")


def shape(module: Module, definition: Definition) -> Shape:
    """Empty where the grammar could not read the text, or it nests too deep."""
    root = cast(Node, definition.node)
    if not sound(root):
        return EMPTY
    return _Collector(module, definition, grammar(definition.language)).collected()


@lru_cache(maxsize=32)
def _lines(source: bytes) -> Lines:
    return Lines(source)


class _Collector:
    """The matches of one definition, brought into order: without those in definitions that are entities of their own."""

    def __init__(self, module: Module, definition: Definition, syntax: Grammar) -> None:
        self.module, self.definition, self.syntax = module, definition, syntax
        self.root = cast(Node, definition.node)
        self.reader = Reader(module, syntax)
        self.asserted = Asserted(syntax, self.reader)
        self.found: dict[str, list[tuple[Node, Match]]] = {kind: [] for kind in _KINDS}
        roots = leading(self.root, syntax.kinds("leading")) if definition.name else (self.root,)
        self.holes = holes = self._holes()
        for root in roots:
            for match in matches(syntax.shapes, root):
                kind = next((k for k in _KINDS if k in match), "")
                node = match[kind][0] if kind else root
                if kind and not _within(node.start_byte, holes) and (node.id != self.root.id or kind != "statement"):
                    self.found[kind].append((node, match))
        for nodes in self.found.values():
            nodes.sort(key=lambda pair: (pair[0].start_byte, -pair[0].end_byte))
        self._unique("call", "decorator", "statement", "branch", "handler")
        self.found["decorator"] = [
            pair for pair in self.found["decorator"] if pair[0].start_byte <= self._name_at() or pair[0].parent in roots
        ]
        read = syntax.names("attributes")
        calls = ((n, self.reader.call(n, _one(m, "call.name"), _one(m, "call.arguments"))) for n, m in self.found["call"])
        self.calls = [(n, c) for n, c in calls if c.arguments or c.options or not read.search(c.name)]
        self.call_starts = [n.start_byte for n, _ in self.calls]
        compound = syntax.kinds("compound")
        self.statements = [n for n, _ in self.found["statement"] if n.type not in compound and not _wraps(n, compound)]
        self.statement_starts = [n.start_byte for n in self.statements]

    def _unique(self, *kinds: str) -> None:
        """Of two matches of one node the one that captured more counts, in document order."""
        for kind in kinds:
            best: dict[int, tuple[Node, Match]] = {}
            for node, match in self.found[kind]:
                if node.id not in best or len(match) > len(best[node.id][1]):
                    best[node.id] = (node, match)
            self.found[kind] = list(best.values())

    def _name_at(self) -> int:
        name = self.root.child_by_field_name("name") or self.root.child_by_field_name("body")
        return name.start_byte if name is not None else self.root.start_byte

    def _holes(self) -> list[tuple[int, int]]:
        """Byte ranges of the definitions inside this one, in order."""
        start, end = self.root.start_byte, self.root.end_byte
        extents = self.module.extents
        inside = extents[bisect_left(extents, (start, 0, 0)) : bisect_left(extents, (end, 0, 0))]
        nodes = (cast(Node, self.module.definitions[place].node) for _, last, place in inside if last <= end)
        kinds = self.syntax.kinds("leading")
        return [(leading(n, kinds)[0].start_byte, n.end_byte) for n in nodes if n.id != self.root.id]

    def collected(self) -> Shape:
        found = self.asserted.found(self.calls, self.branch_nodes(), self.asserts()) if self.module.has_tests else ()
        assertions = list(found)
        cases, tabled = self.cases()
        loops = [n for n, _ in self.found["loop"]]
        looped = not tabled and any(_inside(a.at, loops) for a in assertions)
        lines = _lines(self.module.source)

        def locate(at: object) -> Span:
            return lines.span(cast(Node, at))

        return Shape(
            locate,
            tuple(self.decorators()),
            tuple(self.reader.resolved(b) for b in self.definition.bases),
            tuple(self.parameters()),
            tuple(call for _, call in self.calls),
            tuple(self.options()),
            tuple(self.handlers()),
            tuple(assertions),
            tuple(self.branches()),
            tuple(self.statement(n) for n in self.statements),
            cases,
            looped,
            tuple(self.contexts()),
            tuple(self.chained()),
        )

    # --- parts ------------------------------------------------------------------------------------------------------

    def decorators(self) -> Iterator[Call]:
        for node, match in self.found["decorator"]:
            name = _one(match, "decorator.name") or node
            yield self.reader.call(node, name, _one(match, "decorator.arguments"))

    def parameters(self) -> Iterator[Parameter]:
        for _, match in self.found["parameter"]:
            name = self.reader.text(_one(match, "parameter.name"))
            kind = " ".join(self.reader.text(n) for n in match.get("parameter.type", ()))
            yield Parameter(name, kind, self.reader.text(_one(match, "parameter.default")))

    def options(self) -> Iterator[Option]:
        owners = [(n, call.name) for n, call in self.calls]
        for node, match in self.found["parameter"]:
            default = _one(match, "parameter.default")
            if default is not None:
                yield Option("def", self.reader.text(_one(match, "parameter.name")), self.reader.text(default), node)
        assigned: list[tuple[Node, str]] = []
        for _, match in self.found["assign"]:
            target, value = _one(match, "assign.target"), _one(match, "assign.value")
            if target is not None and value is not None:
                name = self.reader.dotted(target)
                owner, _, key = name.rpartition(".")
                assigned.append((value, name))
                yield Option(owner, key, self.reader.text(value), target)
        around = sorted([*assigned, *owners], key=lambda o: (o[0].start_byte, -o[0].end_byte))
        starts = [o[0].start_byte for o in around]
        pairs: list[tuple[Node, str]] = []
        for node, match in self.found["option"]:
            said, value = _one(match, "option.key"), _one(match, "option.value")
            if said is None or value is None:
                continue
            label = self.reader.text(said).strip("\"'`:")
            nearest = bisect_left(starts, node.start_byte + 1)
            holders = (o for o in (*reversed(pairs), *reversed(around[:nearest])) if _holds(o[0], node))
            owner = next(holders, (node, ""))[1]
            pairs.append((value, f"{owner}.{label}"))
            yield Option(owner, label, self.reader.text(value), node)

    def contexts(self) -> Iterator[Held]:
        for node, match in self.found["context"]:
            subject, body = _one(match, "context.subject"), _one(match, "context.body")
            if subject is not None and body is not None:
                yield Held(self.reader.text(subject), self.called(body), node)

    def asserts(self) -> Iterator[tuple[Node, str]]:
        for node, match in self.found["assert"]:
            yield node, self.reader.text(_one(match, "assert.condition"))

    def cases(self) -> tuple[int, bool]:
        """(number of cases that the test is run with, whether they are listed in it)."""
        tables = Counter(n.parent.id for n, _ in self.found["case"] if n.parent is not None)
        if not tables:
            return 1, False
        before_body = self.found["case"][0][0].start_byte < self._name_at()
        return (prod(tables.values()) if before_body else max(tables.values())), True

    # --- handlers and branches --------------------------------------------------------------------------------------

    def handlers(self) -> Iterator[Handler]:
        for node, match in self.found["handler"]:
            body = _one(match, "handler.body")
            types = " ".join(self.reader.text(n) for n in match.get("handler.types", ()))
            named = _TYPES.findall(re.split(r"\sas\s|=>", types)[0])
            named = named or [w for w in (str(self.syntax.words["caught"]),) if w]
            caught = tuple(self.reader.resolved(t.replace("::", ".")) for t in named)
            tried = match.get("handler.tries", [])
            tries = tried[0] if tried else node.prev_named_sibling
            variable = self.reader.text(_one(match, "handler.variable"))
            kind = self.handled(body, variable)
            statements, calls = self.tried(tries, node)
            text = self.reader.text(node).split("{")[0].split(":")[0].strip()[:80] or "handler"
            yield Handler(caught, kind, statements, calls, text, node)

    def tried(self, tries: Node | None, handler: Node) -> tuple[frozenset[str], tuple[str, ...]]:
        """The statements that the handler guards, and the calls in them: those before it, where it stands among them."""
        if tries is None:
            return frozenset(), ()
        limit = handler.start_byte if tries.start_byte < handler.start_byte < tries.end_byte else tries.end_byte
        inside = [n for n in self.inside(tries, limit) if _outer(n, handler)]
        texts = [self.statement(n) for n in inside] or [self.reader.text(tries)]
        return frozenset(texts), self.called(tries, limit)

    def handled(self, body: Node | None, variable: str) -> HandlerBody:
        """What is done with what was caught. Without a body of statements it is an expression that stands in its place."""
        if body is None:
            return "pass"
        kinds: set[HandlerBody] = set()
        statements = list(self.inside(body)) or ([body] if body.type not in self.syntax.kinds("blocks") else [])
        for node in statements:
            kind = self.handling(node, variable)
            if kind == "reraise":
                return kind
            kinds.add(kind)
        return next((k for k in _HIDING if k in kinds), "pass")

    def handling(self, node: Node, variable: str) -> HandlerBody:
        leaves = self.leaves(node)
        text = self.reader.text(node)
        if leaves in ("raise", "exit", "skip") or self.syntax.names("passed_on").search(text):
            return "reraise"
        calls = self.called(node)
        if leaves == "continue":
            return "continue"
        logs = self.syntax.names("logs")
        if leaves == "return":
            if variable and re.search(rf"\b{re.escape(variable)}\b", text):
                return "reraise"
            return "other" if calls or not self.reader.constant_text(text) else "return-default"
        if calls:
            return "log-only" if all(logs.search(c) for c in calls[:1]) else "other"
        value = text.rpartition("=")[2].strip()
        return "return-default" if self.reader.constant_text(value) else "other"

    def branch_nodes(self, chained: bool = False) -> Iterator[tuple[Node, str, Node]]:
        """(node, condition, body) of every branch, the `else` as one with the opposite condition; or of every `else if`, as
        what runs where the question before it is answered with no."""
        for node, match in self.found["branch"]:
            condition, body = _one(match, "branch.condition"), _one(match, "branch.body")
            if condition is None or body is None:
                continue
            asked = self.sourced(self.reader.condition(condition), match)
            if "branch.unless" in match:
                asked = self.negated(asked)
            if not chained:
                yield node, asked, body
            other = _one(match, "branch.else")
            if other is not None and chained == (other.type in self.syntax.kinds("compound") - self.syntax.kinds("blocks")):
                yield other, self.negated(asked), other

    def sourced(self, condition: str, match: Match) -> str:
        """A condition with what it is about in place of a name that was given for it alone: of `if _, ok := seen[key]; ok`
        the condition is `seen[key]`. Errors keep theirs."""
        names, source = _one(match, "branch.name"), _one(match, "branch.source")
        if names is None or source is None:
            return condition
        last = self.reader.text(names).rpartition(",")[2].strip()
        if self.definition.sort == "test" and re.match(rf"{re.escape(last)} [=!]= ", condition):
            return self.reader.text(source) + condition.removeprefix(last)  # a test asserts of what it called
        if condition.lstrip("!") != last or re.search("(?i)err", last):
            return condition
        return condition.removesuffix(last) + self.reader.text(source)

    def negated(self, condition: str) -> str:
        return f"not ({condition})" if self.syntax.words["not"] == "not" else f"!({condition})"

    def branches(self) -> Iterator[Branch]:
        for node, condition, body in self.branch_nodes():
            inside = list(self.inside(body)) or ([body] if body.type not in self.syntax.kinds("blocks") else [])
            statements = tuple(self.statement(n) for n in inside)
            follows = bool(self.statement_starts) and self.statement_starts[-1] >= node.end_byte
            leaves = self.leaves(inside[-1]) if inside and not self.nested(inside[-1], body) else ""
            called, closure = self.called(body), closure_of(node)
            yield Branch(condition, leaves, statements, called, follows, f"if {condition}", node, closure)
        for node, condition in self.asserts():
            follows = bool(self.statement_starts) and self.statement_starts[-1] >= node.end_byte
            yield Branch(self.negated(condition), "raise", (), (), follows, self.reader.text(node), node)

    def chained(self) -> Iterator[Branch]:
        for node, condition, body in self.branch_nodes(chained=True):
            statements = tuple(self.statement(n) for n in self.inside(body))
            yield Branch(condition, "", statements, self.called(body), True, f"if {condition}", node, closure_of(node))

    def nested(self, node: Node, body: Node) -> bool:
        """Whether a branch or a loop stands between a statement and the body of the branch that it is in."""
        between = self.syntax.kinds("compound") - self.syntax.kinds("blocks")
        here = node.parent
        while here is not None and here.id != body.id and here.start_byte >= body.start_byte:
            if here.type in between and here.end_byte <= body.end_byte:
                return True
            here = here.parent
        return False

    def leaves(self, node: Node) -> str:
        """How a statement ends the run of what follows, or empty."""
        here: Node | None = node
        while here is not None:
            if here.type in self.syntax.leaving:
                refuses = here.type.startswith("return") and self.syntax.names("refusals").search(
                    self.reader.text(here)
                )
                return "raise" if refuses else self.syntax.leaving[here.type]
            wraps = here.named_child_count == 1 and here.type in self.syntax.kinds("wrappers")
            here = here.named_children[0] if wraps else None
        index = bisect_left(self.call_starts, node.start_byte)
        if index < len(self.calls) and self.calls[index][0].start_byte == node.start_byte:
            name = self.calls[index][1].name
            for what, table in (("raise", "raises"), ("exit", "exits"), ("skip", "skips")):
                if self.syntax.names(table).search(name):
                    return what
        return ""

    # --- ranges -----------------------------------------------------------------------------------------------------

    def inside(self, node: Node, limit: int | None = None) -> Iterator[Node]:
        """The statements within a node, however deep."""
        end = node.end_byte if limit is None else limit
        for statement in self.statements[bisect_left(self.statement_starts, node.start_byte) :]:
            if statement.start_byte >= end:
                return
            yield statement

    def called(self, node: Node, limit: int | None = None) -> tuple[str, ...]:
        """The names of the calls within a node, outermost first."""
        end = node.end_byte if limit is None else limit
        names: list[str] = []
        for index in range(bisect_left(self.call_starts, node.start_byte), len(self.calls)):
            if self.call_starts[index] >= end:
                break
            names.append(self.calls[index][1].name)
        return tuple(dict.fromkeys(names))

    def statement(self, node: Node) -> str:
        """Its text; without the block of what it calls, whose statements are statements of their own."""
        index = bisect_left(self.statement_starts, node.start_byte + 1)
        ends = [start for start, _ in self.holes if node.start_byte < start < node.end_byte][:1]
        ends += self.statement_starts[index : index + 1]
        return self.reader.slice(node.start_byte, min((*ends, node.end_byte)))


def _one(match: Match, name: str) -> Node | None:
    nodes = match.get(name)
    return nodes[0] if nodes else None


def _within(at: int, holes: Iterable[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in holes)


def _holds(outer: Node, inner: Node) -> bool:
    return outer.start_byte <= inner.start_byte and inner.end_byte <= outer.end_byte and outer.id != inner.id


def _outer(node: Node, handler: Node) -> bool:
    return not (handler.start_byte <= node.start_byte and node.end_byte <= handler.end_byte)


def _wraps(node: Node, compound: frozenset[str]) -> bool:
    """Whether it is a statement only for the sake of the compound one in it."""
    return node.named_child_count == 1 and node.named_children[0].type in compound


def _inside(at: object, loops: list[Node]) -> bool:
    node = cast(Node, at)
    return any(loop.start_byte <= node.start_byte and node.end_byte <= loop.end_byte for loop in loops)
