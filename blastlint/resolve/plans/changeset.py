"""CloudFormation's change set (`aws cloudformation describe-change-set`) -> Plan.

It names the resources that change, by logical id. What is in them it tells where it was asked to
(`--include-property-values`: BeforeContext and AfterContext), else the template does. Alone a resource's address is
`stack:LogicalId`; beside source, stacks.py finds the template.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from blastlint.model import (
    Cause,
    Confidence,
    Effect,
    Entity,
    Notification,
    Plan,
    PlanFile,
    Planned,
    Region,
    Side,
    Value,
)
from blastlint.resolve.cloudformation.details import KIND, Resource
from blastlint.resolve.plans.reading import Plain, elements, list_of, object_of, text_of, wrong
from blastlint.resolve.plans.values import value_of

_REMOVALS: Mapping[str, Effect] = {"Retain": "forget"}  # else, with a snapshot or not, it is deleted
_ACTIONS: Mapping[str, Effect] = {"Add": "create", "Import": "no-op", "Dynamic": "unknown", "SyncWithActual": "no-op"}
_REPLACEMENT: Mapping[str, tuple[Effect, Confidence]] = {
    "True": ("replace", "high"),
    "Conditional": ("replace", "medium"),
    "False": ("in-place", "high"),
}
_FOLLOWS = frozenset(
    {"ResourceReference", "ResourceAttribute", "Automatic"}
)  # what another resource's change brings about


def plan(file: PlanFile) -> Plan:
    """What the file says. Raises SourceError for what is no change set."""
    if not isinstance(file.content.get("Changes"), list):
        wrong(file, (1, 1), "no change set: it has no list of Changes")
    stack = text_of(file.content.get("StackName")) or "stack"
    before: list[Entity] = []
    after: list[Entity] = []
    effects: dict[tuple[str, str], Planned] = {}
    for element, place in elements(file, "Changes"):
        change = object_of(element.get("ResourceChange"))
        name, action = text_of(change.get("LogicalResourceId")), text_of(change.get("Action"))
        if not name or not action:
            continue  # a hook, or a kind of change of later years
        if action not in ("Add", "Import"):
            before.append(_entity(file, stack, change, "before", place))
        if action != "Remove":
            after.append(_entity(file, stack, change, "after", place))
        effects[KIND, f"{stack}:{name}"] = _planned(stack, change, action)
    partial = bool(file.content.get("NextToken"))
    notes = (
        (Notification("plan-partial", "warning", "only the first page of the change set", file.path),)
        if partial
        else ()
    )
    return Plan(file.path, tuple(before), tuple(after), effects, not partial, notifications=notes)


def _entity(file: PlanFile, stack: str, change: Plain, side: Side, place: tuple[int, int]) -> Entity:
    name, type_ = text_of(change.get("LogicalResourceId")), text_of(change.get("ResourceType"))
    region = Region(side, file.path, place[0], place[1])
    context = _context(change.get("BeforeContext" if side == "before" else "AfterContext"))
    attributes = value_of({**context, "Type": type_}, None, None, region, "")
    return Entity(f"{stack}:{name}", KIND, type_, name, attributes, region, region, detail=Resource(file.path))


def _context(encoded: object) -> Plain:
    """What a resource is like, JSON within JSON; nothing where it is not told."""
    try:
        return object_of(json.loads(encoded)) if isinstance(encoded, str) else {}
    except ValueError:
        return {}


def _planned(stack: str, change: Plain, action: str) -> Planned:
    if action == "Remove":
        return Planned(_REMOVALS.get(text_of(change.get("PolicyAction")), "destroy"))
    if action != "Modify":
        effect = _ACTIONS.get(action, "unknown")
        return Planned(effect, confidence="low" if effect == "unknown" else "high")
    effect, confidence = _REPLACEMENT.get(text_of(change.get("Replacement")), ("in-place", "high"))
    details = [object_of(detail) for detail in list_of(change.get("Details"))]
    if effect == "replace":
        needed = [d for d in details if text_of(object_of(d.get("Target")).get("RequiresRecreation")) != "Never"]
        details = needed or details
    follows = bool(details) and all(text_of(detail.get("ChangeSource")) in _FOLLOWS for detail in details)
    causes = [text_of(detail.get("CausingEntity")).partition(".")[0] for detail in details]
    cause: Cause = "cascade" if follows else "direct"
    because = f"{stack}:{next(filter(None, causes), '')}" if follows and any(causes) else ""
    paths = dict.fromkeys(_path(object_of(detail.get("Target"))) for detail in details) if effect == "replace" else ()
    return Planned(effect, cause, tuple(filter(None, paths)), because, confidence)


def _path(target: Plain) -> str:
    """Where a difference is: `/Properties/Tags/0/Value` as `Properties.Tags[0].Value`, else the property's name."""
    steps = [step for step in text_of(target.get("Path")).split("/") if step]
    if not steps:
        return ".".join(filter(None, (text_of(target.get("Attribute")), text_of(target.get("Name")))))
    return "".join(f"[{s}]" if s.isdigit() else f".{s}" for s in steps).removeprefix(".")


def with_written(told: Entity, written: Entity) -> Entity:
    """The resource as the template has it, where the change set does not tell what is in it."""
    items = {**written.attributes.items, **told.attributes.items}
    return Entity(
        written.address, KIND, told.type or written.type, written.name, Value(items, region=written.attributes.region),
        told.region, told.header, detail=written.detail,
    )  # fmt: skip
