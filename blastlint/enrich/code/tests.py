"""Tests that are gone. A test that was moved, renamed, merged or parametrised is not; nor one whose subject went with it.

Tests of a file, or of a class, that went as a whole are one fact on that file or class.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from blastlint.enrich.code.pairs import Pair, Scope, parts_of, scope_of, words_of
from blastlint.enrich.code.skips import skipped
from blastlint.enrich.context import Context
from blastlint.model import Change, Entity, Fact, FactValue, Related, Side
from blastlint.parse.code import Definition, Handle, Module, Shape
from blastlint.regex import regex

_TEST_FILE = regex(
    r"(^|/)(test[^/]*|[^/]*_tests?)\.py$|[._-](test|spec)\.[cm]?[jt]sx?$|(^|/)(tests?|__tests__)/[^/]*\.(py|[cm]?[jt]sx?|rs)$"
    r"|_test\.(go|rb)$|_spec\.rb$|Tests?\.java$|\.rs$"
)
_COUNTED = regex(
    rb"^[ \t]*(?:async[ \t]+)?def[ \t]+test|^[ \t]*(?:it|test|specify|scenario)(?:\.\w+)*[( ]"
    rb"|^func (?:\(\w+ \*?\w*Suite\) )?Test|^[ \t]*(?:It|Specify)\(|^[ \t]*@(?:Parameterized)?Test\b"
    rb"|^[ \t]*#\[(?:\w+::)?test",
    re.MULTILINE,
)
_BOUND = regex(r"(?:^\s*|\b(?:as|for|var|let|const) +)(\w+)(?: = | in |:$| +=>)", re.MULTILINE)  # what it names itself
_LOOPS = regex(rb"\bfor\b|\beach\b|parametrize")
_RUN_OVER_DATA = regex(rb"parametrize|\.each\b")
_ABSORBED = 0.7  # share of a test's words that must be new in another, for it to have been merged into that one
_LITERALS = regex(r"([\"'`])([^\"'`\\\n]{3,})\1")
_FORMAT = regex(r"%[+#]?[a-zA-Z]")  # what a failure is reported with
_FRAMEWORK = regex(r"^(t|b|tb|assert|require|expect|self|pytest)\.|^(expect|assert\w*|test|it|range|str|len|int|print)$")
_OWN = 2  # texts in quotes that a test has to itself, from which they tell where it went
_TELLING = 3  # words that only the removed test has, from which they tell by themselves where it went
_COPIED = 0.95  # the same for a test of the same name elsewhere: tests of two things alike have the frame in common
_NAMESAKES = 20  # files that are read to find one
_SHOWN = 20
_FRAMEWORKS = {"javascript": "jest", "typescript": "jest", "go": "go", "java": "junit", "ruby": "rspec", "rust": "rust"}
_SCRIPTS = (".js", ".ts", ".jsx", ".tsx", ".mjs", ".cjs")
_SUFFIXES = {"go": ("_test.go",), "java": (".java",), "ruby": (".rb",), "rust": (".rs",)}


def facts(pair: Pair) -> Iterator[Fact]:
    """At most one `test` fact: for a removed test, or for the file or class that stood for several."""
    change = pair.change
    if change.before is None:
        return
    lost = _told(pair.scope).get(id(change))
    if not lost:
        return
    alive = [c for c in lost if _alive(c, pair.scope)]
    counted = alive or lost
    suite, gone, added = _suite(counted[0], pair.scope)
    shown = [c.before for c in counted if c.before is not None]
    name = shown[0].name if len(counted) == 1 else f"{len(counted)} tests"
    related = tuple(Related("test that is gone", e.header, e.address) for e in shown[:_SHOWN] if e is not change.before)
    what = "deleted" if change.action == "removed" else "not collected"
    fields: dict[str, FactValue] = {
        "what": what,
        "name": name,
        "summary": _summary(change.before, what, len(counted)),
        "extent": change.before.type,
        "source_changed": bool(pair.scope.source_changes),
        "subject_alive": bool(alive),
        "share": round(gone / suite, 3) if suite else 1.0,
        "framework": _framework(counted[0]),
        "count": len(counted),
        "suite": suite,
        "gone": gone,
        "replaced": added,
        "covered": added >= gone,
        "about_lost": all(_about_lost(test, pair.scope) for test in counted),
    }
    yield pair.fact("test", "", fields, related=related)


def _summary(entity: Entity, what: str, count: int) -> str:
    """What happened, as the beginning of a sentence."""
    verb = "longer collected" if what == "not collected" else what
    if entity.type == "test":
        no = "no " if verb != what else ""
        if count > 1:
            return f"{count} tests of {entity.region.path} are {no}{verb}, {entity.address} first"
        return f"The test {entity.address} is {no}{verb}"
    of = f"in {entity.address}"
    return f"The only test {of} is {verb}" if count == 1 else f"All {count} tests {of} are {verb}"


@lru_cache(maxsize=1)
def _removed(scope: Scope) -> tuple[Change, ...]:
    """Every test that is gone from the whole change set."""
    unmerged = [c for c in scope.changes if _is_removed(c) and not _merged(c, scope) and not skipped(c, scope)]
    copies = _namesakes(unmerged, scope)
    return tuple(c for c in unmerged if not _copied(c, copies, scope))


def _is_removed(change: Change) -> bool:
    if change.before is None or change.before.type != "test":
        return False
    return change.after is None or change.after.type != "test"


@lru_cache(maxsize=1)
def _told(scope: Scope) -> Mapping[int, Sequence[Change]]:
    """id of a change -> the tests that the fact about it stands for: those that went with it, or in the same way."""
    containers = {
        (c.before.region.path, c.before.address): c
        for c in scope.changes
        if c.action == "removed" and c.before is not None and c.type in ("class", "module")
    }
    found: dict[int, list[Change]] = {}
    for test in _removed(scope):
        found.setdefault(id(_outermost(test, containers, scope)), []).append(test)
    return found


def _outermost(test: Change, containers: Mapping[tuple[str, str], Change], scope: Scope) -> Change:
    """The outermost thing that went with the test, or the first test that went as it did."""
    assert test.before is not None
    found = test
    if test.action != "removed":
        return _first(test, scope)
    parent = test.before.parent
    path = test.before.region.path
    while (path, parent) in containers:
        found = containers[(path, parent)]
        assert found.before is not None
        if found.before.parent == parent:
            break
        parent = found.before.parent
    return _first(test, scope) if found is test else found


def _first(test: Change, scope: Scope) -> Change:
    """The first test of the same file that went alone and in the same way: they are one cause."""
    assert test.before is not None
    path = test.before.region.path
    return next(c for c in _removed(scope) if c.before and c.before.region.path == path and c.action == test.action)


def _alive(test: Change, scope: Scope) -> bool:
    """Whether what the test is about is still there: it names nothing that the sources lost in the same change set."""
    entity = test.before
    assert entity is not None
    gone = scope.gone_words
    if not gone:
        return True
    text = _text(entity)
    if (set(words_of(text)) - set(_BOUND.findall(text))) & gone:
        return False
    if any(topic in entity.name.lower() or topic in entity.region.path.lower() for topic in scope.gone_topics):
        return False
    name = _plain(entity.name)
    return not any(len(word) > 4 and _plain(word) in name for word in gone)


def _about_lost(test: Change, scope: Scope) -> bool:
    """Whether its name has a word in it that the sources lost: a part of the name of a function that is gone and of none of
    those that stay beside it; and its file used that function, or one that called it."""
    entity = test.before
    assert entity is not None and isinstance(entity.detail, Handle)
    parts, source = parts_of(entity.name), entity.detail.module.source
    lost = scope.context.once(_lost)
    return any(parts & topics and any(name in source for name in names) for names, topics in lost)


def _lost(context: Context) -> Sequence[tuple[Sequence[bytes], frozenset[str]]]:
    """Each function that the sources lost, with what called it, and what only it was about of what stood in its file."""
    found: list[tuple[Sequence[bytes], frozenset[str]]] = []
    changes = [c for c in scope_of(context).source_changes if c.type == "function" and c.before is not None]
    for change in changes:
        entity = change.before
        if change.action == "removed" and entity is not None:
            after = context.after.document(entity.region.path)
            stays = after.content.definitions if after is not None and isinstance(after.content, Module) else ()
            other = {part for definition in stays for part in parts_of(definition.last_name)}
            callers = (c.before.name for c in changes if c.before is not None and entity.name in _text(c.before))
            names = [name.encode() for name in (entity.name, *callers)]
            found.append((names, frozenset(p for p in parts_of(entity.name) - other if len(p) > 4)))
    return found


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _text(entity: Entity) -> str:
    assert isinstance(entity.detail, Handle)
    return entity.detail.definition.text.decode("utf-8", "replace")


def _merged(test: Change, scope: Scope) -> bool:
    """Whether its body is found in tests that are new or say more than before: merged, split or parametrised."""
    entity = test.before
    assert entity is not None
    words = words_of(_text(entity))
    if not words or any(_holds(words, entity.name, known, new) for _, known, new in _new_words(scope)):
        return True
    if _twin(entity) in _twins(entity.region.path, scope):
        return True
    return _tabled(entity, scope) or _looped(test, scope)


def _copied(test: Change, named: Mapping[_Search, Sequence[str]], scope: Scope) -> bool:
    """Whether one of the same name in another file says the same: then it was a copy. `named` is from _namesakes."""
    entity = test.before
    assert entity is not None
    words, search = words_of(_text(entity)), _search(entity)
    return any(
        definition.sort == "test"
        and definition.last_name.partition("#")[0] == search.name
        and _share(words, words_of(definition.text.decode("utf-8", "replace"))) >= _COPIED
        for path in named.get(search, ())
        if path != entity.region.path
        if (document := scope.context.after.document(path)) is not None and isinstance(document.content, Module)
        for definition in document.content.definitions
    )


def _holds(words: Counter[str], name: str, known: Counter[str], new: Counter[str]) -> bool:
    """Whether a test that says `new` words, beside those it was `known` for, says what a removed one said. A table of cases
    has the frame of the test before it gets its case: then the words that only the removed one had are what counts."""
    if _share(words, new) >= _ABSORBED:
        return True
    own = Counter({word: n for word, n in words.items() if word not in known and word != name})
    return len(own) >= _TELLING and _share(own, new) >= _ABSORBED


def _tabled(entity: Entity, scope: Scope) -> bool:
    """Whether a new or modified test says every text that was this one's own: its case stands in a table now."""
    said = _quoted(entity)
    if len(said) < _OWN:
        return False
    for known, now in _new_texts(scope):
        own = [text for text in said if text not in known]
        if len(own) >= _OWN and all(text in now for text in own):
            return True
    return False


