"""Command lines that programs hand to a shell or start themselves (`subprocess.run`, `execSync`, `os.system`) -> Scripts,
one for each call. What the program fills in are variables of the line."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator

from blastlint.command import Script
from blastlint.facts.calls import pattern
from blastlint.model import Side
from blastlint.parse.code import Call, Definition, Module, shape_of
from blastlint.parse.shell import parse_snippet
from blastlint.parse.spelling import split
from blastlint.regex import regex

_OUTSIDE = regex(r"os\.environ|getenv|process\.env|sys\.argv|process\.argv|\binput\(")
_HOLE = regex(r"\$?\{([^{}]*)\}")
_NAME = regex(r"\W+")
_LITERAL = regex(r"^[rbuRBU]*([fF]?)[rbuRBU]*([\"'`])([\s\S]*)\2$")
_SPREAD = regex(r"^os\.exec\.|^(Kernel\.)?system$|^Open3\.")  # each word is an argument of its own
_CHECKED = regex(r"(^|\.)(check_call|check_output|execSync|execFileSync|execa\w*)$")


def scripts(module: Module, definition: Definition, side: Side) -> Iterator[Script]:
    """A Script for each command line that a definition starts."""
    shape = shape_of(module, definition)
    for call in shape.calls:
        if pattern("shells").search(call.name):
            line, names = command_line(call)
            if line:
                row, column = shape.locate(call.at)[:2]
                checked = bool(_CHECKED.search(call.name)) or call.options.get("check") == "True"
                scope = definition.name or "module"
                places = [(row, column)] * (line.count("\n") + 1)
                yield parse_snippet(
                    line, module.path, side, row, column, places=places, errexit=checked, scope=scope, assigned=names
                )


def command_line(call: Call) -> tuple[str, tuple[str, ...]]:
    """(command line, the variables in it) of a literal line or a list of words; empty when it is made elsewhere."""
    given = call.arguments if _SPREAD.search(call.name) else call.arguments[:2]
    words = [w for a in given for w in _words(a)]
    if not call.arguments or not words:
        return "", ()
    names: list[str] = []
    if len(words) == 1 and not call.arguments[0].startswith("["):
        return _filled(words[0], names), tuple(names)
    return " ".join(_quoted(_filled(w, names)) for w in words), tuple(names)


def _words(argument: str) -> list[str]:
    """The words of a literal: a text or a list of texts and expressions. Expressions come as `{expression}`."""
    if argument[:1] in "[(" and argument[-1:] in "])":
        return [w for part in split(argument[1:-1], "\"'`") for w in (_words(part) or [f"{{{part}}}"])]
    match = _LITERAL.match(argument)
    if match is None or match.group(2) in match.group(3).replace("\\" + match.group(2), ""):
        return []
    if match.group(1) or match.group(2) == "`":
        return [match.group(3)]
    try:
        return [str(ast.literal_eval(argument)).replace("{", "{{").replace("}", "}}")]
    except (ValueError, SyntaxError):
        return []


def _filled(text: str, names: list[str]) -> str:
    """The text with `{expression}` as shell variables."""

    def variable(match: re.Match[str]) -> str:
        name = _NAME.sub("_", match.group(1).partition("!")[0]).strip("_") or "value"
        if not _OUTSIDE.search(match.group(1)):
            names.append(name)
        return f"${{{name}}}"

    return _HOLE.sub(variable, text.replace("{{", "\0").replace("}}", "\1")).replace("\0", "{").replace("\1", "}")


def _quoted(word: str) -> str:
    return f'"{word}"' if "${" in word else shlex.quote(word)
