"""blastlint: a linter for risky diffs."""

__version__ = "0.1.0"
HOMEPAGE = "https://github.com/blastlint/blastlint"
