"""Rewritings of Python that change nothing: the kinds of tools/rewrites.py, on the tree of the standard library."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def rewritten(source: bytes, kind: str) -> bytes:
    """The source in other words, without comments and layout; as it is where it cannot be read or nothing of that kind can
    be done."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return source
    before = ast.dump(tree)
    KINDS[kind](tree)
    if ast.dump(tree) == before and kind != "layout":
        return source
    return ast.unparse(ast.fix_missing_locations(tree)).encode() + b"\n"


def _functions(tree: ast.AST) -> Iterator[_Function]:
    return (node for node in ast.walk(tree) if isinstance(node, _Function))


def _names(tree: ast.Module) -> None:
    """Other names for the locals of every function."""
    for node in _functions(tree):
        inside = [*ast.walk(node)]
        parameters = {n.arg for n in inside if isinstance(n, ast.arg)}
        stores = {n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        shared = {name for n in inside if isinstance(n, ast.Global | ast.Nonlocal) for name in n.names}
        kept = {n.name for n in inside if isinstance(n, ast.ExceptHandler) and n.name}
        kept |= {s.id for n in inside if isinstance(n, ast.ClassDef) for s in ast.walk(n) if isinstance(s, ast.Name)}
        kept |= {name for name in stores if name.endswith("_now")}
        for name in inside:
            if isinstance(name, ast.Name) and name.id in stores - parameters - shared - kept:
                name.id += "_now"


def _order(tree: ast.Module) -> None:
    places = [i for i, n in enumerate(tree.body) if isinstance(n, _Function) and not n.decorator_list]
    for place, node in zip(places, [tree.body[i] for i in reversed(places)], strict=True):
        tree.body[place] = node


def _hints(tree: ast.Module) -> None:
    """A type for every parameter and answer that has none."""
    for node in _functions(tree):
        for parameter in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
            if parameter.annotation is None and parameter.arg not in ("self", "cls"):
                parameter.annotation = ast.Name("object", ast.Load())
        node.returns = node.returns or ast.Name("object", ast.Load())


def _conditions(tree: ast.Module) -> None:
    """Every `and` and `or` of a branch by its opposite."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.BoolOp):
            other = ast.Or() if isinstance(node.test.op, ast.And) else ast.And()
            node.test = _not(ast.BoolOp(other, [_not(value) for value in node.test.values]))


def _not(value: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), value)


def _branches(tree: ast.Module) -> None:
    """The sides of every branch that has two change places."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and node.orelse and not isinstance(node.orelse[0], ast.If):
            node.test, node.body, node.orelse = _not(node.test), node.orelse, node.body


def _early(tree: ast.Module) -> None:
    """`if done: return`, `rest` -> `if not done: rest`, once in a function."""
    for node in _functions(tree):
        for place, first in enumerate(node.body[:-1]):
            plain = isinstance(first, ast.If) and not first.orelse and len(first.body) == 1
            if isinstance(first, ast.If) and plain and isinstance(first.body[0], ast.Return) and first.body[0].value is None:
                node.body = [*node.body[:place], ast.If(_not(first.test), node.body[place + 1 :], [])]
                break


def _helper(tree: ast.Module) -> None:
    """`def f(a): work` -> `def f(a): return _run_f(a)`, and `_run_f` before it with the work."""
    body: list[ast.stmt] = []
    for node in tree.body:
        given = node.args if isinstance(node, ast.FunctionDef) else None
        if not isinstance(node, ast.FunctionDef) or given is None or given.vararg or given.kwarg or _is_special(node):
            body.append(node)
            continue
        named = [ast.keyword(a.arg, ast.Name(a.arg, ast.Load())) for a in given.kwonlyargs]
        plain: list[ast.expr] = [ast.Name(a.arg, ast.Load()) for a in (*given.posonlyargs, *given.args)]
        inner = ast.FunctionDef(f"_run_{node.name}", given, node.body, [], node.returns)
        body.append(inner)
        node.body = [ast.Return(ast.Call(ast.Name(inner.name, ast.Load()), plain, named))]
        body.append(node)
    tree.body = body


def _is_special(node: ast.FunctionDef) -> bool:
    """Whether its body means something else elsewhere: of a generator, a fixture, what is told about by its decorators."""
    yields = any(isinstance(n, ast.Yield | ast.YieldFrom) for n in ast.walk(node))
    return yields or bool(node.decorator_list) or len(node.body) < 2


KINDS: dict[str, Callable[[ast.Module], None]] = {
    "names": _names, "order": _order, "layout": lambda tree: None, "conditions": _conditions, "branches": _branches,
    "early": _early, "helper": _helper, "hints": _hints,
}  # fmt: skip
