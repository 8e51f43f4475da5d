"""A rule, as data."""

from __future__ import annotations

from collections.abc import Mapping

from blastlint.frozen import dataclass, field
from blastlint.model import Confidence, Severity

# A matcher as written in a rule: a plain value, a list, or operators; `when` maps fact names to matchers.
Matcher = object
Condition = Mapping[str, Matcher]


@dataclass(frozen=True, slots=True)
class Level:
    """The level of findings for which `when` holds, instead of the declared one."""

    when: Condition
    severity: Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """What is needed to judge and to explain. `source` is the file, where `texts.py` reads the examples.

    `words` are what the message says for a fact's value: fact -> value -> text.
    """

    id: str
    name: str
    status: str
    since: str
    severity: Severity
    confidence: Confidence
    axes: Mapping[str, str]
    languages: tuple[str, ...]
    on: str
    when: Condition
    unless: tuple[Condition, ...]
    levels: tuple[Level, ...]
    context: str
    message: str
    source: str
    why: str = ""
    instead: str = ""
    references: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def family(self) -> str:
        return self.id[:3]
