"""CI files -> their jobs and the shell in their steps: GitHub Actions, GitLab CI, CircleCI, Azure Pipelines, Bitbucket,
Buildkite, and whatever else keeps shell under keys that say so (Taskfile, Ansible, container commands).

A job is brought to one form whatever the system, so that a lost gate looks alike everywhere: see `Job`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace

from blastlint.command import Guard
from blastlint.frozen import dataclass
from blastlint.model import Region, Value
from blastlint.parse.shell_guards import kind_of
from blastlint.regex import regex


@dataclass(frozen=True, slots=True)
class Shell:
    """Shell text at one place of a key tree: `value` is the string. `errexit` is what the system runs it with."""

    value: Value
    job: str = ""
    step: str = ""
    errexit: bool = False
    guards: tuple[Guard, ...] = ()
    known: Mapping[str, str] = field(default_factory=dict)
    assigned: tuple[str, ...] = ()
    words: str = ""
    environment: str = ""
    container: str = "ci"


@dataclass(frozen=True, slots=True)
class Job:
    """`nonblocking`, `approval`, `environment`, `condition` and `needs` in words; "" and () for none. `steps` has a line for
    each step: (name, nonblocking, condition). `uses` are the actions, images and templates that it calls."""

    name: str
    region: Region | None
    nonblocking: str = ""
    approval: str = ""
    environment: str = ""
    condition: str = ""
    needs: tuple[str, ...] = ()
    steps: tuple[tuple[str, str, str], ...] = ()
    uses: tuple[str, ...] = ()
    header: Region | None = None


@dataclass(frozen=True, slots=True)
class Pipeline:
    """`triggers` are the events and schedules that start it, `title` its name."""

    jobs: tuple[Job, ...] = ()
    shells: tuple[Shell, ...] = ()
    triggers: tuple[str, ...] = ()
    title: str = ""


_GITHUB = regex(r"(^|/)\.(github|gitea|forgejo)/workflows/[^/]+\.ya?ml$")
_ACTION = regex(r"(^|/)action\.ya?ml$")
_GITLAB = regex(r"(^|/)(\.gitlab-ci\.ya?ml|[^/]*\.gitlab-ci\.ya?ml|\.gitlab/.*\.ya?ml)$")
_CIRCLE = regex(r"(^|/)\.circleci/.*\.ya?ml$")
_AZURE = regex(r"(^|/)(azure-pipelines[^/]*|\.azure-pipelines/.*|\.?azure[^/]*)\.ya?ml$")
_SCRIPT_KEYS = frozenset(
    {"script", "before_script", "after_script", "commands", "cmds", "run", "bash", "shell", "deploy_script"}
)
_ANSIBLE = frozenset({"shell", "command", "ansible.builtin.shell", "ansible.builtin.command", "raw"})
_SHELL_NAMES = frozenset({"sh", "bash", "/bin/sh", "/bin/bash", "ash", "/bin/ash", "/usr/bin/env"})
_GITLAB_RESERVED = frozenset(
    {
        "default",
        "include",
        "stages",
        "variables",
        "workflow",
        "image",
        "services",
        "cache",
        "before_script",
        "after_script",
        "pages:deploy",
    }
)
_MAX_DEPTH = 40


def text_of(value: Value | None) -> str:
    """The text of a scalar, with template actions where it has some; "" for everything else."""
    if value is None or value.is_map or value.is_list:
        return ""
    if value.known:
        return "" if value.scalar is None else str(value.scalar)
    text = value.text
    if value.block is not None:
        indent = value.block.indent
        return "\n".join(line[indent:] if not line[:indent].strip() else line for line in text.split("\n"))
    if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0]:
        text = text[1:-1]
    return text


def pipeline_of(path: str, tree: Value) -> Pipeline | None:
    """The pipeline that a YAML document is; None when it holds no shell at all."""
    if not tree.is_map and not tree.is_list:
        return None
    if _GITHUB.search(path) or _ACTION.search(path):
        return _github(tree)
    if _GITLAB.search(path):
        return _gitlab(tree)
    if _CIRCLE.search(path):
        return _circle(tree)
    shells = tuple(_anywhere(tree, (), 0))
    if not shells:
        return None
    if _AZURE.search(path) or tree.get("pipelines") is not None or tree.get("steps") is not None:
        shells = tuple(replace(s, container="ci") for s in shells)
    return Pipeline((), shells, (), text_of(tree.get("name")))


# --- GitHub Actions ------------------------------------------------------------------------------------------------


def _github(tree: Value) -> Pipeline:
    triggers = _triggers(tree.get("on") or tree.get("true"))
    title = text_of(tree.get("name"))
    jobs: list[Job] = []
    shells: list[Shell] = []
    listed = tree.get("jobs")
    default = _default_shell(tree)
    env = _variables(tree.get("env"))
    for name, job in (listed.items if listed is not None else {}).items():
        steps = job.get("steps")
        condition = text_of(job.get("if"))
        environment = _environment(job.get("environment"))
        seen: list[tuple[str, str, str]] = []
        uses: list[str] = [text_of(job.get("uses"))]
        own = {**env, **_variables(job.get("env"))}
        for number, step in enumerate(steps.elements if steps is not None else (), 1):
            label = _step_name(step, number)
            step_if = text_of(step.get("if"))
            seen.append((label, _on(step.get("continue-on-error")), step_if))
            uses.append(text_of(step.get("uses")))
            run = step.get("run")
            if run is not None and text_of(run):
                variables = {**own, **_variables(step.get("env"))}
                guards = tuple(
                    Guard(kind_of(c), f"if {c}", (), v.region)
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
                name, job.region, _on(job.get("continue-on-error")), "", environment, condition,
                _names(job.get("needs")), tuple(seen), tuple(u for u in uses if u), _header(job),
            )
        )  # fmt: skip
    steps = tree.get("runs", "steps")
    for number, step in enumerate(steps.elements if steps is not None else (), 1):
        run = step.get("run")
        if run is not None and text_of(run):
            shells.append(_shell(run, "runs", _step_name(step, number), text_of(step.get("shell")), (), env, ""))
    return Pipeline(tuple(jobs), tuple(shells), triggers, title)


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
    return Shell(
        run, job, step, errexit, guards, known, tuple(k for k in variables if k not in known), words, environment
    )


def _default_shell(value: Value) -> str:
    return text_of(value.get("defaults", "run", "shell"))


def _step_name(step: Value, number: int) -> str:
    return text_of(step.get("name")) or text_of(step.get("id")) or f"step {number}"


def _narrows(condition: str) -> bool:
    """Whether an `if:` holds a step back; always() and its like do the contrary."""
    return not re.fullmatch(
        r"(\$\{\{)?\s*(always|success|failure|cancelled|!\s*cancelled)\(\)\s*(\}\})?", condition.strip()
    )


def _triggers(on: Value | None) -> tuple[str, ...]:
    if on is None:
        return ()
    if on.is_map:
        found = [
            " ".join([name, *(text_of(t) for t in (types.elements if types is not None else ()))])
            for name, value in on.items.items()
            for types in [value.get("types")]
        ]
        return tuple(found)
    return tuple(text_of(e) for e in on.elements) if on.is_list else (text_of(on),)


def _variables(env: Value | None) -> dict[str, str]:
    return {k: text_of(v) for k, v in env.items.items()} if env is not None else {}


def _environment(value: Value | None) -> str:
    if value is None:
        return ""
    return text_of(value.get("name")) if value.is_map else text_of(value)


def _names(value: Value | None) -> tuple[str, ...]:
    if value is None:
        return ()
    if value.is_list:
        return tuple(sorted(text_of(e) or text_of(e.get("job")) for e in value.elements))
    return (text_of(value),)


def _on(value: Value | None) -> str:
    """The text of a switch that is on; "" when it is off or absent."""
    text = text_of(value)
    return "" if text.lower() in ("", "false") else text


def _header(value: Value) -> Region | None:
    """The line of the key."""
    region = value.region
    if region is None:
        return None
    return replace(region, end_line=region.start_line, end_column=region.start_column + 1)


# --- GitLab CI -----------------------------------------------------------------------------------------------------


def _gitlab(tree: Value) -> Pipeline:
    env = _variables(tree.get("variables"))
    jobs: list[Job] = []
    shells: list[Shell] = []
    for name, job in tree.items.items():
        if not job.is_map or (name in _GITLAB_RESERVED and name != "default"):
            continue
        environment = _environment(job.get("environment"))
        own = {**env, **_variables(job.get("variables"))}
        for key in ("before_script", "script", "after_script"):
            for value in _strings(job.get(key)):
                known = {k: v for k, v in own.items() if v and "$" not in v}
                words = " ".join(f"{k}={v}" for k, v in own.items())
                shells.append(Shell(value, name, key, True, (), known, tuple(own), words, environment))
        if job.get("script") is not None or job.get("trigger") is not None or job.get("extends") is not None:
            allowed = job.get("allow_failure")
            when = text_of(job.get("when"))
            rules = job.get("rules")
            manual = when == "manual" or any(
                text_of(r.get("when")) == "manual" for r in (rules.elements if rules else ())
            )
            conditions = [text_of(r.get("if")) for r in (rules.elements if rules else ())]
            jobs.append(
                Job(
                    name, job.region, "allow_failure" if allowed is not None and (allowed.is_map or _on(allowed)) else "",
                    "when: manual" if manual else "", environment,
                    "when: never" if when == "never" else " or ".join(c for c in conditions if c),
                    _names(job.get("needs")), (), _names(job.get("extends")), _header(job),
                )
            )  # fmt: skip
    for key in ("before_script", "after_script"):
        shells += [Shell(v, "default", key, True, (), {}, tuple(env)) for v in _strings(tree.get(key))]
    return Pipeline(tuple(jobs), tuple(shells), (), "")


def _strings(value: Value | None, depth: int = 0) -> Iterator[Value]:
    if value is None or depth > 4:
        return
    if value.is_list:
        for element in value.elements:
            yield from _strings(element, depth + 1)
    elif text_of(value):
        yield value


# --- CircleCI ------------------------------------------------------------------------------------------------------


def _circle(tree: Value) -> Pipeline:
    jobs: list[Job] = []
    shells: list[Shell] = []
    for group in ("jobs", "commands"):
        listed = tree.get(group)
        for name, job in (listed.items if listed is not None else {}).items():
            steps = job.get("steps")
            env = _variables(job.get("environment"))
            for number, step in enumerate(steps.elements if steps is not None else (), 1):
                run = step.get("run")
                value = run.get("command") if run is not None and run.is_map else run
                label = text_of(run.get("name")) if run is not None and run.is_map else ""
                if value is not None and text_of(value):
                    shells.append(Shell(value, name, label or f"step {number}", True, (), env, tuple(env)))
            if group == "jobs":
                jobs.append(Job(name, job.region, header=_header(job)))
    workflows = tree.get("workflows")
    for flow, body in (workflows.items if workflows is not None else {}).items():
        listed = body.get("jobs")
        for entry in listed.elements if listed is not None else ():
            for name, options in entry.items.items():
                approval = "type: approval" if text_of(options.get("type")) == "approval" else ""
                jobs.append(
                    Job(
                        f"{flow}/{name}",
                        options.region or entry.region,
                        "",
                        approval,
                        "",
                        "",
                        _names(options.get("requires")),
                    )
                )
    return Pipeline(tuple(jobs), tuple(shells), (), "")


# --- shell under keys that say so ----------------------------------------------------------------------------------


def _anywhere(value: Value, path: tuple[str, ...], depth: int) -> Iterator[Shell]:
    if depth > _MAX_DEPTH:
        return
    if value.is_map:
        yield from _container_command(value, path)
        for key, child in value.items.items():
            if key in _SCRIPT_KEYS and not child.is_map:
                for text in _strings(child):
                    if _looks_like_shell(text_of(text)):
                        yield Shell(text, ".".join(path), key, True, container="ci" if key != "shell" else "manifest")
            elif key in _ANSIBLE and not child.is_map and text_of(value.get("name")):
                yield Shell(child, ".".join(path), text_of(value.get("name")), container="manifest")
            else:
                yield from _anywhere(child, (*path, key), depth + 1)
    elif value.is_list:
        for index, child in enumerate(value.elements):
            name = text_of(child.get("name")) or text_of(child.get("label")) or str(index)
            yield from _anywhere(child, (*path, name), depth + 1)


def _container_command(value: Value, path: tuple[str, ...]) -> Iterator[Shell]:
    """`command: [sh, -c]`, `args: [...]` and `command: [sh, -c, "..."]` of containers."""
    command, args = value.get("command"), value.get("args")
    words = [*(command.elements if command is not None else ()), *(args.elements if args is not None else ())]
    texts = [text_of(w) for w in words]
    if len(texts) > 1 and texts[0] in _SHELL_NAMES:
        flag = next((i for i, t in enumerate(texts) if t.startswith("-") and "c" in t), None)
        if flag is not None and flag + 1 < len(words):
            errexit = any(t.startswith("-") and "e" in t for t in texts[: flag + 1])
            yield Shell(
                words[flag + 1], ".".join(path), text_of(value.get("name")) or "command", errexit, container="manifest"
            )


def _looks_like_shell(text: str) -> bool:
    return bool(re.match(r"\s*([A-Za-z_./$\"'(\[{#!:-]|\d+\s)", text)) and "\0" not in text
