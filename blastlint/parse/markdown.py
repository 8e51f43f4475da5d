"""Markdown -> Script: the shell and the PowerShell in its fenced blocks, one scope a heading. Prompts (`$ `) are cut off and
the output below them is no command; what stands under words that forbid it (never, do not run) is told, not done.
"""

from __future__ import annotations

from blastlint.command import Script
from blastlint.model import Document, Side
from blastlint.parse.shell import combined, parse_text
from blastlint.parse.source_text import SourceText
from blastlint.parse.text import decode
from blastlint.regex import regex

_FENCE = regex(r"^(?P<indent>[ \t]*)(?P<fence>```+|~~~+)[ \t]*\{?\.?(?P<language>[\w+-]*)")
_SHELLS = frozenset({"sh", "bash", "shell", "zsh", "console", "shell-session", "shellsession", "terminal", "ksh"})
_POWERSHELLS = frozenset({"powershell", "pwsh", "ps1", "ps"})
_HEADING = regex(r"^#{1,6}[ \t]+(.*?)[ \t#]*$")
_PROMPT = regex(r"^[ \t]*(?:\([\w.-]+\)[ \t]*)?(?:[\w.-]+@[\w.-]+[^$#]{0,40})?[$%][ \t]+")
_FORBIDDEN = regex(
    r"(?i)\b(never|do not|don['’]?t|must not|avoid|dangerous|wrong|bad|instead of|anti-?pattern|not recommended|no longer"
    r"|removed)\b"
)


def parse(path: str, side: Side, data: bytes) -> Document:
    """The Document of a Markdown file; its content is a Script."""
    text, reason = decode(data)
    text = text.replace("\r\n", " \n")
    source = SourceText.of(text, path, side)
    scripts: list[Script] = []
    heading = said = ""
    fence, language, forbidden = "", "", False
    pieces: list[SourceText] = []
    offset = 0
    for line in text.split("\n"):
        end = min(offset + len(line) + 1, len(text))
        match = _FENCE.match(line)
        if fence:
            if match is not None and match["fence"].startswith(fence) and not match["language"]:
                if language in _POWERSHELLS and pieces and not forbidden:
                    scripts.append(_powershell(pieces, heading))
                elif language in _SHELLS and not forbidden:
                    scripts.append(_script(pieces, heading))
                fence, pieces, said = "", [], ""
            elif language in _SHELLS or language in _POWERSHELLS:
                pieces.append(source.slice(offset, end))
        elif match is not None:
            fence, language = match["fence"], match["language"].lower()
            forbidden = bool(_FORBIDDEN.search(said) or _FORBIDDEN.search(heading))
        elif title := _HEADING.match(line):
            heading, said = title.group(1).strip(), ""
        elif line.strip():
            said = line if not said else f"{said} {line}"[-300:]
        else:
            said = said[-150:]
        offset += len(line) + 1
    script = combined(scripts)
    return Document(path, side, "markdown", script, (), "partial" if reason else "full", reason)


def _powershell(pieces: list[SourceText], heading: str) -> Script:
    from blastlint.parse.powershell import read
    from blastlint.parse.shell_run import Nested

    return read(SourceText.joined(pieces), Nested(scope=heading))


def _script(pieces: list[SourceText], heading: str) -> Script:
    prompted = any(_PROMPT.match(p.text) for p in pieces)
    kept: list[SourceText] = []
    continued = False
    for piece in pieces:
        prompt = _PROMPT.match(piece.text)
        if prompt is not None:
            piece = piece.slice(prompt.end(), len(piece.text))
        if prompt is not None or continued or not prompted:
            kept.append(piece)
            continued = piece.text.rstrip("\n").endswith("\\")
    if not kept:
        return Script()
    return parse_text(SourceText.joined(kept), scope=heading)
