"""The same loss in several definitions of a change set, told once: by the first, with the others as related places."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

from blastlint.enrich.code.pairs import Pair, scope_of
from blastlint.enrich.context import Context
from blastlint.frozen import replace
from blastlint.model import Change, Fact, Related

_MOST = 20  # places that a finding lists


def told_once(
    context: Context,
    facts_of: Callable[[Pair], Iterable[Fact]],
    key: Callable[[Change, Fact], Hashable],
    rank: Callable[[Fact], int],
    label: str,
) -> Mapping[int, Sequence[Fact]]:
    """id of a change -> its facts. Of the facts with one key the one of the lowest rank stays, and names where the others
    are by `label`."""
    scope = scope_of(context)
    alike: dict[Hashable, list[tuple[Change, Fact]]] = {}
    for change in scope.changes:
        for fact in facts_of(scope.pair(change)):
            alike.setdefault(key(change, fact), []).append((change, fact))
    told: dict[int, list[Fact]] = {}
    for group in alike.values():
        first, fact = min(group, key=lambda one: rank(one[1]))
        others = [Related(label, f.before, c.address) for c, f in group if c is not first]
        told.setdefault(id(first), []).append(replace(fact, related=(*fact.related, *others[:_MOST])))
    return told
