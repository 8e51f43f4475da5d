"""blastlint: a linter for risky diffs."""

__version__ = "0.1.0"
# SARIF wants an address. This one is reserved and nobody's, until the project has a page of its own.
HOMEPAGE = "https://blastlint.example/"
