"""`agent-guard` facts of ignore files: lines that kept files from an agent, and are gone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from blastlint.enrich.breadth.texts import text_of
from blastlint.enrich.context import Context
from blastlint.facts.agents import table
from blastlint.globs import matches
from blastlint.model import Change, Fact, Region, Related
from blastlint.regex import regex

_SECRET = regex(
    r"(^|[/.*_!-])(env|secrets?|credentials?|pem|key|keys|p12|pfx|tfstate|tfvars|ssh|aws|kube|netrc|vault|private|id_rsa|prod(uction)?)\b",
    re.IGNORECASE,
)


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """At most one fact of an ignore file of an agent."""
    if change.path.rpartition("/")[2] not in table().ignore_files or change.before is None:
        return
    old = list(_lines(context.before.tree.read(change.before.address)))
    new = list(_lines(context.after.tree.read(change.after.address))) if change.after is not None else []
    patterns = [line for _, line in new]
    opened = [(n, line) for n, line in new if line.startswith("!") and line not in [text for _, text in old]]
    lost = [
        (n, line) for n, line in old if not line.startswith("!") and line not in patterns and not _still(line, patterns)
    ]
    if not lost and not opened:
        return
    grave = [line for _, line in (*lost, *opened) if _SECRET.search(line)]
    texts = [f"{line} is no longer hidden from it" for _, line in lost] + [f"{line} shows it again" for _, line in opened]
    path = change.before.address
    yield Fact(
        "agent-guard",
        {
            "agent": "the agent",
            "what": "ignore",
            "level": "grave" if grave else "lesser",
            "new": False,
            "gone": change.after is None,
            "count": len(texts),
            "summary": "; ".join(texts[:5]) + (f", and {len(texts) - 5} more" if len(texts) > 5 else ""),
        },
        before=Region("before", path, lost[0][0]) if lost else None,
        after=Region("after", change.path, opened[0][0]) if opened else None,
        related=tuple(Related(line, Region("before", path, n)) for n, line in lost[1:20]),
    )


def _lines(data: bytes | None) -> Iterator[tuple[int, str]]:
    text = text_of(data)
    for number, line in enumerate(text.text.splitlines() if text is not None else (), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line.strip()


def _still(line: str, patterns: list[str]) -> bool:
    """Whether what the line means is matched by another one: a pattern that takes in its own text."""
    plain = line.strip("/").replace("**/", "").replace("*", "x")
    return bool(plain) and matches(plain, patterns)
