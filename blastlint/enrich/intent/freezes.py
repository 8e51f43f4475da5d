"""`freeze` facts: a window of the policy in which what the change touches is not to be touched.

The clock is the one that the check is given (`--now`, BLASTLINT_NOW), never a date of a commit: whoever writes the commit
writes its date too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from blastlint.enrich.context import Context
from blastlint.enrich.surroundings import path_class_of
from blastlint.globs import matches
from blastlint.model import Fact, Finding, Region, Related
from blastlint.prose import few

_HARMLESS = ("docs", "test", "example")
_SHOWN = 4


def facts(context: Context, findings: Sequence[Finding]) -> Iterator[Fact]:
    """One fact for each window that is in force and concerns the change."""
    now = moment(context.change_set.now)
    for freeze in context.config.freezes:
        if not (moment(freeze.start) <= now < moment(freeze.end)):
            continue
        touched = [
            file.path
            for file in context.change_set.files
            if any(matches(p, freeze.paths) for p in (file.before, file.after) if p)
            and path_class_of(file.path, context.config) not in _HARMLESS
        ]
        hits = [f for f in findings if f.rule_id[:3] in freeze.rules or f.rule_id in freeze.rules]
        if not touched or (freeze.rules and not hits):
            continue
        what = hits[0].message if hits else _named(touched)
        place = Region("after" if context.after.tree.size(touched[0]) is not None else "before", touched[0], 1)
        yield Fact(
            "freeze",
            {
                "files": len(touched),
                "window": f"until {freeze.end}" + (f" ({freeze.reason})" if freeze.reason else ""),
                "grave": any(f.severity in ("critical", "high") for f in (hits or findings)),
                "summary": what,
            },
            freeze.start,
            before=place if place.side == "before" else None,
            after=place if place.side == "after" else None,
            related=tuple(Related(f"{f.rule_id} {f.message}", f.after or f.before, f.address) for f in hits[:10]),
        )


def moment(text: str) -> datetime:
    """A date or time as ISO 8601 has it; without a zone it is UTC. Raises ValueError."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _named(paths: Sequence[str]) -> str:
    return few(paths, _SHOWN)
