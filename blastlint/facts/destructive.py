"""Calls of libraries that destroy, as data: destructive.json, read when code with a word for it is met.

| key | meaning |
|---|---|
| methods, method | the names of the method, or an expression for all of its name |
| receiver | an expression that is searched in what it is called on, as written |
| from | an expression that is searched in where the receiver comes from, dotted, imports and local names resolved \
(`google.cloud.storage.Client.bucket`); where that cannot be told (a parameter), in what the file imports |
| known | it must be told: the method has a name that anything may have |
| option | two expressions: for the name of a named argument, and for its value |
| argument | an expression that is searched in the arguments |
| target | which argument says what goes; else the first |
| deed, classes | what it does, in words and as in commands.json |

The first row that holds counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from blastlint.facts import table
from blastlint.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Destructive:
    """One row. What is not given holds."""

    deed: str
    classes: tuple[str, ...]
    methods: frozenset[str] = frozenset()
    method: re.Pattern[str] | None = None
    receiver: re.Pattern[str] | None = None
    origin: re.Pattern[str] | None = None
    known: bool = False
    option: tuple[re.Pattern[str], re.Pattern[str]] | None = None
    argument: re.Pattern[str] | None = None
    target: int = 0

    def names(self, method: str) -> bool:
        return method in self.methods or (self.method is not None and self.method.fullmatch(method) is not None)


@lru_cache(maxsize=1)
def destructive() -> Sequence[Destructive]:
    """Every row, in order."""
    return tuple(_row(given) for given in table("destructive")["rows"])


def _row(given: Mapping[str, Any]) -> Destructive:
    option = given.get("option")
    return Destructive(
        deed=given["deed"],
        classes=tuple(given["classes"]),
        methods=frozenset(given.get("methods", ())),
        method=_compiled(given.get("method")),
        receiver=_compiled(given.get("receiver")),
        origin=_compiled(given.get("from")),
        known=bool(given.get("known")),
        option=(re.compile(option[0]), re.compile(option[1])) if option else None,
        argument=_compiled(given.get("argument")),
        target=int(given.get("target", 0)),
    )


def _compiled(text: str | None) -> re.Pattern[str] | None:
    return None if text is None else re.compile(text)
