"""Facts about the change set as a whole: `breadth` (how much of the repository it touches) and `mass-deletion`.

Weights: a changed or deleted source file counts 1, a new one NEW (nothing depends on it yet), tests and examples half of
that. Generated, vendored and lock files, documents, texts by language and pure moves count nothing, nor does what is deleted
in mass.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from blastlint.enrich.breadth.deletions import Deletion, deletion, what
from blastlint.enrich.breadth.edits import edit_of
from blastlint.enrich.breadth.limits import DEFAULT, Limits, Size, is_near, limits
from blastlint.enrich.breadth.texts import compared_words
from blastlint.enrich.context import Context
from blastlint.enrich.surroundings import path_class_of
from blastlint.facts.file_roles import is_catalogue
from blastlint.facts.words import listed
from blastlint.frozen import dataclass
from blastlint.globs import matches
from blastlint.model import Author, Change, ChangeSet, Fact, FileChange, PathClass, Region, Related, Tree

NEW = 0.2
_WEIGHTS: dict[PathClass, float] = {"source": 1.0, "test": 0.5, "example": 0.5}
_MANY = 10  # files: a mass
_MADE = 0.8  # share of alike files from which the change is one edit, however broad
_ALIKE = 5  # files with one edit: made by a tool, or by a hand that acts like one
_SHOWN = 20
_RETOLD = 0.5  # share of the deleted files in which a resource stood
_GRAVE = ("migration", "infrastructure")
# What a deletion is of, by the share that makes it so. Tests that go with their subject are no loss of tests.
_MOST = {"migration": 0.5, "infrastructure": 0.5, "test": 0.8, "other": 0.5}
_SHELVES = listed(
    """
    packages apps services src lib libs modules charts terraform environments envs kubernetes cluster clusters components
    plugins cmd internal pkg stable incubator projects infra infrastructure deploy app crates
    """
)
_RESOURCES = (
    "terraform.resource",
    "terraform.module",
    "cloudformation.resource",
    "kubernetes.object",
    "compose.service",
)
_CODEOWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
_BOTS = ("[bot]", "dependabot", "renovate", "pre-commit-ci", "github-actions", "-bot")


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The facts of the one change of kind change-set."""
    gone = deletion(context)
    if gone is not None:
        yield _deletion_fact(gone, context)
    breadth = _breadth(gone, context)
    if breadth is not None:
        yield breadth


# --- breadth ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Touched:
    """A file that counts, and how much."""

    file: FileChange
    weight: float


def _breadth(gone: Deletion | None, context: Context) -> Fact | None:
    told = frozenset(gone.paths) if gone is not None and len(gone.paths) >= _MANY else frozenset()
    touched = [t for file in context.change_set.files if file.path not in told and (t := _touched(file, context))]
    weight = sum(t.weight for t in touched)
    existing = [t.file for t in touched if t.file.status != "added"]
    components = Counter(_component(file.path) for file in existing)
    if not touched:
        return None
    ownership = _ownership(context.before.tree)
    owned = owners([file.path for file in existing], ownership)
    size = Size(weight, len(components), len(owned))
    near = len(components) > 1 and is_near(size)
    alike = _alike(existing, context) if near else 0.0
    limit = _limits(context, ownership) if near and alike < _MADE else DEFAULT
    return Fact(
        "breadth",
        {
            "files": round(weight),
            "limit": limit.size.files,
            "ratio": round(weight / limit.size.files, 3),
            "components": len(components),
            "spread": round(len(components) / limit.size.components, 3),
            "alike": round(alike, 3),
            "grave": next((kind for kind in _GRAVE if any(what(f.path, context) == kind for f in existing)), ""),
            "owners": len(owned),
            "shared": round(len(owned) / limit.size.owners, 3),
            "automatic": is_automatic(context.change_set),
            "summary": _summary(touched, components, owned, limit),
        },
    )


def _limits(context: Context, ownership: Sequence[tuple[str, Sequence[str]]]) -> Limits:
    """The repository's own limits: of changes before, what is told without their contents."""
    history = context.change_set.history
    if history is None:
        return DEFAULT
    return limits([_size(files, context, ownership) for files in history.recent()])


def _size(files: Sequence[FileChange], context: Context, ownership: Sequence[tuple[str, Sequence[str]]]) -> Size:
    gone = [file for file in files if file.status == "removed"]
    kept = [f for f in files if f.status != "renamed" and (f.status != "removed" or len(gone) < _MANY)]
    weights = [(file, _weight(file, context)) for file in kept]
    existing = [file.path for file, weight in weights if weight and file.status != "added"]
    owned = owners(existing, ownership) if ownership else ()
    return Size(sum(weight for _, weight in weights), len({_component(path) for path in existing}), len(owned))


def _touched(file: FileChange, context: Context) -> _Touched | None:
    weight = _weight(file, context)
    if not weight or (file.status == "renamed" and _same_content(file, context)):
        return None
    return _Touched(file, weight)


def _weight(file: FileChange, context: Context) -> float:
    own = 0.0 if is_catalogue(file.path) else _WEIGHTS.get(path_class_of(file.path, context.config), 0.0)
    return own * (NEW if file.status == "added" else 1.0)


