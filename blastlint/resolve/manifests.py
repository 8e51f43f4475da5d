"""Manifests: files whose key tree declares things with an identity of their own.

- `kubernetes.object`, `group/Kind/namespace/name`, type the Kind: a document with apiVersion, kind and metadata (Helm
  templates too).
- `iam.policy`, the path, type policy: a JSON or YAML file that is an IAM policy document.
- `compose.service`, `compose.yaml:service`, type service: an entry of `services` in a compose file; `compose.project`, the
  file's path: the name and the volumes that they share.

`configuration` is the file's directory: the same object in two overlays is two objects. What a kustomization takes in is
what it makes of it (resolve/kubernetes/kustomize.py), with the directory of the outermost one as `variant`. A name that a
template computes is its text. Where one directory declares the same object twice, the later one has its path as `variant`.
Attributes are the whole declaration.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from blastlint.facts.kubernetes import group_of
from blastlint.frozen import dataclass, replace
from blastlint.model import Entity, Region, Value, scalar_text
from blastlint.parse.keytree import KeyTree
from blastlint.parse.templates import REASON as TEMPLATED
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex
from blastlint.resolve import cloudformation
from blastlint.resolve.kubernetes.charts import OFF, Templated, asking, of_chart, templated
from blastlint.resolve.kubernetes.charts import taken as in_chart
from blastlint.resolve.kubernetes.inline import unfolded
from blastlint.resolve.kubernetes.kustomize import Rendered, kustomization_in, rendered
from blastlint.resolve.kubernetes.releases import names

_COMPOSE = regex(r"(^|/)(docker-)?compose([.-][\w.-]+)?\.ya?ml$")
_HELM = regex(r"(^|/)templates/")
KINDS = frozenset({"kubernetes.object", "cloudformation.resource", "iam.policy", "compose.service"})


@dataclass(frozen=True, slots=True)
class Rendering:
    """What an object that a kustomization makes is made by: the directory of a root, and the files of kustomizations and
    patches that are read for it. `written` is the address as its own file has it. `by` is the program that rendered it
    (a chart too), where one did."""

    root: str
    written: str
    files: frozenset[str]
    by: str = ""


@dataclass(frozen=True, slots=True)
class InChart:
    """Of an object in a chart: the outermost one, and what deploys it with the values that it has. `sure` is False where
    nobody knows whether the conditions hold that its template stands under."""

    chart: str
    release: str = ""
    sure: bool = True


def entities(workspace: Workspace, changed: Sequence[str]) -> Iterator[Entity]:
    """Every object that the changed files declare on this side; of files that a kustomization takes in, what it makes of
    them, with everything else that it makes."""
    made = list(rendered(workspace, changed))
    filled = list(templated(workspace, changed))
    taken = {path for rendering in made for path in rendering.files} | {template.path for template in filled}
    taken |= {path for template in filled if template.by for path in in_chart(template.chart, changed) if _HELM.search(path)}
    seen: set[tuple[str, str, str, str]] = set()
    found = chain(
        (e for path in changed for e in declared(workspace, path) if path not in taken or e.kind != "kubernetes.object"),
        (e for rendering in made for e in _rendered(rendering)),
        _templated(filled),
    )
    for entity in found:
        if entity.key in seen and entity.variant != OFF:
            entity = replace(entity, variant=entity.region.path)
        if entity.key not in seen:
            seen.add(entity.key)
            yield entity


def _templated(templates: Iterable[Templated]) -> Iterator[Entity]:
    for template in templates:
        for entity in _declared(template.path, template.value):
            yield replace(entity, variant=template.variant, detail=_by_helm(template, entity))


def _by_helm(template: Templated, entity: Entity) -> Rendering | InChart:
    if template.by:
        return Rendering(template.chart, entity.address, frozenset(), template.by)
    return InChart(template.chart, template.release, template.sure)


def declared(workspace: Workspace, path: str) -> Iterator[Entity]:
    """Every object as one file writes it."""
    document = workspace.document(path)
    if document is not None and isinstance(document.content, KeyTree):
        for root in document.content.documents:
            yield from _declared(path, root)


def _rendered(rendering: Rendered) -> Iterator[Entity]:
    files = frozenset(rendering.files)
    for thing in rendering.things:
        for entity in _objects(thing.path, unfolded(thing.value)):
            group, kind, _ = entity.address.split("/", 2)
            written = "/".join((group, kind, thing.namespace or "-", thing.name))
            variant = rendering.root if rendering.root != posixpath.dirname(thing.path) else ""
            yield replace(entity, variant=variant, detail=Rendering(rendering.root, written, files, rendering.by))


def _declared(path: str, root: Value) -> Iterator[Entity]:
    if not root.is_map:
        return
    items = root.items
    if "apiVersion" in items and "kind" in items:
        yield from _objects(path, unfolded(root))
    elif "Resources" in items and items["Resources"].is_map:
        return  # a CloudFormation template: the resolver `cloudformation` reads it
    elif "Statement" in items and any("Effect" in s.items for s in (items["Statement"], *items["Statement"].elements)):
        yield _entity(path, "iam.policy", path, "policy", posixpath.basename(path).partition(".")[0], root)
    elif "services" in items and items["services"].is_map and _COMPOSE.search(path):
        project = {key: items[key] for key in ("name", "volumes") if key in items}
        yield _entity(path, "compose.project", path, "project", path, replace(root, data=project))
        for name, service in items["services"].items.items():
            if service.is_map:
                used = frozenset(f"{path}:{other}" for other in _used(service))
                yield replace(_entity(path, "compose.service", f"{path}:{name}", "service", name, service), references=used)


def _used(service: Value) -> Iterator[str]:
    """The names of the services that a compose service cannot do without."""
    for key in ("depends_on", "links", "volumes_from"):
        value = service.items.get(key)
        if value is not None:
            yield from value.items
            yield from (str(e.scalar).partition(":")[0] for e in value.elements if e.scalar)
    mode = service.items.get("network_mode")
    if mode is not None and str(mode.scalar).startswith("service:"):
        yield str(mode.scalar).partition(":")[2]


def evenly(
    found: tuple[tuple[Entity, ...], tuple[Entity, ...]], before: Workspace, after: Workspace
) -> tuple[tuple[Entity, ...], tuple[Entity, ...]]:
    """The entities of both sides, with what a kustomization or a chart makes that only the other side's files led to: it is
    there all the same. A release that only one side has says nothing of what the chart does elsewhere."""
    sides = (before, after)
    whole = tuple((*found[i], *_unseen(found[i], found[1 - i], sides[i])) for i in (0, 1))
    releases = [{(e.detail.chart, e.detail.release) for e in side if isinstance(e.detail, InChart)} for side in whole]
    if releases[0] == releases[1]:
        return whole[0], whole[1]
    alone = [
        {(chart, name) for chart, name in releases[i] - releases[1 - i] if name and name not in names(sides[1 - i], chart)}
        for i in (0, 1)
    ]
    kept = [tuple(e for e in whole[i] if not alone[i] or _release(e) not in alone[i]) for i in (0, 1)]
    return kept[0], kept[1]


def _release(entity: Entity) -> tuple[str, str]:
    return (entity.detail.chart, entity.detail.release) if isinstance(entity.detail, InChart) else ("", "")


def _unseen(own: Sequence[Entity], other: Sequence[Entity], workspace: Workspace) -> Iterator[Entity]:
    """What one side has of the kustomizations and charts that were read on the other side only."""
    roots, charts = (
        {e.detail.root for e in other if isinstance(e.detail, Rendering)},
        {e.detail.chart for e in other if isinstance(e.detail, InChart)},
    )
    if not roots and not charts:
        return
    there = {entity.key for entity in own}
    roots -= {e.detail.root for e in own if isinstance(e.detail, Rendering)}
    charts -= {e.detail.chart for e in own if isinstance(e.detail, InChart)}
    paths = [path for root in sorted(roots) if (path := kustomization_in(workspace, root))]
    if paths:
        yield from (entity for entity in entities(workspace, paths) if entity.key not in there)
    for chart in sorted(charts):
        seen: set[tuple[str, str, str, str]] = set()
        for entity in _templated(of_chart(workspace, chart, asking(workspace, chart))):
            if entity.key not in there and entity.key not in seen:
                seen.add(entity.key)
                yield entity


def comparable(
    found: Sequence[Entity], now: Sequence[Entity], before: Workspace, after: Workspace
) -> Iterator[Entity]:
    """The entities before, without the objects of a file of which a document was read then and is not read any more: what is
    missing there may well be in it. (A Helm template whose document became one computed value is such a file too, and a
    kustomization that now takes in what cannot be read.)"""
    torn: dict[str, frozenset[str] | None] = {}
    there = {entity.key for entity in now}
    roots = {entity.detail.root for entity in now if isinstance(entity.detail, Rendering)}
    taken = {path for entity in now if isinstance(entity.detail, Rendering) for path in entity.detail.files}
    partial = any((path := kustomization_in(after, root)) and _is_partial(after, path) for root in roots)
    for entity in found:
        path = entity.region.path
        if isinstance(entity.detail, Rendering) and entity.key not in there:
            own = [kustomization_in(side, entity.detail.root) for side in (before, after)]
            # Another one takes it in, and is not known whole; or they take each other in.
            lost = entity.detail.root not in roots and (partial or path not in taken)
            if own[1] and (lost or _is_partial(after, own[1])) and not (own[0] and _is_partial(before, own[0])):
                continue
        if entity.kind not in KINDS:
            yield entity
            continue
        if isinstance(entity.detail, InChart) and not entity.detail.sure and replace(entity, variant=OFF).key in there:
            continue  # it may have been off all along
        if path not in torn:
            came_apart = _unread(after, path) and not _unread(before, path)
            readers = (entities, cloudformation.entities) if came_apart else ()
            still = frozenset(e.address for read in readers for e in read(after, (path,)))
            torn[path] = still if came_apart else None
        left = torn[path]
        if left is None or entity.address in left:
            yield entity


def _is_partial(workspace: Workspace, path: str) -> bool:
    document = workspace.document(path)
    return document is not None and document.coverage != "full"


def _unread(workspace: Workspace, path: str) -> bool:
    """Whether the file is there and not all of its documents could be read. What is computed within one does not count."""
    document = workspace.document(path)
    if document is None or not isinstance(document.content, KeyTree):
        return document is not None
    if document.language == "json" and document.coverage != "full":
        return True
    roots = document.content.documents
    computed = document.reason == TEMPLATED and (not roots or any(root.known and root.data is None for root in roots))
    return computed or any(not root.known for root in roots)


# --- Kubernetes -------------------------------------------------------------------------------------------------------


def _objects(path: str, root: Value) -> Iterator[Entity]:
    kind = _text(root.items["kind"])
    listed = root.get("items")
    if kind.endswith("List") and listed is not None and listed.is_list:
        for element in listed.elements:
            if element.is_map and "kind" in element.items:
                yield from _objects(path, element)
        return
    named = root.get("metadata", "name") or root.get("metadata", "generateName")
    if not kind or named is None:
        return  # kustomization.yaml and values that only look like an object
    name, namespace = _text(named), _text(root.get("metadata", "namespace"))
    group = group_of(_text(root.items.get("apiVersion")), kind)
    address = "/".join((group, kind, namespace or "-", name))
    yield _entity(path, "kubernetes.object", address, kind, name, root, named.region)


# --- values -----------------------------------------------------------------------------------------------------------


def _entity(
    path: str, kind: str, address: str, type_: str, name: str, attributes: Value, header: Region | None = None
) -> Entity:
    region = attributes.region
    assert region is not None
    return Entity(
        address=address,
        kind=kind,
        type=type_,
        name=name,
        attributes=attributes,
        region=region,
        header=header or Region(region.side, region.path, region.start_line, region.start_column),
        configuration=posixpath.dirname(path),
        content=_digest(attributes),
    )


def _digest(attributes: Value) -> str:
    """A digest of meaning: no places, and the order of keys does not count."""
    return hashlib.sha256(json.dumps(_plain(attributes), sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Value) -> object:
    if not value.known:
        return {"unknown": value.text}
    data = value.data
    if data is None or isinstance(data, (str, int, float)):
        return data
    if isinstance(data, tuple):
        return [_plain(child) for child in data]
    return {key: _plain(child) for key, child in data.items()}


def _text(value: Value | None) -> str:
    """The scalar as text, or the text of what a template computes; empty for everything else."""
    if value is None:
        return ""
    if not value.known:
        return value.text
    return scalar_text(value)
