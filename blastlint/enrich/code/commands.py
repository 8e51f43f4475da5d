"""Destructive calls in code, as `command` facts: schema resets by an ORM, recursive deletion. Rows of facts/calls.json."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from blastlint.enrich.code.pairs import Pair
from blastlint.facts.calls import rows
from blastlint.model import Fact, FactValue, Side
from blastlint.parse.code import Call

_SCREEN = re.compile(
    rb"(?i)sync|drop|rollback|flush|reset|downgrade|rmtree|recursive|rimraf|emptyDir|\bremove|call_command|recreate|schema"
)
_TEMPORARY = re.compile(
    r"(?i)te?mp|scratch|mkd?temp|cache|\bbuild|\bdist\b|node_modules|__pycache__|coverage|\bout(put)?\b|target|workdir|sandbox"
)
_LITERAL = re.compile(r"^[rbuf]*[\"'`]([^\"'`$]*)[\"'`]$")
_LOCAL = re.compile(r"localhost|127\.0\.0\.1|:memory:|sqlite|test|TEST")
_TEST_ONLY = re.compile(r"(?i)test|spec|fixture|conftest|mock|factory|sandbox|preview")


def facts(pair: Pair) -> Iterator[Fact]:
    """One `command` fact for each call that is new on the after side, wherever it may have stood before."""
    if not pair.mentions(_SCREEN):
        return
    known = Counter(call.text for call, _ in destructive(pair, "before"))
    known.update(_gone_elsewhere(pair))
    for number, (call, row) in enumerate(destructive(pair, "after")):
        if known[call.text] > 0:
            known[call.text] -= 1
            continue
        yield _fact(pair, call, row, number)


def destructive(pair: Pair, side: Side) -> Iterator[tuple[Call, dict[str, str]]]:
    """Calls that a row of the table describes, with the row."""
    shape = pair.before if side == "before" else pair.after
    for call in shape.calls:
        row = next((row for row in rows("commands") if _fits(call, row)), None)
        if row is not None:
            yield call, row


def _fits(call: Call, row: dict[str, str]) -> bool:
    if not re.search(row["call"], call.name):
        return False
    if "option" in row and not any(
        re.search(row["option"], key) and re.search(row["value"], value) for key, value in call.options.items()
    ):
        return False
    return "argument" not in row or any(re.search(row["argument"], a) for a in call.arguments)


def _gone_elsewhere(pair: Pair) -> Counter[str]:
    """The same calls in definitions that are gone: this is that code, moved."""
    found: Counter[str] = Counter()
    for change in pair.scope.changes:
        if change.action == "removed" and change is not pair.change:
            other = pair.scope.pair(change)
            if other.mentions(_SCREEN, "before"):
                found.update(call.text for call, _ in destructive(other, "before"))
    return found


def _fact(pair: Pair, call: Call, row: dict[str, str], number: int) -> Fact:
    target = call.arguments[0] if call.arguments else ""
    classes = tuple(str(c) for c in row["classes"])
    fields: dict[str, FactValue] = {
        "classes": classes,
        "status": "added",
        "tool": call.name,
        "verb": row["what"],
        "text": call.text,
        "before": "",
        "target": target,
        "target_kind": _target_kind(target, call) if "recursive-delete" in classes else "all",
        "production": False,
        "ephemeral": bool(_TEST_ONLY.search(pair.change.path) or _LOCAL.search(call.text)),
        "narrowing_lost": (),
        "approvals_added": (),
        "dry_run_lost": False,
        "guards_lost": (),
        "unchecked_step": "",
        "pairs_with": "",
        "container": "code",
        "saved_plan": False,
    }
    return pair.fact("command", f"{call.name}#{number}", fields, None, pair.region("after", call.at))


def _target_kind(target: str, call: Call) -> str:
    """What a path expression stands for, as far as its words tell."""
    literal = _LITERAL.match(target)
    if literal is None:
        if re.search(r"\bhome\b|expanduser|homedir", target):
            return "home"
        return "temporary" if _TEMPORARY.search(target) else "variable"
    path = literal.group(1)
    if path.rstrip("/") in ("", "~", "."):
        return "home" if path.startswith("~") else "root"
    if re.match(r"^/(etc|usr|var|bin|lib|opt|home|root|data|srv|mnt)?/?\*?$", path):
        return "root"
    return (
        "glob"
        if "*" in path
        else "temporary"
        if path.startswith("/tmp")
        else "build"
        if _TEMPORARY.search(path)
        else "literal"
    )
