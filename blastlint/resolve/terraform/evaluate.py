"""Expression + scope -> Value.

EvaluationError is raised for what Terraform would refuse, and nothing else is; `attribute` is the boundary that turns
it into
an unknown value. An unknown with `data` is known in part (a resource whose configured arguments are known, a JSON document
with one unknown leaf); steps into the known part find it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from blastlint.frozen import dataclass, field, replace
from blastlint.model import Region, Value, unknown
from blastlint.parse.hcl_ast import (
    Attr,
    Binary,
    Call,
    Conditional,
    Expr,
    For,
    Index,
    Invalid,
    Literal,
    Name,
    Object,
    Splat,
    Step,
    Template,
    Traversal,
    Tuple,
    Unary,
    region,
    text_of,
)
from blastlint.resolve.terraform import values
from blastlint.resolve.terraform.bounds import TURN, TooLarge, Work
from blastlint.resolve.terraform.operators import binary, unary
from blastlint.resolve.terraform.values import (
    DEFAULT_WORKSPACE,
    Compared,
    EvaluationError,
    as_bool,
    cannot_know,
    element_of,
    is_workspace,
    render,
)

MAX_ELEMENTS = 20_000  # of one for expression or range


class Environment(Protocol):
    """What references and file functions ask: one module instance."""

    def reference(self, name: str, steps: Sequence[Step]) -> tuple[Value, int]:
        """The value that `name` and the first n steps refer to, and n."""

    @property
    def functions(self) -> Mapping[str, Callable[..., Value]]:
        """Functions that only this environment has."""

    def read_file(self, path: str) -> bytes | None:
        """A file as the configuration would read it (relative to the root directory), or None."""

    def list_files(self, path: str) -> Sequence[str]:
        """Paths of all files below a directory, relative to it."""


class Partial(Mapping[str, Value]):
    """The known part of an object of which more exists than we know: a resource instance, a module call."""


@dataclass(frozen=True, slots=True)
class Scope:
    """`names` are iteration variables, each, count, self, template variables. They win over references. `compared`
    gathers the names by which expressions tell the workspace apart, where somebody wants to know them; `work` is what is
    left to do."""

    environment: Environment | None
    names: Mapping[str, Value] = field(default_factory=dict)
    compared: Compared | None = None
    work: Work | None = None

    def bind(self, names: Mapping[str, Value]) -> Scope:
        return Scope(self.environment, {**self.names, **names}, self.compared, self.work)

    def take(self, amount: int = TURN) -> None:
        """Raises TooLarge where so much is more than is left to do."""
        if self.work is not None:
            self.work.take(amount)

    def compare(self, name: Value, others: Value, *more: str) -> None:
        """Gather the names (a map's keys, a list's elements, a text; and `more`) with which an expression compares the
        workspace, where `name` is made of nothing else."""
        if self.compared is not None and is_workspace(name) and others.known:
            data = others.data if isinstance(others.data, (tuple, Mapping)) else (others,)
            texts = (one if isinstance(one, str) else one.scalar for one in data)
            self.compared.add([text for text in texts if isinstance(text, str)], more)


def attribute(expr: Expr, scope: Scope) -> Value:
    """The value of a whole expression; what cannot be evaluated is unknown."""
    try:
        return _EVALUATORS[type(expr)](expr, scope)
    except (EvaluationError, TooLarge) as error:
        return values.failed(error, " ".join(text_of(expr).split()), region(expr))
    except RecursionError:
        return values.failed(EvaluationError("nested too deeply"), " ".join(text_of(expr).split()), region(expr))


def evaluate(expr: Expr, scope: Scope) -> Value:
    return _EVALUATORS[type(expr)](expr, scope)


def _literal(expr: Literal, scope: Scope) -> Value:
    return Value(expr.value, region=region(expr))


def _invalid(expr: Invalid, scope: Scope) -> Value:
    return unknown(f"not HCL: {expr.reason}", text_of(expr).strip(), region=region(expr))


def _name(expr: Name, scope: Scope) -> Value:
    found = scope.names.get(expr.name)
    if found is None:
        raise EvaluationError(f"unknown name {expr.name!r}")
    return found


def _traversal(expr: Traversal, scope: Scope) -> Value:
    root = expr.root
    steps: Sequence[Step] = expr.steps
    if isinstance(root, Name) and root.name not in scope.names:
        if scope.environment is None:
            raise EvaluationError(f"unknown name {root.name!r}")
        value, used = scope.environment.reference(root.name, steps)
        steps = steps[used:]
    else:
        value = evaluate(root, scope)
    if not steps:
        return value if value.region else replace(value, region=region(expr))
    found = follow(value, steps, scope)
    return found if found.region else replace(found, region=region(expr))


def follow(value: Value, steps: Sequence[Step], scope: Scope) -> Value:
    """Take the steps. Below a partly known object what is missing is unknown, not an error."""
    path = "" if value.known else value.text  # the text of an unknown object that we are inside of
    inside = value
    for position, step in enumerate(steps):
        if isinstance(step, Splat):
            return _splat(value, step, steps[position + 1 :], scope)
        key = Value(step.name) if isinstance(step, Attr) else evaluate(step.key, scope)
        if not value.known:
            path, inside = value.text, value
        scope.compare(key, value)
        try:
            found = index(value, key, attribute=isinstance(step, Attr))
        except EvaluationError:
            if not path:
                raise
            found = cannot_know(path + _step_text(key, step), (inside, key))
        path = path + _step_text(key, step) if path else ""
        value = found
    return value


def _step_text(key: Value, step: Step) -> str:
    return f".{key.data}" if isinstance(step, Attr) else f"[{render(key)}]"


def index(value: Value, key: Value, attribute: bool = False) -> Value:
    """`value[key]` or `value.key`."""
    if not value.known:
        data = value.data
        if isinstance(data, Mapping) and key.is_scalar:
            name = str(values.as_string(key).data)
            if name in data:
                return element_of(value, data[name])
        step = f".{key.data}" if attribute else f"[{render(key)}]"
        return cannot_know((value.text or "unknown") + step, (value, key))
    if not key.known:
        return cannot_know(f"{render(value)}[{render(key)}]", (value, key))
    if key.data is None or value.data is None:
        raise EvaluationError("null has no elements" if value.data is None else "null is no index")
    if isinstance(value.data, Mapping):
        name = str(values.as_string(key).data)
        if name not in value.data:
            raise EvaluationError(f"no element {name!r}")
        return element_of(value, value.data[name])
    if isinstance(value.data, tuple) and not value.unordered and not attribute:
        position = values.as_number(key).data
        if not isinstance(position, int) or not 0 <= position < len(value.data):
            raise EvaluationError(f"no element {render(key)}")
        return element_of(value, value.data[position])
    raise EvaluationError(f"a {values.type_name(value)} has no such element")


def _splat(value: Value, step: Splat, rest: Sequence[Step], scope: Scope) -> Value:
    if not value.known and not isinstance(value.data, Partial):
        text = (value.text or "unknown") + "[*]" + _steps_text(step.each, scope) + _steps_text(rest, scope)
        return cannot_know(text, (value,))
    if value.known and value.data is None:
        elements: tuple[Value, ...] = ()
    elif value.is_list:
        elements = value.elements
    else:
        elements = (value,)
    result = values.sequence(
        [_keep_place(follow(element_of(value, element), step.each, scope), element) for element in elements]
    )
    result = values.tainted(result, (value,)) if value.sensitive else result
    return follow(result, rest, scope) if rest else result


def _keep_place(found: Value, element: Value) -> Value:
    return found if found.region or not element.region else replace(found, region=element.region)


def _steps_text(steps: Sequence[Step], scope: Scope) -> str:
    text = ""
    for step in steps:
        if isinstance(step, Splat):
            text += "[*]" + _steps_text(step.each, scope)
        elif isinstance(step, Attr):
            text += f".{step.name}"
        else:
            text += f"[{render(evaluate(step.key, scope))}]"
    return text


def _call(expr: Call, scope: Scope) -> Value:
    from blastlint.resolve.terraform.functions import call

    found = call(expr, scope)
    return replace(found, region=region(expr)) if found.region is None else found


def _unary(expr: Unary, scope: Scope) -> Value:
    return unary(expr.operator, evaluate(expr.operand, scope), region(expr))


def _binary(expr: Binary, scope: Scope) -> Value:
    spine = [expr]  # chains lean to the left and may be long: no recursion along them
    while isinstance(spine[-1].left, Binary):
        spine.append(spine[-1].left)
    left = evaluate(spine[-1].left, scope)
    for node in reversed(spine):
        operator, right = node.operator, node.right
        place = region(node)
        decided = left.scalar if operator in ("&&", "||") and left.known else None
        if decided is (operator == "||") and decided is not None:
            left = replace(left, region=place)
            continue
        other = evaluate(right, scope)
        if operator in ("==", "!="):
            scope.compare(left, other, DEFAULT_WORKSPACE)
            scope.compare(other, left, DEFAULT_WORKSPACE)
        left = binary(operator, left, other, place)
    return left


def _conditional(expr: Conditional, scope: Scope) -> Value:
    condition = as_bool(evaluate(expr.condition, scope))
    if condition.known:
        if condition.data is None:
            raise EvaluationError("the condition is null")
        chosen = evaluate(expr.yes if condition.data else expr.no, scope)
        return values.tainted(chosen, (condition,))
    yes, no = attribute(expr.yes, scope), attribute(expr.no, scope)
    if yes == no and yes.known:
        return values.tainted(yes, (condition, no))
    return cannot_know(f"{render(condition)} ? {render(yes)} : {render(no)}", (condition, yes, no), region(expr))


def _tuple(expr: Tuple, scope: Scope) -> Value:
    return values.sequence([evaluate(item, scope) for item in expr.items], region(expr))


def _object(expr: Object, scope: Scope) -> Value:
    items: dict[str, Value] = {}
    strange: list[tuple[Value, Value]] = []
    for key_expr, value_expr in expr.items:
        if isinstance(key_expr, Literal) and isinstance(key_expr.value, str):
            items[key_expr.value] = evaluate(value_expr, scope)
            continue
        key = Value(key_expr.name) if isinstance(key_expr, Name) and key_expr.name not in scope.names else None
        if key is None:
            key = values.as_string(evaluate(key_expr, scope))
        if key.known and key.data is None:
            raise EvaluationError("null is no key")
        if key.known:
            items[str(key.data)] = evaluate(value_expr, scope)
        else:
            strange.append((key, evaluate(value_expr, scope)))
    known = values.mapping(items, region(expr))
    if not strange:
        return known
    extra = "".join(f", ({render(key)}) = {render(value)}" for key, value in strange)
    sources = (*(key for key, _ in strange), *(value for _, value in strange), known)
    return cannot_know(render(known)[:-1] + extra + "}", sources, known.region, items)


def _for(expr: For, scope: Scope) -> Value:
    collection = evaluate(expr.collection, scope)
    if not collection.known or (collection.unordered and not values.wholly_known(collection)):
        return _unknown_for(expr, collection, scope)
    pairs = entries(collection)
    results: list[tuple[Value, Value]] = []
    for key, value in pairs:
        scope.take()
        names = {expr.value_name: element_of(collection, value)}
        if expr.key_name:
            names[expr.key_name] = key
        inner = scope.bind(names)
        if expr.condition is not None:
            wanted = as_bool(evaluate(expr.condition, inner))
            if not wanted.known:
                return _unknown_for(expr, collection, scope)
            if wanted.data is None:
                raise EvaluationError("the condition is null")
            if not wanted.data:
                continue
        produced = evaluate(expr.value, inner)
        results.append((values.as_string(evaluate(expr.key, inner)) if expr.key else values.NULL, produced))
        if len(results) > MAX_ELEMENTS:
            return unknown(f"more than {MAX_ELEMENTS} elements", text_of(expr), region=region(expr))
    if expr.key is None:
        made = values.sequence([value for _, value in results], region(expr))
    else:
        if any(not key.known for key, _ in results):
            return _unknown_for(expr, collection, scope)
        made = _grouped(expr, results)
    return values.tainted(made, (collection,)) if collection.sensitive else made


def _grouped(expr: For, results: Sequence[tuple[Value, Value]]) -> Value:
    groups: dict[str, list[Value]] = {}
    for key, value in results:
        if key.data is None:
            raise EvaluationError("null is no key")
        groups.setdefault(str(key.data), []).append(value)
    if expr.group:
        return values.mapping({key: values.sequence(groups[key]) for key in sorted(groups)}, region(expr))
    twice = next((key for key, found in groups.items() if len(found) > 1), None)
    if twice is not None:
        raise EvaluationError(f"two different items produced the key {twice!r}")
    return values.mapping({key: groups[key][0] for key in sorted(groups)}, region(expr))


def _unknown_for(expr: For, collection: Value, scope: Scope) -> Value:
    """The canonical text of a for expression that cannot be run: its body with unknown iteration variables."""
    names = {expr.value_name: unknown("iteration over an unknown", expr.value_name)}
    if expr.key_name:
        names[expr.key_name] = unknown("iteration over an unknown", expr.key_name)
    inner = scope.bind(names)
    bodies = [attribute(e, inner) for e in (expr.key, expr.value, expr.condition) if e is not None]
    body = " | ".join([render(part) for part in bodies])
    head = f"{expr.key_name}, {expr.value_name}" if expr.key_name else expr.value_name
    text = f"{{for {head} in {render(collection)} : {body}{'...' if expr.group else ''}}}"
    return cannot_know(text, (collection, *bodies), region(expr))


def entries(collection: Value) -> list[tuple[Value, Value]]:
    """(key, value) of a known collection, in Terraform's order."""
    data = collection.data
    if isinstance(data, Mapping):
        return [(Value(key), data[key]) for key in sorted(data)]
    if isinstance(data, tuple):
        if collection.unordered:
            return [(element, element) for element in data]
        return [(Value(position), element) for position, element in enumerate(data)]
    raise EvaluationError(f"cannot iterate over a {values.type_name(collection)}")


def _template(expr: Template, scope: Scope) -> Value:
    from blastlint.resolve.terraform.templates import template

    return template(expr, scope)


_EVALUATORS: Mapping[type, Callable[..., Value]] = {
    Literal: _literal,
    Name: _name,
    Traversal: _traversal,
    Call: _call,
    Unary: _unary,
    Binary: _binary,
    Conditional: _conditional,
    Tuple: _tuple,
    Object: _object,
    For: _for,
    Template: _template,
    Invalid: _invalid,
}

__all__ = ["Environment", "Index", "Partial", "Region", "Scope", "attribute", "evaluate", "follow", "index"]
