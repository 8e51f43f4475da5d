"""Checks that are part of an expression, and gone from it while the rest stands as it was: one side of `x if ok else y`,
what is given where nothing is there (`x ?? []`, `d.get(k)`, `a?.b`), a bound (`max(x, 0)`), the type that was asked for
(`v, ok := x.(T)`), and a part of what a question answers (`return a and b`). Also a refusal that has no condition of its
own, at the end of a search or of a choice.

Each is found by taking it out of the statement before: when what is left is a statement after, nothing else has changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from blastlint.enrich.code.gates import Gate, asked, conjuncts, relation
from blastlint.enrich.code.moved_checks import elsewhere, moved
from blastlint.enrich.code.pairs import Pair
from blastlint.frozen import dataclass
from blastlint.parse.code import Branch
from blastlint.parse.logic import Condition, Group, Leaf, constant, leaves, normal, spelled, tokens_of
from blastlint.regex import regex

SCREEN = regex(
    rb"\?|\|\||&&|&\.|\b(if|else|or|and|unless)\b|\b(min|max|clamp)\b|\.(get|fetch|dig|try)\b|, ok :?=|\.\("
    rb"|\b(return|raise|throw)\b|errors\.New|Errorf"
)
_QUESTION = regex(
    r"(?:^|[._])_?(?:is|has|can|may|should|must|allow\w*|valid\w*|are|needs?|requires?|permit\w*|authori[sz]\w*|enabled|matches)"
    r"(?:_|[A-Z]|$)|\?$"
)
_REFUSAL = regex(r"^(?:raise|throw)\b(?!.*NotImplemented)|^return .*\b(?:errors\.New|fmt\.Errorf)\(")
_ENDS = regex(  # an answer, or an error that is passed on, after which nothing more is done
    r"^return (?:await )?(?:done|next|cb|callback|reject|fail|res\.[\w.()]+"
    r"|\w*[rR]espond\w*|redirect\w*|render\w*|\w*[eE]rror)\("
)
_NOTHING = regex(r"^(?:return)?(?: (?:None|null|nil|undefined|[\w.]+\{\}))?(?:, nil)?;?$|^(?:pass|break)$|^\w+ = None$")
_RETURNED = regex(r"^return\s+(.+?);?$")
_MOST = 400  # tokens of a statement
_BRACKETS = 4  # tokens: brackets that may go with a check
_STATEMENTS = 40  # of each side that are compared
_DEFAULTS = frozenset({"??", "||", "or"})
_PLAIN = regex(r"^(?:[\w.\"'`\[\]{}()]|::)*$")
_WORD = regex(r"^(?!(?:if|else|return|not|and|or|is|in|None|null|nil)$)[A-Za-z_@]\w*$")
_BOUNDS = frozenset({"min", "max", "clamp"})
# the same statement, when no more is asked than that something is there: (how it was written, how it stands now)
_ASKING = (
    (regex(r"\.get\(([^(),]+)(?:, ?[^()]*)?\)"), r"[\1]"),
    (regex(r"\.fetch\(([^(),]+), ?[^()]*\)"), r"[\1]"),
    (regex(r"\.dig\(([^(),]+)\)"), r"[\1]"),
    (regex(r"(?<!^)\.try\(:(\w+)\)"), r".\1"),
    (regex(r"&\."), "."),
    (regex(r"^(\w+), (?:ok|found|is\w+) (:?=) (.+\.\([\w.*]+\))$"), r"\1 \2 \3"),
)
_OF = regex(r"[\w.@]*$")
_CHAIN = regex(r"\?\.(?=[\[(])|\?(?=\.)")
_SURE = regex(r"(?<=[\w)\]])!(?=[.\[])")


@dataclass(frozen=True, slots=True)
class Inline:
    """What a statement no longer asks, and the statements. `answers`: it is what a question answers."""

    gate: Gate
    before: str
    after: str
    answers: bool
    what: str = "removed"
    refuses: bool = False


def lost(pair: Pair) -> Iterator[Inline]:
    """Every check in an expression that is gone, where nothing else stands for it."""
    if not pair.touches(SCREEN, "before"):
        return
    was, now = Counter(pair.before.statements), Counter(pair.after.statements)
    old, new = list((was - now).elements())[:_STATEMENTS], list((now - was).elements())[:_STATEMENTS]
    yield from _final(pair, old, new)
    asked_before, asked_after = ({b.condition for b in s.branches} for s in (pair.before, pair.after))
    for question in sorted(asked_before - asked_after):
        found = next((f for other in asked_after - asked_before if (f := _looked(question, other, pair))), None)
        if found is not None and not _stands(found, pair):
            yield found
    for before in sorted(old, key=len):
        for after in new:
            if _ENDS.match(before) and before.removeprefix("return ") == after and after != pair.after.statements[-1]:
                yield Inline(_gate(Leaf(before), before), before, "", False, refuses=True)
            found = next((f for find in _FINDERS for f in find(before, after, pair)), None)
            if found is not None and not _stands(found, pair):
                yield found


def _final(pair: Pair, gone: Sequence[str], new: Sequence[str]) -> Iterator[Inline]:
    """What was not found, or is none of the known cases, is refused no more, while everything else is done as before."""
    before = pair.before
    refusal = next((s for s in gone if _REFUSAL.match(s)), "")
    asked_for = {s for b in before.branches for s in (*b.body, b.text)}
    if not refusal or len(gone) > 1 or refusal in asked_for or not all(_NOTHING.match(s) for s in new):
        return
    caught = Counter(h.body for h in before.handlers) - Counter(h.body for h in pair.after.handlers)
    if not caught and any(s.startswith("return") or "=" in s for s in before.statements if s != refusal):
        yield Inline(_gate(Leaf(refusal), refusal), refusal, "", False, refuses=True)


def _stands(found: Inline, pair: Pair) -> bool:
    """Whether it is asked all the same: by a branch that is new, or by something else."""
    questions = {(leaf.left, leaf.operator, leaf.right) for leaf in leaves(found.gate.condition)}
    if questions & asked(normal(b.condition) for b in pair.after.branches if b not in pair.before.branches):
        return True
    return (found.what == "removed" and moved(found.gate, False, pair)) or elsewhere(found.gate, pair)


def _gate(asked: str | Condition, statement: str) -> Gate:
    condition = normal(asked) if isinstance(asked, str) else asked
    return Gate(condition, Branch(str(asked), "return", (), (), True, statement), False)


# --- what a question answers -----------------------------------------------------------------------------------------


def _answered(before: str, after: str, pair: Pair) -> Iterator[Inline]:
    """A part of an `and` that is gone, another way to a yes, a bound that lets more through, or nothing but yes."""
    if not _QUESTION.search(pair.change.entity.name):
        return
    old, new = _said(before, pair), _said(after, pair)
    if old is None or new is None:
        return
    asked_before, asked_after = frozenset(conjuncts(old)), frozenset(conjuncts(new))
    if constant(new) is True and constant(old) is None and not any(after in b.body for b in pair.after.branches):
        yield Inline(_gate(old, before), before, after, True, "constant")
    elif asked_after < asked_before:
        yield Inline(_gate(min(asked_before - asked_after, key=str), before), before, after, True)
    elif _ways(old) < _ways(new) or (isinstance(old, Leaf) and isinstance(new, Leaf) and relation(old, new) == "looser"):
        yield Inline(_gate(old, before), before, after, True, "loosened")


def _said(statement: str, pair: Pair) -> Condition | None:
    """What a statement answers; Ruby's last one does so without a word."""
    returned = _RETURNED.match(statement)
    if returned is not None:
        return normal(returned.group(1))
    if not pair.change.kind.startswith("ruby."):
        return None
    last = statement in (pair.before.statements[-1:] or ()) or statement in (pair.after.statements[-1:] or ())
    return normal(statement) if last else None


