"""Types that cross a layer: frozen, no I/O, no formatting.

The words are those of the glossary in CONTRIBUTING.md: *before*/*after* are two contents, *action* is what the text
did, *effect* is what applying it does, and unknown is a third value that is never asserted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from types import NoneType
from typing import Literal, Protocol

from blastlint.frozen import dataclass

Side = Literal["before", "after"]
Action = Literal["added", "removed", "modified", "moved"]
Effect = Literal["no-op", "create", "in-place", "replace", "destroy", "forget", "orphan", "unknown"]
Cause = Literal["direct", "cascade"]
Evidence = Literal["source", "rendered", "plan", "text"]
Severity = Literal["critical", "high", "medium", "low"]
Confidence = Literal["high", "medium", "low"]
Environment = Literal["production", "unknown", "non-production", "ephemeral"]
PathClass = Literal["source", "test", "docs", "example", "generated", "vendored", "lock"]
Recoverability = Literal["reversible", "recoverable with effort", "recoverable from backup", "unrecoverable", "unknown"]
Coverage = Literal["full", "partial", "opaque"]

SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")
CONFIDENCES: tuple[Confidence, ...] = ("high", "medium", "low")

Scalar = str | int | float | bool | None


# --- places ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of one file on one side. Lines and columns are 1-based, the end is exclusive, columns count code points."""

    side: Side
    path: str
    start_line: int
    start_column: int = 1
    end_line: int = 0
    end_column: int = 1

    @property
    def last_line(self) -> int:
        """The last line that has a character of the region in it."""
        if self.end_line <= self.start_line:
            return self.start_line
        return self.end_line - 1 if self.end_column <= 1 else self.end_line


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that a finding names: a dependent, a caller, a child that the finding stands for."""

    message: str
    region: Region | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """How a string of several lines stands in its file: `literal` keeps its line breaks, so that line n of the text (from 0)
    is line `line + n` of the file; `folded` and `quoted` do not. `indent` is the number of columns before the content."""

    style: Literal["literal", "folded", "quoted"]
    line: int
    indent: int = 0


# --- values ---------------------------------------------------------------------------------------------------------

# What a Value's data is asked for by: concrete types, since asking for a Mapping costs ten times as much.
_SCALARS = (str, int, float, NoneType)
_NO_MAP = (*_SCALARS, tuple)


@dataclass(frozen=True, slots=True)
class Value:
    """One effective value: a scalar, a list, a map, or unknown with a reason. Either way it carries `refs`, the addresses
    that it depends on.

    Equality is equality of meaning: regions and refs do not count. `text` is the canonical source of an unknown value
    with the known parts filled in, so that two unknowns are equal when their texts are.
    `unordered` marks set semantics; `sensitive` values are masked wherever they would be shown.
    """

    data: Scalar | tuple[Value, ...] | Mapping[str, Value] = None
    known: bool = True
    reason: str = field(default="", compare=False)
    text: str = ""
    unordered: bool = False
    sensitive: bool = field(default=False, compare=False)
    refs: frozenset[str] = field(default=frozenset(), compare=False)
    region: Region | None = field(default=None, compare=False)
    block: Block | None = field(default=None, compare=False)

    @property
    def is_map(self) -> bool:
        return self.known and not isinstance(self.data, _NO_MAP)

    @property
    def is_list(self) -> bool:
        return self.known and isinstance(self.data, tuple)

    @property
    def is_scalar(self) -> bool:
        return self.known and isinstance(self.data, _SCALARS)

    @property
    def items(self) -> Mapping[str, Value]:
        """The entries of a map; empty for everything else."""
        return self.data if self.known and not isinstance(self.data, _NO_MAP) else {}

    @property
    def elements(self) -> tuple[Value, ...]:
        """The elements of a list; empty for everything else."""
        return self.data if self.known and isinstance(self.data, tuple) else ()

    @property
    def scalar(self) -> Scalar:
        """The scalar, or None for lists, maps and unknowns (ask `known` where the difference matters)."""
        return self.data if self.known and isinstance(self.data, _SCALARS) else None

    def get(self, *path: str | int) -> Value | None:
        """The value below `path`, or None when it is absent or lies below an unknown."""
        here: Value | None = self
        for step in path:
            if here is None:
                return None
            if isinstance(step, int):
                here = here.elements[step] if -len(here.elements) <= step < len(here.elements) else None
            else:
                here = here.items.get(step)
        return here

    def leaves(self, prefix: str = "") -> Iterator[tuple[str, Value]]:
        """(dotted path, scalar or unknown or empty container) in document order: `a.b[2].c`."""
        found: list[tuple[str, Value]] = []
        self._leaves(prefix, found)
        return iter(found)

    def _leaves(self, prefix: str, found: list[tuple[str, Value]]) -> None:
        data = self.data
        if not self.known or not data or isinstance(data, _SCALARS):
            found.append((prefix, self))
        elif isinstance(data, tuple):
            for index, child in enumerate(data):
                child._leaves(f"{prefix}[{index}]", found)
        else:
            for key, child in data.items():
                child._leaves(join_path(prefix, key), found)


_PATH_MARKS = frozenset('.[]" ')


def join_path(prefix: str, key: str) -> str:
    """`a` + `b` -> `a.b`; a key that would read as a path is quoted: `a["b.c"]`."""
    if key and _PATH_MARKS.isdisjoint(key):
        return f"{prefix}.{key}" if prefix else key
    return f'{prefix}["{key}"]'


def unknown(reason: str, text: str = "", refs: frozenset[str] = frozenset(), region: Region | None = None) -> Value:
    """A value that cannot be known from source; `text` is its canonical expression."""
    return Value(None, known=False, reason=reason, text=text, refs=refs, region=region)


# --- what changed, as files -----------------------------------------------------------------------------------------


class Tree(Protocol):
    """One whole side, readable lazily. Paths are POSIX, relative to the root of what is compared."""

    def read(self, path: str) -> bytes | None:
        """The bytes of a regular file, or None when there is none (links and submodules are not followed)."""

    def size(self, path: str) -> int | None:
        """The size in bytes without reading, or None when there is no such file."""

    def paths(self) -> Sequence[str]:
        """Every file, sorted. Costs a listing of the whole tree: ask only when a rule's meaning needs it."""

    def listdir(self, directory: str) -> Sequence[str]:
        """Paths of the files directly in `directory` ("" is the root), sorted. Costs that directory only."""

    def search(self, literal: str, suffixes: tuple[str, ...] = ()) -> Sequence[str]:
        """Paths of text files that contain `literal`, sorted, at most 1,000."""

    def lines(self, literals: tuple[str, ...], suffixes: tuple[str, ...] = ()) -> Sequence[tuple[str, str]]:
        """(path, line) of every line of a text file that holds one of `literals`, by path; at most 50,000. One search
        answers for all of them: ask once for everything, not once for each file."""


