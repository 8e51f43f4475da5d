"""What must hold for code to be reached: the gates of a definition, as a set of conditions in normal form.

`if not ok: return; work()` and `if ok: work()` are one gate, `ok`. `if a or b: raise` are two, `not a` and `not b`. So an
edit that says the same in other words has the same gates, and a gate that is gone, turned around or moved shows as a
difference of two sets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from blastlint.facts.calls import pattern
from blastlint.frozen import dataclass
from blastlint.parse.code import Branch, Handler, Shape, Span
from blastlint.parse.logic import Condition, Group, Leaf, leaves, negation, normal, tokens_of
from blastlint.regex import regex

_NAME = regex(r"(?<![.\w\"])(?!(?:and|or|not|in|is|for|if|else|true|false)\b)[a-z_]\w*\b(?!\s*[(\"])")
_METHOD = regex(r"(?<![\w.])_\.(?=\w+\()")
_BRACKETS = str.maketrans("", "", "()")
_WRITTEN = frozenset({("(", ")"), ("[", "]"), ("{", "}")})
_NESTED = frozenset("()[]{}")
_KIND = regex(  # questions of every language about what a value is, or can do
    r"^(?:(?:isinstance|hasattr|callable|issubclass|Array\.isArray|Buffer\.isBuffer|Number\.is\w+)\(\s*([\w.@]+)\s*[,)].*"
    r"|typeof\s*\(?([\w.]+)\)?|([\w.]+)\s+instanceof\s+[\w.]+|([\w.@]+)\.(?:respond_to\?|is_a\?|kind_of\?|instance_of\?)\s*\(?.*)$"
)
_NUMBER = regex(r"^-?\d[\d_]*(\.\d+)?$")


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition for going on. `leaving`: the branch leaves where it does not hold; else what is in the branch runs only
    where it holds."""

    condition: Condition
    branch: Branch
    leaving: bool

    @property
    def text(self) -> str:
        return str(self.condition)

    @property
    def shape(self) -> str:
        """Its text with every plain name as one, without brackets: equal for a gate whose variables have other names, or
        that asks a function where it asked a method of that name."""
        return "".join(_METHOD.sub("", skeleton(self.text)).translate(_BRACKETS).split())

    @property
    def refuses(self) -> bool:
        """Whether the caller is told no where it does not hold: by what is raised, or by the answer that is given."""
        said = self.branch.leaves == "raise" or pattern("checks", "refusing").search(" ".join(self.branch.body))
        return self.leaving and bool(said)


def gates(shape: Shape) -> Iterator[Gate]:
    """Every gate of a definition, in document order."""
    answers = _answers(shape)
    for branch in shape.branches:
        asked = normal(answers.get(shape.locate(branch.at), branch.condition) if answers else branch.condition)
        if branch.leaves == "return" and len(branch.body) == 1 and any(looks_into(c, branch.body) for c in conjuncts(asked)):
            yield from (Gate(c, branch, False) for c in conjuncts(asked))  # `if data: return data.rows`
        if branch.leaves and (branch.after or not branch.body or branch.leaves == "raise"):
            yield from (Gate(c, branch, True) for c in conjuncts(negation(asked)))
        elif not branch.leaves and (branch.calls or any(looks_into(c, branch.body) for c in conjuncts(asked))):
            yield from (Gate(c, branch, False) for c in conjuncts(asked))
    yield from _stated(shape)


def chained(shape: Shape) -> Iterator[Gate]:
    """What must hold for each `else if` to be asked: that what was asked before is not so. Whether it stands for an `else`
    with a question in it is all that it can tell: of a chain, another order or a case more changes these and no work."""
    for branch in shape.chained:
        yield from (Gate(c, branch, False) for c in conjuncts(normal(branch.condition)))


def _stated(shape: Shape) -> Iterator[Gate]:
    """Statements that are nothing but a call that checks, and raises what it finds: `response.raise_for_status()`."""
    alone = {s.removeprefix("await ").rstrip(";?") for s in shape.statements}
    for call in shape.calls:
        if call.text in alone and pattern("checks", "stated").search(call.name) and not _judged_elsewhere(call.name):
            branch = Branch(call.text, "raise", (), (), True, call.text, call.at)
            yield Gate(Leaf(call.text), branch, True)


def _judged_elsewhere(call: str) -> bool:
    """Whether it asks who may, or looks at what came in: auth.py's and validations.py's business."""
    return any(pattern(*row).search(call) for row in (("auth", "calls"), ("validation", "calls")))


