"""Files that are deleted and come back nowhere: what stands in for a file that git calls removed, and what the rest are.

A removed file has a successor when a new file has its name, or its path with another extension (one for one), when half of
what it said stands in lines that the change adds elsewhere, or most of the words that were its own among its like: it was
moved, translated, split, merged or written anew. One that only hands on what another file has is no loss while that stays.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from blastlint.enrich.breadth.texts import telling_lines, text_of
from blastlint.enrich.context import Context
from blastlint.enrich.surroundings import path_class_of
from blastlint.frozen import dataclass
from blastlint.model import FileChange, Tree
from blastlint.regex import Words, regex, screened
from blastlint.resolve.terraform.details import is_swapped

FEW = 3
_ABSORBED = 0.5
_MOSTLY = 0.6
_MIGRATION = screened(
    "migrat alembic flyway liquibase changelog",
    r"(^|/)(migrations?|migrate|alembic/versions|flyway|liquibase|changelogs?)/",
)
_TERRAFORM = Words(".tf$ .tofu$ .tfvars$ .hcl$")
_INFRASTRUCTURE = regex(
    r"(^|/)(terraform|infra|infrastructure|k8s|kubernetes|helm|charts|manifests|overlays|deploy"
    r"|cloudformation|ansible|\.github/workflows|\.circleci|argocd|flux|cluster|clusters)/"
)
_OTHER = Words(
    ".png$ .jpg$ .jpeg$ .gif$ .svg$ .ico$ .pdf$ .woff$ .woff2$ .ttf$ .eot$ .mp3$ .mp4$ .webp$ .webm$ .csv$ .tsv$ .txt$"
    " .snap$ .json$ .xml$ .htm$ .html$ .lock$ .map$ .zip$ .gz$ .bin$"
)
_FIXTURE = screened(
    "fixture testdata snapshot cassette golden data resources",
    r"(^|/)(fixtures?|testdata|snapshots?|__snapshots__|cassettes?|golden|data|resources)/",
)
_PACKAGES = frozenset(
    ("__init__.py", "package.json", "go.mod", "cargo.toml", "pom.xml", "build.gradle", "pyproject.toml", "setup.py",
     "gemfile", "composer.json", "chart.yaml", "main.tf", "kustomization.yaml", "kustomization.yml", "dockerfile")
)  # fmt: skip
_LIKE = 4  # files of one kind, from which what is common to them is known
_OWN = 0.2  # share of them up to which a word is a file's own
_TELLING = 2
_WORD = regex(r"[A-Za-z_]\w{2,}")
_HANDING = (".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts", ".py")
# What says where something is, and nothing of it: imports, and exports of what was imported.
_FROM = regex(
    r"""^(?:import|export)\b[^;'"]*?\bfrom\s*['"](?P<module>[^'"]+)['"];?"""
    r"""|^from\s+(?P<package>[\w.]+)\s+import\s+(?:\([^)]*\)|[^(\n]+)""",
    8,  # re.MULTILINE
)
_HANDED = regex(
    r"""^export\s*\{[^}]*\};?|^export default \w+;?|^__all__\s*=\s*[\[(][^\])]*[\])]|^['"]use \w+['"];?"""
    r"""|/\*[\s\S]*?\*/|^\s*(//|#).*$""",
    8,
)
_COMMENTS = ("#", "//", "/*", "*", "--", ";", "<!--")  # licences stand everywhere
_COUNTED = ("source", "test", "example")


@dataclass(frozen=True, slots=True)
class Deletion:
    """`paths` are the files that are gone for good, sorted, without documents and what tools make. `directory` holds most of
    them; `share` is theirs of the files in it before, `share_of_all` of all files. `packages` are the directories, with a
    file that makes them a package, of which nothing is left. `born` is the number of new files under `directory`.
    `unhooked`: the change also takes out what named them, and nothing names them any more."""

    paths: tuple[str, ...]
    directory: str
    share: float
    share_of_all: float
    packages: tuple[str, ...]
    born: int
    unhooked: bool


