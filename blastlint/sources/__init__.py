"""Where before and after come from. Every module here ends in a ChangeSet and knows nothing of meaning."""

from __future__ import annotations

from blastlint.errors import UsageError
from blastlint.model import ChangeSet


def open_change(
    directory: str = ".",
    *,
    revision: str | None = None,
    staged: bool = False,
    old: str | None = None,
    new: str | None = None,
    patch: str | None = None,
) -> ChangeSet:
    """The change that a command line asks for; each source is imported only when it is the one.

    `directory` is where to look for the repository (any directory of it). Nothing else given: the uncommitted work.
    `revision` is A (against the working tree; with `staged` against the index, with `patch` what the patch is made from),
    A..B, or A...B. `old` and `new` are two directories. `patch` is a file, or - for standard input.
    Raises UsageError for what does not go together, SourceError for what cannot be read.
    """
    asked = [name for name, given in (("--staged", staged), ("--patch", patch), ("OLD NEW", old or new)) if given]
    is_range = revision is not None and ".." in revision
    if len(asked) > 1 or (asked and is_range) or (revision is not None and (old or new)):
        names = [*asked, *([f"{revision}"] if revision is not None else [])]
        raise UsageError(f"{' and '.join(names)} do not go together", remedy="Name one change to look at.")
    if old is not None or new is not None:
        if old is None or new is None:
            raise UsageError("two directories are needed", remedy="blastlint check OLD NEW")
        from blastlint.sources.directory import from_directories

        return from_directories(old, new)
    if patch is not None:
        from blastlint.sources.patch import from_patch

        return from_patch(directory, patch, revision)
    from blastlint.sources import git

    if staged:
        return git.from_index(directory, revision or "HEAD")
    if revision is not None and is_range:
        return git.from_range(directory, revision)
    return git.from_working_tree(directory, revision or "HEAD")
