"""Methods that are gone as a whole with what they refused, while their class stays: those that a framework calls by their
name (`clean_name`, `has_permission`, `UnmarshalYAML`) or by a decorator (`@field_validator`), and those that stood before
the one that they inherit (`super().get_instance()`). Nobody misses them: what they kept out now comes in.

Silent are methods that the code itself calls (its callers are told of), whose field, class or base goes with them, and
whose question is asked elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from blastlint.enrich.code.gates import Gate, gates
from blastlint.enrich.code.moved_checks import elsewhere
from blastlint.enrich.code.pairs import WORD, Pair
from blastlint.facts.calls import pattern
from blastlint.model import Change, Fact, FactValue
from blastlint.parse.code import Definition, Handle, Module
from blastlint.regex import regex

SCREEN = regex(rb"\b(raise|throw|return|abort|errors?\.add|add_error)\b|Errorf|errors\.New")
_RETURNS = regex(r"^return (?!(?:True|true|None|null|nil)?;?$)")
_OWN_FIELD = regex(r"^(?:clean|validate)_(\w+)$")
_STRING = regex(r"^[\"'](\w+)[\"']$")


def facts(pair: Pair) -> Iterator[Fact]:
    """One fact for a method that is gone: `input-check` where it looked at input, `precondition` where it asked who may, or
    stood before what it inherits."""
    change, before = pair.change, pair.change.before
    if change.type != "function" or before is None or not isinstance(before.detail, Handle):
        return
    if pair.scope.is_test(change.path) or not pair.mentions(SCREEN, "before"):
        return
    definition = before.detail.definition
    owner = _owner(pair, definition.name.rpartition(".")[0])
    if owner is None:
        return
    sort = _sort(pair, before.detail.module, definition.last_name)
    asked = next((g for g in gates(pair.before) if g.refuses), None)
    answers = sort == "permission" and any(_RETURNS.match(s) for s in pair.before.statements)
    if not sort or not (asked or answers) or _stands_elsewhere(pair, definition, owner, asked):
        return
    at = pair.region("before", asked.branch.at if asked is not None else None)
    if sort == "input":
        said: dict[str, FactValue] = {
            "what": "method", "name": definition.last_name, "before": definition.last_name, "after": "", "count": 1,
        }  # fmt: skip
        yield pair.fact("input-check", f"method {definition.last_name}", said, at)
        return
    fields: dict[str, FactValue] = {
        "what": "removed",
        "asks": "permission" if sort == "permission" else "value",
        "before": asked.branch.condition if asked is not None else definition.last_name,
        "after": "",
        "leaves": "raise",
        "used": True,
        "again": False,
        "protects": "other",
        "call": "a yes" if sort == "permission" else f"the inherited {definition.last_name}",
        "count": 1,
        "gone": 1,
        "answers": False,
    }
    yield pair.fact("precondition", definition.last_name, fields, at)


def _owner(pair: Pair, name: str) -> Definition | None:
    """The class that the method belonged to, as it stands after the change."""
    document = pair.scope.context.after.document(pair.change.path)
    if not name or document is None or not isinstance(document.content, Module):
        return None
    return document.content.by_name.get(name)


def _sort(pair: Pair, module: Module, name: str) -> str:
    """What a method is for, where nobody but a framework, or the callers of what it inherits, call it."""
    decorated = any(pattern("hooks", "decorators").search(d.name) for d in pair.before.decorators)
    if decorated:
        return "input"
    if _inherits(pair, name):
        return next((sort for sort in ("permission", "input") if pattern("hooks", sort).search(name)), "override")
    called = re.findall(rb"(?<!def )(?<!func )\b%s\b" % re.escape(name.encode()), module.source)
    defined = sum(d.last_name == name for d in module.definitions)
    if len(called) > defined:
        return ""
    return next((sort for sort in ("permission", "input") if pattern("hooks", sort).search(name)), "")


def _inherits(pair: Pair, name: str) -> bool:
    """Whether it hands on to what it overrides."""
    said = re.compile(rf"^super(?:\([^()]*\))?(?:(?:\.|::){re.escape(name)})?(?:\(|$)")
    return any(said.match(call.text) for call in pair.before.calls)


def _stands_elsewhere(pair: Pair, definition: Definition, owner: Definition, asked: Gate | None) -> bool:
    """Whether the class, or another, has something new in its place, or what it was about is gone."""
    changes = pair.scope.changes
    named = (c for c in changes if c is not pair.change and c.after is not None and c.type == "function")
    if any(c.after is not None and c.after.name.rpartition(".")[2] == definition.last_name for c in named):
        return True
    held = next((c for c in changes if c.type == "class" and c.path == pair.change.path and _is(c, owner)), None)
    if held is not None and _limits_more(pair.scope.pair(held), owner):
        return True
    field = _OWN_FIELD.match(definition.last_name)
    fields = {m[1] for d in pair.before.decorators for a in d.arguments if (m := _STRING.match(a))} or (
        {field[1]} if field is not None else set()
    )
    words = set(WORD.findall(owner.text.decode("utf-8", "replace")))
    if fields and held is not None and not fields & words:
        return True
    return asked is not None and elsewhere(asked, pair)


def _is(change: Change, owner: Definition) -> bool:
    after = change.after
    return after is not None and isinstance(after.detail, Handle) and after.detail.definition.name == owner.name


def _limits_more(pair: Pair, owner: Definition) -> bool:
    """Whether the class inherits from something else, or has more that limits its fields than it had."""
    before = pair.change.before
    if before is None or not isinstance(before.detail, Handle):
        return False
    keys, calls = pattern("validation", "keys"), pattern("validation", "declared")
    old, new = (
        sum(bool(keys.search(o.key)) for o in s.options) + sum(bool(calls.search(c.name)) for c in s.calls)
        for s in (pair.before, pair.after)
    )
    return new > old or before.detail.definition.bases != owner.bases
