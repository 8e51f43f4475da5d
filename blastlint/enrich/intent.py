"""What the change says of itself, held against what it does. Text can only raise risk."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from blastlint.enrich.context import Context
from blastlint.model import SEVERITIES, Fact, Finding, Impact, Related
from blastlint.regex import regex

# Words by which people call a change small. Conventional types first: they are the clearest claim.
_TYPE = regex(r"^(?P<type>docs?|style|chore|typo|test|refactor|fix|lint|format|nit)(\([^)]*\))?(?P<bang>!?):", re.I)
_SMALL = regex(
    r"\b(typos?|nits?|whitespace|formatting|reformat|cosmetic|cleanup|clean[- ]up|tidy|spelling|wording|"
    r"minor|trivial|small|tiny|quick|simple|one[- ]liner|off by (one|a)|lint|comments?|rename variable|bump|"
    r"bug ?fix|hot ?fix|fix(es|ed)?|refactor(ing|ed)?)\b",
    re.I,
)
# Claims that leave no room for any effect at all; a fix or a refactoring may have one.
_TRIVIAL = regex(
    r"typo|doc|style|whitespace|format|cosmetic|spelling|wording|comment|lint|nit|tidy|trivial|bump|"
    r"off by|one|rename variable"
)
# A message that says what it does to the very thing has told the truth, whatever its type.
_VERB = regex(
    r"\b(remov\w*|delet\w*|destroy\w*|drop(s|ped|ping)?|decommission\w*|tear(ing)?[ -]?down|retire\w*|replac\w*|recreat\w*|"
    r"migrat\w*|disabl\w*|wip(e|es|ing)|purg\w*|shut(ting)?[ -]?down|turn(s|ed|ing)? off|scal\w+ (down|to)|"
    r"open(s|ed|ing)? up|widen\w*|renam\w*|revert\w*|unprotect\w*|deprecat\w*|sunset\w*)\b",
    re.I,
)
_SPLIT = regex(r"[^a-z0-9]+")
# Words that stand in addresses without naming anything.
_GENERIC = frozenset(
    ("aw", "thi", "main", "default", "module", "resource", "google", "azurerm", "terraform", "yaml", "yml", "tf", "test",
     "the", "src", "app", "run", "step", "job", "script", "name", "for", "and", "all", "new", "key", "config")
)  # fmt: skip
_GRAVE_FAMILIES = ("RES", "STA", "MIG", "ACC", "NET", "CMD", "GRD", "CAP", "PIP", "SAF")


def impacts(context: Context, findings: Sequence[Finding]) -> tuple[Impact, ...]:
    """The change set's impact with an `intent` fact, where the message makes the change small and the findings do not."""
    whole = next((change for change in context.changes if change.kind == "change-set"), None)
    fact = next(_facts(context.change_set.message, findings), None)
    return (Impact(whole, "in-place", facts=(fact,)),) if whole is not None and fact is not None else ()


def _facts(message: str, findings: Sequence[Finding]) -> Iterator[Fact]:
    claim = claim_in(message)
    if not claim:
        return
    told = told_in(message)
    grave = [
        f
        for f in findings
        if f.severity in ("critical", "high") and f.rule_id[:3] in _GRAVE_FAMILIES and not told & subject_of(f)
    ]
    if not grave:
        return
    worst = min(grave, key=lambda finding: SEVERITIES.index(finding.severity))
    related = tuple(Related(f"{f.rule_id} {f.message}", f.after or f.before, f.address) for f in grave[:10])
    yield Fact(
        "intent",
        {
            "claim": claim,
            "trivial": _TRIVIAL.search(claim) is not None,
            "worst": worst.severity,
            "findings": len(grave),
            "summary": worst.message,
        },
        before=worst.before,
        after=worst.after,
        related=related,
    )


def claim_in(message: str) -> str:
    """The words of the subject line that make the change small, or ""."""
    subject = message.strip().split("\n", 1)[0].strip()
    if not subject or "BREAKING CHANGE" in message:
        return ""
    typed = _TYPE.match(subject)
    if typed:
        return "" if typed["bang"] else typed["type"].lower()
    small = _SMALL.search(subject)
    return small[0].lower() if small else ""


def told_in(message: str) -> frozenset[str]:
    """The words of a message that says that something goes, is replaced or is moved; none of any other."""
    return words_in(message) if _VERB.search(message) else frozenset()


def subject_of(finding: Finding) -> frozenset[str]:
    """The words by which a message could name what a finding is about: of its address, type and name."""
    entity = finding.impact.change.entity
    return words_in(" ".join((finding.address, entity.type, entity.name))) - _GENERIC


def words_in(text: str) -> frozenset[str]:
    """Lower-case words of three letters or more, plurals folded."""
    return frozenset(w.removesuffix("s") for w in _SPLIT.split(text.lower()) if len(w) > 2)
