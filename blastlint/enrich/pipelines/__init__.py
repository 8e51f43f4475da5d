"""`job` facts: a check that does not stop anything any more, an approval or a reviewed plan that is gone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from blastlint.command import Command
from blastlint.diff.commands import command_of
from blastlint.enrich.commands import saved_plan
from blastlint.enrich.commands.context import attribute
from blastlint.enrich.context import Context
from blastlint.enrich.pipelines import checks, tokens
from blastlint.enrich.pipelines.classes import ADVISORY, CHECKS, class_of
from blastlint.enrich.surroundings import environment_in
from blastlint.facts.commands import approvals, classes_of
from blastlint.masking import mask_text
from blastlint.model import Change, Entity, Fact, FactValue, Region
from blastlint.regex import regex

# Scripts whose name says that they check.
_CHECKING = regex(r"(?i)(^|[/_.-])(ci|checks?|tests?|lint|validate|verify)[\w.-]*\.(sh|bash)$")


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The facts of one change of a CI job, or of a command in one."""
    if change.kind == "pipeline.job":
        if change.before is not None and change.after is not None:
            yield from _job(change.before, change.after, context)
        elif change.before is not None and change.action == "removed":
            yield from _removed(change.before, context)
    elif change.kind == "pipeline.workflow":
        yield from checks.facts(change, context)
        yield from tokens.facts(change, context)
    elif change.before is not None and change.after is not None and change.action == "modified":
        yield from _command(change.before, change.after, context)


def _commands(entity: Entity) -> tuple[Command, ...]:
    assert isinstance(entity.detail, tuple)
    commands: tuple[Command, ...] = entity.detail[1]
    return commands


def _job(before: Entity, after: Entity, context: Context) -> Iterator[Fact]:
    commands = _commands(after)
    kind = class_of(after.name, commands)
    if not attribute(before, "nonblocking") and attribute(after, "nonblocking"):
        yield _fact(
            "nonblocking", after, kind, "a failure stops it", attribute(after, "nonblocking"), context, "nonblocking"
        )
    yield from _steps(before, after, context)
    if not _never(attribute(before, "condition")) and _never(attribute(after, "condition")):
        yield _fact(
            "disabled", after, kind, attribute(before, "condition"), attribute(after, "condition"), context, "condition"
        )
    yield from _cut(before, after, context)
    gate, now = _gate(before), _gate(after)
    asked = attribute(before, "approval") and not attribute(after, "approval")
    if gate and (not now or (asked and attribute(before, "environment") == attribute(after, "environment"))):
        yield _fact(
            "approval-removed", after, kind if kind == "deploy" else "other", gate, "nothing", context, "approval"
        )


def _steps(before: Entity, after: Entity, context: Context) -> Iterator[Fact]:
    """A step whose failure is let through, where it was not before."""
    old = {s[0]: s for s in _lines(before)}
    for name, nonblocking, condition in _lines(after):
        if name not in old:
            continue
        _, was, had = old[name]
        kind = _step_class(name, after, context)
        if nonblocking and not was:
            yield _fact(
                "nonblocking", after, kind, "a failure stops it", f"{name}: continue-on-error", context, f"steps.{name}"
            )
        if _never(condition) and not _never(had):
            yield _fact("disabled", after, kind, had, f"{name}: if: {condition}", context, f"steps.{name}.if")


def _lines(entity: Entity) -> list[tuple[str, str, str]]:
    text = attribute(entity, "steps")
    return [(a, b, c) for line in text.split("\n") if line for a, b, c in [(*line.split("\t"), "", "")[:3]]]


def _step_class(name: str, job: Entity, context: Context) -> str:
    prefix = f"{job.address}/{name}:"
    commands = [command_of(e) for e in context.entities_after if e.kind == "command" and e.address.startswith(prefix)]
    return class_of(name, commands)


def _never(condition: str) -> bool:
    return bool(re.fullmatch(r"(\$\{\{\s*)?(false|0|when: never)(\s*\}\})?", condition.strip()))


