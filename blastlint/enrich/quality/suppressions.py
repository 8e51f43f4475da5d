"""Comments that tell a tool to look away, over the whole change set: one that moves along with its line is not new."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from blastlint.enrich.breadth.edits import edit_of
from blastlint.enrich.breadth.texts import text_of
from blastlint.enrich.context import Context
from blastlint.enrich.surroundings import path_class_of
from blastlint.facts.quality import rows
from blastlint.frozen import dataclass, replace
from blastlint.model import Change, Fact, FactValue, FileChange, Region, Related
from blastlint.regex import regex, screened

_SCREEN = screened(
    "noqa ignore nosec cover disable @ts- nolint suppresswarnings [allow checkov nosemgrep nosonar pyright",
    r"(?i)noqa|type:\s*ignore|nosec|no cover|eslint-disable|@ts-|nolint|rubocop:disable|SuppressWarnings|#!?\[allow|:ignore"
    r"|checkov:skip|nosemgrep|NOSONAR|hadolint ignore|shellcheck disable|pylint:\s*disable|istanbul ignore|c8 ignore"
    r"|pyright:|biome-ignore|lint:ignore"
)
_REASON = regex(
    r"(?i)\b(because|see|issue|ticket|until|https?://|[A-Z]{2,}-\d+|#\d{2,}|--\s*\w+|reason)\b|\b(as|since) \w+ \w+"
    r"|: \w+ \w+ \w+|\s(?:#|//|--|-) \w+ \w+ \w+"
)
_COMMENT = regex(r"^\s*(#|//|\*)\s*\w+ \S+")  # two words
_RULE = regex(r"\b[a-z][\w.]*(?:-[\w.]+)+")
_UNREAD = ("generated", "vendored", "lock", "docs")


@dataclass(frozen=True, slots=True)
class _Mark:
    tool: str
    kind: str
    blanket: bool
    reason: bool
    code: str
    line: int = 0


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """At most one `lint-suppression` fact for a file."""
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
    """File -> the marks that are new: not for the same code anywhere before, and more than the file had. Lines that stay
    have the marks that they had."""
    new = [(file, mark) for file in _files(context) for mark in _came(file, context)]
    if not new:
        return {}
    old = [(file, mark) for file in _files(context) for mark in _went(file, context)]
    by_code = Counter((m.tool, m.code) for _, m in old)
    by_file = Counter((file.before, m.tool) for file, m in old)
    unmatched: list[tuple[FileChange, _Mark]] = []
    for file, mark in new:
        if by_code[(mark.tool, mark.code)] > 0:
            by_code[(mark.tool, mark.code)] -= 1
            by_file[(file.before, mark.tool)] -= 1
        else:
            unmatched.append((file, mark))
    found: dict[str, list[_Mark]] = {}
    for file, mark in unmatched:
        if by_file[(file.before, mark.tool)] > 0:
            by_file[(file.before, mark.tool)] -= 1
        else:
            found.setdefault(file.path, []).append(mark)
    return found


def _files(context: Context) -> Iterator[FileChange]:
    return (file for file in context.change_set.files if not (file.is_submodule or file.is_symlink))


def _came(file: FileChange, context: Context) -> Iterator[_Mark]:
    """The marks in lines that are new, each where the line stands for the last time."""
    lines = edit_of(file.before, file.after, context)
    if lines is None or file.after is None or not _is_looked_at(file.after, lines.born, context):
        return
    marked = {line: found for line in lines.born if (found := _mark(line)) is not None}
    if not marked:
        return
    text = text_of(context.after.tree.read(file.after))
    written = text.text.splitlines() if text else []
    places: dict[str, list[int]] = {}
    for number, line in enumerate(written, 1):
        if line in marked:
            places.setdefault(line, []).append(number)
    for line, mark in marked.items():
        if _is_of_new_rule(line, context) or (mark.kind != "security" and _is_of_new_tool(mark.tool, context)):
            continue  # it looks at more than anything did before: what is left out was never looked at
        for number in places[line][-lines.born[line] :]:
            beside = (written[n] for n in (number - 2, number) if 0 <= n < len(written) and written[n] in lines.born)
            explained = any(_COMMENT.match(other) and not _SCREEN.search(other) for other in beside)
            yield replace(mark, line=number, reason=mark.reason or explained)


def _is_of_new_rule(line: str, context: Context) -> bool:
    """Whether the rule that the mark names comes with the change: a file of it is added."""
    named = [name.rpartition(".")[2] for name in _RULE.findall(line)]
    added = (file.after for file in context.change_set.files if file.before is None and file.after is not None)
    return any(f"/{name}." in f"/{path}" for path in added for name in named)


def _is_of_new_tool(tool: str, context: Context) -> bool:
    """Whether the tool comes with the change: a file that is named for it is added, and nothing spoke of it before."""
    change_set = context.change_set
    names = (file.after.rpartition("/")[2] for file in change_set.files if file.before is None and file.after)
    return change_set.complete and any(tool in name for name in names) and not context.before.tree.search(tool)


def _went(file: FileChange, context: Context) -> Iterator[_Mark]:
    lines = edit_of(file.before, file.after, context)
    if lines is not None and file.before is not None and _is_looked_at(file.before, lines.gone, context):
        yield from (mark for line in lines.gone.elements() if (mark := _mark(line)) is not None)


def _is_looked_at(path: str, lines: Iterable[str], context: Context) -> bool:
    return _SCREEN.search("\n".join(lines)) is not None and path_class_of(path, context.config) not in _UNREAD


def _mark(line: str) -> _Mark | None:
    if len(line) > 2000 or not _SCREEN.search(line):
        return None
    for row in rows("suppressions"):
        match = re.search(row["mark"], line)
        if match is not None:
            code = " ".join(line[: match.start()].split()) or " ".join(line[match.end() :].split())
            rest = line[match.end() :]
            blanket = bool(row.get("blanket")) and re.search(row["blanket"], line) is not None
            return _Mark(row["tool"], row["kind"], blanket, bool(_REASON.search(rest)), code)
    return None
