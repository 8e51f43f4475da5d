"""What a variable of a shell script holds behind an assignment, and within a loop."""

from __future__ import annotations

from collections.abc import Sequence

import tree_sitter

from blastlint.frozen import replace
from blastlint.parse.shell_run import Place, Runner
from blastlint.parse.shell_values import Part, Parts, word

Node = tree_sitter.Node
_MAX_ARRAY = 500  # elements
_DANGER = ("root", "home", "data", "glob", "unset-variable", "variable", "literal", "guarded", "build", "temporary")


def assign(shell: Runner, node: Node, place: Place) -> None:
    """`name=value`, `name+=value`, `name=(a b)`."""
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is None or name.type != "variable_name":
        return
    key = shell.words.text(name)
    parts = shell.words.parts(value, shell.env) if value is not None else ()
    more = any(c.type == "+=" for c in node.children)
    if value is not None and value.type == "array":
        given = [shell.words.arg(c, shell.env) for c in value.named_children[:_MAX_ARRAY]]
        shell.arrays[key] = [*(shell.arrays.get(key, ()) if more else ()), *given][:_MAX_ARRAY]
    if more:
        parts = (*shell.env.get(key, ()), *parts)
    stops = place.checked if place.checked is not None else shell.errexit
    if stops:  # a substitution that fails ends the script here
        parts = tuple(replace(p, origin="guarded") if p.origin == "command" else p for p in parts)
    shell.env[key] = parts


def loop_value(shell: Runner, name: str, values: Sequence[Node]) -> Parts:
    """A loop over known words stands for the most dangerous of them; every other one has a value that is not empty."""
    unknown = (Part(f"${name}", "guarded", name=name),)
    known: list[tuple[int, Parts]] = []
    for node in values:
        parts = shell.words.parts(node, shell.env)
        if not all(p.known for p in parts) or any(c in "*?[" for p in parts for c in p.text):
            return unknown
        kind = word(parts, "", shell.directory).kind
        known.append((_DANGER.index(kind), parts))
    return min(known, key=lambda pair: pair[0])[1] if known else unknown