def _ways(condition: Condition) -> frozenset[Condition]:
    if isinstance(condition, Group) and condition.word == "or":
        return frozenset(condition.parts)
    return frozenset((condition,))


# --- what a value is made of -----------------------------------------------------------------------------------------


def _looked(before: str, after: str, pair: Pair) -> Inline | None:
    """The question whether something is there, gone from what a branch asks."""
    question = _asking(before, after, pair)
    return Inline(_gate(question, before), before, after, False) if question else None


def _valued(before: str, after: str, pair: Pair) -> Iterator[Inline]:
    """A choice, a value for what is missing, a bound, or the question whether something is there, taken out."""
    if (looked := _looked(before, after, pair)) is not None:
        yield looked
        return
    old, new = tokens_of(before), tokens_of(after)
    if not len(new) < len(old) <= _MOST:
        return
    left = _bare(new)
    if Counter(left) - Counter(_bare(old)):
        return  # something is new
    for taken, question in _taken_out(old, len(old) - len(new)):
        if _bare(taken) == left:
            yield Inline(_gate(question, before), before, after, False)
            return


def _asking(before: str, after: str, pair: Pair) -> str:
    """How a statement asked whether something is there, when it is the same without. A type checker lets nobody say `a.b`
    for `a?.b` where a may be missing: in TypeScript only `a!.b` does without."""
    for written, plain in _ASKING:
        if (found := written.search(before)) and written.sub(plain, before) == after:
            return f"{_OF.search(before[: found.start()])[0]}{found.group(0)}"  # type: ignore[index]
    typed = pair.change.path.endswith((".ts", ".tsx", ".mts", ".cts"))
    if "?." in before and _CHAIN.sub("", before) == _CHAIN.sub("", _SURE.sub("", after)) and "?." not in after:
        return f"{before.partition('?.')[0].split()[-1]}?." if not typed or _SURE.search(after) else ""
    return ""


