"""Objects of the whole tree, found by text: only files that hold a word which the object must hold are parsed, and once."""

from __future__ import annotations

from collections.abc import Iterable

from blastlint.enrich.context import Context
from blastlint.model import Entity, Side

MANIFESTS = (".yaml", ".yml", ".json", ".tpl")
_MAX_FILES = 200


def objects_naming(context: Context, side: Side, word: str) -> tuple[Entity, ...]:
    """Every Kubernetes object in a file of one side that holds `word`; of at most 200 files."""
    if not word or not context.change_set.complete:
        return ()
    return context.once(_Objects).naming(side, word)


class _Objects:
    """What was looked for so far."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._by_word: dict[tuple[Side, str], tuple[Entity, ...]] = {}
        self._by_path: dict[tuple[Side, str], tuple[Entity, ...]] = {}

    def naming(self, side: Side, word: str) -> tuple[Entity, ...]:
        if (side, word) not in self._by_word:
            paths = self._context.change_set.tree(side).search(word, MANIFESTS)[:_MAX_FILES]
            self._by_word[side, word] = tuple(e for path in paths for e in self._of(side, path))
        return self._by_word[side, word]

    def _of(self, side: Side, path: str) -> Iterable[Entity]:
        if (side, path) not in self._by_path:
            from blastlint.resolve.manifests import entities

            workspace = self._context.before if side == "before" else self._context.after
            found = entities(workspace, (path,))
            self._by_path[side, path] = tuple(e for e in found if e.kind == "kubernetes.object")
        return self._by_path[side, path]
