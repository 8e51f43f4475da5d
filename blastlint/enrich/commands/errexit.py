"""`handler` facts: a script that stopped at the first command that failed, and goes on now.

By its text: `set -e`, `set -o errexit`, or the same in the first line. What is sourced by others is a script as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.model import Change, Fact, FactValue, Region
from blastlint.regex import regex

_STOPS = regex(
    rb"(?m)^[ \t]*set[ \t]+(?:-[a-zA-Z]+[ \t]+)*(?:-[a-zA-Z]*e[a-zA-Z]*\b|-\w*o[ \t]+errexit)|^#!.*sh[ \t]+-[a-zA-Z]*e"
)
_RUNS = regex(rb"(?m)^[ \t]*[A-Za-z./$\"][^\n=]*$")
_FEW = 2  # commands: what is shorter has nothing to go on with


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """At most one fact for a script that is on both sides."""
    before, after = change.before, change.after
    if before is None or after is None:
        return
    old = context.before.tree.read(before.region.path) or b""
    new = context.after.tree.read(after.region.path) or b""
    stop = _STOPS.search(old)
    if stop is None or _STOPS.search(new) is not None or len(_RUNS.findall(new)) < _FEW or b"|| exit" in new:
        return
    fields: dict[str, FactValue] = {
        "what": "errexit", "exception": "every command that fails", "body": "continue", "protects": "command", "broad": True,
        "new_code": False,
    }  # fmt: skip
    line = old.count(b"\n", 0, stop.start()) + 1
    yield Fact("handler", fields, "errexit", before=Region("before", before.region.path, line), after=after.header)
