"""What tests assert, by the table `assertions` of words.json. Each row speaks of calls:

- `call`: pattern of the name; `form`; `subject`, `expected`: places among the arguments (absent: the rest of the name)
- `condition`: place of a condition, whose own form counts; `negated`
- `is`: a given expectation; `tolerance`: place of it
- `of`: the subject is the first argument of that call in the chain: `expect(x).to`, `assertThat(x).isEqualTo`
- `matcher`: place of a call whose name is looked up among the rows that say `matches`
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

from tree_sitter import Node

from blastlint.parse.code import Assertion, Call, Form
from blastlint.parse.grammar import Grammar
from blastlint.parse.logic import Condition, Leaf, constant, negation, normal, spelled, tokens_of
from blastlint.parse.program_text import Reader
from blastlint.parse.spelling import split
from blastlint.regex import regex

_CALLED = regex(r"^([\w.:?!]+)\s*(?:[({]\s*(.*?)\s*[)}]|\s(.*))?$", re.DOTALL)
_LITERAL = regex(r"""^(-?\d[\w.]*|"[^"]*"|'[^']*'|`[^`]*`|None|nil|true|false|:\w+|\[\]|\{\})$""")
_HELPER = regex(r"^_?(assert|check|verify|expect|validate|ensure|require)(_|[A-Z])")
_TUPLE = regex(r"^\(.*,.*\)$|^[\[{].*[\]}]$", re.DOTALL)
Row = Mapping[str, object]


