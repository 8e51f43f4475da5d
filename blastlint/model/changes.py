"""What changed, as meaning: things with an identity on each side, their changes, what applying them does, and facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from blastlint.frozen import dataclass, field
from blastlint.model.files import Notification
from blastlint.model.values import Region, Related, Side, Value

Action = Literal["added", "removed", "modified", "moved"]
Effect = Literal["no-op", "create", "in-place", "replace", "destroy", "forget", "orphan", "unknown"]
Cause = Literal["direct", "cascade"]
Evidence = Literal["source", "rendered", "plan", "text"]
Confidence = Literal["high", "medium", "low"]
Environment = Literal["production", "unknown", "non-production", "ephemeral"]
PathClass = Literal["source", "test", "docs", "example", "generated", "vendored", "lock"]
Recoverability = Literal["reversible", "recoverable with effort", "recoverable from backup", "unrecoverable", "unknown"]
Coverage = Literal["full", "partial", "opaque"]

CONFIDENCES: tuple[Confidence, ...] = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Comment:
    text: str
    region: Region


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing with an identity, on one side. `attributes` is always a map Value (of effective values where they can be
    known). `content` is a digest of meaning that ignores place, order, formatting and comments: equal content on both
    sides at different addresses is a move. `header` is the line that names the entity.
    """

    address: str
    kind: str
    type: str
    name: str
    attributes: Value
    region: Region
    header: Region | None = None
    parent: str = ""
    references: frozenset[str] = frozenset()
    configuration: str = ""
    variant: str = ""
    content: str = ""
    detail: object = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Identity: the same key on both sides is the same thing."""
        return (self.kind, self.configuration, self.variant, self.address)


@dataclass(frozen=True, slots=True)
class Document:
    """One parsed file on one side. `content` is what its language's resolver reads (a key-tree Value, Terraform blocks, a
    Python module, ...). Coverage below full carries a reason, and a line where one is known."""

    path: str
    side: Side
    language: str
    content: object = None
    comments: tuple[Comment, ...] = ()
    coverage: Coverage = "full"
    reason: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Delta:
    """One attribute's difference within an entity. `path` is dotted as in `Value.leaves`; an absent side is None."""

    path: str
    action: Action
    before: Value | None
    after: Value | None

    @property
    def before_region(self) -> Region | None:
        return self.before.region if self.before else None

    @property
    def after_region(self) -> Region | None:
        return self.after.region if self.after else None


@dataclass(frozen=True, slots=True)
class Change:
    """One semantic change of one entity. `address` is the address before for destroy and forget, else the one after.

    `explained_by` names the transition that accounts for it (a moved block, a file split), so that its echoes are silent.
    """

    address: str
    action: Action
    before: Entity | None
    after: Entity | None
    deltas: tuple[Delta, ...] = ()
    previous_address: str = ""
    evidence: Evidence = "source"
    explained_by: str = ""

    @property
    def entity(self) -> Entity:
        entity = self.after if self.after is not None else self.before
        assert entity is not None
        return entity

    @property
    def kind(self) -> str:
        after = self.after  # asked for by everyone, for every change
        return after.kind if after is not None else self.entity.kind

    @property
    def type(self) -> str:
        return self.entity.type

    @property
    def path(self) -> str:
        return self.entity.region.path


@dataclass(frozen=True, slots=True)
class Planned:
    """What a plan says that applying does to one thing. `because` is the address whose change brings a cascade about."""

    effect: Effect
    cause: Cause = "direct"
    replace_paths: tuple[str, ...] = ()
    because: str = ""
    confidence: Confidence = "high"


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan in our words: what it speaks of on both sides, as entities, and what happens to each by (kind, address), the
    address being that of the Change (before for what goes, else after). What is not in `effects` stays as it is.

    `complete` is False when it was made for a part only (-target). `drifted` are addresses that were changed behind the
    tool's back. `variables` are the values it was made with, {name: value}; they say which variant it is of.
    """

    path: str
    before: tuple[Entity, ...]
    after: tuple[Entity, ...]
    effects: Mapping[tuple[str, str], Planned]
    complete: bool = True
    drifted: frozenset[str] = frozenset()
    variables: Mapping[str, Value] = field(default_factory=dict)
    notifications: tuple[Notification, ...] = ()
    configuration: str = ""
    variant: str = ""


FactValue = str | int | float | bool | None | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is true of a change and that a rule may judge: `name` and `fields` are those of enrich/vocabulary.

    `path` is the delta path within the entity and part of the fingerprint; `before` and `after` are where to look.
    """

    name: str
    fields: Mapping[str, FactValue]
    path: str = ""
    before: Region | None = None
    after: Region | None = None
    related: tuple[Related, ...] = ()
    confidence: Confidence = "high"


@dataclass(frozen=True, slots=True)
class Impact:
    """A change with what applying it does and everything that rules may ask about it. Facts only, no judgement."""

    change: Change
    effect: Effect
    cause: Cause = "direct"
    blocked_by: str = ""
    confidence: Confidence = "high"
    replace_paths: tuple[str, ...] = ()
    stateful: str = ""
    environment: Environment = "unknown"
    path_class: PathClass = "source"
    recoverability: Recoverability = "unknown"
    dependents: tuple[Related, ...] = ()
    facts: tuple[Fact, ...] = ()
    foreseen: Effect | None = None  # what source alone said, where a plan was at hand as well
