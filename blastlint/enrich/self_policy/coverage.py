"""Changed files of a kind that rules guard whose after side could not be read whole."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.model import Change, Fact, Region
from blastlint.parse import NO_PARSER, PARSERS


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """One `analysis` fact, unless the after side was read whole, or no worse than the before side in part.

    A file of a kind without a parser is a file-level change, and not incomplete.
    """
    if change.after is None or change.after.type in ("symlink", "submodule"):
        return
    after = context.after.document(change.after.region.path)
    if after is None or after.coverage == "full" or after.reason == NO_PARSER or after.language not in PARSERS:
        return
    before = context.before.document(change.before.region.path) if change.before is not None else None
    if after.coverage == "partial" and before is not None and before.coverage != "full":
        return
    yield Fact(
        "analysis",
        {
            "what": after.coverage,
            "reason": after.reason,
            "guarded": True,
            "regressed": before is not None and before.coverage == "full",
        },
        after=Region("after", after.path, after.line or 1),
    )
