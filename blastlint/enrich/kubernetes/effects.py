"""What applying a change of a Kubernetes object does: effect, paths and confidence.

An edit that the API server refuses is a replacement: nothing else gets the new state in. An object whose manifest is gone is
destroyed, unless something on it says that it stays (forget), or Helm never deletes what stood there (orphan: `crds/`). A
definition that moves from a chart's `templates/` to `crds/` leaves the release, and Helm deletes it.
"""

from __future__ import annotations

import posixpath

from blastlint.diff.values import deltas
from blastlint.enrich.context import Context
from blastlint.enrich.kubernetes.immutable import refused
from blastlint.enrich.kubernetes.tree import objects_naming
from blastlint.facts.kubernetes import cascade, keeping
from blastlint.facts.paths import found, steps
from blastlint.frozen import dataclass
from blastlint.model import Change, Confidence, Effect, Entity, Region, Tree
from blastlint.parse.keytree import KeyTree
from blastlint.regex import regex
from blastlint.resolve.manifests import Rendering

_DEFINITION = "CustomResourceDefinition"
_CRDS = regex(r"(?:^|(?P<chart>.*)/)crds/[^/]+$")
_TEMPLATES = regex(r"(^|/)templates/")


@dataclass(frozen=True, slots=True)
class Outcome:
    """`paths` are the deltas that force a replacement."""

    effect: Effect
    paths: tuple[str, ...] = ()
    confidence: Confidence = "high"


@dataclass(frozen=True, slots=True)
class Taken:
    """What goes with a deleted object, in words; `certain` says that something (a finalizer, prune) makes it go."""

    what: str
    certain: bool


def outcome(change: Change, context: Context) -> Outcome:
    """The effect of one change of a Kubernetes object."""
    before, after = change.before, change.after
    if before is None:
        return Outcome("create")
    if after is None:
        return Outcome(_when_gone(before, context))
    if before.type == _DEFINITION and _left_the_release(before, after, context):
        return Outcome("destroy")
    if change.action == "moved" or not change.deltas:
        return Outcome("no-op")
    verdict = refused(change, context)
    if verdict.paths:
        return Outcome("replace", verdict.paths, verdict.confidence)
    return Outcome("in-place")


def _when_gone(entity: Entity, context: Context) -> Effect:
    if stays(entity):
        return "forget"
    if entity.type == _DEFINITION and _is_in_crds(entity.region.path, context.before.tree):
        return "orphan"
    return "destroy"


def stays(entity: Entity) -> bool:
    """Whether something on the object says that it is left alone when its manifest goes."""
    for path, word in keeping():
        value = found(entity.attributes, steps(path))
        if value is not None and value.known and word in str(value.scalar):
            return True
    return False


def _left_the_release(before: Entity, after: Entity, context: Context) -> bool:
    return (
        _TEMPLATES.search(before.region.path) is not None
        and not _TEMPLATES.search(after.region.path)
        and _is_in_crds(after.region.path, context.after.tree)
        and not stays(before)
    )


def _is_in_crds(path: str, tree: Tree) -> bool:
    """Whether it is a file of the `crds/` directory of a chart."""
    match = _CRDS.match(path)
    return match is not None and tree.size(posixpath.join(match["chart"] or "", "Chart.yaml")) is not None


def taken_along(entity: Entity) -> Taken | None:
    """What goes when this object goes, or None when it stands for itself."""
    row = cascade(entity.address.partition("/")[0], entity.type)
    if row is None:
        return None
    certain = True
    if row.finalizer:
        finalizers = found(entity.attributes, steps("metadata.finalizers"))
        texts = [str(e.scalar) for e in finalizers.elements] if finalizers is not None else []
        certain = any(text.startswith(row.finalizer) for text in texts)
    if row.needs is not None:
        certain = certain and _is(entity, row.needs)
    if row.preserved is not None and _is(entity, row.preserved):
        certain = False
    kind = found(entity.attributes, steps("spec.names.kind"))
    named = str(kind.scalar) if kind is not None and kind.scalar else entity.name
    return Taken(row.what.format(name=entity.name, kind=named), certain)


