"""`Fn::ForEach` (of the language extensions) written out: in Resources, Conditions, Outputs, and within a resource."""

from __future__ import annotations

from collections.abc import Mapping

from blastlint.frozen import replace
from blastlint.model import Value
from blastlint.resolve.cloudformation.evaluate import Evaluation
from blastlint.resolve.cloudformation.template import Template, is_loop, text

_MAX_COPIES = 2_000


def unrolled(evaluation: Evaluation) -> Template:
    """The template without loops. A loop over what is not known stands once, its keys with the name of its variable.
    Only a template with a transform can have any."""
    if "Transform" not in evaluation.template.root.items or not _has_loops(evaluation.template.root):
        return evaluation.template
    return Template(evaluation.template.path, _Writer(evaluation).written(evaluation.template.root, {}))


def _has_loops(value: Value) -> bool:
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if any(map(is_loop, here.items)):
            return True
        waiting += [*here.items.values(), *here.elements]
    return False


class _Writer:
    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        self.left = _MAX_COPIES

    def written(self, value: Value, names: Mapping[str, Value]) -> Value:
        """The value with the loops' variables filled in."""
        if value.is_map:
            items = value.items
            if len(items) == 1 and (names and (bound := self._bound(items, names))):
                return replace(bound, region=value.region)
            entries: dict[str, Value] = {}
            for key, child in items.items():
                if is_loop(key):
                    self._loop(entries, child, names)
                else:
                    entries[_filled(key, names)] = self.written(child, names)
            return replace(value, data=entries)
        if value.is_list:
            return replace(value, data=tuple(self.written(element, names) for element in value.elements))
        if names and isinstance(value.scalar, str):
            return replace(value, data=_filled(value.scalar, names))
        return value

    def _bound(self, items: Mapping[str, Value], names: Mapping[str, Value]) -> Value | None:
        name, argument = next(iter(items.items()))
        return names.get(text(argument)) if name in ("Ref", "!Ref") else None

    def _loop(self, entries: dict[str, Value], loop: Value, names: Mapping[str, Value]) -> None:
        if len(loop.elements) != 3:
            return
        variable, collection, body = loop.elements
        elements = self.evaluation.read(self.written(collection, names)).elements
        if not elements or not all(element.is_scalar for element in elements):
            entries.update(self.written(body, names).items)
            return
        for element in elements:
            if self.left <= 0:
                return
            self.left -= max(1, len(body.items))
            entries.update(self.written(body, {**names, text(variable): element}).items)


def _filled(said: str, names: Mapping[str, Value]) -> str:
    for name, value in names.items():
        said = said.replace(f"${{{name}}}", text(value)).replace(f"&{{{name}}}", text(value))
    return said
