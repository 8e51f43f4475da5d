"""What fact providers may look at beside the change itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from blastlint.config import Config
from blastlint.model import Change, ChangeSet, Entity
from blastlint.parse.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Context:
    """Both sides whole: the change set, the entities that were resolved, and the workspaces to read further files with."""

    change_set: ChangeSet
    config: Config
    before: Workspace
    after: Workspace
    entities_before: Sequence[Entity]
    entities_after: Sequence[Entity]
    changes: Sequence[Change]
