"""Programs as terms: calls with their receivers, arguments and blocks, in one form for Python, Ruby, JavaScript,
TypeScript, Go, Java, PHP, C# and XML. What reads a migration or a chain of ORM calls reads terms, and no grammar.

`terms(language, data)` lowers a whole file. It never raises: what nests too deep or has no form of its own is a term of sort
`other` with whatever could be read below it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from typing import Literal

from blastlint.frozen import dataclass
from blastlint.parse.code import Span

Sort = Literal[
    "call", "text", "name", "literal", "list", "map", "function", "class", "assign", "block", "other"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """One expression, statement or definition.

    call      `name` is the last name of what is called, `on` what it is called on, `items` and `named` its arguments,
              `body` the statements of its block
    text      a string; `value` is its content, with `?` for what is filled in
    name      `a.b.c`: `name` is the last part, `value` the whole, `on` what stands before
    literal   a number, true, false, null: `value`, in these spellings
    list, map `items`; `named`
    function  `name`, `body`; class: `items` are the bases
    assign    `name` is the target (dotted), `items` what is assigned
    block     statements that belong together (a branch, a loop, a file): `body`
    """

    sort: Sort
    name: str = ""
    value: str = ""
    on: Term | None = None
    items: tuple[Term, ...] = ()
    named: tuple[tuple[str, Term], ...] = ()
    body: tuple[Term, ...] = ()
    span: Span = (1, 1, 1, 1)
    text: str = ""

    def option(self, *names: str) -> Term | None:
        """The named argument or entry under one of the names."""
        return next((term for name, term in self.named if name in names), None)

    def argument(self, index: int, *names: str) -> Term | None:
        """The positional argument, or the one that is given by one of the names."""
        named = self.option(*names)
        if named is not None:
            return named
        return self.items[index] if index < len(self.items) else None

    @property
    def dotted(self) -> str:
        """`a.b.c` of a call or a name, through calls on the way."""
        if self.sort == "name" and self.on is None:
            return self.value
        return f"{self.on.dotted}.{self.name}" if self.on is not None else self.name

    @property
    def plain(self) -> str:
        """The content of a string, the text of a literal, the last part of a name; else empty."""
        return self.value if self.sort in ("text", "literal") else self.name if self.sort == "name" else ""

    @property
    def strings(self) -> tuple[str, ...]:
        """The plain texts of a list, or of this term alone."""
        if self.sort == "list":
            return tuple(item.plain for item in self.items if item.plain)
        return (self.plain,) if self.plain else ()

    def chain(self) -> list[Term]:
        """The calls and names of `a.b().c()`, from the left."""
        found: list[Term] = []
        here: Term | None = self
        while here is not None:
            found.append(here)
            here = here.on
        return found[::-1]

    def walk(self) -> Iterator[Term]:
        """This term and everything below it, each before what is in it."""
        stack = [self]
        while stack:
            here = stack.pop()
            yield here
            below = [*here.items, *(term for _, term in here.named), *here.body]
            if here.on is not None:
                below.insert(0, here.on)
            stack.extend(reversed(below))


EMPTY = Term("block")
LANGUAGES = frozenset({"python", "ruby", "javascript", "typescript", "go", "java", "php", "c_sharp"})


def is_true(term: Term | None) -> bool:
    return term is not None and term.sort == "literal" and term.value == "true"


def is_false(term: Term | None) -> bool:
    return term is not None and term.sort == "literal" and term.value == "false"


@lru_cache(maxsize=16)
def terms(language: str, path: str, data: bytes) -> Term:
    """The file as one block; empty for a language without a reader."""
    if language not in LANGUAGES:
        return EMPTY
    lowered: Term = import_module("blastlint.parse.terms.lowering").lowered(language, path, data)
    return lowered
