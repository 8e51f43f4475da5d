"""Coding agents and what holds them: agents.json, read when the first file of an agent is met.

`settings` has one entry for each set of files that one agent reads. Keys are dotted paths with `*` for any name:

| field | holds |
|---|---|
| files | globs, relative to the directory that the agent is started in |
| single | each file is one agent, command or mode by itself; otherwise all of one agent in one directory count together |
| under | key paths at which the settings may begin |
| allow, deny, ask | keys of lists of permissions, `Tool(pattern)` |
| lists, denied | keys of lists of patterns of one tool, allowed or denied |
| rules | key of a list of maps, with the keys of tool, patterns and decision in each, and the words that decide |
| decisions | key of a tree whose leaves are allow/ask/deny or true/false: its names are a tool and a pattern |
| tools | keys of lists of the tools that there are, whether it asks or not: without any there are all |
| directories | keys of lists of further directories |
| plugins | keys of maps of what brings commands, hooks and servers of others with it |
| hooks | keys under which commands stand that run before or after the agent does something |
| switches | one value each; `order` is from strict to loose, `default` what absence means, `bypass` asks nobody any more |

`flags` are options of the agents' command lines that switch the questions off (`lesser`: only some of them); `actions` are
GitHub actions that run an agent, with the guard that they bring and the inputs that open it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from blastlint.facts import table as facts_table
from blastlint.frozen import dataclass, field
from blastlint.globs import matches
from blastlint.model import Scalar


@dataclass(frozen=True, slots=True)
class Switch:
    """One setting with a strict and a loose end."""

    key: str
    order: tuple[Scalar, ...]
    default: Scalar = False
    bypass: tuple[Scalar, ...] = ()
    hooks: bool = False
    servers: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """A list of rules at `key`: where each says its tool (else `shell`), its patterns and its decision, by dotted keys."""

    key: str
    tool: str
    patterns: tuple[str, ...]
    decision: str
    allow: str
    ask: str
    deny: str


@dataclass(frozen=True, slots=True)
class Form:
    """Where one agent keeps what it may do."""

    agent: str
    files: tuple[str, ...]
    under: tuple[str, ...] = ("",)
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    lists: tuple[tuple[str, str], ...] = ()
    denied: tuple[tuple[str, str], ...] = ()
    decisions: tuple[tuple[str, str], ...] = ()
    rules: tuple[Rules, ...] = ()
    tools: tuple[str, ...] = ()
    directories: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()
    switches: tuple[Switch, ...] = ()
    single: bool = False


@dataclass(frozen=True, slots=True)
class Flags:
    """The options of one agent's command line, as `name` or `name=value`, that leave nobody to be asked."""

    tool: str
    options: tuple[str, ...]
    lesser: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """One GitHub action that runs an agent. `guard` says who may start it by itself, "" for anybody."""

    uses: str
    guard: str = ""
    opens: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Everything in agents.json."""

    forms: tuple[Form, ...]
    ignore_files: frozenset[str]
    servers: tuple[str, ...]
    tools: Mapping[str, str] = field(default_factory=dict)
    interpreters: frozenset[str] = frozenset()
    powerful: frozenset[str] = frozenset()
    flags: Mapping[str, Flags] = field(default_factory=dict)
    flag_text: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()


@lru_cache(maxsize=1)
def table() -> Table:
    data = facts_table("agents")
    return Table(
        forms=tuple(_form(row) for row in data["settings"]),
        ignore_files=frozenset(data["ignore_files"]),
        servers=tuple(data["servers"]),
        tools={name: kind for kind, names in data["tools"].items() for name in names},
        interpreters=frozenset(data["interpreters"]),
        powerful=frozenset(data["powerful"]),
        flags={r["tool"]: Flags(r["tool"], tuple(r["options"]), tuple(r.get("lesser", ()))) for r in data["flags"]},
        flag_text=tuple(data["flag_text"]),
        actions=tuple(Action(r["uses"], r["guard"], tuple(r["opens"]), tuple(r["arguments"])) for r in data["actions"]),
    )


def _form(row: Mapping[str, Any]) -> Form:
    def keyed(name: str) -> tuple[tuple[str, str], ...]:
        return tuple((key, entry["tool"]) for entry in row.get(name, ()) for key in entry["keys"])

    return Form(
        row["agent"],
        tuple(row["files"]),
        tuple(row.get("under", ("",))),
        tuple(row.get("allow", ())),
        tuple(row.get("deny", ())),
        tuple(row.get("ask", ())),
        keyed("lists"),
        keyed("denied"),
        tuple((entry["key"], entry["tool"]) for entry in row.get("decisions", ())),
        tuple(_rules(entry) for entry in row.get("rules", ())),
        tuple(row.get("tools", ())),
        tuple(row.get("directories", ())),
        tuple(row.get("plugins", ())),
        tuple(row.get("hooks", ())),
        tuple(_switch(entry) for entry in row.get("switches", ())),
        bool(row.get("single")),
    )


def _rules(row: Mapping[str, Any]) -> Rules:
    return Rules(
        row["key"], row["tool"], tuple(row["patterns"]), row["decision"], row["allow"], row["ask"], row["deny"]
    )


def _switch(row: Mapping[str, Any]) -> Switch:
    order: Sequence[Scalar] = row["order"]
    return Switch(
        row["key"],
        tuple(order),
        row.get("default", order[0]),
        tuple(row.get("bypass", ())),
        bool(row.get("hooks")),
        bool(row.get("servers")),
    )


def form_of(path: str) -> tuple[Form, str] | None:
    """(form, directory that the agent is started in) of a settings file, for one that stands by itself its own path; None
    for any other file."""
    for form in table().forms:
        for pattern in form.files:
            depth = pattern.count("/") + 1
            parts = path.split("/")
            if len(parts) >= depth and matches("/".join(parts[-depth:]), (f"/{pattern}",)):
                return form, path if form.single else "/".join(parts[:-depth])
    return None
