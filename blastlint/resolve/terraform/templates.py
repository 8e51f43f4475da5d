"""Templates -> strings. A template with unknown parts keeps what is known of it, with `${...}` where it is not."""

from __future__ import annotations

from collections.abc import Sequence

from blastlint.frozen import dataclass
from blastlint.model import Region, Value, unknown
from blastlint.parse.hcl_ast import Literal, Part, Template, TemplateFor, TemplateIf, region
from blastlint.resolve.terraform.evaluate import Scope, entries, evaluate
from blastlint.resolve.terraform.values import (
    EvaluationError,
    any_sensitive,
    as_bool,
    as_string,
    cannot_know,
    element_of,
    refs_of,
    render,
)

MAX_CHARACTERS = 2_000_000


@dataclass(slots=True)
class _Output:
    """The text so far, the values that went into it, and those of them that are unknown."""

    texts: list[str]
    sources: list[Value]
    unknowns: list[Value]
    size: int = 0

    def literal(self, text: str) -> None:
        self.write(text.replace("${", "$${") if "${" in text else text)

    def write(self, text: str) -> None:
        self.size += len(text)
        if self.size > MAX_CHARACTERS:
            raise EvaluationError("template too long")
        self.texts.append(text)


def template(expr: Template, scope: Scope) -> Value:
    parts = expr.parts
    if len(parts) == 1 and not isinstance(parts[0], (TemplateIf, TemplateFor)):
        return evaluate(parts[0], scope)
    output = _Output([], [], [])
    _run(parts, scope, output)
    text = "".join(output.texts)
    if output.unknowns:
        return partial_string(text, (*output.unknowns, *output.sources), region(expr))
    text = text.replace("$${", "${")
    return Value(text, sensitive=any_sensitive(output.sources), refs=refs_of(output.sources), region=region(expr))


def partial_string(text: str, sources: Sequence[Value], place: Region | None = None) -> Value:
    """An unknown string of which `text` is known: `${...}` stands for what is not, `$${` for a literal `${`."""
    return cannot_know(f'"{text}"', sources, place, text)


def placeholder(value: Value) -> str:
    """How an unknown value stands in a partial string."""
    return value.data if isinstance(value.data, str) else f"${{{render(value)}}}"


def _run(parts: Sequence[Part], scope: Scope, output: _Output) -> None:
    for part in parts:
        if isinstance(part, Literal) and isinstance(part.value, str):
            output.literal(part.value)
        elif isinstance(part, TemplateIf):
            _run_if(part, scope, output)
        elif isinstance(part, TemplateFor):
            _run_for(part, scope, output)
        else:
            value = as_string(evaluate(part, scope))
            output.sources.append(value)
            if not value.known:
                output.unknowns.append(value)
                output.write(placeholder(value))
            elif value.data is None:
                raise EvaluationError("null in a template")
            else:
                output.literal(str(value.data))


def _run_if(part: TemplateIf, scope: Scope, output: _Output) -> None:
    condition = as_bool(evaluate(part.condition, scope))
    output.sources.append(condition)
    if condition.known:
        if condition.data is None:
            raise EvaluationError("the condition is null")
        _run(part.yes if condition.data else part.no, scope, output)
        return
    output.unknowns.append(condition)
    output.write(f"%{{if {render(condition)}}}")
    _run(part.yes, scope, output)
    output.write("%{else}")
    _run(part.no, scope, output)
    output.write("%{endif}")


def _run_for(part: TemplateFor, scope: Scope, output: _Output) -> None:
    collection = evaluate(part.collection, scope)
    output.sources.append(collection)
    if collection.known:
        for key, value in entries(collection):
            scope.take()
            names = {part.value_name: element_of(collection, value)}
            if part.key_name:
                names[part.key_name] = key
            _run(part.body, scope.bind(names), output)
        return
    output.unknowns.append(collection)
    names = {n: unknown("iteration over an unknown", n) for n in (part.key_name, part.value_name) if n}
    output.write(f"%{{for {part.value_name} in {render(collection)}}}")
    _run(part.body, scope.bind(names), output)
    output.write("%{endfor}")
