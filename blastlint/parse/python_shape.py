"""The shape of one Python definition, by libcst.

It, python_text and python_assertions alone import libcst, and they are imported for changed definitions only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import cast

import libcst as cst
from tree_sitter import Node

from blastlint.parse import python_assertions as asserted
from blastlint.parse.code import (
    EMPTY,
    Assertion,
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
)  # fmt: skip
from blastlint.parse.python import imported_names
from blastlint.parse.python_text import Source, children, dotted, is_a, is_constant
from blastlint.parse.structure import sound
from blastlint.regex import regex

_LOG = regex(
    r"(^|\.)(_?log|_?logger|logging|LOG|LOGGER|warnings|console|sentry_sdk|capsys)\.|(^|\.)_?(print|log|secho|echo|warn"
    r"|log_exception|capture_exception|print_exc|debug|info|warning|error|exception|critical)$"
)
_EXITS = regex(r"(^|\.)(sys\.exit|exit|_exit|quit|abort|fail|bail|die)$")
_SKIPS = regex(r"(^|\.)(skip|skipTest|skip_test)$")


def shape(module: Module, definition: Definition) -> Shape:
    """Empty where libcst cannot read the text, or must not be given it: it overruns its stack on very deep nesting."""
    if not sound(cast(Node, definition.node)):
        return EMPTY
    source = definition.text.decode("utf-8", "replace")
    indented = source[:1] in (" ", "\t")
    try:
        source = f"if 1:\n{source}\n" if indented else source
        tree = cst.parse_module(source)
        return _Collector(module, tree, Source(tree, source), definition.first_line - 1 - indented).collected(
            definition
        )
    except (cst.ParserSyntaxError, cst.CSTValidationError, RecursionError, ValueError):
        return EMPTY


class _Collector:
    """One walk over the definition, collecting the parts of its shape."""

    def __init__(self, module: Module, tree: cst.Module, source: Source, offset: int) -> None:
        self.module, self.tree, self.source, self.offset = module, tree, source, offset
        self.text = source.text
        self.contexts: list[Held] = []
        self.calls: list[Call] = []
        self.options: list[Option] = []
        self.handlers: list[Handler] = []
        self.assertions: list[Assertion] = []
        self.branches: list[Branch] = []
        self.chained: list[Branch] = []
        self.statements: list[str] = []
        self.loops = False
        self.local: dict[str, str] = {}

    def locate(self, at: object) -> Span:
        first, column, last, last_column = self.source.span(at)
        return first + self.offset, column, last + self.offset, last_column

    def resolved(self, name: str) -> str:
        head, dot, rest = name.partition(".")
        return f"{self.local[head]}{dot}{rest}" if head in self.local else self.module.resolved(name)

    def collected(self, definition: Definition) -> Shape:
        body: Sequence[cst.CSTNode] = self.tree.body
        if len(body) == 1 and isinstance(body[0], cst.If) and definition.text[:1] in (b" ", b"\t"):
            body = body[0].body.body
        outer = next((n for n in body if isinstance(n, (cst.FunctionDef, cst.ClassDef))), None)
        decorators: tuple[Call, ...] = ()
        bases: tuple[str, ...] = ()
        parameters: tuple[Parameter, ...] = ()
        cases = 1
        if definition.sort in ("function", "test", "class") and outer is not None:
            decorators = tuple(self.call(d.decorator) for d in outer.decorators)
            cases, self.loops = _cases(outer.decorators)
            if isinstance(outer, cst.ClassDef):
                bases = tuple(self.resolved(dotted(b.value)) for b in outer.bases)
            else:
                parameters = tuple(self.parameters(outer.params))
            for decorator in outer.decorators:
                self.walk(decorator.decorator, False)
            self.block(outer.body.body)
        else:
            self.block(body)
        return Shape(
            self.locate, decorators, bases, parameters, tuple(self.calls), tuple(self.options), tuple(self.handlers),
            tuple(self.assertions), tuple(self.branches), tuple(self.statements), cases, self.loops, tuple(self.contexts),
            tuple(self.chained),
        )  # fmt: skip

    def parameters(self, parameters: cst.Parameters) -> Iterator[Parameter]:
        for p in (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params):
            default = self.text(p.default) if p.default is not None else ""
            yield Parameter(p.name.value, self.text(p.annotation.annotation) if p.annotation else "", default)
            if p.default is not None:
                self.options.append(Option("def", p.name.value, default, p))
                self.walk(p.default, False)
            if p.annotation is not None:
                self.walk(p.annotation.annotation, False)

    # --- statements -------------------------------------------------------------------------------------------------

    def block(self, body: Iterable[cst.CSTNode], follows: bool = False, looping: bool = False) -> None:
        """`follows` says whether anything runs after the block."""
        statements = list(body)
        for index, node in enumerate(statements):
            self.statement(node, follows or index + 1 < len(statements), looping)

    def statement(self, node: cst.CSTNode, follows: bool, looping: bool) -> None:
        if isinstance(node, cst.SimpleStatementLine):
            for small in node.body:
                self.simple(small, follows, looping)
        elif isinstance(node, cst.If):
            self.branch(node, follows)
            self.walk(node.test, looping)
            self.block(node.body.body, follows, looping)
            self.orelse(node.orelse, follows, looping)
        elif isinstance(node, (cst.Try, cst.TryStar)):
            self.guarded(node)
            self.block(node.body.body, follows, looping)
            for handler in node.handlers:
                self.block(handler.body.body, follows, looping)
            self.orelse(node.orelse, follows, looping)
            if node.finalbody is not None:
                self.block(node.finalbody.body.body, follows, looping)
        elif isinstance(node, cst.With):
            for item in node.items:
                self.context(item, node, looping)
            self.block(node.body.body, follows, looping)
        elif isinstance(node, (cst.For, cst.While)):
            self.walk(node.iter if isinstance(node, cst.For) else node.test, looping)
            self.block(node.body.body, True, True)
            self.orelse(node.orelse, follows, looping)
        elif isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            for decorator in node.decorators:
                self.walk(decorator.decorator, looping)
            self.block(node.body.body, False, looping)
        elif isinstance(node, cst.Match):
            self.walk(node.subject, looping)
            for case in node.cases:
                self.block(case.body.body, follows, looping)
        elif isinstance(node, cst.BaseSmallStatement):
            self.simple(node, follows, looping)

    def orelse(self, node: cst.CSTNode | None, follows: bool, looping: bool) -> None:
        if isinstance(node, cst.If):
            self.statement(node, follows, looping)
        elif isinstance(node, cst.Else):
            self.block(node.body.body, follows, looping)

    def simple(self, node: cst.BaseSmallStatement, follows: bool, looping: bool) -> None:
        if isinstance(node, (cst.Import, cst.ImportFrom)):
            self.local.update(imported_names(self.text(node), self.module.name))
            return
        if isinstance(node, cst.Pass):
            return
        if isinstance(node, cst.Expr) and isinstance(node.value, (cst.SimpleString, cst.ConcatenatedString)):
            return
        self.statements.append(self.text(node))
        if isinstance(node, cst.Assert):
            found = asserted.conditions(node.test, node, self.text)
            self.assertions.extend(found)
            self.branches.append(
                Branch(f"not ({self.text(node.test)})", "raise", (), (), follows, self.text(node), node)
            )
            self.loops |= looping
        elif isinstance(node, (cst.Assign, cst.AnnAssign)) and node.value is not None:
            targets = [t.target for t in node.targets] if isinstance(node, cst.Assign) else [node.target]
            for target in targets:
                self.assigned(target, node.value)
        elif isinstance(node, cst.NamedExpr) and isinstance(node.target, cst.Name):
            self.options.append(Option("", node.target.value, self.text(node.value), node))
        for child in children(node):
            self.walk(child, looping)

    def assigned(self, target: cst.CSTNode, value: cst.BaseExpression) -> None:
        name = dotted(target)
        if isinstance(target, cst.Subscript):
            key = target.slice[0].slice
            if isinstance(key, cst.Index) and isinstance(key.value, cst.SimpleString):
                name = f"{dotted(target.value)}.{key.value.raw_value}"
        self.options.append(Option(name.rpartition(".")[0], name.rpartition(".")[2], self.text(value), target))
        self.entries(name, value)

    def entries(self, owner: str, value: cst.BaseExpression) -> None:
        """The entries of a map that is given to something."""
        if not isinstance(value, cst.Dict):
            return
        for element in value.elements:
            if isinstance(element, cst.DictElement) and isinstance(element.key, cst.SimpleString):
                key = str(element.key.raw_value)
                self.options.append(Option(owner, key, self.text(element.value), element))
                self.entries(f"{owner}.{key}", element.value)

    def context(self, item: cst.WithItem, node: cst.With, looping: bool) -> None:
        call = item.item
        _, calls = self.inside(node.body)
        self.contexts.append(Held(self.text(call), calls, call))
        if isinstance(call, cst.Call):
            name = self.resolved(dotted(call.func))
            found = asserted.raising(call, name.rsplit(".", 1)[-1], self.text)
            if found is not None:
                self.assertions.append(found)
                self.loops |= looping
            if name.rsplit(".", 1)[-1] == "suppress":
                tried, _ = self.inside(node.body)
                caught = tuple(self.resolved(dotted(a.value)) for a in call.args)
                self.handlers.append(Handler(caught or ("BaseException",), "pass", tried, calls, self.text(call), call))
        self.walk(call, looping)

    # --- handlers and branches --------------------------------------------------------------------------------------

    def guarded(self, node: cst.Try | cst.TryStar) -> None:
        tried, calls = self.inside(node.body)
        for handler in node.handlers:
            caught: tuple[str, ...] = ()
            if isinstance(handler.type, cst.Tuple):
                caught = tuple(self.resolved(dotted(e.value)) for e in handler.type.elements)
            elif handler.type is not None:
                caught = (self.resolved(dotted(handler.type)),)
            kind = _handler_body(handler.body, self)
            first = f"except {', '.join(caught)}".rstrip()
            self.handlers.append(Handler(caught, kind, tried, calls, first, handler))

    def inside(self, body: cst.BaseSuite) -> tuple[frozenset[str], tuple[str, ...]]:
        """The simple statements of a block, however deep, and the names of the calls in it."""
        statements = frozenset(self.text(s) for s in _simple(body))
        return statements, tuple(dict.fromkeys(self.resolved(dotted(c.func)) for c in _calls(body)))

    def branch(self, node: cst.If, follows: bool) -> None:
        condition = self.text(node.test)
        self.branches.append(self.branched(condition, node.body, follows, node))
        if isinstance(node.orelse, cst.Else):
            self.branches.append(self.branched(f"not ({condition})", node.orelse.body, follows, node.orelse))
        elif isinstance(node.orelse, cst.If):
            self.chained.append(self.branched(f"not ({condition})", node.orelse, follows, node.orelse))

    def branched(self, condition: str, body: cst.BaseSuite | cst.If, follows: bool, node: cst.CSTNode) -> Branch:
        statements = tuple(self.text(s) for s in _simple(body))
        calls = tuple(dict.fromkeys(self.resolved(dotted(c.func)) for c in _calls(body)))
        last = _last(body) if isinstance(body, cst.BaseSuite) else None
        return Branch(condition, _leaves(last, self), statements, calls, follows, f"if {condition}", node)

    # --- expressions ------------------------------------------------------------------------------------------------

    def call(self, node: cst.BaseExpression) -> Call:
        """A call or, for decorators, a mere name."""
        if not isinstance(node, cst.Call):
            return Call(self.resolved(dotted(node)), (), {}, self.text(node), node)
        options = {a.keyword.value: self.text(a.value) for a in node.args if a.keyword is not None}
        arguments = tuple(a.star + self.text(a.value) for a in node.args if a.keyword is None)
        return Call(self.resolved(dotted(node.func)), arguments, options, self.text(node), node)

    def walk(self, node: cst.CSTNode, looping: bool) -> None:
        """Every call and map below an expression."""
        if type(node) is cst.Call:
            call = self.call(node)
            self.calls.append(call)
            for argument in node.args:
                if argument.keyword is not None:
                    self.options.append(Option(call.name, argument.keyword.value, self.text(argument.value), argument))
                    self.entries(call.name, argument.value)
                elif isinstance(argument.value, cst.Dict):
                    self.entries(call.name, argument.value)
            found = asserted.called(node, call, self.text)
            self.assertions.extend(found)
            self.loops |= looping and bool(found)
        elif isinstance(node, cst.NamedExpr) and isinstance(node.target, cst.Name):
            self.options.append(Option("", node.target.value, self.text(node.value), node))
        for child in children(node):
            self.walk(child, looping)


def _simple(body: cst.CSTNode) -> Iterator[cst.BaseSmallStatement]:
    """Simple statements below a block in order, without `pass` and docstrings."""
    stack = [body]
    while stack:
        node = stack.pop()
        if is_a(node, cst.BaseSmallStatement):
            bare = isinstance(node, cst.Expr) and isinstance(node.value, (cst.SimpleString, cst.Ellipsis))
            if not isinstance(node, cst.Pass) and not bare:
                yield cast("cst.BaseSmallStatement", node)
        else:
            stack.extend(reversed([c for c in children(node) if not is_a(c, cst.BaseExpression)]))


def _calls(body: cst.CSTNode) -> Iterator[cst.Call]:
    stack = [body]
    while stack:
        node = stack.pop()
        if type(node) is cst.Call:
            yield node
        stack.extend(reversed(children(node)))


def _handler_body(body: cst.BaseSuite, collector: _Collector) -> HandlerBody:
    kinds: list[HandlerBody] = []
    for node in _simple(body):
        if isinstance(node, cst.Raise):
            return "reraise"
        if isinstance(node, (cst.Continue, cst.Break)):
            kinds.append("continue")
        elif isinstance(node, cst.Return):
            constant = node.value is None or is_constant(node.value)
            kinds.append("return-default" if constant else "other")
        elif isinstance(node, cst.Assign) and is_constant(node.value):
            kinds.append("return-default")
        elif isinstance(node, cst.Expr) and isinstance(node.value, cst.Call):
            name = collector.resolved(dotted(node.value.func))
            if _EXITS.search(name) or _SKIPS.search(name):
                return "reraise"
            kinds.append("log-only" if _LOG.search(name) else "other")
        elif not isinstance(node, (cst.Import, cst.ImportFrom)):
            kinds.append("other")
    for kind in ("other", "log-only", "return-default", "continue"):
        if kind in kinds:
            return kind
    return "pass"


def _last(body: cst.BaseSuite) -> cst.BaseSmallStatement | None:
    """The last statement of a block itself; none where a compound one stands there."""
    here: cst.CSTNode = body.body[-1] if body.body else body
    if isinstance(here, cst.SimpleStatementLine):
        here = here.body[-1]
    return here if isinstance(here, cst.BaseSmallStatement) else None


def _leaves(node: cst.BaseSmallStatement | None, collector: _Collector) -> str:
    if isinstance(node, cst.Raise):
        return "raise"
    if isinstance(node, cst.Return):
        return "return"
    if isinstance(node, (cst.Continue, cst.Break)):
        return "continue"
    if isinstance(node, cst.Expr) and isinstance(node.value, cst.Call):
        name = collector.resolved(dotted(node.value.func))
        return "exit" if _EXITS.search(name) else "skip" if _SKIPS.search(name) else ""
    return ""


def _cases(decorators: Sequence[cst.Decorator]) -> tuple[int, bool]:
    """(how often the test runs with other data, whether that is open)."""
    cases, open_ended = 1, False
    for decorator in decorators:
        call = decorator.decorator
        if not isinstance(call, cst.Call):
            continue
        last = dotted(call.func).rsplit(".", 1)[-1]
        if last == "parametrize" and len(call.args) > 1:
            values = call.args[1].value
            if isinstance(values, (cst.List, cst.Tuple, cst.Set)):
                cases *= max(1, len(values.elements))
                open_ended |= any(isinstance(e, cst.StarredElement) for e in values.elements)
            else:
                open_ended = True
        elif last in ("given", "expand", "data"):
            open_ended = True
    return cases, open_ended
