"""Documents of one configuration -> entities with effective values. No module here knows which side it works on.

Each resolver is a module (or package) of this package and exports

    entities(workspace: Workspace, changed: Sequence[str]) -> Iterable[Entity]

`changed` are the paths of this resolver's languages that differ between the sides (either side's name of them); a path
may be absent on this side. A resolver reads further files through the workspace, and no more than the meaning of the
changed ones needs. Transitions (moved, removed, import blocks) are entities of their own kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from importlib import import_module

from blastlint.model import Entity, Notification
from blastlint.parse import NO_PARSER
from blastlint.parse.languages import language_of
from blastlint.parse.workspace import Workspace
from blastlint.resolve import plans as plans
from blastlint.resolve.readers import readers

# resolver module -> the languages whose changes concern it
RESOLVERS: dict[str, frozenset[str]] = {
    "terraform": frozenset({"terraform", "terraform-json"}),
    "keytree": frozenset({"yaml", "json", "toml", "ini", "dotenv", "properties", "zone", "list"}),
    "manifests": frozenset({"yaml", "json"}),
    "cloudformation": frozenset({"yaml", "json"}),
    "machines": frozenset({"yaml", "ini", "dockerfile", ""}),
    "code": frozenset({"python", "javascript", "typescript", "go", "ruby", "java", "rust"}),
    "commands": frozenset({"shell", "powershell", "yaml", "dockerfile", "makefile", "json", "markdown", "jenkinsfile"}),
    "embedded": frozenset({"terraform", "python", "javascript", "typescript", "go", "ruby"}),
    "migrations": frozenset(
        {"sql", "python", "javascript", "typescript", "ruby", "go", "java", "php", "c_sharp", "yaml", "json", "xml"}
    ),
    "programs": frozenset({"python", "javascript", "typescript", "yaml", "json"}),
    "schemas": frozenset({"sql", "python", "javascript", "typescript", "ruby", "prisma"}),
}
_NATIVE = (".tf", ".tofu")
_DECLARED = ("kubernetes.", "cloudformation.", "compose.", "iam.")  # what `manifests` finds


def entities(
    workspace: Workspace,
    changed: Sequence[str],
    reading: Sequence[str] = (),
    nesting: Iterable[str] = (),
    settings: Collection[str] = (),
) -> tuple[Entity, ...]:
    """Every entity of this side that the changed files bear on. `reading` are files of modules that read changed files on
    the other side, `nesting` the templates that changed files bear on there, `settings` the files of which no more than
    Terraform's own settings changed."""
    found: list[Entity] = []
    by_language: dict[str, list[str]] = {}
    for path in changed:
        document = workspace.document(path)
        by_language.setdefault(document.language if document else language_of(path), []).append(path)
    read = (*readers(workspace.tree, changed), *reading)
    for name, languages in RESOLVERS.items():
        paths = [path for language in sorted(languages) for path in by_language.get(language, ())]
        if name == "terraform":
            paths = [*{*paths, *read}.difference(settings)]  # values come out of files of any language
        elif name == "manifests" and workspace.rendered:
            paths = [*changed]  # a program's output comes out of files of any language
        elif name == "cloudformation":
            paths = [*{*paths, *nesting}]
        if paths:
            found.extend(_resolver(name)(workspace, sorted(paths)))
    if settings:
        from blastlint.resolve.terraform import settings as terraform

        roots = {e.configuration for e in found if e.kind == "terraform.settings"}
        found.extend(e for e in terraform.settings(workspace, settings) if e.configuration not in roots)
    return tuple(found)


def rendered(
    before: Workspace, after: Workspace, changed: Sequence[str], programs: Mapping[str, tuple[str, ...]]
) -> tuple[Notification, ...]:
    """Have programs render what they can, where a person asks for it; what came of it, in words."""
    if not programs:
        return ()
    from blastlint.resolve.kubernetes.programs import render

    return render(before, after, changed, programs)


def both(
    before: Workspace, after: Workspace, changed: Sequence[str], whole: bool = False
) -> tuple[tuple[Entity, ...], tuple[Entity, ...]]:
    """The entities of both sides, without those that cannot be compared: of a module that is a configuration of its own on
    one side and is called by another on the other side; of a file that cannot be read any more. `whole`: of a configuration
    also where the edit means nothing to it, for a plan speaks of all of it."""
    read = [{f"{d}/main.tf" for d in readers(side.tree, changed).values()} for side in (before, after)]
    nesting = _nesting(before, after, changed)
    settings = frozenset[str]() if whole else _settings(before, after, changed)
    found = (
        entities(before, changed, sorted(read[1] - read[0]), nesting, settings),
        entities(after, changed, sorted(read[0] - read[1]), nesting, settings),
    )
    roots = [{e.configuration for e in side if e.kind.startswith("terraform.")} for side in found]
    for side, other, alone in ((0, after, roots[0] - roots[1]), (1, before, roots[1] - roots[0])):
        if alone:
            from blastlint.resolve.terraform.roots import called

            drop = called(other, alone)
            kept = tuple(e for e in found[side] if not (e.kind.startswith("terraform.") and e.configuration in drop))
            found = (kept, found[1]) if side == 0 else (found[0], kept)
    if before.compared or after.compared:
        from blastlint.resolve.terraform.workspaces import with_workspaces

        found = with_workspaces(*found, (before, after), changed)
    if any(d.coverage != "full" and d.reason != NO_PARSER for d in after.documents()):
        from blastlint.resolve.torn import comparable as untorn

        found = tuple(untorn(*found, before, after)), found[1]
    if any(d.coverage == "opaque" and d.reason != NO_PARSER for d in before.documents()):
        from blastlint.resolve.torn import not_born

        found = found[0], tuple(not_born(found[1], found[0], before))
    if any(e.kind.startswith(_DECLARED) for side in found for e in side):
        from blastlint.resolve.manifests import comparable, evenly

        found = evenly(found, before, after)
        found = tuple(comparable(found[0], found[1], before, after)), found[1]
    if any(e.kind == "cloudformation.resource" for side in found for e in side):
        from blastlint.resolve.cloudformation.alignment import aligned
        from blastlint.resolve.cloudformation.twins import spoken_for

        found = aligned(*found, (before, after))
        if silent := spoken_for(*found, (before, after)):
            found = tuple(e for e in found[0] if e.region.path not in silent), tuple(
                e for e in found[1] if e.region.path not in silent
            )
    return found


def _settings(before: Workspace, after: Workspace, changed: Sequence[str]) -> frozenset[str]:
    """The files of which no more than Terraform's own settings changed."""
    if not any(path.endswith(_NATIVE) for path in changed):
        return frozenset()
    from blastlint.resolve.terraform.settings import settled

    return settled(before, after, changed)


def _nesting(before: Workspace, after: Workspace, changed: Sequence[str]) -> frozenset[str]:
    """The templates that the changed files bear on, on either side."""
    candidates = [path for path in changed if language_of(path) in ("yaml", "json", "")]
    if not candidates:
        return frozenset()
    from blastlint.resolve.cloudformation import concerned

    return concerned(before, candidates) | concerned(after, candidates)


def _resolver(name: str) -> Callable[[Workspace, Sequence[str]], Iterable[Entity]]:
    resolver: Callable[[Workspace, Sequence[str]], Iterable[Entity]] = import_module(
        f"blastlint.resolve.{name}"
    ).entities
    return resolver
