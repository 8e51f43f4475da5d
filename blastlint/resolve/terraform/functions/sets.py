"""Set functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product

from blastlint.model import Value
from blastlint.resolve.terraform.functions.conversion import unify
from blastlint.resolve.terraform.functions.support import Lenient, Strict, list_of, unknown_call
from blastlint.resolve.terraform.values import EvaluationError, equal, sequence, tainted, wholly_known

MAX_PRODUCT = 20_000


def _in(element: Value, others: tuple[Value, ...]) -> bool:
    return any(equal(element, other) for other in others)


def _operation(name: str, keep: Callable[[tuple[Value, ...], tuple[Value, ...]], list[Value]]) -> Lenient:
    def run(*sets: Value) -> Value:
        if not all(map(wholly_known, sets)):
            return unknown_call(name, sets)
        if not sets:
            raise EvaluationError(f"{name}: sets are required")
        found = list_of(sets[0])
        for other in sets[1:]:
            found = tuple(keep(found, list_of(other)))
        return tainted(sequence(unify(found), unordered=True), sets)

    return run


def _setproduct(*sets: Value) -> Value:
    """A list when all are lists, a set otherwise."""
    if not all(one.known for one in sets):
        return unknown_call("setproduct", sets)
    size = 1
    for one in sets:
        size *= len(list_of(one))
    if len(sets) < 2 or size > MAX_PRODUCT:
        raise EvaluationError("setproduct: at least two sets, and not too many elements")
    rows = [sequence(row) for row in product(*map(list_of, sets))]
    return tainted(sequence(rows, unordered=any(one.unordered for one in sets)), sets)


STRICT: Mapping[str, Strict] = {}
LENIENT: Mapping[str, Lenient] = {
    "setintersection": _operation("setintersection", lambda a, b: [e for e in a if _in(e, b)]),
    "setsubtract": _operation("setsubtract", lambda a, b: [e for e in a if not _in(e, b)]),
    "setunion": _operation("setunion", lambda a, b: [*a, *b]),
    "setproduct": _setproduct,
}
