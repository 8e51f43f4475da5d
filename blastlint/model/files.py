"""What changed, as files: two trees, and all that is known beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from blastlint.frozen import dataclass, field
from blastlint.model.values import Side


class Tree(Protocol):
    """One whole side, readable lazily. Paths are POSIX, relative to the root of what is compared."""

    def read(self, path: str) -> bytes | None:
        """The bytes of a regular file, or None when there is none (links and submodules are not followed)."""

    def size(self, path: str) -> int | None:
        """The size in bytes without reading, or None when there is no such file."""

    def paths(self) -> Sequence[str]:
        """Every file, sorted. Costs a listing of the whole tree: ask only when a rule's meaning needs it."""

    def listdir(self, directory: str) -> Sequence[str]:
        """Paths of the files directly in `directory` ("" is the root), sorted. Costs that directory only."""

    def search(self, literal: str, suffixes: tuple[str, ...] = ()) -> Sequence[str]:
        """Paths of text files that contain `literal`, sorted, at most 1,000."""

    def lines(self, literals: tuple[str, ...], suffixes: tuple[str, ...] = ()) -> Sequence[tuple[str, str]]:
        """(path, line) of every line of a text file that holds one of `literals`, by path; at most 50,000. One search
        answers for all of them: ask once for everything, not once for each file."""


FileStatus = Literal["added", "removed", "modified", "renamed"]


@dataclass(frozen=True, slots=True)
class FileChange:
    """One changed file. `before` is None when added, `after` is None when removed. Modes are git's (0 when absent)."""

    status: FileStatus
    before: str | None
    after: str | None
    mode_before: int = 0
    mode_after: int = 0

    @property
    def path(self) -> str:
        """The path that people know it by: after, or before when it is gone."""
        path = self.after if self.after is not None else self.before
        assert path is not None
        return path

    @property
    def is_submodule(self) -> bool:
        return 0o160000 in (self.mode_before, self.mode_after)

    @property
    def is_symlink(self) -> bool:
        return 0o120000 in (self.mode_before, self.mode_after)


class History(Protocol):
    """What a repository went through before the change. Read when asked, and bounded: the last few hundred changes."""

    def recent(self) -> Sequence[Sequence[FileChange]]:
        """The files of each of the last changes as they came to the base, newest first; empty where nothing is known."""

    def earlier(self, path: str) -> Sequence[bytes]:
        """What the file said before each of them that touched it, newest first."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who a commit says made it; `trailers` are (key, value) in order."""

    name: str
    address: str
    trailers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Notification:
    """Something that did not go through the whole analysis, or that a reader must know: nothing vanishes."""

    id: str
    level: Literal["error", "warning", "note"]
    message: str
    path: str = ""
    line: int = 0
    incomplete: bool = False


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan that another tool made, as it was read: `content` is its JSON. `places` has, for every list of changes in it,
    the (line, column) at which each element begins."""

    path: str
    format: str
    content: Mapping[str, object]
    places: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Two trees and the files in which they differ. `base` and `head` are labels for people.

    `complete` is False when only a patch is known: then the trees hold just what the patch shows. `plans` are what other
    tools said beforehand that applying it does. `scope` are globs that the change was told to stay within, `now` is the
    clock (ISO 8601) that the check is told: "" when it is told none. `history` is what came before, where git is there.
    `renderers` are the programs that may be run on what they can render: {name: the command}.
    """

    base: str
    head: str
    files: tuple[FileChange, ...]
    before: Tree
    after: Tree
    message: str = ""
    authors: tuple[Author, ...] = ()
    branch: str = ""
    scope: tuple[str, ...] = ()
    now: str = ""
    complete: bool = True
    notifications: tuple[Notification, ...] = ()
    plans: tuple[PlanFile, ...] = ()
    history: History | None = field(default=None, compare=False)
    renderers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def tree(self, side: Side) -> Tree:
        return self.before if side == "before" else self.after
