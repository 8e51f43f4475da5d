"""Shell, wherever it is written -> one entity of kind `command` for each command that it executes, and one of kind
`pipeline.job` for each CI job.

Addresses: `path#job/step:n` (CI), `path:function:n` (scripts), `path#target:n` (Makefile), `path#stage:n` (Dockerfile),
`path#scripts.name:n` (package.json). `parent` is the scope within which commands are compared, `detail` the Command, and
`content` a digest of its text: the same command elsewhere is a move.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from blastlint.command import Command, Guard, Script
from blastlint.model import Document, Entity, Region, Value
from blastlint.parse.keytree import KeyTree
from blastlint.parse.shell import parse_snippet
from blastlint.parse.workspace import Workspace
from blastlint.resolve.pipelines import Job, Pipeline, Shell, pipeline_of, text_of
from blastlint.resolve.sequences import sequenced

_CONTAINERS = {"shell": "script", "dockerfile": "dockerfile", "makefile": "makefile"}
_SCRIPT_FILES = {"package.json": "scripts", "composer.json": "scripts", "deno.json": "tasks", "deno.jsonc": "tasks"}
# A command that makes a cluster or a cloud of its own: what the same job does after it cannot hurt anything else.
_LOCAL = ("kind create", "minikube start", "k3d cluster create", "localstack start", "k3s server", "vagrant up")
_LOCAL_ACTIONS = (
    "kind-action",
    "setup-minikube",
    "setup-kind",
    "setup-k3d",
    "k3d-action",
    "setup-localstack",
    "microk8s-action",
)


def entities(workspace: Workspace, changed: Sequence[str]) -> Iterator[Entity]:
    """Every command and CI job of the changed files."""
    for path in changed:
        yield from sequenced(tuple(_of_file(workspace, path)))


def _of_file(workspace: Workspace, path: str) -> Iterator[Entity]:
    document = workspace.document(path)
    if document is not None:
        if isinstance(document.content, Script):
            yield from _of_script(document, document.content)
        elif isinstance(document.content, KeyTree):
            name = path.rsplit("/", 1)[-1].lower()
            for tree in document.content.documents:
                if document.language == "yaml":
                    yield from _of_yaml(workspace, path, tree)
                elif name in _SCRIPT_FILES:
                    yield from _of_package(workspace, path, tree, _SCRIPT_FILES[name])


def _of_script(document: Document, script: Script) -> Iterator[Entity]:
    container = _CONTAINERS.get(document.language, "script")
    name = document.path.rsplit("/", 1)[-1].lower()
    if name == "procfile":
        container = "ci"
    local = _is_local(script)
    separator = ":" if container == "script" else "#"
    counts: dict[str, int] = {}
    for command in script.commands:
        counts[command.scope] = number = counts.get(command.scope, 0) + 1
        place = f"{document.path}{separator}{command.scope}" if command.scope else document.path
        surroundings: dict[str, str | bool] = {"container": container, "job": command.scope, "local": local}
        yield _entity(command, f"{place}:{number}", place, surroundings)


def _of_package(workspace: Workspace, path: str, tree: Value, key: str) -> Iterator[Entity]:
    scripts = tree.get(key)
    for name, value in (scripts.items if scripts is not None else {}).items():
        script = _read(workspace, path, Shell(value, name))
        place = f"{path}#{key}.{name}"
        surroundings: dict[str, str | bool] = {"container": "package-script", "job": name, "local": _is_local(script)}
        for number, command in enumerate(script.commands, 1):
            yield _entity(command, f"{place}:{number}", place, surroundings)


def _of_yaml(workspace: Workspace, path: str, tree: Value) -> Iterator[Entity]:
    pipeline = pipeline_of(path, tree)
    if pipeline is None:
        return
    scripts = [(shell, _read(workspace, path, shell)) for shell in pipeline.shells]
    local_jobs = {shell.job for shell, script in scripts if _is_local(script)}
    local_jobs |= {job.name for job in pipeline.jobs if any(a in u for u in job.uses for a in _LOCAL_ACTIONS)}
    commands: dict[str, list[Command]] = {}
    counts: dict[str, int] = {}
    for shell, script in scripts:
        place = f"{path}#{shell.job}/{shell.step}" if shell.job else f"{path}#{shell.step}"
        for command in script.commands:
            counts[place] = number = counts.get(place, 0) + 1
            commands.setdefault(shell.job, []).append(command)
            yield _entity(
                command,
                f"{place}:{number}",
                f"{path}#{shell.job}",
                {
                    "container": shell.container,
                    "job": shell.job,
                    "step": shell.step,
                    "environment": shell.environment,
                    "words": shell.words,
                    "workflow": pipeline.title,
                    "triggers": " ".join(pipeline.triggers),
                    "local": shell.job in local_jobs,
                },
            )
    yield from (
        _job(path, pipeline, job, commands.get(job.name, [])) for job in pipeline.jobs if job.region is not None
    )


def _job(path: str, pipeline: Pipeline, job: Job, commands: Sequence[Command]) -> Entity:
    assert job.region is not None
    attributes = {
        "nonblocking": job.nonblocking,
        "approval": job.approval,
        "environment": job.environment,
        "condition": job.condition,
        "needs": " ".join(job.needs),
        "uses": " ".join(job.uses),
        "steps": "\n".join("\t".join(step) for step in job.steps),
    }
    text = "\n".join([*attributes.values(), *(c.text for c in commands)])
    return Entity(
        f"{path}#{job.name}",
        "pipeline.job",
        "job",
        job.name,
        _map(attributes),
        job.region,
        job.header,
        references=frozenset(f"{path}#{name}" for name in job.needs),
        content=_digest(text) if commands or job.uses else "",
        detail=(job, tuple(commands)),
    )


def _entity(command: Command, address: str, parent: str, surroundings: Mapping[str, str | bool]) -> Entity:
    return Entity(
        address,
        "command",
        command.tool,
        command.summary,
        _map({**surroundings, "text": command.text}),
        command.region,
        replace(command.region, end_line=command.region.start_line, end_column=command.region.start_column + 1),
        parent,
        content=_digest(f"{command.text}\0{command.input}"),
        detail=command,
    )


def _map(items: Mapping[str, str | bool]) -> Value:
    return Value({name: Value(value) for name, value in items.items()})


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _is_local(script: Script) -> bool:
    return any(c.text.startswith(_LOCAL) or c.tool == "awslocal" for c in script.commands)


def _read(workspace: Workspace, path: str, shell: Shell) -> Script:
    text = text_of(shell.value)
    places = _places(workspace, path, shell.value, text)
    line, column = places[0] if places else (1, 1)
    script = parse_snippet(
        text,
        path,
        workspace.side,
        line,
        column,
        places=places,
        errexit=shell.errexit,
        known=shell.known,
        assigned=shell.assigned,
    )
    if not shell.guards:
        return script
    return replace(script, commands=tuple(_guarded(c, shell.guards) for c in script.commands))


def _guarded(command: Command, guards: tuple[Guard, ...]) -> Command:
    return replace(command, guards=(*guards, *command.guards))


def _places(workspace: Workspace, path: str, value: Value, text: str) -> list[tuple[int, int]]:
    """Where each line of a string of a key tree stands in its file."""
    region = value.region
    if region is None:
        return []
    lines = text.count("\n") + 1
    if value.block is not None:
        first, indent = value.block.line, value.block.indent
        if value.block.style == "literal":
            return [(first + n, indent + 1) for n in range(lines)]
        return [(first, indent + 1)] * lines
    return [(region.last_line, _column(workspace, path, region, text))] * lines


def _column(workspace: Workspace, path: str, region: Region, text: str) -> int:
    """The column where a string on one line starts: just before its end, or before its closing quote."""
    line = _line(workspace, path, region.last_line)
    at = line.rfind(text[:200], 0, region.end_column)
    return at + 1 if at >= 0 else region.start_column


def _line(workspace: Workspace, path: str, number: int) -> str:
    lines = _lines(workspace.tree.read(path) or b"")
    return lines[number - 1] if 0 < number <= len(lines) else ""


@lru_cache(maxsize=4)
def _lines(data: bytes) -> tuple[str, ...]:
    return tuple(data.decode("utf-8", "replace").split("\n"))
