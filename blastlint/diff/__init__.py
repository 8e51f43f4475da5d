"""Entities before x after -> Changes. Matching is over the whole change set, before any rule looks.

A kind with its own identity rules has a differ: a module of this package that exports

    changes(before: Sequence[Entity], after: Sequence[Entity]) -> Iterable[Change]

and gets every entity of its kinds on both sides. All other kinds are matched by identity, then by content (match.py).
Files and the change set as a whole are Changes too (files.py): facts about them have an address like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module

from blastlint.diff.match import matched
from blastlint.model import Change, Entity

# kind prefix -> module of this package
DIFFERS: dict[str, str] = {
    "python.": "code",
    "javascript.": "code",
    "go.": "code",
    "ruby.": "code",
    "java.": "code",
    "rust.": "code",
    "terraform.": "terraform",
    "command": "commands",
    "pipeline.job": "jobs",
    "config.": "config",
    "kubernetes.": "manifests",
    "cloudformation.": "cloudformation",
    "compose.": "manifests",
    "migration.": "migrations",
}


def changes(before: Sequence[Entity], after: Sequence[Entity]) -> tuple[Change, ...]:
    """Every semantic change, ordered by path and line. `changes(x, x)` is empty."""
    found: list[Change] = []
    sides: dict[str, tuple[list[Entity], list[Entity]]] = {}
    for index, entities in enumerate((before, after)):
        for entity in entities:
            sides.setdefault(_differ(entity.kind), ([], []))[index].append(entity)
    for differ, (old, new) in sides.items():
        found.extend(_changes(differ, old, new))
    found.sort(key=_place)
    return tuple(found)


def _place(change: Change) -> tuple[str, int, str, str]:
    entity = change.entity
    return entity.region.path, entity.region.start_line, entity.kind, change.address


@cache
def _differ(kind: str) -> str:
    return next((module for prefix, module in DIFFERS.items() if kind.startswith(prefix)), "")


def _changes(differ: str, old: Sequence[Entity], new: Sequence[Entity]) -> Iterable[Change]:
    if not differ:
        return matched(old, new)
    result: Iterable[Change] = import_module(f"blastlint.diff.{differ}").changes(old, new)
    return result
