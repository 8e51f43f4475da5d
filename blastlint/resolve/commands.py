"""Shell, wherever it is written -> one entity of kind `command` for each command that it executes, and one of kind
`pipeline.job` for each CI job.

Addresses: `path#job/step:n` (CI), `path:function:n` (scripts), `path#target:n` (Makefile), `path#stage:n` (Dockerfile),
`path#scripts.name:n` (package.json). `parent` is the scope within which commands are compared, `detail` the Command, and
`content` a digest of its text: the same command elsewhere is a move.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from blastlint.command import Command, Guard, Script
from blastlint.frozen import replace
from blastlint.model import Document, Entity, Region, Value
from blastlint.parse.keytree import KeyTree
from blastlint.parse.shell import parse_snippet
from blastlint.parse.workspace import Workspace
from blastlint.resolve.called import called
from blastlint.resolve.pipelines import Job, Pipeline, Shell, is_pipeline, pipeline_of, text_of
from blastlint.resolve.sequences import sequenced

_CONTAINERS = {"shell": "script", "dockerfile": "dockerfile", "makefile": "makefile", "markdown": "docs"}
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
        yield from sequenced(tuple(_of_file(workspace, path, changed)))


def _of_file(workspace: Workspace, path: str, changed: Sequence[str]) -> Iterator[Entity]:
    document = workspace.document(path)
    if document is not None:
        if isinstance(document.content, Script):
            yield from _of_script(document, document.content)
        elif isinstance(document.content, KeyTree):
            name = path.rsplit("/", 1)[-1].lower()
            for tree in document.content.documents:
                if document.language in ("yaml", "jenkinsfile"):
                    yield from _of_yaml(workspace, path, pipeline_of(path, tree, document.content.keys), changed)
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


def of_scopes(path: str, scripts: Iterable[Script], container: str) -> Iterator[Entity]:
    """The commands of several scripts of one file, numbered within their scope."""
    counts: dict[str, int] = {}
    found: list[Entity] = []
    for script in scripts:
        for command in script.commands:
            counts[command.scope] = number = counts.get(command.scope, 0) + 1
            place = f"{path}:{command.scope}"
            made = _entity(
                command, f"{place}:{number}", place, {"container": container, "job": command.scope, "local": False}
            )
            found.append(made)
    yield from sequenced(found)


def _of_package(workspace: Workspace, path: str, tree: Value, key: str) -> Iterator[Entity]:
    scripts = tree.get(key)
    for name, value in (scripts.items if scripts is not None else {}).items():
        script = _read(workspace, path, Shell(value, name))
        place = f"{path}#{key}.{name}"
        surroundings: dict[str, str | bool] = {"container": "package-script", "job": name, "local": _is_local(script)}
        for number, command in enumerate(script.commands, 1):
            yield _entity(command, f"{place}:{number}", place, surroundings)


def _of_yaml(
    workspace: Workspace, path: str, pipeline: Pipeline | None, changed: Sequence[str]
) -> Iterator[Entity]:
    if pipeline is None:
        return
    scripts = [(shell, _read(workspace, path, shell)) for shell in pipeline.shells]
    local_jobs = {shell.job for shell, script in scripts if _is_local(script)}
    local_jobs |= {job.name for job in pipeline.jobs if any(a in u for u in job.uses for a in _LOCAL_ACTIONS)}
    commands: dict[str, list[Command]] = {}
    counts: dict[str, int] = {}
    for shell, script in scripts:
        place = f"{path}#{shell.job}/{shell.step}" if shell.job else f"{path}#{shell.step}"
        calls = shell.container == "ci" and bool(pipeline.jobs)
        for command in _with_called(workspace, script, changed) if calls else script.commands:
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
                    "triggers": " ".join(t.text for t in pipeline.triggers),
                    "local": shell.job in local_jobs,
                },
            )
    jobs = [_followed(workspace, path, job) for job in pipeline.jobs if job.region is not None]
    yield from (_job(path, job, commands.get(job.name, [])) for job in jobs)
    if pipeline.region is not None and is_pipeline(path):
        yield _workflow(path, pipeline, jobs, commands)


def _with_called(workspace: Workspace, script: Script, changed: Sequence[str]) -> Iterator[Command]:
    """The commands of a script and those of the files that it calls, each behind its call."""
    for command in script.commands:
        yield command
        yield from called(workspace, command, changed)


def _followed(workspace: Workspace, path: str, job: Job) -> Job:
    """A job that calls a workflow of this repository, with the gates and calls of what it calls."""
    called_path = next(
        (u.removeprefix("./") for u in job.uses if u.startswith("./") and u.endswith((".yml", ".yaml"))), ""
    )
    document = workspace.document(called_path) if called_path and called_path != path else None
    if document is None or not isinstance(document.content, KeyTree) or not document.content.documents:
        return job
    inner = pipeline_of(called_path, document.content.documents[0], document.content.keys)
    if inner is None:
        return job
    return replace(
        job,
        environment=job.environment or next((j.environment for j in inner.jobs if j.environment), ""),
        approval=job.approval or next((j.approval for j in inner.jobs if j.approval), ""),
        uses=(*job.uses, *(u for j in inner.jobs for u in j.uses)),
        checkout=job.checkout or next((j.checkout for j in inner.jobs if j.checkout), ""),
    )


def _workflow(path: str, pipeline: Pipeline, jobs: Sequence[Job], commands: Mapping[str, Sequence[Command]]) -> Entity:
    """The pipeline as a whole: what starts it, and everything that it checks (`detail`)."""
    assert pipeline.region is not None
    triggers = "\n".join(t.text for t in pipeline.triggers)
    texts = [triggers, *(f"{j.name} {j.uses} {j.permissions} {j.secrets} {j.checkout} {j.matrix}" for j in jobs)]
    texts += [c.text for members in commands.values() for c in members]
    attributes: dict[str, str | bool] = {"triggers": triggers, "checks": _digest("\n".join(texts))}
    return Entity(
        path, "pipeline.workflow", "workflow", pipeline.title or path.rsplit("/", 1)[-1], _map(attributes), pipeline.region,
        content=_digest("\n".join(texts)), detail=(pipeline, tuple(jobs), {n: tuple(c) for n, c in commands.items()}),
    )  # fmt: skip


def _job(path: str, job: Job, commands: Sequence[Command]) -> Entity:
    assert job.region is not None
    attributes = {
        "nonblocking": job.nonblocking,
        "approval": job.approval,
        "environment": job.environment,
        "condition": job.condition,
        "needs": " ".join(job.needs),
        "uses": " ".join(job.uses),
        "permissions": "unset" if job.permissions is None else "\n".join(job.permissions),
        "secrets": " ".join(job.secrets),
        "checkout": job.checkout,
        "matrix": " ".join(job.matrix),
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
        content=_digest("\0".join((command.text, command.input, command.each, *_words(command)))),
        detail=command,
    )


def _words(command: Command) -> Iterator[str]:
    """What its words come to: variables and the environment may say it differently from how it is written."""
    yield from (f"{o.name}={o.value}" for o in command.options)
    yield from (t.value for t in command.targets)


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
    if shell.language == "powershell":
        from blastlint.parse import powershell

        script = powershell.parse_snippet(
            text, path, workspace.side, line, column,
            places=places, errexit=shell.errexit, known=shell.known, assigned=shell.assigned,
        )  # fmt: skip
    else:
        script = parse_snippet(
            text, path, workspace.side, line, column,
            places=places, errexit=shell.errexit, known=shell.known, assigned=shell.assigned,
        )  # fmt: skip
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
