"""Objects of the whole tree, found by text: only files that hold a word which the object must hold are parsed, and once.

The words that the changes of one run can ask for are looked for together, with one search for each side. A change that asks
for very many is a change of everything: then only the objects that it touches are looked through.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.facts.kubernetes import pod_places
from blastlint.model import Change, Entity, Side, Value
from blastlint.regex import regex

MANIFESTS = (".yaml", ".yml", ".json", ".tpl")
_MAX_FILES = 200
_MAX_WORDS = 400
_WORD = regex(r"[\w.\-/]+")
_PLAIN = regex(r"[\w.\-/]{2,}")


def objects_naming(context: Context, side: Side, word: str) -> tuple[Entity, ...]:
    """Every Kubernetes object in a file of one side that holds `word`; of at most 200 files."""
    if not word or not context.change_set.complete:
        return ()
    return context.once(_Objects).naming(side, word)


class _Objects:
    """What was looked for so far."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._together: dict[Side, dict[str, list[str]]] = {}
        self._touched: dict[Side, dict[str, list[Entity]]] = {}
        self._by_word: dict[tuple[Side, str], tuple[Entity, ...]] = {}
        self._by_path: dict[tuple[Side, str], tuple[Entity, ...]] = {}

    def naming(self, side: Side, word: str) -> tuple[Entity, ...]:
        if (side, word) not in self._by_word:
            paths = self._paths(side, word)[:_MAX_FILES]
            among = tuple(self._touched.get(side, {}).get(word, ()))
            self._by_word[side, word] = among or tuple(e for path in paths for e in self._of(side, path))
        return self._by_word[side, word]

    def _paths(self, side: Side, word: str) -> list[str]:
        if side not in self._together:
            self._together[side] = self._search(side)
        if side in self._touched:
            return []
        found = self._together[side].get(word)
        return list(self._context.change_set.tree(side).search(word, MANIFESTS)) if found is None else found

    def _search(self, side: Side) -> dict[str, list[str]]:
        """word -> paths, for every word that the changes can ask for."""
        words = {w for c in self._context.changes if c.kind == "kubernetes.object" for w in _words(c, side)}
        found: dict[str, dict[str, None]] = {word: {} for word in words if _PLAIN.fullmatch(word)}
        if not found:
            return {}
        if len(found) > _MAX_WORDS:
            self._touched[side] = self._index(side)
            return {}
        for path, line in self._context.change_set.tree(side).lines(tuple(sorted(found)), MANIFESTS):
            for word in _WORD.findall(line):
                if word in found:
                    found[word][path] = None
        return {word: list(paths) for word, paths in found.items()}

    def _index(self, side: Side) -> dict[str, list[Entity]]:
        """word -> the objects of changed files that say it."""
        index: dict[str, list[Entity]] = {}
        entities = self._context.entities_before if side == "before" else self._context.entities_after
        for entity in entities:
            if entity.kind == "kubernetes.object":
                texts = {str(leaf.scalar) for _, leaf in entity.attributes.leaves() if leaf.known}
                for text in texts:
                    index.setdefault(text, []).append(entity)
        return index

    def _of(self, side: Side, path: str) -> tuple[Entity, ...]:
        if (side, path) not in self._by_path:
            from blastlint.resolve.manifests import declared

            workspace = self._context.before if side == "before" else self._context.after
            found = declared(workspace, path)
            self._by_path[side, path] = tuple(e for e in found if e.kind == "kubernetes.object")
        return self._by_path[side, path]


def _words(change: Change, side: Side) -> Iterator[str]:
    """The name and labels of an object that is gone; the labels that an object lost, and those it is chosen by."""
    before, after = change.before, change.after
    if before is None:
        return
    if after is None:
        yield before.name
        yield getattr(before.detail, "written", "").rpartition("/")[2]
    if side == "after" or after is None:
        old = labels_of(before)
        new = labels_of(after) if after is not None else {}
        if old != new:
            yield from old.values()


def labels_of(entity: Entity) -> dict[str, str]:
    """The known labels of the pods that an object makes, else of the object itself."""
    places = pod_places(entity.type)
    labels = entity.attributes.get(*(places[0] if places else ()), "metadata", "labels")
    return known_texts(labels)


def known_texts(labels: Value | None) -> dict[str, str]:
    """The entries of a map of texts that are known."""
    items = labels.items if labels is not None else {}
    return {key: str(value.scalar) for key, value in items.items() if value.known and value.scalar is not None}
