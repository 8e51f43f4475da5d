"""Terraform's moves: what `moved` blocks, and `count` coming or going, do to the addresses of the state before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from blastlint.frozen import dataclass
from blastlint.model import Entity
from blastlint.regex import regex

_STEP = regex(r'([^.\[\]"]+)((?:\["(?:[^"\\]|\\.)*"\])|(?:\[[^\]]*\]))?')
_ANY = "*"  # of a whole resource or call, whatever its keys are


@dataclass(frozen=True, slots=True)
class Step:
    """One part of an address; `key` is the text between the brackets, None without brackets."""

    name: str
    key: str | None = None

    def __str__(self) -> str:
        return self.name if self.key is None else f"{self.name}[{self.key}]"


Address = tuple[Step, ...]


@lru_cache(maxsize=65536)
def parsed(address: str) -> Address:
    """`module.a["x"].aws_b.c[0]` -> its steps: module, a["x"], aws_b, c[0]."""
    return tuple(Step(m[1], m[2][1:-1] if m[2] else None) for m in _STEP.finditer(address))


def written(address: Iterable[Step]) -> str:
    return ".".join(str(step) for step in address)


@lru_cache(maxsize=65536)
def resource_of(address: str) -> str:
    """The address without the key of its last step: all instances of one resource (or module call)."""
    steps = parsed(address)
    return written((*steps[:-1], Step(steps[-1].name))) if steps else address


@dataclass(frozen=True, slots=True)
class Statement:
    """One `moved` block. Without a key on either side the whole resource or call moves, keys kept; else one instance."""

    source: Address
    target: Address

    @property
    def whole(self) -> bool:
        return self.source[-1].key is None and self.target[-1].key is None

    def moved(self, address: Address) -> Address | None:
        """Where an instance lands, or None when the statement is not about it."""
        size = len(self.source)
        is_module = size >= 2 and self.source[-2].name == "module"
        if len(address) < size or (len(address) != size and not is_module):
            return None
        if address[size - 1].name != self.source[-1].name:
            return None  # nearly always
        for index, (step, here) in enumerate(zip(self.source, address, strict=False)):
            any_key = step.key is None and (index < size - 1 or self.whole)
            if step.name != here.name or not (any_key or step.key == here.key):
                return None
        landed = list(self.target)
        for index in range(min(size, len(landed)) - 1):
            if landed[index] == Step(self.source[index].name) and self.source[index].key is None:
                landed[index] = address[index]  # a module on the way keeps the instance that it was
        if self.whole:
            landed[-1] = Step(landed[-1].name, address[size - 1].key)
        return (*landed, *address[size:])


def statements(entities: Iterable[Entity]) -> tuple[Statement, ...]:
    """The `moved` blocks among the entities of one side."""
    found = []
    for entity in entities:
        if entity.kind == "terraform.moved":
            source, target = (entity.attributes.get(name) for name in ("from", "to"))
            steps = tuple(parsed(str(v.scalar)) if v and v.scalar else () for v in (source, target))
            if all(steps):
                found.append(Statement(*steps))
    return tuple(found)


def landings(
    before: Sequence[str], after: Mapping[str, Entity], moved: Sequence[Statement]
) -> dict[str, tuple[str, str]]:
    """Address before -> (address after, why), for what moves: by a moved block or because `count` came or went.

    As in Terraform: a move never lands on an address that was there before, and moved blocks come before `count`.
    """
    taken = set(before)
    chains = Chains(moved)
    found: dict[str, tuple[str, str]] = {}
    for address in before:
        landed = chains.landing(address)
        why = "moved block"
        if landed == address and address not in after:
            landed, why = _counted(address, after), "count"
        if landed != address and landed not in taken:
            found[address] = (landed, why)
            taken.add(landed)
    return found


class Chains:
    """Where moved blocks take addresses, one after the other: the blocks by what they are about, and the ends that were
    found. A chain has no more links than there are blocks."""

    def __init__(self, moved: Sequence[Statement]) -> None:
        self._length = len(moved)
        self._about: dict[tuple[tuple[str, ...], str | None], list[tuple[int, Statement]]] = {}
        self._ends: dict[Address, Address] = {}
        for number, statement in enumerate(moved):
            self._about.setdefault(self._key(statement.source, statement.whole), []).append((number, statement))

    @staticmethod
    def _key(address: Address, whole: bool) -> tuple[tuple[str, ...], str | None]:
        return tuple(step.name for step in address), _ANY if whole else address[-1].key

    def landing(self, address: str) -> str:
        """Where an address ends up, whether or not anything is written there; itself when no block is about it."""
        here = parsed(address)
        way: dict[Address, None] = {here: None}
        while len(way) <= self._length + 1:
            known = self._ends.get(here)
            landed = known if known is not None else self._next(here, way)
            if landed is None or landed == here:
                self._ends.update(dict.fromkeys(way, here))
                break
            way[landed] = None
            here = landed
        return written(here)

    def _next(self, here: Address, seen: Iterable[Address]) -> Address | None:
        """Where the first block that is about an address, or about a module around it, takes it."""
        keys = (self._key(here[:size], whole) for size in range(1, len(here) + 1) for whole in (True, False))
        candidates = sorted((c for key in keys for c in self._about.get(key, ())), key=lambda c: c[0])
        return next((to for _, s in candidates if (to := s.moved(here)) and to not in seen), None)


def _counted(address: str, after: Mapping[str, Entity]) -> str:
    """A single resource becomes the first of a counted one, and back. Modules do not, and keys of for_each do not."""
    steps = parsed(address)
    if not steps or steps[-1].key not in (None, "0") or (len(steps) >= 2 and steps[-2].name == "module"):
        return address
    key = "0" if steps[-1].key is None else None
    other = written((*steps[:-1], Step(steps[-1].name, key)))
    target = after.get(other)
    repeated_by = getattr(target.detail, "repetition", "") if target is not None else ""
    return other if target is not None and repeated_by == ("count" if key == "0" else "") else address


class Renaming:
    """Texts of the side before in words of the side after: moved addresses are replaced wherever they are referred to."""

    def __init__(self, landed: Mapping[str, tuple[str, str]], moved: Sequence[Statement]) -> None:
        self._names = dict(_names(landed, moved))
        longest = sorted(self._names, key=len, reverse=True)
        self._pattern = (
            re.compile(r"(?<![\w.\"-])(?:" + "|".join(re.escape(n) for n in longest) + r")(?![\w-]|\[\"|\[\d)")
            if longest
            else None
        )

    def __bool__(self) -> bool:
        return self._pattern is not None

    def text(self, text: str) -> str:
        return self._pattern.sub(lambda m: self._names[m[0]], text) if self._pattern else text


def _names(landed: Mapping[str, tuple[str, str]], moved: Sequence[Statement]) -> Iterator[tuple[str, str]]:
    for source, (target, why) in landed.items():
        yield source, target
        if why == "moved block":
            yield resource_of(source), resource_of(target)
    chains = Chains(moved)
    for statement in moved:
        if statement.whole:
            source = written(statement.source)
            yield source, chains.landing(source)
