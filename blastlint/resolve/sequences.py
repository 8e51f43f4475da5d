"""What the commands of one scope are to each other: a delete and the create that follows it, a delete and the step before it
that was to make it safe.

Both are recorded on the entities of one side; whether they are new is for the diff to say.
"""

from __future__ import annotations

import posixpath
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from blastlint.command import Command
from blastlint.facts.commands import classes_of
from blastlint.frozen import replace
from blastlint.model import Entity, Value

_DESTROYING = frozenset({"iac-destroy", "platform-destroy", "cloud-delete"})
_DELETING = frozenset({"delete", "recursive-delete", "platform-destroy", "cloud-delete", "disk", "data-delete"})
_PREPARING = frozenset({"prepare", "copy", "archive", "backup"})
_IDENTIFYING = (
    "stack-name", "stack", "name", "cluster", "db-instance-identifier", "db-cluster-identifier", "bucket", "table-name",
    "filename", "dbname", "database", "cluster-name", "app", "resource-group", "file", "project-name", "service",
)  # fmt: skip
_NEAR = 100  # steps that are looked through for the one that belongs to a delete
_SQL_TOOLS = frozenset({"psql", "mysql", "mariadb", "dropdb", "createdb", "mysqladmin"})


def sequenced(entities: Sequence[Entity]) -> Iterator[Entity]:
    """The entities with `recreated` (text of the create that follows a destroy), `recreates` (the reverse) and `unchecked`
    (text of the step before a delete whose failure would go unnoticed) among their attributes where they apply."""
    scopes: dict[str, list[Entity]] = {}
    for entity in entities:
        if entity.kind == "command":
            scopes.setdefault(entity.parent, []).append(entity)
    added: dict[str, dict[str, Value]] = {}
    for members in scopes.values():
        commands = [_command(e) for e in members]
        classes = [frozenset(classes_of(c)) for c in commands]
        for destroy, create in _recreations(commands, classes):
            added.setdefault(members[destroy].address, {})["recreated"] = Value(commands[create].text)
            added.setdefault(members[create].address, {})["recreates"] = Value(commands[destroy].text)
        for delete, step in _unchecked(commands, classes):
            added.setdefault(members[delete].address, {})["unchecked"] = Value(commands[step].text)
    for entity in entities:
        more = added.get(entity.address) if entity.kind == "command" else None
        yield replace(entity, attributes=Value({**entity.attributes.items, **more})) if more else entity


def _command(entity: Entity) -> Command:
    assert isinstance(entity.detail, Command)
    return entity.detail


# --- delete and create again ---------------------------------------------------------------------------------------


def _recreations(commands: Sequence[Command], classes: Sequence[frozenset[str]]) -> Iterator[tuple[int, int]]:
    """(destroy, create) where the create follows on the same path through the script and makes the same thing."""
    creates = [index for index, found in enumerate(classes) if "create" in found]
    for index, command in enumerate(commands):
        if not _DESTROYING & classes[index] and not ("platform-delete" in classes[index] and command.has("filename")):
            continue
        for later in creates[bisect_right(creates, index) :][:_NEAR]:
            if _same_path(command, commands[later]) and _same_thing(command, commands[later]):
                yield index, later
                break


def _same_path(first: Command, second: Command) -> bool:
    """Whether both run in one run of the script: neither stands in a branch that excludes the other."""
    shorter, longer = sorted((first.guards, second.guards), key=len)
    return all(guard in longer for guard in shorter)


def _same_thing(destroy: Command, create: Command) -> bool:
    if destroy.tool in _SQL_TOOLS and create.tool in _SQL_TOOLS:
        return _named(destroy) == _named(create) or not _named(destroy) or not _named(create)
    if destroy.tool != create.tool or destroy.via != create.via:
        return False
    tool = destroy.tool
    if tool in ("terraform", "tofu", "terragrunt", "pulumi", "cdk", "serverless", "sls", "cdktf"):
        places = [
            (c.directory, _value(c, "chdir"), _value(c, "target"), _value(c, "stack"), _value(c, "stage"))
            for c in (destroy, create)
        ]
        return places[0] == places[1]
    if tool in ("kubectl", "oc"):
        return True if _value(destroy, "filename") == "" else _value(destroy, "filename") == _value(create, "filename")
    if tool in ("aws", "gcloud", "az"):
        if destroy.verb.split()[0] != create.verb.split()[0]:
            return False
        return _named(destroy) == _named(create)
    if tool in ("docker", "podman", "docker-compose", "podman-compose"):
        return (_value(destroy, "file"), _value(destroy, "project-name")) == (
            _value(create, "file"),
            _value(create, "project-name"),
        )
    return _named(destroy) == _named(create)


def _value(command: Command, name: str) -> str:
    return " ".join(o.value for o in command.options if o.name == name)


def _named(command: Command) -> str:
    """What a command says that it acts on: an identifying option, else its first target."""
    if command.tool == "mysqladmin":
        return command.targets[-1].value if len(command.targets) > 1 else ""
    for name in _IDENTIFYING:
        value = _value(command, name)
        if value and command.tool not in ("psql", "mysql", "mariadb"):
            return value
    return command.targets[0].value if command.targets and command.tool not in ("psql", "mysql", "mariadb") else ""


# --- a step that nobody checks --------------------------------------------------------------------------------------


def _unchecked(commands: Sequence[Command], classes: Sequence[frozenset[str]]) -> Iterator[tuple[int, int]]:
    """(delete, step): the delete is right only if the step succeeded, and nothing makes sure that it did."""
    found: list[tuple[int, int]] = []
    preparing = [index for index, of in enumerate(classes) if _PREPARING & of]
    for index, command in enumerate(commands):
        deletes = bool(_DELETING & classes[index])
        if not deletes and not (command.tool == "mv" and (command.loops or len(command.targets) > 2)):
            continue
        for before in reversed(preparing[: bisect_left(preparing, index)][-_NEAR:]):
            step = commands[before]
            if _same_path(step, command) and _rests_on(command, step):
                if not _made_sure(commands, before, index):
                    found.append((index, before))
                break
    deleting = [pair for pair in found if _DELETING & classes[pair[0]]]
    yield from (deleting or found)


def _made_sure(commands: Sequence[Command], step: int, delete: int) -> bool:
    if commands[step].checked or commands[step].scope != commands[delete].scope:
        return True
    if any(guard not in commands[step].guards for guard in commands[delete].guards):
        return True  # something was tested between the two
    return all(c.joined in ("&&", "|") for c in commands[step + 1 : delete + 1])


def _rests_on(delete: Command, step: Command) -> bool:
    if step.tool in ("cd", "pushd"):
        return any(t.kind == "glob" or t.text in ("*", "./*", ".") for t in delete.targets) and delete.tool in (
            "rm",
            "find",
            "mv",
        )
    if step.tool == "mkdir":
        return (
            delete.tool == "mv"
            and bool(delete.targets)
            and _path(delete.targets[-1].value) in {_path(t.value) for t in step.targets}
        )
    if delete.tool == "mv":
        return False
    if delete.tool in _SQL_TOOLS:
        return step.tool in ("pg_dump", "pg_dumpall", "mysqldump", "mariadb-dump", "pg_basebackup")
    sources = {
        _path(t.value)
        for t in (step.targets[:-1] if len(step.targets) > 1 and step.tool not in ("tar", "zip") else step.targets)
    }
    gone = {_path(t.value) for t in delete.targets if t.kind not in ("temporary", "build")}
    return bool(sources & gone) and "" not in sources & gone


def _path(text: str) -> str:
    return posixpath.normpath(text.removesuffix("/*").removesuffix("/.")) if text else ""
