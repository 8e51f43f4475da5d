"""One way to run the flow up to the facts over two small trees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from blastlint import diff, enrich, resolve
from blastlint.config import Config
from blastlint.diff import files
from blastlint.enrich.code.pairs import KINDS
from blastlint.enrich.context import Context
from blastlint.model import Change, Fact, Impact
from blastlint.parse.workspace import Workspace
from blastlint.sources.memory import change_set


@dataclass(frozen=True)
class Ran:
    impacts: tuple[Impact, ...]

    @property
    def changes(self) -> list[Change]:
        return [i.change for i in self.impacts if i.change.kind.startswith(KINDS)]

    def lines(self) -> list[str]:
        """`action kind address [<- previous]` of every change of code."""
        return [
            f"{c.action} {c.kind} {c.address}" + (f" <- {c.previous_address}" if c.previous_address else "")
            for c in self.changes
        ]

    def facts(self, name: str) -> list[tuple[str, Fact]]:
        return [(i.change.address, f) for i in self.impacts for f in i.facts if f.name == name]


def run(before: Mapping[str, str | bytes], after: Mapping[str, str | bytes]) -> Ran:
    changed = change_set(before, after)
    old, new = Workspace(changed.before, "before"), Workspace(changed.after, "after")
    paths = tuple(sorted({p for f in changed.files for p in (f.before, f.after) if p}))
    entities = resolve.entities(old, paths), resolve.entities(new, paths)
    changes = (*diff.changes(*entities), *files.changes(changed))
    return Ran(enrich.impacts(Context(changed, Config(), old, new, *entities, changes)))