def _quoted(entity: Entity) -> frozenset[str]:
    """The texts that a test has in quotes."""
    texts = (text for _, text in _LITERALS.findall(_text(entity)))
    return frozenset(text for text in texts if not _FORMAT.search(text) and text != entity.name)


def _looped(test: Change, scope: Scope) -> bool:
    """Whether a test of the same file newly runs over data and calls what this one called, its reports of failure left out:
    cases that differ by numbers have no texts of their own."""
    if test.before is None or len(_quoted(test.before)) >= _OWN:
        return False  # where those are, it is
    called = _tested(scope.pair(test).before)
    pairs = (scope.pair(change) for change in scope.added_tests if change.path == test.path)
    newly = (p.after for p in pairs if p.mentions(_LOOPS) and not p.mentions(_LOOPS, "before"))
    return bool(called) and any(called <= _tested(shape) for shape in newly)


def _tested(shape: Shape) -> frozenset[str]:
    """What a test calls beside its framework."""
    return frozenset(call.last for call in shape.calls if not _FRAMEWORK.search(call.name))


@lru_cache(maxsize=1)
def _new_texts(scope: Scope) -> tuple[tuple[str, str], ...]:
    """Each new or modified test before, where it was there, and after."""
    pairs = [scope.pair(change) for change in scope.added_tests]
    return tuple((pair.text("before"), pair.text("after")) for pair in pairs)


