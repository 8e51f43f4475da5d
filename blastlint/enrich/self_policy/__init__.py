"""What a change does to its own judge: the configuration, inline suppressions, the steps that run the linter, and what of it
could not be read. Facts of the changes of kind `file`.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.self_policy import coverage, settings, steps, suppressions
from blastlint.model import Change, Fact


def facts(change: Change, context: Context) -> Iterator[Fact]:
    yield from settings.facts(change, context)
    yield from suppressions.facts(change, context)
    yield from steps.facts(change, context)
    yield from coverage.facts(change, context)
