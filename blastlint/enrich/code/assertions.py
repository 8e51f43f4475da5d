"""What a test asserts, before and after: fewer things, or weaker ones. A helper that is called is read one level deep."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import lru_cache

from blastlint.enrich.code.alike import told_once
from blastlint.enrich.code.expectations import claim_of
from blastlint.enrich.code.inlined import helps, inlined
from blastlint.enrich.code.mocked import MOCKS, mocked, of_gone
from blastlint.enrich.code.pairs import WORD, Pair, Scope, words_of
from blastlint.enrich.code.prepared import prepared
from blastlint.enrich.code.tables import RUNS, is_told, shrunk
from blastlint.enrich.context import Context
from blastlint.frozen import dataclass
from blastlint.model import Change, Entity, Fact, FactValue
from blastlint.parse.code import Assertion, Shape
from blastlint.regex import regex

# How much each form pins down.
_STRENGTH = {
    "equal": 5, "helper": 5, "raises": 5, "mock": 5, "approx": 4, "in": 3, "compare": 2, "type": 2, "not-none": 1,
    "truthy": 1, "constant": 0,
}  # fmt: skip
_MOCKS = (
    "assert_called_once_with",
    "assert_has_calls",
    "assert_called_with",
    "assert_any_call",
    "assert_called_once",
    "assert_called",
)
_SCREEN = regex(
    rb"(?i)assert|refute|wont_|expect|check|verify|raises|warns|should|parametrize|each|require|suppress|\bfor\b|\bgiven\b|\bif\b|must|data"
    rb"|t\.(Error|Fatal)|\b(s|ts|suite)\.[A-Z]|panic|fail|case|Source"
)
_ANYTHING = regex(r"\b(ANY|mock\.ANY|expect\.any|expect\.anything|anything\(\)|AnyStr|IsAnything)\b")
_EXCEPTION = regex(r"(?i)exc|err|warn|exit_code|raise|throw")
_TRUE = {"True": True, "true": True, "False": False, "false": False}
# what an assertion looks at: `mock.called`, `mock.assert_called_once`
_THING = regex(r"^\W*(?:assert |assert\w*\(|expect\()?\s*(\w+\.assert\w+|\w+(?:\.\w+)+)")
_BROAD = frozenset({"Exception", "BaseException", "Error", ""})
_ORDER = ("constant", "inverted", "removed", "loosened", "fewer")
_ALIKE = 0.5
_PLACE = regex(r"\[\d+\]")
_NAMED = 5  # letters of a method's name, from which it tells
_INEXACT = frozenset({"approx", "in", "compare", "type", "not-none", "truthy"})
_UNSAID = regex(r"__\w+__|constructor|initialize")


@dataclass(frozen=True, slots=True)
class Weakening:
    what: str
    before: Assertion | None
    after: Assertion | None
    text: str = ""  # what was there, where that is no assertion
    now: str = ""


def facts(pair: Pair) -> Iterator[Fact]:
    """At most one `assertion` fact for a test, or for what the tests of a file share: its worst weakening. Where several
    tests no longer look at one thing, the first tells of all."""
    if pair.change.before is not None and pair.change.after is not None:
        yield from pair.scope.context.once(_told).get(id(pair.change), ())


def _told(context: Context) -> Mapping[int, Sequence[Fact]]:
    return told_once(context, _worst, _of_one_thing, lambda fact: 0, "no longer asserts it either")


def _of_one_thing(change: Change, fact: Fact) -> Hashable:
    """What the tests that tell of one loss share: the thing that they looked at."""
    named = _THING.search(str(fact.fields["before"])) if fact.fields["what"] == "removed" else None
    return named[1] if named is not None else id(change)


def _worst(pair: Pair) -> Iterator[Fact]:
    change = pair.change
    if change.before is None or change.after is None or not _is_of_tests(pair):
        return
    if change.type != "setting" and not (pair.touches(_SCREEN) or pair.mentions(RUNS, "before") or helps(pair)):
        return
    (before, old_shape), (after, new_shape) = inlined(pair, "before"), inlined(pair, "after")
    found = [w for w in weakenings(before, after, old_shape, new_shape) if not _explained(w, pair)]
    if change.type == "function":
        found = [w for w in found if not _is_by_the_way(w, len(after) >= len(before))]
    if pair.touches(MOCKS, "after"):
        found += [Weakening("constant", None, a, a.text) for a in mocked(pair, after)]
    table = shrunk(pair) if not found else None
    if table is not None:
        found.append(Weakening("fewer", None, None, f"{table.before} cases", f"{table.after} cases"))
    if not found:
        return
    worst = min(found, key=lambda w: _ORDER.index(w.what))
    removed = sum(1 for w in found if w.what == "removed")
    old, new = worst.before, worst.after
    fields: dict[str, FactValue] = {
        "what": worst.what,
        "before": old.text if old is not None else worst.text,
        "after": new.text if new is not None else worst.now,
        "test": change.entity.name,
        "count_before": len(before) * old_shape.cases,
        "count_after": len(after) * new_shape.cases,
        "weakened": len(found),
        "share": round(removed / len(before), 3) if before else 0.0,
        "renamed": change.before.name != change.after.name,
        "source_changed": bool(pair.scope.source_changes),
        "divided": worst.what == "loosened" and new is not None and _looks(after, new) > _looks(before, new),
        "answered": worst.what == "inverted" and not _disowned(worst),
        "fed": worst.what == "loosened" and old is not None and _was_fed(old, pair),
        "subject_changed": _subject_changed(pair),
        "claim": claim_of(pair.scope.context),
    }
    old_place = pair.region("before", old.at) if old is not None else None
    new_place = pair.region("after", new.at) if new is not None else None
    yield pair.fact("assertion", "", fields, old_place, new_place)


def _is_by_the_way(weakening: Weakening, as_many: bool) -> bool:
    """Whether what tests share asks other things, and no fewer, or only told a type checker what it works with."""
    told = weakening.before is not None and weakening.before.form in ("not-none", "type")
    return weakening.what == "removed" and (as_many or told)


def _is_of_tests(pair: Pair) -> bool:
    """Whether it is a test on both sides, or a function or table of a file of tests, which no changed test speaks for."""
    before, after = pair.change.before, pair.change.after
    assert before is not None and after is not None
    if (before.type, after.type) == ("test", "test"):
        return True
    if before.type != after.type or after.type not in ("function", "setting") or not pair.scope.is_test(after.region.path):
        return False
    return not any(
        c.type == "test" and c.path == pair.change.path and after.name in words_of(pair.scope.pair(c).text("after"))
        for c in pair.scope.changes
        if c.after is not None
    )


def _looks(assertions: Sequence[Assertion], at: Assertion) -> int:
    """How many assertions look at what one looks at, or at a part of it."""
    return sum(bool(a.subject) and (a.subject == at.subject or a.subject.startswith(f"{at.subject}.")) for a in assertions)


def _was_fed(assertion: Assertion, pair: Pair) -> bool:
    """Whether the value that was expected was given in by a statement that is gone: now something else is tried."""
    if len(assertion.expected) < _NAMED:
        return False
    after = set(pair.after.statements)
    gone = (s for s in pair.before.statements if s not in after and assertion.text not in s)
    return any(assertion.expected in statement for statement in gone)


def _subject_changed(pair: Pair) -> bool:
    """Whether a function that the test names was edited too."""
    said = words_of(pair.text("after"))
    functions = (c.entity for c in pair.scope.source_changes if c.action == "modified" and c.type == "function")
    return any(_said_as(function) in said for function in functions)


def _said_as(function: Entity) -> str:
    """The name that a test says to run a function: what an object does without its own name is told by its class."""
    return WORD.findall(function.parent)[-1] if function.parent and _UNSAID.fullmatch(function.name) else function.name


def weakenings(before: Sequence[Assertion], after: Sequence[Assertion], old: Shape, new: Shape) -> Iterator[Weakening]:
    """Every assertion of before that is gone, or says less."""
    kept = list(after)
    rest: list[Assertion] = []
    for assertion in before:
        same = next((a for a in kept if _same(assertion, a)), None)
        if same is None:
            rest.append(assertion)
        else:
            kept.remove(same)
    pairs, gone, born = _pairs(rest, kept)
    for first, second in pairs:
        what = _weaker(first, second)
        if what:
            yield Weakening(what, first, second)
    for assertion in born:
        if assertion.form == "constant" and gone:
            yield Weakening("constant", gone.pop(0), assertion)
    if _more_runs(old, new) or any(a.form == "helper" for a in born):
        return
    if any(a.form == "raises" for a in (*born, *(second for _, second in pairs))):
        # what was asked of the exception by hand is now asked by the form itself
        gone = [a for a in gone if not _EXCEPTION.search(a.text)]
    solid = [a for a in born if a.form != "constant"]
    for assertion in gone[len(solid) :]:
        if assertion.form != "constant" and not any(_implies(a, assertion, old) for a in after):
            yield Weakening("removed", assertion, None)
    if new.cases < old.cases and not (old.loops or new.loops):
        yield Weakening("fewer", None, None, f"{old.cases} cases", f"{new.cases} cases")


def _implies(kept: Assertion, gone: Assertion, old: Shape) -> bool:
    """Whether what still stands pins the same thing to one value, so that nothing weaker needs to be said of it. A name that
    is given a value twice is not one thing."""
    if kept.form != "equal" or kept.negated or kept.subject != gone.subject or gone.form not in _INEXACT:
        return False
    named = WORD.match(kept.subject)
    return named is None or sum(option.key == named.group(0) for option in old.options) < 2


def _same(one: Assertion, other: Assertion) -> bool:
    return (one.form, one.subject, one.expected, one.negated, one.tolerance) == (
        other.form, other.subject, other.expected, other.negated, other.tolerance,
    )  # fmt: skip


def _more_runs(old: Shape, new: Shape) -> bool:
    """Whether the test now runs its assertions over more data: fewer lines are no loss then."""
    return (new.loops and not old.loops) or new.cases > old.cases


def _pairs(
    before: Sequence[Assertion], after: Sequence[Assertion]
) -> tuple[list[tuple[Assertion, Assertion]], list[Assertion], list[Assertion]]:
    """One to one: the same thing looked at first, then the most alike."""
    scored: list[tuple[float, int, int]] = []
    for i, one in enumerate(before):
        for j, other in enumerate(after):
            score = _alike(one, other)
            if score >= _ALIKE:
                scored.append((-score, i, j))
    scored.sort()
    old_taken: set[int] = set()
    new_taken: set[int] = set()
    pairs: list[tuple[Assertion, Assertion]] = []
    for _, i, j in scored:
        if i not in old_taken and j not in new_taken:
            old_taken.add(i)
            new_taken.add(j)
            pairs.append((before[i], after[j]))
    gone = [a for i, a in enumerate(before) if i not in old_taken]
    return pairs, gone, [a for j, a in enumerate(after) if j not in new_taken]


def _alike(one: Assertion, other: Assertion) -> float:
    if one.form == "raises" or other.form == "raises":
        return 1.0 if one.form == other.form and one.subject == other.subject else 0.0
    if one.subject and one.subject == other.subject:
        return 2.0 + 2 * (one.expected == other.expected)
    if one.expected == other.expected and len(one.expected) >= _NAMED and _unnumbered(one) == _unnumbered(other):
        return 3.0  # the same of another element: rows[1].name, rows[2].name
    if one.form == "constant" or other.form == "constant":
        return 0.0
    if one.form == "equal" and other.subject and one.subject.startswith((f"{other.subject}.", f"{other.subject}[")):
        return 1.0  # of the whole, where a part of it was looked at
    old, new = words_of(f"{one.subject} {one.expected}"), words_of(f"{other.subject} {other.expected}")
    total = old.total() + new.total()
    return max(2 * (old & new).total() / total if total else 0.0, _ALIKE * _asks_alike(one, other))


def _unnumbered(assertion: Assertion) -> str:
    subject = _PLACE.sub("[]", assertion.subject)
    return f"{assertion.form} {assertion.negated} {subject}"


def _asks_alike(one: Assertion, other: Assertion) -> bool:
    """Whether they ask the same method of something, and expect the same: `cache.fresh?` and `Cache.new(url).fresh?`."""
    (first, _, asked), (second, _, wanted) = one.subject.rpartition("."), other.subject.rpartition(".")
    same = (one.form, one.expected, one.negated) == (other.form, other.expected, other.negated)
    return bool(first and second) and asked == wanted and len(asked) >= _NAMED and same


def _weaker(before: Assertion, after: Assertion) -> str:
    """How `after` says less than `before`, or empty."""
    if after.form == "constant":
        return "constant" if before.form != "constant" else ""
    same_subject = before.subject == after.subject
    if same_subject and _inverted(before, after):
        return "inverted"
    if not same_subject and before.subject not in after.text and after.subject not in before.text:
        return ""  # another thing is looked at
    if before.form == after.form:
        return "loosened" if _looser(before, after) else ""
    if before.form == "helper" or after.form == "helper":
        return ""
    return "loosened" if _strength(after) < _strength(before) else ""


def _strength(assertion: Assertion) -> int:
    if assertion.negated and assertion.form == "truthy":
        return 4  # false or empty is nearly one value
    return 1 if assertion.negated and assertion.form in ("equal", "in") else _STRENGTH[assertion.form]


def _inverted(before: Assertion, after: Assertion) -> bool:
    """The same question, the other answer."""
    if before.form == after.form and before.expected == after.expected and before.negated != after.negated:
        return True
    old, new = _answer(before), _answer(after)
    if old is not None and new is not None:
        return old != new
    none = {before.expected, after.expected}
    return (
        {before.form, after.form} == {"equal", "not-none"}
        and none == {"None"}
        and not (before.negated or after.negated)
    )


def _answer(assertion: Assertion) -> bool | None:
    """True or false, where that is all an assertion asks."""
    if assertion.form == "truthy":
        return not assertion.negated
    if assertion.form == "equal" and assertion.expected in _TRUE:
        return _TRUE[assertion.expected] != assertion.negated
    return None


def _looser(before: Assertion, after: Assertion) -> bool:
    """Of two assertions of one form."""
    if before.form == "raises":
        narrower = before.expected not in _BROAD and after.expected in _BROAD
        return narrower or (before.expected == after.expected and bool(before.tolerance) and not after.tolerance)
    if before.form == "mock":
        old = next((i for i, name in enumerate(_MOCKS) if before.expected.startswith(f"{name}(")), None)
        new = next((i for i, name in enumerate(_MOCKS) if after.expected.startswith(f"{name}(")), None)
        return old is not None and new is not None and new >= 4 and new > old
    if before.form == "approx":
        return _wider(before.tolerance, after.tolerance)
    if before.negated != after.negated:
        return after.negated
    return bool(_ANYTHING.search(after.expected)) and not _ANYTHING.search(before.expected)


def _wider(before: str, after: str) -> bool:
    """Tolerances as `abs=0.1`, `places=3`; none is a library's tight default."""
    if not after:
        return False
    (old_name, _, old), (name, _, new) = before.partition("="), after.partition("=")
    try:
        old_number, number = float(old or "0"), float(new)
    except ValueError:
        return False
    if before and old_name != name:
        return False
    if name in ("places", "decimal"):
        return number < (old_number if before else 7)
    return number > old_number


