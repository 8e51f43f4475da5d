"""Grant: who may do what to what, under which conditions. One model for IAM policies, role bindings and RBAC rules.

Two lists of grants are compared as the sets of permissions that they stand for (enrich/sets.py): what one of them allows and
none of them denies. What cannot be known is a text of its own that covers only itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from blastlint.enrich.access.classes import (
    BREADTHS,
    LEVELS,
    Breadth,
    Class,
    Level,
    System,
    breadth_of,
    class_of,
    level_of,
)
from blastlint.enrich.access.conditions import Condition, Conditions, Tests, alternatives, narrowly_missed
from blastlint.enrich.patterns import Patterns, Texts, is_narrow
from blastlint.enrich.sets import Cell, Dimension, cells
from blastlint.frozen import dataclass
from blastlint.regex import regex

What = Literal["actions", "resources", "principals", "conditions", "denials"]

UNKNOWN = "${"  # stands in every text that is not known to the end
HOLDER = Texts(frozenset({""}))  # the principal of a policy that is attached to who gets it
ITSELF = "(itself)"  # the resource of a policy that stands on it

_DIMENSIONS: tuple[Dimension[object], ...] = (Patterns(), Patterns(), Patterns(), Conditions())  # type: ignore[assignment]
_ACCOUNT = regex(r"^AWS arn:[^:]*:\*?::(?P<account>\d{12}|\$\{.*\}):\*$")


@dataclass(frozen=True, slots=True)
class Grant:
    """One statement. `except_actions` (NotAction) stands for all actions but these; the same for resources, principals.

    `principals` is empty in a policy that is attached to who gets it. `role` is the name of a role whose actions these are,
    and `role_level` what it is worth where the actions do not tell. `scope` says what "every resource" is: all of them, or
    those of one namespace, resource group, ...
    """

    allow: bool
    actions: frozenset[str]
    resources: frozenset[str]
    principals: frozenset[str] = frozenset()
    conditions: Tests = frozenset()
    except_actions: frozenset[str] | None = None
    except_resources: frozenset[str] | None = None
    except_principals: frozenset[str] | None = None
    role: str = ""
    role_level: Level | None = None
    system: System = "aws"
    scope: str = ""

    @property
    def box(self) -> tuple[Texts, Texts, Texts, Tests]:
        """The set of permissions that it stands for."""
        return (
            _texts(self.actions, self.except_actions),
            _texts(self.resources, self.except_resources),
            _texts(self.principals, self.except_principals) if self.principals or self.except_principals else HOLDER,
            self.conditions,
        )

    def boxes(self) -> Iterator[tuple[Texts, Texts, Texts, Tests]]:
        """The same as boxes of one pattern in each dimension."""
        actions, resources, principals, conditions = self.box
        for action in _each(actions):
            for resource in _each(resources):
                for principal in _each(principals):
                    for tests in alternatives(conditions):
                        yield action, resource, principal, tests

    @property
    def is_tied(self) -> bool:
        """Whether a condition ties the grant to an organisation, account, network or identity, whoever its principal is."""
        return any(condition.is_limiting for condition in self.conditions)


def _texts(patterns: frozenset[str], excepted: frozenset[str] | None) -> Texts:
    return Texts(patterns) if excepted is None else Texts(excepted, excluded=True)


def _each(texts: Texts) -> Iterator[Texts]:
    if texts.excluded:
        if "*" not in texts.patterns:  # everything but everything
            yield texts
    else:
        yield from (Texts(frozenset({pattern})) for pattern in sorted(texts.patterns))


@dataclass(frozen=True, slots=True)
class Atom:
    """One action on one resource for one principal, and the statement it belongs to. `named`: whoever gets in by it is told
    by name (a role, a repository, a small network), not by a pattern."""

    action: str
    resource: str
    principal: str
    grant: Grant
    named: bool = False

    @property
    def level(self) -> Level:
        if self.grant.role_level is not None:
            return self.grant.role_level
        level = level_of(self.action, self.resource, self.breadth)
        return "service" if level == "admin" and self.grant.scope else level

    @property
    def what(self) -> Class:
        return class_of(self.action, self.resource)

    @property
    def breadth(self) -> Breadth:
        if self.principal and self.grant.role_level is None and self.grant.system == "aws":
            return "listed"  # a resource's own policy speaks of that resource, whatever it writes
        return breadth_of(self.resource)


@dataclass(frozen=True, slots=True)
class Widening:
    """What the after side allows and the before side did not, of one sort, worst level first."""

    what: What
    atoms: tuple[Atom, ...]

    @property
    def level(self) -> Level:
        return self.atoms[0].level

    @property
    def breadth(self) -> Breadth:
        return self.atoms[0].breadth

    @property
    def worst(self) -> tuple[Atom, ...]:
        """The atoms at the worst level."""
        return tuple(atom for atom in self.atoms if atom.level == self.level)

    def listed(self, field: Literal["action", "resource", "principal"]) -> tuple[str, ...]:
        """The distinct actions, resources or principals of the atoms at the worst level."""
        return tuple(dict.fromkeys(text for atom in self.worst if (text := str(getattr(atom, field)))))


def widenings(before: Sequence[Grant], after: Sequence[Grant]) -> tuple[Widening, ...]:
    """How the after side allows more than the before side: at most one entry for each sort of widening, where more actions
    and more resources are one sort, told by the worst of it."""
    comparison = _Comparison((*before, *after), len(before))
    found: list[tuple[What, Atom]] = []
    denied = any(not grant.allow for grant in before)
    old, new = frozenset(before), frozenset(after)
    for grant in dict.fromkeys(after):
        if grant.allow and (denied or grant not in old):
            found.extend(comparison.newly_allowed(grant))
    for grant in dict.fromkeys(before):
        if not grant.allow and grant not in new:
            found.extend(("denials", atom) for atom in comparison.denied_no_more(grant))
    sorts: dict[What, list[tuple[What, Atom]]] = {}
    for what, atom in sorted(dict.fromkeys(found), key=_rank):
        sorts.setdefault("actions" if what == "resources" else what, []).append((what, atom))
    return tuple(Widening(rows[0][0], tuple(atom for _, atom in rows)) for rows in sorts.values())


def _rank(found: tuple[What, Atom]) -> tuple[int, int, bool]:
    atom = found[1]
    return LEVELS.index(atom.level), BREADTHS.index(atom.breadth), atom.named


class _Comparison:
    """The grants of both sides as boxes, in one row: those of before first."""

    def __init__(self, grants: Sequence[Grant], before: int) -> None:
        self._grants = grants
        self._boxes = [grant.box for grant in grants]
        numbers = range(len(grants))
        self._allowed, self._allowing, self._denied, self._denying = (
            frozenset(n for n in numbers if grants[n].allow is allow and (n < before) is old)
            for allow, old in ((True, True), (True, False), (False, True), (False, False))
        )

    def newly_allowed(self, grant: Grant) -> Iterator[tuple[What, Atom]]:
        """The parts of an allowing statement of after that nothing of before allowed, each with what is new in it."""
        for box in grant.boxes():
            for cell in cells(_DIMENSIONS, box, self._boxes):
                if cell.boxes & self._denying or (cell.boxes & self._allowed and not cell.boxes & self._denied):
                    continue
                what = self._new(cell)
                if not self._only_rewritten(what, cell, grant):
                    yield what, _atom(cell, grant, self._is_named(what, cell))

    def denied_no_more(self, grant: Grant) -> Iterator[Atom]:
        """The parts of a denying statement of before that were no mere exception to what the same policy allowed, and that
        nothing denies now. What after allows is told as newly allowed."""
        for box in grant.boxes():
            for cell in cells(_DIMENSIONS, box, self._boxes):
                if not cell.boxes & (self._denying | self._allowing | self._allowed):
                    yield _atom(cell, grant, named=False)

    def _new(self, cell: Cell) -> What:
        """In which dimension the permissions of before end, in the order in which people think of them."""
        inside = [within & self._allowed for within in cell.within]
        if inside[3]:
            return "denials"
        if inside[2]:
            principal = cell.sets[2]
            assert isinstance(principal, Texts)
            # Everyone under a condition held it too: somebody who is told by name needs no condition, and is new.
            told = principal == HOLDER or any(principal.patterns <= self._principals(n) for n in inside[2])
            return "conditions" if told or not is_narrow(principal.shown) else "principals"
        if inside[1]:
            return "principals"
        return "resources" if inside[0] else "actions"

    def _principals(self, number: int) -> frozenset[str]:
        return self._grants[number].principals

    def _is_named(self, what: What, cell: Cell) -> bool:
        if what == "principals":
            principal = cell.sets[2]
            assert isinstance(principal, Texts)
            return not principal.excluded and is_narrow(principal.shown)
        if what == "conditions":
            tests = cell.sets[3]
            assert isinstance(tests, frozenset)
            candidates = cell.within[2] & self._allowed
            return any(narrowly_missed(self._boxes[n][3], tests) for n in candidates)
        return False

    def _only_rewritten(self, what: What, cell: Cell, grant: Grant) -> bool:
        """Whether what is new is only another expression for as many holders or resources: they may be the same."""
        depth = {"resources": 1, "principals": 2}.get(what)
        if depth is None:
            return False
        texts = cell.sets[depth]
        assert isinstance(texts, Texts)
        if UNKNOWN not in texts.shown or not is_narrow(texts.shown):
            return False
        now = grant.box[depth]
        then = [self._boxes[n][depth] for n in cell.within[depth - 1] & self._allowed]
        assert isinstance(now, Texts)
        return len(now.patterns) <= sum(len(t.patterns) for t in then if isinstance(t, Texts) and not t.excluded)


def _atom(cell: Cell, grant: Grant, named: bool) -> Atom:
    action, resource, principal, _ = cell.sets
    assert isinstance(action, Texts) and isinstance(resource, Texts) and isinstance(principal, Texts)
    return Atom(action.shown, resource.shown, principal.shown, grant, named)


def account_of(principal: str) -> str:
    """The account that a principal stands for as a whole, else empty."""
    match = _ACCOUNT.match(principal)
    return match["account"] if match else ""


__all__ = ["HOLDER", "ITSELF", "UNKNOWN", "Atom", "Condition", "Grant", "Widening", "account_of", "widenings"]
