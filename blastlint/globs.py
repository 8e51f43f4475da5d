"""Path globs as in .gitignore: the one matcher for every list of paths that a repository or a rule can write.

A pattern without a slash matches at any depth; one with a slash is anchored at the root. `*` and `?` stay within one
path segment, `**` spans segments, a pattern that matches a directory matches everything in it, a trailing slash matches
directories only, a leading `!` takes back what earlier patterns matched, and a backslash makes the next character plain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from blastlint.regex import regex


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether the file at `path` (POSIX, relative to the root) is meant by the patterns: the last that matches decides."""
    matched = False
    for pattern in patterns:
        negated = pattern.startswith("!")
        if negated == matched and _compiled(pattern[1:] if negated else pattern).match(path):
            matched = not negated
    return matched


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    """One anchored expression over whole file paths."""
    directory_only = pattern.endswith("/")
    body = pattern.rstrip("/")
    anchored = "/" in body
    body = body.removeprefix("/")
    if not body:
        return re.compile(r"(?!)")
    start = "" if anchored else "(?:.*/)?"
    end = "/.+" if directory_only else "(?:/.+)?"
    return re.compile(f"{start}{_translated(body)}{end}\\Z", re.DOTALL)


def _translated(body: str) -> str:
    out: list[str] = []
    at = 0
    while at < len(body):
        if body.startswith("**/", at) and (at == 0 or body[at - 1] == "/"):
            out.append("(?:.*/)?")
            at += 3
        elif body.startswith("/**", at) and at + 3 == len(body):
            out.append("/.+")
            at += 3
        elif body[at] == "*":
            out.append(".*" if body[at:] == "**" and at == 0 else "[^/]*")
            at += len(body[at:]) - len(body[at:].lstrip("*"))
        elif body[at] == "?":
            out.append("[^/]")
            at += 1
        elif body[at] == "[" and (bracket := _BRACKET.match(body, at)):
            negation = "^/" if bracket[1] else ""
            out.append(f"[{negation}{_class(bracket[2])}]")
            at = bracket.end()
        elif body[at] == "\\" and at + 1 < len(body):
            out.append(re.escape(body[at + 1]))
            at += 2
        else:
            out.append(re.escape(body[at]))
            at += 1
    return "".join(out)


_BRACKET = regex(r"\[([!^])?(\]?[^\]/]+)\]")


def _class(members: str) -> str:
    """The members of a bracket expression; a range that runs backwards means its two ends."""
    members = re.sub(r"([\[\]\\^&~|])", r"\\\1", members)
    return re.sub(r"(.)-(.)", lambda m: m[0] if m[1] <= m[2] else f"{m[1]}\\-{m[2]}", members)
