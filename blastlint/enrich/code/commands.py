"""Destructive calls in code, as `command` facts: schema resets by an ORM, recursive deletion, calls of cloud libraries that
delete (rows of facts/destructive.json). Command lines that code hands to a shell are commands like any other (resolve/).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from blastlint.enrich.code.deletion_modes import SCREEN, hardened
from blastlint.enrich.code.loops import everything
from blastlint.enrich.code.pairs import Pair
from blastlint.facts.destructive import Destructive, destructive
from blastlint.frozen import dataclass, replace
from blastlint.model import Fact, FactValue, Region, Side
from blastlint.parse.calls import Called, calls_of, libraries_of
from blastlint.parse.code import Handle, Module, Span
from blastlint.regex import regex

_SCREEN = regex(
    rb"(?i)sync|drop|rollback|flush|reset|downgrade|rmtree|recursive|rimraf|emptyDir|\bremove|call_command|recreate|schema"
    rb"|rm_r|delet|terminat|purge|destroy|unlink|removedirs|mutation|\bclean|clear!|deregister|close_?account"
    rb"|DataSource|createConnection|getConnection|forRoot"
)
_TEMPORARY = regex(
    r"(?i)te?mp|scratch|mkd?temp|cache|\bbuild|\bdist\b|node_modules|__pycache__|coverage|\bout(put)?\b|target|workdir|sandbox"
)
_OUTSIDE = regex(r"os\.environ|env::(var|args)|[gG]etenv|\bENV[\[.]|process\.env|sys\.argv|process\.argv|\binput\(")
_LITERAL = regex(r"^[rbuf]*[\"'`]([^\"'`$]*)[\"'`]$")
_LOCAL = regex(r"localhost|127\.0\.0\.1|:memory:|sqlite|test|TEST")
_TEST_ONLY = regex(r"(?i)test|spec|fixture|conftest|mock|factory|sandbox|preview")


@dataclass(frozen=True, slots=True)
class Deed:
    """One destructive thing that a call does. `each` is the listing whose every element it takes."""

    tool: str
    verb: str
    text: str
    classes: tuple[str, ...]
    span: Span
    target: str = ""
    target_kind: str = "none"
    each: str = ""


def facts(pair: Pair) -> Iterator[Fact]:
    """One `command` fact for each deed that is new on the after side, wherever it may have stood before."""
    yield from _softer_before(pair)
    if not pair.mentions(_SCREEN):
        return
    done = list(deeds(pair, "after"))
    if not done:
        return
    known = Counter(deed.text for deed in deeds(pair, "before"))
    known.update(_gone_elsewhere(pair))
    for number, deed in enumerate(done):
        if known[deed.text] > 0:
            known[deed.text] -= 1
        else:
            yield _fact(pair, deed, number)


def _softer_before(pair: Pair) -> Iterator[Fact]:
    """A deletion that could be taken back before."""
    if pair.change.before is None or not pair.mentions(SCREEN):
        return
    for number, (old, new, what) in enumerate(hardened(pair.before, pair.after)):
        deed = Deed(new.name, "deletes for good", new.text, ("delete",), pair.after.locate(new.at))
        fact = _fact(pair, deed, number)
        yield replace(
            fact, fields={**fact.fields, "status": "modified", "before": old.text, "hardened": what, "escalated": False},
            path=f"{new.last}!{number}",
        )  # fmt: skip


def deeds(pair: Pair, side: Side) -> Iterator[Deed]:
    """What one side's calls destroy."""
    entity = pair.change.before if side == "before" else pair.change.after
    if entity is None or not isinstance(entity.detail, Handle):
        return
    module, definition = entity.detail.module, entity.detail.definition
    for call in calls_of(module, definition):
        row = next((row for row in destructive() if row.names(call.method) and _fits(call, row, module)), None)
        if row is not None:
            target = call.arguments[row.target] if len(call.arguments) > row.target else ""
            kind = _target_kind(target) if "recursive-delete" in row.classes else "none"
            if kind == "variable" and len(call.values) > row.target:
                kind = _target_kind(call.values[row.target])
            lines = pair.text(side).split("\n")[: call.span[2] - definition.first_line + 1]
            each = "everything in it" if "bulk" in row.classes else everything("\n".join(lines), call.method)
            yield Deed(call.name, row.deed, call.text, row.classes, call.span, target, kind, each)


def _fits(call: Called, row: Destructive, module: Module) -> bool:
    """Whether a call with the row's method is the one that the row is about."""
    if row.receiver is not None and not row.receiver.search(call.receiver):
        return False
    if row.option is not None and not any(
        row.option[0].search(name) and row.option[1].search(value) for name, value in call.options.items()
    ):
        return False
    if row.argument is not None and not any(
        row.argument.search(said) for said in (*call.arguments, *call.options.values())
    ):
        return False
    if row.origin is None or row.origin.search(call.origin):
        return True
    return not (row.known or call.known) and any(row.origin.search(library) for library in libraries_of(module))


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
        "ephemeral": bool(_TEST_ONLY.search(pair.change.path) or _LOCAL.search(deed.text)),
        "narrowing_lost": (),
        "approvals_added": (),
        "dry_run_lost": False,
        "unchecked_step": "",
        "pairs_with": "",
        "container": "code",
        "saved_plan": False,
        "escalated": True,
        "target_worse": True,
        "empty_is_root": False,
        "narrowed": False,
        "declared": False,
        "new_file": pair.is_new and pair.scope.context.before.tree.size(pair.change.path) is None,
        "throwaway": False,
        "recreate_new": False,
        "remote": False,
        "unfiltered": bool(deed.each),
        "hardened": "",
        "ref": "none",
    }
    place = Region("after", pair.change.path, *deed.span)
    return pair.fact("command", f"{deed.tool}#{number}", fields, None, place)


def _target_kind(target: str) -> str:
    """What a path expression stands for, as far as its words tell."""
    literal = _LITERAL.match(target)
    if literal is None:
        if re.search(r"\bhome\b|expanduser|homedir|home_dir\(", target):
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
