"""`scope-violation` facts: files that are touched outside of what the change was to touch.

The scope comes from outside of the tree (`--scope GLOB`, `--scope @FILE`) or from a trailer of the message
(`Scope: src/api/**, docs/`). What tools write beside an edit is within every scope.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.surroundings import path_class_of
from blastlint.globs import matches
from blastlint.model import Fact, FileChange, Region, Related
from blastlint.prose import few
from blastlint.regex import regex

_TRAILER = regex(r"^(?:blastlint-|change-|allowed-)?scope\s*:\s*(?P<globs>.+)$", re.IGNORECASE | re.MULTILINE)
_PATH_LIKE = regex(r"^!?[\w.@*?\[\]{}/-]*[/*.][\w.@*?\[\]{}/-]*$")
_COMPANIONS = ("lock", "generated")
_SHOWN = 5


def facts(context: Context) -> Iterator[Fact]:
    """One fact that names every file outside."""
    changed = context.change_set
    globs = changed.scope or declared(changed.message)
    if not globs:
        return
    outside = [f for f in changed.files if not _within(f, globs, context)]
    if not outside:
        return
    names = [f.path for f in outside]
    places = [_place(file) for file in outside]
    yield Fact(
        "scope-violation",
        {
            "files": len(outside),
            "of": len(changed.files),
            "scope": globs,
            "source": "given" if changed.scope else "message",
            "summary": few(names, _SHOWN),
        },
        before=places[0] if places[0].side == "before" else None,
        after=places[0] if places[0].side == "after" else None,
        related=tuple(
            Related(f"{f.status} outside of the scope", p, f.path) for f, p in zip(outside, places, strict=True)
        ),
    )


def declared(message: str) -> tuple[str, ...]:
    """The globs of the message's scope trailer; none where it speaks of anything else than paths."""
    found = _TRAILER.findall(message)
    globs = tuple(glob for text in found for glob in re.split(r"[,\s]+", text.strip()) if glob)
    return globs if globs and all(_PATH_LIKE.match(glob) for glob in globs) else ()


def _within(file: FileChange, globs: tuple[str, ...], context: Context) -> bool:
    """Whether the file is in scope under both of its names."""
    return all(
        matches(path, globs) or path_class_of(path, context.config) in _COMPANIONS
        for path in (file.before, file.after)
        if path is not None
    )


def _place(file: FileChange) -> Region:
    return Region("after", file.after, 1) if file.after is not None else Region("before", file.path, 1)
