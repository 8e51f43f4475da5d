"""What is said of a change, held against what it does: by its message, its branch, its authors, its declared scope, and the
policy of its base, and where its findings repeat. Asked after all other findings are known. Text can only raise risk.

Each module gives at most a few facts, all of the one change of kind `change-set`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.enrich.context import Context
from blastlint.enrich.intent.claims import facts as claims
from blastlint.model import Fact, Finding, Impact


def impacts(context: Context, findings: Sequence[Finding]) -> tuple[Impact, ...]:
    """The change set's impact with everything that is said of it and does not hold. `findings` are those that count."""
    whole = next((change for change in context.changes if change.kind == "change-set"), None)
    if whole is None:
        return ()
    found = tuple(_facts(context, findings))
    return (Impact(whole, "in-place", facts=found),) if found else ()


def _facts(context: Context, findings: Sequence[Finding]) -> Iterator[Fact]:
    changed, config = context.change_set, context.config
    small = tuple(claims(context, findings))
    yield from small
    if changed.message and not small:  # else the same is said already, and worse
        from blastlint.enrich.intent import mismatch

        yield from mismatch.facts(context)
    if changed.scope or "scope" in changed.message.lower():
        from blastlint.enrich.intent import scope

        yield from scope.facts(context)
    if config.freezes and changed.now:
        from blastlint.enrich.intent import freezes

        yield from freezes.facts(context, findings)
    if config.critical and changed.message:
        from blastlint.enrich.intent import critical

        yield from critical.facts(context, findings)
    if len(findings) > 1:
        from blastlint.enrich.intent import at_once

        yield from at_once.facts(findings)
    if changed.authors or changed.message:
        from blastlint.enrich.intent import provenance

        yield from provenance.facts(context, findings)
