"""`repeated-edit` facts: one edit made in many files, and the files among them in which it was hardly meant.

Edits are compared hunk by hunk, as the words that went and came (layout and numbers aside). What a search and replace hits
beyond code (migrations, vendored files, data, generated files) are its outliers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from blastlint.config import Config
from blastlint.diff.lines import differing
from blastlint.enrich.breadth.deletions import what
from blastlint.enrich.breadth.texts import Text, compared_lines, compared_words, text_of
from blastlint.enrich.context import Context
from blastlint.enrich.surroundings import path_class_of
from blastlint.model import Change, Fact, Region, Related
from blastlint.parse.languages import FAMILIES, language_of
from blastlint.prose import few
from blastlint.regex import regex

_MANY = 10  # files with the same edit: a tool, or a hand that acts like one
_MOST_FILES = 2_000
_OUTLYING = 0.3  # share above which the outliers are no outliers
_WORDS = 12  # an edit of more words is written for its place
# Programs and pages in languages without a grammar here.
_PROGRAMS = regex(
    r"\.(html?|vue|svelte|astro|s?css|less|php|kts?|cs|fs|swift|scala|groovy|dart|exs?|erl|cljs?|lua|[ch](pp|c|xx)?|mm?|p[lm]"
    r"|jl|elm|hs|mli?|zig|nim|sol|templ|liquid|erb|haml|j2|twig)$"
)
_GRAVE = ("migration", "vendored", "generated", "data")

Edit = tuple[tuple[str, ...], tuple[str, ...]]


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """At most one fact: of the edit that the most files share, where it has outliers."""
    files = [f for f in context.change_set.files if f.status in ("modified", "renamed") and f.before and f.after]
    if not _MANY <= len(files) <= _MOST_FILES:
        return
    everywhere = {_kind(file.after, context) for file in files if file.after}
    if len(everywhere) < 2 or everywhere.isdisjoint(_GRAVE):
        return  # no file could be an outlier
    by_edit: dict[Edit, list[str]] = {}
    for file in files:
        assert file.before is not None and file.after is not None
        old, new = text_of(context.before.tree.read(file.before)), text_of(context.after.tree.read(file.after))
        if old is not None and new is not None:
            for edit in dict.fromkeys(_edits(old, new)):
                by_edit.setdefault(edit, []).append(file.after)
    edit, paths = max(by_edit.items(), key=lambda item: len(item[1]), default=(((), ()), []))
    if len(paths) < _MANY:
        return
    kinds = {path: _kind(path, context) for path in paths}
    usual = Counter(kinds.values()).most_common(1)[0][0]
    outliers = [path for path in paths if kinds[path] != usual and kinds[path] in _GRAVE]
    if not outliers or len(outliers) > _OUTLYING * len(paths):
        return
    yield Fact(
        "repeated-edit",
        {
            "files": len(paths),
            "outliers": len(outliers),
            "grave": any(kinds[path] in ("migration", "vendored") for path in outliers),
            "edit": f"{_told(edit[0])} -> {_told(edit[1])}",
            "summary": few([f"{path} ({kinds[path]})" for path in outliers], 4),
        },
        "edit",
        after=Region("after", outliers[0], 1),
        related=tuple(Related(f"the same edit, in {kinds[p]}", Region("after", p, 1), p) for p in outliers[:20]),
    )


def _edits(old: Text, new: Text) -> Iterator[Edit]:
    """Each hunk as the words that went and came; none for a hunk that is larger than a slip of a pattern."""
    before, after = old.text.splitlines(), new.text.splitlines()
    for equal, (a, b, c, d) in differing(before, after):
        if equal:
            continue
        for one, other in _lines(before[a:b], after[c:d]):
            words = compared_words(compared_lines(Text(one, "", ""), Text(other, "", "")))
            if words.gone and words.changed <= _WORDS:  # a pattern that replaces; a header that is added names nothing
                yield tuple(sorted(_plain(words.gone))), tuple(sorted(_plain(words.born)))


def _lines(gone: Sequence[str], born: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Line by line where a hunk has as many lines on both sides, else as one."""
    if len(gone) == len(born):
        yield from zip(gone, born, strict=True)
    else:
        yield "\n".join(gone), "\n".join(born)


def _plain(counted: Counter[str]) -> Iterator[str]:
    return ("0" if word[0].isdigit() else word for word in counted.elements())


def _told(words: tuple[str, ...]) -> str:
    return " ".join("a number" if word == "0" else word for word in words) or "nothing"


def _kind(path: str, context: Context) -> str:
    """migration, vendored, generated, data, lock or code. A lock file follows what it locks; a program in a directory of
    data is a program."""
    sort = what(path, context)
    if sort == "migration":
        return sort
    if path_class_of(path, Config()) == "lock":  # also where an attribute calls it generated
        return "lock"
    found = path_class_of(path, context.config)
    if found in ("vendored", "generated", "lock"):
        return found
    if sort != "other" or language_of(path) in FAMILIES or _PROGRAMS.search(path):
        return "code"
    return "data"
