"""Files of which every line, or entry, lets something pass (.trivyignore, baselines), when they grow."""

from __future__ import annotations

import re
from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.facts.quality import rows
from blastlint.model import Change, Fact, FactValue, Region
from blastlint.regex import Words

NAMES = Words("ignore baseline audit-ci .nsprc osv-scanner rubocop_todo .snyk")  # what is in those of the files in the table


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """At most one `lint-suppression` fact for a file."""
    if not NAMES.search(change.path):
        return
    row = next((r for r in rows("allowances") if re.search(r["file"], change.path)), None)
    if row is None or change.after is None:
        return
    before, after = (
        _entries(tree.read(change.path), row["entry"]) for tree in (context.before.tree, context.after.tree)
    )
    more = [e for e in after if e not in set(before)]
    if len(after) <= len(before) or not more:
        return
    fields: dict[str, FactValue] = {
        "tool": row["tool"],
        "kind": row["kind"],
        "blanket": False,
        "reason": False,
        "count": len(after) - len(before),
        "weight": len(after) - len(before),
        "new_file": change.before is None,
        "what": f"the list of what {row['tool']} lets pass grows by {len(after) - len(before)}",
    }
    yield Fact("lint-suppression", fields, row["tool"], None, Region("after", change.path, 1))


def _entries(data: bytes | None, entry: str) -> list[str]:
    text = (data or b"").decode("utf-8", "replace")
    return [
        line.strip()
        for line in text.split("\n")
        if re.search(entry, line) and not line.lstrip().startswith(("#", "//"))
    ]
