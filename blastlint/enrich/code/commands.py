"""Destructive calls in code, as `command` facts: schema resets by an ORM, recursive deletion, calls of cloud libraries that
delete (rows of facts/calls.json). Command lines that code hands to a shell are commands like any other (resolve/).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from blastlint.enrich.code.deletion_modes import SCREEN, hardened
from blastlint.enrich.code.loops import everything
from blastlint.enrich.code.pairs import Pair
from blastlint.facts.calls import rows
from blastlint.frozen import dataclass
from blastlint.model import Fact, FactValue, Side
from blastlint.parse.code import Call, Handle
from blastlint.regex import regex

_SCREEN = regex(
    rb"(?i)sync|drop|rollback|flush|reset|downgrade|rmtree|recursive|rimraf|emptyDir|\bremove|call_command|recreate|schema"
    rb"|rm_r|delet|terminat|purge|destroy|unlink|removedirs|mutation"
)
_TEMPORARY = regex(
    r"(?i)te?mp|scratch|mkd?temp|cache|\bbuild|\bdist\b|node_modules|__pycache__|coverage|\bout(put)?\b|target|workdir|sandbox"
)
_OUTSIDE = regex(r"os\.environ|[gG]etenv|\bENV[\[.]|process\.env|sys\.argv|process\.argv|\binput\(")
_LITERAL = regex(r"^[rbuf]*[\"'`]([^\"'`$]*)[\"'`]$")
_LOCAL = regex(r"localhost|127\.0\.0\.1|:memory:|sqlite|test|TEST")
_TEST_ONLY = regex(r"(?i)test|spec|fixture|conftest|mock|factory|sandbox|preview")


@dataclass(frozen=True, slots=True)
class Deed:
    """One destructive thing that a call does."""

    call: Call
    tool: str
    verb: str
    text: str
    classes: tuple[str, ...]
    target: str
    target_kind: str
    empty_is_root: bool = False
    each: str = ""
    unfiltered: bool = False


def facts(pair: Pair) -> Iterator[Fact]:
    """One `command` fact for each deed that is new on the after side, wherever it may have stood before."""
    yield from _softer_before(pair)
    if not pair.mentions(_SCREEN):
        return
    known = Counter(deed.text for deed in deeds(pair, "before"))
    known.update(_gone_elsewhere(pair))
    for number, deed in enumerate(deeds(pair, "after")):
        if known[deed.text] > 0:
            known[deed.text] -= 1
        else:
            yield _fact(pair, deed, number)


def _softer_before(pair: Pair) -> Iterator[Fact]:
    """A deletion that could be taken back before."""
    if pair.change.before is None or not pair.mentions(SCREEN):
        return
    for number, (old, new, what) in enumerate(hardened(pair.before, pair.after)):
        deed = Deed(new, new.name, "deletes for good", new.text, ("delete",), "", "none")
        fact = _fact(pair, deed, number)
        yield replace(
            fact, fields={**fact.fields, "status": "modified", "before": old.text, "hardened": what, "escalated": False},
            path=f"{new.last}!{number}",
        )  # fmt: skip


def deeds(pair: Pair, side: Side) -> Iterator[Deed]:
    """What one side's calls destroy."""
    shape = pair.before if side == "before" else pair.after
    for call in shape.calls:
        row = next((row for row in rows("commands") if _fits(call, row) and _imported(row, pair, side)), None)
        if row is not None:
            classes = tuple(str(c) for c in row["classes"])
            target = call.arguments[0] if call.arguments else ""
            kind = _target_kind(target) if "recursive-delete" in classes else "none"
            each = "everything in it" if "bulk" in classes else everything(_text_before(pair, side, call), call.name)
            yield Deed(call, call.name, row["what"], call.text, classes, target, kind, each=each, unfiltered=bool(each))


def _text_before(pair: Pair, side: Side, call: Call) -> str:
    """The definition's text up to the end of the call's line."""
    region, entity = pair.region(side, call.at), pair.change.before if side == "before" else pair.change.after
    if region is None or entity is None or not isinstance(entity.detail, Handle):
        return ""
    lines = pair.text(side).split("\n")
    return "\n".join(lines[: region.last_line - entity.detail.definition.first_line + 1])


def _imported(row: dict[str, str], pair: Pair, side: Side) -> bool:
    """Whether the file imports the library that the row is about, where the row names one."""
    module = pair.module(side)
    if "mentions" in row:
        return module is not None and re.search(row["mentions"].encode(), module.source) is not None
    return "import" not in row or (
        module is not None and any(re.search(row["import"], i.target) for i in module.imports)
    )


def _fits(call: Call, row: dict[str, str]) -> bool:
    if not re.search(row["call"], call.name):
        return False
    if "option" in row and not any(
        re.search(row["option"], key) and re.search(row["value"], value) for key, value in call.options.items()
    ):
        return False
    return "argument" not in row or any(re.search(row["argument"], a) for a in call.arguments)


def _gone_elsewhere(pair: Pair) -> Counter[str]:
    """The same deeds in definitions that are gone: this is that code, moved."""
    found: Counter[str] = Counter()
    for change in pair.scope.changes:
        if change.action == "removed" and change is not pair.change:
            other = pair.scope.pair(change)
            if other.mentions(_SCREEN, "before"):
                found.update(deed.text for deed in deeds(other, "before"))
    return found


def _fact(pair: Pair, deed: Deed, number: int) -> Fact:
    fields: dict[str, FactValue] = {
        "classes": deed.classes,
        "status": "added",
        "tool": deed.tool,
        "verb": deed.verb,
        "text": deed.text,
        "before": "",
        "target": deed.target,
        "target_kind": deed.target_kind,
        "production": False,
        "ephemeral": bool(_TEST_ONLY.search(pair.change.path) or _LOCAL.search(deed.call.text)),
        "narrowing_lost": (),
        "approvals_added": (),
        "dry_run_lost": False,
        "guards_lost": (),
        "unchecked_step": "",
        "pairs_with": "",
        "container": "code",
        "saved_plan": False,
        "escalated": True,
        "target_worse": True,
        "empty_is_root": deed.empty_is_root,
        "narrowed": False,
        "declared": False,
        "new_file": pair.is_new and pair.scope.context.before.tree.size(pair.change.path) is None,
        "throwaway": False,
        "recreate_new": False,
        "remote": False,
        "each": deed.each,
        "unfiltered": deed.unfiltered,
        "hardened": "",
        "ref": "none",
    }
    return pair.fact("command", f"{deed.tool}#{number}", fields, None, pair.region("after", deed.call.at))


def _target_kind(target: str) -> str:
    """What a path expression stands for, as far as its words tell."""
    literal = _LITERAL.match(target)
    if literal is None:
        if re.search(r"\bhome\b|expanduser|homedir", target):
            return "home"
        if _OUTSIDE.search(target):
            return "unset-variable"
        return "temporary" if _TEMPORARY.search(target) else "variable"
    path = literal.group(1)
    if path.rstrip("/") in ("", "~", "."):
        return "home" if path.startswith("~") else "root"
    if re.match(r"^/(etc|usr|var|bin|lib|opt|home|root|data|srv|mnt)?/?\*?$", path):
        return "root"
    if "*" in path:
        return "glob"
    return "temporary" if path.startswith("/tmp") else "build" if _TEMPORARY.search(path) else "literal"
