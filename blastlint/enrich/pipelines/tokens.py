"""`token` facts: what a pipeline may do grew. Permissions of its token, an event that runs strangers' changes with secrets,
secrets handed to more."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.model import Change, Entity, Fact, FactValue
from blastlint.regex import regex
from blastlint.resolve.pipelines import Job, Pipeline

_LEVELS = {"none": 0, "": 0, "read": 1, "write": 2}
_HEAD = regex(
    r"github\.event\.pull_request\.head|github\.head_ref|refs/pull/|event\.workflow_run\.head|issue\.number|merge_commit_sha"
)
# What can change code, releases or who may do what; the others write to places beside it.
_GRAVE = frozenset({"contents", "actions", "packages", "deployments", "id-token", "administration", "attestations"})
_PRIVILEGED = ("pull_request_target", "workflow_run", "issue_comment")


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The facts of one changed pipeline: each cause once, for all jobs that it concerns."""
    if change.before is None or change.after is None:
        return
    (pipeline, jobs), (pipeline_after, jobs_after) = _parts(change.before), _parts(change.after)
    old = {job.name: job for job in jobs}
    grown: dict[tuple[str, str, str], list[Job]] = {}
    for job in jobs_after:
        was = old.get(job.name)
        if was is not None:
            for what in _growth(was, job):
                grown.setdefault(what, []).append(job)
    for (kind, before, after), concerned in grown.items():
        yield _fact(kind, before, after, concerned, change.after)
    yield from _triggers(change, pipeline, pipeline_after, jobs_after)


def _parts(workflow: Entity) -> tuple[Pipeline, tuple[Job, ...]]:
    assert isinstance(workflow.detail, tuple)
    return workflow.detail[0], workflow.detail[1]


def _growth(old: Job, new: Job) -> Iterator[tuple[str, str, str]]:
    """(what, before, after) of each way in which a job may do more."""
    if old.permissions is not None and new.permissions is None:
        yield "block-removed", _shown(old.permissions), "whatever the repository's default gives"
    elif old.permissions is not None and new.permissions is not None:
        wider = _wider(old.permissions, new.permissions)
        if wider:
            yield "permissions-widened", _shown(old.permissions), wider
    elif new.permissions is not None and "write-all" in new.permissions:
        yield "permissions-widened", "the repository's default", "write-all"
    if "inherit" in new.secrets and "inherit" not in old.secrets:
        yield "secrets-inherited", _shown(old.secrets), "every secret of the repository"


def _wider(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    if "write-all" in after:
        return "" if "write-all" in before else "write-all"
    old, new = _scopes(before), _scopes(after)
    everything = 2 if "write-all" in before else 1 if "read-all" in before else 0
    grown = [s for s, level in new.items() if level == 2 and level > max(old.get(s, 0), everything)]
    return ", ".join(f"{scope}: write" for scope in sorted(grown))


def _scopes(permissions: tuple[str, ...]) -> dict[str, int]:
    pairs = (line.partition(": ") for line in permissions)
    return {scope: _LEVELS.get(level, 0) for scope, colon, level in pairs if colon}


def _shown(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "nothing"


def _triggers(change: Change, old: Pipeline, new: Pipeline, jobs: tuple[Job, ...]) -> Iterator[Fact]:
    """An event that runs with the repository's own token and secrets, on what a stranger sent."""
    before, after = {t.event for t in old.triggers}, {t.event for t in new.triggers}
    for event in _PRIVILEGED:
        if event in after and event not in before and change.after is not None:
            yield _fact("trigger-privileged", ", ".join(sorted(before)), event, list(jobs), change.after)
    was = any(_HEAD.search(j.checkout) for j in _parts(change.before)[1]) if change.before is not None else False
    fetching = [job for job in jobs if _HEAD.search(job.checkout)]
    kept = [e for e in _PRIVILEGED if e in before and e in after]
    if kept and fetching and not was and change.after is not None:
        yield _fact("head-checked-out", "its own code", fetching[0].checkout, fetching, change.after)


def _fact(what: str, before: str, after: str, jobs: list[Job], entity: Entity) -> Fact:
    scopes = {part.partition(":")[0].strip() for part in after.split(",")}
    deploying = bool(jobs) and all(job.environment for job in jobs)
    fields: dict[str, FactValue] = {
        "what": what,
        "before": before,
        "after": after,
        "jobs": tuple(job.name for job in jobs[:10]),
        "grave": what != "permissions-widened" or "write-all" in after or bool(scopes & _GRAVE),
        "only_identity": scopes == {"id-token"},
        "environment": deploying,
        "head": any(_HEAD.search(job.checkout) for job in jobs),
    }
    place = jobs[0].header or jobs[0].region if jobs else entity.header
    return Fact("token", fields, f"{what}:{after if what == 'permissions-widened' else ''}", after=place)
