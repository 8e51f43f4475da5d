"""The lines that differ in a changed file: worked out once for everybody who asks."""

from __future__ import annotations

from blastlint.enrich.breadth.texts import Lines, Text, compared_lines, text_of
from blastlint.enrich.context import Context
from blastlint.model import Tree

_NOTHING = Text("", "", "")
_Paths = tuple[str | None, str | None]


def edit_of(before: str | None, after: str | None, context: Context) -> Lines | None:
    """The lines that went and came between two names of a file (None: it is not there); None where one is no text."""
    known = context.once(_known)
    paths = before, after
    if paths not in known:
        sides = (_text(before, context.before.tree), _text(after, context.after.tree))
        known[paths] = compared_lines(sides[0], sides[1]) if sides[0] and sides[1] else None
    return known[paths]


def _known(context: Context) -> dict[_Paths, Lines | None]:
    return {}


def _text(path: str | None, tree: Tree) -> Text | None:
    return text_of(tree.read(path)) if path is not None else _NOTHING
