"""What the change says of itself, held against what it does. Text can only raise risk."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from blastlint.enrich.context import Context
from blastlint.model import SEVERITIES, Fact, Finding, Impact, Related

# Words by which people call a change small. Conventional types first: they are the clearest claim.
_TYPE = re.compile(
    r"^(?P<type>docs?|style|chore|typo|test|refactor|fix|lint|format|nit)(\([^)]*\))?(?P<bang>!?):", re.I
)
_SMALL = re.compile(
    r"\b(typos?|nits?|whitespace|formatting|reformat|cosmetic|cleanup|clean[- ]up|tidy|spelling|wording|"
    r"minor|trivial|small|tiny|quick|simple|one[- ]liner|off by (one|a)|lint|comments?|rename variable|bump|"
    r"bug ?fix|hot ?fix|fix(es|ed)?|refactor(ing|ed)?)\b",
    re.I,
)
# A message that names the destruction has told the truth, whatever its type.
_OWNED = re.compile(
    r"\b(remov\w*|delet\w*|destroy\w*|drop(s|ped|ping)?|decommission\w*|tear(ing)?[ -]?down|retire\w*|replac\w*|recreat\w*|"
    r"migrat\w*|disabl\w*|wip(e|es|ing)|purg\w*|shut(ting)?[ -]?down|turn(s|ed|ing)? off|scal\w+ (down|to)|"
    r"open(s|ed|ing)? up|widen\w*|renam\w*|revert\w*|unprotect\w*)\b",
    re.I,
)
_WHOLE_ENVIRONMENT = ("RES", "STA", "MIG", "ACC", "NET", "CMD", "GRD", "CAP", "PIP", "SAF")


def impacts(context: Context, findings: Sequence[Finding]) -> tuple[Impact, ...]:
    """The change set's impact with an `intent` fact, where the message makes the change small and the findings do not."""
    whole = next((change for change in context.changes if change.kind == "change-set"), None)
    fact = next(_facts(context.change_set.message, findings), None)
    return (Impact(whole, "in-place", facts=(fact,)),) if whole is not None and fact is not None else ()


def _facts(message: str, findings: Sequence[Finding]) -> Iterator[Fact]:
    claim = claim_in(message)
    grave = [f for f in findings if f.severity in ("critical", "high") and f.rule_id[:3] in _WHOLE_ENVIRONMENT]
    if not claim or not grave:
        return
    worst = min(grave, key=lambda finding: SEVERITIES.index(finding.severity))
    related = tuple(Related(f"{f.rule_id} {f.message}", f.after or f.before, f.address) for f in grave[:10])
    yield Fact(
        "intent",
        {
            "claim": claim,
            "worst": worst.severity,
            "findings": len(grave),
            "summary": worst.message,
        },
        before=worst.before,
        after=worst.after,
        related=related,
    )


def claim_in(message: str) -> str:
    """The words that make the change small, or "" when there are none or when the message names what is destroyed."""
    subject = message.strip().split("\n", 1)[0].strip()
    if not subject or _OWNED.search(message) or "BREAKING CHANGE" in message:
        return ""
    typed = _TYPE.match(subject)
    if typed:
        return "" if typed["bang"] else typed["type"].lower()
    small = _SMALL.search(subject)
    return small[0].lower() if small else ""
