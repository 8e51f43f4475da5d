"""`check` facts: what a pipeline tested, linted or scanned before and does no more, and events that it no longer runs on.

What a pipeline checks is a set of kinds: the tool and verb of a command, the action of a step. A check is gone when no
pipeline of the repository has its kind any more and nothing of its class came in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from blastlint.command import Command
from blastlint.enrich.context import Context
from blastlint.enrich.pipelines.classes import ADVISORY
from blastlint.facts.commands import classes_of
from blastlint.frozen import dataclass
from blastlint.masking import mask_text
from blastlint.model import Change, Entity, Fact, FactValue, Region, Related
from blastlint.regex import regex
from blastlint.resolve import commands as resolved
from blastlint.resolve.pipelines import Job, Pipeline, Trigger, is_pipeline

_ACTIONS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        regex(
            r"(?i)codeql-action/analyze|trivy|snyk|semgrep|dependency-review|gitleaks|trufflehog|zizmor|scorecard|checkov"
            r"|tfsec|grype|sonar|bandit|osv-scanner|kics|secret-(scan|detect)|(^|/)(sast|dast)\b|(dependency|container)-scanning"
        ),
        "security",
    ),
    (
        regex(
            r"(?i)golangci|super-linter|reviewdog|pre-commit|shellcheck|hadolint|tflint|actionlint|eslint|ruff|markdownlint"
        ),
        "lint",
    ),
    (
        regex(r"(?i)(?!.*(results?|report|reporter|summary)([-@]|$))(^|.*[/-])(test|tests|pytest|tox|cypress|playwright|cibuildwheel|chart-testing)([/-]|-action|@|$)"),
        "test",
    ),
)
_DOCUMENTS = regex(
    r"(?i)^!?(\*\*/)?(docs?|documentation|\.github/(issue|pull)|examples?|website|assets|images?)(/|$)|\.(md|mdx|rst|txt|adoc|png|svg|jpg)$|license|changelog|readme|codeowners|gitignore"
)
_MAIN = frozenset({"main", "master", "trunk", "develop", "**", "*", "release/**", "release/*", "production"})


_KIND = regex(r"[A-Za-z]{3,}")
_RUNNERS = ("make", "just", "task", "nx", "turbo", "mvn", "gradle")  # what they run is what they are given


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a job checks; `kind` is what makes it the same check elsewhere."""

    job: str
    kind: str
    check_class: str
    text: str
    region: Region | None


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The facts of one changed, removed or moved pipeline."""
    if change.before is None:
        return
    before = checks_of(change.before)
    if change.after is None:
        yield from _gone(change, before, context, whole=True)
    else:
        yield from _gone(change, before, context, whole=False)
        yield from _triggers(change.before, change.after, before, context)
        yield from _matrices(change.before, change.after, before, context)


def checks_of(workflow: Entity) -> tuple[Check, ...]:
    """Everything that a pipeline checks; what only reports or comments is left out."""
    _, jobs, commands = _detail(workflow)
    found: list[Check] = []
    for job in jobs:
        if not ADVISORY.search(job.name):
            found += (
                Check(job.name, use.partition("@")[0], kind, use, job.header or job.region)
                for use in job.uses
                for kind in [_action_class(use)]
                if kind
            )
    for name, members in commands.items():
        for command in members:
            kind = next((c for c in ("security", "test", "lint") if c in classes_of(command)), "")
            if kind and not command.ignored and not ADVISORY.search(name):
                found.append(Check(name, _kind(command), kind, command.text, command.region))
    return tuple(found)


def _kind(command: Command) -> str:
    target = (
        command.targets[0].value
        if (command.tool in _RUNNERS or command.verb in ("run", "run-script")) and command.targets
        else ""
    )
    return " ".join(part for part in (command.tool, command.verb, target) if part)


def _action_class(use: str) -> str:
    return next((kind for pattern, kind in _ACTIONS if pattern.search(use)), "")


def _detail(workflow: Entity) -> tuple[Pipeline, Sequence[Job], Mapping[str, Sequence[Command]]]:
    assert isinstance(workflow.detail, tuple)
    pipeline, jobs, commands = workflow.detail
    return pipeline, jobs, commands


def _gone(change: Change, before: Sequence[Check], context: Context, whole: bool) -> Iterator[Fact]:
    assert change.before is not None
    kept = {c.kind for c in context.once(_checks_after)}
    lost = [c for c in before if c.kind not in kept]
    if lost:
        everywhere = kept | {c.kind for c in context.once(_checks_elsewhere)}
        lost = [c for c in lost if c.kind not in everywhere]
    known = {c.kind for c in context.once(_checks_before)}
    came = {c.check_class for c in context.once(_checks_after) if c.kind not in known}
    lost = [c for c in lost if c.check_class not in came]
    if not lost:
        return
    worst = next(k for k in ("security", "test", "lint") if any(c.check_class == k for c in lost))
    jobs_after = {j.name for j in _detail(change.after)[1]} if change.after is not None else set()
    jobs = list(dict.fromkeys(c.job for c in lost))
    what = "workflow" if whole else "job" if all(j not in jobs_after for j in jobs) else "step"
    shown = list(dict.fromkeys(mask_text(c.text) for c in lost))
    left = sum(1 for c in context.once(_checks_after) if c.check_class == worst)
    yield _fact(
        change, f"{what}-removed", worst, ", ".join(jobs[:3]), "; ".join(shown[:3]), "nothing", len(shown), left,
        tuple(Related("was checked here", c.region) for c in lost[1:10]), lost[0].region,
    )  # fmt: skip


def _checks_before(context: Context) -> tuple[Check, ...]:
    return tuple(c for e in context.entities_before if e.kind == "pipeline.workflow" for c in checks_of(e))


def _checks_after(context: Context) -> tuple[Check, ...]:
    return tuple(c for e in context.entities_after if e.kind == "pipeline.workflow" for c in checks_of(e))


def _checks_elsewhere(context: Context) -> tuple[Check, ...]:
    """The checks of the pipelines that did not change. Asked only when one of a changed pipeline is gone."""
    changed = {e.region.path for e in context.entities_after if e.kind == "pipeline.workflow"}
    directories = {f.path.rpartition("/")[0] for f in context.change_set.files if is_pipeline(f.path)}
    paths = [
        p for d in sorted(directories) for p in context.after.tree.listdir(d) if is_pipeline(p) and p not in changed
    ]
    found = resolved.entities(context.after, paths)
    return tuple(c for e in found if e.kind == "pipeline.workflow" for c in checks_of(e))


# --- triggers ------------------------------------------------------------------------------------------------------


def _triggers(before: Entity, after: Entity, checks: Sequence[Check], context: Context) -> Iterator[Fact]:
    """A pipeline with checks that runs on less than before."""
    worst = next((k for k in ("security", "test", "lint") if any(c.check_class == k for c in checks)), "")
    if not worst or not checks_of(after):
        return
    old = {t.event: t for t in _detail(before)[0].triggers}
    new = {t.event: t for t in _detail(after)[0].triggers}
    always = any(t.event in ("push", "always") and not t.filters for t in new.values())
    for event in ("pull_request", "pull_request_target", "merge_request_event", "merge_group", "push"):
        was, now = old.get(event), new.get(event)
        if was is None:
            continue
        if now is None:
            replaced = always or (event.startswith("pull_request") and any(e.startswith("pull_request") for e in new))
            reviewed = event == "push" and any(e.startswith(("pull_request", "merge_group")) for e in new)
            called = "workflow_call" in new and "workflow_call" not in old
            if not replaced and not called and not reviewed and event != "merge_group":
                yield _trigger(before, after, "trigger-removed", worst, f"on {was.text}", f"not on {event}", event)
        else:
            narrower = _narrower(was, now, {f.after: f.before for f in context.change_set.files if f.status == "renamed"})
            if narrower and not (event == "push" and any(e.startswith("pull_request") for e in new)):
                yield _trigger(before, after, "trigger-narrowed", worst, was.text, narrower, event)


def _narrower(was: Trigger, now: Trigger, renamed: Mapping[str | None, str | None]) -> str:
    """How an event's filters let less through, in words; empty when they do not, or only documents are left out. `renamed`:
    the new path of a file -> its old one, which a filter may follow."""
    old, new = dict(was.filters), dict(now.filters)
    left_out = old.get("paths-ignore", ())
    ignored = [
        p
        for p in new.get("paths-ignore", ())
        if p not in left_out and renamed.get(p) not in left_out and not _DOCUMENTS.search(p)
    ]
    if ignored:
        return f"not for {', '.join(ignored)}"
    if "paths" in new and "paths" not in old and not any(p in ("**", "*") for p in new["paths"]):
        return f"only for {', '.join(new['paths'])}"
    gone = [b for b in old.get("branches", ()) if b in _MAIN and b not in new.get("branches", ("**",))]
    if (
        gone
        and "branches" in new
        and not any(b in ("*", "**") or b in _MAIN - set(old["branches"]) for b in new["branches"])
    ):
        return f"not for {', '.join(gone)}"
    return ""


# --- matrices ------------------------------------------------------------------------------------------------------


def _matrices(before: Entity, after: Entity, checks: Sequence[Check], context: Context) -> Iterator[Fact]:
    """Kinds of things (a system, a suite) that a job with checks no longer runs for. Another version of one is no loss: old
    versions leave all the time."""
    now = {job.name: job for job in _detail(after)[1]}
    workflows = (e for e in context.entities_after if e.kind == "pipeline.workflow")
    kept = {kind for workflow in workflows for job in _detail(workflow)[1] for kind in _kinds(job)}
    classes = {check.job: check.check_class for check in reversed(checks)}
    for job in _detail(before)[1]:
        left = now.get(job.name)
        kind = classes.get(job.name, "")
        if left is None or not left.matrix or not job.matrix or not kind:
            continue
        lost = _kinds(job) - kept - _kinds_gone(job, context)
        if lost and not _kinds(left) - _kinds(job):
            gone = ", ".join(word for word in job.matrix if _kind_of(word) in lost and word not in left.matrix)
            fields = _fields("matrix-narrowed", kind, job.name, gone, "nothing", len(lost), len(left.matrix))
            yield Fact("check", fields, f"matrix.{job.name}", before=job.header, after=left.header)


def _kinds_gone(job: Job, context: Context) -> frozenset[str]:
    """Those of a matrix's words that name folders of which this change takes files away: there is nothing left to check."""
    parts = {part for file in context.change_set.files if file.after is None for part in f"{file.before}".split("/")}
    return frozenset(_kind_of(word) for word in job.matrix if not parts.isdisjoint(word.split("/")))


def _kinds(job: Job) -> frozenset[str]:
    return frozenset(kind for word in job.matrix if (kind := _kind_of(word)))


def _kind_of(word: str) -> str:
    """`windows-2022` is windows; a version alone (`3.12`, `py312`) is nothing."""
    match = _KIND.match(word)
    return match[0].lower() if match is not None else ""


def _trigger(before: Entity, after: Entity, what: str, worst: str, was: str, now: str, event: str) -> Fact:
    fields = _fields(what, worst, after.name, was, now, 1, 1)
    return Fact("check", fields, f"trigger.{event}", before=before.header, after=after.header)


def _fact(
    change: Change, what: str, kind: str, job: str, before: str, after: str, count: int, left: int,
    related: tuple[Related, ...], region: Region | None,
) -> Fact:  # fmt: skip
    fields = _fields(what, kind, job or change.entity.name, before, after, count, left)
    return Fact("check", fields, what, before=region, related=related)


def _fields(what: str, kind: str, job: str, before: str, after: str, count: int, left: int) -> dict[str, FactValue]:
    return {
        "what": what, "class": kind, "job": job, "before": before, "after": after, "count": count, "left": left,
    }  # fmt: skip
