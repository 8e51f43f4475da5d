"""The last changes of a repository: `git log --raw` along the first parents, so that a merge is what it brought."""

from __future__ import annotations

from blastlint.errors import SourceError
from blastlint.model import FileChange
from blastlint.regex import regex
from blastlint.sources.command import Git
from blastlint.sources.raw import RAW_OUTPUT, entries

LAST = 300  # changes: a fifth of a second where each touches hundreds of files
_LOG = (
    "log", f"--max-count={LAST}", "--first-parent", "-m", "--no-show-signature", "--format=%x01%H", "-M100%", *RAW_OUTPUT,
)  # fmt: skip
_COMMIT = regex(rb"\x01[0-9a-f]{40,64}\0\n?")


def changes(git: Git, revision: str) -> list[list[tuple[FileChange, str]]]:
    """For each of the LAST changes up to the revision, newest first, its files and the names of their objects before. Empty
    where the revision is no commit; shorter in a shallow clone, whose oldest commit is no change and is left out."""
    try:
        output = git.run(*_LOG, revision, "--")
    except SourceError:
        return []  # no commit yet, or a partial clone that lacks trees
    told = [[(entry.file, entry.oid_before) for entry in entries(text)] for text in _COMMIT.split(output)[1:]]
    return told if len(told) == LAST else told[:-1]
