"""Shell in Terraform: `command` and `inline` of provisioners, `program` of external data sources -> Scripts, one scope a
resource. Interpolations are variables of the line that have some value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from blastlint.command import Script
from blastlint.parse.hcl_ast import Block, Expr, File, Literal, Template, TemplateFor, TemplateIf, Tuple, text_of
from blastlint.parse.shell import parse_text
from blastlint.parse.source_text import SourceText

_RUNNING = frozenset({"local-exec", "remote-exec"})


def scripts(file: File) -> Iterator[Script]:
    """A Script for each piece of shell that applying the configuration executes."""
    for block in file.blocks:
        if block.type in ("resource", "data") and len(block.labels) == 2:
            address = ".".join(block.labels)
            for provisioner in block.all("provisioner"):
                if provisioner.labels[:1] and provisioner.labels[0] in _RUNNING:
                    yield from _provisioner(provisioner, address)
            if block.type == "data" and block.labels[0] == "external":
                yield from _lines(block.value("program"), f"data.{address}")


def _provisioner(block: Block, address: str) -> Iterator[Script]:
    command = block.value("command")
    interpreter = block.value("interpreter")
    if command is not None and (interpreter is None or "sh" in text_of(interpreter)):
        yield from _script([command], address)
    inline = block.value("inline")
    if isinstance(inline, Tuple):
        yield from _script(list(inline.items), address)


def _lines(program: Expr | None, address: str) -> Iterator[Script]:
    """`["bash", "-c", "..."]`: the text of the last word where a shell runs it."""
    if isinstance(program, Tuple) and len(program.items) > 2 and "sh" in text_of(program.items[0]):
        yield from _script([program.items[-1]], address)


def _script(expressions: list[Expr], address: str) -> Iterator[Script]:
    names: list[str] = []
    pieces: list[SourceText] = []
    for expression in expressions:
        pieces += _pieces(expression, names)
        pieces.append(_piece(expression, "\n", expression.end))
    yield parse_text(SourceText.joined(pieces), scope=address, assigned=names)


def _pieces(expression: Expr, names: list[str]) -> list[SourceText]:
    if isinstance(expression, Literal):
        start = expression.start + (text_of(expression)[:1] == '"')
        return [_piece(expression, str(expression.value), start)]
    if not isinstance(expression, Template):
        return [_variable(expression, names)]
    found: list[SourceText] = []
    for part in expression.parts:
        if isinstance(part, Literal):
            found.append(_piece(part, str(part.value), part.start))
        elif not isinstance(part, (TemplateIf, TemplateFor)):
            found.append(_variable(part, names))
    return found


def _variable(expression: Expr, names: list[str]) -> SourceText:
    name = re.sub(r"\W+", "_", text_of(expression)).strip("_") or "value"
    name = name if not name[0].isdigit() else f"_{name}"
    names.append(name)
    return _piece(expression, "${" + name + "}", expression.start)


def _piece(node: Expr, text: str, start: int) -> SourceText:
    return SourceText.of(text, node.source.path, node.source.side, *node.source.position(start))
