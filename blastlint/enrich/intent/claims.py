"""`intent` facts: the message makes the change small, or says that nothing goes, and the findings say otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from blastlint.enrich.context import Context
from blastlint.model import SEVERITIES, Fact, Finding, Related
from blastlint.regex import regex

# Words by which people call a change small. Conventional types first: they are the clearest claim.
_TYPE = regex(
    r"^(?P<type>docs?|style|chore|typo|test|tests|refactor|fix|bugfix|hotfix|lint|format|fmt|nit|cosmetic|i18n|deps)"
    r"(\([^)]*\))?:",
    re.I,
)
_BREAKING = regex(r"^\w+(\([^)]*\))?!:")
_SMALL = regex(
    r"\b(typos?|nits?|nitpicks?|whitespaces?|formatting|format|fmt|reformat|cosmetics?|clean(ing)?[- ]?ups?"
    r"|tid(y|ies|ying)"
    r"|spelling|wording|grammar|indentation|docstrings?|readme|changelog|minor|trivial|small|tiny|quick|simple"
    r"|slight(ly)?"
    r"|one[- ]liner|off[- ]by[- ](one|a)|lint(ing|er)?|comments?|rename variables?|bump(s|ed|ing)?|polish(ing)?|tweaks?"
    r"|housekeeping|chores?|misc(ellaneous)?|no[- ]?op|nfc|prettier|black|gofmt|eslint|rubocop|sort(ed)? imports"
    r"|update (the )?(docs?|documentation|comments?|readme)|bug ?fix(es)?|hot ?fix(es)?|fix(es|ed|ing)?"
    r"|refactor(ing|ed|s)?)\b",
    re.I,
)
# Claims that leave no room for any effect at all; a fix or a refactoring may have one.
_TRIVIAL = regex(
    r"typo|doc|style|whitespace|format|fmt|cosmetic|spelling|wording|grammar|indentation|readme|changelog|comment|lint"
    r"|^nit|tid|trivial|bump|off|one|rename variable|no[- ]?op|nfc|prettier|black|eslint|rubocop|imports|i18n|polish"
)
# A message that says what it does to the very thing has told the truth, whatever its type.
_VERB = regex(
    r"\b(remov\w*|delet\w*|destroy\w*|drop(s|ped|ping)?|decommission\w*|tear(ing|s)?[ -]?down|retir\w*|replac\w*"
    r"|re-?creat\w*|re-?build\w*|migrat\w*|disabl\w*|wip(e|es|ing)|purg\w*|shut(ting|s)?[ -]?down|turn(s|ed|ing)? off"
    r"|scal\w+ (down|to)|open(s|ed|ing)? up|widen\w*|allow\w*|grant\w*|expos\w*|renam\w*|revert\w*|unprotect\w*"
    r"|deprecat\w*|sunset\w*|get(ting)? rid of|clean(s|ed|ing)? (out|up) (the )?(old|unused|stale|dead)"
    r"|no longer|without)\b",
    re.I,
)
# "Nothing is deleted" is a claim, and the strongest one.
_DENIED = regex(
    r"\b(no|not|never|nothing|without|doesn'?t|does not|don'?t|won'?t|will not|isn'?t|is not|aren'?t"
    r"|are not)\b[^.;,\n]{0,30}?"
    r"\b(remov\w*|delet\w*|destroy\w*|drop\w*|replac\w*|re-?creat\w*|downtime|data loss|(functional"
    r"|behaviou?r(al)?|user[- ]facing"
    r"|operational|infrastructure|breaking) (changes?|effects?|impact)|(change|effect|impact) (in|on|to) (behaviou?r"
    r"|production|prod|users))\b",
    re.I,
)
# "Does not block removal" is no word about what the change removes.
_HELD = regex(r"\b(block|prevent|stop|forbid|refus|reject|hinder|fail|allow|let)\w*\b", re.I)
# What a form asks and nobody answered: its comments, and boxes without a tick.
_UNSAID = regex(r"<!--[\s\S]*?-->|^\s*[-*] \[ \].*$", re.M)
_SENTENCES = regex(r"(?<=[.!?;])\s+|\n+")
_BRANCH = regex(
    r"^(?:[\w.-]+/)?(?P<claim>docs?|typo|style|chore|lint|format|hotfix|bugfix|fix|nit|cleanup|minor)[/_-]", re.I
)
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
    grave = [finding for finding in serious if not told & subject_of(finding)]
    if not grave:
        return
    worst = min(grave, key=lambda finding: SEVERITIES.index(finding.severity))
    related = tuple(Related(f"{f.rule_id} {f.message}", f.after or f.before, f.address) for f in grave[:10])
    yield Fact(
        "intent",
        {
            "claim": claim,
            "trivial": _TRIVIAL.search(claim) is not None or _DENIED.search(claim) is not None,
            "worst": worst.severity,
            "findings": len(grave),
            "summary": worst.message,
        },
        before=worst.before,
        after=worst.after,
        related=related,
    )


def spoken(message: str) -> str:
    """A message without what only its form says."""
    return _UNSAID.sub("", message) if "<!--" in message or "[ ]" in message else message


def claim_in(message: str) -> str:
    """The words of a message that make the change small, or deny that anything goes; "" for none."""
    message = spoken(message)
    subject = message.strip().split("\n", 1)[0].strip()
    if not subject or "BREAKING CHANGE" in message or _BREAKING.match(subject):
        return ""
    denied = next((found for found in _DENIED.finditer(message) if not _HELD.search(found[0])), None)
    if denied:
        return " ".join(denied[0].lower().split())
    typed = _TYPE.match(subject)
    words = [word[0].lower() for word in _SMALL.finditer(subject[typed.end() :] if typed else subject)]
    said = [typed["type"].lower(), *words] if typed else words
    return next((word for word in said if _TRIVIAL.search(word)), said[0] if said else "")


def claim_of_branch(branch: str) -> str:
    """What the name of a branch says of a change that has no message yet: `docs/...`, `ann/hotfix-...`."""
    found = _BRANCH.match(branch)
    return found["claim"].lower() if found else ""


def told_in(message: str) -> frozenset[str]:
    """The words of the sentences that say that something goes, is replaced or is moved, and do not deny it."""
    told: set[str] = set()
    for sentence in _SENTENCES.split(spoken(message)):
        if _VERB.search(_DENIED.sub(lambda said: said[0] if _HELD.search(said[0]) else " ", sentence)):
            told |= words_in(sentence)
    return frozenset(told)


def subject_of(finding: Finding) -> frozenset[str]:
    """The words by which a message could name what a finding is about: of its address, type and name."""
    entity = finding.impact.change.entity
    return words_in(" ".join((finding.address, entity.type, entity.name))) - _GENERIC


def words_in(text: str) -> frozenset[str]:
    """Lower-case words of three letters or more, plurals folded."""
    return frozenset(w.removesuffix("s") for w in _SPLIT.split(text.lower()) if len(w) > 2)
