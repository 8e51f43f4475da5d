"""The plan of one configuration, as far as source tells: effects of its changes, and what follows from them.

A resource that is created or replaced has attributes that are known only after apply. What uses them differs as well:
data sources that read them are read later, resources are updated, or replaced where the argument forces that, and so on
to a fixpoint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from blastlint.diff.arguments import same
from blastlint.diff.moves import parsed, resource_of
from blastlint.enrich.lifecycle.outcomes import Outcome
from blastlint.enrich.lifecycle.replacement import is_ignored, judged, plain, unknown_leaves, weigh_unknown
from blastlint.facts.providers import facts_of
from blastlint.frozen import dataclass, field, replace
from blastlint.model import CONFIDENCES, Change, Confidence, Delta, Effect, Entity, Value
from blastlint.regex import regex

RESOURCES = frozenset({"terraform.resource", "cloudformation.resource"})
_PENDING: tuple[Effect, ...] = ("create", "in-place", "replace", "destroy")
_LIMIT = 1000
_NOTHING = Outcome("no-op")
_ANY = "[*]"  # whichever instances there are


@dataclass(frozen=True, slots=True)
class _Late:
    """Something whose attributes are known only after apply: all that are not configured, or `only` these."""

    confidence: Confidence
    only: frozenset[str] | None = None


@dataclass(slots=True)
class Planner:
    """One configuration in one variant. `changes` are those of its resources and data sources, by address after (before for
    what is gone); `outcomes` is the result, by the same addresses. `given` is what their providers do to them, whatever
    their own text says: left behind, tagged. `outside` is what other configurations make anew and give to this one,
    `hidden` is what may be in a module now that nobody can read here: a call of one, an address that moves into one."""

    before: Mapping[str, Entity]
    after: Mapping[str, Entity]
    changes: Mapping[str, Change]
    forgotten: Sequence[str] = ()
    imported: frozenset[str] = frozenset()
    given: Mapping[str, Outcome] = field(default_factory=dict)
    outside: Mapping[str, Confidence] = field(default_factory=dict)
    hidden: Sequence[str] = ()
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    _late: dict[str, _Late] = field(default_factory=dict)
    _leaves: dict[str, Mapping[str, Value]] = field(default_factory=dict)
    _referred: set[str] = field(default_factory=set)  # what anything refers to: of nothing else it matters what is late

    def run(self) -> dict[str, Outcome]:
        """Direct effects, then the consequences until nothing more follows."""
        for entity in self.after.values():
            self._referred |= entity.references
        for address, confidence in self.outside.items():
            self._is_late(address, confidence)
        for address, change in self.changes.items():
            if change.entity.kind in RESOURCES and change.action in ("added", "removed"):
                self.outcomes[address] = self._come_or_gone(change)
        self._renew()
        for address, change in self.changes.items():
            if change.before is not None and change.after is not None and change.kind in RESOURCES:
                self.outcomes[address] = self._changed(change)
        for address, outcome in self.given.items():
            self.outcomes[address] = max(outcome, self.outcomes.get(address, _NOTHING), key=_strength)
        for address, change in self.changes.items():
            if change.kind == "terraform.data" and change.before is not None and change.after is not None:
                self._is_late(address, "low")  # another question: whether the answer differs is not in the source
        pending = {a: e for a, e in self.after.items() if self._may_follow(a, e)}
        for _ in range(_LIMIT):
            self._renew()
            if not [address for address, entity in pending.items() if self._follow(address, entity)]:
                break
        return self.outcomes

    def _come_or_gone(self, change: Change) -> Outcome:
        entity = change.entity
        confidence: Confidence = "high" if getattr(entity.detail, "countable", True) else "medium"
        if change.action == "added":
            return Outcome("no-op" if change.address in self.imported else "create", confidence=confidence)
        if any(is_within(change.address, address) for address in self.forgotten):
            return Outcome("forget", confidence=confidence)
        if any(is_within(change.address, address) for address in self.hidden):
            return Outcome("unknown", confidence="low")
        return Outcome("destroy", confidence=confidence)

    def _changed(self, change: Change) -> Outcome:
        before, after = change.before, change.after
        assert before is not None and after is not None
        if before.address.count(_ANY) != after.address.count(_ANY):
            return Outcome("unknown", confidence="low")  # only one side can be counted
        if any(delta.path == _CONDITION for delta in change.deltas):
            return Outcome("unknown", confidence="low")
        deltas = tuple(d for d in change.deltas if not self._alias_of(d) and not _is_one_by_default(d))
        judgement = judged(before, after, deltas, self._is_certain)
        if judgement.forced or judgement.maybe:
            return Outcome("replace", "direct", judgement.confidence, judgement.forced or judgement.maybe)
        return Outcome("in-place" if judgement.changed else "no-op", "direct", judgement.confidence)

    def _is_certain(self, value: Value) -> bool:
        """Whether an unknown value is surely another one than before: what it refers to is new or replaced."""
        return any(self._late[ref].confidence == "high" for ref in self._unknown_through(value))

    def _alias_of(self, delta: Delta) -> bool:
        """Whether the two sides are two names of one value: a bucket's `id` and its `bucket`."""
        if delta.before is None or delta.after is None or (delta.before.known and delta.after.known):
            return False
        return same(_resolved(delta.before, self.before, self.after), _resolved(delta.after, self.after))

    # --- what follows ------------------------------------------------------------------------------------------------

    def _may_follow(self, address: str, entity: Entity) -> bool:
        change = self.changes.get(address)
        if entity.kind == "terraform.data":
            return True
        return entity.kind in RESOURCES and (change is None or change.before is not None)

    def _renew(self) -> None:
        for address, outcome in self.outcomes.items():
            if outcome.effect in ("create", "replace", "orphan") and address in self.after:
                self._is_late(address, outcome.confidence)
            elif outcome.effect == "in-place" and (renewed := self._renewed(address)):
                self._is_late(address, outcome.confidence, renewed)

    def _is_late(self, address: str, confidence: Confidence, only: frozenset[str] | None = None) -> None:
        for name in (address, resource_of(address)):
            old = self._late.get(name)
            if old is None or (only is None and (old.only is not None or _surer(confidence, old.confidence))):
                self._late[name] = _Late(confidence, only)

    def _follow(self, address: str, entity: Entity) -> bool:
        """Whether something new was found out about this one."""
        if entity.kind == "terraform.data":
            return self._follow_data(address, entity)
        now = self.outcomes.get(address, _NOTHING)
        if now.effect in ("replace", "orphan", "unknown") and now.confidence == "high":
            return False
        if entity.references.isdisjoint(self._late) and not getattr(entity.detail, "replace_triggered_by", ()):
            return False
        found = max(self._consequences(address, entity), key=_strength, default=None)
        if found is None or _strength(found) <= _strength(now):
            return False
        self.outcomes[address] = found
        return True

    def _follow_data(self, address: str, entity: Entity) -> bool:
        sources = [s for v in self._unknown(address, entity).values() for s in self._unknown_through(v)]
        sources += [a for a in getattr(entity.detail, "depends_on", ()) if self._is_pending(a)]
        if not sources:
            return False
        confidence = _weakest(*(self._late[s].confidence for s in sources if s in self._late))
        old = self._late.get(address)
        if old is not None and not _surer(confidence, old.confidence):
            return False
        self._is_late(address, confidence)
        return True

    def _unknown(self, address: str, entity: Entity) -> Mapping[str, Value]:
        if address not in self._leaves:
            self._leaves[address] = unknown_leaves(entity.attributes)
        return self._leaves[address]

    def _is_pending(self, address: str) -> bool:
        return any(o.effect in _PENDING and is_within(a, address) for a, o in self.outcomes.items())

    def _consequences(self, address: str, entity: Entity) -> Iterator[Outcome]:
        ignored = getattr(entity.detail, "ignore_changes", ())
        for path, value in self._unknown(address, entity).items():
            sources = self._unknown_through(value)
            if not sources or is_ignored(plain(path), ignored):
                continue
            confidence = _weakest(*(self._late[s].confidence for s in sources))
            weight = weigh_unknown(entity, path)
            because = sorted(sources)[0]
            if weight == "changes":
                yield Outcome("in-place", "cascade", confidence, (), because)
            else:
                sure = confidence if weight == "replaces" else "low"
                yield Outcome("replace", "cascade", sure, (path,), because)
        for trigger in getattr(entity.detail, "replace_triggered_by", ()):
            source = self._triggering(trigger)
            if source:
                confidence = self.outcomes[source].confidence
                yield Outcome("replace", "cascade", confidence, ("lifecycle.replace_triggered_by",), source)

    def _triggering(self, trigger: str) -> str:
        """The changed instance that a replace_triggered_by entry names, or "". With an attribute, that one must change."""
        steps = parsed(trigger)
        for address, outcome in self.outcomes.items():
            if outcome.effect not in ("in-place", "replace"):
                continue
            for name in {address, resource_of(address)}:
                size = len(parsed(name))
                if steps[:size] != parsed(name):
                    continue
                attribute = steps[size].name if len(steps) > size else ""
                change = self.changes.get(address)
                touched = _touched(change) if change else set()
                if (
                    not attribute
                    or attribute in touched
                    or attribute in self._renewed(address)
                    or (outcome.effect == "replace" and not self._stays(address, attribute))
                ):
                    return address
        return ""

    def _unknown_through(self, value: Value) -> tuple[str, ...]:
        """The new, replaced or late things because of which this unknown value is known only after apply."""
        return tuple(
            ref
            for ref in value.refs
            if ref in self._late and _named(ref, value.text) and self._is_read_late(ref, _used(ref, value.text))
        )

    def _is_read_late(self, ref: str, used: Sequence[str]) -> bool:
        only = self._late[ref].only
        if only is not None:
            return any(name in only for name in used)
        return not used or not all(self._stays(ref, name) for name in used)

    def _renewed(self, address: str) -> frozenset[str]:
        """The attributes to which an update in place of this resource gives a new value: terraform_data's output."""
        entity, change = self.after[address], self.changes.get(address)
        facts = facts_of(entity.type)
        if facts is None or not facts.renewed or self._referred.isdisjoint((address, resource_of(address))):
            return frozenset()
        touched = _touched(change) if change else set()
        if entity.references or entity.attributes.refs:  # else nothing in it hangs on anything
            touched |= {_argument(p) for p, v in self._unknown(address, entity).items() if self._unknown_through(v)}
        return frozenset(name for name, by in facts.renewed.items() if _renews(by, touched, entity))

    def _stays(self, address: str, attribute: str) -> bool:
        """Whether an attribute of a replaced resource is known beforehand: configured and known, or a default."""
        entity = self.after.get(address)
        if entity is None or entity.kind != "terraform.resource":
            return False
        value = entity.attributes.items.get(attribute)
        if value is not None:
            return value.known
        facts = facts_of(entity.type)
        return facts is not None and (attribute in facts.defaults or attribute in facts.known)


