"""Facts about layers of configuration: `shared-default` (a value changes in a base layer, and overlays take it from there)
and `mixup` (a value of another environment than its place). An overlay takes a key from the base where it does not set it
itself. Layers of files with keys are here (bases.py is the table of tools), those of programs in programs.py, those of
Kustomize in rendered.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.layers.bases import overlays
from blastlint.enrich.layers.mixups import mixup
from blastlint.enrich.layers.shared import Default, at_least_two, fact, sort_of
from blastlint.enrich.surroundings import path_class_of
from blastlint.facts.paths import found, steps
from blastlint.model import Change, Fact
from blastlint.parse.keytree import KeyTree
from blastlint.parse.workspace import Workspace

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
    named = [p for p in overlays(change.path, after) if p.endswith(_SUFFIXES) or "/.env" in f"/{p}"][:_MOST]
    inherit = tuple(p for p in named if _inherits(p, delta.path, after)) if len(named) > 1 else ()
    return Default(change, delta, sort_of(delta), inherit, len(named) - len(inherit))


def _inherits(path: str, key: str, side: Workspace) -> bool:
    document = side.document(path)
    if document is None or not isinstance(document.content, KeyTree) or document.coverage != "full":
        return False
    way = steps(key)
    return all(root.known and found(root, way) is None for root in document.content.documents)
