"""Dockerfile -> Script: what RUN, CMD and ENTRYPOINT execute, one scope a build stage. Every RUN is a shell of its own, in
which the stage's ARG and ENV are known; it runs under `sh -c`, so only `&&` and `SHELL [..., "-e"]` stop at a failure.
"""

from __future__ import annotations

import re

from blastlint.command import Script
from blastlint.frozen import dataclass, field
from blastlint.model import Comment, Document, Side
from blastlint.parse.shell import combined, parse_text
from blastlint.parse.shell_run import MAX_COMMANDS
from blastlint.parse.source_text import SourceText
from blastlint.parse.text import decode
from blastlint.regex import regex

_DIRECTIVE = regex(r"^[ \t]*#[ \t]*escape[ \t]*=[ \t]*([\\`])", re.IGNORECASE)
_INSTRUCTION = regex(r"[ \t]*([A-Za-z]+)[ \t]+")
_STAGE = regex(r"\S+(?:[ \t]+AS[ \t]+(\S+))?", re.IGNORECASE)
_FLAGS = regex(r"(?:--[a-z]+(?:=\S*)?[ \t]+)*")
_HEREDOC = regex(r"<<-?[ \t]*([\"']?)(\w+)\1")
_PAIR = regex(r"(\w+)=(\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^\s]*)")
_STRING = regex(r'"((?:[^"\\]|\\.)*)"')


@dataclass(slots=True)
class _Stage:
    """What holds for the instructions of one stage."""

    name: str
    known: dict[str, str] = field(default_factory=dict)
    assigned: list[str] = field(default_factory=list)
    errexit: bool = False


def parse(path: str, side: Side, data: bytes) -> Document:
    """The Document of a Dockerfile; its content is a Script."""
    text, reason = decode(data)
    text = text.replace("\r\n", " \n").replace("\r", " ")
    source = SourceText.of(text, path, side)
    scripts: list[Script] = []
    stage = _Stage("stage 0")
    stages = 0
    for piece in _instructions(source):
        if len(scripts) >= MAX_COMMANDS:
            reason = reason or f"more than {MAX_COMMANDS:,} instructions"
            break
        match = _INSTRUCTION.match(piece.text)
        if match is None:
            continue
        name = match.group(1).upper()
        rest = piece.slice(match.end(), len(piece.text))
        if name == "ONBUILD":
            match = _INSTRUCTION.match(rest.text)
            if match is None:
                continue
            name, rest = match.group(1).upper(), rest.slice(match.end(), len(rest.text))
        if name == "FROM":
            named = _STAGE.search(rest.text)
            stage = _Stage(
                (named.group(1) if named else None) or f"stage {stages}", dict(stage.known) if not stages else {}
            )
            stages += 1
        elif name in ("ARG", "ENV"):
            _assign(stage, rest.text)
        elif name == "SHELL":
            stage.errexit = any(
                "e" in s for s in _STRING.findall(rest.text) if s.startswith("-") and s != "-c" and s[1:] != "o"
            )
        elif name in ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"):
            scripts.append(_script(rest, stage))
    script = combined(scripts)
    comments = tuple(_comments(source))
    if not script.complete:
        reason = reason or "a part of its shell could not be read"
    coverage = "partial" if reason else "full"
    return Document(path, side, "dockerfile", script, comments, coverage, reason, script.line)  # type: ignore[arg-type]


def _script(rest: SourceText, stage: _Stage) -> Script:
    flags = _FLAGS.match(rest.text)
    if flags is not None and flags.end():
        rest = rest.slice(flags.end(), len(rest.text))
    stripped = rest.text.lstrip()
    if stripped.startswith("["):
        rest = _exec_form(rest)
    heredoc = _HEREDOC.match(stripped)
    if heredoc is not None:  # RUN <<EOF: the body itself is the script
        start = rest.text.find("\n") + 1
        end = max(rest.text.rstrip().rfind("\n"), start)
        rest = rest.slice(start, end)
    return parse_text(rest, errexit=stage.errexit, scope=stage.name, known=stage.known, assigned=stage.assigned)


def _exec_form(rest: SourceText) -> SourceText:
    """`["rm", "-rf", "x"]`: brackets and commas become spaces, the strings stay."""
    text = list(rest.text)
    at = 0
    for match in _STRING.finditer(rest.text):
        text[at : match.start()] = [c if c == "\n" else " " for c in text[at : match.start()]]
        at = match.end()
    text[at:] = [c if c == "\n" else " " for c in text[at:]]
    return rest.with_text("".join(text))


def _assign(stage: _Stage, text: str) -> None:
    pairs = _PAIR.findall(text)
    for name, value in pairs:
        value = value.strip("\"'")
        if "$" in value:
            stage.assigned.append(name)
            stage.known.pop(name, None)
        else:
            stage.known[name] = value
    if not pairs:
        name, _, value = text.strip().partition(" ")
        if value:
            stage.known[name] = value.strip()
        elif name.isidentifier():
            stage.assigned.append(name)


def _instructions(source: SourceText) -> list[SourceText]:
    """Each instruction with its continued lines; comment lines within it are cut out, here documents belong to it."""
    lines = source.text.split("\n")
    escape = "\\"
    directive = _DIRECTIVE.match(source.text)
    if directive is not None:
        escape = directive.group(1)
    found: list[SourceText] = []
    pieces: list[SourceText] = []
    waiting: list[str] = []
    offset = 0
    for line in lines:
        end = min(offset + len(line) + 1, len(source.text))
        stripped = line.strip()
        if waiting:
            pieces.append(source.slice(offset, end))
            if stripped == waiting[0]:
                waiting.pop(0)
                if not waiting:
                    found.append(SourceText.joined(pieces))
                    pieces = []
        elif stripped.startswith("#") or (not stripped and pieces):
            pass
        elif stripped:
            piece = source.slice(offset, end)
            continued = line.rstrip().endswith(escape)
            if continued and escape != "\\":
                piece = piece.with_text(
                    piece.text.rstrip("\n")[: len(line.rstrip()) - 1].ljust(len(line)) + piece.text[len(line) :]
                )
            pieces.append(piece)
            if not continued:
                first = pieces[0].text.lstrip()[:3].upper()
                waiting = [m[1] for m in _HEREDOC.findall(piece.text)] if first in ("RUN", "COP", "ADD") else []
                if not waiting:
                    found.append(SourceText.joined(pieces))
                    pieces = []
        offset += len(line) + 1
    if pieces:
        found.append(SourceText.joined(pieces))
    return found


def _comments(source: SourceText) -> list[Comment]:
    found: list[Comment] = []
    offset = 0
    for line in source.text.split("\n"):
        if line.lstrip().startswith("#"):
            at = offset + line.index("#")
            found.append(Comment(line.strip()[1:].strip(), source.region(at, offset + len(line))))
        offset += len(line) + 1
    return found
