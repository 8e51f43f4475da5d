"""Comments that tell a tool to look away, over the whole change set: one that moves along with its line is not new. And
files that list what is let pass, when they grow."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from blastlint.enrich.context import Context
from blastlint.enrich.surroundings import path_class_of
from blastlint.facts.quality import rows
from blastlint.frozen import dataclass
from blastlint.model import Change, Fact, FactValue, Region, Related, Side
from blastlint.regex import regex

_SCREEN = regex(
    rb"(?i)noqa|type:\s*ignore|nosec|no cover|eslint-disable|@ts-|nolint|rubocop:disable|SuppressWarnings|#!?\[allow|:ignore"
    rb"|checkov:skip|nosemgrep|NOSONAR|hadolint ignore|shellcheck disable|pylint:\s*disable|istanbul ignore|c8 ignore"
    rb"|pyright:|biome-ignore|lint:ignore"
)
_REASON = regex(
    r"(?i)\b(because|see|issue|ticket|until|https?://|[A-Z]{2,}-\d+|#\d{2,}|--\s*\w+|reason)\b|\b(as|since) \w+ \w+"
    r"|: \w+ \w+ \w+"
)
_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class _Mark:
    tool: str
    kind: str
    blanket: bool
    reason: bool
    code: str
    line: int


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """At most one `lint-suppression` fact for a file."""
    yield from _allowances(change, context)
    grown = context.once(_grown).get(change.path, ())
    if not grown:
        return
    worst = min(grown, key=lambda m: (m.kind != "security", not m.blanket, m.reason, m.line))
    fields: dict[str, FactValue] = {
        "tool": worst.tool,
        "kind": worst.kind,
        "blanket": worst.blanket,
        "reason": all(m.reason for m in grown),
        "count": len(grown),
        "weight": sum(2 if m.blanket else 1 for m in grown),
        "new_file": change.before is None,
        "what": f"{worst.tool} is told to look away"
        + (f" in {len(grown)} places" if len(grown) > 1 else " in one place"),
    }
    related = tuple(
        Related(f"{m.tool} looks away", Region("after", change.path, m.line), change.path)
        for m in grown[:8]
        if m is not worst
    )
    yield Fact("lint-suppression", fields, worst.tool, None, Region("after", change.path, worst.line), related)


def _grown(context: Context) -> Mapping[str, Sequence[_Mark]]:
    """File -> the marks that are new: not for the same code anywhere before, and more than the file had."""
    old: list[tuple[str, _Mark]] = []
    new: list[tuple[str, _Mark]] = []
    was: dict[str, str] = {}
    for file in context.change_set.files:
        if file.is_submodule or file.is_symlink:
            continue
        if file.before:
            old += [(file.before, m) for m in _marks(file.before, "before", context)]
        if file.after:
            new += [(file.after, m) for m in _marks(file.after, "after", context)]
            was[file.after] = file.before or ""
    by_code = Counter((m.tool, m.code) for _, m in old)
    by_file = Counter((path, m.tool) for path, m in old)
    unmatched: list[tuple[str, _Mark]] = []
    for path, mark in new:
        if by_code[(mark.tool, mark.code)] > 0:
            by_code[(mark.tool, mark.code)] -= 1
            by_file[(was[path], mark.tool)] -= 1
        else:
            unmatched.append((path, mark))
    found: dict[str, list[_Mark]] = {}
    for path, mark in unmatched:
        if by_file[(was[path], mark.tool)] > 0:
            by_file[(was[path], mark.tool)] -= 1
        else:
            found.setdefault(path, []).append(mark)
    return found


def _marks(path: str, side: Side, context: Context) -> Iterator[_Mark]:
    if path_class_of(path, context.config) in ("generated", "vendored", "lock", "docs"):
        return
    tree = context.before.tree if side == "before" else context.after.tree
    data = tree.read(path)
    if data is None or len(data) > _MAX or _SCREEN.search(data) is None:
        return
    kinds = rows("suppressions")
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), 1):
        if len(line) > 2000 or not _SCREEN.search(line.encode()):
            continue
        for row in kinds:
            match = re.search(row["mark"], line)
            if match is not None:
                code = " ".join(line[: match.start()].split()) or " ".join(line[match.end() :].split())
                rest = line[match.end() :]
                blanket = bool(row.get("blanket")) and re.search(row["blanket"], line) is not None
                yield _Mark(row["tool"], row["kind"], blanket, bool(_REASON.search(rest)), code, number)
                break


def _allowances(change: Change, context: Context) -> Iterator[Fact]:
    """Files whose every line, or entry, lets something pass."""
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
