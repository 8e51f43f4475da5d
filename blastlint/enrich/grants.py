"""Grant: who may do what to what, under which conditions. One model for IAM policies, role bindings and RBAC rules.

Two lists of grants are compared as the sets of permissions that they stand for, so splitting, merging and reordering
statements means nothing. What cannot be known is a text of its own that covers only itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Literal

from blastlint.enrich.networks import WORLD
from blastlint.frozen import dataclass
from blastlint.regex import regex

AccessLevel = Literal["admin", "permissions", "service", "write", "read"]
Breadth = Literal["all", "wildcard", "listed"]
What = Literal["actions", "principals", "conditions"]

UNKNOWN = "${"  # stands in every text that is not known to the end

LEVELS: tuple[AccessLevel, ...] = ("admin", "permissions", "service", "write", "read")
BREADTHS: tuple[Breadth, ...] = ("all", "wildcard", "listed")

_READ_VERB = regex(
    r"^(Get|List|Describe|Head|BatchGet|BatchDescribe|Query|Scan|Lookup|Search|View|Read|Select|Check|Simulate|Download|"
    r"Estimate|Preview|Validate|Test|Filter|Discover|Detect|Poll)", re.IGNORECASE
)  # fmt: skip
# Actions with which a holder can give itself more: on every resource they are worth as much as what they can grant.
_PERMISSION_VERB = regex(
    r"^iam:(PassRole|\*Policy.*|(Put|Attach|Create|Update|Set|Add|Delete|Detach)\w*(Policy|PolicyVersion|AccessKey|"
    r"LoginProfile|AssumeRolePolicy|UserToGroup|Role|User)\w*\*?|(Put|Attach|Create|Update|Set|Add)\*)$|"
    r"^(organizations|account):\*$|^sts:(AssumeRole)?\*$|^sts:AssumeRole$", re.IGNORECASE
)  # fmt: skip
# Built-in roles that hold everything but the giving of permissions.
_NEARLY_EVERYTHING = frozenset({"PowerUserAccess", "roles/editor", "Contributor"})
_LIMITING_KEY = regex(
    r"^aws:(Principal(OrgID|OrgPaths|Account|Arn|Tag.*)|Source(Account|Arn|Owner|OrgID|OrgPaths|Vpc|Vpce|Ip)|userid|username)$|"
    r":(sub|aud|repository\w*|CallerAccount)$", re.IGNORECASE
)  # fmt: skip
_WHOLE_SERVICE_ARN = regex(r"^arn:[^:]*:(s3:::\*(/\*)?|(?!s3:)[^:]*:[^:]*:[^:]*:([\w-]+[/:])?\*)$")


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of a statement: operator, key, and the values it allows (patterns where the operator matches text)."""

    operator: str
    key: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Grant:
    """One statement. `except_actions` (NotAction) stands for all actions but these; the same for resources.

    `principals` is empty in a policy that is attached to who gets it. Roles of other clouds are actions of one text with
    their `role_level`.
    """

    allow: bool
    actions: frozenset[str]
    resources: frozenset[str]
    principals: frozenset[str] = frozenset()
    conditions: frozenset[Condition] = frozenset()
    except_actions: frozenset[str] | None = None
    except_resources: frozenset[str] | None = None
    role_level: AccessLevel | None = None

    def atoms(self) -> Iterator[Atom]:
        """Every single permission of an allowing statement; a statement that denies has none."""
        if not self.allow:
            return
        actions = self.actions if self.except_actions is None else {"*"}
        resources = self.resources if self.except_resources is None else {"*"}
        for action in sorted(actions):
            for resource in sorted(resources):
                for principal in sorted(self.principals) or [""]:
                    yield Atom(action, resource, principal, self)

    @property
    def is_tied(self) -> bool:
        """Whether a condition ties the grant to an organisation, account, network or identity, whoever its principal is."""
        return any(_LIMITING_KEY.search(c.key) and "not" not in c.operator.lower() for c in self.conditions)


@dataclass(frozen=True, slots=True)
class Atom:
    """One action on one resource for one principal, and the statement it belongs to."""

    action: str
    resource: str
    principal: str
    grant: Grant

    @property
    def level(self) -> AccessLevel:
        if self.grant.role_level is not None:
            return self.grant.role_level
        everything = self.breadth == "all"
        service, _, verb = self.action.partition(":")
        if self.action in ("*", "*:*"):
            return "admin" if everything else "service"
        if verb == "*":
            return "admin" if service.lower() == "iam" and everything else "service"
        if everything and _PERMISSION_VERB.match(self.action):
            return "permissions"
        return "read" if _READ_VERB.match(verb or service) else "write"

    @property
    def breadth(self) -> Breadth:
        if self.principal and self.grant.role_level is None:
            return "listed"  # a resource's own policy speaks of that resource, whatever it writes
        if self.resource == "*" or _WHOLE_SERVICE_ARN.match(self.resource):
            return "all"
        return "wildcard" if "*" in self.resource.removesuffix("/*") else "listed"


