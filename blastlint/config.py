"""Bytes of blastlint.toml or [tool.blastlint] -> a frozen Config. Unknown keys are errors with a suggestion.

The pipeline reads the bytes from the base: a change can neither loosen nor silence its own check.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from blastlint.model import Severity


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a repository can say about how it wants to be judged. The defaults judge where it says nothing."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    fail_on: str = "high"
    production: tuple[str, ...] = ()
    non_production: tuple[str, ...] = ()
    generated: tuple[str, ...] = ()
    vendored: tuple[str, ...] = ()
    docs: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
