"""Terraform's built-in functions, the pure ones.

A *strict* function gets Python data and is called only when all its arguments are wholly known; its parameters are
declared by
letters: s string, n number, b bool, a anything, and `*` before the last one for any number of them. A *lenient*
function gets Values
and says itself what it can tell about unknown ones. A function that is neither, or not known here, gives an unknown value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from types import ModuleType

from blastlint.frozen import replace
from blastlint.model import Value, unknown
from blastlint.parse.hcl_ast import Call, region
from blastlint.resolve.terraform import values
from blastlint.resolve.terraform.details import WORKSPACE
from blastlint.resolve.terraform.evaluate import Scope, evaluate
from blastlint.resolve.terraform.functions import files
from blastlint.resolve.terraform.functions.support import Lenient, Strict, Unsupported
from blastlint.resolve.terraform.values import (
    DEFAULT_WORKSPACE,
    Compared,
    EvaluationError,
    cannot_know,
    plain,
    render,
    tainted,
)

# Imported in this order until one has the function: those that most configurations call stand first.
_MODULES = ("collections", "conversion", "strings", "encoding", "numeric", "sets", "network", "times")
_IMPURE = dict.fromkeys(("timestamp", "plantimestamp", "uuid", "bcrypt"), "differs at every run")
_COMPARING = frozenset({"lookup", "contains"})  # a map or list, and what is looked for in it
_CONVERT: Mapping[str, Callable[[Value], Value]] = {
    "s": values.as_string,
    "n": values.as_number,
    "b": values.as_bool,
}


def call(expr: Call, scope: Scope) -> Value:
    """The value of a function call."""
    name = expr.name.removeprefix("core::")
    special = _SPECIAL.get(name)
    if special:
        return special(expr, scope)
    args = _arguments(expr, scope)
    if scope.names and isinstance(args, tuple):  # what may be in a loop
        scope.take(sum([len(arg.data) for arg in args if isinstance(arg.data, tuple)]))
    if name in _COMPARING and isinstance(args, tuple) and len(args) > 1:
        scope.compare(args[1], args[0], *(DEFAULT_WORKSPACE,) * (name == "contains" or len(args) > 2))
    if name in files.FUNCTIONS:
        if isinstance(args, tuple) and scope.compared is not None and scope.environment is not None:
            scope.compared.names.update(files.workspaces(args, scope.environment))
        return files.call(name, args, scope.environment, scope.work)
    own = scope.environment.functions.get(name) if scope.environment else None
    if own is not None and isinstance(args, tuple):
        return own(*args)
    if isinstance(args, Value):  # an unknown list was expanded
        return cannot_know(f"{name}({render(args)}...)", (args,), region(expr))
    return apply(name, args)


def _arguments(expr: Call, scope: Scope) -> tuple[Value, ...] | Value:
    args = [evaluate(arg, scope) for arg in expr.args]
    if expr.expand:
        last = args.pop()
        if not last.known:
            return last
        if not last.is_list:
            raise EvaluationError("only a list can be expanded")
        args += [values.element_of(last, element) for element in last.elements]
    return tuple(args)


def apply(name: str, args: tuple[Value, ...]) -> Value:
    """A function of Values, by name."""
    try:
        function = _function(name)
        if isinstance(function, Strict):
            return _strict(name, function, args)
        if function is not None:
            return function(*args)
        reason = _IMPURE.get(name, f"function {name} is not evaluated")
    except Unsupported as error:
        reason = str(error)
    except (TypeError, ValueError, OverflowError, LookupError, ArithmeticError, RecursionError, re.error) as error:
        raise EvaluationError(f"{name}: {error}") from error
    return replace(cannot_know(_text(name, args), args), reason=reason)


@cache
def _function(name: str) -> Strict | Lenient | None:
    for module in map(_module, _MODULES):
        found: Strict | Lenient | None = module.LENIENT.get(name) or module.STRICT.get(name)
        if found is not None:
            return found
    return None


def _module(name: str) -> ModuleType:
    return import_module(f"{__name__}.{name}")


def _text(name: str, args: tuple[Value, ...]) -> str:
    return f"{name}({', '.join(map(render, args))})"


def _strict(name: str, function: Strict, args: tuple[Value, ...]) -> Value:
    letters = function.parameters
    if letters[-2:-1] == "*":
        letters = letters[:-2] + letters[-1] * (len(args) - len(letters) + 2)
    required = len(letters) if function.parameters[-2:-1] == "*" else len(letters) - function.optional
    if not required <= len(args) <= len(letters):
        raise EvaluationError(f"{name}: wrong number of arguments")
    converted = tuple(
        [_CONVERT[letter](arg) if letter in _CONVERT else arg for letter, arg in zip(letters, args, strict=False)]
    )
    if not all(map(values.wholly_known, converted)):
        return cannot_know(_text(name, converted), converted)
    if any(letter != "a" and arg.data is None for letter, arg in zip(letters, converted, strict=False)):
        raise EvaluationError(f"{name}: an argument is null")
    result = function.run(*[plain(arg) for arg in converted])
    return tainted(result if isinstance(result, Value) else values.from_plain(result), args)


# --- functions that see expressions rather than values ---------------------------------------------------------------


def _try(expr: Call, scope: Scope) -> Value:
    """The first argument that is no error. Here a map need not have the workspace: any other may be chosen."""
    if scope.compared is None:
        return _first(expr, scope)
    lenient = Compared(scope.compared.names)
    try:
        return _first(expr, replace(scope, compared=lenient))
    finally:
        lenient.names.update((DEFAULT_WORKSPACE,) * bool(lenient.required))


def _first(expr: Call, scope: Scope) -> Value:
    """What try() gives. An unknown argument might be an error when applied: unknown then."""
    failures: list[str] = []
    for position, arg in enumerate(expr.args):
        try:
            found = evaluate(arg, scope)
        except EvaluationError as error:
            failures.append(str(error))
            continue
        if found.known or position == len(expr.args) - 1 or _surely_there(found):
            return found
        if found.reason == files.MISSING:  # an error for Terraform, and try() was put there for just that
            continue
        rest = [values.render(_quietly(other, scope)) for other in expr.args[position + 1 :]]
        return cannot_know(f"try({', '.join([render(found), *rest])})", (found,), region(expr), found.data)
    raise EvaluationError("; ".join(failures) or "try without arguments")


def _surely_there(value: Value) -> bool:
    """An unknown that no later step can turn into an error: known in part, or an attribute of a resource of this tree."""
    return value.data is not None or bool(value.refs - {WORKSPACE})


def _quietly(expr: object, scope: Scope) -> Value:
    try:
        return evaluate(expr, scope)  # type: ignore[arg-type]
    except EvaluationError as error:
        return unknown(str(error), "error")


def _can(expr: Call, scope: Scope) -> Value:
    if len(expr.args) != 1:
        raise EvaluationError("can takes one argument")
    try:
        found = evaluate(expr.args[0], scope)
    except EvaluationError:
        return Value(False)
    if found.known or _surely_there(found):
        return Value(True, refs=found.refs)
    return cannot_know(f"can({render(found)})", (found,), region(expr))


_SPECIAL: Mapping[str, Callable[[Call, Scope], Value]] = {"try": _try, "can": _can}
