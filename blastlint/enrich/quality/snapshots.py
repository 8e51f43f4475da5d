"""Snapshots that are written anew as the code changes, while the tests stay: they say what the code happens to do."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.breadth.edits import edit_of
from blastlint.enrich.code.expectations import claim_of
from blastlint.enrich.code.pairs import scope_of
from blastlint.enrich.context import Context
from blastlint.frozen import dataclass
from blastlint.model import Change, Fact, FactValue, FileChange, Region, Related
from blastlint.regex import regex

_SNAPSHOT = regex(r"(\.snap|\.golden|\.approved\.\w+|\.ambr)$|(^|/)(__snapshots__|goldens?|snapshots)/")
_SAYS = regex(r"\w")
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class _Rewritten:
    """A snapshot file with the first line that it lost and the first that it got."""

    path: str
    before: str
    after: str


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """At most one `expectation` fact for a change set, on the first snapshot that says something else."""
    found = context.once(_rewritten)
    if not found or found[0].path != change.path:
        return
    first, *others = found
    fields: dict[str, FactValue] = {
        "tests": len(found),
        "before": first.before,
        "after": first.after,
        "claim": claim_of(context),
        "name": f"The snapshot {first.path.rpartition('/')[2]}",
    }
    related = tuple(Related("says something else too", Region("after", o.path, 1), o.path) for o in others[:_SHOWN])
    yield Fact("expectation", fields, "snapshot", None, Region("after", first.path, 1), related)


def _rewritten(context: Context) -> tuple[_Rewritten, ...]:
    """Every snapshot with lines that became others, in a change of code and not of its tests."""
    scope = scope_of(context)
    if not any(c.action == "modified" and c.type == "function" for c in scope.source_changes):
        return ()
    if any(c.type == "test" and c.action != "moved" for c in scope.changes):
        return ()
    snapshots = (f for f in context.change_set.files if f.status == "modified" and _SNAPSHOT.search(f.path))
    return tuple(filter(None, (_compared(file, context) for file in snapshots)))


def _compared(file: FileChange, context: Context) -> _Rewritten | None:
    edit = edit_of(file.before, file.after, context)
    if edit is None:
        return None
    gone, born = (next((line.strip() for line in lines if _SAYS.search(line)), "") for lines in (edit.gone, edit.born))
    return _Rewritten(file.path, gone[:80], born[:80]) if gone and born else None
