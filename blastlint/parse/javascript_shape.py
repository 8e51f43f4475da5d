"""The shape of one JavaScript or TypeScript definition, from its syntax nodes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from tree_sitter import Node

from blastlint.parse import javascript_assertions as asserted
from blastlint.parse.code import (
    EMPTY,
    Assertion,
    Branch,
    Call,
    Definition,
    Handler,
    HandlerBody,
    Module,
    Option,
    Parameter,
    Shape,
    Span,
)
from blastlint.parse.javascript_text import Reader
from blastlint.parse.structure import Lines, closure_of, sound
from blastlint.regex import regex

_LOG = regex(
    r"(^|\.)(console|log|logger|Sentry|debug|winston|pino)(\.|$)|(^|\.)(captureException|logError|reportError)$"
)
_PASSED_ON = regex(r"^(next|reject|done|cb|callback|fail)$|(^|\.)(reject|process\.exit|abort|fail)$")
_EXITS = regex(r"(^|\.)(process\.exit|exit|abort)$|^next[./]navigation\W(redirect|permanentRedirect|notFound|forbidden)$")
_SIMPLE = frozenset(
    {"expression_statement", "return_statement", "throw_statement", "lexical_declaration", "variable_declaration",
     "break_statement", "continue_statement"}
)  # fmt: skip
_FUNCTIONS = ("arrow_function", "function_expression", "generator_function")


def shape(module: Module, definition: Definition) -> Shape:
    """Empty where the grammar could not read the text, or it nests too deep."""
    root = cast(Node, definition.node)
    if not sound(root):
        return EMPTY
    lines = Lines(module.source)
    inner = {
        id_ for d in module.definitions if d is not definition for id_ in (cast(Node, d.node).id,) if d.sort != "module"
    }
    collector = _Collector(Reader(module), inner - {root.id})
    collector.walk(root)
    decorators: list[Node] = []
    before = root.prev_named_sibling
    while before is not None and before.type == "decorator" and definition.sort == "function":
        decorators.insert(0, before)
        before = before.prev_named_sibling
    if definition.sort == "class":
        decorators = [c for n in (root, *root.named_children) for c in n.named_children if c.type == "decorator"]
    for decorator in decorators:
        collector.walk(decorator)

    def locate(at: object) -> Span:
        return lines.span(cast(Node, at))

    return Shape(
        locate,
        tuple(collector.reader.call(d.named_children[0]) for d in decorators if d.named_children),
        tuple(module.resolved(b) for b in definition.bases),
        tuple(_parameters(root, collector.reader)),
        tuple(collector.calls),
        tuple(collector.options),
        tuple(collector.handlers),
        tuple(collector.assertions),
        tuple(collector.branches),
        tuple(collector.statements),
        *_cases(root, collector.reader),
        chained=tuple(collector.chained),
    )


class _Collector:
    """One walk over the definition, without the definitions in it that are entities of their own."""

    def __init__(self, reader: Reader, without: set[int]) -> None:
        self.reader, self.without = reader, without
        self.calls: list[Call] = []
        self.options: list[Option] = []
        self.handlers: list[Handler] = []
        self.assertions: list[Assertion] = []
        self.branches: list[Branch] = []
        self.chained: list[Branch] = []
        self.statements: list[str] = []

    def walk(self, root: Node) -> None:
        stack = [root]
        while stack:
            node = stack.pop()
            if node.id in self.without:
                continue
            self.one(node)
            stack.extend(reversed(node.named_children))

    def one(self, node: Node) -> None:
        kind, reader = node.type, self.reader
        if kind in _SIMPLE:
            self.statements.append(reader.statement(node))
        if kind in ("call_expression", "new_expression"):
            call = reader.call(node)
            self.calls.append(call)
            arguments = node.child_by_field_name("arguments")
            for argument in arguments.named_children if arguments is not None else ():
                self.options.extend(reader.entries(argument, call.name))
            self.assertions.extend(asserted.called(node, call, reader))
            caught = self.caught(node, call)
            if caught is not None:
                self.handlers.append(caught)
        elif kind == "try_statement":
            self.tried(node)
        elif kind == "if_statement":
            self.branch(node)
        elif kind in ("assignment_expression", "variable_declarator", "public_field_definition", "field_definition"):
            left = (
                node.child_by_field_name("left")
                or node.child_by_field_name("name")
                or node.child_by_field_name("property")
            )
            value = node.child_by_field_name("right") or node.child_by_field_name("value")
            asked = " ".join(reader.text(c) for c in node.named_children if c.type == "decorator")
            if left is not None and asked:
                self.options.append(Option("", reader.text(left), asked, node))
            if left is not None and value is not None:
                name = reader.dotted(left)
                self.options.append(Option(name.rpartition(".")[0], name.rpartition(".")[2], reader.text(value), node))
                self.options.extend(reader.entries(value, name))

    def tried(self, node: Node) -> None:
        handler, body = node.child_by_field_name("handler"), node.child_by_field_name("body")
        if handler is None or body is None:
            return
        block = handler.child_by_field_name("body")
        if block is not None:
            what = self.body(block)
            self.handlers.append(Handler((), what, self.inside(body), self.called(body), "catch", handler))

    def caught(self, node: Node, call: Call) -> Handler | None:
        """`work().catch(() => {})`."""
        function = node.child_by_field_name("function")
        arguments = node.child_by_field_name("arguments")
        if call.last != "catch" or function is None or arguments is None or len(arguments.named_children) != 1:
            return None
        only, work = arguments.named_children[0], function.child_by_field_name("object")
        if only.type not in _FUNCTIONS or work is None:
            return None
        block = only.child_by_field_name("body")
        if block is None:
            return None
        what = self.body(block) if block.type == "statement_block" else self.expression(block)
        return Handler((), what, frozenset({self.reader.text(work)}), self.called(work), ".catch()", node)

    def body(self, block: Node) -> HandlerBody:
        kinds: set[HandlerBody] = set()
        for statement in block.named_children:
            kind = statement.type
            if kind == "comment":
                continue
            if kind == "throw_statement":
                return "reraise"
            if kind in ("continue_statement", "break_statement"):
                kinds.add("continue")
            elif kind == "return_statement":
                value = statement.named_children[0] if statement.named_children else None
                if value is not None and value.type == "call_expression":
                    return "reraise" if _PASSED_ON.search(self.reader.call(value).name) else "other"
                kinds.add("return-default" if value is None or self.reader.constant(value) else "other")
            elif kind == "expression_statement" and statement.named_children:
                what = self.expression(statement.named_children[0])
                if what == "reraise":
                    return what
                kinds.add(what)
            else:
                if "throw " in self.reader.text(statement):
                    return "reraise"
                kinds.add("other")
        order: tuple[HandlerBody, ...] = ("other", "log-only", "return-default", "continue")
        return next((k for k in order if k in kinds), "pass")

    def expression(self, node: Node) -> HandlerBody:
        if node.type == "await_expression" and node.named_children:
            node = node.named_children[0]
        if node.type == "call_expression":
            name = self.reader.call(node).name
            return "reraise" if _PASSED_ON.search(name) else "log-only" if _LOG.search(name) else "other"
        if node.type == "assignment_expression":
            value = node.child_by_field_name("right")
            return "return-default" if value is not None and self.reader.constant(value) else "other"
        return "return-default" if self.reader.constant(node) else "other"

    def inside(self, block: Node) -> frozenset[str]:
        return frozenset(self.reader.statement(n) for n in _below(block) if n.type in _SIMPLE)

    def called(self, block: Node) -> tuple[str, ...]:
        kinds = ("call_expression", "new_expression")
        return tuple(dict.fromkeys(self.reader.call(n).name for n in _below(block) if n.type in kinds))

    def branch(self, node: Node) -> None:
        condition = node.child_by_field_name("condition")
        asked = self.reader.text(condition)[1:-1].strip() if condition is not None else ""
        consequence, alternative = node.child_by_field_name("consequence"), node.child_by_field_name("alternative")
        if consequence is not None:
            self.branches.append(self.branched(asked, consequence, node))
        if alternative is not None and alternative.named_children:
            other = alternative.named_children[0]
            branches = self.chained if other.type == "if_statement" else self.branches
            branches.append(self.branched(f"!({asked})", other, alternative))

    def branched(self, condition: str, body: Node, at: Node) -> Branch:
        simple = [n for n in _below(body) if n.type in _SIMPLE]
        statements = tuple(self.reader.statement(n) for n in simple)
        leaves = ""
        own = body.named_children if body.type == "statement_block" else [body]
        final = next((n for n in reversed(own) if n.type != "comment"), None)
        last = final if final is not None and final.type in _SIMPLE else None
        if last is not None:
            leaves = {"throw_statement": "raise", "return_statement": "return", "continue_statement": "continue"}.get(
                last.type, ""
            )
            if last.type == "expression_statement" and last.named_children[0].type == "call_expression":
                leaves = "exit" if _EXITS.search(self.reader.call(last.named_children[0]).name) else ""
        called = self.called(body)
        return Branch(condition, leaves, statements, called, True, f"if ({condition})", at, closure_of(at))


def _below(root: Node) -> Iterator[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.named_children))


def _parameters(root: Node, reader: Reader) -> Iterator[Parameter]:
    found = next((n for n in _below(root) if n.type == "formal_parameters"), None)
    for node in found.named_children if found is not None else ():
        name = node.child_by_field_name("pattern") or node.child_by_field_name("left") or node
        default = node.child_by_field_name("value") or node.child_by_field_name("right")
        annotation = node.child_by_field_name("type")
        yield Parameter(
            reader.text(name),
            reader.text(annotation).lstrip(": ") if annotation is not None else "",
            reader.text(default) if default is not None else "",
        )


def _cases(root: Node, reader: Reader) -> tuple[int, bool]:
    """(cases of `it.each([...])`, whether the test asserts in a loop or over data that is elsewhere)."""
    cases, loops = 1, False
    for node in _below(root):
        if node.type == "call_expression" and reader.call(node).name.endswith(".each"):
            function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            if function is not None and function.type == "call_expression":
                continue  # the test itself, given to what `each` made of its data
            data = arguments.named_children[0] if arguments is not None and arguments.named_children else None
            if arguments is not None and arguments.type == "template_string":
                cases *= max(1, sum("${" in line for line in reader.text(arguments).split("\n")))
            elif data is not None and data.type == "array":
                cases *= max(1, len(data.named_children))
            else:
                loops = True
        elif node.type in ("for_statement", "for_in_statement") or (
            node.type == "call_expression" and reader.call(node).last == "forEach"
        ):
            loops = True
    return cases, loops
