"""What `blastlint check` is asked to look at -> ChangeSet. Each source is imported only when it is asked for."""

from __future__ import annotations

import os
from collections.abc import Sequence

from blastlint.errors import UsageError
from blastlint.model import ChangeSet

_FORMS = "Give nothing, REVISION, A..B, A...B, OLD NEW (two directories), --staged or --patch FILE."


def change_of(arguments: Sequence[str], staged: bool, patch: str | None, directory: str = ".") -> ChangeSet:
    """Raises UsageError for a combination that means nothing, SourceError for one that cannot be read."""
    if staged and patch is not None:
        raise UsageError("--staged and --patch are two different changes", remedy=_FORMS)
    if len(arguments) > 2:
        raise UsageError(f"too many arguments: {' '.join(arguments)}", remedy=_FORMS)
    if len(arguments) == 2:
        if staged or patch is not None:
            raise UsageError("OLD NEW goes with neither --staged nor --patch", remedy=_FORMS)
        return _directories(*arguments)
    revision = arguments[0] if arguments else None
    if patch is not None:
        from blastlint.sources.patch import from_patch

        return from_patch(directory, patch, revision)
    from blastlint.sources import git

    if staged:
        return git.from_index(directory, revision or "HEAD")
    if revision is None:
        return git.from_working_tree(directory)
    if ".." in revision and not os.path.isdir(revision):
        return git.from_range(directory, revision)
    if os.path.isdir(revision) and not _is_revision_like(revision):
        raise UsageError(f"{revision} is a directory", remedy=f"Give two: blastlint check OLD {revision}")
    return git.from_working_tree(directory, revision)


def _directories(old: str, new: str) -> ChangeSet:
    from blastlint.sources.directory import from_directories

    if not os.path.isdir(old) and not os.path.isdir(new):
        raise UsageError(
            f"neither {old} nor {new} is a directory", remedy=f"For two revisions write: blastlint check {old}..{new}"
        )
    return from_directories(old, new)


def _is_revision_like(text: str) -> bool:
    """A word without a slash may be a branch that is named like a directory; git decides."""
    return "/" not in text and os.sep not in text and not text.startswith(".")
