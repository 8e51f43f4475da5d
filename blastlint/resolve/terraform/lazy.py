"""Mappings of which only single items are asked: what is known of a thing of which more exists than we know."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from blastlint.model import Value
from blastlint.resolve.terraform.evaluate import Partial

if TYPE_CHECKING:
    from blastlint.resolve.terraform.repetition import Instances, Key


class Lazy(Partial):
    """Equal only to itself: comparing must not compute. It has nothing, unless a subclass says so."""

    def __getitem__(self, name: str) -> Value:
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


class AnyInstance(Mapping[str, Value]):
    """Instances that cannot be counted: whichever is asked for may be there."""

    def __init__(self, make: Callable[[Key], Value], found: Instances) -> None:
        self._make = make
        self._found = found

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and (self._found.kind == "for_each" or key.isdecimal())

    def __getitem__(self, key: str) -> Value:
        return self._make(int(key) if self._found.kind == "count" else key)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)
