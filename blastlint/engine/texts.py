"""The long texts of a rule, read from its file only when they are explained, written to SARIF, or tested."""

from __future__ import annotations

from collections.abc import Mapping

from blastlint.engine.load import read
from blastlint.engine.rule import Rule
from blastlint.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Texts:
    """`examples` is as written: {bad: [...], good: [...]}."""

    why: str
    instead: str
    references: tuple[str, ...]
    examples: Mapping[str, list[Mapping[str, object]]]


def texts_of(rule: Rule) -> Texts:
    data = read(rule.source)
    references = data.get("references") or []
    examples = data["examples"]
    assert isinstance(references, list) and isinstance(examples, Mapping)
    return Texts(
        why=" ".join(str(data["why"]).split()),
        instead=" ".join(str(data["instead"]).split()),
        references=tuple(str(reference) for reference in references),
        examples=examples,
    )
