"""What a test asserts, and its helpers in its place: one that is put between changes nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from blastlint.enrich.code.pairs import Pair, local_functions, words_of
from blastlint.frozen import replace
from blastlint.model import Side
from blastlint.parse.code import Assertion, Definition, Handle, Module, Shape, shape_of

_DEEP = 4  # helpers within helpers that are read


def helps(pair: Pair) -> bool:
    """Whether a line that differs names a function of the file, which may assert."""
    for side in ("before", "after"):
        module = pair.module("before" if side == "before" else "after")
        names = [re.escape(n).encode() for n in local_functions(module) if n] if module is not None else []
        if names and pair.touches(re.compile(rb"\b(" + b"|".join(names) + rb")\b")):
            return True
    return False


def inlined(pair: Pair, side: Side) -> tuple[list[Assertion], Shape]:
    """The test's own assertions, with those of helpers in the same file in place of the calls to them; and its shape, with
    the cases of a table that stands in a helper as its own."""
    shape = pair.before if side == "before" else pair.after
    module = pair.module(side)
    entity = pair.change.before if side == "before" else pair.change.after
    if module is None or entity is None or not isinstance(entity.detail, Handle):
        return list(shape.assertions), shape
    definition = entity.detail.definition
    own = frozenset({definition.name})
    inside = [shape_of(module, d) for d in _helpers(shape, definition, module, own).values()]
    whole = replace(
        shape,
        cases=max((shape.cases, *(s.cases for s in inside))),
        loops=shape.loops or any(s.loops for s in inside),
    )
    return list(_with_helpers(shape, definition, module, own, _DEEP)), whole


def _with_helpers(
    shape: Shape, definition: Definition, module: Module, seen: frozenset[str], deep: int
) -> Iterator[Assertion]:
    """What a definition asserts, and what those that it calls do. `seen` are the names of those that it is called by."""
    helpers = {
        name: list(_with_helpers(shape_of(module, helper), helper, module, seen | {helper.name}, deep - 1))
        for name, helper in (_helpers(shape, definition, module, seen) if deep else {}).items()
    }
    said = Counter(call.last for call in shape.calls)
    for assertion in shape.assertions:
        if assertion.form != "helper" or not helpers.get(assertion.subject):
            within = (o.key for o in shape.options if assertion.text.removeprefix("if ") in o.value and said[o.key])
            yield from [assertion] * max((said[key] for key in within), default=1)  # once for each call of a closure
    for name, assertions in helpers.items():
        yield from assertions * max(said[name], 1)


def _helpers(
    shape: Shape, definition: Definition, module: Module, seen: frozenset[str]
) -> Mapping[str, Definition]:
    """The functions of the same file that a definition calls, by the names that it calls them."""
    functions = local_functions(module)
    text = definition.text.decode("utf-8", "replace")
    called = {n: module.by_name[functions[n]] for n in sorted(_called(shape, text, module)) if n in functions}
    return {n: d for n, d in called.items() if d.sort == "function" and d.name not in seen}


def _called(shape: Shape, text: str, module: Module) -> frozenset[str]:
    """The names of what a test calls. In Ruby, a call without arguments is just a name."""
    called = frozenset(call.last for call in shape.calls)
    return called | frozenset(words_of(text)) if module.language == "ruby" else called
