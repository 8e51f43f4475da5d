"""`hook` facts: code that runs when somebody installs, builds or merely opens the project."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from blastlint.diff.commands import command_of
from blastlint.enrich.commands.context import attribute
from blastlint.enrich.context import Context
from blastlint.facts import supply as known
from blastlint.masking import mask_text
from blastlint.model import Fact, FactValue, Region, Value
from blastlint.parse.command_line import SHELLS
from blastlint.parse.keytree import KeyTree


def facts(context: Context) -> Iterator[Fact]:
    """One fact for each new way in."""
    for file in context.change_set.files:
        if file.after is None:
            continue
        name = file.after.rpartition("/")[2]
        if name == "package.json":
            yield from _keys(context, file.before, file.after, "scripts", known.names("hooks", "install"), "install")
        elif name == "devcontainer.json":
            yield from _keys(context, file.before, file.after, "", known.names("hooks", "open"), "open")
        elif name in ("setup.py", "build.rs", "conftest.py"):
            yield from _program(context, file.before, file.after, name)
    yield from _downloads(context)


def _keys(
    context: Context, before: str | None, path: str, group: str, names: tuple[str, ...], when: str
) -> Iterator[Fact]:
    old, new = _map(context, before, "before", group), _map(context, path, "after", group)
    for name in names:
        value, was = new.get(name), old.get(name)
        text, had = _text(value), _text(was)
        network = known.pattern("hooks", "network").search(text)
        if not text or text == had or (known.pattern("hooks", "usual").match(text) and not network):
            continue
        yield _fact("key", name, had, text, when, before is None, value.region if value is not None else None)


def _map(context: Context, path: str | None, side: str, group: str) -> Mapping[str, Value]:
    document = (context.before if side == "before" else context.after).document(path) if path is not None else None
    if document is None or not isinstance(document.content, KeyTree) or not document.content.documents:
        return {}
    found = document.content.documents[0].get(group) if group else document.content.documents[0]
    return found.items if found is not None else {}


def _text(value: Value | None) -> str:
    if value is None:
        return ""
    if value.is_list:
        return " ".join(str(e.scalar) for e in value.elements)
    return str(value.scalar) if isinstance(value.scalar, str) else " && ".join(_text(v) for v in value.items.values())


def _program(context: Context, before: str | None, path: str, name: str) -> Iterator[Fact]:
    """A program of the build that now starts others, fetches, or takes part in the installation."""
    runs = known.pattern("hooks", "runs")
    was = context.before.tree.read(before) if before is not None else b""
    old = set(runs.findall((was or b"").decode("latin-1")))
    new = set(runs.findall((context.after.tree.read(path) or b"").decode("latin-1")))
    if name == "conftest.py" or not new - old:
        return
    shown = ", ".join(sorted(new - old))
    yield _fact("program", name, "", shown, "install", before is None, Region("after", path, 1, 1, 1, 2))


def _downloads(context: Context) -> Iterator[Fact]:
    """`curl ... | sh`, newly: the program is whatever the server says today."""
    for change in context.changes:
        if change.kind != "command" or change.action not in ("added", "modified") or change.after is None:
            continue
        command = command_of(change.after)
        if attribute(change.after, "container") in ("docs", "package-script") or (
            change.action == "modified" and change.before is not None and command_of(change.before).joined == "|"
        ):
            continue
        if command.tool in (*SHELLS, "python", "python3", "node", "perl", "ruby") and command.joined == "|":
            fed = next((e for e in context.entities_after if _feeds(e.detail, command)), None)
            if fed is not None:
                new_file = context.before.tree.size(command.region.path) is None
                text = f"{command_of(fed).text} | {command.text}"
                yield _fact("download", command.tool, "", mask_text(text), "build", new_file, command.region)
                return


def _feeds(other: object, command: object) -> bool:
    """Whether one command is the download whose output the other one executes."""
    from blastlint.command import Command

    if not isinstance(other, Command) or not isinstance(command, Command) or other.tool not in ("curl", "wget"):
        return False
    same = other.region.path == command.region.path and other.scope == command.scope
    return (
        same
        and 0 <= command.region.start_line - other.region.start_line <= 3
        and re.search(r"https?://|\$", other.text) is not None
    )


def _fact(what: str, name: str, before: str, after: str, when: str, new: bool, region: Region | None) -> Fact:
    fields: dict[str, FactValue] = {
        "what": what,
        "name": name,
        "before": mask_text(before) or "nothing",
        "after": mask_text(after)[:300],
        "when": when,
        "network": bool(known.pattern("hooks", "network").search(after)) or what == "download",
        "new_file": new,
    }
    return Fact("hook", fields, f"hook.{name}", after=region)
