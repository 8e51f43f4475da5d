"""Entities and changes built by hand, for tests of fact providers that need no parser."""

from __future__ import annotations

from collections.abc import Sequence

from blastlint.config import Config
from blastlint.diff.match import matched
from blastlint.enrich.context import Context
from blastlint.model import Change, Entity, Region, Value, unknown
from blastlint.parse.workspace import Workspace
from blastlint.sources.memory import change_set

REGION = Region("before", "main.tf", 1, 1, 2, 1)


def value(data: object) -> Value:
    """Plain Python data as a Value; `Value`s in it stay as they are."""
    if isinstance(data, Value):
        return data
    if isinstance(data, dict):
        return Value({str(key): value(child) for key, child in data.items()})
    if isinstance(data, (list, tuple)):
        return Value(tuple(value(child) for child in data))
    assert data is None or isinstance(data, (str, int, float, bool))
    return Value(data)


def ref(address: str) -> Value:
    """An attribute of another resource: unknown before it exists."""
    return unknown("computed", address, frozenset({address}))


def entity(address: str, attributes: dict[str, object], kind: str = "terraform.resource") -> Entity:
    """A resource whose type and name are the last two parts of its address."""
    type_, _, name = address.rpartition(".")
    return Entity(
        address=address,
        kind=kind,
        type=type_.rpartition(".")[2] if kind.startswith("terraform.") else type_,
        name=name,
        attributes=value(attributes),
        region=REGION,
    )


def context(before: Sequence[Entity], after: Sequence[Entity]) -> Context:
    """The context of a change from one set of entities to another."""
    changed = change_set({}, {})
    return Context(
        changed,
        Config(),
        Workspace(changed.before, "before"),
        Workspace(changed.after, "after"),
        before,
        after,
        tuple(matched(before, after)),
    )


def only_change(found: Context) -> Change:
    """The one change there is."""
    (change,) = found.changes
    return change
