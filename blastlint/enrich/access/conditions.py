"""Conditions of a statement as sets: which of two tests lets less through.

An operator is a comparison, perhaps negated, perhaps `...IfExists`, perhaps for any or all of several values. Values of one
test are alternatives; in a negated one each of them is excluded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import ip_network
from itertools import product

from blastlint.enrich.patterns import covers, is_narrow
from blastlint.enrich.sets import Indexes
from blastlint.frozen import dataclass
from blastlint.regex import regex

_MAX_ALTERNATIVES = 64
_LARGE = 2**24  # a network of so many addresses names nobody
_LIMITING_KEY = regex(
    r"^aws:(Principal(OrgID|OrgPaths|Account|Arn|Tag.*)|Source(Account|Arn|Owner|OrgID|OrgPaths|Vpc|Vpce|Ip)|VpcSourceIp"
    r"|userid|username)$|:(sub|aud|repository\w*|CallerAccount|ViaService|ExternalId)$", 2
)  # fmt: skip
_PARTS = regex(r"^(?P<scope>ForAnyValue:|ForAllValues:)?(?P<test>.*?)(?P<lenient>IfExists)?$", 2)
_NUMERIC = {"lessthan": (False, False), "lessthanequals": (False, True), "greaterthan": (True, False),
            "greaterthanequals": (True, True)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of a statement: operator, key, and the values it allows (patterns where the operator matches text)."""

    operator: str
    key: str
    values: frozenset[str]

    @property
    def test(self) -> str:
        """The comparison in lower case, without scope and `IfExists`."""
        match = _PARTS.match(self.operator)
        return match["test"].lower() if match else ""

    @property
    def scope(self) -> str:
        match = _PARTS.match(self.operator)
        return (match["scope"] or "").lower() if match else ""

    @property
    def lenient(self) -> bool:
        """Whether the test holds where the key is missing."""
        return self.operator.lower().endswith("ifexists")

    @property
    def negated(self) -> bool:
        return "not" in self.test

    @property
    def matches_text(self) -> bool:
        return self.test.startswith(("string", "arn")) and self.test.endswith(("like", "equals", "equalsignorecase"))

    @property
    def is_limiting(self) -> bool:
        """Whether it ties a grant to an organisation, account, network or identity."""
        named = any(value not in ("*", "0.0.0.0/0", "::/0") for value in self.values)
        return bool(_LIMITING_KEY.search(self.key)) and not self.negated and not self.lenient and named


Tests = frozenset[Condition]


class Conditions:
    """The dimension of conditions: one set contains another whose tests are all at least as strict."""

    def cells(self, whole: Tests, others: Sequence[tuple[int, Tests]]) -> Iterator[tuple[Tests, Indexes]]:
        yield whole, frozenset(index for index, other in others if implied(other, whole))


def implied(old: Tests, new: Tests) -> bool:
    """Whether whatever passes the new tests passes the old ones."""
    return all(any(_within(n, o) for n in new) for o in old)


def narrowly_missed(old: Tests, new: Tests) -> bool:
    """Whether the new tests let others through only by naming them: another account, repository or small network."""
    missed = [o for o in old if not any(_within(n, o) for n in new)]
    return bool(missed) and all(any(_alike(n, o) and _is_named(n) for n in new) for o in missed)


def alternatives(tests: Tests) -> tuple[Tests, ...]:
    """The tests with one value each: whatever they let through is let through by one of these."""
    choices = [
        [Condition(t.operator, t.key, frozenset({v})) for v in sorted(t.values)] if _splits(t) else [t]
        for t in sorted(tests, key=lambda t: (t.key, t.operator, sorted(t.values)))
    ]
    count = 1
    for choice in choices:
        count *= len(choice)
    return tuple(frozenset(row) for row in product(*choices)) if count <= _MAX_ALTERNATIVES else (tests,)


def _splits(test: Condition) -> bool:
    """Whether its values are alternatives of which each can be looked at alone."""
    alone = test.matches_text or test.test == "ipaddress"
    return alone and not test.negated and test.scope != "forallvalues:" and len(test.values) > 1


def _is_named(test: Condition) -> bool:
    if test.test == "ipaddress":
        return all(_addresses(value) < _LARGE for value in test.values)
    return test.matches_text and all(is_narrow(value) or test.test.startswith("stringequals") for value in test.values)


def _alike(new: Condition, old: Condition) -> bool:
    """Whether both test the same key in the same way, values aside."""
    if old.key.lower() != new.key.lower() or old.scope != new.scope or old.negated != new.negated:
        return False
    if new.lenient and not old.lenient:
        return False
    return old.test == new.test or (old.matches_text and new.matches_text)


def _within(new: Condition, old: Condition) -> bool:
    """Whether the new test lets nothing through that the old one did not."""
    if old == new:
        return True
    if not _alike(new, old):
        return False
    stricter, looser = (old, new) if old.negated else (new, old)
    if old.matches_text:
        literal = "equals" in looser.test and not looser.test.startswith("arn")
        return all(any(v == w or (not literal and covers(w, v)) for w in looser.values) for v in stricter.values)
    if "ipaddress" in old.test:
        return all(any(_inside(v, w) for w in looser.values) for v in stricter.values)
    for kind in ("numeric", "date"):
        bound = _NUMERIC.get(old.test.removeprefix(kind))
        if old.test.startswith(kind) and bound:
            return _tighter(new.values, old.values, upward=bound[0])
    return new.values <= old.values


def _tighter(new: frozenset[str], old: frozenset[str], upward: bool) -> bool:
    """Whether a bound is at least as tight: larger for greater-than, smaller for less-than."""
    try:
        pairs = [(float(n), float(o)) for n in new for o in old]
    except ValueError:
        pairs = []
        texts = [(n, o) for n in new for o in old]
        return all(n >= o if upward else n <= o for n, o in texts)  # dates as ISO 8601 sort as texts
    return all(n >= o if upward else n <= o for n, o in pairs)


def _inside(value: str, other: str) -> bool:
    if value == other:
        return True
    try:
        inner, outer = ip_network(value, strict=False), ip_network(other, strict=False)
    except ValueError:
        return False
    return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def _addresses(value: str) -> int:
    try:
        return ip_network(value, strict=False).num_addresses
    except ValueError:
        return 0
