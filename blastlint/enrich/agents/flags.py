"""`agent-flag` facts: a command line that starts a coding agent with its questions switched off, newly there. Shell is read
as commands; in code and in JSON (tasks, hooks, development containers) the options themselves are looked for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from blastlint.command import Command
from blastlint.diff.commands import command_of
from blastlint.enrich.breadth.texts import text_of
from blastlint.enrich.commands.context import surroundings
from blastlint.enrich.context import Context
from blastlint.facts.agents import table
from blastlint.masking import mask_text
from blastlint.model import Change, Fact, Region
from blastlint.regex import regex

_DISPOSABLE = regex(
    r"(^|/)(\.?devcontainer(\.json|/)|[^/]*dockerfile[^/]*$|[^/]*containerfile[^/]*$|\.codespaces/)", re.IGNORECASE
)
_COMMENT = regex(r"^\s*(#|//|\*|/\*|<!--)")
_OPEN_FOLDER = regex(r"\"runOn\"\s*:\s*\"folderOpen\"")


def disarming(command: Command) -> tuple[str, bool]:
    """(the option that leaves nobody to be asked, whether it is one of the lesser ones); "" for none."""
    flags = table().flags.get(command.tool)
    if flags is None:
        return "", False
    for options, lesser in ((flags.options, False), (flags.lesser, True)):
        for option in options:
            name, _, value = option.partition("=")
            for given in command.options:
                if given.name == name and _is_given(given.value, name, value, command.text):
                    return ("-" if len(name) == 1 else "--") + option, lesser
    return "", False


def _is_given(given: str, name: str, wanted: str, text: str) -> bool:
    """Whether an option has the value that is looked for, which may stand as the next word; without one, is not off."""
    if not wanted:
        return given.lower() not in ("false", "0", "no")
    apart = rf"-{re.escape(name)}\s+[\"']?{re.escape(wanted)}(?=[\"'\s]|$)"
    return given == wanted or (not given and re.search(apart, text) is not None)


def of_command(change: Change) -> Iterator[Fact]:
    """The fact of one added or changed command."""
    if change.after is None or change.action not in ("added", "modified"):
        return
    command = command_of(change.after)
    option, lesser = disarming(command)
    if not option or (change.before is not None and disarming(command_of(change.before))[0]):
        return
    place = surroundings(change.after, command)
    text = mask_text(command.text)
    yield Fact(
        "agent-flag",
        {
            "agent": command.tool,
            "flag": option,
            "lesser": lesser,
            "disposable": place.throwaway or place.container == "dockerfile" or bool(_DISPOSABLE.search(change.path)),
            "count": 1,
            "summary": f"{command.tool} starts with {option}: {text if len(text) <= 100 else text[:99] + '…'}",
        },
        f"{command.tool}{option}",
        change.before.region if change.before is not None else None,
        command.region,
    )


def of_text(change: Change, context: Context) -> Iterator[Fact]:
    """The fact of a file of code or JSON in which such options newly stand, outside of comments."""
    assert change.after is not None
    path = change.after.address
    if path.endswith("package.json"):
        return  # its scripts are commands
    new = text_of(context.after.tree.read(path))
    if new is None or not _screened(new.text):
        return
    old = text_of(context.before.tree.read(change.before.address)) if change.before is not None else None
    before = Counter(flag for _, flag in _flags(old.text)) if old is not None else Counter[str]()
    born: list[tuple[int, str]] = []
    for line, flag in _flags(new.text):
        if before[flag]:
            before[flag] -= 1
        else:
            born.append((line, flag))
    if not born:
        return
    line, flag = born[0]
    opens = flag == "folderOpen"
    what = "a task runs as soon as somebody opens the folder" if opens else f"an agent is started with {flag}"
    yield Fact(
        "agent-flag",
        {
            "agent": "an agent",
            "flag": flag,
            "lesser": opens,
            "disposable": _DISPOSABLE.search(path) is not None,
            "count": len(born),
            "summary": what if len(born) == 1 else f"{what}, in {len(born)} places",
        },
        flag,
        after=Region("after", path, line),
    )


def _screened(text: str) -> bool:
    return "folderOpen" in text or any(flag in text for flag in table().flag_text) or "--yolo" in text


def _flags(text: str) -> Iterator[tuple[int, str]]:
    """(line, option) of every option that stands in a text, outside of comments."""
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if _COMMENT.match(line):
            continue
        for flag in table().flag_text:
            if flag in line and flag.startswith("--"):
                yield number, flag
        if "--yolo" in line and any(_started(tool, line) for tool in table().flags):
            yield number, "--yolo"
        if _OPEN_FOLDER.search(line):
            yield number, "folderOpen"


def _started(tool: str, line: str) -> bool:
    return len(tool) > 1 and re.search(rf"(?<![\w-]){re.escape(tool)}(?![\w-])", line) is not None
