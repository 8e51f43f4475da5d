"""What `blastlint check` is asked to look at -> ChangeSet."""

from __future__ import annotations

import os
from collections.abc import Sequence

from blastlint.errors import UsageError
from blastlint.model import ChangeSet
from blastlint.sources import open_change

_FORMS = "Give nothing, REVISION, A..B, A...B, OLD NEW (two directories), --staged or --patch FILE."


def change_of(
    arguments: Sequence[str], staged: bool, patch: str | None, plans: Sequence[str], directory: str = "."
) -> ChangeSet:
    """Plans alone are a change of their own. Raises UsageError for a combination that means nothing, SourceError for one
    that cannot be read."""
    if plans:
        from blastlint.sources.plan import from_plans, with_plans

        if not arguments and not staged and patch is None:
            return from_plans(directory, plans)
        return with_plans(change_of(arguments, staged, patch, (), directory), plans)
    if staged and patch is not None:
        raise UsageError("--staged and --patch are two different changes", remedy=_FORMS)
    if len(arguments) > 2:
        raise UsageError(f"too many arguments: {' '.join(arguments)}", remedy=_FORMS)
    if len(arguments) == 2:
        if staged or patch is not None:
            raise UsageError("OLD NEW goes with neither --staged nor --patch", remedy=_FORMS)
        return _directories(*arguments)
    revision = arguments[0] if arguments else None
    if revision is not None and os.path.isdir(revision) and not _is_revision_like(revision):
        raise UsageError(f"{revision} is a directory", remedy=f"Give two: blastlint check OLD {revision}")
    return open_change(directory, revision=revision, staged=staged, patch=patch)


def _directories(old: str, new: str) -> ChangeSet:
    if not os.path.isdir(old) and not os.path.isdir(new):
        raise UsageError(
            f"neither {old} nor {new} is a directory", remedy=f"For two revisions write: blastlint check {old}..{new}"
        )
    return open_change(old=old, new=new)


def _is_revision_like(text: str) -> bool:
    """A word without a slash may be a branch that is named like a directory; git decides."""
    return "/" not in text and os.sep not in text and not text.startswith(".")
