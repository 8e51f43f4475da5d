"""Terraform's and OpenTofu's plan (`show -json`, format 1.x) -> Plan.

An entity's attributes are the arguments that the configuration sets, and what else differs; what only the provider sets is
left out, as it is in source. Dependencies are those of the prior state, which knows them through locals and modules too.
Data sources are read, never changed: a plan says nothing of them that matters here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from blastlint.facts.providers import facts_of
from blastlint.frozen import dataclass, field
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
from blastlint.prose import few
from blastlint.regex import regex
from blastlint.resolve.plans.reading import Plain, elements, list_of, object_of, text_of, wrong
from blastlint.resolve.plans.values import value_of
from blastlint.resolve.terraform import details
from blastlint.resolve.terraform.values import mapping

_ACTIONS: Mapping[tuple[str, ...], Effect] = {
    ("no-op",): "no-op",
    ("read",): "no-op",
    ("create",): "create",
    ("update",): "in-place",
    ("delete",): "destroy",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    ("forget",): "forget",
    ("create", "forget"): "forget",  # a new one is made, the old one stays, managed no more
    ("forget", "create"): "forget",
}
_MOST = 8  # addresses in a notification
_PENDING = ("create", "replace")
_KEY = regex(r'\["(?:[^"\\]|\\.)*"\]|\[\d+\]')
_MODULE = regex(r'module\.[^.\[\]"]+(?:\["(?:[^"\\]|\\.)*"\]|\[\d+\])?(?=\.)')


def plan(file: PlanFile) -> Plan:
    """What the file says. Raises SourceError for another format version, or what is no plan of it."""
    version = text_of(file.content.get("format_version"))
    if version.split(".", 1)[0] != "1":
        wrong(file, (1, 1), f"plan format {version or '(none)'}: only format 1.x is known here")
    if "resource_changes" not in file.content and "planned_values" not in file.content:
        wrong(file, (1, 1), "no plan: it holds a state, or nothing" if "values" in file.content else "no plan")
    return _Reading(file).plan()


@dataclass(frozen=True, slots=True)
class _Told:
    """One element of resource_changes."""

    address: str
    before_address: str
    type: str
    name: str
    key: str | int | None
    effect: Effect
    change: Plain
    reason: str
    region: tuple[int, int]
    confidence: Confidence


@dataclass(slots=True)
class _Reading:
    file: PlanFile
    depends: dict[str, frozenset[str]] = field(default_factory=dict)  # by address, as the prior state has it
    arguments: dict[str, frozenset[str]] = field(
        default_factory=dict
    )  # what the configuration sets, by keyless address
    sources: dict[str, str] = field(default_factory=dict)  # of module calls, by keyless address
    places: dict[str, tuple[int, int]] = field(default_factory=dict)  # of the first instance, by keyless address
    notes: list[Notification] = field(default_factory=list)

    def plan(self) -> Plan:
        content = self.file.content
        self._prior(object_of(object_of(object_of(content.get("prior_state")).get("values")).get("root_module")))
        self._configured("", object_of(object_of(content.get("configuration")).get("root_module")))
        told = [*self._changes("resource_changes", "high"), *self._deferred()]
        effects_by_resource = {_keyless(one.address): one.effect for one in told if one.effect != "no-op"}
        named = self._named(told)
        before: list[Entity] = []
        after: list[Entity] = []
        effects: dict[tuple[str, str], Planned] = {}
        for one in told:
            old, new = self._sides(one, named)
            before += [old] if old else []
            after += [new] if new else []
            if one.effect != "no-op":
                effects["terraform.resource", one.address] = self._planned(one, effects_by_resource, old, new)
            if one.before_address != one.address and new is not None:
                after.append(self._moved(one))
        self._say(told)
        return Plan(
            self.file.path,
            (*self._modules(before), *before),
            (*self._modules(after), *after),
            effects,
            content.get("complete") is not False and content.get("errored") is not True,
            frozenset(text_of(element.get("address")) for element, _ in elements(self.file, "resource_drift")),
            self._variables(),
            tuple(self.notes),
        )

    # --- what is in the file ------------------------------------------------------------------------------------------

    def _changes(self, name: str, confidence: Confidence) -> Iterator[_Told]:
        for element, place in elements(self.file, name):
            found = self._told(element, place, confidence)
            if found is not None:
                yield found

    def _deferred(self) -> Iterator[_Told]:
        """What is put off to a later plan, because something that it needs is not known yet."""
        for element, place in elements(self.file, "deferred_changes"):
            found = self._told(object_of(element.get("resource_change")), place, "medium")
            if found is not None:
                self._note(
                    "note", f"{found.address} is deferred ({text_of(element.get('reason'))}): the plan may change"
                )
                yield found

    def _told(self, element: Plain, place: tuple[int, int], confidence: Confidence) -> _Told | None:
        address, type_ = text_of(element.get("address")), text_of(element.get("type"))
        change = object_of(element.get("change"))
        actions = tuple(text_of(action) for action in list_of(change.get("actions")))
        if not address or not type_ or not actions:
            wrong(self.file, place, f"a change of {address or 'something'} without address, type or actions")
        if element.get("mode") == "data":
            return None
        if element.get("deposed"):
            self._note("note", f"{address}: a left-over object ({text_of(element.get('deposed'))}) is deleted too")
            return None
        if actions not in _ACTIONS:
            self._note("warning", f"{address}: what {', '.join(actions)} does is not known here")
        index = element.get("index")
        return _Told(
            address,
            text_of(element.get("previous_address")) or address,
            type_,
            text_of(element.get("name")),
            index if isinstance(index, (str, int)) else None,
            _ACTIONS.get(actions, "unknown"),
            change,
            text_of(element.get("action_reason")),
            self.places.setdefault(_keyless(address), place),
            confidence,
        )

    def _prior(self, module: Plain) -> None:
        """Who depends on whom, from the prior state."""
        for element in map(object_of, list_of(module.get("resources"))):
            names = frozenset(text_of(name) for name in list_of(element.get("depends_on")))
            self.depends[text_of(element.get("address"))] = names - {""}
        for child in list_of(module.get("child_modules")):
            self._prior(object_of(child))

    def _configured(self, prefix: str, module: Plain) -> None:
        """What the configuration sets, by keyless address."""
        for element in map(object_of, list_of(module.get("resources"))):
            expressions = object_of(element.get("expressions"))
            self.arguments[prefix + text_of(element.get("address"))] = frozenset(expressions)
        for name, call in object_of(module.get("module_calls")).items():
            address = f"{prefix}module.{name}"
            self.sources[address] = text_of(object_of(call).get("source"))
            self._configured(f"{address}.", object_of(object_of(call).get("module")))

    def _variables(self) -> Mapping[str, Value]:
        given = object_of(self.file.content.get("variables"))
        root = object_of(object_of(self.file.content.get("configuration")).get("root_module"))
        declared = object_of(root.get("variables"))
        region = Region("after", self.file.path, 1)
        return {
            name: value_of(
                object_of(value).get("value"),
                None,
                object_of(declared.get(name)).get("sensitive"),
                region,
                f"var.{name}",
            )
            for name, value in given.items()
        }

    # --- entities -----------------------------------------------------------------------------------------------------

    def _sides(self, one: _Told, named: Mapping[str, list[str]]) -> tuple[Entity | None, Entity | None]:
        refs = self._references(one, named)
        change = one.change
        old = self._attributes(one, "before", change.get("before"), None, change.get("before_sensitive"), refs)
        unknowns = change.get("after_unknown")
        new = self._attributes(one, "after", change.get("after"), unknowns, change.get("after_sensitive"), refs)
        old, new = self._as_written(one, old, new)
        return (
            None if old is None else self._entity(one, "before", one.before_address, old, refs),
            None if new is None else self._entity(one, "after", one.address, new, refs),
        )

    def _attributes(
        self, one: _Told, side: Side, data: object, unknowns: object, sensitive: object, refs: frozenset[str]
    ) -> dict[str, Value] | None:
        if not isinstance(data, dict):
            return None
        value = value_of(data, unknowns, sensitive, self._region(side, one.region), one.address, refs)
        return {name: item for name, item in value.items.items() if not (item.known and item.data is None)}

    def _as_written(
        self, one: _Told, old: dict[str, Value] | None, new: dict[str, Value] | None
    ) -> tuple[dict[str, Value] | None, dict[str, Value] | None]:
        """Both sides without what only the provider sets: what the configuration does not name and does not change."""
        facts = facts_of(one.type)
        computed = facts.computed if facts else frozenset()
        forcing = {_path(path).split(".", 1)[0].split("[", 1)[0] for path in list_of(one.change.get("replace_paths"))}
        configured = self.arguments.get(_keyless(one.address), frozenset()) | forcing

        def is_argument(name: str) -> bool:
            if name in configured:
                return True
            a, b = (old or {}).get(name), (new or {}).get(name)
            if name in computed or (b is not None and not b.known):
                return False
            if old is None or (new is not None and a == b):
                return False
            return new is not None or (a is not None and a.data not in ("", ()))

        sides = [None if s is None else {n: v for n, v in s.items() if is_argument(n)} for s in (old, new)]
        return sides[0], sides[1]

    def _entity(
        self, one: _Told, side: Side, address: str, attributes: dict[str, Value], refs: frozenset[str]
    ) -> Entity:
        region = self._region(side, one.region)
        detail = details.Resource(
            resource=_without_key(address),
            mode="managed",
            module_directory="",
            repetition="" if one.key is None else "count" if isinstance(one.key, int) else "for_each",
            key=one.key,
            create_before_destroy=list_of(one.change.get("actions"))[:1] == ["create"] and one.effect == "replace",
        )
        return Entity(
            address, "terraform.resource", one.type, one.name, mapping(attributes, region), region, region,
            _module_of(address), refs, detail=detail,
        )  # fmt: skip

    def _moved(self, one: _Told) -> Entity:
        region = self._region("after", one.region)
        ends = {"from": Value(one.before_address, region=region), "to": Value(one.address, region=region)}
        return Entity(
            f'moved["{one.before_address}"]', "terraform.moved", "", "", mapping(ends, region), region, region
        )  # fmt: skip

    def _modules(self, resources: Iterable[Entity]) -> Iterator[Entity]:
        """The module instances that hold resources."""
        seen: set[str] = set()
        for entity in resources:
            calls = [match.group() for match in _MODULE.finditer(entity.address)]
            for size in range(1, len(calls) + 1):
                address = ".".join(calls[:size])
                if address in seen:
                    continue
                seen.add(address)
                source = self.sources.get(_keyless(address), "")
                name = _keyless(calls[size - 1]).removeprefix("module.")
                yield Entity(
                    address, "terraform.module", source, name, mapping({}, entity.region), entity.region, entity.header,
                    ".".join(calls[: size - 1]), detail=details.Module(_without_key(address), source, None),
                )  # fmt: skip

    def _region(self, side: Side, place: tuple[int, int]) -> Region:
        return Region(side, self.file.path, *place)

    # --- dependencies and causes --------------------------------------------------------------------------------------

    def _named(self, told: Iterable[_Told]) -> dict[str, list[str]]:
        """Keyless address -> the addresses of the resource in each instance of its modules."""
        found: dict[str, dict[str, None]] = {}
        for one in told:
            for address in (one.address, one.before_address):
                found.setdefault(_keyless(address), {})[_without_key(address)] = None
        return {name: list(addresses) for name, addresses in found.items()}

    def _references(self, one: _Told, named: Mapping[str, list[str]]) -> frozenset[str]:
        """What it depends on: in instances of the same modules where they share them, else in all."""
        found: set[str] = set()
        own = _module_of(one.before_address)
        for name in self.depends.get(one.before_address, ()):
            addresses = named.get(name, [name])
            found.update([a for a in addresses if own and a.startswith(f"{own}.")] or addresses)
        return frozenset(found)

    def _planned(self, one: _Told, effects: Mapping[str, Effect], old: Entity | None, new: Entity | None) -> Planned:
        paths = tuple(_path(path) for path in list_of(one.change.get("replace_paths")))
        cause, because = self._cause(one, paths, effects, old, new)
        return Planned(one.effect, cause, paths, because, one.confidence)

    def _cause(
        self, one: _Told, paths: tuple[str, ...], effects: Mapping[str, Effect], old: Entity | None, new: Entity | None
    ) -> tuple[Cause, str]:
        """A cascade is brought about by something else that is new: all that differs is known only after apply."""
        if old is None or new is None:
            return "direct", ""
        pending = sorted(n for n in self.depends.get(one.before_address, ()) if effects.get(n) in _PENDING)
        triggered = one.reason == "replace_by_triggers"
        if one.effect == "replace" and not triggered and paths:
            differing = [new.attributes.items.get(path.split(".", 1)[0].split("[", 1)[0]) for path in paths]
        else:
            differing = [v for n, v in new.attributes.items.items() if old.attributes.items.get(n) != v]
        late = bool(differing) and all(
            v is not None and any(not leaf.known for _, leaf in v.leaves()) for v in differing
        )
        if triggered or (late and pending):
            return "cascade", next(iter(pending), "")
        return "direct", ""

    # --- what a reader must know --------------------------------------------------------------------------------------

    def _say(self, told: Iterable[_Told]) -> None:
        if self.file.content.get("errored") is True:
            self._note(
                "warning", "planning failed half-way: what the plan does not reach is not in it", incomplete=True
            )
        elif self.file.content.get("complete") is False:
            self._note("warning", "the plan was made for a part only: the rest is not in it", incomplete=True)
        drifted = [text_of(e.get("address")) for e, _ in elements(self.file, "resource_drift")]
        if drifted:
            self._note("note", f"changed outside of Terraform since the last apply: {few(drifted, _MOST)}")
        tainted = [one.address for one in told if one.reason == "replace_because_tainted"]
        if tainted:
            self._note("note", f"replaced because tainted: {few(tainted, _MOST)}")

    def _note(self, level: str, message: str, incomplete: bool = False) -> None:
        kind = "warning" if level == "warning" else "note"
        self.notes.append(Notification("plan", "warning" if kind == "warning" else "note", message, self.file.path,
                                       incomplete=incomplete))  # fmt: skip


def _keyless(address: str) -> str:
    return _KEY.sub("", address)


def _without_key(address: str) -> str:
    """Without the key of its last step."""
    ends = [match for match in _KEY.finditer(address) if match.end() == len(address)]
    return address[: ends[-1].start()] if ends else address


def _module_of(address: str) -> str:
    return ".".join(match.group() for match in _MODULE.finditer(address))


def _path(steps: object) -> str:
    """`["ebs_block_device", 0, "kms_key_id"]` -> `ebs_block_device[0].kms_key_id`."""
    written = ""
    for step in list_of(steps):
        written += f"[{step}]" if isinstance(step, int) else f".{step}" if written else str(step)
    return written