_CONDITION = "Condition"  # of a CloudFormation resource: written there only where nobody can say whether it holds
_LOGICAL = regex(r":(\w+)\Z")  # the name of a CloudFormation resource in its address
_CUT = "...sha256:"  # of a text too long to be kept whole
_REFERENCE = regex(r"((?:[\w-]+(?:\[[^\]]*\])?\.)+[\w-]+(?:\[[^\]]*\])?)\.([a-z_]+)")


def is_within(address: str, outer: str) -> bool:
    """Whether an instance belongs to a resource, a module call or one of their instances."""
    inner, other = parsed(address), parsed(outer)
    if len(inner) < len(other) or not other:
        return False
    return all(a == b or (b.key is None and a.name == b.name) for a, b in zip(inner[: len(other)], other, strict=True))


def _strength(outcome: Outcome) -> tuple[int, int]:
    order: tuple[Effect, ...] = ("no-op", "in-place", "replace")
    rank = order.index(outcome.effect) if outcome.effect in order else len(order)
    return rank, -CONFIDENCES.index(outcome.confidence)


def _surer(a: Confidence, b: Confidence) -> bool:
    return CONFIDENCES.index(a) < CONFIDENCES.index(b)


def _weakest(*confidences: Confidence) -> Confidence:
    return max(confidences, key=CONFIDENCES.index, default="high")


