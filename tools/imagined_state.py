"""A state as an ideal cloud would leave it: it gives back what was asked for and makes up the rest.

A stand-in for AWS does not know every service, and of those it knows it gives some back in a way that no provider can read.
A plan against a state needs no cloud at all, though (`-refresh=false`): the provider works out from the state, its schema
and the configuration what an edit replaces. So the state is made of what the plan itself says it would create. What is
known only after apply gets a value made of the address and the attribute's name, and since what others take from there is
known then, the plan is asked again until it has nothing left to do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
# A plan as `terraform show -json` tells it, for a given state.
Planned = Callable[[Json], Json]
_ROUNDS = 20  # deeper than any chain of references in a configuration that a person wrote
_BUILT_IN = "terraform_data"
_ACCOUNT = "123456789012"


class Unsettled(Exception):
    """The plan still has something to do after every round: the provider does not take back what it said itself."""


@dataclass(frozen=True, slots=True)
class Imagination:
    """What values to make up. `schemas`: type -> schema as `terraform providers schema -json` tells it; `hints`: type ->
    {attribute: value}, of what has to have a certain form: "=other" is another attribute's value, "*" a mark of its own."""

    schemas: Mapping[str, Json]
    hints: Mapping[str, Mapping[str, Any]]

    def attributes(self, change: Mapping[str, Any]) -> Json:
        """The attributes of one instance as they are after the apply of its change."""
        after, unknown = change["change"]["after"], change["change"]["after_unknown"]
        if change["type"] == _BUILT_IN:
            return {
                "id": _made_up(change["address"], "id"),
                **{key: after.get(key) and {"value": after[key], "type": _type_of(after[key])} for key in _DATA},
                "output": after.get("input") and {"value": after["input"], "type": _type_of(after["input"])},
            }
        hints = self.hints.get(change["type"], {})
        filled: Json = _block(self.schemas[change["type"]]["block"], after, unknown, change["address"])
        for name, hint in hints.items():
            if unknown.get(name) is True:
                filled[name] = self._hinted(hint, filled, change["address"]) if isinstance(hint, str) else hint
        return filled

    @staticmethod
    def _hinted(hint: str, filled: Json, address: str) -> Any:
        return filled[hint[1:]] if hint.startswith("=") else hint.replace("*", _mark(address))

    def state(self, plan: Planned) -> Json:
        """The state in which a configuration is as it was asked for. Raises Unsettled."""
        instances: dict[str, Json] = {}
        for serial in range(1, _ROUNDS):
            state = {
                "version": 4,
                "terraform_version": "1.11.4",
                "serial": serial,
                "lineage": "imagined",
                "outputs": {},
                "resources": list(instances.values()),
            }
            changes = [c for c in plan(state)["resource_changes"] if c["mode"] == "managed"]
            open_changes = [c for c in changes if c["change"]["actions"] != ["no-op"]]
            if not open_changes:
                return state
            for change in open_changes:
                instances[change["address"]] = self._instance(change)
        raise Unsettled([change["address"] for change in open_changes])

    def _instance(self, change: Mapping[str, Any]) -> Json:
        sensitive = [*_paths(change["change"]["after_sensitive"])]
        instance: Json = {"attributes": self.attributes(change), "sensitive_attributes": sensitive}
        instance["schema_version"] = self.schemas.get(change["type"], {}).get("version", 0)
        if "index" in change:
            instance["index_key"] = change["index"]
        resource: Json = {
            "mode": "managed",
            "type": change["type"],
            "name": change["name"],
            "provider": f'provider["{change["provider_name"]}"]',
            "instances": [instance],
        }
        if "module_address" in change:
            resource["module"] = change["module_address"]
        return resource


_EMPTY = ("policy", "snapshot_id")  # what nothing is in unless somebody says so
_DATA = ("input", "triggers_replace")


