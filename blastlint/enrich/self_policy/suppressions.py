"""Inline suppressions that a change adds, over the whole change set: one that moves along with its code is not new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from blastlint.enrich.context import Context
from blastlint.model import Change, Fact, Region
from blastlint.parse.directives import Directive, directives_of
from blastlint.parse.workspace import Workspace

# The matching is over all files, and is asked file by file. Lives as long as the after side's workspace.
_GROWN: WeakKeyDictionary[Workspace, dict[str, list[Directive]]] = WeakKeyDictionary()


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """A `suppression` fact for each rule that a new directive of this file allows."""
    if context.after not in _GROWN:
        _GROWN[context.after] = _grown(context)
    for directive in _GROWN[context.after].get(change.path, ()):
        for rule in directive.rules or ("",):
            fields = {
                "summary": _summary(rule, directive),
                "rule": rule or "no rule that exists",
                "reason": directive.reason or "none given",
                "scope": "line",
                "severity": context.declared.get(rule),
            }
            yield Fact(
                "suppression",
                fields,
                path=f"{rule}@{directive.code}",
                after=Region("after", directive.path, directive.line),
            )


def _summary(rule: str, directive: Directive) -> str:
    what = rule or "a rule that does not exist"
    allowed = f"A new comment in {directive.path} allows {what} on that line"
    if not directive.is_honoured:
        missing = "a reason" if directive.rules else "the id of a rule"
        return f"{allowed}; without {missing} it does not count, now or later"
    return f"{allowed} ({directive.reason}). It counts once it is in the base, not for this change"


def _grown(context: Context) -> dict[str, list[Directive]]:
    """path -> the directives that base does not have: not for the same code anywhere, nor in the same file."""
    files = context.change_set.files
    was = {file.after: file.before for file in files if file.after and file.before}
    old = [d for file in files if file.before for d in directives_of(file.before, context.before)]
    new = [d for file in files if file.after for d in directives_of(file.after, context.after)]
    by_code = Counter((d.rules, d.code, d.is_honoured) for d in old)
    by_file = Counter((d.path, d.rules, d.is_honoured) for d in old)
    unmatched: list[Directive] = []
    for directive in new:
        key = (directive.rules, directive.code, directive.is_honoured)
        if by_code[key]:
            by_code[key] -= 1
            by_file[(was.get(directive.path) or "", directive.rules, directive.is_honoured)] -= 1
        else:
            unmatched.append(directive)
    grown: dict[str, list[Directive]] = {}
    for directive in unmatched:  # the code beside it was edited
        place = (was.get(directive.path) or "", directive.rules, directive.is_honoured)
        if by_file[place] > 0:
            by_file[place] -= 1
        else:
            grown.setdefault(directive.path, []).append(directive)
    return grown
