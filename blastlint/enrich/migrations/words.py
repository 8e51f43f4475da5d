"""The fields of an `operation` fact, in one place for files and commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from blastlint.enrich.migrations.concerns import Concern
from blastlint.masking import mask_text
from blastlint.migration import Operation
from blastlint.model import FactValue
from blastlint.prose import listed

_LEADS = {
    "migration": "This migration", "schema": "This schema", "seed": "This script", "script": "This script",
    "code": "This code", "command": "This command",
}  # fmt: skip
def joined(deeds: Sequence[str]) -> str:
    """`drops the table a`, `drops the tables a and b`, `drops the table a and empties b`."""
    deeds = list(dict.fromkeys(deeds))
    starts = {deed.rpartition(" ")[0] for deed in deeds}
    if len(deeds) < 2 or len(starts) > 1:
        return listed(deeds)
    start = starts.pop()
    plural = "s" if start.rpartition(" ")[2] in ("table", "column", "index", "database", "schema") else ""
    return f"{start}{plural} {listed([deed.rpartition(' ')[2] for deed in deeds])}"


def fields(
    operation: Operation,
    concern: Concern,
    container: str,
    deeds: Sequence[str],
    *,
    named: bool = True,
    left: str = "",
    copied: str = "",
    redefined: bool = False,
    fresh: bool = False,
    filled: bool = False,
    declared: bool = False,
    ephemeral: bool = False,
    new_file: bool = True,
) -> Mapping[str, FactValue]:
    """`deeds` are those of all operations that the fact stands for, the heaviest first; `left` goes on behind "It ..."."""
    sentences = [f"{_LEADS.get(container, 'This')} {joined(deeds)}."]
    if left:
        sentences.append(f"{'It' if len(deeds) == 1 else 'They'} {left} before: this is the second step of two.")
    sentences.append(concern.meaning)
    if copied and concern.name == "table-loss":
        sentences.append(f"Rows were copied to {copied} before.")
    if named and concern.kind in ("table", "column") and container == "migration":
        sentences.append("Code before this change still names it." if len(deeds) == 1 else "")
    lock = concern.lock
    if lock is not None and lock.safer:
        sentences.append(f"Without it: {lock.safer}")
    return {
        "concern": concern.name,
        "kind": concern.kind,
        "verb": operation.verb,
        "table": operation.table,
        "column": operation.column,
        "subject": operation.subject,
        "summary": " ".join(s for s in sentences if s),
        "text": mask_text(operation.text),
        "count": len(deeds),
        "container": container,
        "framework": operation.framework,
        "dialect": operation.dialect,
        "lock": lock.name if lock else "",
        "blocks": lock.blocks if lock else "",
        "work": lock.work if lock else "",
        "certain": concern.certain,
        "named": named,
        "left": left,
        "copied": bool(copied),
        "redefined": redefined,
        "fresh": fresh,
        "filled": filled,
        "ephemeral": ephemeral,
        "declared": declared,
        "public": operation.has("public"),
        "admin": operation.has("admin"),
        "cascades": operation.has("cascade"),
        "new_file": new_file,
    }
