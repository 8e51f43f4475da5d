"""The report as JSON, schema `blastlint/1`: everything, suppressed and accepted findings included.

Places are {path, startLine, endLine} as in SARIF; fields are only ever added within a schema number.
"""

from __future__ import annotations

import json

from blastlint import __version__
from blastlint.model import SEVERITIES, Finding, Impact, Notification, Region, Related, Report
from blastlint.report import Options
from blastlint.report.view import View, worst_first

SCHEMA = "blastlint/1"
Json = dict[str, object]


def render(report: Report, options: Options) -> str:
    return (
        json.dumps(document(report, options), indent=2, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n"
    )


def document(report: Report, options: Options) -> Json:
    view = View(report, options.rules)
    change_set, verdict = report.change_set, report.verdict
    counted = view.counted()
    summary: Json = {severity: sum(1 for f in counted if f.severity == severity) for severity in SEVERITIES}
    return {
        "schema": SCHEMA,
        "tool": {"name": "blastlint", "version": __version__},
        "base": change_set.base,
        "head": change_set.head,
        "complete": change_set.complete,
        "verdict": {
            "outcome": "fail" if verdict.failing else "pass",
            "fail_on": verdict.fail_on,
            "failing": verdict.failing,
            "incomplete": verdict.incomplete,
        },
        "summary": {
            **summary,
            "suppressed": len(report.findings) - len(counted),
            "files": len(change_set.files),
            "changes": sum(1 for i in report.impacts if i.change.kind != "change-set"),
        },
        "rules": list(report.rule_ids),
        "findings": [_finding(finding, view) for finding in worst_first(report.findings)],
        "changes": [_change(impact, view) for impact in report.impacts if impact.change.kind != "change-set"],
        "notifications": [_notification(note, view) for note in report.notifications],
    }


def _finding(finding: Finding, view: View) -> Json:
    impact = finding.impact
    anchor = finding.anchor
    return {
        "rule": finding.rule_id,
        "name": finding.rule_name,
        "severity": finding.severity,
        "declared_severity": finding.declared_severity,
        "adjusted": list(finding.adjusted),
        "confidence": finding.confidence,
        "message": view.message(finding),
        "why": view.why(finding),
        "instead": view.instead(finding),
        **_subject(impact, view),
        "address": view.address(finding),
        "environment": impact.environment,
        "path_class": impact.path_class,
        "recoverability": impact.recoverability,
        "dependents": [_related(related, view) for related in impact.dependents],
        "before": place(finding.before),
        "after": place(finding.after),
        "shown_at": {**(place(anchor.region) or {}), "choice": anchor.choice} if anchor else None,
        "related": [_related(related, view) for related in finding.related],
        "fingerprint": finding.fingerprint,
        "suppressions": [
            {
                "kind": suppression.kind,
                "justification": view.redact.text(suppression.justification),
                "location": place(suppression.location),
            }
            for suppression in finding.suppressions
        ],
    }


def _change(impact: Impact, view: View) -> Json:
    change = impact.change
    return {
        **_subject(impact, view),
        "confidence": impact.confidence,
        "replace_paths": list(impact.replace_paths),
        "explained_by": change.explained_by,
        **({"foreseen": impact.foreseen} if impact.foreseen is not None else {}),
        "before": place(change.before.region if change.before else None),
        "after": place(change.after.region if change.after else None),
    }


def _subject(impact: Impact, view: View) -> Json:
    """What a finding and a change both say of the thing that changed."""
    change = impact.change
    entity = change.entity
    return {
        "address": view.redact.text(change.address),
        "previous_address": view.redact.text(change.previous_address),
        "kind": entity.kind,
        "type": entity.type,
        "configuration": entity.configuration,
        "variant": entity.variant,
        "action": change.action,
        "effect": impact.effect,
        "blocked_by": impact.blocked_by,
        "cause": impact.cause,
        "evidence": change.evidence,
    }


def place(region: Region | None) -> Json | None:
    if region is None:
        return None
    return {"path": region.path, "startLine": region.start_line, "endLine": region.last_line}


def _related(related: Related, view: View) -> Json:
    return {
        "message": view.redact.text(related.message),
        "address": view.redact.text(related.address),
        "side": related.region.side if related.region else None,
        "location": place(related.region),
    }


def _notification(note: Notification, view: View) -> Json:
    return {
        "id": note.id,
        "level": note.level,
        "message": view.redact.text(note.message),
        "path": note.path,
        "line": note.line,
        "incomplete": note.incomplete,
    }
