"""Facts about what a project takes from others: `pin`, `source`, `lock`, `integrity` and `hook`. Each cause is one fact of
the change set, however many files and entries it shows in."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from blastlint.enrich.context import Context
from blastlint.model import Change, Fact

# module of this package -> what the names of the files that it reads end with, or begin with (`^`)
_MODULES: dict[str, tuple[str, ...]] = {
    "pins": (
        ".yml",
        ".yaml",
        ".json",
        ".toml",
        ".txt",
        ".tf",
        ".gradle",
        ".gradle.kts",
        ".sh",
        "makefile",
        "pipfile",
        "^dockerfile",
        "^containerfile",
    ),
    "sources": (
        ".npmrc",
        ".yarnrc",
        ".yml",
        ".yaml",
        ".json",
        ".lock",
        ".toml",
        ".txt",
        ".conf",
        ".ini",
        ".cfg",
        ".mod",
        ".sh",
        ".env",
        ".gitmodules",
        ".tf",
        "gemfile",
        "makefile",
        "pipfile",
        "^dockerfile",
        "^containerfile",
    ),
    "locks": (".json", ".lock", ".yaml", ".sum", ".toml"),
    "integrity": (
        "verification-metadata.xml",
        ".npmrc",
        ".yarnrc",
        ".yml",
        ".yaml",
        ".json",
        ".txt",
        ".conf",
        ".lock",
        ".sh",
        "makefile",
        "^dockerfile",
        "^jenkinsfile",
        "^containerfile",
    ),
    "hooks": (
        ".json",
        ".rs",
        "setup.py",
        ".yml",
        ".yaml",
        ".sh",
        "makefile",
        "^dockerfile",
        "^jenkinsfile",
        "^containerfile",
    ),
}


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The facts of the change set as a whole. Each module is imported where a changed file is its own."""
    names = [f.path.rpartition("/")[2].lower() for f in context.change_set.files]
    for module, marks in _MODULES.items():
        ends = tuple(m for m in marks if m[0] != "^")
        starts = tuple(m[1:] for m in marks if m[0] == "^") or ("\0",)
        if any(name.endswith(ends) or name.startswith(starts) for name in names):
            yield from import_module(f"blastlint.enrich.supply.{module}").facts(context)
