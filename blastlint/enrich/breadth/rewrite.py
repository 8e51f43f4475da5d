"""Facts about a changed file as text: `reformat` (many lines differ, though little or nothing of what they say) and
`rewrite` (hardly a line is left, though it is about the same things). Never both.

What a file says is asked of its parser where there is one: a file without a semantic change says the same. For all others
the words are compared (texts.py). Files that were reformatted alike are one fact, on the first of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from blastlint.enrich.breadth.edits import edit_of
from blastlint.enrich.breadth.texts import (
    Lines,
    Text,
    Words,
    compared_words,
    flips,
    kept_share,
    nested,
    reordered,
    text_of,
    words_in,
)
from blastlint.enrich.context import Context
from blastlint.enrich.shown import LIMIT, shown
from blastlint.enrich.surroundings import path_class_of
from blastlint.facts.file_roles import file_role
from blastlint.frozen import dataclass
from blastlint.masking import MASK, mask_text, masked_lines
from blastlint.model import Change, Confidence, Document, Fact, FactValue, Region, Related
from blastlint.regex import regex

_REFORMATTED = 0.4  # share of the lines that differ without a word for it
_LEAST_LINES = 5  # fewer are read at a glance
_REWRITTEN = 0.5  # share of the lines before that are left, above which there is nothing to say
_LEAST_NAMES = 3
_TOLD = 3
_RELATED = 30
_NO_FILES = frozenset({"symlink", "submodule"})
_UNCHANGED: dict[str, FactValue] = {"lines_changed": 0.0, "nodes_changed": 0, "hidden": "", "role": ""}
_MEANING = ("config.", "python.", "javascript.", "go.", "ruby.", "java.", "rust.")  # kinds that cover all of a file
_DEFINED = regex(
    r"^[ \t]*(?:(?:export|default|public|private|protected|static|async|abstract|final|pub|local)\s+)*"
    r"(?:(?:def|func|fn|function|class|module|interface|type|struct|enum|trait|sub|const|let|var|alias)\s+(?:\([^)\n]*\)\s*)?"
    r"|(?:resource|data|variable|output|provider|locals|job|stage|task)\s+)(?P<name>[\w\"'.:$-][^\n({=]*)"
    r"|^(?P<target>[A-Za-z_][\w.-]*)\s*(?:\(\)|:?=|:(?!\S))",
    re.MULTILINE,
)
_GENERATED = regex(r"@generated|do not edit|auto-?generated|generated (by|from|with)", re.IGNORECASE)
_INDEX = regex(r"\[\d+\]")
_INFRASTRUCTURE = ("terraform", "terraform-json", "dockerfile", "makefile", "shell")


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """At most one fact of a file that stayed and changed."""
    compared = context.once(_Compared)
    fact = compared.by_path.get(change.address)
    if fact is None or change.after is None:
        return
    group = compared.groups.get(_group(change.address, fact, context), [change.address])
    if group[0] != change.address:
        return
    related = tuple(Related("reformatted alike", Region("after", path, 1), path) for path in group[1 : 1 + _RELATED])
    fields = fact.fields
    if fact.name == "reformat":
        fields = {**fields, "files": len(group), "summary": _summary(fields, len(group))}
    yield Fact(fact.name, fields, "", fact.before, fact.after, related, fact.confidence)


class _Compared:
    """Every file of a change set: the fact about it, and the paths that share a reformat."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @cached_property
    def by_path(self) -> dict[str, Fact]:
        files = (c for c in self._context.changes if c.kind == "file")
        return {c.address: fact for c in files if (fact := _fact(c, self._context)) is not None}

    @cached_property
    def groups(self) -> dict[tuple[FactValue, ...], list[str]]:
        found: dict[tuple[FactValue, ...], list[str]] = {}
        for path, fact in self.by_path.items():
            if fact.name == "reformat":
                found.setdefault(_group(path, fact, self._context), []).append(path)
        return found


def _group(path: str, fact: Fact, context: Context) -> tuple[FactValue, ...]:
    if fact.name != "reformat":
        return (path,)
    return path_class_of(path, context.config), fact.fields["flip"], fact.fields["hidden"]


def _summary(fields: Mapping[str, FactValue], files: int) -> str:
    share = fields["lines_changed"]
    assert isinstance(share, float)
    form = f"changes its {fields['flip']}" if fields["flip"] else f"is reformatted ({share:.0%} of its lines)"
    others = f", as {'does 1 more file' if files == 2 else f'do {files - 1} more files'}" if files > 1 else ""
    meaning = f"; in between, the meaning changes: {fields['hidden']}" if fields["hidden"] else "; its meaning is the same"
    return f"{form}{others}{meaning}"


def _fact(change: Change, context: Context) -> Fact | None:
    if change.before is None or change.after is None or {change.before.type, change.after.type} & _NO_FILES:
        return None
    paths = change.before.address, change.after.address
    before, after = context.before.tree.read(paths[0]), context.after.tree.read(paths[1])
    if before == after:
        return _mode(change, paths)
    old, new, lines = text_of(before), text_of(after), edit_of(*paths, context)
    if old is None or new is None or lines is None:
        return None
    pair = _Pair(paths, old, new, lines, context)
    return _reformat(pair) or _rewrite(pair)


@dataclass(frozen=True, slots=True)
class _Pair:
    """One file on both sides, before first."""

    paths: tuple[str, str]
    old: Text
    new: Text
    lines: Lines
    context: Context

    @property
    def documents(self) -> tuple[Document | None, Document | None]:
        return self.context.before.document(self.paths[0]), self.context.after.document(self.paths[1])

    def meant(self) -> list[Change] | None:
        """The semantic changes in the file, or None when no parser has read both sides whole."""
        from blastlint.parse.code import Module
        from blastlint.parse.keytree import KeyTree

        if not all(d and d.coverage == "full" and isinstance(d.content, (Module, KeyTree)) for d in self.documents):
            return None
        return [
            c
            for c in self.context.changes
            if c.kind.startswith(_MEANING)
            and c.action != "moved"
            and any(
                e is not None and e.region.path == path for e, path in zip((c.before, c.after), self.paths, strict=True)
            )
        ]


