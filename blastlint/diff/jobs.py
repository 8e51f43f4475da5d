"""Changes of CI jobs: by address, then by content anywhere in the change set, then by name. A job that moved to another file
and lost something on the way is the same job where it has its name and still runs some of what it ran.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.diff.match import matched, modified
from blastlint.frozen import replace
from blastlint.model import Change, Entity


def changes(before: Sequence[Entity], after: Sequence[Entity]) -> Iterator[Change]:
    """One Change for each job that differs."""
    found = list(matched(before, after))
    born = {c.after.name: c.after for c in found if c.action == "added" and c.after is not None}
    paired: set[int] = set()
    for change in found:
        old = change.before
        new = born.get(old.name) if change.action == "removed" and old is not None else None
        if old is not None and new is not None and id(new) not in paired and _runs(old) & _runs(new):
            paired |= {id(old), id(new)}
            yield from (replace(c, previous_address=old.address) for c in modified(old, new))
    yield from (c for c in found if not {id(c.before), id(c.after)} & paired)


def _runs(job: Entity) -> frozenset[str]:
    """The texts of its commands, and the actions and workflows that it uses."""
    assert isinstance(job.detail, tuple)
    return frozenset((*(command.text for command in job.detail[1]), *job.detail[0].uses))