def _twin(entity: Entity) -> tuple[str, str]:
    """Where a test stands, and its text without its name, on one line."""
    assert isinstance(entity.detail, Handle)
    return _placed(entity.detail.definition)


def _placed(definition: Definition) -> tuple[str, str]:
    text = definition.text.decode("utf-8", "replace").replace(definition.last_name.partition("#")[0], "", 1)
    return definition.name.rpartition(" > ")[0], " ".join(text.split())


@lru_cache(maxsize=8)
def _twins(path: str, scope: Scope) -> frozenset[tuple[str, str]]:
    """The tests of one file afterwards: a removed test that is among them was there twice. The same words in another
    context are another test."""
    document = scope.context.after.document(path)
    if document is None or not isinstance(document.content, Module):
        return frozenset()
    return frozenset(_placed(d) for d in document.content.definitions if d.sort == "test")


class _Search(NamedTuple):
    """What a test is looked for by: its name, what a line of a file with it holds, and the endings of such files."""

    name: str
    literal: str
    suffixes: tuple[str, ...]


def _search(entity: Entity) -> _Search:
    handle = entity.detail
    assert isinstance(handle, Handle)
    name = handle.definition.last_name.partition("#")[0]
    if handle.module.language == "python":
        return _Search(name, f"def {name}(", (".py",))
    return _Search(name, max(name.split("\n"), key=len), _SUFFIXES.get(handle.module.language, _SCRIPTS))


