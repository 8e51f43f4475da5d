"""count and for_each: which instances a resource or module call has."""

from __future__ import annotations

from collections.abc import Mapping

from blastlint.frozen import dataclass
from blastlint.model import Value, unknown
from blastlint.parse.hcl_ast import Block
from blastlint.resolve.terraform.details import Repetition
from blastlint.resolve.terraform.evaluate import Scope, attribute
from blastlint.resolve.terraform.shapes import Entries
from blastlint.resolve.terraform.values import NO_REFS, EvaluationError, as_number, as_string, first_reason, render

MAX_INSTANCES = 1_000
Key = str | int | None


@dataclass(frozen=True, slots=True)
class Instances:
    """`keys` are the instances that are known, with the names (each, count) that each sees. `rest` is why there may be more,
    and `expression` the canonical text of what says how many."""

    kind: Repetition
    keys: Mapping[Key, Mapping[str, Value]]
    rest: str = ""
    expression: str = ""
    refs: frozenset[str] = NO_REFS
    entries: Entries | None = None  # what the type tells of each, where nobody can count them

    def names(self, key: Key) -> Mapping[str, Value]:
        """The names that the instance of a key sees, also of one that cannot be counted."""
        if key in self.keys:
            return self.keys[key]
        if self.kind == "count":
            index = Value(key) if isinstance(key, int) else unknown(self.rest, "count.index")
            return {"count": Value({"index": index})}
        if self.kind == "for_each":
            which = unknown(self.rest, "each.key") if key is None or key == "*" else Value(key)
            value = unknown(self.rest, "each.value", self.refs)
            return {"each": Value({"key": which, "value": self.entries.of(value) if self.entries is not None else value})}
        return {}


SINGLE = Instances("", {None: {}})
DISABLED = Instances("", {})  # OpenTofu: `enabled = false` in its lifecycle


def instances(block: Block, scope: Scope) -> Instances:
    """The instances of a resource, data source or module call."""
    count, for_each = block.value("count"), block.value("for_each")
    if count is not None:
        return _counted(attribute(count, scope))
    if for_each is not None:
        return _each(attribute(for_each, scope))
    lifecycle = block.first("lifecycle")
    enabled = lifecycle.value("enabled") if lifecycle is not None else None
    if enabled is not None and attribute(enabled, scope).scalar in (False, "false"):
        return DISABLED
    return SINGLE


def _counted(count: Value) -> Instances:
    text, refs = render(count), count.refs
    try:
        number = as_number(count)
    except EvaluationError as error:
        return Instances("count", {}, str(error), text, refs)
    if not number.known:
        return Instances("count", {}, number.reason, text, refs)
    if not isinstance(number.data, int) or isinstance(number.data, bool) or number.data < 0:
        return Instances("count", {}, "count is not a whole number", text, refs)
    if number.data > MAX_INSTANCES:
        return Instances("count", {}, f"more than {MAX_INSTANCES} instances", text, refs)
    keys: dict[Key, Mapping[str, Value]] = {i: {"count": Value({"index": Value(i)})} for i in range(number.data)}
    return Instances("count", keys, "", text, refs)


def _each(collection: Value) -> Instances:
    text, refs = render(collection), collection.refs
    if not collection.known:
        keys = collection.data if isinstance(collection.data, dict) else {}
        known: dict[Key, Mapping[str, Value]] = {str(key): _each_names(str(key), value) for key, value in keys.items()}
        entries = collection.data if isinstance(collection.data, Entries) else None
        return Instances("for_each", known, collection.reason or "unknown", text, refs, entries)
    if isinstance(collection.data, Mapping):
        pairs = [(key, collection.data[key]) for key in sorted(collection.data)]
        rest = ""
    elif isinstance(collection.data, tuple):
        rest = next((first_reason(element) for element in collection.data if not element.known), "")
        try:
            texts = [as_string(element) for element in collection.data if element.known]
        except EvaluationError as error:
            return Instances("for_each", {}, str(error), text, refs)
        pairs = [(str(element.data), element) for element in texts if element.data is not None]
    else:
        return Instances("for_each", {}, "for_each is neither a map nor a set", text, refs)
    if len(pairs) > MAX_INSTANCES:
        return Instances("for_each", {}, f"more than {MAX_INSTANCES} instances", text, refs)
    return Instances("for_each", {key: _each_names(key, value) for key, value in pairs}, rest, text, refs)


def _each_names(key: str, value: Value) -> Mapping[str, Value]:
    return {"each": Value({"key": Value(key, region=value.region), "value": value})}


def with_key(address: str, key: Key) -> str:
    """`aws_x.y` + 0 -> `aws_x.y[0]`; + "eu" -> `aws_x.y["eu"]`; + "*" is never a for_each key here, see [*]."""
    if key is None:
        return address
    if isinstance(key, int):
        return f"{address}[{key}]"
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'{address}["{escaped}"]'
