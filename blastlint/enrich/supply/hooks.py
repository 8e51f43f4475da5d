"""`hook` facts: code that runs when somebody installs, builds or merely opens the project."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from blastlint.diff.commands import command_of
from blastlint.enrich.command_context import attribute
from blastlint.enrich.context import Context
from blastlint.masking import mask_text
from blastlint.model import Fact, FactValue, Region, Value
from blastlint.parse.command_line import SHELLS
from blastlint.parse.keytree import KeyTree
from blastlint.regex import regex

_INSTALL = ("preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare", "prepublish")
_OPEN = (
    "initializeCommand",
    "onCreateCommand",
    "updateContentCommand",
    "postCreateCommand",
    "postStartCommand",
    "postAttachCommand",
)
# What these hooks are for in most projects: hooks of the version control, native builds, generated clients, patches.
_USUAL = regex(
    r"^\s*(?:is-ci\s*\|\|\s*|\[\s.*\]\s*&&\s*)?(?:npx\s+|pnpm\s+(?:exec\s+)?|yarn\s+|bunx?\s+"
    r"|npm\s+run\s+)?(husky|lefthook|simple-git-hooks|pre-commit|patch-package|prisma generate|node-gyp\b"
    r"|node-gyp-build|prebuild-install|electron-builder install-app-deps|electron-rebuild|playwright install"
    r"|cypress install|opencollective|ngcc|nuxt prepare|nuxi prepare"
    r"|svelte-kit sync|tsc\b|tsup\b|rollup\b|vite build|build\b|graphql-codegen|only-allow|npx only-allow"
    r"|wireit|lerna bootstrap|bob build|panda codegen|fumadocs-mdx)[^|;&]*(\|\|\s*(true|exit 0|:)\s*)?$"
)
_NETWORK = regex(r"https?://|(?<![\w-])(curl|wget|nc|ssh|base64|eval)(?![\w-])|Invoke-WebRequest")
_RUNS = regex(rb"cmdclass|os\.system|subprocess|urllib|requests|exec\(|eval\(|Command::new|reqwest|TcpStream|b64decode")


def facts(context: Context) -> Iterator[Fact]:
    """One fact for each new way in."""
    for file in context.change_set.files:
        if file.after is None:
            continue
        name = file.after.rpartition("/")[2]
        if name == "package.json":
            yield from _keys(context, file.before, file.after, "scripts", _INSTALL, "install")
        elif name == "devcontainer.json":
            yield from _keys(context, file.before, file.after, "", _OPEN, "open")
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
        if not text or text == had or (_USUAL.match(text) and not _NETWORK.search(text)):
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
    old = set(_RUNS.findall(context.before.tree.read(before) or b"")) if before is not None else set()
    new = set(_RUNS.findall(context.after.tree.read(path) or b""))
    if name == "conftest.py" or not new - old:
        return
    shown = ", ".join(sorted(w.decode() for w in new - old))
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
        "network": bool(_NETWORK.search(after)) or what == "download",
        "new_file": new,
    }
    return Fact("hook", fields, f"hook.{name}", after=region)
