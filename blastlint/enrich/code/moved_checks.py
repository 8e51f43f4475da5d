"""Where a check went that a function makes no more: to something that is newly called, to a caller or a callee, into an
expression; or nowhere, because what it asked about is no more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from blastlint.enrich.code.fields import members, undeclared
from blastlint.enrich.code.gates import Gate, answered, conjuncts, gates
from blastlint.enrich.code.pairs import Pair, Scope, brought_by_name, scope_of
from blastlint.enrich.context import Context
from blastlint.facts.calls import pattern
from blastlint.model import Change
from blastlint.parse.code import Branch, Call, Shape, Span
from blastlint.parse.logic import Condition, Group, Leaf, leaves, negation, normal, tokens_of
from blastlint.regex import regex

SCREEN = regex(
    rb"\b(if|elif|unless|assert|and|or|not|require|guard|else)\b|[<>=!]=|&&|\|\||[<>!?]|\bin\b|\bis\b"
    rb"|(check|verify|assert|guard|refuse|reject|raise|throw|abort|enforce|require|must|deny|ensure)_?\w*!?\("
    rb"|^(return( [\w.]+)?|continue|break|next|(raise|throw)\b.*);?$", re.MULTILINE
)  # fmt: skip
WORD = regex(r"[A-Za-z_]\w*")
_ROOT = regex(r"[A-Za-z_]\w*")
_OWN = regex(r"\b(?:self|this|cls)\.(\w+)|@(\w+)")
_LOOP = r"\bfor\b[^\n]*\b{0}\b[^\n]*(\bin\b|\bof\b|:|range)|\|[^|\n]*\b{0}\b[^|\n]*\|"
_EXPRESSION = regex(r"\?|\bif\b|\b(min|max)\b|&&|\|\||\b(and|or)\b")
_GLOBAL = regex(r"^(?:\w+(?:\.|::))*(?:([A-Z][A-Z0-9_]{3,})|([A-Za-z]\w{4,}[?]?)\(\))$")
_CONSTANT = r"(?:[\"'`\d\[{]|None\b|null\b|nil\b|undefined\b|[Ff]alse\b|[Tt]rue\b)"
_NO_SUBJECT = frozenset({"None", "self", "this", "len", "True", "False", "nil", "null"})


def subjects(gate: Gate) -> frozenset[str]:
    """The names that a gate asks about."""
    asked = (w for leaf in leaves(gate.condition) for w in _ROOT.findall(f"{leaf.left} {leaf.right}"))
    return frozenset(asked) - _NO_SUBJECT


def moved(gate: Gate, of_flag: bool, pair: Pair) -> bool:
    """Whether the question is asked by something that is newly called, in an expression, or is void now."""
    names = subjects(gate)
    text = pair.text("after")
    said = " ".join(pair.after.statements)
    words = set(WORD.findall(text))
    named = {o.value for o in pair.after.options}
    inlined = any(
        o.key in names and len(o.value) > 5 and o.value not in named and (o.value in text or o.value in said)
        for o in pair.before.options
    )
    if not inlined and not of_flag and any(_void(asked, words, gate, pair) for asked in _ways(gate, pair)):
        return True
    known: dict[str, set[str]] = {}  # call -> what it is given
    for call in (*pair.before.calls, *pair.before.decorators):
        known.setdefault(call.name, set()).update(_given(call))
    for call in (*pair.after.calls, *pair.after.decorators):
        given = _given(call)
        was = pair.renamed_calls.get(call.name, call.name)
        if was in known and not names & given - known[was]:
            continue
        if call in pair.after.decorators or names & given or pattern("checks", "checking").search(call.name):
            return True
    if any(brought_by_name(pair)):
        return True
    fresh = [s for s in pair.after.statements if s not in pair.before.statements]
    if any(_said_in(leaf, statement, gate.refuses) for leaf in leaves(gate.condition) for statement in fresh):
        return True
    return _typed(names, gate, pair) or _on_other_way(gate, pair) or undeclared(gate.condition, pair)


def _ways(gate: Gate, pair: Pair) -> Iterator[frozenset[str]]:
    """The names that the gate asks about; of `if a and b: leave` those of each part as well, since one that is void is
    enough for it never to hold. A parameter that goes is not void: it may have been what asked for the check."""
    yield subjects(gate)
    if gate.leaving and isinstance(gate.condition, Group) and gate.condition.word == "or":
        given = {parameter.name for parameter in pair.before.parameters}
        parts = (subjects(Gate(part, gate.branch, True)) for part in gate.condition.parts)
        yield from (names for names in parts if not names & given)


def _void(names: frozenset[str], words: set[str], gate: Gate, pair: Pair) -> bool:
    """Whether what was asked about is no more."""
    if not names or names & words:
        return False
    return not _outlives(names, gate, pair)


def _on_other_way(gate: Gate, pair: Pair) -> bool:
    """Whether the gate stood on one of two ways, `if known: ... else: ...`, and the other, which has a check of its own, is
    the only one that is left."""
    if gate.branch.at is None:
        return False  # part of an expression
    shape, here = pair.before, pair.before.locate(gate.branch.at)
    asked = {normal(b.condition) for b in pair.after.branches}
    there = {g.condition for g in gates(pair.after)}
    checks = [(shape.locate(g.branch.at), g.condition) for g in gates(shape) if g.leaving]
    for branch in shape.branches:
        question = normal(branch.condition)
        sides = [shape.locate(b.at) for b in shape.branches if normal(b.condition) == negation(question)]
        if not sides or not within(here, shape.locate(branch.at)) or {question, negation(question)} & asked:
            continue
        others = [at for at in sides if not within(here, at)]
        if any(condition in there and within(at, other) for at, condition in checks for other in others):
            return True
    return False


def within(inner: Span, outer: Span) -> bool:
    return inner != outer and outer[:2] <= inner[:2] and inner[2:] <= outer[2:]


def _given(call: Call) -> set[str]:
    return set(WORD.findall(" ".join((call.text, *call.arguments))))


def _said_in(leaf: Leaf, statement: str, refused: bool) -> bool:
    """Whether a statement asks the same in an expression: `x if ok else y`, `ok && work()`, `max(0, x)`. What only puts
    another value in the place of what is missing, `key || ""`, refuses nothing."""
    if leaf.left not in statement or leaf.right not in statement:
        return False
    if leaf.operator:
        return _EXPRESSION.search(statement) is not None
    left = re.escape(leaf.left)
    if refused and re.search(rf"{left}\s*(?:\|\||\?\?|\bor\b)\s*{_CONSTANT}", statement):
        return False
    before, behind = r"(?:\b(?:if|unless|and|or|not)\s|[!?:]|&&|\|\|)\s*\(*", r"\)*\s*(?:[?]|&&|\|\||(?:and|or|is)\b)"
    asked = rf"{before}{left}(?![\w(])|(?<![\w.]){left}{behind}"
    return re.search(asked, statement) is not None or re.search(rf"\b(?:min|max)\(.*{left}", statement) is not None


def _asked_only(names: frozenset[str], gate: Gate, pair: Pair) -> bool:
    """Whether something was worked out for the gate alone: then the question is gone with what it was asked of."""
    shape = pair.before
    for name in names:
        word = re.compile(rf"\b{re.escape(name)}\b")
        added = r"\.\w*(append|add|push|extend|insert)\(|\[[^\]]*\] = | (\+|<<)=? ?| = append\("
        filled = re.compile(rf"^{re.escape(name)}({added})")
        sources = [o.value for o in shape.options if o.key == name and not o.owner]
        uses = (s for s in shape.statements if not filled.match(s) and not any(v in s for v in sources))
        others = (s for s in uses if s not in gate.branch.body)
        asks = (b.condition for b in shape.branches if b.condition != gate.branch.condition)
        given = sources or (gate.refuses and re.search(_LOOP.format(re.escape(name)), pair.text("before")))
        if given and not any(word.search(text) for text in (*others, *asks)):
            return True
    return False


def _outlives(names: frozenset[str], gate: Gate, pair: Pair) -> bool:
    """Whether what was asked about is still there, though the function says its name no more: it was worked out for the gate
    alone, by a call that still runs or not, or belongs to the object and is there for others."""
    if _asked_only(names, gate, pair) or answered(gate):
        return True
    calls = {c.text for c in pair.before.calls} & {c.text for c in pair.after.calls}
    taken = [re.compile(rf"^\W*(\w+ )?\W*{re.escape(name)}\b[^=]*=[^=]") for name in names]
    given = (s for s in pair.before.statements if any(name.search(s) for name in taken))
    if any(text in statement for statement in given for text in calls):
        return True
    module = pair.module("after")
    if any(_is_known(leaf.left, pair) for leaf in leaves(gate.condition)):
        return True
    asked = " ".join(f"{leaf.left} {leaf.right}" for leaf in leaves(gate.condition))
    own = [match[1] or match[2] for match in _OWN.finditer(asked)]
    return bool(own) and module is not None and all(re.search(rb"\b%s\b" % w.encode(), module.source) for w in own)


def _is_known(asked: str, pair: Pair) -> bool:
    """Whether a constant, or a question without arguments, that a check asked is still defined somewhere."""
    said = _GLOBAL.match(asked)
    if said is None:
        return False
    name = said.group(1) or said.group(2)
    if name in {p.name for p in pair.before.parameters} or any(o.key == name for o in pair.before.options):
        return False
    kinds = r"def|function|func|fn|class|const|let|var|static"
    assigned = rf"\b{name}\??\s*(?::\s*[\w.]+\s*)?(?::=|=(?!=))"
    defined = re.compile(rf"^\W*(?:[\w.]+\s+)*(?:{kinds})\s+(?:self\.)?{name}\b|{assigned}")
    return any(defined.search(line) for _, line in pair.scope.context.after.tree.lines((name,)))


def _typed(names: frozenset[str], gate: Gate, pair: Pair) -> bool:
    """Whether something that was asked about has another type, or another source, now."""
    before = {p.name: (p.annotation, p.default) for p in pair.before.parameters}
    after = {p.name: (p.annotation, p.default) for p in pair.after.parameters}
    if any(name in before and name in after and before[name] != after[name] and _itself(name, gate) for name in names):
        return True
    old = [(o.key, o.value) for o in pair.before.options if o.key in names]
    new = [(o.key, o.value) for o in pair.after.options if o.key in names]
    fresh = [(key, value) for key, value in new if (key, value) not in old]
    # what is left of a source when a part of it is gone, or that is given other things, is no other source
    return any(not any(key == k and _same_source(value, v) for k, v in old) for key, value in fresh)


def _itself(name: str, gate: Gate) -> bool:
    """Whether the gate asks about the name itself or a key of it, and not about a field: of that a type says nothing."""
    whole = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w|\.(?!get\())")
    return any(whole.search(f"{leaf.left} {leaf.right}") for leaf in leaves(gate.condition))


def _same_source(value: str, was: str) -> bool:
    return _words(value) <= _words(was) or _source(value) == _source(was)


def _words(source: str) -> Counter[str]:
    return Counter(tokens_of(source.replace("?.", ".")))


def _source(value: str) -> str:
    """What a value comes from: the name that is called, or else the value itself."""
    called, bracket, _ = value.partition("(")
    return called if bracket and called else value


def elsewhere(gate: Gate, pair: Pair) -> bool:
    """Whether the rest of the change set brings the gate: in a caller, a callee, a helper."""
    brought = pair.scope.context.once(_brought)
    if any(change is not pair.change and _stands_for(change, gate, pair) for change in brought.get(gate.shape, ())):
        return True
    if gate.refuses and _asked_below(gate, pair):
        return True
    refused = negation(gate.condition)  # by a new function for a part of the reasons alone: that is stricter
    parts = refused.parts if isinstance(refused, Group) and refused.word == "and" and gate.refuses else ()
    shapes = (Gate(negation(p), gate.branch, True).shape for p in parts if isinstance(p, Leaf) and p.operator)
    return any(change.action == "added" for shape in shapes for change in brought.get(shape, ()))


def _stands_for(change: Change, gate: Gate, pair: Pair) -> bool:
    """Whether a question that another definition brings can stand for a refusal: it refuses as well, or has to do with this
    one: it is what calls it, what it calls, or what answers for it."""
    if not gate.refuses or change.type != "function":
        return True
    other = pair.scope.pair(change)
    if any(g.refuses and g.shape == gate.shape for g in gates(other.after)):
        return True
    here, there = pair.change.entity.name.rpartition(".")[2], change.entity.name.rpartition(".")[2]
    return here in WORD.findall(other.text("after")) or there in WORD.findall(pair.text("after"))


def _asked_below(gate: Gate, pair: Pair) -> bool:
    """Whether a function that is called as before refuses now for what the gate asked about: `options.frontend.name`."""
    names = {c.name.rpartition(".")[2] for c in pair.before.calls} & {c.name.rpartition(".")[2] for c in pair.after.calls}
    refusing = pair.scope.context.once(_refusing)
    asked = members(gate.condition)
    return bool(asked) and all(
        any(c is not pair.change and _called_by(c, names, pair.scope) for c in refusing.get(member, ()))
        for member in asked
    )


def _called_by(change: Change, names: set[str], scope: Scope) -> bool:
    """Whether a function has one of those names, or something of its own file that has one calls it, or is made of it."""
    if change.entity.name in names:
        return True
    module = scope.pair(change).module("after")
    said = change.entity.name.encode()
    if module is None or module.source.count(said) < 2:  # itself
        return False
    name = re.escape(said)
    lines = b"\n".join(line for line in module.source.split(b"\n") if said in line and b"=" in line)
    made = re.findall(rb"\b(\w+) *=[^=\n]*\b%s\b" % name, lines)
    callers = (d.text for d in module.definitions if d.sort == "function" and d.last_name in names and said in d.text)
    return any(re.search(rb"\b%s\(" % name, text) for text in callers) or any(m.decode() in names for m in made)


def _refusing(context: Context) -> Mapping[str, Sequence[Change]]:
    """What is asked about -> the functions that stay and bring a refusal for it."""
    scope = scope_of(context)
    found: dict[str, list[Change]] = {}
    for change in scope.changes:
        if change.action == "modified" and change.type == "function":
            other = scope.pair(change)
            known = {g.shape for g in gates(other.before)}
            brought = (g for g in gates(other.after) if g.refuses and g.shape not in known)
            for member in {member for gate in brought for member in members(gate.condition)}:
                found.setdefault(member, []).append(change)
    return found


def _brought(context: Context) -> Mapping[str, Sequence[Change]]:
    """Shape of a gate -> the changes that bring one of that shape."""
    scope = scope_of(context)
    found: dict[str, list[Change]] = {}
    for change in scope.changes:
        if change.action not in ("added", "modified") or change.type not in ("function", "class"):
            continue
        other = scope.pair(change)
        if other.touches(SCREEN, "after"):
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
