"""What a coding agent may do without asking: one permission (`Bash(git push:*)`), how far it reaches, what covers it.

Comparable with grants.py for IAM: two lists are compared as the sets of actions that they stand for.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from blastlint.enrich.commands import DESTRUCTIVE
from blastlint.facts.agents import table
from blastlint.facts.commands import classes_of
from blastlint.frozen import dataclass
from blastlint.globs import matches
from blastlint.regex import regex

Level = Literal["everything", "destructive", "any-code", "secrets", "broad", "narrow"]
LEVELS: tuple[Level, ...] = ("everything", "destructive", "any-code", "secrets", "broad", "narrow")

_WRITTEN = regex(r"^(?P<tool>[\w*.-]+)\s*(?:\((?P<pattern>.*)\))?$", re.DOTALL)
_ANYTHING = frozenset({"", "*", "**", ":*", ".*", "/.*/", "^.*$", "/^.*$/", "**/*", "/**"})
_SECRET = regex(
    r"(^|[/.*_-])(env|ssh|aws|gnupg|kube|netrc|npmrc|pypirc|secrets?|credentials?|id_rsa|pem|tfstate|keychain)\b"
)
_OUTSIDE = regex(r"^(//|~|\$HOME|/(?!\*)|\.\./|[A-Za-z]:\\)")
_EVERY_SERVER = regex(r"^(mcp__?)?\*")
# Files that hold the agent itself, or everybody, back.
_OWN_GUARDS = ("/.claude/**", "/.codex/**", "/.cursor/**", "/.git/hooks/**", "/.github/**", "/.vscode/**", "/.husky/**")


@dataclass(frozen=True, slots=True)
class Permission:
    """`tool` is all, shell, write, read, fetch, mcp, unsandboxed (commands outside of a sandbox that there is otherwise) or
    the tool's own name; `pattern` is "" for everything that it does."""

    tool: str
    pattern: str = ""

    @property
    def shown(self) -> str:
        return f"{self.tool}({self.pattern or '*'})" if self.tool != "all" else "everything"


def permission(text: str) -> Permission:
    """One entry as written: `Bash(npm test)`, `Shell(git)`, `run_shell_command(ls)`, `mcp__github`, `*`."""
    found = _WRITTEN.match(text.strip())
    if found is None:
        return Permission("shell", bare(text))  # a list of commands
    name = found["tool"]
    kind = table().tools.get(name.lower(), "mcp" if name.startswith(("mcp__", "mcp_")) else name)
    if kind == "mcp":
        return Permission("mcp", name)
    return Permission(kind, bare(found["pattern"] or ""))


def tool_of(text: str) -> Permission:
    """One entry of a list of tools: what is no name of a tool is one of a server's (`github/*`)."""
    return permission(text) if _WRITTEN.match(text.strip()) else Permission("mcp", text.strip())


def bare(pattern: str) -> str:
    """A pattern without what only says "and whatever follows"; "" for one that takes everything."""
    text = pattern.strip()
    if text in _ANYTHING:
        return ""
    if text.startswith("/") and text.endswith("/") and len(text) > 1:  # an expression: /^git (status|diff)/
        text = text.strip("/").removeprefix("^").removesuffix("$").removesuffix("\\b")
        text = text.replace("\\s+", " ").replace("\\s", " ")
    for ending in (":*", " *", " .*", ".*"):
        text = text.removesuffix(ending)
    return text.strip()


def covers(wide: Permission, narrow: Permission) -> bool:
    """Whether everything that `narrow` allows is allowed by `wide`."""
    if wide.tool == "all":
        return True
    if wide.tool != narrow.tool:
        return False
    if not wide.pattern or wide.pattern == narrow.pattern:
        return True
    if not narrow.pattern:
        return False
    if wide.tool == "shell":
        return narrow.pattern.startswith(f"{wide.pattern} ")
    if wide.tool == "mcp" and _EVERY_SERVER.match(wide.pattern):
        return True
    if wide.tool == "mcp":
        return narrow.pattern.startswith(f"{wide.pattern}__")
    return "*" not in narrow.pattern and matches(narrow.pattern.lstrip("./"), (wide.pattern.removeprefix("./"),))


def level(allowed: Permission) -> Level:
    """How far a permission reaches."""
    if allowed.tool == "all" or (allowed.tool == "shell" and not allowed.pattern):
        return "everything"
    if allowed.tool == "shell":
        return _of_shell(allowed.pattern)
    if allowed.tool == "read":
        return "secrets" if _SECRET.search(allowed.pattern.lower()) else "narrow"
    if allowed.tool == "write":
        guards = allowed.pattern and any(matches(f"{guard[1:-2]}x", (allowed.pattern,)) for guard in _OWN_GUARDS)
        return "broad" if not allowed.pattern or guards or _OUTSIDE.match(allowed.pattern) else "narrow"
    if allowed.tool == "fetch" or (allowed.tool == "unsandboxed" and not allowed.pattern):
        return "broad" if not allowed.pattern else "narrow"
    if allowed.tool == "unsandboxed":
        return "narrow" if _of_shell(allowed.pattern) == "narrow" else "broad"
    if allowed.tool == "mcp":
        return "broad" if _EVERY_SERVER.match(allowed.pattern) else "narrow"
    return "narrow"


@lru_cache(maxsize=2048)
def _of_shell(pattern: str) -> Level:
    from blastlint.parse.shell import parse_snippet

    words = pattern.split()
    facts = table()
    if not words:
        return "everything"
    if any(c in "|()^$\\" for c in pattern) and words[0].strip("^$()\\") == "":
        return "everything"
    if all(word in facts.interpreters or word.startswith("-") for word in words) and words[0] not in (
        "docker",
        "timeout",
    ):
        return "any-code"
    if len(words) == 1 and words[0] in facts.powerful:
        return "destructive"
    script = parse_snippet(pattern, "", "after", 1, 1)
    if any(DESTRUCTIVE & set(classes_of(command)) for command in script.commands):
        return "destructive"
    return "any-code" if words[0] in facts.interpreters and words[1:2] in (["-c"], ["-e"]) else "narrow"
