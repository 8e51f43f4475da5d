"""`mixup` facts: a value that newly names another environment than the one that its place is for."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.surroundings import environment_in, path_class_of
from blastlint.facts.words import listed, words
from blastlint.masking import mask_value
from blastlint.model import Change, Environment, Fact, Scalar
from blastlint.regex import regex

# Which thing of an environment a value names, by the last words of its key.
_TARGET = listed(
    """
    host hostname url uri endpoint dsn database db bucket queue topic cluster namespace account project role arn env
    environment stage workspace context server broker stack addr address domain subscription tenant schema
    """
)
_NO_TARGET = listed("image registry repository tag version description comment note title label name path")
_IDENTIFIER = regex(r"^[\w.:/@${}*-]{3,200}$")
_STRONG = listed("prod production prd nonprod staging stg dev development qa uat sandbox preprod preproduction")
_SPLIT = regex(r"[^a-z0-9]+")


def mixup(change: Change, context: Context) -> Iterator[Fact]:
    """One fact for a value that newly names another environment than the one that its place is for."""
    delta = change.deltas[0]
    if delta.after is None or path_class_of(change.path, context.config) != "source":
        return
    before = delta.before.scalar if delta.before is not None else None
    for path, value in delta.after.leaves(delta.path):
        home, there = _home(change, path), _named_by(path, value.scalar)
        was = _strong(before) if isinstance(before, str) else "unknown"
        if "unknown" in (home, there) or home == there or was == there:
            continue
        yield Fact(
            "mixup",
            {
                "name": path,
                "home": home,
                "value": there,
                "before": mask_value(path, str(before)) if before is not None else "absent",
                "after": mask_value(path, str(value.scalar)),
                "was": was,
                "new": delta.before is None,
            },
            path,
            delta.before_region,
            value.region,
        )
        return
    if delta.action == "modified":
        from blastlint.enrich.layers import siblings

        yield from siblings.mixup(change, delta, _home(change, delta.path), context)


def _named_by(path: str, value: Scalar) -> Environment:
    """The environment of what a key points at; unknown for a key that points at nothing of an environment."""
    name = _naming(path)
    if not isinstance(value, str) or not _IDENTIFIER.match(value) or (name[-1:] and name[-1] in _NO_TARGET):
        return "unknown"
    return _strong(value) if set(name[-2:]) & _TARGET else "unknown"


def _naming(path: str) -> tuple[str, ...]:
    """The words of the key; where it is a name, those of what has the name: `queue.name`, `queue_name`."""
    outer, _, last = path.rpartition(".")
    said = words(last)
    if said[-1:] != ("name",):
        return said
    return said[:-1] or words(outer.rpartition(".")[2]) or said


def _home(change: Change, path: str) -> Environment:
    """The environment that the place is for: the nearest key that names one, else the document's profile, else the file."""
    for part in reversed(path.split(".")[:-1]):
        found_here = _strong(part)
        if found_here != "unknown":
            return found_here
    return environment_in(change.entity.variant or change.path)


def _strong(text: str) -> Environment:
    """The environment that an identifier names by a word that means nothing else."""
    parts = [w for w in _SPLIT.split(text.lower().replace("non-prod", "nonprod").replace("pre-prod", "preprod")) if w]
    telling = [w for w in parts if w in _STRONG]
    return environment_in(telling[-1]) if telling else "unknown"