def _explained(weakening: Weakening, pair: Pair) -> bool:
    """Whether it speaks of something that the sources lost in the same change set, is said by another test now, or could not
    fail."""
    gone = pair.scope.gone_words
    if weakening.before is not None:
        said = weakening.before.text
        if weakening.what == "removed" and any(said in text for text in _new_texts(pair.scope)):
            return True
        if _disowned(weakening):
            return False
        if weakening.what == "removed" and (prepared(weakening.before, pair.before) or of_gone(pair, said)):
            return True
        return bool(set(words_of(said)) & gone)
    return is_told(pair) or bool(set(words_of(pair.text("before")) - words_of(pair.text("after"))) & gone)


def _disowned(weakening: Weakening) -> bool:
    """Whether the test now asks that the very value which it demanded is not there: no new behaviour is pinned down by that,
    whatever the sources lost."""
    before, after = weakening.before, weakening.after
    return (
        weakening.what == "inverted"
        and before is not None
        and after is not None
        and before.form == after.form == "equal"
        and after.negated
    )


@lru_cache(maxsize=1)
def _new_texts(scope: Scope) -> tuple[str, ...]:
    """The tests that are new in the change set, on one line."""
    pairs = [scope.pair(change) for change in scope.added_tests if change.action == "added"]
    return tuple(" ".join(pair.text("after").replace("'", '"').split()) for pair in pairs)