def _same_content(file: FileChange, context: Context) -> bool:
    assert file.before is not None and file.after is not None
    return context.before.tree.read(file.before) == context.after.tree.read(file.after)


def _component(path: str) -> str:
    """The part of the repository that a file belongs to: its top directory, or what stands on a shelf such as packages/."""
    parts = path.split("/")[:-1]
    depth = 0
    while depth < len(parts) - 1 and parts[depth].lower() in _SHELVES:
        depth += 1
    return "/".join(parts[: depth + 1])


def _alike(files: Sequence[FileChange], context: Context) -> float:
    """The share of the files whose edit, in words that went and came, several others have too. Numbers count as one word."""
    edits = Counter(edit for file in files if (edit := _edit(file, context)) is not None)
    return sum(count for count in edits.values() if count >= _ALIKE) / len(files) if files else 0.0


def _edit(file: FileChange, context: Context) -> tuple[frozenset[str], frozenset[str]] | None:
    if file.before is None or file.after is None:
        return None
    lines = edit_of(file.before, file.after, context)
    if lines is None:
        return None
    words = compared_words(lines)
    gone, born = (frozenset("0" if word[0].isdigit() else word for word in side) for side in (words.gone, words.born))
    return gone, born


def is_automatic(change_set: ChangeSet) -> bool:
    """Whether only bots wrote it. That is what the commits say, and no proof."""
    return bool(change_set.authors) and all(_is_bot(author) for author in change_set.authors)


def _is_bot(author: Author) -> bool:
    return any(author.name.lower().endswith(bot) or bot in author.address.lower() for bot in _BOTS)


def _ownership(tree: Tree) -> list[tuple[str, Sequence[str]]]:
    """(pattern, people) of every line of CODEOWNERS, the last first: it decides."""
    data = next((d for p in _CODEOWNERS if (d := tree.read(p)) is not None), b"")
    rules = [line.split("#")[0].split() for line in data.decode("utf-8", "replace").splitlines()]
    return [(row[0], row[1:]) for row in reversed(rules) if row and not row[0].startswith(("[", "^["))]


def owners(paths: Sequence[str], ownership: Sequence[tuple[str, Sequence[str]]]) -> frozenset[str]:
    """Everybody whom CODEOWNERS of the base names for one of the files."""
    found: set[str] = set()
    for path in paths:
        found.update(next((people for pattern, people in ownership if matches(path, (pattern,))), ()))
    return frozenset(found)


def _summary(touched: Sequence[_Touched], components: Counter[str], owned: frozenset[str], limit: Limits) -> str:
    status = Counter(t.file.status for t in touched)
    counts = ", ".join(f"{count} {name}" for name, count in sorted(status.items()))
    where = ", ".join(name or "the top" for name, _ in components.most_common(4))
    people = f", of {len(owned)} owners" if len(owned) > 1 else ""
    mostly = f", mostly in {where}" if where else ""
    files = "file" if len(touched) == 1 else "files"
    parts = "1 part" if len(components) == 1 else f"{len(components)} parts"
    return f"{counts} {files} in {parts}{people}{mostly}" + (f"; {limit.norm}" if limit.norm else "")


# --- deletions --------------------------------------------------------------------------------------------------------


def _deletion_fact(gone: Deletion, context: Context) -> Fact:
    kinds = Counter(what(path, context) for path in gone.paths)
    most = next((kind for kind, share in _MOST.items() if kinds[kind] >= share * len(gone.paths)), "source")
    related = tuple(Related("deleted", Region("before", path, 1), path) for path in gone.paths[:_SHOWN])
    told = _told(gone.paths, context)
    return Fact(
        "mass-deletion",
        {
            "files": len(gone.paths),
            "share": round(gone.share, 4),
            "share_of_all": round(gone.share_of_all, 4),
            "directory": gone.directory,
            "what": most,
            "packages": gone.packages,
            "replaced": round(gone.born / len(gone.paths), 3),
            "unhooked": gone.unhooked,
            "told": round(told, 3),
            "whole": told >= _RETOLD and _whole(gone.paths, context),
            "summary": _deletion_summary(gone),
        },
        gone.directory,
        related[0].region,
        None,
        related,
    )


def _told(paths: Sequence[str], context: Context) -> float:
    """The share of the deleted files in which a removed resource stood: each of these is a removal of its own."""
    homes = {
        change.path
        for change in context.changes
        if change.kind in _RESOURCES and change.after is None and not change.explained_by
    }
    return sum(path in homes for path in paths) / len(paths)


def _whole(paths: Sequence[str], context: Context) -> bool:
    """Whether the deleted files are those of one Terraform configuration, of which nothing is left."""
    gone = {
        change.entity.configuration
        for change in context.changes
        if change.kind in ("terraform.resource", "terraform.module") and change.after is None and not change.explained_by
    } - {entity.configuration for entity in context.entities_after}
    return any(all(path.startswith(f"{directory}/") for path in paths) for directory in gone if directory)


def _deletion_summary(gone: Deletion) -> str:
    where = f"under {gone.directory} ({gone.share:.0%} of it)" if gone.directory else f"({gone.share_of_all:.0%} of all)"
    whole = f", {', '.join(gone.packages[:3])} as a whole" if gone.packages else ""
    return f"{len(gone.paths)} file{'s' if len(gone.paths) != 1 else ''} {where}{whole}"
