"""What fact providers may look at beside the change itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from blastlint.config import Config
from blastlint.frozen import dataclass
from blastlint.model import Change, ChangeSet, Entity, Severity
from blastlint.parse.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Context:
    """Both sides whole: the change set, the entities that were resolved, and the workspaces to read further files with.

    `declared` are the levels that the rules in force declare, by id.
    """

    change_set: ChangeSet
    config: Config
    before: Workspace
    after: Workspace
    entities_before: Sequence[Entity]
    entities_after: Sequence[Entity]
    changes: Sequence[Change]
    declared: Mapping[str, Severity] = field(default_factory=dict)
