"""Facts about layers of configuration: `shared-default` (a value changes in a base layer, and overlays take it from there)
and `mixup` (a value of another environment than its place). An overlay takes a key from the base where it does not set it
itself. Layers of files with keys are here (bases.py is the table of tools), those of programs in programs.py, those of
Kustomize in rendered.py, Terraform's inputs in inputs.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.layers.bases import overlays
from blastlint.enrich.layers.mixups import mixup
from blastlint.enrich.layers.shared import Default, at_least_two, fact, sort_of
from blastlint.enrich.surroundings import path_class_of
from blastlint.facts.paths import found, steps
from blastlint.model import Change, Fact, Value
from blastlint.parse.keytree import KeyTree
from blastlint.parse.workspace import Workspace
from blastlint.resolve.keytree import profile_of

_SUFFIXES = (".yaml", ".yml", ".json", ".toml", ".properties", ".ini", ".env", ".conf")
_MOST = 40


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The facts of one config.key."""
    if len(change.deltas) != 1 or change.type not in ("configuration", "pipeline"):
        return
    yield from mixup(change, context)
    group = context.once(_shared_defaults).get(change.entity.parent, [])
    if group and group[0].owner is change:
        yield fact(group)


def _shared_defaults(context: Context) -> dict[str, list[Default]]:
    """Document -> its changed keys that at least two overlays take from it."""
    return at_least_two((change.entity.parent, _default(change, context)) for change in context.changes)


def _default(change: Change, context: Context) -> Default | None:
    if change.kind != "config.key" or change.type != "configuration" or len(change.deltas) != 1:
        return None
    delta = change.deltas[0]
    if delta.action == "added" or delta.path == "" or path_class_of(change.path, context.config) != "source":
        return None
    after = context.after
    named = dict(_layers(change, after))
    inherit = tuple(name for name, roots in named.items() if _inherits(roots, delta.path)) if len(named) > 1 else ()
    return Default(change, delta, sort_of(delta), inherit, len(named) - len(inherit))


def _layers(change: Change, side: Workspace) -> Iterator[tuple[str, tuple[Value, ...]]]:
    """(name, documents) of each layer above the one of the change: the profiles in its own file, and other files. What could
    not be read whole has no documents, and inherits nothing."""
    content = _content(change.path, side)
    if content is not None and len(content.documents) > 1 and not change.entity.variant:
        yield from ((f"{change.path}#{name}", (root,)) for root in content.documents if (name := profile_of(root)))
    named = [p for p in overlays(change.path, side) if p.endswith(_SUFFIXES) or "/.env" in f"/{p}"]
    for path in named[:_MOST]:
        above = _content(path, side)
        yield path, above.documents if above is not None else ()


def _content(path: str, side: Workspace) -> KeyTree | None:
    document = side.document(path)
    whole = document is not None and isinstance(document.content, KeyTree) and document.coverage == "full"
    return document.content if whole else None  # type: ignore[union-attr,return-value]


def _inherits(roots: tuple[Value, ...], key: str) -> bool:
    way = steps(key)
    return bool(roots) and all(root.known and found(root, way) is None for root in roots)
