"""Facts about the change set as a whole: `breadth` (how much of the repository it touches) and `mass-deletion`.

Weights: a changed or deleted source file counts 1, a new one NEW (nothing depends on it yet), tests and examples half of
that. Generated, vendored and lock files, documents and pure moves count nothing. A deleted file whose name or stem comes
back elsewhere in the change set (another directory, another language) was moved, whatever git thinks of its likeness.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from blastlint.enrich.context import Context
from blastlint.enrich.surroundings import path_class_of
from blastlint.facts.words import listed
from blastlint.model import Change, Fact, FileChange, PathClass

LIMIT = 60.0  # weighted files; a repository's own measure can take its place
NEW = 0.2
_WEIGHTS: dict[PathClass, float] = {"source": 1.0, "test": 0.5, "example": 0.5}
_SHELVES = listed(
    """
    packages apps services src lib libs modules charts terraform environments envs kubernetes cluster clusters components
    plugins cmd internal pkg stable incubator projects infra infrastructure deploy app crates
    """
)
_MIGRATION = re.compile(r"(^|/)(migrations?|migrate|alembic/versions|db/migrate|flyway|liquibase|changelogs?)/")
_INFRASTRUCTURE = re.compile(
    r"\.(tf|tofu|tfvars|hcl)$|(^|/)(terraform|infra|infrastructure|k8s|kubernetes|helm|charts|manifests|overlays|deploy"
    r"|cloudformation|ansible|\.github/workflows|\.circleci|argocd|flux|cluster|clusters)/"
)
_OTHER = re.compile(
    r"\.(png|jpe?g|gif|svg|ico|pdf|woff2?|ttf|mp[34]|webp|csv|txt|md|rst|lock|map|zip|gz)$", re.IGNORECASE
)
_FEW = 3


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The facts of the one change of kind change-set."""
    files = context.change_set.files
    if len(files) < _FEW:
        return
    yield _breadth(files, context)
    yield from _deletion(files, context)


def _breadth(files: Sequence[FileChange], context: Context) -> Fact:
    weight = 0.0
    components: Counter[str] = Counter()
    for file in files:
        own = _WEIGHTS.get(path_class_of(file.path, context.config), 0.0)
        if not own or (file.status == "renamed" and _same_content(file, context)):
            continue
        own *= NEW if file.status == "added" else 1.0
        weight += own
        if file.status != "added":
            components[_component(file.path)] += 1
    return Fact(
        "breadth",
        {
            "files": round(weight),
            "limit": LIMIT,
            "ratio": round(weight / LIMIT, 3),
            "components": len(components),
            "summary": _summary(files, components),
        },
    )


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


def _summary(files: Sequence[FileChange], components: Counter[str]) -> str:
    status = Counter(file.status for file in files)
    counts = ", ".join(f"{count} {name}" for name, count in sorted(status.items()))
    where = ", ".join(name or "the top" for name, _ in components.most_common(4))
    return f"{counts} files" + (f", mostly in {where}" if where else "")


# --- deletions --------------------------------------------------------------------------------------------------------


def _deletion(files: Sequence[FileChange], context: Context) -> Iterator[Fact]:
    born = {f.after for f in files if f.after is not None and f.status in ("added", "renamed")}
    names = {path.rpartition("/")[2] for path in born}
    stems = {_stem(path) for path in born}
    gone = [
        f.before
        for f in files
        if f.status == "removed"
        and f.before is not None
        and path_class_of(f.before, context.config) in _WEIGHTS
        and not (f.before.rpartition("/")[2] in names or _stem(f.before) in stems)
    ]
    if len(gone) < _FEW:
        return
    kinds = Counter(_what(path, context) for path in gone)
    what = next((k for k in ("migration", "infrastructure", "test") if kinds[k] * 2 >= len(gone)), "")
    directory = _common(gone)
    before = context.before.tree.paths()
    under = [p for p in before if not directory or p.startswith(directory + "/")]
    yield Fact(
        "mass-deletion",
        {
            "files": len(gone),
            "share": round(len(gone) / max(len(under), 1), 4),
            "share_of_all": round(len(gone) / max(len(before), 1), 4),
            "directory": directory,
            "what": what or ("other" if kinds["other"] * 2 > len(gone) else "source"),
        },
    )


def _stem(path: str) -> str:
    return path.rpartition(".")[0] or path


def _what(path: str, context: Context) -> str:
    if _OTHER.search(path):
        return "other"
    if _MIGRATION.search(path):
        return "migration"
    if path_class_of(path, context.config) == "test":
        return "test"
    return "infrastructure" if _INFRASTRUCTURE.search(path) else "source"


def _common(paths: Sequence[str]) -> str:
    """The deepest directory that all of them are in, or ""."""
    split = [path.split("/")[:-1] for path in paths]
    common: list[str] = []
    for parts in zip(*split, strict=False):
        if len(set(parts)) > 1:
            break
        common.append(parts[0])
    return "/".join(common)
