"""GitHub Actions (and Gitea, Forgejo): workflows and composite actions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from blastlint.command import Guard
from blastlint.model import Value
from blastlint.parse.shell_guards import kind_of
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

_FILTERS = ("branches", "branches-ignore", "tags", "paths", "paths-ignore", "types")


def read(tree: Value) -> Pipeline:
    triggers = tuple(_triggers(tree.get("on") or tree.get("true")))
    permissions = _permissions(tree.get("permissions"))
    title = text_of(tree.get("name"))
    jobs: list[Job] = []
    shells: list[Shell] = []
    listed = tree.get("jobs")
    default = _default_shell(tree)
    env = variables_of(tree.get("env"))
    for name, job in (listed.items if listed is not None else {}).items():
        steps = job.get("steps")
        condition = text_of(job.get("if"))
        environment = environment_of(job.get("environment"))
        seen: list[tuple[str, str, str]] = []
        uses: list[str] = [text_of(job.get("uses"))]
        checkout = ""
        own = {
            "runs-on": " ".join(text_of(v) for v in strings_of(job.get("runs-on"))),
            **env,
            **variables_of(job.get("env")),
        }
        for number, step in enumerate(steps.elements if steps is not None else (), 1):
            label = _step_name(step, number)
            step_if = text_of(step.get("if"))
            seen.append((label, switched_on(step.get("continue-on-error")), step_if))
            uses.append(text_of(step.get("uses")))
            if uses[-1].startswith("actions/checkout"):
                checkout = text_of(step.get("with", "ref")) or checkout
            run = step.get("run")
            if run is not None and text_of(run):
                variables = {**own, **variables_of(step.get("env"))}
                guards = tuple(
                    Guard(kind_of(c), f"if {c}", region=v.region)
                    for c, v in ((condition, job.get("if")), (step_if, step.get("if")))
                    if c and v is not None and _narrows(c)
                )
                shells.append(
                    _shell(
                        run,
                        name,
                        label,
                        text_of(step.get("shell")) or _default_shell(job) or default,
                        guards,
                        variables,
                        environment,
                    )
                )
        jobs.append(
            Job(
                name, job.region, _lenient(job), "", environment, condition,
                names_of(job.get("needs")), tuple(seen), tuple(u for u in uses if u), header_of(job),
                permissions if job.get("permissions") is None else _permissions(job.get("permissions")),
                _secrets(job.get("secrets")), checkout,
            )
        )  # fmt: skip
    steps = tree.get("runs", "steps")
    for number, step in enumerate(steps.elements if steps is not None else (), 1):
        run = step.get("run")
        if run is not None and text_of(run):
            shells.append(_shell(run, "runs", _step_name(step, number), text_of(step.get("shell")), (), env, ""))
    return Pipeline(tuple(jobs), tuple(shells), triggers, title)


def _triggers(on: Value | None) -> Iterator[Trigger]:
    if on is None:
        return
    if on.is_map:
        for event, value in on.items.items():
            filters = [(kind, tuple(text_of(v) for v in strings_of(value.get(kind)))) for kind in _FILTERS]
            yield Trigger(event, tuple((kind, values) for kind, values in filters if values))
    else:
        yield from (Trigger(text_of(event)) for event in strings_of(on))


def _permissions(value: Value | None) -> tuple[str, ...] | None:
    if value is None:
        return None
    if value.is_map:
        return tuple(sorted(f"{scope}: {text_of(level)}" for scope, level in value.items.items()))
    return (text_of(value),) if text_of(value) else ()


def _secrets(value: Value | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(sorted(value.items)) if value.is_map else (text_of(value),)


def _shell(
    run: Value,
    job: str,
    step: str,
    shell: str,
    guards: tuple[Guard, ...],
    variables: Mapping[str, str],
    environment: str,
) -> Shell:
    errexit = not shell or shell in ("bash", "sh") or bool(re.search(r"\s-\w*e", shell))
    known = {k: v for k, v in variables.items() if v and "${{" not in v}
    words = " ".join(f"{k}={v}" for k, v in variables.items())
    language = "powershell" if shell.split(" ")[0] in ("pwsh", "powershell") else "shell"
    assigned = tuple(k for k in variables if k not in known)
    return Shell(
        run, job, step, errexit or language == "powershell", guards, known, assigned, words, environment, language=language
    )


def _default_shell(value: Value) -> str:
    return text_of(value.get("defaults", "run", "shell"))


def _step_name(step: Value, number: int) -> str:
    return text_of(step.get("name")) or text_of(step.get("id")) or f"step {number}"


def _lenient(job: Value) -> str:
    """What lets the job's failure pass, or ""."""
    text = switched_on(job.get("continue-on-error"))
    return f"continue-on-error: {text}" if text else ""


def _narrows(condition: str) -> bool:
    """Whether an `if:` holds a step back; always() and its like do the contrary."""
    return not re.fullmatch(
        r"(\$\{\{)?\s*(always|success|failure|cancelled|!\s*cancelled)\(\)\s*(\}\})?", condition.strip()
    )
