"""Makefile, or justfile, -> Script: its recipes, one scope a target. Each recipe line is a shell of its own that stops make
when it fails (unless it begins with `-`); lines joined by a backslash are one. Make's variables are known in it where they
are plain.
"""

from __future__ import annotations

import re

from blastlint.command import Script
from blastlint.model import Comment, Document, Side
from blastlint.parse.shell import combined, parse_text
from blastlint.parse.shell_run import MAX_COMMANDS
from blastlint.parse.source_text import SourceText
from blastlint.parse.text import decode
from blastlint.regex import regex

_RULE = regex(r"^([^\s#:=$][^#:=]*|\$[({][^#=]*?):(?![=:])[ \t]*([^#=;]*)(;.*)?$|^([^\s#:=][^#:=]*)::(?!=)[ \t]*(.*)$")
_VARIABLE = regex(r"^[ ]*(?:export[ \t]+|override[ \t]+)?([\w.-]+)[ \t]*(\?=|:=|::=|:::=|\+=|!=|=)[ \t]*(.*)$")
_DEFINE = regex(r"^[ \t]*define[ \t]+(\w+)")
_REFERENCE = regex(r"\$(?:\$|\((\w[\w.-]*)\)|\{(\w[\w.-]*)\}|([@<^*?+%])|\((?=[a-z-]+[ \t])|\(([@<^*?+%][DF]?)\))")
_AUTOMATIC = {
    "@": "MAKE_target",
    "<": "MAKE_first",
    "^": "MAKE_needs",
    "*": "MAKE_stem",
    "?": "MAKE_newer",
    "+": "MAKE_all",
}
_JUST = regex(r"(?i)(^|/)\.?justfile$|\.just$")
_PARAMETERS = regex(r"(?m)^(@?[\w-]+(?:[ \t]+[+*$]?\w+(?:=(?:'[^'\n]*'|\"[^\"\n]*\"|\w+))?)+)[ \t]*:(?!=)")
_MAX_ROUNDS = 6


def parse(path: str, side: Side, data: bytes) -> Document:
    """The Document of a Makefile; its content is a Script."""
    text, reason = decode(data)
    text = text.replace("\r\n", " \n").replace("\r", " ")
    if _JUST.search(path):
        text = _as_make(text)
    source = SourceText.of(text, path, side)
    variables = _variables(text)
    scripts: list[Script] = []
    comments: list[Comment] = []
    target = ""
    offset = 0
    skip = one_shell = False
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    at = 0
    while at < len(lines):
        if len(scripts) >= MAX_COMMANDS:
            reason = reason or f"more than {MAX_COMMANDS:,} recipe lines"
            break
        line, offset = lines[at], starts[at]
        first = at
        at += 1
        if line.lstrip().startswith("#"):
            where = offset + line.index("#")
            comments.append(Comment(line.strip()[1:].strip(), source.region(where, offset + len(line))))
            continue
        while lines[at - 1].endswith("\\") and at < len(lines):
            at += 1
        end = min(starts[at] - 1, len(text))
        if skip or _DEFINE.match(line):
            skip = line.strip() != "endef"
            continue
        if line.startswith(".ONESHELL"):
            one_shell = True
        if line.startswith("\t"):
            if target:
                if one_shell:
                    while at < len(lines) and lines[at].startswith("\t"):
                        at += 1
                    end = min(starts[at] - 1, len(text))
                scripts.append(_recipe(source, offset, end, target, variables))
            continue
        match = _RULE.match(line if first == at - 1 else " ".join(t.rstrip("\\") for t in lines[first:at]))
        if match and not _VARIABLE.match(line):
            name = match.group(1) or match.group(4) or ""
            target = name.strip().split()[0] if name.strip() else ""
            if match.group(3) and target and first == at - 1:
                scripts.append(_recipe(source, offset + line.index(";"), end, target, variables))
    script = combined(scripts)
    if not script.complete:
        reason = reason or "a part of its shell could not be read"
    coverage = "partial" if reason else "full"
    return Document(path, side, "makefile", script, tuple(comments), coverage, reason, script.line)  # type: ignore[arg-type]


def _as_make(text: str) -> str:
    """A justfile in the words of make, each character in its place: recipes are indented by blanks, and have parameters."""
    text = re.sub(r"(?m)^ (?=\s*\S)", "\t", text)
    return _PARAMETERS.sub(lambda header: re.sub(r"[^\w\n]", " ", header[1]) + ":", text)


def _recipe(source: SourceText, start: int, end: int, target: str, variables: dict[str, str]) -> Script:
    """One recipe line. `@`, `-` and `+` before it are make's: `-` means that a failure is ignored."""
    head = re.match(r"[\t ;]*([@+\- \t]*)", source.text[start:end])
    assert head is not None
    piece = source.slice(start + head.end(), end)
    tabs = [(m.start() + 1, m.end()) for m in re.finditer(r"\n\t[@+\-]*", piece.text)]
    if tabs:
        piece = piece.without(tabs)
    known: dict[str, str] = {}
    pieces: list[SourceText] = []
    at = 0
    for match in _REFERENCE.finditer(piece.text):
        if match.group(0) == "$$":  # the shell sees one dollar
            pieces.append(piece.slice(at, match.start()))
            at = match.start() + 1
            continue
        name = match.group(1) or match.group(2)
        automatic = match.group(3) or match.group(4)
        if automatic and match.group(3):
            name = _AUTOMATIC[automatic]
        elif automatic:
            name = _AUTOMATIC[automatic[0]]
        if name is None:
            continue  # a make function: `$(shell ...)` reads as a substitution, which it is
        safe = re.sub(r"\W", "_", name)
        if name in variables:
            known[safe] = variables[name]
        pieces += [piece.slice(at, match.start()), _reference(piece, match.start(), safe)]
        at = match.end()
    pieces.append(piece.slice(at, len(piece.text)))
    joined = SourceText.joined([p for p in pieces if p.text] or [piece])
    assigned = [*_AUTOMATIC.values()]
    return parse_text(joined, errexit="-" not in head.group(1), scope=target, known=known, assigned=assigned)


def _reference(piece: SourceText, start: int, name: str) -> SourceText:
    """`${name}` in the place of make's reference."""
    return SourceText("${" + name + "}", piece.path, piece.side, (0,), (piece.place(start),))


def _variables(text: str) -> dict[str, str]:
    """Make's variables that are plain text, references to other plain ones filled in."""
    values: dict[str, str] = {}
    for line in text.replace("\\\n", " ").split("\n"):
        match = None if line.startswith("\t") else _VARIABLE.match(line)
        if match is None:
            continue
        name, operator, value = match.groups()
        value = value.split(" #")[0].strip()
        if operator == "!=":
            values.pop(name, None)
        elif operator == "+=":
            values[name] = f"{values.get(name, '')} {value}".strip()
        elif operator != "?=" or name not in values:
            values[name] = value
    for _ in range(_MAX_ROUNDS):
        values = {n: _filled(v, values) for n, v in values.items()}
    return {n: v for n, v in values.items() if "$" not in v and v and len(v) < 1000}


def _filled(text: str, values: dict[str, str]) -> str:
    if "$" not in text or len(text) > 1000:
        return text
    return re.sub(r"\$[({]([\w.-]+)[)}]", lambda m: values.get(m.group(1), m.group(0)), text)
