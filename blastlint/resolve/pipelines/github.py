"""GitHub Actions (and Gitea, Forgejo): workflows and composite actions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from blastlint.command import Guard
from blastlint.model import Value
from blastlint.parse.shell_guards import kind_of
from blastlint.regex import regex
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

# What a run says of where it comes from; branches are known to every condition of a shell.
_WHERE = regex(r"\bgithub\.(event_name|ref_type|base_ref|head_ref|repository|repository_owner|actor|triggering_actor)\b")
_FILTERS = ("branches", "branches-ignore", "tags", "paths", "paths-ignore", "types")


def read(tree: Value) -> Pipeline:
    permissions = _permissions(tree.get("permissions"))
    env, shell = variables_of(tree.get("env")), _default_shell(tree)
    listed = tree.get("jobs")
    named = listed.items if listed is not None else {}
    jobs = tuple(_job(name, job, permissions) for name, job in named.items())
    shells = [s for name, job in named.items() for s in _shells(name, job, env, shell)]
    for label, step in _steps(tree.get("runs", "steps")):  # of an action
        if text_of(step.get("run")):
            shells.append(_shell(step, "runs", label, text_of(step.get("shell")), (), env, ""))
    triggers = tuple(_triggers(tree.get("on") or tree.get("true")))
    return Pipeline(jobs, tuple(shells), triggers, text_of(tree.get("name")))


def _job(name: str, job: Value, inherited: tuple[str, ...] | None) -> Job:
    """A job as an entity; `inherited` are the permissions of its workflow."""
    steps = list(_steps(job.get("steps")))
    uses = [text_of(value.get("uses")) for value in (job, *(step for _, step in steps))]
    checkouts = (step for _, step in steps if text_of(step.get("uses")).startswith("actions/checkout"))
    refs = [ref for step in checkouts if (ref := text_of(step.get("with", "ref")))]
    return Job(
        name,
        job.region,
        _lenient(job),
        "",
        environment_of(job.get("environment")),
        text_of(job.get("if")),
        names_of(job.get("needs")),
        tuple((label, switched_on(step.get("continue-on-error")), text_of(step.get("if"))) for label, step in steps),
        tuple(filter(None, uses)),
        header_of(job),
        inherited if job.get("permissions") is None else _permissions(job.get("permissions")),
        _secrets(job.get("secrets")),
        refs[-1] if refs else "",
        tuple(_matrix(job.get("strategy", "matrix"))),
    )


def _matrix(matrix: Value | None) -> Iterator[str]:
    """The words of a matrix, those of `include` too; what is left out again by `exclude` is not read."""
    for axis, values in (matrix.items if matrix is not None else {}).items():
        for entry in values.elements if axis != "exclude" else ():
            yield from (text_of(v) for v in ((entry,) if not entry.is_map else entry.items.values()) if text_of(v))


def _shells(name: str, job: Value, env: Mapping[str, str], shell: str) -> Iterator[Shell]:
    """What the steps of a job run; `env` and `shell` are those of its workflow."""
    runner = {"runs-on": " ".join(text_of(v) for v in strings_of(job.get("runs-on")))}
    own = {**runner, **env, **variables_of(job.get("env"))}
    environment, usual = environment_of(job.get("environment")), _default_shell(job) or shell
    for label, step in _steps(job.get("steps")):
        if text_of(step.get("run")):
            guards = tuple(_guards(job.get("if"), step.get("if")))
            variables = {**own, **variables_of(step.get("env"))}
            yield _shell(step, name, label, text_of(step.get("shell")) or usual, guards, variables, environment)


def _steps(listed: Value | None) -> Iterator[tuple[str, Value]]:
    """(what it is called, the step)."""
    for number, step in enumerate(listed.elements if listed is not None else (), 1):
        yield text_of(step.get("name")) or text_of(step.get("id")) or f"step {number}", step


def _guards(*conditions: Value | None) -> Iterator[Guard]:
    for condition in conditions:
        text = text_of(condition)
        if condition is not None and text and _narrows(text):
            kind = "environment" if _WHERE.search(text) and kind_of(text) == "condition" else kind_of(text)
            yield Guard(kind, f"if {text}", region=condition.region)


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
    step: Value,
    job: str,
    label: str,
    shell: str,
    guards: tuple[Guard, ...],
    variables: Mapping[str, str],
    environment: str,
) -> Shell:
    run = step.get("run")
    assert run is not None
    language = "powershell" if shell.split(" ")[0] in ("pwsh", "powershell") else "shell"
    errexit = not shell or shell in ("bash", "sh") or bool(re.search(r"\s-\w*e", shell)) or language == "powershell"
    known = {k: v for k, v in variables.items() if v and "${{" not in v}
    words = " ".join(f"{k}={v}" for k, v in variables.items())
    assigned = tuple(k for k in variables if k not in known)
    return Shell(run, job, label, errexit, guards, known, assigned, words, environment, language=language)


def _default_shell(value: Value) -> str:
    return text_of(value.get("defaults", "run", "shell"))


def _lenient(job: Value) -> str:
    """What lets the job's failure pass, or ""."""
    text = switched_on(job.get("continue-on-error"))
    return f"continue-on-error: {text}" if text else ""


def _narrows(condition: str) -> bool:
    """Whether an `if:` holds a step back; always() and its like do the contrary."""
    return not re.fullmatch(
        r"(\$\{\{)?\s*(always|success|failure|cancelled|!\s*cancelled)\(\)\s*(\}\})?", condition.strip()
    )