@dataclass(frozen=True, slots=True)
class Widening:
    """What the after side allows and the before side did not, of one sort, worst level first."""

    what: What
    atoms: tuple[Atom, ...]

    @property
    def level(self) -> AccessLevel:
        return self.atoms[0].level

    @property
    def breadth(self) -> Breadth:
        return self.atoms[0].breadth

    def listed(self, field: Literal["action", "resource", "principal"]) -> tuple[str, ...]:
        """The distinct actions, resources or principals of the atoms at the worst level."""
        worst = [atom for atom in self.atoms if atom.level == self.level]
        return tuple(dict.fromkeys(text for atom in worst if (text := str(getattr(atom, field)))))


def widenings(before: Sequence[Grant], after: Sequence[Grant]) -> tuple[Widening, ...]:
    """How the after side allows more than the before side: at most one entry for each sort of widening."""
    found: dict[What, list[Atom]] = {}
    allowing = [grant for grant in before if grant.allow]
    for grant in after:
        if grant in allowing:
            continue
        for atom in grant.atoms():
            what = _new(atom, allowing)
            if what:
                found.setdefault(what, []).append(atom)
    return tuple(Widening(what, tuple(sorted(atoms, key=_rank))) for what, atoms in found.items())


def _rank(atom: Atom) -> tuple[int, int]:
    return LEVELS.index(atom.level), BREADTHS.index(atom.breadth)


def _new(atom: Atom, before: Iterable[Grant]) -> What | None:
    """How the atom is new, or None when one statement of before covers it."""
    what: What = "actions"
    holders = 0
    for old in before:
        if not (_covers_action(old, atom) and _covers_resource(old, atom)):
            continue
        if not _covers_principal(old, atom):
            what = "principals" if what == "actions" else what
            holders += len(old.principals)
        elif _covers_conditions(old, atom.grant):
            return None
        else:
            what = "conditions"
    if what == "principals" and UNKNOWN in atom.principal and len(atom.grant.principals) <= holders:
        return None  # perhaps only another expression for the same holder: there are no more of them than before
    return what


def _covers_action(old: Grant, new: Atom) -> bool:
    if old.role_level == "admin":
        return True
    if old.actions & _NEARLY_EVERYTHING and new.level not in ("admin", "permissions"):
        return True
    excepted = new.grant.except_actions
    if old.except_actions is not None:
        if excepted is not None:
            return all(any(covers(e, o) for e in excepted) for o in old.except_actions)
        return not any(covers(e, new.action) or covers(new.action, e) for e in old.except_actions)
    return any(covers(pattern, new.action) for pattern in old.actions)


def _covers_resource(old: Grant, new: Atom) -> bool:
    excepted = new.grant.except_resources
    if old.except_resources is not None:
        if excepted is not None:
            return all(any(covers(e, o) for e in excepted) for o in old.except_resources)
        return not any(covers(e, new.resource) or covers(new.resource, e) for e in old.except_resources)
    return any(covers(pattern, new.resource) for pattern in old.resources)


def _covers_principal(old: Grant, new: Atom) -> bool:
    if not old.principals:
        return not new.principal
    return new.principal in old.principals or "*" in old.principals


def _covers_conditions(old: Grant, new: Grant) -> bool:
    """Whether every test of the old statement is still made at least as strictly by the new one."""
    return all(any(_as_strict(condition, other) for other in new.conditions) for condition in old.conditions)


def _as_strict(old: Condition, new: Condition) -> bool:
    """Whether a test of the same key still ties the grant down. Other values are another holder and not a looser test,
    unless they are patterns that take in more."""
    if old.key.lower() != new.key.lower():
        return False
    if _is_match(old.operator) and _is_match(new.operator):
        exact = "equals" in new.operator.lower() and "arn" not in new.operator.lower()
        return exact or all(_is_narrow(n) or any(covers(o, n) for o in old.values) for n in new.values)
    if "ipaddress" in old.operator.lower() and old.operator == new.operator:
        return not any(value in WORLD for value in new.values - old.values)
    return old.operator == new.operator and new.values <= old.values


def _is_narrow(value: str) -> bool:
    """Whether it is no pattern, as far as is known: a wildcard within an expression (`${...}`) is part of the program."""
    return (value.startswith("${") and value.endswith("}")) or ("*" not in value and "?" not in value)


def _is_match(operator: str) -> bool:
    """Whether the operator compares text with equality or a pattern (and does not negate)."""
    low = operator.lower()
    return "not" not in low and ("string" in low or "arn" in low) and ("like" in low or "equals" in low)


@lru_cache(maxsize=65536)
def covers(pattern: str, text: str) -> bool:
    """Whether everything that `text` (itself perhaps a pattern) stands for is in `pattern`. Case does not count."""
    if pattern == text or pattern in ("*", "*:*"):
        return True
    if "*" not in pattern and "?" not in pattern:
        return pattern.lower() == text.lower()
    return _matches(pattern.lower(), text.lower())


def _matches(pattern: str, text: str) -> bool:
    """Wildcard matching in time |pattern| x |text| at most: `*` takes anything, `?` one character that is no `*`."""
    p = t = 0
    star, resume = -1, 0
    while t < len(text):
        if p < len(pattern) and pattern[p] == "*":
            star, resume = p, t
            p += 1
        elif p < len(pattern) and (pattern[p] == text[t] or (pattern[p] == "?" and text[t] != "*")):
            p, t = p + 1, t + 1
        elif star >= 0:
            resume += 1
            p, t = star + 1, resume
        else:
            return False
    return all(c == "*" for c in pattern[p:])
