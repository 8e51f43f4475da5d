"""Checks before work that are gone, or say less: a guard removed, turned around, given another way past it, or moved off its
boundary. One `precondition` fact for a definition: its gravest, with the others as related places.

Silent are other words for the same (gates.py), stricter checks, other names, and checks that moved: to a helper that is
newly called, a decorator, a caller or a callee in the change set.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from blastlint.enrich.code import environments, expressions
from blastlint.enrich.code.alike import told_once
from blastlint.enrich.code.gates import Gate, answered, chained, gates, is_of_kind, looks_into, relation, skeleton
from blastlint.enrich.code.handlers import protects
from blastlint.enrich.code.let_in import let_in, may_let_in
from blastlint.enrich.code.moved_checks import SCREEN, WORD, elsewhere, moved, subjects
from blastlint.enrich.code.pairs import Pair
from blastlint.enrich.context import Context
from blastlint.facts.calls import pattern
from blastlint.frozen import dataclass, replace
from blastlint.model import Fact, FactValue, Region, Related, Side
from blastlint.parse.code import Branch
from blastlint.parse.logic import Group, Leaf, constant, leaves, negation, normal
from blastlint.regex import regex

_KEPT = 0.6  # share of the other statements that must still be there: else it is another function
_SHORT = 6  # statements
_ORDER = ("bypassed", "answered", "constant", "negated", "swapped", "removed", "moved", "loosened")
_GRAVE = ("destructive", "command", "database", "io", "other", "cleanup")  # what a check stood before
_BOUND = regex(
    r"(?i)\b(len|size|count|length|max|min|limit|ratio|threshold|total|amount|quota|capacity|percent)\w*"
    r"|_(max|min|limit|count|size)\b|\.(len|size|count|length)\b|^-?\d[\d_.]*$"
)
_SOMEBODY = frozenset({"current_user", "request.user", "req.user"})
_FLAG = regex(
    r"(?i)\b(feature|flag|flags|features|toggle|toggles|waffle|flipper|unleash|launchdarkly|experiments?|rollout)\w*[.(\[]"
    r"|\b\w*(feature|flag|toggle)_?(is_)?(enabled|active|on)|[:'\"]\w+_(flag|feature|toggle)\b"
    r"|\b(is|has)_?(feature|flag)\w*|(?-i:\bFEATURE_|\bENABLE_|_ENABLED\b)"
    r"|\b(config|conf|settings|opts|options)\w*\.([\w.]+\.)?(?-i:(has|is|use|allow|enable)_?[A-Z_]|(Has|Is|Use|Allow|Enable)[A-Z])\w*"
)
_DEBUG = regex(
    r"(?i)\b(verbose|debug|quiet|silent|trace|log(ger|ging)?|warned|logged|printed|cache[ds]?|initiali[sz]ed|seen|visited)\b"
)
_ERROR = regex(r"(?i)^!?\w*err(or)?s?\w*( *[!=]=+ *(nil|null|None))?$|^!?\(?let Err\b")
_PLAIN = regex(r"^[\w.]+$")
_NAMED = regex(r"^(\"[^\"]{2,}\"|(\w+\.)*(?!None$)[A-Z]\w*\.\w+|[A-Z][A-Z\d_]{2,})$")  # a constant, or a word in quotes
_YES = regex(r"^return (True|true|Ok\(true\)|!.*|.*(&&|\band\b|[=!<>]=).*);?$")
_NO = regex(r"^(return )?(False|false);?$")
_FUNCTION = regex(rb"=>|\bfunction\b")
_END = (1 << 31, 0)
_TARGET = regex(r"^([\w.@]+)(?:\[[^\]]*\][\w.]*|[\w.@])*\s*(?::=|=(?!=)|\+=)")
_BEHIND = "what comes after"  # what a check that refuses stood before, where that calls nothing
_YES_NOW = "a yes"  # what a question is answered with where a no was


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
    if pair.is_new or not _runs(pair) or pair.change.action in ("removed", "moved"):
        return False
    asks = (pair.touches(SCREEN, "before") or may_let_in(pair)) or pair.touches(expressions.SCREEN, "before")
    return asks and not pair.scope.is_test(pair.change.path)


def _told(context: Context) -> Mapping[int, Sequence[Fact]]:
    return told_once(
        context,
        lambda pair: _gravest(pair) if _is_asked(pair) else (),
        lambda change, fact: (change.path, fact.path, fact.fields["what"]),
        lambda fact: _GRAVE.index(str(fact.fields["protects"])),
        "lost the same check",
    )


def _gravest(pair: Pair) -> Iterator[Fact]:
    """The gravest loss of one definition, with its others as related places."""
    facts = list(_of_branches(pair))
    yield from facts or _of_expressions(pair)


def _of_expressions(pair: Pair) -> Iterator[Fact]:
    """The first check in an expression that is gone."""
    for found in expressions.lost(pair):
        asks = _asks(found.gate)
        if asks in ("environment", ""):
            continue
        fields: dict[str, FactValue] = {
            "what": found.what,
            "asks": asks,
            "before": found.gate.branch.condition,
            "after": "",
            "leaves": "raise" if found.refuses else "expression",
            "used": False,
            "again": False,
            "protects": "other",
            "call": _YES_NOW if found.answers else found.after or _BEHIND,
            "count": 1,
            "gone": 1,
            "answers": found.answers,
        }
        old, new = (_place(pair, "before", found.before), _place(pair, "after", found.after))
        yield pair.fact("precondition", skeleton(found.gate.text), fields, old, new)
        return


def _place(pair: Pair, side: Side, statement: str) -> Region | None:
    """Where a statement stands, by what it calls or sets; else where the definition begins."""
    shape = pair.before if side == "before" else pair.after
    parts = ((c.text, c.at) for c in shape.calls), ((o.value, o.at) for o in shape.options)
    return pair.region(side, next((at for part in parts for text, at in part if text in statement), None))


def _of_branches(pair: Pair) -> Iterator[Fact]:
    """The gravest loss among the branches, with the others as related places."""
    old, new = list(gates(pair.before)), list(gates(pair.after))
    found = [lost for lost in _lost(old, new, pair) if lost.asks not in ("environment", "")]
    if not found or not _same_function(found, pair):
        return
    found.sort(key=lambda lost: (_ORDER.index(lost.what), lost.asks != "permission", not lost.gate.refuses))
    worst, kept = next(((lost, kept) for lost in found if (kept := _guarded(lost.gate, pair))), (found[0], []))
    if not kept:
        return
    branch = worst.gate.branch
    used = _used(worst.gate, pair) if worst.gate.leaving else _looked_into(worst.gate, pair)
    fields: dict[str, FactValue] = {
        "what": worst.what,
        "asks": "none" if worst.asks == "value" and _for_what_is_there(worst.gate, used) else worst.asks,
        "before": branch.condition,
        "after": worst.now.condition if worst.now is not None else "",
        "leaves": "raise" if worst.gate.refuses or _refused_else(worst.gate, pair) else branch.leaves or "branch",
        "used": used,
        "again": _asked_again(worst.gate, new),
        "protects": _protected(kept),
        "call": _named(kept, branch.condition),
        "count": len(found),
        "gone": len({id(lost.gate.branch) for lost in found if lost.what == "removed"}),
        "answers": kept == [_YES_NOW],
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
    around = [*chained(pair.after), *new]
    known, there = {g.condition for g in old}, {g.condition for g in around}
    born = [g for g in new if g.condition not in known]
    yield from _escaped(old, around, pair)
    yield from (Lost(what, gate, now, "permission") for what, gate, now in let_in(old, new, pair))
    for gate in old:
        if gate.condition in there or any(g.shape == gate.shape and not _another(gate, g, pair) for g in born):
            continue
        what, now = _became(gate, born, old, pair)
        if not what or (what == "removed" and moved(gate, _asks(gate) == "flag", pair)) or elsewhere(gate, pair):
            continue
        yield Lost(what, gate, now, _asks(gate))


def _another(gate: Gate, new: Gate, pair: Pair) -> bool:
    """Whether a gate of the same shape asks about something else, and not about the same by another name: both were there
    before, and are there now."""
    before, after = set(WORD.findall(pair.text("before"))), set(WORD.findall(pair.text("after")))
    return bool(subjects(new)) and subjects(new) <= before and subjects(gate) <= after and subjects(new) != subjects(gate)


def _escaped(old: Sequence[Gate], new: Sequence[Gate], pair: Pair) -> Iterator[Lost]:
    """Gates that stand around less than they did: some of the work is done beside them."""
    around = {gate.condition: gate for gate in new if not gate.leaving}
    asked = Counter(g.condition for g in old)
    for gate in old:
        other = around.get(gate.condition)
        if gate.leaving or other is None or asked[gate.condition] > 1:
            continue
        was, now = Counter(c.name for c in pair.before.calls), Counter(c.name for c in pair.after.calls)
        out = [c for c in gate.branch.calls if c not in other.branch.calls and 0 < was[c] <= now[c]]
        inside = {c for g in new if g.condition != gate.condition and not g.leaving for c in g.branch.calls}
        out = [c for c in out if c not in inside]
        if out and other.branch.calls:
            branch = replace(gate.branch, calls=tuple(out), body=())
            yield Lost("removed", replace(gate, branch=branch), other.branch, _asks(gate))


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
            if what == "negated" and _says_yes(gate.branch) and _says_no_by(other.branch):
                return "", None  # what was enough is needed now
            enough = _says_no_by(gate.branch) and _says_yes(other.branch)
            if what == "negated" and other.leaving == gate.leaving and (enough or _alike(gate.branch, other.branch)):
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
        if other.leaving == gate.leaving and other.branch.leaves == gate.branch.leaves and _of_another(gate, other):
            return "", None
    if any(other.leaving == gate.leaving and _alike(gate.branch, other.branch) for other in born):
        return "", None  # the same is refused for another reason
    if gate.refuses and any(other.refuses and subjects(other) & subjects(gate) for other in born):
        return "", None  # something else is asked of the same
    return "removed", None


def _of_another(gate: Gate, other: Gate) -> bool:
    """Whether the same word is asked for of another value: `claim == Plan.FREE` -> `team.claim == Plan.FREE`. Who somebody
    is, is another matter."""
    old, new = gate.condition, other.condition
    if not (isinstance(old, Leaf) and isinstance(new, Leaf)) or (old.operator, old.negated) != (new.operator, new.negated):
        return False
    shared = {old.left, old.right} & {new.left, new.right}
    return old.operator == "==" and any(_NAMED.match(side) for side in shared) and _asks(gate) == "value"


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
    flag = _FLAG.search(text) is not None  # asked of somebody, it still is no question of who
    if denied or {m[0] for m in pattern("auth", "conditions").finditer(text)} - (_SOMEBODY if flag else set()):
        return "permission"
    if flag:
        return "flag"
    if (_DEBUG.search(text) and not gate.refuses) or (_ERROR.match(text) and not answered(gate)):
        return ""  # what is done about an error is a handler's business
    if isinstance(gate.condition, Leaf):
        leaf = gate.condition
        if leaf.operator in ("<", "<=") and (_BOUND.search(leaf.left) or _BOUND.search(leaf.right)):
            return "bound"
        if leaf.operator == "==" and "None" in (leaf.left, leaf.right) and leaf.negated:
            return "none"  # where nothing must be there yet, it is asked whether the work is done already
    return "value"


# --- what makes it none of our business -------------------------------------------------------------------------------


def _same_function(found: Sequence[Lost], pair: Pair) -> bool:
    """Whether most of what the function did outside the lost checks it still does: else it was rewritten, not disarmed."""
    gone = {s for lost in found for s in (*lost.gate.branch.body, lost.gate.branch.text) if lost.gate.leaving}
    before = [skeleton(s) for s in pair.before.statements if s not in gone]
    after = {skeleton(s) for s in pair.after.statements}
    if before and sum(s in after for s in before) >= _KEPT * len(before):
        return True
    calls = {c.name for c in pair.before.calls} | pair.renamed_calls.keys()
    # what is short is soon reworded, and calls what it called
    return len(before) <= _SHORT and bool(pair.after.calls) and all(c.name in calls for c in pair.after.calls)


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
    return any(names & set(WORD.findall(c.text)) for c in later)


def _looked_into(gate: Gate, pair: Pair) -> bool:
    """Whether what is done all the same looks into what the gate, which stood around it, found to be there, or to be of the
    right kind."""
    there = set(pair.after.statements)
    return looks_into(gate.condition, [s for s in gate.branch.body if s in there])


def _for_what_is_there(gate: Gate, used: bool) -> bool:
    """Whether the gate asks only that something is there, or of what kind it is, and that is used: `if not host: return`."""
    asked = gate.condition
    if not gate.leaving:  # around the work: asked for by _looked_into
        return used or is_of_kind(asked)
    return used and isinstance(asked, Leaf) and not asked.operator and not asked.negated and bool(_PLAIN.match(asked.left))


def _asked_again(gate: Gate, there: Sequence[Gate]) -> bool:
    """Whether a refusal that stands asks a part of the same: of two doors in a row, one is gone."""
    asked = set(leaves(gate.condition))
    others = (g for g in there if g.refuses and g.condition != gate.condition)
    return gate.refuses and any(asked & set(leaves(other.condition)) for other in others)


def _guarded(gate: Gate, pair: Pair) -> list[str]:
    """The calls that the gate stood before, or around, and that still run: more of them than stood elsewhere. A refusal
    stands before whatever comes after it."""
    more = Counter(pair.renamed_calls.get(call.name, call.name) for call in pair.after.calls)
    more.subtract(call.name for call in pair.before.calls)
    if not gate.leaving:
        kept = [name for name, around in Counter(gate.branch.calls).items() if more[name] + around > 0]
        return kept or ([gate.branch.condition] if _looked_into(gate, pair) else []) or _restricted(gate, pair)
    limit = pair.before.locate(gate.branch.at)
    inside = {*gate.branch.calls, *(c.name for c in pair.before.calls if c.text in gate.branch.condition)}
    if answered(gate):
        inside.add(next(iter(leaves(gate.condition))).left.removesuffix(".failed"))
    end = pair.before.locate(gate.branch.within)[2:] if gate.branch.within is not None else _END
    places = ((c.name, pair.before.locate(c.at)[:2]) for c in pair.before.calls)
    later = Counter(name for name, place in places if limit[:2] < place < end)
    kept = [name for name, there in later.items() if more[name] + there > 0 and name not in inside]
    if gate.branch.leaves == "raise" and not kept and not later.keys() - inside:
        return [_BEHIND]
    return kept or ([_YES_NOW] if _says_no(gate, pair) else [])  # nothing, where what it stood before went with it


def _restricted(gate: Gate, pair: Pair) -> list[str]:
    """What those who may not do everything were confined to, and is now the same for everybody: in
    `if not user.is_staff: rows = own(user)`, the rows."""
    if _asks(gate) != "permission" or not isinstance(gate.condition, Leaf) or not gate.condition.negated:
        return []
    there = set(WORD.findall(pair.text("after")))
    targets = (_TARGET.match(s) for s in gate.branch.body if s not in pair.after.statements)
    return [found[0].strip() for found in targets if found is not None and set(WORD.findall(found[1])) <= there][:1]


def _says_no(gate: Gate, pair: Pair) -> bool:
    """Whether a function that answers a question says no where the gate does not hold, and can still say yes."""
    return _says_no_by(gate.branch) and any(_YES.match(statement) for statement in pair.after.statements)


def _says_no_by(branch: Branch) -> bool:
    return branch.leaves == "return" and bool(branch.body) and _NO.match(branch.body[-1]) is not None


def _says_yes(branch: Branch) -> bool:
    return branch.leaves == "return" and branch.body[-1:] in (("return True",), ("return true",), ("return true;",))


def _named(calls: Sequence[str], condition: str) -> str:
    """The call that a reader knows the work by: the first that the condition itself does not make."""
    plain = [name for name in calls if not name.startswith("?")]
    return next((name for name in plain if f"{name}(" not in condition), plain[0] if plain else calls[0])


def _protected(calls: Sequence[str]) -> str:
    """What the calls do: destructive before all else."""
    harm = pattern("checks", "destructive")
    return "destructive" if any(harm.search(c) or harm.search(c.lower()) for c in calls) else protects(calls)
