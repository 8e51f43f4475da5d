"""Assertions that nothing can fail but the test itself: of a value that the test set just before."""

from __future__ import annotations

import re

from blastlint.parse.code import Assertion, Shape


def prepared(assertion: Assertion, shape: Shape) -> bool:
    """Whether the statement before it, but for a `save` of the same thing, sets what it asks for to what it expects:
    `team.owner = ann`, `team.save()`, `assert team.owner == ann`."""
    owner, dot, _ = assertion.subject.rpartition(".")
    texts = [*shape.statements]
    if assertion.form != "equal" or assertion.negated or not dot or assertion.text not in texts:
        return False
    set_to = re.compile(rf"{re.escape(assertion.subject)}\s*=\s*{re.escape(assertion.expected)};?$")
    kept = re.compile(rf"(await )?{re.escape(owner)}\.save(\(|!|$)")
    for text in reversed(texts[: texts.index(assertion.text)]):
        if not kept.match(text):
            return set_to.match(text) is not None
    return False
