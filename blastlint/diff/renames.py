"""Removed + added that are one thing under another name: what Terraform will destroy and create, though a move was meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from blastlint.frozen import dataclass
from blastlint.model import Change, Entity

SIMILAR = 0.8
_TELLING = 6  # leaves from which likeness says something
_MAX_PAIRS = 4000
_IGNORED = frozenset(
    {"lifecycle", "depends_on", "provider", "source", "version", "Type", "DependsOn", "Metadata", "DeletionPolicy",
     "UpdateReplacePolicy"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rename:
    """`similarity` is 0..1 of the bodies; `ambiguous` when another candidate is as similar to either."""

    gone: Change
    born: Change
    similarity: float
    ambiguous: bool


def renames(gone: Sequence[Change], born: Sequence[Change]) -> tuple[Rename, ...]:
    """The best 1:1 assignment of removed to added entities of one kind and type within a configuration and variant."""
    groups: dict[tuple[str, str, str, str], tuple[list[Change], list[Change]]] = {}
    for side, changes in enumerate((gone, born)):
        for change in changes:
            entity = change.entity
            key = (entity.kind, entity.type, entity.configuration, entity.variant)
            groups.setdefault(key, ([], []))[side].append(change)
    return tuple(rename for old, new in groups.values() if old and new for rename in _assigned(old, new))


def _assigned(gone: Sequence[Change], born: Sequence[Change]) -> Iterator[Rename]:
    if len(gone) * len(born) > _MAX_PAIRS:
        return
    old, new = ([_body(c.entity) for c in side] for side in (gone, born))
    scores = {
        (i, j): score
        for i, a in enumerate(old)
        for j, b in enumerate(new)
        if (score := max(map(_similarity, a, b))) >= SIMILAR
    }
    # equals are told apart by how much of their names they share
    ranked = sorted(scores, key=lambda p: (-scores[p], -_shared(gone[p[0]], born[p[1]]), p))
    taken: tuple[set[int], set[int]] = (set(), set())
    for i, j in ranked:
        if i in taken[0] or j in taken[1]:
            continue
        taken[0].add(i)
        taken[1].add(j)
        rivals = [p for p in scores if (p[0] == i) != (p[1] == j) and scores[p] >= scores[i, j]]
        if gone[i].kind == "kubernetes.object" and not _is_same_object(gone[i], born[j], old[i][0].total()):
            continue
        yield Rename(gone[i], born[j], round(scores[i, j], 2), bool(rivals))


def _is_same_object(gone: Change, born: Change, said: int) -> bool:
    """Whether an object was renamed where it stands. Manifests are alike whatever they are of, so that likeness alone says
    nothing across files, nor of two objects of few words."""
    return gone.path == born.path and (said >= _TELLING or _shared(gone, born) > 0)


_Body = Counter[tuple[str, str]]


def _body(entity: Entity) -> tuple[_Body, ...]:
    """Path and text of everything that it says; of an object also without its name, for it may name itself in its text, or
    keep labels that are like its old name."""
    leaves = [
        (path, leaf.text if not leaf.known else str(leaf.data) if leaf.is_scalar else "")
        for path, leaf in entity.attributes.leaves()
        if path.split(".", 1)[0].split("[", 1)[0] not in _IGNORED
    ]
    if entity.kind != "kubernetes.object" or len(entity.name) < 2:
        return (Counter(leaves),)
    return Counter(leaves), Counter((path, text.replace(entity.name, "\0")) for path, text in leaves)


def _similarity(a: _Body, b: _Body) -> float:
    total = sum(a.values()) + sum(b.values())
    return 2 * sum((a & b).values()) / total if total else 1.0


def _shared(gone: Change, born: Change) -> int:
    words = (set(c.entity.name.replace("-", "_").split("_")) for c in (gone, born))
    return len(set.intersection(*words))
