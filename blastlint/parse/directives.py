"""`blastlint: allow RES002 -- reason`, in the comments of any language.

A directive behind code is about that line; one alone on its line is about the next line of code too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from blastlint.frozen import dataclass
from blastlint.model import Document, Value
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex

WORD = b"blastlint:"
_EXACT = ("yaml", "terraform", "python", "shell", "json", "toml", "ini", "dotenv", "properties")
_MARKERS = r"(?:\#+|//+|/\*+|\*|--|;+|<!--|%+|\{\#|(?i:rem\b))"
_DIRECTIVE = regex(r"blastlint:[ \t]*allow\b(?P<rest>[^\r\n]*)")
_IN_COMMENT = regex(rf"^[ \t]*{_MARKERS}?[ \t]*(?=blastlint:)", re.MULTILINE)
_IN_TEXT = regex(rf"(?:^|(?<=\s)){_MARKERS}[ \t]*(?=blastlint:)")
_COMMENT_LINE = regex(rf"[ \t]*{_MARKERS}")
_RULES = regex(r"[ \t]*(?P<rules>[A-Za-z][\w-]*(?:[ \t]*,[ \t]*[A-Za-z][\w-]*)*)?[ \t]*(?P<tail>.*)")
_RULE = regex(r"[A-Z]{3,}\d{3}|[a-z][a-z0-9]*(?:-[a-z0-9]+)+")
_CLOSERS = regex(r"[ \t]*(?:\*/|-->|\#\})[ \t]*$")


_SCRIPTS = ("run", "script", "before_script", "after_script", "command", "commands", "cmd", "cmds", "args", "sh", "bash",
            "shell", "entry", "inlineScript")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Directive:
    """`rules` are ids or names; empty where none could be read. `lines` are those that it is about, its own among them.

    `code` is the text of the last of them, without blanks around: what the directive is about, wherever it moves.
    """

    path: str
    line: int
    rules: tuple[str, ...]
    reason: str
    lines: tuple[int, ...]
    code: str

    @property
    def is_honoured(self) -> bool:
        """A directive counts when it names rules and gives a reason."""
        return bool(self.rules and self.reason)


def directives_of(path: str, side: Workspace) -> tuple[Directive, ...]:
    """Every directive of a file of one side, in order; none where it is not there or has no mark."""
    document = side.document(path)
    data = side.tree.read(path) if document is not None and path in side.marked else None
    return directives(document, data) if document is not None and data is not None else ()


def directives(document: Document, data: bytes) -> tuple[Directive, ...]:
    """Every directive of a file, in order.

    Where the file was parsed whole, only its comments are looked at, and those of the scripts within YAML. Where it was not,
    and where another language has its scripts (Dockerfile, Makefile), the marker of a comment must do.
    """
    if WORD not in data:
        return ()
    lines = data.decode("utf-8", "replace").split("\n")
    if document.coverage != "full" or document.language not in _EXACT:
        places = _in_lines(lines, document.language)
    elif document.language == "python":
        places = _in_python(data)
    else:
        places = chain(_in_comments(document), _in_scripts(document.content))
    return tuple(_directive(document.path, line, text, lines) for line, text in sorted(set(places)))


def _in_comments(document: Document) -> Iterator[tuple[int, str]]:
    """(line, text from `blastlint:` on)"""
    for comment in document.comments:
        for start in _IN_COMMENT.finditer(comment.text):
            if found := _DIRECTIVE.match(comment.text, start.end()):
                yield comment.region.start_line + comment.text.count("\n", 0, found.start()), found["rest"]


def _in_python(data: bytes) -> Iterator[tuple[int, str]]:
    """From Python's own tokens: its Document holds everything that looks like such a comment, strings too."""
    import io
    import tokenize

    try:
        for token in tokenize.tokenize(io.BytesIO(data).readline):
            if token.type == tokenize.COMMENT and (start := _IN_COMMENT.match(token.string)):
                found = _DIRECTIVE.match(token.string, start.end())
                if found:
                    yield token.start[0], found["rest"]
    except (tokenize.TokenError, SyntaxError):
        return  # what comes before the fault has been read


def _in_scripts(content: object) -> Iterator[tuple[int, str]]:
    """In the literal blocks of a key tree that are run (`run: |`)."""
    from blastlint.parse.keytree import KeyTree

    if isinstance(content, KeyTree):
        for root in content.documents:
            yield from _below(root, "")


def _below(value: Value, key: str) -> Iterator[tuple[int, str]]:
    for name, child in value.items.items():
        yield from _below(child, name)
    for child in value.elements:
        yield from _below(child, key)
    if isinstance(value.scalar, str) and value.block and value.block.style == "literal" and key in _SCRIPTS:
        for line, rest in _in_lines(value.scalar.split("\n"), "shell"):
            yield value.block.line + line - 1, rest


def _in_lines(lines: list[str], language: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, 1):
        start = _IN_TEXT.search(line)
        if start and language == "markdown" and not start[0].startswith("<!--"):
            continue  # an example in the text
        if start and (found := _DIRECTIVE.match(line, start.end())):
            yield number, found["rest"]


def _directive(path: str, line: int, rest: str, lines: list[str]) -> Directive:
    read = _RULES.fullmatch(_CLOSERS.sub("", rest))
    named = [rule.strip() for rule in ((read["rules"] if read else "") or "").split(",")]
    tail = (read["tail"] if read else "").strip()
    rules = tuple(named) if all(_RULE.fullmatch(rule) for rule in named) else ()
    reason = tail[2:].strip() if tail.startswith("--") else ""
    own = lines[line - 1] if line <= len(lines) else ""
    about = [line]
    if _COMMENT_LINE.match(own) or own.strip().startswith("blastlint:"):
        following = (n for n in range(line + 1, len(lines) + 1) if _is_code(lines[n - 1]))
        about += [n for n in [next(following, 0)] if n]
    code = lines[about[-1] - 1] if about[-1] <= len(lines) else ""
    return Directive(path, line, rules, reason, tuple(about), _code(code))


def _is_code(line: str) -> bool:
    return bool(line.strip()) and not _COMMENT_LINE.match(line)


def _code(line: str) -> str:
    """The line's code alone: no directive, no blanks."""
    start = _IN_TEXT.search(line)
    return " ".join((line[: start.start()] if start else line).split())
