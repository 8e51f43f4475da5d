"""What checks the code: settings of linters, type checkers and coverage, suppressions in code, hooks before a commit. Facts
of the changes of kind `file`, one for each file: what was loosened in it is one cause."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.quality import hooks, settings, suppressions
from blastlint.model import Change, Fact


def facts(change: Change, context: Context) -> Iterator[Fact]:
    yield from settings.facts(change, context)
    yield from suppressions.facts(change, context)
    yield from hooks.facts(change, context)