def _resolved(value: Value, *sides: Mapping[str, Entity]) -> Value:
    """The argument that an unknown value is the provider's second name of, else the value itself."""
    match = _REFERENCE.fullmatch(value.text) if not value.known else None
    entity = next((s[match[1]] for s in sides if match[1] in s), None) if match else None
    facts = facts_of(entity.type) if entity else None
    if match is None or entity is None or facts is None or match[2] not in facts.alias:
        return value
    name = facts.alias[match[2]]
    return entity.attributes.items.get(name) or replace(value, text=f"{match[1]}.{name}")


def _used(address: str, text: str) -> list[str]:
    """The attributes of a resource that an expression reads."""
    if logical := _LOGICAL.search(address):
        return re.findall(rf"\b{logical[1]}\.(\w[\w.]*)", text)
    return re.findall(re.escape(address) + r"(?:\[[^\]]*\])?\.([a-z_][a-z0-9_]*)", text)


def _is_one_by_default(delta: Delta) -> bool:
    """Whether the sides differ only in saying which workspace it is."""
    sides = [side for side in (delta.before, delta.after) if side is not None and not side.known]
    if not any("terraform.workspace" in side.text for side in sides):
        return False
    from blastlint.enrich.lifecycle.workspaces import same_by_default

    return same_by_default(delta)


def _named(address: str, text: str) -> bool:
    """Whether an expression reads this, or something that stands for the module it is in. One that does not hangs on it
    through a part of a collection (`each.value.name`), of which other parts are what comes from there."""
    if _LOGICAL.search(address):
        return True  # what a value of a template refers to is exact
    names = [step.name for step in parsed(address)]
    modules = [f"module.{name}" for before, name in pairwise(names) if before == "module"]
    return _CUT in text or any(name in text for name in (".".join(names[-2:]), *modules))


def _renews(by: Sequence[str], touched: set[str], entity: Entity) -> bool:
    """Whether one of these arguments differs, and what it hangs on is on."""
    switches = [entity.attributes.items.get(name[1:]) for name in by if name.startswith("?")]
    if not all(switch is not None and switch.scalar is True for switch in switches):
        return False
    return "*" in by or not touched.isdisjoint(by)


def _touched(change: Change) -> set[str]:
    """The names of the arguments that differ."""
    return {_argument(delta.path) for delta in change.deltas}


def _argument(path: str) -> str:
    """The argument that a path lies in: `environment[0].variables` is in `environment`."""
    return path.split(".", 1)[0].split("[", 1)[0]
