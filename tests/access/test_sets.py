"""Permissions and openings as sets, against the sets written out point by point."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from blastlint.enrich.access.grants import Grant, widenings
from blastlint.enrich.exposure.networks import Reach, grown
from blastlint.enrich.patterns import covers

TEXTS = ["".join(letters) for length in range(4) for letters in product("abcd", repeat=length)]
PATTERNS = st.frozensets(st.sampled_from(["*", "a*", "b*", "ab", "?b", "*c", "a?c"]), min_size=1, max_size=3)


@st.composite
def grants(draw: st.DrawFn) -> Grant:
    actions, resources = draw(PATTERNS), draw(PATTERNS)
    excepted = actions if draw(st.booleans()) and draw(st.booleans()) else None
    return Grant(draw(st.sampled_from([True, True, False])), actions, resources, except_actions=excepted)


LISTS = st.lists(grants(), max_size=3)


def _in(patterns: frozenset[str], text: str) -> bool:
    return any(covers(pattern, text) for pattern in patterns)


def _acts(grant: Grant, action: str) -> bool:
    return not _in(grant.except_actions, action) if grant.except_actions is not None else _in(grant.actions, action)


def _points(grant: Grant) -> set[tuple[str, str]]:
    resources = [r for r in TEXTS if _in(grant.resources, r)]
    return {(a, r) for a in TEXTS if _acts(grant, a) for r in resources}


def _allowed(policy: list[Grant]) -> set[tuple[str, str]]:
    allowed, denied = (set().union(*(_points(g) for g in policy if g.allow is side)) for side in (True, False))
    return allowed - denied


@settings(max_examples=60, deadline=None)
@given(LISTS, LISTS)
def test_wider_is_what_has_a_point_more(before: list[Grant], after: list[Grant]) -> None:
    more = _allowed(after) - _allowed(before)
    told = [w for w in widenings(before, after) if any(a.grant.allow for a in w.atoms)]
    assert bool(told) == bool(more)


@settings(max_examples=60, deadline=None)
@given(LISTS, LISTS)
def test_fewer_statements_and_more_denials_are_silent(policy: list[Grant], denials: list[Grant]) -> None:
    allowing = [g for g in policy if g.allow]
    narrower = [g for g in policy if not g.allow] + [
        Grant(False, g.actions, g.resources, except_actions=g.except_actions) for g in denials
    ]
    assert widenings(policy, [*allowing[1:], *narrower]) == ()


@settings(max_examples=60, deadline=None)
@given(LISTS, st.randoms(use_true_random=False))
def test_split_statements_in_any_order_are_silent(policy: list[Grant], random: object) -> None:
    split = [
        Grant(g.allow, frozenset({a}), frozenset({r}))
        for g in policy
        if g.except_actions is None
        for a in g.actions
        for r in g.resources
    ]
    whole = [g for g in policy if g.except_actions is None]
    random.shuffle(split)  # type: ignore[attr-defined]
    assert widenings(whole, split) == widenings(split, whole) == ()


PORTS = st.tuples(st.integers(0, 12), st.integers(0, 6)).map(lambda p: (p[0], p[0] + p[1]))
NETWORKS = st.sampled_from(["10.0.0.0/28", "10.0.0.0/29", "10.0.0.8/29", "10.0.0.4/30", "10.0.0.1/32"])
REACHES = st.lists(
    st.builds(Reach, st.sampled_from(["tcp", "udp", "*"]), PORTS, NETWORKS, st.booleans(), st.integers(1, 3)), max_size=4
)


def _opened(rules: list[Reach]) -> set[tuple[str, int, int]]:
    """(protocol, port, last byte of the address) of every point that is let in."""
    points = set()
    for protocol, port, byte in product(("tcp", "udp", "icmp"), range(20), range(16)):
        for rule in sorted(rules, key=lambda r: (r.order, r.allow)):
            start, bits = rule.source.rsplit(".", 1)[1].split("/")
            inside = int(start) <= byte < int(start) + 2 ** (32 - int(bits))
            if inside and rule.protocol in ("*", protocol) and rule.ports[0] <= port <= rule.ports[1]:
                if rule.allow:
                    points.add((protocol, port, byte))
                break
    return points


@settings(max_examples=80, deadline=None)
@given(REACHES, REACHES)
def test_what_rules_open_is_measured_exactly(before: list[Reach], after: list[Reach]) -> None:
    assert bool(grown(before, after)) == bool(_opened(after) - _opened(before))
