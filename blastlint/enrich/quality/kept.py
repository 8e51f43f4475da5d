"""Where the settings of a tool stand after a change: one that goes from a file may be in another now, and a tool that goes
may have one of its kind in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from blastlint.enrich.context import Context
from blastlint.facts.quality import rows
from blastlint.model import Value
from blastlint.parse.keytree import KeyTree
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex

# Files that hold the settings of many tools, and may have held them before.
_USUAL = ("pyproject.toml", "setup.cfg", "tox.ini", "package.json")
# Files of tools that take the place of several others.
_SUCCESSORS = regex(
    r"(^|/)(biome\.jsonc?|\.?oxlintrc\.json|\.?ruff\.toml|pyrightconfig\.json|ty\.toml|dprint\.json|eslint\.config\.[cm]?[jt]s"
    r"|\.swcrc|codecov\.ya?ml)$"
)
_INDEX = regex(r"\[(\d+|\"[^\"]*\")\]")


class Settings(NamedTuple):
    """(tool, last name of a key) -> what it is set to, and the tools that are configured by class."""

    values: Mapping[tuple[str, str], tuple[Value, ...]]
    tools: Mapping[str, frozenset[str]]


def row_for(path: str, name: str) -> Mapping[str, str] | None:
    """The row of quality.json that a key of a file is of: the first that fits counts."""
    return next((r for r in rows("settings") if re.search(r["file"], path) and re.search(r["key"], plain(name))), None)


def plain(path: str) -> str:
    """A key without the places in lists."""
    return _INDEX.sub("", path)


def flat(value: Value, path: str = "") -> Iterator[tuple[str, Value]]:
    """(dotted path, value) of everything below that is no map: lists stay whole."""
    if value.is_map and value.items:
        for key, child in value.items.items():
            yield from flat(child, f"{path}.{key}".lstrip("."))
    elif path:
        yield path, value


def of_file(path: str, side: Workspace) -> Iterator[tuple[str, Value]]:
    """Every setting of one file of keys."""
    document = side.document(path)
    if document is not None and isinstance(document.content, KeyTree):
        for root in document.content.documents:
            yield from flat(root)


def after(context: Context) -> Settings:
    """The settings of the files that changed and of the usual ones, as they are afterwards."""
    values: dict[tuple[str, str], list[Value]] = {}
    tools: dict[str, set[str]] = {}
    changed = [file.after for file in context.change_set.files if file.after is not None]
    for path in dict.fromkeys((*changed, *_USUAL)):
        if any(re.search(row["file"], path) for row in rows("settings")):
            for name, value in of_file(path, context.after):
                row = row_for(path, name)
                if row is not None:
                    values.setdefault((row["tool"], plain(name).rpartition(".")[2]), []).append(value)
                    tools.setdefault(row["class"], set()).add(row["tool"])
    return Settings({key: tuple(found) for key, found in values.items()}, {c: frozenset(t) for c, t in tools.items()})


def is_succeeded(row: Mapping[str, str], context: Context) -> bool:
    """Whether another tool of the class comes, which checks in its own way."""
    came = (file.after for file in context.change_set.files if file.before is None and file.after is not None)
    if any(_SUCCESSORS.search(path) for path in came):
        return True
    others = context.once(after).tools.get(row["class"], frozenset()) - {row["tool"]}
    known = (row_for(path, name) for path in _USUAL for name, _ in of_file(path, context.before))
    return bool(others - {r["tool"] for r in known if r is not None})
