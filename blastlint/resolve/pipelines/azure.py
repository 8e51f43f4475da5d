"""Azure Pipelines: stages, jobs, deployments and their strategies."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.model import Value
from blastlint.resolve.pipelines.model import (
    Job,
    Pipeline,
    Shell,
    Trigger,
    environment_of,
    header_of,
    names_of,
    strings_of,
    switched_on,
    text_of,
    variables_of,
)  # fmt: skip

_POWERSHELLS = ("pwsh", "powershell")
_POWERSHELL_TASKS = ("PowerShell@", "AzurePowerShell@", "AWSPowerShellModuleScript@")
_SHELLS = ("script", "bash", *_POWERSHELLS)
_MAX_DEPTH = 8


def fits(tree: Value) -> bool:
    return any(tree.get(key) is not None for key in ("stages", "jobs", "steps"))


def read(tree: Value) -> Pipeline:
    jobs: list[Job] = []
    shells: list[Shell] = []
    for stage, holder in _stages(tree):
        for name, job in _jobs(holder):
            label = "/".join(part for part in (stage, name) if part) or "job"
            environment = environment_of(job.get("environment"))
            env = variables_of(job.get("variables"))
            steps: list[tuple[str, str, str]] = []
            uses: list[str] = []
            approval = ""
            for number, step in enumerate(_steps(job, 0), 1):
                text = next((k for k in _SHELLS if step.get(k) is not None), "")
                task = text_of(step.get("task"))
                named = text_of(step.get("displayName")) or text_of(step.get("name")) or task or f"step {number}"
                steps.append((named, switched_on(step.get("continueOnError")), text_of(step.get("condition"))))
                if task:
                    uses.append(task)
                    approval = approval or (task if task.startswith("ManualValidation") else "")
                inline = (step.get("inputs", name) for name in ("inlineScript", "script", "Inline"))
                value = step.get(text) if text else next((v for v in inline if v is not None), None)
                if value is not None and text_of(value):
                    language = "powershell" if text in _POWERSHELLS or task.startswith(_POWERSHELL_TASKS) else "shell"
                    shells.append(
                        Shell(value, label, named, True, (), env, tuple(env), "", environment, language=language)
                    )
            needs = names_of(job.get("dependsOn")) or names_of(holder.get("dependsOn"))
            jobs.append(
                Job(
                    label, job.region, switched_on(job.get("continueOnError")), approval, environment,
                    text_of(job.get("condition")) or text_of(holder.get("condition")), needs, tuple(steps), tuple(uses),
                    header_of(job),
                )
            )  # fmt: skip
    return Pipeline(tuple(jobs), tuple(shells), tuple(_triggers(tree)), text_of(tree.get("name")))


def _stages(tree: Value) -> Iterator[tuple[str, Value]]:
    stages = tree.get("stages")
    if stages is None:
        yield "", tree
    for stage in stages.elements if stages is not None else ():
        yield text_of(stage.get("stage")), stage


def _jobs(holder: Value) -> Iterator[tuple[str, Value]]:
    jobs = holder.get("jobs")
    if jobs is None and holder.get("steps") is not None:
        yield "", holder
    for job in jobs.elements if jobs is not None else ():
        yield text_of(job.get("job")) or text_of(job.get("deployment")), job


def _steps(value: Value, depth: int) -> Iterator[Value]:
    """The steps of a job; those of a deployment stand below its strategy."""
    steps = value.get("steps")
    if steps is not None:
        yield from steps.elements
    elif depth < _MAX_DEPTH:
        for key in (
            "strategy",
            "runOnce",
            "rolling",
            "canary",
            "preDeploy",
            "deploy",
            "routeTraffic",
            "postRouteTraffic",
        ):
            child = value.get(key)
            if child is not None and child.is_map:
                yield from _steps(child, depth + 1)


def _triggers(tree: Value) -> Iterator[Trigger]:
    for key, event in (("trigger", "push"), ("pr", "pull_request"), ("schedules", "schedule")):
        value = tree.get(key)
        if value is None or text_of(value) == "none":
            continue
        branches = tuple(text_of(v) for v in strings_of(value.get("branches", "include") if value.is_map else value))
        ignored = tuple(text_of(v) for v in strings_of(value.get("paths", "exclude"))) if value.is_map else ()
        filters = [(k, v) for k, v in (("branches", branches), ("paths-ignore", ignored)) if v]
        yield Trigger(event, tuple(filters) if event != "schedule" else ())