class Asserted:
    """The assertions of one language."""

    def __init__(self, syntax: Grammar, reader: Reader) -> None:
        self.syntax, self.reader = syntax, reader

    def found(
        self,
        calls: Sequence[tuple[Node, Call]],
        branches: Iterable[tuple[Node, str, Node]],
        asserts: Iterable[tuple[Node, str]],
    ) -> Iterator[Assertion]:
        """Assertions that are calls, statements, and branches in which the test fails."""
        for node, call in calls:
            yield from self.called(node, call, calls)
        for node, condition in asserts:
            yield from self.conditions(normal(condition, True), condition, node)
        failures = self.syntax.names("failures")
        starts = [(n.start_byte, n.end_byte, call) for n, call in calls]
        for node, condition, body in branches:
            inside = [c for start, end, c in starts if body.start_byte <= start and end <= body.end_byte]
            if any(failures.search(c.name) for c in inside):
                yield from self.conditions(negation(normal(condition, True)), f"if {condition}", node)

    def called(self, node: Node, call: Call, calls: Sequence[tuple[Node, Call]]) -> Iterator[Assertion]:
        for row in self.syntax.assertions:
            if "call" in row and re.search(str(row["call"]), call.name):
                yield from self._by_row(row, node, call, calls)
                return
        if _HELPER.match(call.last) and not any(_continues(n, node) for n, _ in calls):
            yield Assertion("helper", call.last, call.text, False, call.text, "", node)

    def _by_row(self, row: Row, node: Node, call: Call, calls: Sequence[tuple[Node, Call]]) -> Iterator[Assertion]:
        arguments = (*call.arguments, *call.options.values())
        negated = bool(row.get("negated"))
        if "matcher" in row:
            subject = self._chained(str(row["of"]), node, calls)
            yield from self._matched(subject, arguments[0] if arguments else "", negated, call, node)
            return
        if "condition" in row:
            place = cast(int, row["condition"])
            if len(arguments) > place:
                asked = normal(arguments[place], True)
                yield from self.conditions(negation(asked) if negated else asked, call.text, node)
            return
        form = cast(Form, row["form"])
        subject = self._chained(str(row["of"]), node, calls) if "of" in row else _at(arguments, row.get("subject"))
        expected = str(row["is"]) if "is" in row else _at(arguments, row.get("expected"))
        if form == "equal" and "of" not in row and _LITERAL.match(subject) and not _LITERAL.match(expected):
            subject, expected = expected, subject
        if form == "mock":
            expected = f"{call.last}({', '.join(arguments)})"
        yield made(form, subject, expected, negated, call.text, node, _at(arguments, row.get("tolerance")))

    def _chained(self, name: str, node: Node, calls: Sequence[tuple[Node, Call]]) -> str:
        """The first argument of the call in the chain that ends with `node`; its block where it has no argument."""
        for inner, call in calls:
            if inner.start_byte == node.start_byte and inner.end_byte <= node.end_byte and re.search(name, call.name):
                return call.arguments[0] if call.arguments else call.text
        return ""

    def _matched(self, subject: str, matcher: str, negated: bool, call: Call, node: Node) -> Iterator[Assertion]:
        match = _CALLED.match(matcher)
        if match is None:
            yield made("helper", subject, matcher, negated, call.text, node)
            return
        given = split(match.group(2) or match.group(3) or "")
        for row in self.syntax.assertions:
            if "matches" in row and re.search(str(row["matches"]), match.group(1)):
                form = cast(Form, row["form"])
                expected = str(row["is"]) if "is" in row else ", ".join(given)
                if form == "raises":
                    yield Assertion(
                        "raises", "raises", _at(tuple(given), 0), negated, call.text, _at(tuple(given), 1), node
                    )
                    return
                yield made(form, subject, expected, negated != bool(row.get("negated")), call.text, node)
                return
        yield made("helper", subject, matcher, negated, call.text, node)

    def conditions(self, asked: Condition, text: str, at: Node) -> Iterator[Assertion]:
        """What it means that a condition holds: an `and` is several assertions."""
        if constant(asked) is not None:
            yield made("constant", text, "", False, text, at)
        elif isinstance(asked, Leaf):
            yield self._asked(asked, text, at)
        elif asked.word == "and":
            for part in sorted(asked.parts, key=str):
                yield from self.conditions(part, text, at)
        else:
            idle = any(isinstance(part, Leaf) and _is_literal(part) for part in asked.parts)
            yield made("constant" if idle else "truthy", str(asked), "", False, text, at)

    def _asked(self, leaf: Leaf, text: str, at: Node) -> Assertion:
        left, right, negated = leaf.left, leaf.right, leaf.negated
        if leaf.operator == "==":
            if _LITERAL.match(left):
                left, right = right, left
            if _LITERAL.match(left) and left == right:
                return made("constant", text, "", negated, text, at)
            if right == "None" and negated:
                return made("not-none", left, "None", False, text, at)
            return made("equal", left, right, negated, text, at)
        if leaf.operator == "in":
            if _LITERAL.match(left):
                left, right = right, left
            return made("in", left, right, negated, text, at)
        if leaf.operator:
            return made("compare", left, f"{leaf.operator} {right}", negated, text, at)
        if _is_literal(leaf):
            return made("constant", left, "", negated, text, at)
        return made("truthy", left, "", negated, text, at)


def _continues(outer: Node, inner: Node) -> bool:
    """Whether a chain of calls goes on behind the inner one."""
    return outer.start_byte == inner.start_byte and outer.end_byte > inner.end_byte


def _is_literal(leaf: Leaf) -> bool:
    """Whether a question asks nothing: a literal, or a tuple (which is true because it is not empty)."""
    return not leaf.operator and (_LITERAL.match(leaf.left) is not None or _TUPLE.match(leaf.left) is not None)


def made(form: Form, subject: str, expected: str, negated: bool, text: str, at: Node, tolerance: str = "") -> Assertion:
    subject, expected = spelled(tokens_of(subject)), spelled(tokens_of(expected))
    if form == "equal" and subject and subject == expected and _LITERAL.match(subject):
        form = "constant"
    return Assertion(form, subject, expected, negated, text, tolerance, at)


def _at(arguments: tuple[str, ...], place: object) -> str:
    return arguments[place] if isinstance(place, int) and -len(arguments) <= place < len(arguments) else ""
