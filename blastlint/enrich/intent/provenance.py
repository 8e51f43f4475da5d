"""`provenance` facts: a coding agent had a hand in the change, as addresses and trailers tell, and it does something that
a person has to answer for. Never by a display name: people have such names too. That nothing tells it proves nothing.

Source: facts/provenance.json, counted in public histories.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.enrich.context import Context
from blastlint.globs import matches
from blastlint.model import Confidence, Fact, Finding, Related

_SHOWN = 3


def facts(context: Context, findings: Sequence[Finding]) -> Iterator[Fact]:
    """At most one fact: only where something is to be signed for."""
    changed, config = context.change_set, context.config
    grave = [f for f in findings if f.severity in ("critical", "high")]
    critical = [f.path for f in changed.files if matches(f.path, config.critical)]
    if not grave and not critical:
        return
    from blastlint.facts.provenance import agents_of

    found = agents_of(changed.message, changed.authors, changed.branch)
    if not found:
        return
    surest = found[0]
    confidence: Confidence = "high" if surest.strength in ("author", "co-author") else "medium"
    what = [f"{len(grave)} finding{'s' if len(grave) > 1 else ''} at high or above"] if grave else []
    what += [f"{len(critical)} critical file{'s' if len(critical) > 1 else ''}"] if critical else []
    yield Fact(
        "provenance",
        {
            "agents": tuple(dict.fromkeys(f.agent for f in found)),
            "strength": surest.strength,
            "evidence": surest.evidence,
            "findings": len(grave),
            "critical": len(critical),
            "summary": " and ".join(what),
        },
        before=grave[0].before if grave else None,
        after=grave[0].after if grave else None,
        related=tuple(Related(f"{f.rule_id} {f.message}", f.after or f.before, f.address) for f in grave[:_SHOWN]),
        confidence=confidence if surest.strength != "branch" else "low",
    )
