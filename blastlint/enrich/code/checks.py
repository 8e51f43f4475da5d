"""Checks before work that are gone, or say less: a guard removed, turned around, given another way past it, or moved off its
boundary. One `precondition` fact for a definition: its gravest, with the others as related places.

Silent are other words for the same (gates.py), stricter checks, other names, and checks that moved: to a helper that is
newly called, a decorator, a caller or a callee in the change set.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from blastlint.enrich.code import environments
from blastlint.enrich.code.gates import Gate, conjuncts, gates, relation, skeleton
from blastlint.enrich.code.handlers import protects
from blastlint.enrich.code.pairs import Pair, scope_of
from blastlint.enrich.context import Context
from blastlint.facts.calls import pattern
from blastlint.frozen import dataclass, replace
from blastlint.model import Change, Fact, FactValue, Related
from blastlint.parse.code import Branch, Shape
from blastlint.parse.logic import Condition, Group, Leaf, constant, leaves, negation, normal, tokens_of
from blastlint.regex import regex

_SCREEN = regex(
    rb"\b(if|elif|unless|assert|and|or|not|require|guard|else)\b|[<>=!]=|&&|\|\||[<>!?]|\bin\b|\bis\b"
    rb"|^(return( [\w.]+)?|continue|break|next|(raise|throw)\b.*);?$", re.MULTILINE
)  # fmt: skip
_KEPT = 0.6  # share of the other statements that must still be there: else it is another function
_SHORT = 6  # statements
_ORDER = ("constant", "negated", "swapped", "removed", "moved", "loosened")
_GRAVE = ("destructive", "command", "database", "io", "other", "cleanup")  # what a check stood before
_BOUND = regex(
    r"(?i)\b(len|size|count|length|max|min|limit|ratio|threshold|total|amount|quota|capacity|percent)\w*"
    r"|_(max|min|limit|count|size)\b|\.(len|size|count|length)\b|^-?\d[\d_.]*$"
)
_FLAG = regex(
    r"(?i)\b(feature|flag|flags|features|toggle|toggles|waffle|flipper|unleash|launchdarkly|experiments?|rollout)\w*[.(\[]"
    r"|\b\w*(feature|flag|toggle)_?(is_)?(enabled|active|on)|\b(is|has)_?(feature|flag)\w*|(?-i:\bFEATURE_|\bENABLE_|_ENABLED\b)"
    r"|\b(config|conf|settings|opts|options)\w*\.([\w.]+\.)?(?-i:(has|is|use|allow|enable)_?[A-Z_]|(Has|Is|Use|Allow|Enable)[A-Z])\w*"
)
_DEBUG = regex(
    r"(?i)\b(verbose|debug|quiet|silent|trace|log(ger|ging)?|warned|logged|printed|cache[ds]?|initiali[sz]ed|seen|visited)\b"
)
_ERROR = regex(r"(?i)^!?\w*err(or)?s?\w*( *[!=]=+ *(nil|null|None))?$|^!?\(?let Err\b")
_WORD = regex(r"[A-Za-z_]\w*")
_ROOT = regex(r"[A-Za-z_]\w*")
_PLAIN = regex(r"^[\w.]+$")
_FUNCTION = regex(rb"=>|\bfunction\b")
_NO_SUBJECT = frozenset({"None", "self", "this", "len", "True", "False", "nil", "null"})
_END = (1 << 31, 0)
_BEHIND = "what comes after"  # what a check that refuses stood before, where that calls nothing


@dataclass(frozen=True, slots=True)
class Lost:
    """One gate that says less, and what stands in its place."""

    what: str
    gate: Gate
    now: Branch | None
    asks: str


def facts(pair: Pair) -> Iterator[Fact]:
    """At most one `precondition` fact: the gravest loss. Where several definitions of a file lost the same check, the one
    that stood before the gravest work tells of all."""
    if _is_asked(pair):
        yield from pair.scope.context.once(_told).get(id(pair.change), ())


def _is_asked(pair: Pair) -> bool:
    asked = not pair.is_new and _runs(pair) and pair.touches(_SCREEN, "before")
    return asked and pair.change.action not in ("removed", "moved") and not pair.scope.is_test(pair.change.path)


def _told(context: Context) -> Mapping[int, Sequence[Fact]]:
    """id of a change -> its fact, for the change set as a whole."""
    scope = scope_of(context)
    alike: dict[object, list[tuple[Change, Fact]]] = {}
    for change in scope.changes:
        pair = scope.pair(change)
        for fact in _gravest(pair) if _is_asked(pair) else ():
            alike.setdefault((change.path, fact.path, fact.fields["what"]), []).append((change, fact))
    told: dict[int, Sequence[Fact]] = {}
    for lost in alike.values():
        first, fact = min(lost, key=lambda one: _GRAVE.index(str(one[1].fields["protects"])))
        others = tuple(Related("lost the same check", f.before, c.address) for c, f in lost if c is not first)
        told[id(first)] = [replace(fact, related=(*fact.related, *others))]
    return told


def _gravest(pair: Pair) -> Iterator[Fact]:
    """The gravest loss of one definition, with its others as related places."""
    old, new = list(gates(pair.before)), list(gates(pair.after))
    if not old or {g.condition for g in old} <= {g.condition for g in new}:
        return
    found = [lost for lost in _lost(old, new, pair) if lost.asks not in ("environment", "")]
    if not found or not _same_function(found, pair):
        return
    found.sort(key=lambda lost: (_ORDER.index(lost.what), lost.asks != "permission", not lost.gate.refuses))
    worst, kept = next(((lost, kept) for lost in found if (kept := _guarded(lost.gate, pair))), (found[0], []))
    if not kept:
        return
    branch = worst.gate.branch
    used = _used(worst.gate, pair)
    fields: dict[str, FactValue] = {
        "what": worst.what,
        "asks": "none" if worst.asks == "value" and used and _is_there(worst.gate) else worst.asks,
        "before": branch.condition,
        "after": worst.now.condition if worst.now is not None else "",
        "leaves": "raise" if worst.gate.refuses or _refused_else(worst.gate, pair) else branch.leaves or "branch",
        "used": used,
        "again": _asked_again(worst.gate, new),
        "protects": _protected(kept),
        "call": _named(kept, branch.condition),
        "count": len(found),
        "gone": len({id(lost.gate.branch) for lost in found if lost.what == "removed"}),
    }
    related = tuple(
        Related(f"check that is {lost.what}", pair.region("before", lost.gate.branch.at), pair.change.address)
        for lost in found[:6]
        if lost.gate.branch is not branch
    )
    after = pair.region("after", worst.now.at) if worst.now is not None else None
    fact = pair.fact(
        "precondition", skeleton(worst.gate.text), fields, pair.region("before", branch.at), after, related
    )
    yield fact


def _runs(pair: Pair) -> bool:
    """Whether the definition has code in it: a function, what a file or class runs, a value that holds functions."""
    if pair.change.type == "setting":
        return pair.mentions(_FUNCTION, "before")
    return pair.change.type in ("function", "module", "class")


def _lost(old: Sequence[Gate], new: Sequence[Gate], pair: Pair) -> Iterator[Lost]:
    known, there = {g.condition for g in old}, {g.condition for g in new}
    born = [g for g in new if g.condition not in known]
    shapes = {g.shape for g in born}
    for gate in old:
        if gate.condition in there or gate.shape in shapes:
            continue
        what, now = _became(gate, born, old, pair)
        if not what or (what == "removed" and _moved(gate, pair)) or _elsewhere(gate, pair):
            continue
        yield Lost(what, gate, now, _asks(gate))


def _became(gate: Gate, born: Sequence[Gate], old: Sequence[Gate], pair: Pair) -> tuple[str, Branch | None]:
    """What happened to a gate, and the branch that stands for it now."""
    for branch in pair.after.branches:
        asked = normal(branch.condition)
        if constant(asked) is not None and any(leaf in set(leaves(asked)) for leaf in leaves(negation(gate.condition))):
            return "constant", branch
        if constant(asked) is not None and branch.body and branch.body == gate.branch.body:
            return "constant", branch
    for other in born:
        if isinstance(gate.condition, Leaf) and isinstance(other.condition, Leaf):
            what = relation(gate.condition, other.condition)
            if what == "stricter":
                return "", None
            if what == "negated" and other.leaving == gate.leaving and _alike(gate.branch, other.branch):
                return "negated", other.branch
            if what == "moved":
                tighter = other.condition.operator == "<"
                return ("", None) if tighter else ("moved", other.branch)
            if what == "looser":
                return "loosened", other.branch
        if (
            isinstance(other.condition, Group)
            and other.condition.word == "or"
            and gate.condition in other.condition.parts
        ):
            both = all(any(g.condition == part for g in old) for part in other.condition.parts)
            return ("swapped", other.branch) if both else ("", None)
        if isinstance(gate.condition, Group) and other.condition in gate.condition.parts:
            return "", None  # one way past it less: stricter
    if any(other.leaving == gate.leaving and _alike(gate.branch, other.branch) for other in born):
        return "", None  # the same is refused for another reason
    if gate.refuses and any(other.refuses and subjects(other) & subjects(gate) for other in born):
        return "", None  # something else is asked of the same
    return "removed", None


def _alike(one: Branch, other: Branch) -> bool:
    """Whether two branches do the same."""
    if one.leaves != other.leaves:
        return False
    return [skeleton(s) for s in one.body] == [skeleton(s) for s in other.body]


def _asks(gate: Gate) -> str:
    """What the check is about: environment, permission, flag, bound, none, value; empty for what is no check."""
    text = gate.branch.condition
    if environments.holds_in(text):
        return "environment"
    denied = gate.leaving and pattern("auth", "denied").search(" ".join(gate.branch.body))
    if denied or pattern("auth", "conditions").search(text):
        return "permission"
    if _FLAG.search(text):
        return "flag"
    if _DEBUG.search(text) or _ERROR.match(text):
        return ""  # what is done about an error is a handler's business
    if isinstance(gate.condition, Leaf):
        leaf = gate.condition
        if leaf.operator in ("<", "<=") and (_BOUND.search(leaf.left) or _BOUND.search(leaf.right)):
            return "bound"
        if leaf.operator == "==" and "None" in (leaf.left, leaf.right):
            return "none"
    return "value"


# --- what makes it none of our business -------------------------------------------------------------------------------


def _same_function(found: Sequence[Lost], pair: Pair) -> bool:
    """Whether most of what the function did outside the lost checks it still does: else it was rewritten, not disarmed."""
    gone = {s for lost in found for s in lost.gate.branch.body if lost.gate.leaving}
    before = [skeleton(s) for s in pair.before.statements if s not in gone]
    after = {skeleton(s) for s in pair.after.statements}
    if before and sum(s in after for s in before) >= _KEPT * len(before):
        return True
    calls = {c.name for c in pair.before.calls}  # what is short is soon reworded, and calls what it called
    return len(before) <= _SHORT and bool(pair.after.calls) and all(c.name in calls for c in pair.after.calls)


def subjects(gate: Gate) -> frozenset[str]:
    """The names that a gate asks about."""
    asked = (w for leaf in leaves(gate.condition) for w in _ROOT.findall(f"{leaf.left} {leaf.right}"))
    return frozenset(asked) - _NO_SUBJECT


def _refused_else(gate: Gate, pair: Pair) -> bool:
    """Whether the other side of a branch refuses: `if url: save(url) else: bad_request()`."""
    other = negation(normal(gate.branch.condition))
    opposite = (b for b in pair.before.branches if not gate.leaving and normal(b.condition) == other)
    return any(b.leaves == "raise" or pattern("checks", "refusing").search(" ".join(b.body)) for b in opposite)


def _used(gate: Gate, pair: Pair) -> bool:
    """Whether what was asked about is used behind the gate, by a call that still runs."""
    names, limit = subjects(gate), pair.before.locate(gate.branch.at)
    after = {c.name for c in pair.after.calls}
    later = (c for c in pair.before.calls if c.name in after and pair.before.locate(c.at)[:2] > limit[:2])
    return any(names & set(_WORD.findall(c.text)) for c in later)


def _is_there(gate: Gate) -> bool:
    """Whether the gate asks no more than that something is there: `if not host: return`."""
    asked = gate.condition
    return gate.leaving and isinstance(asked, Leaf) and not asked.operator and not asked.negated and (
        _PLAIN.match(asked.left) is not None
    )


def _asked_only(names: frozenset[str], gate: Gate, pair: Pair) -> bool:
    """Whether something was worked out for the gate alone: then the question is gone with what it was asked of."""
    shape = pair.before
    for name in names:
        sources = [o.value for o in shape.options if o.key == name and not o.owner]
        word = re.compile(rf"\b{re.escape(name)}\b")
        uses = (s for s in shape.statements if s not in gate.branch.body and not any(v in s for v in sources))
        asks = (b.condition for b in shape.branches if b.condition != gate.branch.condition)
        if sources and not any(word.search(text) for text in (*uses, *asks)):
            return True
    return False


def _of_what_stays(names: frozenset[str], words: set[str], pair: Pair) -> bool:
    """Whether what was asked about was worked out of a parameter, and that is still used: `parsed = parse(given)`."""
    given = {p.name for p in pair.before.parameters} & words
    return any(given & set(_WORD.findall(o.value)) for o in pair.before.options if o.key in names and not o.owner)


def _asked_again(gate: Gate, there: Sequence[Gate]) -> bool:
    """Whether a refusal that stands asks a part of the same: of two doors in a row, one is gone."""
    asked = set(leaves(gate.condition))
    others = (g for g in there if g.refuses and g.condition != gate.condition)
    return gate.refuses and any(asked & set(leaves(other.condition)) for other in others)


def _moved(gate: Gate, pair: Pair) -> bool:
    """Whether the question is asked by something that is newly called, in an expression, or is void now."""
    names = subjects(gate)
    text = pair.text("after")
    said = " ".join(pair.after.statements)
    words = set(_WORD.findall(text))
    named = {o.value for o in pair.after.options}
    inlined = any(
        o.key in names and len(o.value) > 5 and o.value not in named and (o.value in text or o.value in said)
        for o in pair.before.options
    )
    if names and not names & words and not inlined and _asks(gate) != "flag" and not _asked_only(names, gate, pair):
        return not (gate.refuses and _of_what_stays(names, words, pair))
    known = {c.name for c in (*pair.before.calls, *pair.before.decorators)}
    for call in (*pair.after.calls, *pair.after.decorators):
        if call.name in known:
            continue
        given = set(_WORD.findall(" ".join((call.text, *call.arguments))))
        if call in pair.after.decorators or names & given or pattern("checks", "checking").search(call.name):
            return True
    fresh = [s for s in pair.after.statements if s not in pair.before.statements]
    for leaf in leaves(gate.condition):
        if any(leaf.left in s and leaf.right in s and ("?" in s or " if " in s or "min" in s or "max" in s or "&&" in s
               or " and " in s or "||" in s or " or " in s) for s in fresh):  # fmt: skip
            return True
    return _typed(names, pair)


def _typed(names: frozenset[str], pair: Pair) -> bool:
    """Whether something that was asked about has another type, or another source, now."""
    before = {p.name: (p.annotation, p.default) for p in pair.before.parameters}
    after = {p.name: (p.annotation, p.default) for p in pair.after.parameters}
    if any(name in before and name in after and before[name] != after[name] for name in names):
        return True
    old = [(o.key, o.value) for o in pair.before.options if o.key in names]
    new = [(o.key, o.value) for o in pair.after.options if o.key in names]
    fresh = [(key, value) for key, value in new if (key, value) not in old]
    # what is left of a source when a part of it is gone is no other source
    return any(not any(key == k and _words(value) <= _words(v) for k, v in old) for key, value in fresh)


def _words(source: str) -> Counter[str]:
    return Counter(tokens_of(source.replace("?.", ".")))


def _elsewhere(gate: Gate, pair: Pair) -> bool:
    """Whether the rest of the change set brings the gate: in a caller, a callee, a helper."""
    brought = pair.scope.context.once(_brought)
    if any(change is not pair.change for change in brought.get(gate.shape, ())):
        return True
    refused = negation(gate.condition)  # by a new function for a part of the reasons alone: that is stricter
    parts = refused.parts if isinstance(refused, Group) and refused.word == "and" and gate.refuses else ()
    shapes = (Gate(negation(p), gate.branch, True).shape for p in parts if isinstance(p, Leaf) and p.operator)
    return any(change.action == "added" for shape in shapes for change in brought.get(shape, ()))


def _brought(context: Context) -> Mapping[str, Sequence[Change]]:
    """Shape of a gate -> the changes that bring one of that shape."""
    scope = scope_of(context)
    found: dict[str, list[Change]] = {}
    for change in scope.changes:
        if change.action not in ("added", "modified") or change.type not in ("function", "class"):
            continue
        other = scope.pair(change)
        if other.touches(_SCREEN, "after"):
            known = {g.shape for g in gates(other.before)}
            for shape in {g.shape for g in _all(other.after)} - known:
                found.setdefault(shape, []).append(change)
    return found


def _all(shape: Shape) -> Iterator[Gate]:
    """Gates, and every other condition with its opposite: what a helper asks it may just return."""
    yield from gates(shape)
    for branch in shape.branches:
        for condition in (normal(branch.condition), negation(normal(branch.condition))):
            yield from (Gate(c, branch, True) for c in conjuncts(condition))
    for statement in shape.statements:
        returned = re.match(r"^return (.{1,300})$", statement)
        if returned is not None:
            asked = normal(returned.group(1))
            both: tuple[Condition, ...] = (asked, negation(asked))
            branch = Branch(returned.group(1), "return", (), (), True, statement)
            yield from (Gate(c, branch, True) for condition in both for c in conjuncts(condition))


def _guarded(gate: Gate, pair: Pair) -> list[str]:
    """The calls that the gate stood before, or around, and that still run: more of them than stood elsewhere. A refusal
    stands before whatever comes after it."""
    more = Counter(call.name for call in pair.after.calls)
    more.subtract(call.name for call in pair.before.calls)
    if not gate.leaving:
        return [name for name, around in Counter(gate.branch.calls).items() if more[name] + around > 0]
    limit = pair.before.locate(gate.branch.at)
    inside = {*gate.branch.calls, *(c.name for c in pair.before.calls if c.text in gate.branch.condition)}
    end = pair.before.locate(gate.branch.within)[2:] if gate.branch.within is not None else _END
    places = ((c.name, pair.before.locate(c.at)[:2]) for c in pair.before.calls)
    later = Counter(name for name, place in places if limit[:2] < place < end)
    kept = [name for name, there in later.items() if more[name] + there > 0 and name not in inside]
    if kept or later.keys() - inside or gate.branch.leaves != "raise":
        return kept  # nothing, where what it stood before went with it
    return [_BEHIND]


def _named(calls: Sequence[str], condition: str) -> str:
    """The call that a reader knows the work by: the first that the condition itself does not make."""
    plain = [name for name in calls if not name.startswith("?")]
    return next((name for name in plain if f"{name}(" not in condition), plain[0] if plain else calls[0])


def _protected(calls: Sequence[str]) -> str:
    """What the calls do: destructive before all else."""
    harm = pattern("checks", "destructive")
    return "destructive" if any(harm.search(c) or harm.search(c.lower()) for c in calls) else protects(calls)
