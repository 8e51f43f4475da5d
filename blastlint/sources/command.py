"""Running git: read-only, offline, with the user's configuration kept from changing what its output means."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from contextlib import suppress

from blastlint.errors import SourceError

_OPTIONS = (
    "--no-pager",
    "-c", "core.fsmonitor=false",  # no daemon, no hook
    "-c", "diff.relative=false",
    "-c", "diff.autoRefreshIndex=false",  # git would write the index; git.py drops what was only touched
)  # fmt: skip
_SET = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",  # nothing of the user's is written
    "GIT_NO_LAZY_FETCH": "1",  # a partial clone stays as it is ...
    "GIT_ALLOW_PROTOCOL": "none",  # ... also where git is too old (before 2.44) to know the line above
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_FLUSH": "1",
}
_UNSET = (
    "GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS", "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS", "GIT_TRACE",
)  # fmt: skip
# What git hooks put into the environment about *their* repository.
_REPOSITORY = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY")


class Git:
    """git in one directory. `run` is for commands that end, `start` for one that is asked again and again."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        self._environment = {name: value for name, value in os.environ.items() if name not in _UNSET} | _SET
        if os.path.realpath(directory) != os.path.realpath(os.curdir):
            for name in _REPOSITORY:
                self._environment.pop(name, None)

    def at(self, directory: str) -> Git:
        """The same git (environment and all) in another directory of the same repository."""
        other = Git.__new__(Git)
        other.directory, other._environment = directory, self._environment
        return other

    def run(self, *arguments: str, accept: Sequence[int] = (0,)) -> bytes:
        """The standard output. Raises SourceError for an exit code that is not in `accept`."""
        process = self.start(*arguments, errors=subprocess.PIPE)
        output, errors = process.communicate()
        if process.returncode not in accept:
            raise failure(errors.decode("utf-8", "replace"), self.directory)
        return output

    def start(self, *arguments: str, errors: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """A running git with pipes. Raises SourceError when there is no git or no such directory."""
        try:
            return subprocess.Popen(
                ["git", *_OPTIONS, *arguments],
                cwd=self.directory,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        except NotADirectoryError:
            raise SourceError("not a directory", where=self.directory) from None
        except FileNotFoundError:
            if not os.path.isdir(self.directory):
                raise SourceError("no such directory", where=self.directory) from None
            raise NoRepository(
                "git is not installed", remedy="Install git, or compare two directories: blastlint check OLD NEW."
            ) from None


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a long-lived git: it ends by itself when its input does. One that has died leaves an unread question behind."""
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(BrokenPipeError):
                stream.close()
    process.wait()


class NoRepository(SourceError):
    """There is no repository here, or no git to read one."""


def failure(errors: str, directory: str) -> SourceError:
    """git's complaint as ours."""
    if "not a git repository" in errors:
        return NoRepository(
            f"no git repository at {directory}",
            remedy="Run inside a repository, or compare two directories: blastlint check OLD NEW.",
        )
    if "dubious ownership" in errors:
        return SourceError(
            f"git does not trust the repository at {directory}: it belongs to somebody else",
            remedy=f"If you do: git config --global --add safe.directory {os.path.abspath(directory)}",
        )
    if "must be run in a work tree" in errors:
        return SourceError(
            "a bare repository has no working tree", remedy="Give a range of revisions: blastlint check A..B."
        )
    fatal = [line for line in errors.splitlines() if line.startswith(("fatal:", "error:"))] or errors.splitlines()
    return SourceError(f"git failed: {fatal[-1] if fatal else 'without a word'}", where=directory)
