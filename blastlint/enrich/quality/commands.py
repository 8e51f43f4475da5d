"""Commands that check, and check less: tests left out, strictness taken off, failures tried again, fewer places looked at.

What an option does to a tool is a table: facts/quality.json, `commands`. A check that is divided says no less: then another
command of the same tool comes with the change. Nor does one whose option moves into a file."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence

from blastlint.diff.commands import command_of
from blastlint.enrich.breadth.edits import edit_of
from blastlint.enrich.commands.context import attribute
from blastlint.enrich.context import Context
from blastlint.facts.quality import VENDORED, rows
from blastlint.frozen import dataclass
from blastlint.masking import mask_text
from blastlint.model import Change, Fact, FactValue, Tree
from blastlint.regex import regex

_PATH = regex(r"[\w./-]+$")
_UNREAD = ("docs", "dockerfile")
_Given = tuple[str, str]  # an option and its value


@dataclass(frozen=True, slots=True)
class Loosened:
    """What a command does less: leaves out, asks less, tries again, looks at less; and the option or place by which."""

    what: str
    name: str


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """At most one `check-config` fact for a command."""
    if change.before is None or change.after is None or not any(d.path == "text" for d in change.deltas):
        return
    old, new = command_of(change.before), command_of(change.after)
    row = row_of(new.tool)
    if row is None or (old.tool, old.verb) != (new.tool, new.verb) or attribute(change.after, "container") in _UNREAD:
        return
    found = loosened(row, _words(old.text, old.tool), _words(new.text, new.tool), context.after.tree)
    if found is None or _is_divided(change, context) or _is_moved(found.name, change.path, context):
        return
    fields: dict[str, FactValue] = {
        "tool": new.tool,
        "class": row["class"],
        "what": found.what,
        "name": found.name,
        "before": mask_text(old.text)[:120],
        "after": mask_text(new.text)[:120],
        "count": 1,
        "vendored": VENDORED.search(found.name) is not None,
    }
    yield Fact("check-config", fields, "command", old.region, new.region)


def row_of(tool: str) -> Mapping[str, str] | None:
    return next((row for row in rows("commands") if re.fullmatch(row["tool"], tool)), None)


def loosened(row: Mapping[str, str], before: Sequence[str], after: Sequence[str], tree: Tree) -> Loosened | None:
    """How the words that a tool is given ask for less than they did."""
    (old, old_rest), (new, new_rest) = _given(before, row["values"]), _given(after, row["values"])
    for name, value in new:
        if re.fullmatch(row["leaves"], name) and _is_more(name, value, old, new):
            return Loosened("leaves out", f"{name} {value}".strip())
        if re.fullmatch(row["again"], name) and _number(value) > max((_number(v) for n, v in old if n == name), default=0):
            return Loosened("tries again", f"{name} {value}".strip())
    for name, value in old:
        if re.fullmatch(row["demands"], name) and _is_less(name, value, new):
            return Loosened("asks less", f"{name} {value}".strip())
    places = _narrower(old_rest, new_rest, tree)
    return Loosened("looks at less", places) if places else None


def _words(text: str, tool: str) -> list[str]:
    """What stands behind the tool in a command."""
    said = words(text)
    at = next((i for i, word in enumerate(said) if word.rpartition("/")[2] == tool), -1)
    return said[at + 1 :]


def words(text: str) -> list[str]:
    """The words of a command line; none where its quotes do not close."""
    try:
        return shlex.split(text)
    except ValueError:
        return []


def _given(words: Sequence[str], valued: str) -> tuple[list[_Given], list[str]]:
    """(options with their values, the rest)."""
    options: list[_Given] = []
    rest: list[str] = []
    waiting = iter(words)
    for word in waiting:
        name, equals, value = word.partition("=")
        if not word.startswith("-") or word == "--":
            rest.append(word)
        elif equals or not re.fullmatch(valued, name):
            options.append((name, value))
        else:
            options.append((name, next(waiting, "")))
    return options, rest


def _is_more(name: str, value: str, old: Sequence[_Given], new: Sequence[_Given]) -> bool:
    """Whether an entry comes where none of the same option goes: another selection is neither more nor less."""
    return (name, value) not in old and not any(n == name and (n, v) not in new for n, v in old)


def _is_less(name: str, value: str, new: Sequence[_Given]) -> bool:
    """Whether what was asked for is asked for no more, by no narrower word either, or a number gives way."""
    now = [v for n, v in new if n == name]
    if not now:
        return not any(n.startswith(name) for n, _ in new)
    if not value.isdigit() or not now[0].isdigit():
        return False
    return int(now[0]) > int(value) if "max" in name else int(now[0]) < int(value)


def _number(value: str) -> int:
    """How often: a switch without a number is once."""
    return int(value) if value.isdigit() else 1


def _narrower(before: Sequence[str], after: Sequence[str], tree: Tree) -> str:
    """The places that are looked at where there were more, or the whole; empty where they are no fewer."""
    old, new = ([word for word in words if _is_place(word, tree)] for words in (before, after))
    if not new or set(before) - set(old) - set(after):
        return ""  # what stood there may have been another name of it
    if not old:
        return ", ".join(new)
    within = all(any(_is_below(place, wide) for wide in old) for place in new)
    return ", ".join(new) if within and not set(old) <= set(new) else ""


def _is_place(word: str, tree: Tree) -> bool:
    path = word.removeprefix("./").partition("::")[0].rstrip("/.")
    if not path or not _PATH.match(path):
        return False
    return tree.read(path) is not None or bool(tree.listdir(path)) or any(p.startswith(f"{path}/") for p in tree.paths())


def _is_below(place: str, wide: str) -> bool:
    inner, outer = (word.removeprefix("./").rstrip("/.") for word in (place, wide))
    return not outer or inner == outer or inner.startswith((f"{outer}/", f"{outer}::"))


def _is_divided(change: Change, context: Context) -> bool:
    """Whether another command of the same tool comes, or changes too: they may share the work now."""
    assert change.after is not None
    tool = command_of(change.after).tool
    others = (c.after for c in context.changes if c.kind == "command" and c is not change and c.action != "moved")
    return any(other is not None and command_of(other).tool == tool for other in others)


def _is_moved(name: str, path: str, context: Context) -> bool:
    """Whether another file newly says the word of the option: a setting took its place."""
    word = name.partition(" ")[0].lstrip("-")
    if len(word) < 3:
        return False
    spelled = re.compile(word.replace("-", "[-_ ]?"), re.IGNORECASE)
    for file in context.change_set.files:
        if file.after is not None and file.path != path:
            edit = edit_of(file.before, file.after, context)
            if edit is not None and any(spelled.search(line) for line in edit.born):
                return True
    return False
