"""A change as git knows it: two revisions, what is staged, or the work that is not committed.

A range costs two processes: `diff --raw` for what changed, and one `cat-file --batch` for everything that is read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from blastlint.errors import SourceError
from blastlint.model import ChangeSet, FileChange, Notification, Tree
from blastlint.sources.command import Git
from blastlint.sources.commits import Commit, between, parse_commit, told
from blastlint.sources.memory import MemoryTree
from blastlint.sources.objects import SUBMODULE, GitHistory, GitTree, Objects
from blastlint.sources.overlay import OverlayTree
from blastlint.sources.raw import RAW_OUTPUT, Entry, entries

if TYPE_CHECKING:
    from blastlint.sources.worktree import WorkingFiles

_RAW = ("diff", "--ignore-submodules=dirty")
_RENAMES = ("-M", "-l1000")
_EQUAL_RENAMES = ("-M100%",)
_EMPTY_TREE = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}


def from_range(directory: str, revision: str) -> ChangeSet:
    """`A..B`, or `A...B` from their merge base; an empty side is HEAD."""
    separator = "..." if "..." in revision else ".."
    left, _, right = revision.partition(separator)
    left, right = left or "HEAD", right or "HEAD"
    git = Git(directory)
    objects = Objects(git)
    base, head = commit(objects, left), commit(objects, right)
    label = left
    if separator == "...":
        base = _merge_base(objects, base, head, left, right)
        label = f"merge base of {left} and {right}"
    entries = _diff(git, base.tree, head.tree)
    before = GitTree(objects, base.tree)
    commits = between(base, head, lambda oid: _loaded(objects, oid)) if base.oid and head.oid else ()
    message, authors = told(commits)
    return ChangeSet(
        base=label,
        head=right,
        files=_sorted(entry.file for entry in entries),
        before=before,
        after=_after(objects, before, entries),
        message=message,
        authors=authors,
        branch=_branch(directory) if right == "HEAD" else _branch_named(right),
        history=GitHistory(objects, base.oid) if base.oid else None,
        notifications=tuple(_pointers(entries)),
    )


def from_index(directory: str, revision: str = "HEAD") -> ChangeSet:
    """What is staged against a commit. A bare repository has no index: that reads as an error, not as all files gone."""
    git = Git(directory)
    git.run("rev-parse", "--show-toplevel")
    objects = Objects(git)
    base, before = _base(objects, revision)
    entries = _diff(git, base, cached=True)
    unmerged = [entry.file.path for entry in entries if entry.unmerged]
    files = _sorted(entry.file for entry in entries if not entry.unmerged)
    return ChangeSet(
        base=revision,
        head="index",
        files=files,
        before=before,
        after=_after(objects, before, entries),
        branch=_branch(directory),
        history=GitHistory(objects, revision),
        notifications=(*_pointers(entries), *(_unmerged(path) for path in unmerged)),
    )


def from_working_tree(directory: str, revision: str = "HEAD") -> ChangeSet:
    """A commit against the files on disk, the untracked ones that are not ignored among them."""
    from blastlint.sources.worktree import WorkingFiles

    top = Git(directory).run("rev-parse", "--show-toplevel").removesuffix(b"\n").decode("utf-8", "surrogateescape")
    git = Git(directory).at(top)
    objects = Objects(git)
    base, before = _base(objects, revision)
    disk = WorkingFiles(git, objects)
    entries = [entry for entry in _diff(git, base) if not _only_touched(entry, before, disk)]
    untracked, nested = _untracked(git, disk)
    files = _sorted(_with_untracked([entry.file for entry in entries], untracked, before, disk))
    present = [f.after for f in files if f.after is not None and _has_content(f.mode_after)]
    return ChangeSet(
        base=revision,
        head="working tree",
        files=files,
        before=before,
        after=OverlayTree(before, disk, _touched(files), present),
        branch=_branch(directory),
        history=GitHistory(objects, revision),
        notifications=(*_pointers(entries), *(_nested(path) for path in nested)),
    )


def commit(objects: Objects, revision: str) -> Commit:
    """The commit that a revision names (a bare tree reads as a commit without a word). Raises SourceError."""
    if revision and not revision.startswith("-"):
        found = objects.get(f"{revision}^{{commit}}")
        if found is not None and found.data is not None:
            return parse_commit(found.oid, found.data)
        found = objects.get(f"{revision}^{{tree}}")
        if found is not None:
            return parse_commit("", b"tree " + found.oid.encode())
    raise _unknown_revision(objects, revision)


def head_tree(directory: str, revision: str) -> Tree | None:
    """The tree of a revision, None before the first commit. Raises NoRepository, or SourceError for what git lacks."""
    objects = Objects(Git(directory))
    if revision == "HEAD" and objects.get("HEAD^{commit}") is None:
        return None
    return GitTree(objects, commit(objects, revision).tree)


# --- the parts of a change --------------------------------------------------------------------------------------------


def _base(objects: Objects, revision: str) -> tuple[str, Tree]:
    """The tree to compare with. Before the first commit, HEAD is the empty tree."""
    if revision == "HEAD" and objects.get("HEAD^{commit}") is None:
        kind = objects.git.run("rev-parse", "--show-object-format").decode().strip()
        return _EMPTY_TREE[kind], MemoryTree({})
    tree = commit(objects, revision).tree
    return tree, GitTree(objects, tree)


def _diff(git: Git, *trees: str, cached: bool = False) -> list[Entry]:
    options = ("--cached",) if cached else ()
    try:
        output = git.run(*_RAW, *RAW_OUTPUT, *_RENAMES, *options, *trees, "--")
    except SourceError as error:
        # A partial clone lacks the contents that similar files are found by. Equal ones are found without.
        try:
            output = git.run(*_RAW, *RAW_OUTPUT, *_EQUAL_RENAMES, *options, *trees, "--")
        except SourceError:
            raise error from None
    return list(entries(output))


def _only_touched(entry: Entry, before: Tree, disk: WorkingFiles) -> bool:
    """Whether git names the file because its times have changed, and nothing else has."""
    file, path = entry.file, entry.file.path
    same = file.before == file.after and file.mode_before == file.mode_after and _has_content(file.mode_after)
    return same and not entry.oid_after.strip("0") and before.read(path) == disk.read(path)


def _untracked(git: Git, disk: WorkingFiles) -> tuple[dict[str, int], list[str]]:
    """path -> mode of the untracked files, and the repositories that lie nested among them."""
    listed = git.run("ls-files", "-o", "--exclude-standard", "-z").decode("utf-8", "surrogateescape")
    paths = [path for path in listed.split("\0") if path]
    modes = {path: disk.mode(path) for path in paths if not path.endswith("/")}
    return {path: mode for path, mode in modes.items() if mode}, [path for path in paths if path.endswith("/")]


def _with_untracked(
    tracked: Sequence[FileChange], untracked: dict[str, int], before: Tree, disk: WorkingFiles
) -> Iterator[FileChange]:
    """The tracked changes and the untracked files as one: a removed file may lie elsewhere, untracked (a plain `mv`)."""
    from blastlint.sources.renames import pairs

    gone = {f.path: f for f in tracked if f.status == "removed"}
    new = dict(untracked)
    yield from (f for f in tracked if f.status != "removed" and f.after not in new)
    for path in gone.keys() & untracked.keys():  # only taken out of the index
        old = gone.pop(path)
        mode = new.pop(path)
        if mode != old.mode_before or before.read(path) != disk.read(path):
            yield FileChange("modified", path, path, old.mode_before, mode)
    sources = [path for path, file in gone.items() if _has_content(file.mode_before)]
    targets = [path for path, mode in new.items() if _has_content(mode)]
    for source, target in pairs(sources, targets, before.read, disk.read):
        yield FileChange("renamed", source, target, gone.pop(source).mode_before, new.pop(target))
    yield from gone.values()
    yield from (FileChange("added", None, path, 0, mode) for path, mode in new.items())


def _after(objects: Objects, before: Tree, entries: Iterable[Entry]) -> Tree:
    """The tree that the entries lead to. What did not change is read, and searched, only once for both sides."""
    changed = [entry for entry in entries if not entry.unmerged]
    oids = {
        entry.file.after: entry.oid_after
        for entry in changed
        if entry.file.after is not None and _has_content(entry.file.mode_after)
    }
    return OverlayTree(before, _Blobs(objects, oids), _touched(entry.file for entry in changed), oids)


class _Blobs:
    """Contents by path, from objects."""

    def __init__(self, objects: Objects, oids: dict[str, str]) -> None:
        self._objects = objects
        self._oids = oids

    def read(self, path: str) -> bytes | None:
        return self._objects.blob(self._oids[path]) if path in self._oids else None

    def size(self, path: str) -> int | None:
        return self._objects.size(self._oids[path]) if path in self._oids else None


def _has_content(mode: int) -> bool:
    """Whether it is a regular file, and not a link, a submodule or nothing."""
    return mode & 0o170000 == 0o100000


def _touched(files: Iterable[FileChange]) -> set[str]:
    return {path for file in files for path in (file.before, file.after) if path is not None}


def _sorted(files: Iterable[FileChange]) -> tuple[FileChange, ...]:
    return tuple(sorted(files, key=lambda file: file.path))


# --- history --------------------------------------------------------------------------------------------------------


def _loaded(objects: Objects, oid: str) -> Commit | None:
    found = objects.get(oid)
    return parse_commit(oid, found.data) if found is not None and found.data is not None else None


def _merge_base(objects: Objects, base: Commit, head: Commit, left: str, right: str) -> Commit:
    found = objects.git.run("merge-base", base.oid, head.oid, accept=(0, 1)).split() if base.oid and head.oid else []
    if found:
        return commit(objects, found[0].decode())
    if _is_shallow(objects.git):
        raise _too_shallow(f"the merge base of {left} and {right}")
    raise SourceError(
        f"{left} and {right} have no common history", remedy=f"Compare them as they are: {left}..{right}."
    )


def _unknown_revision(objects: Objects, revision: str) -> SourceError:
    if revision.startswith("-") or not revision:
        return SourceError(f"no revision: {revision!r}", remedy="Give A, A..B or A...B.")
    if _is_shallow(objects.git):
        return _too_shallow(f"revision {revision!r}")
    name = re.split(r"[~^]", revision, maxsplit=1)[0]
    if name != revision and objects.get(f"{name or 'HEAD'}^{{commit}}") is not None:
        return SourceError(
            f"there is no {revision!r}: the history of {name} does not go back so far",
            remedy="The first commit has nothing before it to be compared with.",
        )
    if objects.get(f"origin/{revision}^{{commit}}") is not None:
        return SourceError(f"unknown revision {revision!r}", remedy=f"Did you mean origin/{revision}?")
    if os.path.exists(os.path.join(objects.git.directory, revision)):
        return SourceError(
            f"unknown revision {revision!r}, but a path", remedy="Two directories: blastlint check OLD NEW."
        )
    return SourceError(f"unknown revision {revision!r}", remedy="`git rev-parse --verify` tells what git knows.")


def _is_shallow(git: Git) -> bool:
    return git.run("rev-parse", "--is-shallow-repository").strip() == b"true"


def _too_shallow(what: str) -> SourceError:
    return SourceError(
        f"{what} is not in this shallow clone",
        remedy="Fetch the whole history: `fetch-depth: 0` for actions/checkout, elsewhere `git fetch --unshallow`.",
    )


def _branch_named(revision: str) -> str:
    """The revision where it reads as a branch, else ""."""
    is_name = not any(c in revision for c in "~^@:{") and not all(c in "0123456789abcdef" for c in revision)
    return revision.removeprefix("refs/heads/").removeprefix("origin/") if is_name else ""


def _branch(directory: str) -> str:
    """The branch that HEAD is on, "" when detached. Read from the file: a process only for this would be dear."""
    head = _head_file(os.path.abspath(directory))
    try:
        with open(head, encoding="utf-8", errors="surrogateescape") as file:
            return file.read(4096).strip().partition("ref: refs/heads/")[2]
    except OSError:
        return ""


def _head_file(directory: str) -> str:
    """HEAD of the repository or linked worktree around a directory."""
    while True:
        dot = os.path.join(directory, ".git")
        if os.path.isdir(dot):
            return os.path.join(dot, "HEAD")
        if os.path.isfile(dot):  # a linked worktree or a submodule: "gitdir: PATH"
            with open(dot, encoding="utf-8", errors="surrogateescape") as file:
                return os.path.join(directory, file.read(4096).strip().removeprefix("gitdir: "), "HEAD")
        if os.path.isdir(os.path.join(directory, "objects")) or os.path.dirname(directory) == directory:
            return os.path.join(directory, "HEAD")  # a bare repository, or nothing at all
        directory = os.path.dirname(directory)


# --- what a reader must know ------------------------------------------------------------------------------------------


def _pointers(entries: Iterable[Entry]) -> Iterator[Notification]:
    for entry in entries:
        if entry.file.is_submodule:
            before = entry.oid_before[:12] if entry.file.mode_before == SUBMODULE else "nothing"
            after = entry.oid_after[:12].strip("0") or "what is checked out"
            after = after if entry.file.mode_after == SUBMODULE else "nothing"
            yield Notification(
                "submodule-changed",
                "note",
                f"submodule pointer: {before} -> {after}; what is inside is not compared",
                entry.file.path,
            )


def _unmerged(path: str) -> Notification:
    return Notification("unmerged", "warning", "not merged yet: nothing is staged for it", path, incomplete=True)


def _nested(path: str) -> Notification:
    return Notification("nested-repository", "note", "an untracked repository of its own: not looked into", path)
