"""Every error that a user can meet: what went wrong, where, what to do, and the exit code. Defined here only."""

from __future__ import annotations

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_INCOMPLETE = 3


class BlastlintError(Exception):
    """A problem that the user can act on. `where` is `path` or `path:line`; `remedy` is one imperative sentence."""

    exit_code = EXIT_USAGE

    def __init__(self, message: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        located = f"{self.where}: {self.message}" if self.where else self.message
        return f"{located}\n  {self.remedy}" if self.remedy else located


class UsageError(BlastlintError):
    """The command line asks for something that cannot be done."""


class SourceError(BlastlintError):
    """The change to look at cannot be read: unknown revision, no repository, a patch that does not apply."""


class ConfigError(BlastlintError):
    """blastlint.toml or [tool.blastlint] is wrong."""


class RuleError(BlastlintError):
    """A rule file is wrong."""
