"""`capacity` facts about the values that a chart is given: copies, and what a container may use; `guard` facts about probes
that are emptied and limits of memory that are gone.

A chart from elsewhere is not in the tree, so what its templates make of a value is not known; what `replicaCount`,
`resources.limits` and `livenessProbe: {}` mean is. Where the chart is in the tree, the object that shows the value says it,
and nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.capacity import Amount, fact_of, sizes
from blastlint.enrich.context import Context
from blastlint.facts.paths import found, keys, steps
from blastlint.facts.units import truth
from blastlint.frozen import dataclass
from blastlint.model import Change, Delta, Entity, Fact, FactValue, Region
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
_LIMITED = regex(r"^(?P<resources>(?:(?P<owner>.*)\.)?resources)(?:\.limits(?:\.memory)?)?$")
_OWNERS = ("autoscaling", "hpa", "keda")
_PROBE = regex(r"^(?P<probe>(?:.*\.)?(?:liveness|readiness)Probe)\.(?:exec|httpGet|tcpSocket|grpc)$")


@dataclass(frozen=True, slots=True)
class _Shown:
    """The places of values that an object of the tree has, as (side, path, line)."""

    places: frozenset[tuple[str, str, int]]


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """What one value of a chart says about copies or size, where both sides have it."""
    if change.before is None or change.after is None or not change.deltas:
        return
    if change.kind == "config.document":
        yield from _emptied_probes(change, context)
        yield from _lifted_limits(change, change.before, change.after, context)
        return
    delta = change.deltas[0]
    old, new = delta.before, delta.after
    names = keys(delta.path)
    if old is None or new is None or not names or change.entity.type != "configuration":
        return
    if is_told_of_objects(delta, change, context):
        return
    given = _GIVEN.search(delta.path) is not None
    if names[-1] in _COPIES and is_of_chart(delta.path, change):
        yield from fact_of(Amount(delta.path), old, new, _is_autoscaled(change, names))
    elif not given and _RESOURCES.search(delta.path):  # given ones are the object's that gives them
        yield from sizes.facts(change, context)


def _emptied_probes(change: Change, context: Context) -> Iterator[Fact]:
    """Probes that asked something, and of which nothing or the name is left. Without the name the chart says its own."""
    for delta in change.deltas:
        match = _PROBE.match(delta.path)
        if match is None or delta.after is not None or not is_of_chart(delta.path, change):
            continue
        document = context.after.document(change.path)
        roots = document.content.documents if document and isinstance(document.content, KeyTree) else ()
        left = (found(root, steps(match["probe"])) for root in roots)
        empty = next((value for value in left if value is not None and value.known and not value.data), None)
        if empty is not None:
            asked = delta.path.rpartition(".")[2]
            places = delta.before_region, empty.region
            yield _guard("healthcheck", match["probe"], asked, f"{match['probe']} asks nothing any more", *places)


def _lifted_limits(change: Change, before: Entity, after: Entity, context: Context) -> Iterator[Fact]:
    """Limits of memory that are gone, of what is still there: what a chart says by itself is mostly none."""
    for delta in change.deltas:
        match = _LIMITED.match(delta.path)
        if match is None or not is_of_chart(delta.path, change) or is_told_of_objects(delta, change, context):
            continue
        owner, limit = match["owner"] or "", steps(f"{match['resources']}.limits.memory")
        old, new = found(document_of(before).root, limit), found(document_of(after).root, limit)
        staying = found(document_of(after).root, steps(owner))
        if old is not None and old.known and new is None and staying is not None and staying.is_map:
            path = f"{match['resources']}.limits.memory"
            shift = f"{path} {old.scalar} -> absent"
            yield _guard("bound", path, str(old.scalar), shift, old.region, staying.region if owner else None)


def _guard(
    kind: str, name: str, before: str, shift: str, old: Region | None, new: Region | None
) -> Fact:
    """What guarded a workload, and is nothing now."""
    fields: dict[str, FactValue] = {
        "kind": kind,
        "name": name,
        "direction": "weakened",
        "strength": "unknown",
        "before": before,
        "after": "nothing",
        "shift": shift,
        "subject": "",
        "copies": None,
    }
    return Fact("guard", fields, name, old, new)


def is_of_chart(path: str, change: Change) -> bool:
    """Whether a place of a key tree is a value that a chart is given."""
    return bool(_GIVEN.search(path) or _VALUES.search(change.path))


def is_told_of_objects(delta: Delta, change: Change, context: Context) -> bool:
    """Whether an object of the tree has the value and says it, or another chart or release has the last word."""
    if any(_is_shown(value.region, context) for value in (delta.before, delta.after) if value is not None):
        return True
    given = _GIVEN.search(delta.path) is not None
    return _has_outer(change.path, context) or (given and has_release(context.after, change.path))


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
    return region is not None and (region.side, region.path, region.start_line) in context.once(_shown).places


def _shown(context: Context) -> _Shown:
    """Every place of a value that changed in an object of another file."""
    return _Shown(
        frozenset(
            (value.region.side, value.region.path, value.region.start_line)
            for change in context.changes
            if change.kind == "kubernetes.object"
            for delta in change.deltas
            for value in (delta.before, delta.after)
            if value is not None and value.region is not None and value.region.path != change.path
        )
    )


