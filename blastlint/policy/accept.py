"""What a person outside the tree has accepted: `RULE@ADDRESS`, or a finding's fingerprint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from blastlint.errors import UsageError
from blastlint.frozen import dataclass, replace
from blastlint.model import Finding, Notification, Suppression
from blastlint.regex import regex

_FINGERPRINT = regex(r"[0-9a-f]{32}")
_RULE = regex(r"[A-Z]{3,}\d{3}")


@dataclass(frozen=True, slots=True)
class Acceptance:
    """`text` is as given. Either rule and address, or the fingerprint."""

    text: str
    rule_id: str = ""
    address: str = ""
    fingerprint: str = ""

    def accepts(self, finding: Finding) -> bool:
        if self.fingerprint:
            return finding.fingerprint == self.fingerprint
        return (finding.rule_id, finding.address) == (self.rule_id, self.address)


def acceptance(text: str) -> Acceptance:
    """One `--accept`. Raises UsageError for what is neither form: a wanted change is named exactly."""
    text = text.strip()
    if _FINGERPRINT.fullmatch(text):
        return Acceptance(text, fingerprint=text)
    rule, at, address = text.partition("@")
    if not at or not address or not _RULE.fullmatch(rule):
        raise UsageError(
            f"cannot accept {text!r}",
            remedy="Write RULE@ADDRESS as the report shows them (RES002@aws_db_instance.main), or the fingerprint.",
        )
    return Acceptance(text, rule, address)


def accepted(
    findings: Iterable[Finding], acceptances: Sequence[Acceptance]
) -> tuple[tuple[Finding, ...], tuple[Notification, ...]]:
    """The findings, the accepted ones marked, and a notification for each acceptance that meets none."""
    used: set[str] = set()
    done: list[Finding] = []
    for finding in findings:
        matching = [a for a in acceptances if a.accepts(finding)]
        used.update(a.text for a in matching)
        marks = tuple(Suppression("external", f"accepted: {a.text}") for a in dict.fromkeys(matching))
        done.append(replace(finding, suppressions=(*finding.suppressions, *marks)))
    unused = dict.fromkeys(a.text for a in acceptances if a.text not in used)
    return tuple(done), tuple(
        Notification("acceptance-unused", "note", f"accepted, but there is no such finding: {text}") for text in unused
    )