def _taken_out(tokens: Sequence[str], fewer: int) -> Iterator[tuple[Sequence[str], str]]:
    """(the tokens without one check, the check) for every check in an expression."""
    for place, token in enumerate(tokens):
        if token in ("?", "if"):
            yield from _without_choice(tokens, place, fewer)
        elif token in _DEFAULTS and 1 < place < len(tokens) - 1:
            yield from _without_default(tokens, place)
        elif token in _BOUNDS and tokens[place + 1 : place + 2] == ["("]:
            yield from _without_bound(tokens, place)


def _without_choice(tokens: Sequence[str], place: int, fewer: int) -> Iterator[tuple[Sequence[str], str]]:
    """`c ? a : b` -> `a` or `b`; `a if c else b` -> `a`."""
    if tokens[place] == "if":
        other = _closing(tokens, place, "else")
        question = tokens[place + 1 : other]
        if other and _share(tokens[:place], question):
            for end in _ends(place + fewer, other, tokens):
                yield [*tokens[:place], *tokens[end:]], spelled(list(question))
        return
    other = _closing(tokens, place, ":")
    for start in range(place) if other else ():
        question, yes = tokens[start:place], tokens[place + 1 : other]
        if _share(yes, question):
            for end in _ends(start + len(yes) + fewer, other, tokens):
                yield [*tokens[:start], *yes, *tokens[end:]], spelled(list(question))
        if abs(other + 1 - start - fewer) <= _BRACKETS and _share(tokens[other:], question):
            yield [*tokens[:start], *tokens[other + 1 :]], spelled(list(question))


def _share(side: Sequence[str], question: Sequence[str]) -> bool:
    """Whether a side of a choice is about what was asked, `args[i] if i < len(args) else None`, and not one of two sorts."""
    return bool({t for t in side if _WORD.match(t)} & set(question))


def _ends(about: int, other: int, tokens: Sequence[str]) -> range:
    """Where the other side may end, so that as many tokens go as went."""
    return range(max(other + 1, about - _BRACKETS), min(about + _BRACKETS, len(tokens)) + 1)


def _without_default(tokens: Sequence[str], place: int) -> Iterator[tuple[Sequence[str], str]]:
    """`x ?? []` -> `x`."""
    for end in range(place + 2, min(place + 5, len(tokens)) + 1):
        if _PLAIN.match("".join(tokens[place + 1 : end])):
            start = place - 1
            while start > 0 and (tokens[start - 1] in (".", "?.", "::") or tokens[start] in (".", "?.", "::")):
                start -= 1
            yield [*tokens[:place], *tokens[end:]], spelled(list(tokens[start:end]))


def _without_bound(tokens: Sequence[str], place: int) -> Iterator[tuple[Sequence[str], str]]:
    """`max(x, 0)` -> `x`."""
    start = place - 2 if place > 1 and tokens[place - 1] == "." else place
    end, commas, level = len(tokens), [place + 1], 0
    for at in range(place + 1, len(tokens)):
        level += (tokens[at] in "([{") - (tokens[at] in ")]}")
        if level == 1 and tokens[at] == ",":
            commas.append(at)
        if level == 0:
            end = at
            break
    for first, last in zip(commas, [*commas[1:], end], strict=True):
        yield [*tokens[:start], *tokens[first + 1 : last], *tokens[end + 1 :]], spelled(list(tokens[start : end + 1]))


def _closing(tokens: Sequence[str], place: int, word: str) -> int:
    """Where the other side of a choice begins: outside the brackets that open after it; 0 where it has none."""
    level = 0
    for at in range(place + 1, len(tokens)):
        level += (tokens[at] in "([{") - (tokens[at] in ")]}")
        if level < 0:
            return 0
        if level == 0 and tokens[at] == word:
            return at
    return 0


def _bare(tokens: Sequence[str]) -> list[str]:
    return [token for token in tokens if token not in ("(", ")", ";")]


_FINDERS: tuple[Callable[[str, str, Pair], Iterator[Inline]], ...] = (_answered, _valued)
