"""How a coding agent's hand shows in a commit: provenance.json.

| field | holds |
|---|---|
| addresses | [address, agent, author, co-author or assist]: of authors, and in co-author and other trailers |
| trailers | [key, agent, value it must have, "" for any]; no agent: the value names it |
| footers | [expression over the message, agent] |
| branches | [prefix, agent]: a weak hint |

An address ending in `@users.noreply.github.com` is matched whole, for the number before the `+` is the account.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from blastlint.facts import table
from blastlint.frozen import dataclass
from blastlint.model import Author

Strength = Literal["author", "co-author", "assist", "branch"]
STRENGTHS: tuple[Strength, ...] = ("author", "co-author", "assist", "branch")

_ADDRESS = re.compile(r"<([^<>\s]+@[^<>\s]+)>")


@dataclass(frozen=True, slots=True)
class Hand:
    """One sign of an agent, and what it was seen by."""

    agent: str
    strength: Strength
    evidence: str


def agents_of(message: str, authors: Sequence[Author], branch: str) -> tuple[Hand, ...]:
    """Every sign of an agent, the surest first. A branch's name counts only where nothing else does."""
    found = list(dict.fromkeys(_hands(message, authors)))
    if not found:
        found = [
            Hand(agent, "branch", branch)
            for prefix, agent in table("provenance")["branches"]
            if branch.startswith(prefix)
        ]
    return tuple(sorted(found, key=lambda hand: STRENGTHS.index(hand.strength)))


def _hands(message: str, authors: Sequence[Author]) -> Iterator[Hand]:
    by_address = {address: (agent, strength) for address, agent, strength in table("provenance")["addresses"]}
    for author in authors:
        agent, strength = by_address.get(author.address.lower(), ("", ""))
        if agent:
            yield Hand(agent, "assist" if strength == "assist" else "author", author.address)
    trailers = [t for author in authors for t in author.trailers]
    trailers += [(key, value) for key, _, value in (line.partition(":") for line in message.splitlines()) if value]
    for key, value in trailers:
        yield from _of_trailer(key.strip().lower(), value.strip(), by_address)
    for pattern, agent in table("provenance")["footers"]:
        if re.search(pattern, message, re.MULTILINE):
            yield Hand(agent, "co-author", "a line of the message")


def _of_trailer(key: str, value: str, by_address: dict[str, tuple[str, Strength]]) -> Iterator[Hand]:
    for wanted, agent, text in table("provenance")["trailers"]:
        if key == wanted and (not text or value.lower().startswith(text.lower())):
            yield Hand(agent or value.partition(" <")[0].partition("@")[0], "assist" if not agent else "co-author", key)
    if key.endswith("-by") or key == "author":
        for address in _ADDRESS.findall(value):
            agent, strength = by_address.get(address.lower(), ("", "assist"))
            if agent:
                yield Hand(agent, "assist" if strength == "assist" else "co-author", address)