def deletion(context: Context) -> Deletion | None:
    """None where fewer than FEW files are gone."""
    files = context.change_set.files
    removed = [f.before for f in files if f.status == "removed" and f.before is not None and not _is_pointer(f)]
    if len(removed) < FEW:
        return None
    born = [f.after for f in files if f.after is not None and f.status in ("added", "renamed")]
    gone = list(_without_namesake(removed, born))
    if sum(_counts(path, context) for path in gone) < FEW:
        return None
    gone = list(_without_heir(_unpublished(gone, context), context))
    gone = list(_with_content(gone, context.before.tree))
    gone = list(_not_rewritten(gone, context))
    counted = tuple(path for path in gone if _counts(path, context))
    if len(counted) < FEW:
        return None
    directory = _home(counted)
    here = f"{directory}/" if directory else ""
    before = context.before.tree.paths()
    under = Counter(_ancestors(before, {d for path in gone for d in _directories(path)}))
    inside = sum(path.startswith(here) for path in counted)
    packages = tuple(_packages(gone, under, born))
    return Deletion(
        paths=counted,
        directory=directory,
        share=inside / max(under[directory] if directory else len(before), 1),
        share_of_all=len(counted) / max(len(before), 1),
        packages=packages,
        born=sum(path.startswith(here) for path in born),
        unhooked=all(_is_unhooked(place, context) for place in packages or (directory,)),
    )


def what(path: str, context: Context) -> str:
    """source (examples as well), test, infrastructure, migration or other (pictures, records, fixtures)."""
    if _OTHER.search(path) or _FIXTURE.search(path):
        return "other"
    kind = path_class_of(path, context.config)
    if _MIGRATION.search(path):
        return "migration"
    if kind in ("test", "example"):
        return "test" if kind == "test" else "source"
    return "infrastructure" if _TERRAFORM.search(path) or _INFRASTRUCTURE.search(path) else "source"


def _is_pointer(file: FileChange) -> bool:
    return file.is_symlink or file.is_submodule


def _counts(path: str, context: Context) -> bool:
    return path_class_of(path, context.config) in _COUNTED


# --- successors -------------------------------------------------------------------------------------------------------


def _without_namesake(removed: Iterable[str], born: Iterable[str]) -> Iterator[str]:
    """The removed files for which no new file has the same name, or the same path but for the extension."""
    born = list(born)
    names = Counter(_name(path) for path in born)
    stems = {_stem(path) for path in born}
    for path in removed:
        if names[_name(path)]:
            names[_name(path)] -= 1
        elif _stem(path) not in stems:
            yield path


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _stem(path: str) -> str:
    directory, slash, name = path.rpartition("/")
    return f"{directory}{slash}{name.partition('.')[0] or name}"


def _unpublished(gone: Iterable[str], context: Context) -> list[str]:
    """The gone files, without those of Terraform modules that are called from elsewhere now."""
    swapped = {
        str(getattr(change.before.detail, "directory", ""))
        for change in context.changes
        if change.before is not None and change.after is not None and is_swapped(change.before.detail, change.after.detail)
    }
    return [path for path in gone if swapped.isdisjoint(_directories(path))]


def _without_heir(gone: Sequence[str], context: Context) -> Iterator[str]:
    """The gone files of which less than half stands in lines that are new elsewhere."""
    new = _new_lines(context)
    for path in gone:
        lines = _lines(context.before.tree, path)
        total = lines.total()
        if not total or sum(count for line, count in lines.items() if line in new) < _ABSORBED * total:
            yield path


def _with_content(gone: Sequence[str], tree: Tree) -> Iterator[str]:
    """The gone files, without those that only hand on what files that are still there have."""
    stems = {f"/{path.rpartition('.')[0]}" for path in gone}
    for path in gone:
        sources = _handed_on(path, tree)
        if not sources or any(stem.endswith(source) for source in sources for stem in stems):
            yield path


def _handed_on(path: str, tree: Tree) -> tuple[str, ...]:
    """The modules of which a file hands on what they have, as ends of paths, where it does nothing else."""
    text = text_of(tree.read(path)) if path.endswith(_HANDING) else None
    if text is None or _HANDED.sub("", _FROM.sub("", text.text)).strip():
        return ()
    return tuple(_end_of(found["module"] or found["package"], path) for found in _FROM.finditer(text.text))


