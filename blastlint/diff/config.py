"""Documents of key trees before x after -> Changes: `config.key` for every difference that is one, `config.document` for a
whole document of a stream that came, went or moved.

Documents are paired by address, then by the object that they declare, by equal content and by likeness: a document that
moved to another file or to another place in its stream is the same one. A side that did not parse says nothing: it is
neither a removal nor an addition.

Keys that are gone are looked for in what came, over the whole change set (relocation.py), so that re-nesting, splitting a
file or moving a section is no removal. A difference that two places share through an alias is told once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from blastlint.diff.alignment import likeness
from blastlint.diff.relocation import Side, relocated
from blastlint.diff.values import deltas
from blastlint.facts.file_roles import role_at
from blastlint.facts.paths import found, keys, steps
from blastlint.frozen import dataclass, replace
from blastlint.model import Change, Delta, Entity, Region, Value
from blastlint.resolve.keytree import document_of

_LIKE = 0.5
_MAX_LIKENESS = 2_000


@dataclass(frozen=True, slots=True)
class _Pair:
    """One document on both sides; one of them None where it came or went."""

    before: Entity | None
    after: Entity | None


def changes(before: Sequence[Entity], after: Sequence[Entity]) -> Iterator[Change]:
    """Every change of a key, and of whole documents."""
    pairs = list(_paired(before, after))
    gone: list[Side] = []
    born: list[Side] = []
    for pair in pairs:
        for delta in _differences(pair):
            if delta.action == "modified":
                yield _change(pair, delta)
            else:
                (gone if delta.action == "removed" else born).append(Side(pair.before, pair.after, delta))
    shifted: dict[str, list[Delta]] = {}  # documents whose keys came or went, with those that went
    for outcome in relocated(gone, born):
        if outcome.before is not None and outcome.after is not None:  # else its whole document came or went
            yield _change(_Pair(outcome.before, outcome.after), outcome.delta, outcome.previous)
            if outcome.delta.action in ("added", "removed"):
                went = [outcome.delta] if outcome.delta.action == "removed" else []
                shifted.setdefault(outcome.before.address, []).extend(went)
    yield from _documents(pairs, shifted)


# --- documents --------------------------------------------------------------------------------------------------------


def _paired(before: Sequence[Entity], after: Sequence[Entity]) -> Iterator[_Pair]:
    unread = {e.region.path for e in (*before, *after) if not document_of(e).root.known}
    old = {e.address: e for e in before if document_of(e).root.known}
    new = {e.address: e for e in after if document_of(e).root.known}
    for address in [a for a in old if a in new]:
        yield _Pair(old.pop(address), new.pop(address))
    gone = [e for e in old.values() if e.region.path not in unread]
    born = [e for e in new.values() if e.region.path not in unread]
    for matching in (_by_name, _by_content, _by_likeness):
        for one, other in matching(gone, born):
            gone.remove(one)
            born.remove(other)
            yield _Pair(one, other)
    yield from (_Pair(e, None) for e in gone)
    yield from (_Pair(None, e) for e in born)


def _by_name(gone: Sequence[Entity], born: Sequence[Entity]) -> list[tuple[Entity, Entity]]:
    """Documents that declare the same object, where only one on each side does."""
    old, new = _by_identity(gone), _by_identity(born)
    return [(old[n][0], new[n][0]) for n in old if len(old[n]) == 1 and len(new.get(n, ())) == 1]


def _by_identity(entities: Sequence[Entity]) -> dict[str, list[Entity]]:
    named: dict[str, list[Entity]] = {}
    for entity in entities:
        identity = document_of(entity).identity
        if identity:
            named.setdefault(identity, []).append(entity)
    return named


def _by_content(gone: Sequence[Entity], born: Sequence[Entity]) -> list[tuple[Entity, Entity]]:
    waiting: dict[str, list[Entity]] = {}
    for entity in born:
        if document_of(entity).root.data:
            waiting.setdefault(entity.content, []).append(entity)
    return [(e, waiting[e.content].pop(0)) for e in gone if waiting.get(e.content)]


def _by_likeness(gone: Sequence[Entity], born: Sequence[Entity]) -> list[tuple[Entity, Entity]]:
    """Documents of a file name or a place in a stream that agree in half of what they say."""
    if len(gone) * len(born) > _MAX_LIKENESS:
        return []
    scores = [
        (likeness(document_of(one).root, document_of(other).root), i, j)
        for i, one in enumerate(gone)
        for j, other in enumerate(born)
        if _file_name(one) == _file_name(other) and not document_of(one).identity and not document_of(other).identity
    ]
    pairs: list[tuple[Entity, Entity]] = []
    olds: set[int] = set()
    news: set[int] = set()
    for score, i, j in sorted(scores, key=lambda s: (-s[0], s[1], s[2])):
        if score >= _LIKE and i not in olds and j not in news:
            olds.add(i)
            news.add(j)
            pairs.append((gone[i], born[j]))
    return pairs


def _file_name(entity: Entity) -> str:
    return entity.region.path.rpartition("/")[2]


def _documents(pairs: Sequence[_Pair], shifted: Mapping[str, list[Delta]]) -> Iterator[Change]:
    """Documents that came, went, moved, lost keys or changed their size. A whole file that came or went is a change of the
    file, and is not told again."""
    staying = [{e.region.path for p in pairs if (e := side(p)) is not None} for side in (_before, _after)]
    for pair in pairs:
        if pair.before is not None and pair.after is not None:
            gone = tuple(shifted.get(pair.before.address, ()))
            if pair.before.address in shifted or _resized(pair.before, pair.after):
                yield Change(pair.after.address, "modified", pair.before, pair.after, gone)
            elif pair.before.region.path != pair.after.region.path:
                yield Change(
                    pair.after.address, "moved", pair.before, pair.after,
                    previous_address=pair.before.address, explained_by="moved",
                )  # fmt: skip
        elif pair.before is not None and pair.before.region.path in staying[1]:
            yield Change(pair.before.address, "removed", pair.before, None)
        elif pair.after is not None and pair.after.region.path in staying[0]:
            yield Change(pair.after.address, "added", None, pair.after)


def _resized(before: Entity, after: Entity) -> bool:
    """Whether records came or went: the size of data is a property of the whole."""
    if "data" not in (before.type, after.type):
        return False
    return rows(document_of(before).root) != rows(document_of(after).root)


def rows(root: Value) -> int:
    """The number of records of a document: of its largest list or map near the root."""
    here = [root, *root.items.values()]
    return max((len(v.elements) or len(v.items) for v in here), default=0)


def _before(pair: _Pair) -> Entity | None:
    return pair.before


def _after(pair: _Pair) -> Entity | None:
    return pair.after


# --- keys -------------------------------------------------------------------------------------------------------------


def _differences(pair: _Pair) -> Iterator[Delta]:
    """The deltas of a pair, each place told once; all of a document that came or went, key by key of its root."""
    old = document_of(pair.before).root if pair.before else Value({})
    new = document_of(pair.after).root if pair.after else Value({})
    if (pair.before is None and not new.is_map) or (pair.after is None and not old.is_map):
        return
    seen: set[tuple[Region | None, Region | None]] = set()
    for delta in (_emptied(d, old, new) for d in deltas(old, new)):
        place = (delta.before_region, delta.after_region)
        if place != (None, None) and place in seen:
            continue
        seen.add(place)
        yield delta


def _emptied(delta: Delta, old: Value, new: Value) -> Delta:
    """A list that lost its last elements is one list that is empty now, and the other way round."""
    way = steps(delta.path)
    if delta.action == "modified" or not way or not way[-1].element:
        return delta
    before, after = found(old, way[:-1]), found(new, way[:-1])
    if before is None or after is None or not (before.is_list and after.is_list):
        return delta
    if before.elements and after.elements:
        return delta
    return Delta(delta.path[: -len(way[-1].text) - 2], "modified", before, after)


def _change(pair: _Pair, delta: Delta, previous: str = "") -> Change:
    before = _key(pair.before, previous or delta.path, delta.before)
    after = _key(pair.after, delta.path, delta.after)
    entity = before if delta.action == "removed" or after is None else after
    assert entity is not None
    moved = delta.action == "moved"
    return Change(
        entity.address,
        delta.action,
        before,
        after,
        () if moved else (delta,),
        previous_address=before.address if before and after and before.address != after.address else "",
        explained_by="moved" if moved else "",
    )


def _key(document: Entity | None, path: str, value: Value | None) -> Entity | None:
    """The entity of one key on one side; None where it is not there."""
    if document is None or value is None:
        return None
    place = value.region or document.region
    named = keys(path)
    name = named[-1] if named else path
    return replace(
        document,
        address=f"{document.address}{':' if '#' in document.address else '#'}{path}",
        kind="config.key",
        type=role_at(document_of(document).role, path),
        name=name,
        attributes=value if value.is_map else Value({name: value}),
        region=place,
        parent=document.address,
        content="",
    )
