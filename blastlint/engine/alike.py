"""One cause, one finding: where a rule says the same of many things of one kind, it says it once, of the first of them.

The same is said where the message is the same but for the address, and so are the level, the type and what happens to the
thing. What holds data, or is made anew, is told one by one however many there are: each is a loss of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from blastlint.frozen import replace
from blastlint.model import Finding, Related

_KINDS = ("kubernetes.object", "cloudformation.resource", "compose.service")
_LEAVING = ("destroy", "orphan", "forget")
_FEW = 4
_MAX_RELATED = 50
_TOO = "is told the same"


def once(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, in order, with one for those that are alike."""
    groups: dict[object, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(_said(finding) if _may_be_one(finding) else id(finding), []).append(finding)
    return [f for group in groups.values() for f in ([_for_all(group)] if len(group) > _FEW else group)]


def _may_be_one(finding: Finding) -> bool:
    impact = finding.impact
    is_loss = (impact.stateful and impact.effect in _LEAVING) or (finding.fact and finding.fact.name == "replacement")
    return impact.change.kind in _KINDS and not is_loss


def _said(finding: Finding) -> object:
    impact = finding.impact
    change = impact.change
    return (
        finding.rule_id,
        finding.severity,
        finding.message.replace(change.address, "").replace(change.entity.name, ""),
        change.type,
        change.action,
        impact.effect,
        impact.environment,
    )


def _for_all(group: list[Finding]) -> Finding:
    first, *others = group
    shown = others if len(others) <= _MAX_RELATED else others[: _MAX_RELATED - 1]
    places = [Related(_TOO, f.after or f.before, f.address) for f in shown]
    if len(shown) < len(others):
        places.append(Related(f"and {len(others) - len(shown):,} more are"))
    return replace(first, related=(*first.related, *places))
