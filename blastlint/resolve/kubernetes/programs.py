"""Charts and kustomizations as `helm` and `kustomize` themselves make them: only where a person asks for it (`--render`).

The program gets a copy of the files of one side, in a directory of its own that is gone afterwards, with a home of its own
and no way into the network: proxies that nobody answers, no plugins, no cluster, nothing fetched or built (`helm template`
and `kustomize build` only). A kustomization that names anything remote, and a chart whose dependencies are not in the tree,
are not rendered. What differs between two runs on the same files is not known.

Both sides of a root are rendered, or none: names that a program makes and names as they are written cannot be compared.
"""

from __future__ import annotations

import os
import posixpath
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence

from blastlint.frozen import dataclass
from blastlint.model import Notification, Tree
from blastlint.parse import MAX_BYTES
from blastlint.parse.workspace import Workspace
from blastlint.prose import few
from blastlint.regex import regex
from blastlint.resolve.kubernetes import charts, kustomize
from blastlint.resolve.kubernetes.rendering import Output, documents_of, read, steady
from blastlint.resolve.kubernetes.values import VALUES, is_chart

PROGRAMS: Mapping[str, tuple[tuple[str, ...], ...]] = {  # the first of them that is there
    "helm": (("helm", "template"),),
    "kustomize": (("kustomize", "build"), ("kubectl", "kustomize")),
}
_SECONDS = 30
_MAX_ROOTS = 60
_MAX_FILES = 5_000
_MAX_COPIED = 60_000_000
_URL = regex(rb"\w://|git@|\?ref=")
_RELEASE = regex(r"^[a-z0-9]([a-z0-9-]{0,51}[a-z0-9])?$")
_NOWHERE = "http://127.0.0.1:9"  # the port on which nobody may answer


class NotRendered(Exception):
    """Why a program made nothing of a directory."""


@dataclass(frozen=True, slots=True)
class _Root:
    """One directory to render on one side; `variant` is the values file to lay over, relative to the tree."""

    program: str
    directory: str
    variant: str = ""


def on_path() -> dict[str, tuple[str, ...]]:
    """Which of the programs are there: what to run for each."""
    found: dict[str, tuple[str, ...]] = {}
    for name, forms in PROGRAMS.items():
        for program, verb in forms:
            if name not in found and (where := shutil.which(program)) is not None:
                found[name] = (where, verb)
    return found


def render(
    before: Workspace, after: Workspace, changed: Sequence[str], programs: Mapping[str, tuple[str, ...]]
) -> tuple[Notification, ...]:
    """Put into `rendered` of both workspaces what the programs make of everything that the changed files bear on; what was
    rendered, and what could not be, in words."""
    roots = {side: set(_roots(side, changed)) for side in (before, after)}
    done: dict[str, list[str]] = {name: [] for name in PROGRAMS}
    lacking: set[str] = set()
    for name, directory in sorted({(r.program, r.directory) for found in roots.values() for r in found})[:_MAX_ROOTS]:
        if name not in programs:
            lacking.add(name)
            continue
        try:
            made = {side: dict(_made(side, name, directory, found, programs[name])) for side, found in roots.items()}
        except NotRendered as problem:
            for side in (before, after):
                side.incomplete(_description(side, name, directory), f"{name} does not render it: {problem}")
            continue
        for side, documents in made.items():
            side.rendered.update(documents)
        done[name].append(directory or ".")
    told = [_told(name, directories) for name, directories in done.items() if directories]
    return (*told, *(_lacks(name) for name in sorted(lacking)))


def _told(name: str, directories: Sequence[str]) -> Notification:
    return Notification("rendered", "note", f"compared as {name} renders it: {few(directories, 5)}")


def _lacks(name: str) -> Notification:
    forms = " or ".join(program for program, _ in PROGRAMS[name])
    return Notification("not-rendered", "note", f"read from source, for want of the program {forms}")


def _roots(workspace: Workspace, changed: Sequence[str]) -> Iterator[_Root]:
    """What is to be rendered on one side: kustomizations that nobody takes in, and charts with each of their values."""
    for directory in kustomize.roots(workspace, changed):
        yield _Root("kustomize", directory)
    found = charts.concerned(workspace, changed)
    described = {posixpath.dirname(p) for p in changed if posixpath.basename(p) == "Chart.yaml"}
    outer = {charts.outermost(workspace, d) for d in described if is_chart(workspace, d)}
    for chart in sorted(found.keys() | outer):
        for path in workspace.tree.listdir(chart):
            if (name := posixpath.basename(path)) == "Chart.yaml" or VALUES.match(name):
                default = name in ("Chart.yaml", "values.yaml", "values.yml")
                yield _Root("helm", chart, "" if default else path)


