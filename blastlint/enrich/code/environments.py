"""Guards that keep code from running where it must not: production, or anywhere but in tests.

Two forms: a branch that leaves when the environment is production, and a branch around code that holds only where it is
safe. A guard is known by what it does, not by its words: another spelling of the same is the same guard.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from blastlint.enrich.code.pairs import Pair
from blastlint.facts.calls import pattern
from blastlint.model import Fact
from blastlint.parse.code import Branch, Shape
from blastlint.regex import regex

_SCREEN = regex(rb"(?i)prod|env|debug|testing|stage|staging|live|sandbox|is_test|is_dev|is_local|istest|isdev")
_CONSTANT = regex(
    r"\b(False|false)\b\s*(and\b|&&)|(\band\b|&&)\s*\b(False|false)\b|^\s*\(?\s*(False|false|0)\s*\)?\s*$"
)
_NOT = regex(r"^\s*(?:not\b|!(?!=))\s*\(?(.*?)\)?\s*$", re.DOTALL)
_LITERAL = regex(r"(==|!=|===|!==|\bis not\b|\bis\b|\bnot in\b|\bin\b)\s*[(\[{]?\s*[\"'`]([\w-]+)[\"'`]")
_REVERSED = regex(r"[\"'`]([\w-]+)[\"'`]\s*(==|!=|===|!==|\bnot in\b|\bin\b)")
_GUARDS = regex(r"(guard|ensure|abort|check|forbid|refuse|protect|assert|require|only|deny|not_in|skip)", re.IGNORECASE)
_SWITCH = regex(rb"(?:DISABLE|SKIP|IGNORE|BYPASS|ALLOW)_\w*(?:ENV|PROD)")
_FALSE = regex(r"^[\"']?(0|False|false|None|null|no|off|)[\"']?$")


def facts(pair: Pair) -> Iterator[Fact]:
    """A `guard` fact of kind `environment` for each guard that is gone or never holds, and each switch against one."""
    yield from _switches(pair)
    if pair.is_new or not pair.mentions(_SCREEN, "before"):
        return
    before = [b for b in pair.before.branches if guards(b)]
    if not before:
        return
    after = [b for b in pair.after.branches if guards(b)]
    if len(after) >= len(before) or _moved(pair):
        return
    kept = {b.condition for b in after}
    lost = [b for b in before if b.condition not in kept][: len(before) - len(after)]
    for number, branch in enumerate(lost):
        if not _still_runs(branch, pair):
            continue
        subject = _destructive(pair.after)
        if guards(branch) == "only" and not subject:
            continue  # what ran only in tests runs everywhere now, but does no harm that we know of
        dead = next((b for b in pair.after.branches if _same_place(b, branch)), None)
        fields = {
            "kind": "environment",
            "name": branch.condition,
            "direction": "weakened",
            "strength": "off",
            "before": branch.text,
            "after": dead.text if dead is not None else "",
            "subject": subject or pair.change.entity.name,
            "protects": "destructive" if subject else "unknown",
        }
        place = pair.region("after", dead.at) if dead is not None else None
        yield pair.fact("guard", f"environment#{number}", fields, pair.region("before", branch.at), place)


def guards(branch: Branch) -> str:
    """`leaves`: it leaves where it is production. `only`: what is in it runs only where it is safe. Else empty."""
    holds = holds_in(branch.condition)
    if branch.leaves and branch.after and holds == "production":
        return "leaves"
    if not branch.leaves and branch.calls and holds == "safe":
        return "only"
    return ""


def holds_in(condition: str) -> str:
    """Where a condition holds: `production`, `safe` (only elsewhere), or empty when it does not ask, or never holds."""
    if _CONSTANT.search(condition):
        return ""
    negation = _NOT.match(condition)
    if negation is not None and not re.search(r"\band\b|\bor\b|&&|\|\|", condition.split(")")[-1]):
        return {"production": "safe", "safe": "production"}.get(holds_in(negation.group(1)), "")
    for operator, word in _comparisons(condition):
        where = _where(word)
        if where:
            negative = operator in ("!=", "!==", "is not", "not in")
            return where if not negative else {"production": "safe", "safe": "production"}[where]
    predicate = pattern("environment", "predicates").search(condition)
    if predicate is None:
        return ""
    where = "production" if re.search("prod|live", predicate.group(0), re.IGNORECASE) else "safe"
    inverted = re.search(r"(not\s+|!)[\w.()\[\]\"']*$", condition[: predicate.start()]) or re.search(
        r"^(not|ensure_not)_", predicate.group(0)
    )
    return {"production": "safe", "safe": "production"}[where] if inverted else where


def _comparisons(condition: str) -> Iterator[tuple[str, str]]:
    """(operator, literal) of comparisons in a condition that names an environment."""
    if not pattern("environment", "names").search(re.sub(r"([a-z])([A-Z])", r"\1_\2", condition)):
        return
    yield from ((m.group(1), m.group(2)) for m in _LITERAL.finditer(condition))
    yield from ((m.group(2), m.group(1)) for m in _REVERSED.finditer(condition))


def _where(word: str) -> str:
    if re.fullmatch(pattern("environment", "production"), word.lower()):
        return "production"
    return "safe" if re.fullmatch(pattern("environment", "safe"), word.lower()) else ""


def _moved(pair: Pair) -> bool:
    """Whether the same guard stands in a function, a decorator or a call that is new here."""
    if any(guards(branch) for helper in _new_helpers(pair) for branch in helper.branches):
        return True
    known = {c.name for c in (*pair.before.calls, *pair.before.decorators)}
    for call in (*pair.after.calls, *pair.after.decorators):
        if call.name not in known and _GUARDS.search(call.name) and _SCREEN.search(call.text.encode()):
            return True
    return False


def _new_helpers(pair: Pair) -> Iterator[Shape]:
    known = list(pair.helpers("before"))
    for helper in pair.helpers("after"):
        if not any(helper.statements == k.statements for k in known):
            if not any(branch.leaves for branch in helper.branches):
                yield helper
            else:
                # in a helper the guard is often the last thing that it does
                yield Shape(helper.locate, branches=tuple(_leaving(b) for b in helper.branches))


def _leaving(branch: Branch) -> Branch:
    return Branch(branch.condition, branch.leaves, branch.body, branch.calls, True, branch.text, branch.at)


def _still_runs(branch: Branch, pair: Pair) -> bool:
    """Whether something that the guard stood before, or around, is still there."""
    after = frozenset(pair.after.statements)
    if guards(branch) == "only":
        return any(statement in after for statement in branch.body)
    inside = frozenset(branch.body)
    kept = {c.name for c in pair.after.calls}
    guarded = [s for s in pair.before.statements if s not in inside]
    return any(s in after for s in guarded) or any(
        c.name in kept for c in pair.before.calls if c.name not in branch.calls
    )


def _destructive(shape: Shape) -> str:
    """The first call that could do harm, as text."""
    harm = pattern("environment", "destructive")
    found = next((c for c in shape.calls if harm.search(c.name) or harm.search(c.name.lower())), None)
    return f"{found.name}()" if found is not None else ""


def _same_place(after: Branch, before: Branch) -> bool:
    return not guards(after) and (
        (after.body == before.body and bool(after.body)) or before.condition in after.condition
    )


def _switches(pair: Pair) -> Iterator[Fact]:
    """DISABLE_DATABASE_ENVIRONMENT_CHECK and its like, newly set."""
    if not pair.mentions(_SWITCH):
        return
    disabled = pattern("environment", "disabled")
    known = {o.key for o in pair.before.options if disabled.search(o.key) and not _FALSE.match(o.value)}
    for option in pair.after.options:
        if disabled.search(option.key) and option.key not in known and not _FALSE.match(option.value):
            fields = {
                "kind": "environment",
                "name": option.key,
                "direction": "weakened",
                "strength": "off",
                "before": f"the check that {option.key} turns off",
                "after": f"{option.key} = {option.value}",
                "subject": pair.change.entity.name,
                "protects": "destructive",
            }
            yield pair.fact("guard", option.key, fields, None, pair.region("after", option.at))
