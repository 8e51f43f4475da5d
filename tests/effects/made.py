"""Terraform entities as the resolver makes them, written by hand: one line a resource."""

from __future__ import annotations

import re
from collections.abc import Iterable

from blastlint import diff, enrich
from blastlint.config import Config
from blastlint.diff.moves import parsed, resource_of
from blastlint.enrich.context import Context
from blastlint.model import Entity, Impact, Region, Scalar, Value, unknown
from blastlint.parse.workspace import Workspace
from blastlint.resolve.terraform.details import Resource
from blastlint.sources.memory import change_set

Made = Scalar | Value | list["Made"] | dict[str, "Made"]
_ADDRESS = re.compile(
    r"(?:module\.[\w-]+(?:\[[^\]]+\])?\.)*(?:data\.)?[a-z][a-z0-9_]*_[a-z0-9_]+\.[\w-]+(?:\[[^\]]+\])?"
)


def ref(text: str) -> Value:
    """The unknown value of an expression such as `aws_vpc.main.id`."""
    return unknown("known after apply", text, frozenset(_ADDRESS.findall(text)))


def value(made: Made) -> Value:
    if isinstance(made, Value):
        return made
    if isinstance(made, dict):
        return Value({k: value(v) for k, v in made.items()})
    if isinstance(made, list):
        return Value(tuple(value(v) for v in made))
    return Value(made)


def resource(address: str, line: int = 0, **arguments: Made) -> Entity:
    """A resource or data source instance. `lifecycle` and `depends_on` fill the detail too; `repetition` is the detail's."""
    steps = parsed(address)
    data = len(steps) >= 3 and steps[-3].name == "data"
    type_, name = steps[-2].name, steps[-1].name
    module = address.rsplit(f"{'data.' if data else ''}{type_}.", 1)[0].rstrip(".")
    repetition = arguments.pop("repetition", "")
    provider = f"provider.{arguments.get('provider', type_.split('_')[0])}"
    lifecycle = arguments.get("lifecycle", {})
    assert isinstance(lifecycle, dict)
    attributes = value(dict(arguments))
    references = {r for _, v in attributes.leaves() for r in v.refs} | set(arguments.get("depends_on", []))
    line = line or 1 + sum(map(ord, resource_of(address))) % 1000
    return Entity(
        address,
        "terraform.data" if data else "terraform.resource",
        type_,
        name,
        attributes,
        Region("before", "main.tf", line),
        parent=module,
        references=frozenset(references),
        detail=Resource(
            resource_of(address),
            "data" if data else "managed",
            "",
            repetition,
            steps[-1].key,
            provider=provider,
            prevent_destroy=lifecycle.get("prevent_destroy") is True,
            create_before_destroy=lifecycle.get("create_before_destroy") is True,
            ignore_changes=tuple(lifecycle.get("ignore_changes", ())),
            replace_triggered_by=tuple(lifecycle.get("replace_triggered_by", ())),
            depends_on=tuple(arguments.get("depends_on", ())),
        ),
    )


def other(kind: str, address: str, type_: str = "", **arguments: Made) -> Entity:
    """An entity of another terraform kind: moved, removed, import, provider, backend, module."""
    return Entity(address, f"terraform.{kind}", type_, address, value(arguments), Region("after", "main.tf", 500))


def moved(source: str, target: str) -> Entity:
    return other("moved", f'moved["{source}"]', **{"from": source, "to": target})


def context(before: Iterable[Entity], after: Iterable[Entity], files: dict[str, str] | None = None) -> Context:
    """What the fact providers see; `files` is the tree after."""
    old, new = tuple(before), tuple(after)
    changed = change_set({"main.tf": "# before"}, files if files is not None else {"main.tf": "# after"}, "")
    sides = Workspace(changed.before, "before"), Workspace(changed.after, "after")
    return Context(changed, Config(), *sides, old, new, diff.changes(old, new))


def impacts(
    before: Iterable[Entity], after: Iterable[Entity], files: dict[str, str] | None = None
) -> tuple[Impact, ...]:
    """Every impact of going from one set of entities to the other."""
    return enrich.effects(context(before, after, files))


def effects(before: Iterable[Entity], after: Iterable[Entity]) -> dict[str, str]:
    """{address: effect} of the resources that a plan would show, `?` appended when it only may replace."""
    return {
        i.change.address: i.effect + ("?" if i.effect == "replace" and i.confidence != "high" else "")
        for i in impacts(before, after)
        if i.change.kind == "terraform.resource" and i.effect != "no-op"
    }
