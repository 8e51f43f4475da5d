"""Command-line tools, as data: commands.json, read when the first command is met.

`wrappers`: programs that run another one. `values` are their own options that take a value, `skip` the number of further
words before the program, `verbs` the subcommands that make them a wrapper, `stop` the options that make them none,
`known`: only before a program that `tools` knows.

`tools`, by basename (`same` names others that read alike):

| key | meaning |
|---|---|
| depth | how many words are the verb; `groups`: how many when the first is one of these |
| until | the verb is everything up to the first of these words |
| single_dash | `-name` is one option and not a bundle of letters |
| aliases | option as written, without dashes -> canonical name; `values`: canonical names that take a value |
| paths | its targets are places in the file system |
| narrow | options that narrow what it acts on; `approve`: that skip a question; `pretend`: that only show; \
`permanent`: that make a deletion final |
| operations | the last word of its verb is the name of an operation, which `operations` reads |
| classes | what it does: `verb` (a regex for the whole verb), `with` / `without` (one of these options, `name=value` too), \
`target` (a regex for a target), `target_not`, `sql` / `data` (a regex for what it is fed), `is`: the classes |

`cmdlets`: PowerShell's commands -> the tool that they are, with the verb that is made of their name.

`operations`: what an operation does by its name, first match counts; `not` is no operation of that kind after all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from blastlint.command import Command
from blastlint.facts import table
from blastlint.frozen import dataclass
from blastlint.regex import regex


@dataclass(frozen=True, slots=True)
class Wrapper:
    values: frozenset[str] = frozenset()
    verbs: frozenset[str] = frozenset()
    stop: frozenset[str] = frozenset()
    skip: int = 0
    known: bool = False


@dataclass(frozen=True, slots=True)
class ClassRule:
    """One way in which a tool does something: all that is given must hold."""

    classes: tuple[str, ...]
    verb: re.Pattern[str]
    with_: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    target: re.Pattern[str] | None = None
    target_not: re.Pattern[str] | None = None
    sql: re.Pattern[str] | None = None
    data: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """How the words of one tool read."""

    depth: int = 0
    groups: Mapping[str, int] | None = None
    until: frozenset[str] = frozenset()
    single_dash: bool = False
    aliases: Mapping[str, str] | None = None
    values: frozenset[str] = frozenset()
    paths: bool = False
    narrow: frozenset[str] = frozenset()
    approve: tuple[str, ...] = ()
    pretend: frozenset[str] = frozenset()
    permanent: tuple[str, ...] = ()
    operations: bool = False
    classes: tuple[ClassRule, ...] = ()


_DEVICE = regex(r"/dev/(sd|nvme|vd|xvd|hd|mapper/|disk|mmcblk|md)")
_SQL_DATA = regex(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
_UNKNOWN = Tool(approve=("yes", "force", "auto-approve"))
# What a tool that no table has calls a deletion, where its first words say so; asked for without a question, it is meant.
_DESTROYING = frozenset({"delete", "destroy", "drop", "purge", "terminate", "wipe", "teardown", "nuke", "deprovision"})
_FIRST_WORDS = 3


@lru_cache(maxsize=1)
def _data() -> tuple[Mapping[str, Wrapper], Mapping[str, Tool]]:
    data = table("commands")
    wrappers = {
        name: Wrapper(
            frozenset(w.get("values", ())),
            frozenset(w.get("verbs", ())),
            frozenset(w.get("stop", ())),
            w.get("skip", 0),
            w.get("known", False),
        )
        for name, w in data["wrappers"].items()
    }
    tools: dict[str, Tool] = {}
    for name, entry in data["tools"].items():
        made = _tool(entry)
        tools.update(dict.fromkeys((name, *entry.get("same", ())), made))
    return wrappers, tools


def _tool(entry: Mapping[str, object]) -> Tool:
    classes = entry.get("classes", ())
    assert isinstance(classes, (list, tuple))
    return Tool(
        depth=entry.get("depth", 0),  # type: ignore[arg-type]
        groups=entry.get("groups"),  # type: ignore[arg-type]
        until=_names(entry, "until"),
        single_dash=bool(entry.get("single_dash")),
        aliases=entry.get("aliases"),  # type: ignore[arg-type]
        values=_names(entry, "values"),
        paths=bool(entry.get("paths")),
        narrow=_names(entry, "narrow"),
        approve=tuple(sorted(_names(entry, "approve"))),
        pretend=_names(entry, "pretend"),
        permanent=tuple(sorted(_names(entry, "permanent"))),
        operations=bool(entry.get("operations")),
        classes=tuple(_class_rule(c) for c in classes),
    )


def _names(entry: Mapping[str, object], key: str) -> frozenset[str]:
    given = entry.get(key, ())
    assert isinstance(given, (list, tuple))
    return frozenset(map(str, given))


def _class_rule(entry: Mapping[str, object]) -> ClassRule:
    def pattern(key: str, flags: int = 0) -> re.Pattern[str] | None:
        return re.compile(str(entry[key]), flags) if entry.get(key) else None

    return ClassRule(
        classes=tuple(sorted(_names(entry, "is"))),
        verb=re.compile(str(entry.get("verb") or ".*")),
        with_=tuple(sorted(_names(entry, "with"))),
        without=tuple(sorted(_names(entry, "without"))),
        target=pattern("target"),
        target_not=pattern("target_not"),
        sql=pattern("sql", re.IGNORECASE | re.MULTILINE),
        data=pattern("data"),
    )


def wrapper(name: str) -> Wrapper | None:
    return _data()[0].get(name)


def tool(name: str) -> Tool:
    """How the tool reads; for one that the table does not have: no verb, every option a switch."""
    return _data()[1].get(name, _UNKNOWN)


def is_known(name: str) -> bool:
    return name in _data()[1]


def is_met(name: str) -> bool:
    """Whether the tables say anything of a program of this name."""
    return name in _data()[1] or name in _data()[0]


def cmdlet(name: str) -> tuple[str, str] | None:
    """(tool, verb) of a PowerShell command by its name in lower case, where the table has it."""
    for pattern, into, verb in _cmdlets():
        match = pattern.fullmatch(name)
        if match is not None:
            return into, match.expand(verb)
    return None


@lru_cache(maxsize=1)
def _cmdlets() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    return tuple((re.compile(c["name"]), c["tool"], c.get("verb", "")) for c in table("commands")["cmdlets"])


def classes_of(command: Command) -> tuple[str, ...]:
    """What the command does, in the words of the table; empty when it is nothing that any rule asks about."""
    found: list[str] = []
    if _asks_for_help(command):
        return ()
    if any(_DEVICE.match(r.target) and ">" in r.operator for r in command.redirections):
        found.append("disk")
    grammar = tool(command.tool)
    for rule in grammar.classes:
        if _holds(rule, command):
            found += [c for c in rule.classes if c not in found]
    if grammar.operations and not found and not pretends(command):
        found += operation(command.verb)
    if grammar is _UNKNOWN and not pretends(command) and _destroys_by_its_words(command):
        found += ["cloud-delete", "by-words"]
    return tuple(found)


def _destroys_by_its_words(command: Command) -> bool:
    """Whether a tool that no table has is told to delete something and not to ask: `acmectl env delete x -y`."""
    words = [target.value for target in command.targets[:_FIRST_WORDS]]
    named = command.tool.isidentifier() or command.tool.replace("-", "_").isidentifier()
    return named and not _DESTROYING.isdisjoint(words[:-1]) and bool(approvals(command) or _given("y", command))


def operation(verb: str) -> tuple[str, ...]:
    """What an operation does by its name (`rds delete-db-instance`, `sql instances delete`); empty for a harmless one."""
    for entry in _operations():
        if entry[0].search(verb) and not (entry[1] and entry[1].search(verb)):
            return entry[2]
    return ()


@lru_cache(maxsize=1)
def _operations() -> tuple[tuple[re.Pattern[str], re.Pattern[str] | None, tuple[str, ...]], ...]:
    return tuple(
        (re.compile(o["name"]), re.compile(o["not"]) if "not" in o else None, tuple(o["is"]))
        for o in table("commands")["operations"]
    )


def _holds(rule: ClassRule, command: Command) -> bool:
    if not rule.verb.fullmatch(command.verb):
        return False
    if rule.with_ and not any(_given(option, command) for option in rule.with_):
        return False
    if any(_given(option, command) for option in rule.without):
        return False
    if rule.target and not any(rule.target.search(t.value) for t in command.targets):
        return False
    if rule.target_not and any(rule.target_not.search(t.value) for t in command.targets):
        return False
    if rule.sql and not rule.sql.search(_unquoted(fed(command))):
        return False
    return not (rule.data and not rule.data.search(fed(command)))


def _given(option: str, command: Command) -> bool:
    """`name`, or `name=value` where the value counts too; `name=false` and `name=none` are not given."""
    name, _, wanted = option.partition("=")
    for given in command.options:
        if given.name == name:
            value = given.value.lower()
            if value == wanted if wanted else value not in ("false", "none", "0", "no"):
                return True
    return False


def _asks_for_help(command: Command) -> bool:
    """`tool verb --help`, and `-h` where that is the last word and means nothing else."""
    return any(
        o.name == "help" or (o.name == "h" and o.value == "" and command.text.endswith("-h")) for o in command.options
    )


def _unquoted(sql: str) -> str:
    """SQL without its comments and string literals: what they mention is data."""
    return _SQL_DATA.sub("''", sql) if "'" in sql or "--" in sql or "/*" in sql else sql


def permanent(command: Command) -> tuple[str, ...]:
    """The options and verbs that make a deletion final: no trash, no snapshot, no waiting time."""
    given = [option for option in tool(command.tool).permanent if _given(option, command)]
    return (*given, *(w for w in command.verb.split() if w.startswith(("purge", "destroy"))))


def fed(command: Command) -> str:
    """What the command is told to execute: the values of its options, its input, and its words."""
    return "\n".join((*(o.value for o in command.options), command.input, *(t.value for t in command.targets)))


def approvals(command: Command) -> tuple[str, ...]:
    """The options that skip a question, as canonical names; `yes |` before it counts as one."""
    given = [option for option in tool(command.tool).approve if _given(option, command)]
    if command.input.strip().lower() in ("y", "yes") and "yes" not in given:
        given.append("yes")
    return tuple(given)


def pretends(command: Command) -> bool:
    """Whether it only shows what it would do."""
    return any(_given(option, command) for option in tool(command.tool).pretend | {"dry-run", "dryrun"})