def looks_into(asked: Condition, statements: Sequence[str]) -> bool:
    """Whether any of the statements looks into what the question found to be there, or to be of the right kind; through a
    cast, `((Text) body).trim()` or `(body as string).trim()`, as well."""
    subject = _found(asked)
    name = re.escape(subject)
    into = re.compile(rf"(?:(?<![\w.]){name}|\([\w.<>\[\]]+\)\s*{name}\)|\({name} as [\w.<>\[\]]+\))(\.|\[|->)[\w\"']")
    return bool(subject) and any(into.search(statement) for statement in statements)


def is_of_kind(asked: Condition) -> bool:
    """Whether it is asked of what kind something is."""
    return isinstance(asked, Leaf) and any(_KIND.match(side) for side in (asked.left, asked.right))


def _found(asked: Condition) -> str:
    """What a question found to be there, `data is not None`, or of a kind, `isinstance(data, dict)`; else empty."""
    if not isinstance(asked, Leaf):
        return ""
    kind = _KIND.match(asked.left) or (_KIND.match(asked.right) if asked.operator == "==" else None)
    if kind is not None:
        return "" if asked.negated else next(name for name in kind.groups() if name)
    if asked.negated != (asked.operator == "=="):
        return ""
    return asked.left if asked.right in ("", "None") else asked.right if asked.left == "None" else ""


def _answers(shape: Shape) -> Mapping[Span, str]:
    """Place of a branch on an error -> what it asks, where the error is the answer of a call that checks: in Go
    `if err := s.CheckPassword(p); err != nil` asks for the password, and has its words in common with every other."""
    return {
        shape.locate(handler.at): f"{call}.failed"
        for handler in shape.handlers
        for call in handler.calls[-1:]
        if is_answer(handler)
    }


def is_answer(handler: Handler) -> bool:
    """Whether the error that is looked at is what a call that checks found: then it is a gate."""
    return handler.text.startswith("if ") and any(checks(call) for call in handler.calls[-1:])


def checks(call: str) -> bool:
    """Whether a call does nothing but find out whether something may go on, by its name."""
    rows = (("checks", "checking"), ("checks", "asking"), ("auth", "calls"), ("validation", "calls"))
    return any(pattern(*row).search(call) for row in rows)


def answered(gate: Gate) -> bool:
    """Whether it asks what a call that checks found: then the error is its answer."""
    return isinstance(gate.condition, Leaf) and gate.condition.left.endswith(".failed")


def conjuncts(condition: Condition) -> tuple[Condition, ...]:
    """What must hold for the whole to hold."""
    return condition.parts if isinstance(condition, Group) and condition.word == "and" else (condition,)


def skeleton(text: str) -> str:
    """A text with every plain lower-case name as one."""
    return _NAME.sub("_", text)


def relation(old: Leaf, new: Leaf) -> str:
    """How a new question differs from an old one about the same things: `negated`, `moved` (another boundary), `looser` or
    `stricter` (another number, other members), or empty."""
    if (old.left, old.operator, old.right) == (new.left, new.operator, new.right) and old.negated != new.negated:
        return "negated"
    if old.operator == new.operator == "in" and (old.left, old.negated) == (new.left, new.negated):
        return _membership(_members(old.right), _members(new.right), old.negated)
    pair = ("<", "<=")
    if old.operator not in pair or new.operator not in pair:
        return ""
    if (old.left, old.right) == (new.left, new.right):
        return "moved"
    if (old.left, old.right) == (new.right, new.left):
        return "negated"
    for here, there, upper in (
        ((old.left, old.right), (new.left, new.right), True),
        ((old.right, old.left), (new.right, new.left), False),
    ):
        if here[0] == there[0]:
            before, after = _number(here[1]), _number(there[1])
            if before is not None and after is not None and before != after:
                return "looser" if (after > before) == upper else "stricter"
    return ""


def _membership(old: frozenset[str], new: frozenset[str], negated: bool) -> str:
    """`looser` or `stricter`; empty where one is not written out, or each has something that the other lacks."""
    if not old or not new or not (old < new or new < old):
        return ""
    return "looser" if (old < new) != negated else "stricter"


def _members(text: str) -> frozenset[str]:
    """The elements of a list, tuple or set of plain values as it is written; empty for everything else."""
    tokens = tokens_of(text)
    if len(tokens) < 3 or (tokens[0], tokens[-1]) not in _WRITTEN or _NESTED & set(tokens[1:-1]):
        return frozenset()
    return frozenset(" ".join(tokens[1:-1]).removesuffix(" ,").split(" , "))


def _number(text: str) -> float | None:
    return float(text.replace("_", "")) if _NUMBER.match(text) else None


def asked(conditions: Iterator[Condition]) -> frozenset[tuple[str, str, str]]:
    """Every question that the conditions ask, whatever the answer."""
    return frozenset((leaf.left, leaf.operator, leaf.right) for c in conditions for leaf in leaves(c))
