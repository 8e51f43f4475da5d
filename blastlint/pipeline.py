"""The whole flow. The only module that knows the order of the layers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from blastlint import diff, enrich, policy, resolve
from blastlint.config import Config, with_attributes, without_excluded
from blastlint.diff import files
from blastlint.diff.anchors import Anchors
from blastlint.engine.judge import Judge
from blastlint.engine.rule import Rule
from blastlint.enrich import intent
from blastlint.enrich.context import Context
from blastlint.frozen import replace
from blastlint.model import ChangeSet, Document, Finding, Notification, Region, Report
from blastlint.parse import NO_PARSER
from blastlint.parse.workspace import Workspace
from blastlint.policy.accept import Acceptance
from blastlint.policy.verdict import verdict

_COVERAGE = {"opaque": "not analysed", "partial": "analysed in part"}


def check(
    change_set: ChangeSet,
    rules: Sequence[Rule],
    config: Config | None = None,
    acceptances: Sequence[Acceptance] = (),
) -> Report:
    """Judge one change set. `acceptances` are what a person outside the tree has accepted."""
    config = with_attributes(config or Config(), change_set.before)
    change_set = without_excluded(change_set, config)
    before, after = Workspace(change_set.before, "before"), Workspace(change_set.after, "after")
    changed = _analysable(change_set)
    rendered = resolve.rendered(before, after, changed, change_set.renderers)
    sides = resolve.both(before, after, changed, whole=bool(change_set.plans))
    (entities_before, entities_after), plans = resolve.plans.joined(change_set.plans, sides)
    changes = (*diff.changes(entities_before, entities_after), *files.changes(change_set))
    declared = {rule.id: rule.severity for rule in rules}
    context = Context(change_set, config, before, after, entities_before, entities_after, changes, declared, plans)
    impacts, differences = enrich.compared(context, enrich.impacts(context), sides)
    judge = Judge(rules, config.severities)
    judged = judge.findings(impacts)
    allowed, _ = policy.dispose(judged, before, acceptances)
    stated = intent.impacts(context, [finding for finding in allowed if finding.counts])
    findings, told = policy.dispose((*judged, *judge.findings(stated)), before, acceptances)
    unread = (*_unread((*after.documents(), *before.documents())), *_cut(after, before))
    unjudged = _unjudged(change_set, config)
    notifications = (*change_set.notifications, *rendered, *differences, *unjudged, *unread, *told)
    return Report(
        change_set=change_set,
        impacts=(*impacts, *stated),
        findings=_placed(change_set, findings),
        notifications=notifications,
        verdict=verdict(findings, notifications, config.fail_on),
        rule_ids=tuple(rule.id for rule in rules),
        files_analysed=len(changed),
    )


def _unjudged(change_set: ChangeSet, config: Config) -> Iterable[Notification]:
    """What the policy asks for and this run could not look at."""
    if config.freezes and not change_set.now:
        yield Notification(
            "no-clock",
            "warning",
            "freezes are not looked at: the check is told no time (--now, BLASTLINT_NOW)",
            config.source,
        )


def _analysable(change_set: ChangeSet) -> tuple[str, ...]:
    """Both names of every changed file that has content of its own, sorted."""
    paths = {p for f in change_set.files if not (f.is_submodule or f.is_symlink) for p in (f.before, f.after) if p}
    return tuple(sorted(paths))


def _placed(change_set: ChangeSet, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding with the line of head on which it is shown."""
    anchors = Anchors(change_set)
    return tuple(replace(f, anchor=anchors.place(f.before, f.after, _block(f))) for f in findings)


def _block(finding: Finding) -> Region | None:
    survivor = finding.impact.change.after
    return survivor.region if survivor is not None else None


def _unread(documents: Iterable[Document]) -> tuple[Notification, ...]:
    """What was not analysed whole, once for both sides. A kind of file without a parser is a file-level change, and not
    incomplete.
    """
    sides: dict[tuple[str, str, str], list[Document]] = {}
    for document in documents:
        if document.coverage != "full" and document.reason != NO_PARSER:
            sides.setdefault((document.path, document.coverage, document.reason), []).append(document)
    return tuple(
        Notification(
            "analysis-incomplete",
            "warning" if coverage == "opaque" else "note",
            f"{_COVERAGE[coverage]} ({' and '.join(sorted(d.side for d in found)[::-1])}): {reason}",
            path,
            found[0].line,
            incomplete=True,
        )
        for (path, coverage, reason), found in sides.items()
    )


def _cut(*sides: Workspace) -> tuple[Notification, ...]:
    """What limits left out, once for both sides."""
    return tuple(
        Notification("analysis-incomplete", "warning", f"analysed in part: {left_out}", path, incomplete=True)
        for path, left_out in dict.fromkeys(cut for side in sides for cut in side.cuts)
    )