FileStatus = Literal["added", "removed", "modified", "renamed"]


@dataclass(frozen=True, slots=True)
class FileChange:
    """One changed file. `before` is None when added, `after` is None when removed. Modes are git's (0 when absent)."""

    status: FileStatus
    before: str | None
    after: str | None
    mode_before: int = 0
    mode_after: int = 0

    @property
    def path(self) -> str:
        """The path that people know it by: after, or before when it is gone."""
        path = self.after if self.after is not None else self.before
        assert path is not None
        return path

    @property
    def is_submodule(self) -> bool:
        return 0o160000 in (self.mode_before, self.mode_after)

    @property
    def is_symlink(self) -> bool:
        return 0o120000 in (self.mode_before, self.mode_after)


class History(Protocol):
    """What a repository went through before the change. Read when asked, and bounded: the last few hundred changes."""

    def recent(self) -> Sequence[Sequence[FileChange]]:
        """The files of each of the last changes as they came to the base, newest first; empty where nothing is known."""

    def earlier(self, path: str) -> Sequence[bytes]:
        """What the file said before each of them that touched it, newest first."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who a commit says made it; `trailers` are (key, value) in order."""

    name: str
    address: str
    trailers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Notification:
    """Something that did not go through the whole analysis, or that a reader must know: nothing vanishes."""

    id: str
    level: Literal["error", "warning", "note"]
    message: str
    path: str = ""
    line: int = 0
    incomplete: bool = False


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan that another tool made, as it was read: `content` is its JSON. `places` has, for every list of changes in it,
    the (line, column) at which each element begins."""

    path: str
    format: str
    content: Mapping[str, object]
    places: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Two trees and the files in which they differ. `base` and `head` are labels for people.

    `complete` is False when only a patch is known: then the trees hold just what the patch shows. `plans` are what other
    tools said beforehand that applying it does. `scope` are globs that the change was told to stay within, `now` is the
    clock (ISO 8601) that the check is told: "" when it is told none. `history` is what came before, where git is there.
    `renderers` are the programs that may be run on what they can render: {name: the command}.
    """

    base: str
    head: str
    files: tuple[FileChange, ...]
    before: Tree
    after: Tree
    message: str = ""
    authors: tuple[Author, ...] = ()
    branch: str = ""
    scope: tuple[str, ...] = ()
    now: str = ""
    complete: bool = True
    notifications: tuple[Notification, ...] = ()
    plans: tuple[PlanFile, ...] = ()
    history: History | None = field(default=None, compare=False)
    renderers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def tree(self, side: Side) -> Tree:
        return self.before if side == "before" else self.after


# --- parsed and resolved --------------------------------------------------------------------------------------------


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


# --- what changed, as meaning ---------------------------------------------------------------------------------------


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
        return self.entity.kind

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


# --- judged ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Suppression:
    """Why a finding does not count towards the verdict. It stays in every report."""

    kind: Literal["inSource", "external"]
    justification: str
    location: Region | None = None


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a finding is shown on the after side, and how that line was chosen (`added`, `block`, `after-removal`,
    `referrer`, `sibling`, `deleted`, `file`, `plan`)."""

    region: Region
    choice: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's judgement of one impact (and, where the rule asks about one, of one fact)."""

    rule_id: str
    rule_name: str
    severity: Severity
    declared_severity: Severity
    confidence: Confidence
    message: str
    address: str
    impact: Impact
    fact: Fact | None
    before: Region | None
    after: Region | None
    fingerprint: str
    adjusted: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    anchor: Anchor | None = None
    suppressions: tuple[Suppression, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether it counts towards the verdict."""
        return not self.suppressions


@dataclass(frozen=True, slots=True)
class Verdict:
    """`fail_on` is the severity that fails, or `never`; `failing` counts unsuppressed findings at or above it."""

    fail_on: str
    failing: int
    incomplete: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    change_set: ChangeSet
    impacts: tuple[Impact, ...]
    findings: tuple[Finding, ...]
    notifications: tuple[Notification, ...]
    verdict: Verdict
    rule_ids: tuple[str, ...] = ()
    files_analysed: int = 0
    details: Mapping[str, str] = field(default_factory=dict)
