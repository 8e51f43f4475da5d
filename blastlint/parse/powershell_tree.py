"""The tree of PowerShell text, by tree-sitter-powershell, and how its nodes are walked. What the grammar does not know is
spelt for it in other words of the same length, so that every node still stands where its text does."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import tree_sitter
import tree_sitter_powershell
from tree_sitter import Node

from blastlint.regex import regex

# A variable with what is asked of it; and a bare word that begins with one and goes on as a path: `$env:OUT\*`.
_REFERENCE = r"\$(?:\{[^}\s]*\}|\([^()\n]*\)|(?:\w+:)?\w+)(?:\.\w+|\[[^\]\n]*\])*"
HELD = regex(_REFERENCE)
_WORD = regex(rf"(?<![=+*/%(-][ \t])(?<=[ \t]){_REFERENCE}[\\/][^\s;|&(){{}}'\"`,]*")
_NOT_OF_NAMES = regex(r"(?<!^)[^\w:]")
BLOCK = "script_block_expression"


@lru_cache(maxsize=1)
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))


def tree(text: str) -> Node:
    """The tree of ASCII text. The grammar has no word that begins with a variable, and takes what follows, the next line
    included, for a part of it: such a word is given to it as one long name, and taken apart where its parts are asked
    for."""
    root = _parser().parse(text.encode("ascii", "replace")).root_node
    if not root.has_error:
        return root
    spelled = _WORD.sub(lambda word: _NOT_OF_NAMES.sub("_", word.group()), text)
    return _parser().parse(spelled.encode("ascii", "replace")).root_node if spelled != text else root


def elements(command: Node) -> list[Node]:
    """The arguments of a command."""
    held = command.child_by_field_name("command_elements")
    children = held.named_children if held is not None else []
    return [_core(c) for c in children if c.type != "command_argument_sep"]


def _core(node: Node) -> Node:
    """An expression without the wrappers of one child each that the grammar puts around it."""
    while node.type.endswith("_expression") and node.named_child_count == 1 and node.type not in (
        BLOCK, "parenthesized_expression", "sub_expression"
    ):  # fmt: skip
        node = node.named_children[0]
    return node


def is_word(node: Node) -> bool:
    """`$Root/*`: the grammar has no word that begins with a variable, and says so."""
    return node.type == "ERROR" and node.parent is not None and node.parent.type == "command_elements"


def walk(root: Node) -> Iterator[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.named_children))