def _description(workspace: Workspace, program: str, directory: str) -> str:
    """The file that says what is to be made of a directory."""
    own = kustomize.kustomization_in(workspace, directory) if program == "kustomize" else None
    path = own or posixpath.join(directory, "Chart.yaml")
    workspace.document(path)
    return path


# --- one directory ----------------------------------------------------------------------------------------------------


def _made(
    workspace: Workspace, program: str, directory: str, roots: set[_Root], command: Sequence[str]
) -> Iterator[tuple[tuple[str, str, str], Output]]:
    """((program, directory, variant), documents) for each way of rendering a directory of one side, if it has it."""
    own = sorted((r for r in roots if (r.program, r.directory) == (program, directory)), key=lambda r: r.variant)
    if not own:
        return
    files = _needed(workspace, program, directory)
    with tempfile.TemporaryDirectory(prefix="blastlint-") as place:
        tree = os.path.join(place, "tree")
        _copied(workspace.tree, files, tree)
        for root in own:
            outputs = [_run(_arguments(root, tree, command), place, tree) for _ in range(2)]
            yield (program, directory, root.variant), _parsed(workspace, root, outputs)


def _arguments(root: _Root, tree: str, command: Sequence[str]) -> list[str]:
    directory = os.path.join(tree, root.directory) if root.directory else tree
    if root.program == "kustomize":
        return [*command, directory]
    name = posixpath.basename(root.directory).lower()
    over = ["--values", os.path.join(tree, root.variant)] if root.variant else []
    return [*command, name if _RELEASE.match(name) else "release", directory, *over]


def _needed(workspace: Workspace, program: str, directory: str) -> list[str]:
    """The files that the program is given. Raises NotRendered where they are not all there, or name what is elsewhere."""
    if program == "helm":
        return _below(workspace, {directory})
    whole = kustomize.of_root(workspace, directory)
    if whole.problems:
        raise NotRendered("; ".join(dict.fromkeys(whole.problems)))
    files = _below(workspace, {posixpath.dirname(path) for path in whole.files})
    for path in files:
        data = workspace.tree.read(path) or b""
        if posixpath.basename(path) in kustomize.NAMES and _URL.search(data):
            raise NotRendered(f"{path} names something remote")
    return files


def _below(workspace: Workspace, directories: set[str]) -> list[str]:
    """Every regular file in or below these directories."""
    starts = tuple(f"{directory}/" if directory else "" for directory in directories)
    files = [path for path in workspace.tree.paths() if path.startswith(starts)]
    if len(files) > _MAX_FILES or sum(workspace.tree.size(path) or 0 for path in files) > _MAX_COPIED:
        raise NotRendered("too many files")
    return files


def _copied(tree: Tree, files: Sequence[str], place: str) -> None:
    for path in files:
        if ".." in path.split("/") or path.startswith("/"):
            continue  # no tree that git makes has one
        target = os.path.join(place, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            file.write(tree.read(path) or b"")


def _run(arguments: Sequence[str], place: str, tree: str) -> bytes:
    """The output of a program that ended well."""
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), _NOWHERE)
    homes = dict.fromkeys(("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"), place)
    environment = {
        "PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "KUBECONFIG": os.devnull, "GIT_ALLOW_PROTOCOL": "none",
        **proxies, **homes,
    }  # fmt: skip
    try:
        process = subprocess.run(
            arguments, cwd=place, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise NotRendered(f"it took more than {_SECONDS} seconds") from None
    except OSError as error:
        raise NotRendered(error.strerror or str(error)) from error
    if process.returncode:
        lines = process.stderr.decode("utf-8", "replace").replace(f"{tree}/", "").strip().splitlines()
        raise NotRendered(lines[-1][:300] if lines else f"exit code {process.returncode}")
    return process.stdout


def _parsed(workspace: Workspace, root: _Root, outputs: Sequence[bytes]) -> Output:
    """The documents of an output, without what another run of the same made otherwise."""
    from blastlint.parse.yaml import parse

    if len(outputs[0]) > MAX_BYTES:
        raise NotRendered(f"it makes more than {MAX_BYTES // 1_000_000} MB")
    first, second = (parse(root.directory, workspace.side, data) for data in outputs)
    if any(not value.known for value in documents_of(first)):
        raise NotRendered("what it makes cannot be read")
    return read(first) if outputs[0] == outputs[1] else steady(read(first), read(second))