def _namesakes(tests: Iterable[Change], scope: Scope) -> Mapping[_Search, Sequence[str]]:
    """The files that may have a test of the same name afterwards, by one search for all tests of a language."""
    searches = dict.fromkeys(_search(test.before) for test in tests if test.before is not None and test.before.name)
    found: dict[_Search, dict[str, None]] = {}
    for suffixes in dict.fromkeys(search.suffixes for search in searches):
        asked = [search for search in searches if search.suffixes == suffixes]
        literals = tuple(dict.fromkeys(search.literal for search in asked))
        for path, line in scope.context.after.tree.lines(literals, suffixes):
            for search in asked:
                if search.literal in line:
                    found.setdefault(search, {})[path] = None
    return {search: [*paths][:_NAMESAKES] for search, paths in found.items()}


@lru_cache(maxsize=1)
def _new_words(scope: Scope) -> tuple[tuple[Change, Counter[str], Counter[str]], ...]:
    """What each new or modified test said before, and what it says beyond that."""
    found: list[tuple[Change, Counter[str], Counter[str]]] = []
    for change in scope.added_tests:
        assert change.after is not None
        words = words_of(_text(change.after))
        known = words_of(_text(change.before)) if change.before is not None else Counter()
        found.append((change, known, words - known))
    return tuple(found)


def _share(words: Counter[str], new: Counter[str]) -> float:
    return sum(1 for word in words if word in new) / len(words)


def _suite(test: Change, scope: Scope) -> tuple[int, int, int]:
    """(tests in the directory before, how many of them are gone, how many are new in the change set).

    The directory is counted by the words that start a test: parsing all of it would cost more than the rest of the check.
    """
    assert test.before is not None
    directory = test.before.region.path.rpartition("/")[0]
    tree = scope.context.before.tree
    suite = sum(len(_COUNTED.findall(tree.read(p) or b"")) for p in tree.listdir(directory) if _TEST_FILE.search(p))
    gone = sum(1 for c in _removed(scope) if c.before and c.before.region.path.rpartition("/")[0] == directory)
    added = sum(_more_cases(c, scope) for c in scope.added_tests)
    return max(suite, gone), gone, added


def _more_cases(change: Change, scope: Scope) -> int:
    """How many more times a new or modified test runs than before: once for each case."""
    pair = scope.pair(change)

    def cases(side: Side) -> int:
        # a shape is costly, and only a test that is run over data has more than one case
        if not pair.mentions(_RUN_OVER_DATA, side):
            return 1
        return pair.before.cases if side == "before" else pair.after.cases

    return cases("after") - (0 if change.before is None else cases("before"))


def _framework(test: Change) -> str:
    entity = test.before
    assert entity is not None
    assert isinstance(entity.detail, Handle)
    language = entity.detail.module.language
    if language != "python":
        return _FRAMEWORKS[language]
    parent = entity.detail.module.by_name.get(entity.detail.definition.parent)
    return "unittest" if parent is not None and any("TestCase" in base for base in parent.bases) else "pytest"
