"""The key trees of an agent's file, and what dotted keys lead to in them. That of a document is its head, between `---`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.model import Value
from blastlint.parse.keytree import KeyTree
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex

_HEAD = regex(rb"\A---[ \t]*\r?\n[\s\S]*?(?=^---[ \t]*\r?$)", 8)  # re.M


def roots(path: str, side: Workspace) -> tuple[Value, ...]:
    """The documents of one file; none where it is not there, or has no keys."""
    document = side.document(path)
    content = document.content if document is not None else None
    if path.endswith((".md", ".mdc")):
        head = _HEAD.match(side.tree.read(path) or b"")
        if head is None:
            return ()
        from blastlint.parse import yaml

        content = yaml.parse(path, side.side, head[0]).content
    return content.documents if isinstance(content, KeyTree) else ()


def at(root: Value, key: str) -> Iterator[Value]:
    """Every value that a dotted key with `*` leads to."""
    for _, value in named(root, key):
        yield value


def named(root: Value, key: str) -> Iterator[tuple[str, Value]]:
    """(name, value) of every place that the key leads to: a key may itself be dotted, as editors write them."""
    return _named(root, key.split("."), "")


def _named(value: Value, steps: Sequence[str], name: str) -> Iterator[tuple[str, Value]]:
    if not steps:
        yield name, value
        return
    if steps[0] == "*":
        for index, child in enumerate(value.elements):
            yield from _named(child, steps[1:], f"{name}[{index}]")
    for size in range(len(steps), 0, -1):
        key = ".".join(steps[:size])
        if key == "*":
            for other, child in value.items.items():
                yield from _named(child, steps[1:], f"{name}.{other}".strip("."))
        elif key in value.items:
            yield from _named(value.items[key], steps[size:], f"{name}.{key}".strip("."))
