"""Checks before a commit or a push that are gone or stepped over: hook files, lists of hooks, and commands with the option
that skips them. What a comment or a document says is data."""

from __future__ import annotations

import re
from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.surroundings import path_class_of
from blastlint.model import Change, Fact, FactValue, Region
from blastlint.regex import regex

_SCREEN = regex(rb"no-verify|HUSKY|hooksPath|\bSKIP=|PRE_COMMIT|LEFTHOOK|commit -\w*n|core\.hooksPath")
_BYPASS = regex(
    r"\bgit\b[^#\n|;&]*\b(commit|push|merge|rebase)\b[^#\n;|&]*(--no-verify|\s-n\b|\s-[a-z]*n[a-z]*m?\b(?=.*commit))"
    r"|\bgit\b[^#\n]*\bcommit\b[^#\n;|&]*\s-[a-z]*n[a-z]*\b"
    r"|\bHUSKY(_SKIP_HOOKS)?\s*[=:]\s*[\"']?(0|1(?=.*SKIP))|\bHUSKY_SKIP_HOOKS\s*[=:]\s*[\"']?(1|true)|\bLEFTHOOK\s*[=:]\s*[\"']?0"
    r"|\bPRE_COMMIT_ALLOW_NO_CONFIG\s*[=:]\s*[\"']?1|(?<![\w-])SKIP=[\w,-]+\s+(git|pre-commit)"
    r"|core\.hooksPath[\s=]+(/dev/null|\"\"|'')"
)
_HOOK = regex(r"(^|/)(\.husky/[\w-]+|\.githooks/[\w-]+|\.git-hooks/[\w-]+|githooks/[\w-]+)$")
_LISTS = regex(r"(^|/)(\.pre-commit-config\.ya?ml|lefthook\.ya?ml|\.lefthook\.ya?ml|\.overcommit\.yml)$")
_ENTRY = regex(r"^\s*-?\s*(id|run|entry)\s*:\s*[\"']?([^\"'#\n]+)")
_MOVES_TO = ("lefthook", "pre-commit", "prek", ".husky", "simple-git-hooks")
_BOT = regex(r"(?i)\[skip ci\]|release|version bump|\bbump\b|changelog|github-actions\[bot\]|lockfile|generated")


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """At most one `commit-hook` fact for a file."""
    path = change.path
    before = _text(context.before.tree.read(change.before.region.path) if change.before else None)
    after = _text(context.after.tree.read(change.after.region.path) if change.after else None)
    if _HOOK.search(path) and before and not _says(after) and _says(before):
        if not _elsewhere(context, path):
            yield _fact(change, "emptied" if change.after is not None else "removed", path.rpartition("/")[2], False, 1)
        return
    if _LISTS.search(path) and before:
        lost = [name for name in _entries(before) if name not in _entries(after)]
        gained = [name for name in _entries(after) if name not in _entries(before)]
        if lost and not _entries(after) and not _elsewhere(context, path):
            yield _fact(change, "removed", path.rpartition("/")[2], False, len(lost))
        elif lost and len(gained) < len(lost) and not _elsewhere(context, path):
            yield _fact(change, "removed", ", ".join(lost[:4]), False, len(lost))
        return
    if path_class_of(path, context.config) in ("docs", "vendored", "generated", "lock") or path.endswith(
        (".md", ".rst", ".txt")
    ):
        return
    if not _SCREEN.search(after.encode()):
        return
    known = {line.strip() for line in before.split("\n")}
    for number, line in enumerate(after.split("\n"), 1):
        code = line.strip()
        if code in known or code.startswith(("#", "//", "*", "echo ")) or len(line) > 2000:
            continue
        found = _BYPASS.search(line)
        if found is not None:
            yield _fact(change, "bypassed", " ".join(found.group(0).split())[:80], bool(_BOT.search(line)), 1, number)
            return


def _fact(change: Change, what: str, name: str, bot: bool, count: int, line: int = 0) -> Fact:
    fields: dict[str, FactValue] = {
        "what": what, "name": name, "bot": bot, "count": count, "new_file": change.before is None,
    }  # fmt: skip
    after = Region("after", change.path, line) if line else None
    return Fact("commit-hook", fields, what, None, after)


def _text(data: bytes | None) -> str:
    return (data or b"")[:1_000_000].decode("utf-8", "replace")


def _says(text: str) -> list[str]:
    """What of a script does something."""
    lines = (line.strip() for line in text.split("\n"))
    return [
        line for line in lines if line and not re.match(r"#|exit 0$|:$|true$|\. \"?\$\(dirname|\. .*husky\.sh", line)
    ]


def _entries(text: str) -> list[str]:
    return [m.group(2).strip() for m in map(_ENTRY.search, text.split("\n")) if m is not None]


def _elsewhere(context: Context, path: str) -> bool:
    """Whether another tool for hooks comes in with the same change."""
    return any(
        file.after is not None
        and file.path != path
        and file.status != "removed"
        and any(w in file.after for w in _MOVES_TO)
        for file in context.change_set.files
    )
