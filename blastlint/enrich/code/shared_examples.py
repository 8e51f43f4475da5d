"""Tests that a file shares with others and no longer runs: `it_behaves_like` goes, the shared examples stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from blastlint.enrich.code.pairs import Pair
from blastlint.model import Fact, FactValue, Side
from blastlint.regex import regex

_SCREEN = regex(rb"it_behaves_like|it_should_behave_like|include_examples")
_USED = regex(r"(?m)^\s*(?:it_behaves_like|it_should_behave_like|include_examples)[( ]+[\"']([^\"'\n]+)[\"']")
_DEFINED = regex(r"(?m)^\s*(?:RSpec\.)?shared_examples(?:_for)?[( ]+[\"']([^\"'\n]+)[\"']")


def facts(pair: Pair) -> Iterator[Fact]:
    """At most one `test` fact for what is left of a file of specs when its tests are taken out."""
    change = pair.change
    if change.before is None or change.type != "module" or not pair.touches(_SCREEN, "before"):
        return
    if any(c.type == "test" and c.action == "removed" and c.path == change.path for c in pair.scope.changes):
        return  # the context went with its own tests, which are told
    lost = [name for name in (_used(pair, "before") - _used(pair, "after")).elements() if not _elsewhere(name, pair)]
    if not lost:
        return
    before = sum(_used(pair, "before").values())
    fields: dict[str, FactValue] = {
        "what": "deleted", "name": lost[0], "summary": _summary(lost, change.path), "extent": "test", "source_changed":
        bool(pair.scope.source_changes), "subject_alive": True, "share": round(len(lost) / before, 3), "framework": "rspec",
        "count": len(lost), "suite": before, "gone": len(lost), "replaced": 0, "covered": False,
    }  # fmt: skip
    yield pair.fact("test", "", fields, change.before.header)


def _summary(lost: list[str], path: str) -> str:
    more = f" and {len(lost) - 1} more are" if len(lost) > 1 else " are"
    return f'In {path} the shared examples "{lost[0]}"{more} no longer run'


def _used(pair: Pair, side: Side) -> Counter[str]:
    return Counter(_USED.findall(pair.text(side)))


def _elsewhere(name: str, pair: Pair) -> bool:
    """Whether the shared examples went themselves, or another file of the change set newly runs them."""
    for change in pair.scope.changes:
        other = pair.scope.pair(change)
        if change.type != "module":
            continue
        if name in _DEFINED.findall(other.text("before")) and name not in _DEFINED.findall(other.text("after")):
            return True
        if _used(other, "after")[name] > _used(other, "before")[name]:
            return True
    return False
