"""`undocumented` facts: what the policy calls critical is touched, and the message says neither why nor the way back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from blastlint.enrich.breadth import is_automatic
from blastlint.enrich.context import Context
from blastlint.enrich.intent.message import spoken
from blastlint.enrich.surroundings import path_class_of
from blastlint.globs import matches
from blastlint.model import Fact, Finding, Region, Related
from blastlint.prose import few
from blastlint.regex import regex

_TICKET = regex(
    r"(^|[\s(\[])(#\d+|GH-\d+|[A-Z][A-Z0-9]{1,9}-\d+|[\w.-]+/[\w.-]+#\d+)\b|https?://\S+/(issues?|pull|browse"
    r"|tickets?|T?\d)"
)
_WAY_BACK = regex(
    r"\b(roll(ing)?[ -]?back|revert(ed|ible)?( by| with| if|:)|back[ -]?out|undo|restor\w+ (from|by)|way back"
    r"|abort plan)\b",
    re.I,
)
_DESIGN = regex(r"(^|/)(adrs?|rfcs?|decisions?|design([-_]docs?)?|proposals?)/|(^|/)(adr|rfc)[-_]?\d", re.I)
_HEADING = regex(r"^#{1,6} .*$", re.M)
_SHOWN = 4


def facts(context: Context, findings: Sequence[Finding]) -> Iterator[Fact]:
    """At most one fact."""
    changed, config = context.change_set, context.config
    touched = [
        f.path
        for f in changed.files
        if any(matches(p, config.critical) for p in (f.before, f.after) if p)
        and path_class_of(f.path, config) == "source"
    ]
    if not touched or is_automatic(changed):
        return
    said = _HEADING.sub("", spoken(changed.message))  # an unfilled form says nothing
    missing = [
        name
        for name, there in (
            ("a ticket or a design note", _TICKET.search(said) or any(_DESIGN.search(f.path) for f in changed.files)),
            ("a way back", _WAY_BACK.search(said)),
        )
        if not there
    ]
    grave = [f for f in findings if f.severity in ("critical", "high")]
    if not missing or (len(missing) == 1 and not grave):
        return
    place = Region("after" if context.after.tree.size(touched[0]) is not None else "before", touched[0], 1)
    yield Fact(
        "undocumented",
        {
            "files": len(touched),
            "missing": ", and ".join(missing),
            "grave": bool(grave),
            "summary": few(touched, _SHOWN),
        },
        before=place if place.side == "before" else None,
        after=place if place.side == "after" else None,
        related=tuple(Related(f"{f.rule_id} {f.message}", f.after or f.before, f.address) for f in grave[:10]),
    )