def _is(entity: Entity, wanted: tuple[str, object]) -> bool:
    value = found(entity.attributes, steps(wanted[0]))
    return value is not None and value.scalar == wanted[1]


def goes_with(root: Entity, child: Entity) -> bool:
    """Whether deleting `root` deletes `child` too, so that both are one cause."""
    group, kind, namespace, _ = _parts(child)
    if root.type == "Namespace":
        return namespace == root.name
    if root.type == _DEFINITION:
        defined = [found(root.attributes, steps(p)) for p in ("spec.group", "spec.names.kind")]
        return [str(v.scalar) if v is not None else "" for v in defined] == [group, kind]
    return any(child.region.path.startswith(f"{path}/") for path in deployed_paths(root))


def deployed_paths(root: Entity) -> tuple[str, ...]:
    """The directories of this repository that an Argo CD application or a Flux Kustomization deploys, as it says."""
    where = ["spec.path", "spec.source.path"]
    values = [found(root.attributes, steps(p)) for p in where]
    sources = found(root.attributes, steps("spec.sources"))
    values += [source.get("path") for source in (sources.elements if sources is not None else ())]
    texts = (str(v.scalar).removeprefix("./").strip("/") for v in values if v is not None and v.known and v.scalar)
    return tuple(text for text in texts if text and text != ".")


def _parts(entity: Entity) -> tuple[str, str, str, str]:
    group, _, rest = entity.address.partition("/")
    kind, _, rest = rest.partition("/")
    namespace, _, name = rest.partition("/")
    return group, kind, namespace, name


def lesser(entity: Entity, context: Context, usual: str) -> str:
    """Why what the object holds weighs less, where the object itself says; else what is usual for its kind. `retained`:
    the disk outlives it."""
    if entity.type == "StatefulSet":
        policy = found(entity.attributes, steps("spec.persistentVolumeClaimRetentionPolicy.whenDeleted"))
        return "" if policy is not None and policy.scalar == "Delete" else usual
    if entity.type == "PersistentVolume":
        policy = found(entity.attributes, steps("spec.persistentVolumeReclaimPolicy"))
        return "retained" if policy is None or policy.scalar == "Retain" else usual
    if entity.type == "PersistentVolumeClaim" and _is_retained(entity, context):
        return "retained"
    return usual


def _is_retained(claim: Entity, context: Context) -> bool:
    """Whether the tree says that the claim's class or volume retains what it holds."""
    for path, kind, policy in (
        ("spec.storageClassName", "StorageClass", "reclaimPolicy"),
        ("spec.volumeName", "PersistentVolume", "spec.persistentVolumeReclaimPolicy"),
    ):
        named = found(claim.attributes, steps(path))
        if named is None or not named.known or not named.scalar:
            continue
        for other in objects_naming(context, "before", str(named.scalar)):
            if other.type == kind and other.name == str(named.scalar):
                said = found(other.attributes, steps(policy))
                return said is not None and said.scalar == "Retain"
    return False


def brought_about(entity: Entity, context: Context) -> Region | None:
    """Where a kustomization or a patch changed, for an object of a file that did not."""
    files = entity.detail.files if isinstance(entity.detail, Rendering) else frozenset()
    changed = {file.path for file in context.change_set.files}
    if entity.region.path in changed:
        return None
    for path in sorted(changed & files):
        sides = [workspace.document(path) for workspace in (context.before, context.after)]
        roots = [d.content.documents if d and isinstance(d.content, KeyTree) else () for d in sides]
        for old, new in zip(*roots, strict=False):
            for delta in deltas(old, new):
                return delta.after_region or (new.region if delta.before_region else None)
    return None