def _mode(change: Change, paths: tuple[str, str]) -> Fact | None:
    """Only who may run the file changed."""
    modes = [str(m.scalar) for e in (change.before, change.after) if e and (m := e.attributes.get("mode"))]
    if len(modes) < 2 or modes[0] == modes[1]:
        return None
    return _told(paths, "reformat", {**_UNCHANGED, "flip": f"file mode {modes[0]} -> {modes[1]}"})


def _told(paths: tuple[str, str], name: str, fields: Mapping[str, FactValue], confidence: Confidence = "high") -> Fact:
    places = Region("before", paths[0], 1), Region("after", paths[1], 1)
    return Fact(name, fields, "", *places, confidence=confidence)


# --- reformat ---------------------------------------------------------------------------------------------------------


def _reformat(pair: _Pair) -> Fact | None:
    """Lines differ, and fewer words than lines: what is left of the lines is layout."""
    flipped = flips(pair.old, pair.new)
    lines = pair.lines
    enough = max(_LEAST_LINES, _REFORMATTED * lines.most)
    if lines.changed < enough and not (flipped and lines.most >= _LEAST_LINES):
        return None
    words = compared_words(lines)
    if not flipped and (lines.changed - words.changed < enough or (words.changed and nested(pair.old, pair.new))):
        return None
    meant = pair.meant()
    differences = _differences(pair, words, meant)
    fields: dict[str, FactValue] = {
        "lines_changed": 1.0 if flipped else round(lines.changed / lines.most, 3),
        "nodes_changed": len(differences),
        "hidden": _in_words(differences),
        "flip": ", ".join(flipped),
        "role": _role(pair.documents[1]),
    }
    return _told(pair.paths, "reformat", fields, "medium" if meant is None else "high")


def _differences(pair: _Pair, words: Words, meant: list[Change] | None) -> list[str]:
    """What differs in meaning, one entry each: keys of a key tree, else words; where they are the same, definitions."""
    if meant is not None and not meant:
        return []
    keys = [d for c in meant or () if c.kind == "config.key" for d in c.deltas]
    if keys:
        return [f"{d.path}: {shown(d.path, d.before)} -> {shown(d.path, d.after)}" for d in keys]
    if words.changed:
        return _words_told(pair, words)
    if meant:
        return [f"{c.address} {c.action}" for c in meant]
    return ["the same words in another order"] if reordered(pair.old, pair.new) else []


def _words_told(pair: _Pair, words: Words) -> list[str]:
    """The words that differ, secrets masked: what is not in the masked source is not told."""
    readable = [
        words_in("\n".join(masked_lines(t.text, p))) for t, p in zip((pair.old, pair.new), pair.paths, strict=True)
    ]
    gone, born = (
        sorted((word if word in plain else MASK for word in side.elements()), key=_is_operator)
        for side, plain in zip((words.gone, words.born), readable, strict=True)
    )
    if len(gone) == len(born) == 1:
        return [f"{gone[0]} -> {born[0]}"]
    return [*(f"-{word}" for word in gone), *(f"+{word}" for word in born)]


def _is_operator(word: str) -> bool:
    return not word[0].isalnum()


def _in_words(differences: list[str]) -> str:
    more = f", and {len(differences) - _TOLD} more" if len(differences) > _TOLD else ""
    text = mask_text(", ".join(differences[:_TOLD]))
    return (text if len(text) <= 2 * LIMIT else text[: 2 * LIMIT - 1] + "…") + more


# --- rewrite ----------------------------------------------------------------------------------------------------------


def _rewrite(pair: _Pair) -> Fact | None:
    """Hardly a line is left. The names of a file are what it defines: keys, functions, blocks, targets."""
    share = kept_share(pair.old, pair.lines, _REWRITTEN)
    if share is None:
        return None
    kept, lines = share
    before, after = pair.documents
    names, still = _names(before, pair.old), _names(after, pair.new)
    if len(names) < _LEAST_NAMES:
        return None
    fields: dict[str, FactValue] = {
        "line_similarity": round(kept, 3),
        "symbol_overlap": round(len(names & still) / len(names), 3),
        "lines": lines,
        "generated": any(_GENERATED.search(side.text[:2000]) is not None for side in (pair.old, pair.new)),
        "role": _role(after),
        "kept": f"only {kept:.0%} of its lines are left" if kept >= 0.01 else "none of its lines is left",
    }
    return _told(pair.paths, "rewrite", fields)


def _names(document: Document | None, side: Text) -> frozenset[str]:
    from blastlint.parse.code import Module
    from blastlint.parse.keytree import KeyTree

    content = document.content if document is not None else None
    if isinstance(content, KeyTree):
        return frozenset(_INDEX.sub("[]", path) for root in content.documents for path, _ in root.leaves())
    if isinstance(content, Module):
        return frozenset(definition.name for definition in content.definitions if definition.name)
    return frozenset((m["name"] or m["target"]).strip() for m in _DEFINED.finditer(side.text))


def _role(document: Document | None) -> str:
    """What the file is for: the role of its key tree, infrastructure, or code."""
    from blastlint.parse.keytree import KeyTree

    if document is not None and isinstance(document.content, KeyTree) and document.content.documents:
        return file_role(document.path, document.content.documents[0], document.language)
    return "infrastructure" if document is not None and document.language in _INFRASTRUCTURE else "code"
