"""What keeps a few lines from taking all time and memory: a list that doubles in forty locals, loops within loops.

Both bounds are counts, so that the same text gives the same answer on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping

from blastlint.frozen import dataclass, field
from blastlint.model import Value

MAX_WORK = 3_000_000  # elements that functions go through in a configuration, and as many more as these take:
TURN = 10  # of a loop
BLOCK = 100  # that is made
MAX_SIZE = 300_000  # of one value: everything in it, and every eight characters
_CHARACTERS = 8


class TooLarge(Exception):
    """More than is computed with here. No error of Terraform: try() must not see it."""


@dataclass(slots=True)
class Work:
    """How much is left to do for one configuration."""

    left: int = MAX_WORK

    def take(self, amount: int) -> None:
        """Raises TooLarge when there is nothing left."""
        self.left -= amount
        if self.left < 0:
            raise TooLarge("more loops than are run")


@dataclass(slots=True)
class Sizes:
    """How large values are with all that is in them, each looked at once: parts are shared, and count wherever they are."""

    _known: dict[int, tuple[Value, int]] = field(default_factory=dict)

    def check(self, value: Value) -> None:
        """Raises TooLarge for a value that is."""
        if self._of(value) > MAX_SIZE:
            raise TooLarge("larger than is computed with")

    def _of(self, value: Value) -> int:
        data = value.data
        if isinstance(data, str):
            return 1 + len(data) // _CHARACTERS
        if not isinstance(data, (tuple, dict)):
            return 1
        found = self._known.get(id(value))
        if found is None:
            parts = data.values() if isinstance(data, Mapping) else data
            found = value, 1 + sum(map(self._of, parts))  # the value itself too, so that nothing else gets its id
            self._known[id(value)] = found
        return found[1]