def _paths(sensitive: Any, path: tuple[Json, ...] = ()) -> Iterator[list[Json]]:
    """The ways to what is sensitive, as a state tells them."""
    if sensitive is True:
        yield [*path]
    elif isinstance(sensitive, dict):
        for name, inner in sensitive.items():
            yield from _paths(inner, (*path, {"type": "get_attr", "value": name}))
    elif isinstance(sensitive, list):
        for index, inner in enumerate(sensitive):
            number = {"value": index, "type": "number"}
            yield from _paths(inner, (*path, {"type": "index", "value": number}))


def _type_of(value: Any) -> Any:
    """The type of a value as terraform_data remembers it."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, list):
        return ["tuple", [_type_of(element) for element in value]]
    if isinstance(value, dict):
        return ["object", {key: _type_of(element) for key, element in value.items()}]
    return "dynamic" if value is None else "string"


def _block(block: Mapping[str, Any], value: Mapping[str, Any] | None, unknown: Any, seed: str) -> Json:
    """A block with all its attributes and blocks."""
    value, unknown = value or {}, unknown if isinstance(unknown, dict) else {}
    filled: Json = {}
    for name, attribute in block.get("attributes", {}).items():
        of = attribute.get("type") or _nested(attribute["nested_type"])
        filled[name] = _filled(of, value.get(name), unknown.get(name, False), f"{seed}.{name}")
    for name, nested in block.get("block_types", {}).items():
        inner, said, open_ = nested["block"], value.get(name), unknown.get(name, False)
        if nested["nesting_mode"] in ("single", "group"):
            filled[name] = _block(inner, said, open_, f"{seed}.{name}") if said is not None else None
        elif isinstance(said, Sequence):
            each = zip(said, open_ if isinstance(open_, list) else [{}] * len(said), strict=True)
            filled[name] = [_block(inner, one, late, f"{seed}.{name}.{i}") for i, (one, late) in enumerate(each)]
        else:
            filled[name] = []
    return filled


def _nested(nested: Mapping[str, Any]) -> Any:
    """The type of an attribute that is told as a block."""
    of = ["object", {name: a.get("type") or _nested(a["nested_type"]) for name, a in nested["attributes"].items()}]
    return of if nested["nesting_mode"] == "single" else [nested["nesting_mode"], of]


def _filled(of: Any, value: Any, unknown: Any, seed: str) -> Any:
    if unknown is True:
        return _imagined(of, seed)
    if isinstance(unknown, dict) and isinstance(of, list) and of[0] in ("object", "map"):
        types = of[1] if of[0] == "object" else {}
        names = [*dict.fromkeys((*types, *(value or {}), *unknown))]
        inner = {n: types.get(n, of[1] if of[0] == "map" else "string") for n in names}
        return {n: _filled(inner[n], (value or {}).get(n), unknown.get(n, False), f"{seed}.{n}") for n in names}
    if isinstance(unknown, list) and isinstance(of, list) and any(unknown):
        values = [*(value or ()), *([None] * len(unknown))]
        return [_filled(of[1], values[i], one, f"{seed}.{i}") for i, one in enumerate(unknown)]
    return value


def _imagined(of: Any, seed: str) -> Any:
    """A value of a type. Nothing is in a collection of which nothing is known."""
    if of == "string":
        return _made_up(*seed.rsplit(".", 1))
    if isinstance(of, list):
        return {name: _imagined(inner, f"{seed}.{name}") for name, inner in of[1].items()} if of[0] == "object" else (
            {} if of[0] == "map" else []
        )
    return {"number": 0, "bool": False}.get(of)


def _mark(owner: str) -> str:
    return hashlib.sha1(owner.encode()).hexdigest()[:12]


def _made_up(owner: str, name: str) -> str:
    mark = _mark(owner)
    if name == "arn" or name.endswith("_arn"):
        return f"arn:aws:imagined:eu-west-1:{_ACCOUNT}:{name}/{mark}"
    if name in _EMPTY:
        return ""
    return f"{name.replace('_', '')}{mark}"
