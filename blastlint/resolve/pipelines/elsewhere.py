"""Shell under keys that say so, in any YAML: Taskfiles, Ansible, Bitbucket, Buildkite, commands of containers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from blastlint.model import Value
from blastlint.resolve.pipelines.model import Shell, strings_of, text_of

_SCRIPT_KEYS = frozenset(
    {"script", "before_script", "after_script", "commands", "cmds", "run", "bash", "shell", "deploy_script"}
)
_ANSIBLE = frozenset({"shell", "command", "ansible.builtin.shell", "ansible.builtin.command", "raw"})
# Ansible modules that delete when the state is to be `absent`, as the command that does the same.
_MODULES = {
    **dict.fromkeys(("file", "ansible.builtin.file"), "rm -rf"),
    **dict.fromkeys(("postgresql_db", "community.postgresql.postgresql_db"), "dropdb"),
    **dict.fromkeys(("mysql_db", "community.mysql.mysql_db"), "mysqladmin drop"),
    **dict.fromkeys(("docker_volume", "community.docker.docker_volume"), "docker volume rm"),
}
# Without one of these keys no YAML has shell in it.
TELLING = frozenset({*_SCRIPT_KEYS, *_ANSIBLE, *_MODULES, "command", "args"})
_SHELL_NAMES = frozenset({"sh", "bash", "/bin/sh", "/bin/bash", "ash", "/bin/ash", "/usr/bin/env"})
_MAX_DEPTH = 40


def shells(value: Value, path: tuple[str, ...], depth: int) -> Iterator[Shell]:
    if depth > _MAX_DEPTH:
        return
    if value.is_map:
        yield from _container_command(value, path)
        for key, child in value.items.items():
            if key in _SCRIPT_KEYS and not child.is_map:
                for text in strings_of(child):
                    if _looks_like_shell(text_of(text)):
                        yield Shell(text, ".".join(path), key, True, container="ci" if key != "shell" else "manifest")
            elif key in _ANSIBLE and _is_task(value):
                line = child.get("cmd") if child.is_map else child
                if line is not None and text_of(line):
                    yield Shell(line, ".".join(path), text_of(value.get("name")) or key, container="manifest")
            elif key in _MODULES and text_of(child.get("state")) == "absent":
                what = next(
                    (text_of(child.get(k)) for k in ("path", "dest", "name", "db") if text_of(child.get(k))), ""
                )
                line = Value(f'{_MODULES[key]} "{what}"', region=child.region)
                yield Shell(line, ".".join(path), text_of(value.get("name")) or key, container="manifest")
            else:
                yield from shells(child, (*path, key), depth + 1)
    elif value.is_list:
        for index, child in enumerate(value.elements):
            name = text_of(child.get("name")) or text_of(child.get("label")) or str(index)
            yield from shells(child, (*path, name), depth + 1)


def _is_task(value: Value) -> bool:
    """Whether a map is an Ansible task: it has a name, or one of the words that only tasks have."""
    return bool(text_of(value.get("name"))) or any(
        value.get(k) is not None for k in ("become", "register", "changed_when")
    )


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
