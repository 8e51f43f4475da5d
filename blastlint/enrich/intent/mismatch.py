"""`mismatch` facts: the message says of what kind the change is, and it is (also) of another. Compared are the kinds of the
semantic changes, so that a comment in code is no code. What cannot be compared says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from blastlint.enrich.context import Context
from blastlint.enrich.intent.message import Message, read, spoken, whole
from blastlint.enrich.surroundings import path_class_of
from blastlint.model import Change, Fact, Region, Related
from blastlint.prose import few
from blastlint.regex import regex, screened

_SPLIT = regex(r"[,/\s]+")
_TESTS_SAID = screened(
    "test",
    r"\b((add(s|ed|ing)?|with|includ(es|ing)|plus|and|wrote|extend(s|ed)?|update[sd]?) (new |more |unit "
    r"|regression |integration |some |the )*"
    r"tests?( (cases?|coverage))?|tests? (are |were )?(added|included|extended|updated))\b",
    re.I,
)
_ONLY = screened(
    "only just purely",
    r"\b((only|just|purely) (touch(es)? |chang(es|ed|ing) |affects? |in )?(the )?(?P<what>docs?|documentation|comments?"
    r"|tests?|readme)|(?P<only>docs?|documentation|comments?|tests?|readme)[- ]only)"
    r"(?=\s*([.,;:!)\]\n]|$|changes?\b|and\b))",
    re.I,
)
_DENIES = regex(r"\b(no|not|without|missing|needs?|todo|skip|fix(es|ed)?|remove[sd]?|should)\b[^.\n]{0,25}$", re.I)
# What a kind of change may be, by the claim.
_ALLOWED: Mapping[str, frozenset[str]] = {
    "doc": frozenset({"docs", "package"}),
    "test": frozenset({"docs", "test", "package", "pipeline"}),
    "ci": frozenset({"docs", "pipeline", "package", "test", "command", "configuration"}),
    "style": frozenset({"docs", "package", "test", "code", "command", "pipeline"}),
}
_ABOUT: Mapping[str, str] = {
    "documentation": "doc",
    "comment": "doc",
    "readme": "doc",
}
_INFRASTRUCTURE = ("terraform.", "cloudformation.", "kubernetes.", "compose.")
# Scopes that mean the same in every repository: what people see.
_INTERFACE = frozenset({"ui", "ux", "css", "styles", "styling", "theme", "frontend", "i18n", "l10n", "a11y", "webui"})
_SEEN = regex(
    r"\.(vue|svelte|[jt]sx|css|s[ac]ss|less|html?|erb|hbs|jinja2?|twig|blade\.php|po|svg|png)$|(^|/)(frontend|client|ui)/"
)
_FEW = 3


def facts(context: Context) -> Iterator[Fact]:
    """At most one fact for each sort of claim: the type or the scope, and the tests that are said to be there."""
    message, told = spoken(context.change_set.message), read(context.change_set.message)
    claim, kind = _claim(told, message)
    if kind:
        other = context.once(_kinds)
        strange = {name: changes for name, changes in other.items() if name not in _ALLOWED[kind]}
        if strange:
            yield _fact("kind", claim, strange)
    else:
        yield from _elsewhere(told, context)
    said = _TESTS_SAID.search(message)
    if said and not _DENIES.search(message[: said.start()]) and not _tests_touched(context) and _complete(context):
        yield Fact(
            "mismatch",
            {
                "what": "tests",
                "claim": " ".join(said[0].split()),
                "kinds": (),
                "count": 0,
                "summary": "no test is touched",
            },
            "tests",
        )


def _claim(told: Message, message: str) -> tuple[str, str]:
    """(the words, doc, test, ci or style)."""
    kind = told.type.removesuffix("s")
    if kind in _ALLOWED:
        return told.shown, kind
    only = _ONLY.search(whole(message))
    if only:
        word = (only["what"] or only["only"]).lower().removesuffix("s")
        return " ".join(only[0].lower().split()), _ABOUT.get(word, word)
    return "", ""


def _elsewhere(told: Message, context: Context) -> Iterator[Fact]:
    """A conventional scope that is a part of the repository, where nothing of that part is touched, but infrastructure or
    migrations are. Scopes that are no directories have a meaning of their own, but for those of the interface."""
    parts = {word for word in _SPLIT.split(told.scope) if len(word) > 2 or word in _INTERFACE}
    paths = [path.lower() for file in context.change_set.files for path in (file.before, file.after) if path]
    if not parts or any(part in path for part in parts for path in paths):
        return
    if parts <= _INTERFACE and any(_SEEN.search(path) for path in paths):
        return  # what people see is touched too, with what is behind it
    grave = {name: changes for name, changes in context.once(_kinds).items() if name in ("infrastructure", "migration")}
    is_part = parts <= _INTERFACE or any(parts & set(p.lower().split("/")[:-1]) for p in context.before.tree.paths())
    if grave and is_part:
        yield _fact("scope", told.shown.rstrip(":"), grave)


def _kinds(context: Context) -> dict[str, list[Change]]:
    """The semantic changes by what they are changes of."""
    found: dict[str, list[Change]] = {}
    for change in context.changes:
        if change.explained_by or change.kind in ("file", "change-set"):
            continue
        kind = _kind(change, context)
        if kind:
            found.setdefault(kind, []).append(change)
    return found


def _kind(change: Change, context: Context) -> str:
    place = path_class_of(change.path, context.config)
    if place in ("docs", "test", "example"):
        return "docs" if place != "test" else "test"
    if place != "source":
        return ""
    if _is_prose(change):
        return "docs"
    if change.kind.startswith(_INFRASTRUCTURE):
        return "infrastructure" if change.action != "moved" else ""
    if change.kind.startswith(("migration.", "schema.")):
        return "migration"
    if change.kind.startswith("pipeline.") or change.type == "pipeline":
        return "pipeline"
    if change.kind == "command":
        return "command" if _does_something(change) else ""
    if change.kind.startswith("config."):
        return {"configuration": "configuration", "manifest": "", "package": "package"}.get(change.type, "")
    if change.kind.startswith(("python.", "javascript.", "go.", "ruby.", "java.", "rust.")):
        return "code"
    return ""


def _is_prose(change: Change) -> bool:
    """Whether only the words changed by which infrastructure describes itself."""
    if change.action != "modified" or not change.kind.startswith(_INFRASTRUCTURE):
        return False
    return bool(change.deltas) and all(delta.path.rpartition(".")[2].lower() == "description" for delta in change.deltas)


def _does_something(change: Change) -> bool:
    from blastlint.diff.commands import command_of
    from blastlint.enrich.commands import does

    return any(does(command_of(side)) for side in (change.before, change.after) if side is not None)


def _tests_touched(context: Context) -> bool:
    return any(
        path_class_of(p, context.config) == "test" or "test" in p.lower() or "spec" in p.lower()
        for f in context.change_set.files
        for p in (f.before, f.after)
        if p
    )


def _complete(context: Context) -> bool:
    """Whether the change has code that a test could be about; one of documents or data is described by its text alone."""
    return "code" in context.once(_kinds)


def _fact(what: str, claim: str, strange: Mapping[str, Sequence[Change]]) -> Fact:
    changes = [change for several in strange.values() for change in several]
    paths = list(dict.fromkeys(c.path for c in changes))
    first = changes[0]
    return Fact(
        "mismatch",
        {
            "what": what,
            "claim": claim,
            "kinds": tuple(sorted(strange)),
            "count": len(paths),
            "summary": f"{' and '.join(sorted(strange))} in {few(paths, _FEW)}",
        },
        what,
        first.before.region if first.before is not None else None,
        first.after.region if first.after is not None else None,
        related=tuple(Related("changed too", Region(c.entity.region.side, c.path, c.entity.region.start_line), c.address)
                      for c in changes[1:10]),
    )  # fmt: skip
