"""`capacity` facts about the values that a chart is given: copies, and what a container may use; `guard` facts about probes
that are emptied.

A chart from elsewhere is not in the tree, so what its templates make of a value is not known; what `replicaCount`,
`resources.limits` and `livenessProbe: {}` mean is. Where the chart is in the tree, the object that shows the value says it,
and nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.capacity import Amount, fact_of, sizes
from blastlint.enrich.context import Context
from blastlint.enrich.guards.strength import truth
from blastlint.facts.paths import found, keys, steps
from blastlint.frozen import dataclass
from blastlint.model import Change, Delta, Fact, FactValue, Region, Value
from blastlint.parse.keytree import KeyTree
from blastlint.regex import regex
from blastlint.resolve.keytree import document_of
from blastlint.resolve.kubernetes.releases import has_release

_COPIES = frozenset({"replicaCount", "replicas"})
_VALUES = regex(r"(^|/)[\w.-]*values[\w.-]*\.ya?ml$|(^|/)values/")
_INNER = regex(r"^(?P<outer>(?:.*/)?)charts/[^/]+/[^/]+$")
_GIVEN = regex(
    r"^helmCharts\[\d+\]\.valuesInline\."
    r"|^spec\.(values|valuesContent|(template\.spec\.)?sources?(\[[^\]]*\])?\.helm\.values(Object)?)\."
)
_RESOURCES = regex(r"(^|\.)resources\.(limits|requests)\.\w+$")
_OWNERS = ("autoscaling", "hpa", "keda")
_PROBE = regex(r"^(?P<probe>(?:.*\.)?(?:liveness|readiness)Probe)\.(?:exec|httpGet|tcpSocket|grpc)$")


@dataclass(frozen=True, slots=True)
class _Shown:
    """The places of values that an object of the tree has, as (path, line)."""

    places: frozenset[tuple[str, int]]


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """What one value of a chart says about copies or size, where both sides have it."""
    if change.before is None or change.after is None or not change.deltas:
        return
    if change.kind == "config.document":
        yield from _emptied_probes(change, context)
        return
    delta = change.deltas[0]
    old, new = delta.before, delta.after
    names = keys(delta.path)
    if old is None or new is None or not names or change.entity.type != "configuration":
        return
    if _is_shown(new.region, context) or _has_outer(change.path, context):
        return
    given = _GIVEN.search(delta.path) is not None
    if given and has_release(context.after, change.path):
        return
    if names[-1] in _COPIES and (given or _VALUES.search(change.path)):
        yield from fact_of(Amount(delta.path), old, new, _is_autoscaled(change, names))
    elif not given and _RESOURCES.search(delta.path):  # given ones are the object's that gives them
        yield from sizes.facts(change, context)


def _emptied_probes(change: Change, context: Context) -> Iterator[Fact]:
    """Probes that asked something, and of which nothing or the name is left. Without the name the chart says its own."""
    for delta in change.deltas:
        match = _PROBE.match(delta.path)
        if match is None or delta.after is not None or not (_GIVEN.search(delta.path) or _VALUES.search(change.path)):
            continue
        document = context.after.document(change.path)
        roots = document.content.documents if document and isinstance(document.content, KeyTree) else ()
        left = (found(root, steps(match["probe"])) for root in roots)
        empty = next((value for value in left if value is not None and value.known and not value.data), None)
        if empty is not None:
            yield _probe_fact(match["probe"], delta, empty)


def _probe_fact(probe: str, delta: Delta, empty: Value) -> Fact:
    fields: dict[str, FactValue] = {
        "kind": "healthcheck",
        "name": probe,
        "direction": "weakened",
        "strength": "unknown",
        "before": delta.path.rpartition(".")[2],
        "after": "nothing",
        "shift": f"{probe} asks nothing any more",
        "subject": "",
        "copies": None,
    }
    return Fact("guard", fields, probe, delta.before_region, empty.region)


def _is_autoscaled(change: Change, names: tuple[str, ...]) -> bool:
    """Whether the values beside it, or those around it, switch an autoscaler on."""
    assert change.after is not None
    root = document_of(change.after).root
    for depth in range(len(names)):
        around = found(root, steps(".".join(names[:depth]))) if depth else root
        for owner in _OWNERS:
            switch = around.get(owner, "enabled") if around is not None else None
            if switch is not None and switch.known and truth(switch.scalar):
                return True
    return False


def _has_outer(path: str, context: Context) -> bool:
    """Whether it is the default of a chart within another one, which has the last word."""
    match = _INNER.match(path)
    return match is not None and context.after.tree.size(f"{match['outer']}Chart.yaml") is not None


def _is_shown(region: Region | None, context: Context) -> bool:
    """Whether an object of another file has the value, so that it is told of that."""
    return region is not None and (region.path, region.start_line) in context.once(_shown).places


def _shown(context: Context) -> _Shown:
    """Every place of a value that changed in an object of another file."""
    return _Shown(
        frozenset(
            (delta.after.region.path, delta.after.region.start_line)
            for change in context.changes
            if change.kind == "kubernetes.object"
            for delta in change.deltas
            if delta.after is not None and delta.after.region is not None and delta.after.region.path != change.path
        )
    )


