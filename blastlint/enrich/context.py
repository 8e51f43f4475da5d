"""What fact providers may look at beside the change itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar, cast

from blastlint.config import Config
from blastlint.frozen import dataclass, field
from blastlint.model import Change, ChangeSet, Entity, Plan, Severity
from blastlint.parse.workspace import Workspace

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Context:
    """Both sides whole: the change set, the entities that were resolved, and the workspaces to read further files with.

    `declared` are the levels that the rules in force declare, by id; `plans` are what other tools said beforehand.
    """

    change_set: ChangeSet
    config: Config
    before: Workspace
    after: Workspace
    entities_before: Sequence[Entity]
    entities_after: Sequence[Entity]
    changes: Sequence[Change]
    declared: Mapping[str, Severity] = field(default_factory=dict)
    plans: Sequence[Plan] = ()
    _answers: dict[Callable[[Context], object], object] = field(default_factory=dict, compare=False, repr=False)

    def once(self, question: Callable[[Context], Answer]) -> Answer:
        """The answer to a question about the whole change (a function of the context alone), worked out the first time:
        a provider that looks through all entities for every change takes quadratic time."""
        if question not in self._answers:
            self._answers[question] = question(self)
        return cast(Answer, self._answers[question])
