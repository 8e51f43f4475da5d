"""A commit message, or the title and body of a pull request, as what its author says: without what forms, bots and merges
write around it."""

from __future__ import annotations

import re
from functools import lru_cache

from blastlint.frozen import dataclass
from blastlint.regex import regex, screened

# What a form asks and nobody answered: its comments, and boxes without a tick.
_UNSAID = regex(r"<!--[\s\S]*?-->|^\s*[-*] \[ \].*$", re.M)
# What another project says of its own release, in the body that a bot writes.
_QUOTED = regex(
    r"^#{1,6} *release notes\b[\s\S]*?(?=^#{1,6} *(?!release notes)[A-Z]|^---+$|\Z)"
    r"|<details>\s*<summary>(?:(?!</summary>)[\s\S]){0,200}?(?:release notes|change ?log|commits|compare|vulnerabilit)"
    r"[\s\S]*?</details>",
    re.M | re.I,
)
_MERGE = screened(
    "^merge",
    r"^Merge(?:d in)?(?: pull request #\d+ from| remote-tracking branch| branch)? '?(?P<branch>[\w./+-]+)'?"
    r"(?: of \S+)?(?: into .*| \(pull request #\d+\))?$"
)
_COMMIT = regex(r"\n\n\* [^\n]+(?=\n\n|\s*\Z)")  # as GitHub writes them one below the other
_BY_TOOLS = regex(r"^(See merge request|# ?Conflicts|Conflicts:|\* )")
_AGAIN = screened(
    "^revert ^reapply ^reland ^roll ^fixup! ^squash! ^amend!",
    r"^(?:Revert|Reapply|Reland|Roll(?:ed)? ?back|(?:fixup|squash|amend)!):? \"?(?P<inner>.+?)\"?$",
    re.I,
)
_TICKET = screened("^[ ^# -", r"^(?:\[[A-Z][A-Z0-9]+-\d+\]|[A-Z][A-Z0-9]+-\d+:?|\[(?:v|release[-/])?\d[\w.]*\]|#\d+:?)\s+")
_TYPE = screened(
    "^[ :",
    r"^(?:\[(?P<tag>docs?|tests?|ci|style|chore|lint)\]:?\s|(?P<type>\w+)(?:\((?P<scope>[^)]*)\))?(?P<mark>!)?:(?=\s|$))",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Message:
    """`subject` is the title without tickets, `rest` the subject after its conventional type; `type` and `scope` are lower
    case, "" for none, and `shown` is both as written. `branch` is that of a merge that says nothing else."""

    subject: str
    rest: str
    type: str
    scope: str
    shown: str
    breaking: bool
    branch: str


def spoken(message: str) -> str:
    """A message without what only its form says, and what others said."""
    if "<!--" in message or "[ ]" in message:
        message = _UNSAID.sub("", message)
    lower = message.lower()
    return _QUOTED.sub("", message) if "<details>" in lower or "release notes" in lower else message


def whole(message: str) -> str:
    """What a message says of the change as a whole: without the messages of the commits that were squashed into it."""
    text = spoken(message)
    commits = list(_COMMIT.finditer(text))
    return text[: commits[0].start()] if len(commits) > 1 else text


def _without_ticket(subject: str) -> str:
    ticket = _TICKET.match(subject)
    return subject[ticket.end() :] if ticket else subject


@lru_cache(maxsize=8)
def read(message: str) -> Message:
    """The title of a message and what it says by its form. What a revert takes back gives it its type: to take back a
    change of documents is one."""
    lines = [line.strip() for line in spoken(message).strip().split("\n")]
    subject, branch = lines[0], ""
    merged = _MERGE.match(subject)
    if merged:
        subject = next((line for line in lines[1:] if line and not _BY_TOOLS.match(line)), "")
        branch = "" if subject else merged["branch"]
    subject = _without_ticket(subject)
    inner = subject
    while again := _AGAIN.match(inner):
        inner = _without_ticket(again["inner"])
    typed = _TYPE.match(inner)
    if typed is None:
        return Message(subject, subject, "", "", "", False, branch)
    kind, scope = (typed["tag"] or typed["type"]).lower(), (typed["scope"] or "").lower()
    breaking = bool(typed["mark"]) or "BREAKING CHANGE" in message
    return Message(subject, inner[typed.end() :].strip(), kind, scope, typed[0].strip().lower(), breaking, branch)
