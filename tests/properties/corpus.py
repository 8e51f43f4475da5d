"""Every tree of every example of every shipped rule: small real inputs of all formats, for properties of the whole flow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from blastlint.engine.load import shipped_rules
from blastlint.engine.rule import Rule
from blastlint.engine.texts import examples_of

Tree = Mapping[str, str]


@cache
def rules() -> tuple[Rule, ...]:
    return shipped_rules()


@cache
def pairs() -> tuple[tuple[str, Tree, Tree], ...]:
    """(rule id and example's name, before, after)."""
    return tuple(_pairs())


def _pairs() -> Iterator[tuple[str, Tree, Tree]]:
    for rule in rules():
        examples = examples_of(rule)
        for example in (*(examples.get("bad") or []), *(examples.get("good") or [])):
            before, after = example.get("before") or {}, example.get("after") or {}
            assert isinstance(before, Mapping) and isinstance(after, Mapping)
            yield f"{rule.id} {example.get('name', '')}", before, after


def trees() -> tuple[Tree, ...]:
    seen: dict[tuple[tuple[str, str], ...], Tree] = {}
    for _, before, after in pairs():
        for tree in (before, after):
            seen.setdefault(tuple(sorted(tree.items())), tree)
    return tuple(seen.values())
