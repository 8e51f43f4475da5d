"""`intent` facts: the message makes the change small, or says that nothing goes, and the findings say otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from blastlint.enrich.context import Context
from blastlint.enrich.intent.message import read, spoken, whole
from blastlint.facts.claims import said
from blastlint.facts.words import listed
from blastlint.model import SEVERITIES, Fact, Finding, Related
from blastlint.regex import regex

# Conventional types that call a change small: the clearest claim.
_TYPES = listed(
    """
    doc docs style chore typo test tests refactor fix bugfix hotfix lint format fmt nit cosmetic i18n deps
    """
)
# Of these, those that leave no room for any effect of what is run.
_TRIVIAL_TYPES = listed("doc docs style typo lint format fmt nit cosmetic i18n")
# "Does not block removal" is no word about what the change removes.
_HELD = regex(r"\b(block|prevent|stop|forbid|refus|reject|hinder|fail|allow|let)\w*\b", re.I)
_SENTENCES = regex(r"(?<=[.!?;])\s+|[。！？；]|\n+")
_BRANCH = regex(
    r"^(?:[\w.-]+/)?(?P<claim>docs?|typo|style|chore|lint|format|hotfix|bugfix|fix|nit|cleanup|minor)[/_-]", re.I
)
_OF_TESTS = regex(r"\b(tests?|specs)$")
_SPLIT = regex(r"[^a-z0-9]+")
# Words that stand in addresses without naming anything.
_GENERIC = frozenset(
    ("aw", "thi", "main", "default", "module", "resource", "google", "azurerm", "terraform", "yaml", "yml", "tf", "test",
     "the", "src", "app", "run", "step", "job", "script", "name", "for", "and", "all", "new", "key", "config")
)  # fmt: skip
_GRAVE_FAMILIES = ("RES", "STA", "MIG", "ACC", "NET", "CMD", "GRD", "CAP", "PIP", "SAF", "OBS", "AGT")


def facts(context: Context, findings: Sequence[Finding]) -> Iterator[Fact]:
    """At most one fact."""
    serious = [f for f in findings if f.severity in ("critical", "high") and f.rule_id[:3] in _GRAVE_FAMILIES]
    if not serious:
        return
    message = context.change_set.message
    claim = claim_in(message) if message else claim_of_branch(context.change_set.branch)
    if not claim:
        return
    told = told_in(message)
    within = "test" if _OF_TESTS.search(claim) else "none"  # what is said to be of tests may be in tests
    grave = [f for f in serious if f.impact.path_class != within and not told & subject_of(f)]
    if not grave:
        return
    worst = min(grave, key=lambda finding: SEVERITIES.index(finding.severity))
    related = tuple(Related(f"{f.rule_id} {f.message}", f.after or f.before, f.address) for f in grave[:10])
    yield Fact(
        "intent",
        {
            "claim": claim,
            "trivial": is_trivial(claim),
            "worst": worst.severity,
            "findings": len(grave),
            "summary": worst.message,
        },
        before=worst.before,
        after=worst.after,
        related=related,
    )


def claim_in(message: str) -> str:
    """The words of a message that make the change small, or deny that anything goes; "" for none."""
    told = read(message)
    if told.breaking or "BREAKING CHANGE" in message:
        return ""
    denied = next((found for found in said("denials").finditer(whole(message)) if not _HELD.search(found[0])), None)
    if denied:
        return " ".join(denied[0].lower().split())
    if told.branch:
        return claim_of_branch(told.branch)
    typed = [told.type] if told.type in _TYPES else []
    words = [word[0].lower() for word in said("trivial", "small").finditer(told.rest if typed else told.subject)]
    claims = [*typed, *words]
    return next((claim for claim in claims if is_trivial(claim)), claims[0] if claims else "")


def is_trivial(claim: str) -> bool:
    """Whether the words leave no room for any effect at all; a fix or a refactoring may have one."""
    return claim in _TRIVIAL_TYPES or said("trivial").fullmatch(claim) is not None or bool(said("denials").search(claim))


def claim_of_branch(branch: str) -> str:
    """What the name of a branch says of a change that has no message yet: `docs/...`, `ann/hotfix-...`."""
    found = _BRANCH.match(branch)
    return found["claim"].lower() if found else ""


def told_in(message: str) -> frozenset[str]:
    """The words of the sentences that say that something goes, is replaced or is moved, and do not deny it."""
    told: set[str] = set()
    for sentence in _SENTENCES.split(spoken(message)):
        if said("acts").search(said("denials").sub(lambda denial: denial[0] if _HELD.search(denial[0]) else " ", sentence)):
            told |= words_in(sentence)
    return frozenset(told)


def subject_of(finding: Finding) -> frozenset[str]:
    """The words by which a message could name what a finding is about: of its address, type and name."""
    entity = finding.impact.change.entity
    return words_in(" ".join((finding.address, entity.type, entity.name))) - _GENERIC


def words_in(text: str) -> frozenset[str]:
    """Lower-case words of three letters or more, plurals folded."""
    return frozenset(w.removesuffix("s") for w in _SPLIT.split(text.lower()) if len(w) > 2)
