"""One template with one set of inputs: what its values are, and which conditions hold.

Both forms of a function are read, `!Ref x` and `{"Ref": x}`. `refs` of an unknown value has the addresses of the resources
that it hangs on, and `var.Env` for parameters without a value and pseudo parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from blastlint.frozen import dataclass, field, replace
from blastlint.model import Value, unknown
from blastlint.regex import regex
from blastlint.resolve.cloudformation.functions import FUNCTIONS
from blastlint.resolve.cloudformation.template import Template, text
from blastlint.resolve.cloudformation.values import ABSENT, assumed, called

_INTRINSIC = regex(r"^(!(?!!)\w+|Fn::\w+(::\w+)?|Ref|Condition)$")
_DYNAMIC = "{{resolve:"
_MAX_VALUES = 400_000
_OUTPUTS = "Outputs."
_NO_INPUT = "no value is given for it"
_LATER = "known only after deployment"
_TOO_LARGE = "the template expands to too many values"
# What is so everywhere but in China and the clouds of governments, where templates write it out.
_USUAL = {"AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}


@dataclass(slots=True)
class Evaluation:
    """`inputs` are the values of parameters; `others` are those that have some value, but not their default. `outputs` tells
    what a stack of the template, by its logical id, puts out under a name; None where that is not in the tree."""

    template: Template
    inputs: Mapping[str, Value]
    others: frozenset[str] = frozenset()
    outputs: Callable[[str, str], Value | None] | None = None
    _conditions: dict[str, bool | None] = field(default_factory=dict)
    _open: set[str] = field(default_factory=set)
    _values: int = 0

    def value(self, value: Value) -> Value:
        """The effective value, null where it is AWS::NoValue."""
        found = self.read(value)
        return Value(None, region=value.region) if found is ABSENT else found

    def read(self, value: Value) -> Value:
        """The effective value, or ABSENT."""
        self._values += 1
        if self._values > _MAX_VALUES:
            return unknown(_TOO_LARGE, region=value.region)
        if value.is_map:
            items = value.items
            if len(items) == 1 and _INTRINSIC.match(name := next(iter(items))):
                return self._intrinsic(name.removeprefix("!").removeprefix("Fn::"), items[name], value)
            read = [(key, child, self.read(child)) for key, child in items.items()]
            if all(found is child for _, child, found in read):
                return value
            return replace(value, data={key: found for key, _, found in read if found is not ABSENT})
        if value.is_list:
            elements = [(element, self.read(element)) for element in value.elements]
            if all(found is element for element, found in elements):
                return value
            return replace(value, data=tuple(found for _, found in elements if found is not ABSENT))
        if isinstance(value.scalar, str) and _DYNAMIC in value.scalar:
            return unknown("looked up when deployed", f'"{value.scalar}"', region=value.region)
        return value

    def _intrinsic(self, name: str, argument: Value, whole: Value) -> Value:
        function = FUNCTIONS.get(name.partition("::")[0])
        if function is None:
            return called(name, (self.read(argument),), whole, f"{name} is not a function that is known")
        found = function(self, argument, whole)
        in_place = found is ABSENT or whole.region is None or found.region is whole.region
        return found if in_place else replace(found, region=whole.region)

    def named(self, name: str, whole: Value) -> Value:
        """What `Ref`, `GetAtt` and `${...}` give: `Db`, `Db.Arn`, `Env`, `AWS::Region`."""
        if name == "AWS::NoValue":
            return ABSENT
        if name in self.inputs:
            return self.inputs[name]
        if name in _USUAL:
            return assumed(name, Value(_USUAL[name], region=whole.region))
        resource, _, attribute = name.partition(".")
        if attribute.startswith(_OUTPUTS) and self.outputs is not None:
            given = self.outputs(resource, attribute.removeprefix(_OUTPUTS))
            if given is not None and given.known:
                return given
            if given is not None:
                own = f"{self.template.path}:{resource}"
                return unknown(_LATER, name, given.refs | {own}, whole.region)
        if resource not in self.template.section("Parameters") and "::" not in resource:  # also one that is gone
            return unknown(_LATER, name, frozenset({f"{self.template.path}:{resource}"}), whole.region)
        return unknown(_NO_INPUT, name, frozenset({f"var.{name}"}), whole.region)

    def mapping(self, name: str) -> Value | None:
        return self.template.section("Mappings").get(name)

    # --- conditions --------------------------------------------------------------------------------------------------

    def condition(self, name: str) -> bool | None:
        """Whether a named condition holds; None when that cannot be known, as where it hangs on itself."""
        if name in self._conditions:
            return self._conditions[name]
        declared = self.template.section("Conditions").get(name)
        if declared is None or name in self._open:
            return None
        self._open.add(name)
        found = self.holds(declared)
        self._open.discard(name)
        self._conditions[name] = found
        return found

    def holds(self, value: Value) -> bool | None:
        """Whether a condition's expression holds."""
        if not value.is_map or len(value.items) != 1:
            found = self.read(value)
            return {"true": True, "false": False}.get(text(found).lower())
        name, argument = next(iter(value.items.items()))
        function = name.removeprefix("!").removeprefix("Fn::")
        if function == "Condition":
            return self.condition(text(argument))
        if function == "Equals":
            return self._equal(*argument.elements) if len(argument.elements) == 2 else None
        if function not in ("And", "Or", "Not") or not argument.elements:
            return None
        parts = [self.holds(element) for element in argument.elements]
        if function == "Not":
            return None if parts[0] is None else not parts[0]
        decisive = function == "Or"
        return decisive if decisive in parts else None if None in parts else not decisive

    def _equal(self, left: Value, right: Value) -> bool | None:
        one, other = self.read(left), self.read(right)
        if one.is_scalar and other.is_scalar:
            return text(one) == text(other)
        if not one.known and not other.known and one.text and one.text == other.text:
            return True
        for side, against in ((one, other), (other, one)):
            if side.text in self.others and against.is_scalar and text(against) == self._default(side.text):
                return False
        return None

    def _default(self, name: str) -> str | None:
        declared = self.template.section("Parameters").get(name)
        return text(declared.get("Default")) if declared is not None else None
