"""Go, Ruby, Java and Rust -> Module: the definitions of a file, by the query `definitions.scm` of its language.

Captures: `function`, `class`, `setting`, `test` (a definition, with its `name`, and `title` where a test has a sentence
for a name), `scope` (a namespace that is no entity itself, with its `name`), `receiver` (the type that a function is of),
`base`, `import` (with `path`, and `alias`, `prefix` where there are any).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from tree_sitter import Node

from blastlint.frozen import dataclass
from blastlint.model import Document, Side
from blastlint.parse.code import Definition, Import, Module, Sort
from blastlint.parse.grammar import Grammar, Match, grammar, matches
from blastlint.parse.languages import language_of
from blastlint.parse.structure import Lines, blanked, digest, directives, error_line, leading
from blastlint.regex import regex

_SORTS: tuple[Sort, ...] = ("test", "function", "class", "setting")
_MARK = regex(rb"(//|/\*|#)\s*blastlint\s*:")
_WORD = regex(r"\w+")
_QUOTES = regex(r"^[\"'`]|[\"'`]$")  # of a title, which may be the name of a class
_BROKEN = regex("[\udc80-\udcff]")


@dataclass(slots=True)
class _Found:
    """One definition or scope on the way to its Definition."""

    node: Node
    start: int
    sort: str
    name: str
    titled: bool
    receiver: str
    bases: tuple[str, ...]
    leading: tuple[Node, ...]


def parse(path: str, side: Side, data: bytes) -> Document:
    """The file's Module as content; partial where the grammar found an error. Only directive comments are kept."""
    source = _readable((data[3:] if data.startswith(b"\xef\xbb\xbf") else data).replace(b"\r\n", b"\n"))
    language = language_of(path, data)
    syntax = grammar(language)
    root = syntax.parser.parse(source).root_node
    found = matches(syntax.definitions, root)
    imports = tuple(i for match in found if "import" in match for i in _imported(match, source, syntax))
    module = Module(path, language, "", path, _definitions(found, root, source, syntax), imports, source)
    comments = tuple(directives(path, side, source, _MARK))
    if root.has_error:
        return Document(path, side, language, module, comments, "partial", "syntax error", error_line(root))
    return Document(path, side, language, module, comments)


def _readable(data: bytes) -> bytes:
    """The source in UTF-8, which the queries of the grammars insist on: a question mark for each byte that is in none."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return _BROKEN.sub("?", data.decode("utf-8", "surrogateescape")).encode()
    return data


def _text(source: bytes, node: Node) -> str:
    return source[node.start_byte : node.end_byte].decode("utf-8", "replace")


# --- definitions ----------------------------------------------------------------------------------------------------


def _definitions(found: list[Match], root: Node, source: bytes, syntax: Grammar) -> tuple[Definition, ...]:
    """The rest of the file first, then each definition, containers before what they contain."""
    candidates = _candidates(found, source, syntax)
    lines = Lines(source)
    numbered: dict[str, int] = {}
    open_: list[tuple[_Found, str]] = []  # what stands around, with its qualified name
    inner: dict[int, list[_Found]] = {}
    kept: list[tuple[_Found, str, str]] = []
    for one in candidates:
        while open_ and open_[-1][0].node.end_byte <= one.start:
            open_.pop()
        if any(outer.sort in ("function", "test", "setting") for outer, _ in open_):
            continue  # what a function defines for itself is a part of it
        parent = open_[-1][1] if open_ else ""
        separator = " > " if one.titled else "."
        name = separator.join(p for p in (parent, one.receiver, one.name) if p)
        numbered[name] = numbered.get(name, 0) + (one.sort != "scope")
        qualified = name if numbered[name] < 2 else f"{name}#{numbered[name]}"
        open_.append((one, qualified if one.sort != "scope" else name))
        if one.sort != "scope":
            container = next((o for o, _ in reversed(open_[:-1]) if o.sort == "class"), None)
            inner.setdefault(container.node.id if container else 0, []).append(one)
            kept.append((one, qualified, next((n for o, n in reversed(open_[:-1]) if o.sort == "class"), "")))
    rest = _made(None, root, "", "", inner.get(0, []), source, lines, syntax)
    return (rest, *(_made(o, o.node, n, p, inner.get(o.node.id, []), source, lines, syntax) for o, n, p in kept))


def _candidates(found: list[Match], source: bytes, syntax: Grammar) -> list[_Found]:
    """Definitions and scopes in document order, outer ones first. Of two matches of a node the first in the query counts."""
    best: dict[int, _Found] = {}
    rank = {sort: i for i, sort in enumerate((*_SORTS, "scope"))}
    leading_kinds = syntax.kinds("leading")
    for match in found:
        sort = next((s for s in (*_SORTS, "scope") if s in match), "")
        if not sort or not (match.get("name") or match.get("title")):
            continue
        node = match[sort][0]
        titles = match.get("title")
        name = _QUOTES.sub("", _text(source, titles[0])) if titles else _text(source, match["name"][0])
        receiver = _WORD.findall(_text(source, match["receiver"][0])) if "receiver" in match else []
        bases = tuple(b for n in match.get("base", ()) for b in re.findall(r"[\w.:]+", _text(source, n)))
        nodes = leading(node, leading_kinds)
        of = receiver[-1] if receiver else ""
        one = _Found(node, nodes[0].start_byte, sort, name, bool(titles), of, bases, nodes[:-1])
        other = best.get(node.id)
        if other is None or rank[sort] < rank[other.sort]:
            best[node.id] = one
    return sorted(best.values(), key=lambda o: (o.start, -o.node.end_byte))


def _made(
    one: _Found | None,
    node: Node,
    name: str,
    parent: str,
    inner: list[_Found],
    source: bytes,
    lines: Lines,
    syntax: Grammar,
) -> Definition:
    """The Definition of a node without the definitions in it; of the whole file when `one` is None."""
    start = one.start if one is not None else 0
    end = node.end_byte if one is not None else len(source)
    text = blanked(source, start, end, [(i.start, i.node.end_byte) for i in inner], b"")
    without = frozenset(n.id for i in inner for n in (i.node, *i.leading))
    meant = (*(one.leading if one is not None else ()), node)
    first, last = lines.span(meant[0]), lines.span(node)
    span = (first[0], first[1], last[2], last[3]) if one is not None else (1, 1, last[2], last[3])
    header = lines.header(node.start_point[0], last[1]) if one is not None else lines.header(0, 1)
    sort = cast(Sort, one.sort) if one is not None else "module"
    return Definition(
        name, sort, syntax.language, text, source.count(b"\n", 0, start) + 1, span, header, node,
        lambda: "".join(digest(n, source, syntax.dialect, without) for n in meant), parent,
        one.bases if one is not None else (),
    )  # fmt: skip


# --- imports --------------------------------------------------------------------------------------------------------


def _imported(match: Match, source: bytes, syntax: Grammar) -> Iterator[Import]:
    """What one import binds: `path` below `prefix`, under `alias` or else its last part."""
    separator = str(syntax.words["separator"])
    prefix = [_text(source, n) for n in match.get("prefix", ())]
    aliases = [_text(source, n) for n in match.get("alias", ())]
    for node in match.get("path", ()):
        whole = separator.join([*prefix, _text(source, node).strip('"`')])
        parts = [p for p in whole.split(separator) if p]
        if parts:
            alias = aliases[0] if aliases else parts[-1]
            if separator == "/" and not aliases and re.fullmatch(r"v\d+", alias) and len(parts) > 1:
                alias = parts[-2]  # a major version of a Go module is no name
            yield Import(alias, ".".join(parts))