def _cut(before: Entity, after: Entity, context: Context) -> Iterator[Fact]:
    """A deploy job that waits for a check no longer, where the check is still there."""
    if class_of(after.name, _commands(after)) != "deploy":
        return
    waited, waits = set(attribute(before, "needs").split()), set(attribute(after, "needs").split())
    if not waited - waits:
        return
    path = after.region.path
    jobs = {e.name: e for e in context.entities_after if e.kind == "pipeline.job" and e.region.path == path}
    reached = _reached(waits, jobs)
    for name in sorted(waited - waits - reached):
        if name in jobs and class_of(name, _commands(jobs[name])) in CHECKS:
            yield _fact(
                "nonblocking", after, "deploy", f"needs {name}", "does not wait for it", context, f"needs.{name}"
            )


def _reached(names: set[str], jobs: dict[str, Entity]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += attribute(jobs[name], "needs").split() if name in jobs else []
    return found


def _gate(entity: Entity) -> str:
    """What makes a person look before the job runs: a manual step, or an environment with its reviewers."""
    environment = attribute(entity, "environment")
    return attribute(entity, "approval") or (f"environment: {environment}" if environment else "")


def _removed(before: Entity, context: Context) -> Iterator[Fact]:
    """An approval job that is gone while a job that waited for it is still there, and waits for no other."""
    if not attribute(before, "approval") or _commands(before):
        return
    after = {e.address: e for e in context.entities_after if e.kind == "pipeline.job"}
    approving = {_short(e) for e in after.values() if e.region.path == before.region.path and attribute(e, "approval")}
    for entity in context.entities_before:
        if entity.kind != "pipeline.job" or entity.region.path != before.region.path or entity.address not in after:
            continue
        still = after[entity.address]
        if _short(before) in attribute(entity, "needs").split() and not approving & set(
            attribute(still, "needs").split()
        ):
            gate = f"{before.name}: {attribute(before, 'approval')}"
            yield _fact("approval-removed", still, "deploy", gate, "nothing", context, "approval")
            return


def _short(job: Entity) -> str:
    return job.name.rsplit("/", 1)[-1]


# --- commands in jobs ----------------------------------------------------------------------------------------------


def _command(before: Entity, after: Entity, context: Context) -> Iterator[Fact]:
    old, new = command_of(before), command_of(after)
    classes = set(classes_of(new))
    kind = next((k for k in ("security", "test", "lint") if k in classes), "")
    in_ci = attribute(after, "container") in ("ci", "makefile", "package-script") or _CHECKING.search(after.region.path)
    if kind and in_ci:
        dashed = attribute(after, "container") == "makefile" and old.errexit and not new.errexit  # `-pytest` in a recipe
        quiet = dashed or (new.ignored and not old.ignored) or (_exit_zero(new) and not _exit_zero(old))
        if quiet:
            name = attribute(after, "job")
            if ADVISORY.search(f"{name} {attribute(after, 'step')}"):
                kind = "advisory"
            shown = mask_text(new.text) if new.text != old.text else f"{mask_text(new.text)} || true"
            yield _fact(
                "nonblocking", after, kind, mask_text(old.text), shown, context, "failure", new.region, old.region
            )
    if saved_plan(old) and not saved_plan(new) and new.verb == "apply" and approvals(new):
        yield _fact(
            "approval-removed",
            after,
            "deploy",
            mask_text(old.text),
            mask_text(new.text),
            context,
            "saved-plan",
            new.region,
            old.region,
        )


def _exit_zero(command: Command) -> bool:
    return command.has("exit-zero", "passWithNoTests", "soft-fail", "no-fail", "no-error-on-unmatched-pattern") or any(
        o.name in ("exit-code", "fail-on", "severity-threshold") and o.value in ("0", "never", "none")
        for o in command.options
    )


def _fact(
    what: str, entity: Entity, kind: str, before: str, after: str, context: Context, path: str,
    place: Region | None = None, place_before: Region | None = None,
) -> Fact:  # fmt: skip
    name = entity.name if entity.kind == "pipeline.job" else attribute(entity, "job") or entity.region.path
    environment = [attribute(entity, "environment"), name, entity.region.path.rsplit("/", 1)[-1]]
    fields: dict[str, FactValue] = {
        "what": what,
        "job": name,
        "class": kind,
        "before": before or "nothing",
        "after": after,
        "needed": any(entity.address in e.references for e in context.entities_after if e.kind == "pipeline.job"),
        "production": any(environment_in(t) == "production" for t in (*environment, before)),
    }
    return Fact("job", fields, path, before=place_before, after=place)