def _end_of(module: str, path: str) -> str:
    """How the path of a module ends that a file names: `../a/b` from its own place, `~/a/b` and `@/a/b` from some root."""
    if path.endswith(".py"):
        return f"/{module.lstrip('.').replace('.', '/')}"
    if module.startswith("."):
        return f"/{posixpath.normpath(posixpath.join(posixpath.dirname(path), module))}"
    return f"/{module.partition('/')[2] or module}"


def _not_rewritten(gone: Sequence[str], context: Context) -> Iterator[str]:
    """The gone files, without those of which most of what none of the others says is said in new lines of code now."""
    if len(gone) < _LIKE:
        yield from gone
        return
    told = {path: _words_of(_lines(context.before.tree, path)) for path in gone}
    common = Counter(word for said in told.values() for word in said)
    new = _words_of(_new_lines(context, lambda path: _counts(path, context) and not _OTHER.search(path)))
    for path, said in told.items():
        own = {word for word in said if common[word] <= _OWN * len(gone)}
        if len(own) < _TELLING or len(own & new) < _MOSTLY * len(own):
            yield path


def _words_of(lines: Iterable[str]) -> frozenset[str]:
    return frozenset(word for line in lines for word in _WORD.findall(line))


def _new_lines(context: Context, counts: Callable[[str], bool] = bool) -> frozenset[str]:
    """The lines that are new in files whose path counts."""
    found: set[str] = set()
    for file in context.change_set.files:
        if file.after is None or not counts(file.after):
            continue
        if _is_pointer(file):
            continue
        lines = _lines(context.after.tree, file.after)
        if file.before is not None:
            lines -= _lines(context.before.tree, file.before)
        found.update(lines)
    return frozenset(found)


def _lines(tree: Tree, path: str) -> Counter[str]:
    text = text_of(tree.read(path))
    lines = telling_lines(text) if text is not None else Counter()
    return Counter({line: count for line, count in lines.items() if not line.startswith(_COMMENTS)})


# --- places -----------------------------------------------------------------------------------------------------------


def _directories(path: str) -> Iterator[str]:
    """Every directory that the file is in, deepest first, without the root."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _ancestors(paths: Iterable[str], wanted: set[str]) -> Iterator[str]:
    for path in paths:
        for directory in _directories(path):
            if directory in wanted:
                yield directory


def _home(paths: Sequence[str]) -> str:
    """The deepest directory that holds most of them, or ""."""
    held = Counter(directory for path in paths for directory in _directories(path))
    homes = [directory for directory, count in held.items() if count >= _MOSTLY * len(paths)]
    return max(homes, key=lambda directory: (directory.count("/"), held[directory], directory), default="")


def _packages(gone: Sequence[str], under: Counter[str], born: Sequence[str]) -> Iterator[str]:
    """Directories that were a package and of which every file is gone; the outermost ones."""
    lost = Counter(directory for path in gone for directory in _directories(path))
    alive = {directory for path in born for directory in _directories(path)}
    whole = {d for d, count in lost.items() if count >= max(FEW, under[d]) and d not in alive}
    homes = {path.rpartition("/")[0] for path in gone if _name(path).lower() in _PACKAGES}
    for directory in sorted(whole & homes):
        if not whole & homes & set(_directories(directory)):
            yield directory


def _is_unhooked(directory: str, context: Context) -> bool:
    """Whether a file that stays named the directory, `plugins.paypal` or `plugins/paypal`, and none does any more."""
    end = directory.split("/")[-2:]
    names = ("/".join(end), ".".join(end))
    kept = (f.before for f in context.change_set.files if f.status == "modified" and f.before is not None)
    texts = (text_of(context.before.tree.read(path)) for path in kept if _counts(path, context))
    if len(end) < 2 or not any(name in text.text for text in texts if text is not None for name in names):
        return False
    return not any(_counts(path, context) for path, _ in context.after.tree.lines(names))
