"""What one stage of a pipe hands to the next: the text that it prints, the files that it lists."""

from __future__ import annotations

import tree_sitter

from blastlint.parse.command_line import Arg, Line, basename, interpreted
from blastlint.parse.shell_run import Runner
from blastlint.parse.source_text import SourceText

Node = tree_sitter.Node
_LISTERS = frozenset({"find", "fd", "ls"})


def lister(shell: Runner, node: Node) -> Line | None:
    """The stage of a pipe, where it lists files."""
    args = shell.args(node) if node.type == "command" else []
    return interpreted(args) if args and basename(args[0].value) in _LISTERS else None


def printed(shell: Runner, node: Node) -> tuple[str, SourceText | None]:
    """The text that a stage prints, where that is plain: echo, printf, yes, cat with a here document."""
    if node.type == "redirected_statement":
        body = node.child_by_field_name("body")
        fed = document(shell, node)
        program = shell.source.text[body.start_byte : body.end_byte].strip() if body is not None else ""
        return (fed.text, fed) if fed is not None and program == "cat" else ("", None)
    if node.type != "command":
        return "", None
    args = shell.args(node)
    if args and args[0].value == "yes":
        return args[1].value if len(args) > 1 else "y", None
    if len(args) > 1 and args[0].value in ("echo", "printf"):
        said = [a for a in args[1:] if not a.value.startswith("-")]
        if args[0].value == "printf" and len(said) > 1:
            said = said[1:]  # the first word is the form
        return " ".join(a.value for a in said), _inner(shell, said[0]) if len(said) == 1 else None
    return "", None


def document(shell: Runner, node: Node) -> SourceText | None:
    """The body of its here document."""
    for redirect in node.children:
        if redirect.type == "heredoc_redirect":
            for child in redirect.children:
                if child.type == "heredoc_body":
                    return shell.source.slice(child.start_byte, child.end_byte)
    return None


def _inner(shell: Runner, arg: Arg) -> SourceText:
    return shell.words.inner(arg.start, arg.end, arg.quote)
