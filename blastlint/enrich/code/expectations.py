"""Expected values that follow the code: tests in which nothing but what is expected differs, in a change of the code
that they are about. One fact for a change set, on the first of the tests (or of the snapshots)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from blastlint.enrich.code.pairs import WORD, Pair, scope_of, words_of
from blastlint.enrich.context import Context
from blastlint.model import Change, Fact, FactValue, Related
from blastlint.parse.code import Assertion
from blastlint.regex import regex

_TRIVIAL = regex(
    r"(?i)^(refactor|style|chore|perf|docs|build|ci|deps|typo|format)\b|\b(refactor\w*|clean ?up|renam\w+|typos?|formatting"
    r"|no functional|behaviou?r[- ]preserving|tidy|lint)\b"
)
_SCREEN = regex(rb"(?i)assert|expect|equal|\beq\b|should|diff|got|want|t\.(Error|Fatal)|^\W*[\w\"']")
_TOKEN = regex(r"[A-Za-z_]\w+|\d+")
_CAPITAL = regex(r"^[A-Z]\w+$")
_VOLATILE = regex(r"^[\"'`]?\d{4}-\d\d-\d\d|^[\"'`]?v?\d+\.\d+\.\d+|copyright|version", re.IGNORECASE)


def facts(pair: Pair) -> Iterator[Fact]:
    """At most one `expectation` fact for a change set."""
    if pair.change.type != "test" or pair.change.action != "modified":
        return
    followed = pair.scope.context.once(_followed)
    if not followed or followed[0][0] is not pair.change:
        return
    change, old, new = followed[0]
    fields: dict[str, FactValue] = {
        "tests": len(followed),
        "before": old.expected,
        "after": new.expected,
        "claim": claim_of(pair.scope.context),
        "said": _is_said(old, new, pair),
        "name": change.entity.name,
    }
    related = tuple(Related("expects another value too", c.entity.header, c.address) for c, _, _ in followed[1:8])
    yield pair.fact("expectation", "", fields, pair.region("before", old.at), pair.region("after", new.at), related)


def claim_of(context: Context) -> str:
    """The word by which the change says that nothing behaves otherwise, or empty."""
    claim = _TRIVIAL.search(context.change_set.message.partition("\n")[0])
    return claim.group(0).lower() if claim is not None else ""


def _followed(context: Context) -> tuple[tuple[Change, Assertion, Assertion], ...]:
    """Every test of the change set of which only expected values differ, with the first of them; none without source."""
    scope = scope_of(context)
    if not any(c.action == "modified" and c.type == "function" for c in scope.source_changes):
        return ()
    found: list[tuple[Change, Assertion, Assertion]] = []
    for change in scope.changes:
        if (
            change.type == "test"
            and change.action == "modified"
            and change.before is not None
            and change.before.type == "test"
        ):
            pair = scope.pair(change)
            differing = _differing(pair) if pair.touches(_SCREEN, "before") and pair.touches(_SCREEN, "after") else None
            if differing is not None:
                found.append((change, *differing))
    return tuple(found)


def _value(assertion: Assertion) -> str:
    """What is expected, where nothing is one value: `assert_nil` says what `assert_equal nil` says."""
    return "None" if assertion.expected in ("nil", "null") else assertion.expected


def _is_said(old: Assertion, new: Assertion, pair: Pair) -> bool:
    """Whether what is newly expected stands, word by word, in what the changed sources newly say: then it was meant."""
    words = {*_TOKEN.findall(new.expected)} - {*_TOKEN.findall(old.expected)}
    sources = (c for c in pair.scope.source_changes if c.action in ("added", "modified"))
    words = {word for word in words if not word.isdigit()} or words  # a number may be worked out
    return bool(words) and any(words <= _newly_said(pair.scope.pair(change)) for change in sources)


def _newly_said(pair: Pair) -> set[str]:
    return {*_TOKEN.findall(pair.text("after"))} - {*_TOKEN.findall(pair.text("before"))}


def _is_same(one: Assertion, other: Assertion) -> bool:
    """Whether what is expected differs by where it is known from alone: `types.Active` and `Active`."""
    names = sorted((one.expected, other.expected), key=len)
    return one.subject == other.subject and _CAPITAL.match(names[0]) is not None and names[1].endswith(f".{names[0]}")


def _is_renamed(one: Assertion, other: Assertion, pair: Pair) -> bool:
    """Whether what is expected is a name that the whole test has in place of another."""
    names = (one.expected, other.expected)
    if one.subject != other.subject or not all(WORD.fullmatch(name) for name in names):
        return False
    return names[0] not in words_of(pair.text("after")) and names[1] not in words_of(pair.text("before"))


def _differing(pair: Pair) -> tuple[Assertion, Assertion] | None:
    """The first pair of assertions that ask the same and expect something else, when nothing else of the test differs."""
    before, after = pair.before, pair.after
    if len(before.assertions) != len(after.assertions) or len(before.statements) != len(after.statements):
        return None
    changed = [
        (one, other)
        for one, other in zip(before.assertions, after.assertions, strict=True)
        if (one.subject, _value(one)) != (other.subject, _value(other))
        and not (_is_renamed(one, other, pair) or _is_same(one, other))
    ]
    if not changed or any(a.subject != b.subject or a.form != b.form or a.form != "equal" for a, b in changed):
        return None
    if all(_VOLATILE.search(a.expected) for a, _ in changed):
        return None
    differing = sum(a != b for a, b in zip(before.statements, after.statements, strict=True))
    return changed[0] if differing <= len(changed) else None
