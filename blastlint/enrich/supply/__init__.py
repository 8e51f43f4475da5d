"""Facts about what a project takes from others: `pin`, `source`, `lock`, `integrity` and `hook`. Each cause is one fact of
the change set, however many files and entries it shows in."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.model import Change, Fact


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The facts of the change set as a whole. The modules are imported where a changed file is theirs."""
    paths = [f.path.rpartition("/")[2].lower() for f in context.change_set.files]
    if not any(name.endswith(_ENDINGS) or name.startswith(_STARTS) for name in paths):
        return
    from blastlint.enrich.supply import hooks, integrity, locks, pins, sources

    for module in (pins, sources, locks, integrity, hooks):
        yield from module.facts(context)


_ENDINGS = (
    ".yml", ".yaml", ".json", ".toml", ".lock", ".txt", ".tf", ".sh", ".mod", ".sum", ".cfg", ".conf", ".rs", "setup.py",
    ".npmrc", ".gitmodules", "gemfile", "makefile", "pipfile", ".dockerfile", ".ini", ".yarnrc",
)  # fmt: skip
_STARTS = ("dockerfile", "containerfile", "jenkinsfile", "requirements")
