"""What the function modules share: the shapes of a function, and the answer "not evaluated here"."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from blastlint.frozen import dataclass
from blastlint.model import Value
from blastlint.resolve.terraform.values import EvaluationError, any_sensitive, cannot_know, refs_of, render

Lenient = Callable[..., Value]


class Unsupported(EvaluationError):
    """The function could tell, but we do not (its message is the unknown value's reason). Never seen by try()."""


@dataclass(frozen=True, slots=True)
class Strict:
    """`parameters` as in the package's docstring; the last `optional` of them may be left out."""

    parameters: str
    run: Callable[..., object]
    optional: int = 0


def unknown_call(name: str, args: Sequence[Value], data: object = None) -> Value:
    """The unknown result of a function, as its canonical text."""
    return cannot_know(f"{name}({', '.join(map(render, args))})", args, data=data)


def scalar(data: str | int | float | bool | None, *sources: Value) -> Value:
    return Value(data, refs=refs_of(sources), sensitive=any_sensitive(sources))


def list_of(value: Value) -> tuple[Value, ...]:
    """The elements of a known list or set; an error for anything else."""
    if not isinstance(value.data, tuple):
        raise EvaluationError("a list is required")
    if value.sensitive:
        from blastlint.resolve.terraform.values import element_of

        return tuple([element_of(value, element) for element in value.data])
    return value.data
