"""Checks of who may that stand, and let somebody in all the same: where they refused they answer, or a new branch before
them answers first when the environment, a setting or a header says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.enrich.code import environments
from blastlint.enrich.code.gates import Gate
from blastlint.enrich.code.pairs import Pair
from blastlint.facts.calls import pattern
from blastlint.parse.code import Branch
from blastlint.regex import regex

_ANSWER = regex(r"^return (?!(?:None|null|nil|undefined|false|False|redirect\b|.*\b(?:err|error|Error)\b)[;, ]*)\S")
_SWITCH = regex(r"(?i)environ|getenv|process\.env|\benv\b|settings\.|config|debug|skip|disable|bypass|internal|headers?\b")
_SCREEN = regex(rb"(?i)environ|getenv|process\.env|\benv\b|settings\.|config|debug|skip|disable|bypass|internal|headers?\b")
_DENIALS = regex(rb"\b40[13]\b|(?i:forbidden|unauthori[sz]ed|unauthenticated|permission_?denied|access_?denied)")


def may_let_in(pair: Pair) -> bool:
    """Whether a line that is new could be a way past a denial that was there."""
    return pair.touches(_SCREEN, "after") and pair.mentions(_DENIALS, "before")


def let_in(old: Sequence[Gate], new: Sequence[Gate], pair: Pair) -> Iterator[tuple[str, Gate, Branch]]:
    """("answered" or "bypassed", the check, the branch that lets in)."""
    refusing = [gate for gate in old if gate.leaving and _denies(gate.branch)]
    standing = {gate.condition: gate for gate in new if gate.leaving}
    for gate in refusing:
        other = standing.get(gate.condition)
        if other is not None and not _denies(other.branch) and _answers(other.branch):
            yield "answered", gate, other.branch
    known = {gate.condition for gate in old}
    kept = [(g, standing[g.condition]) for g in refusing if g.condition in standing]
    kept = [(gate, other) for gate, other in kept if _denies(other.branch)]
    for gate in new if kept else ():
        if gate.condition in known or not gate.leaving or not _answers(gate.branch) or _denies(gate.branch):
            continue
        asks = _SWITCH.search(gate.branch.condition) or environments.holds_in(gate.branch.condition)
        place = pair.after.locate(gate.branch.at)[:2]
        behind = next((was for was, other in kept if place < pair.after.locate(other.branch.at)[:2]), None)
        if asks and behind is not None:
            yield "bypassed", behind, gate.branch


def _denies(branch: Branch) -> bool:
    return pattern("auth", "denied").search(" ".join(branch.body)) is not None


def _answers(branch: Branch) -> bool:
    return branch.leaves == "return" and any(_ANSWER.match(statement) for statement in branch.body[-1:])
