"""Shell, wherever it is written -> Script: its commands with everything that bears on them. Bash grammar.

`parse` reads a file, `parse_text` and `parse_snippet` shell that stands in another language. Data stays data: the text of
here documents, echo and messages is no command unless a shell reads it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import tree_sitter

from blastlint.command import Script
from blastlint.model import Comment, Document, Side
from blastlint.parse.shell_run import Nested
from blastlint.parse.shell_values import Part, Parts
from blastlint.parse.shell_walk import Walk
from blastlint.parse.source_text import SourceText
from blastlint.regex import regex

_NON_ASCII = regex(r"[^\x00-\x7f]")
_EXPRESSION = regex(r"\$\{\{.*?\}\}|\$\[\[.*?\]\]|\{\{.*?\}\}", re.DOTALL)
_SHEBANG = regex(r"^#!\s*\S*?(?:/env\s+(?:-S\s*)?)?\S*?(ba|z|da|k|a)?sh\b(.*)")
_UNALIASED = regex(r"(?<![^\n])(?<!\\\n)\\(?=\w)")  # `\rm`: the grammar takes it for a continued line
_REMARK = regex(r"(?<=[ \t])`#[^`\n\\$]*`(?=\s)")  # a comment within a command that goes on below
_PROCFILE = regex(r"^([A-Za-z0-9_-]+):[ \t]+(.*)$", re.MULTILINE)
MAX_NESTING = 8


@lru_cache(maxsize=1)
def _parser() -> tree_sitter.Parser:
    import tree_sitter_bash  # any YAML file may hold commands; most hold none

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))


def parse(path: str, side: Side, data: bytes) -> Document:
    """The Document of a shell file; its content is a Script. Procfiles are read line by line, one scope a process."""
    text = data.decode("utf-8", "replace").replace("\r\n", " \n")
    if path.rsplit("/", 1)[-1].lower() == "procfile":
        script = _procfile(SourceText.of(text, path, side))
        return Document(path, side, "shell", script)
    source = SourceText.of(text, path, side)
    script = parse_text(source, errexit=_shebang_errexit(text))
    comments = comments_of(source)
    if not script.complete:
        reason = "a part of its shell could not be read"
        return Document(path, side, "shell", script, comments, "partial", reason, script.line)
    return Document(path, side, "shell", script, comments)


def parse_snippet(
    text: str,
    path: str,
    side: Side,
    line: int,
    column: int,
    *,
    places: Sequence[tuple[int, int]] = (),
    errexit: bool = False,
    scope: str = "",
    known: Mapping[str, str] | None = None,
    assigned: Sequence[str] = (),
) -> Script:
    """The Script of shell text that begins at (line, column), 1-based, of a file.

    `places` gives (line, column) of the start of each of its lines where they do not simply follow each other. `known` are
    variables with a known value around it, `assigned` those that have some value.
    """
    source = SourceText.of_lines(text, path, side, places) if places else SourceText.of(text, path, side, line, column)
    return parse_text(source, errexit=errexit, scope=scope, known=known, assigned=assigned)


def parse_text(
    source: SourceText,
    *,
    errexit: bool = False,
    scope: str = "",
    known: Mapping[str, str] | None = None,
    assigned: Sequence[str] = (),
) -> Script:
    """The Script of placed text."""
    env: dict[str, Parts] = {name: (Part(f"${name}", "assigned", name=name),) for name in assigned}
    env.update({name: (Part(value),) for name, value in (known or {}).items()})
    return _script(source, Nested(env=env, errexit=errexit, scope=scope))


def _script(source: SourceText, nested: Nested) -> Script:
    source, expressions = without_expressions(source)
    text = source.text
    plain = text if text.isascii() else _NON_ASCII.sub("x", text)
    if "\\" in plain:
        plain = _UNALIASED.sub(" ", plain)
    if "`#" in plain:
        plain = _REMARK.sub(lambda remark: " " * len(remark[0]), plain)
    tree = _parser().parse(plain.encode("ascii", "replace"))
    walk = Walk(source, nested, expressions, _script if nested.depth < MAX_NESTING else None)
    return walk.script(tree.root_node)


def without_expressions(source: SourceText) -> tuple[SourceText, dict[str, str]]:
    """`${{ x }}` and `{{ x }}` of CI systems and templates become variables of equal length, which the grammar can read."""
    expressions: dict[str, str] = {}

    def replaced(match: re.Match[str]) -> str:
        text = match.group(0)
        name = f"E{len(expressions)}"
        if len(text) < len(name) + 3:
            return text
        name = name.ljust(len(text) - 3, "_")
        expressions[name] = text
        return "${" + name + "}"

    if "{{" not in source.text and "$[[" not in source.text:
        return source, expressions
    return source.with_text(_EXPRESSION.sub(replaced, source.text)), expressions


def _shebang_errexit(text: str) -> bool:
    match = _SHEBANG.match(text.split("\n", 1)[0])
    return bool(match and re.search(r"\s-\w*e", match.group(2)))


def _procfile(source: SourceText) -> Script:
    scripts = [
        parse_text(source.slice(m.start(2), m.end(2)), scope=m.group(1)) for m in _PROCFILE.finditer(source.text)
    ]
    return combined(scripts)


def combined(scripts: Sequence[Script]) -> Script:
    """Several scripts of one file as one."""
    broken = next((s for s in scripts if not s.complete), None)
    return Script(
        tuple(c for s in scripts for c in s.commands),
        tuple(g for s in scripts for g in s.guards),
        tuple(f for s in scripts for f in s.functions),
        broken is None,
        broken.line if broken else 0,
    )


def comments_of(source: SourceText) -> tuple[Comment, ...]:
    """Comments that stand on a line of their own or after a space; good enough for directives in them."""
    found: list[Comment] = []
    offset = 0
    for line in source.text.split("\n"):
        at = line.find("#")
        if at == 0 or (at > 0 and line[at - 1] in " \t"):
            found.append(Comment(line[at + 1 :].strip(), source.region(offset + at, offset + len(line))))
        offset += len(line) + 1
    return tuple(found)
