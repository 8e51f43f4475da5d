"""One language as data: a folder of grammars/ with `definitions.scm`, `shape.scm` and `words.json`. Beside them, and alone
for languages that are split otherwise, stands `calls.scm` (calls.py).

Adding a language is adding a folder, a line to languages.py, and its grammar to pyproject.toml. The captures that the
queries may use are those that program.py and program_shape.py name; what cannot be said in a query is in words.json:

- `module`, `dialect`: the grammar's package, and what its nodes mean for equality (structure.Dialect)
- `members`: node type -> [field of the object, field of the name]; `through`: node type -> field that names it
- `compound`: statements that are nothing but a place for others; `leading`: siblings that belong to what follows them
- `leaves`: node type -> how it leaves; `refusals`: what a return says that is an error
- `raises`, `exits`, `skips`, `logs`, `passed_on`, `failures`: names of calls
- `caught`: what a handler catches that does not say; `separator`: between the parts of an import
- `assertions`: calls that assert (program_assertions.py)
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from importlib import import_module
from pathlib import Path
from typing import cast

import tree_sitter
from tree_sitter import Node

from blastlint.parse.structure import Dialect

_FOLDER = Path(__file__).with_name("grammars")
Match = dict[str, list[Node]]


class Grammar:
    """Parser, queries and words of one language. Queries are compiled on first use: up to 3 ms each."""

    def __init__(self, language: str) -> None:
        self.language = language
        with open(_FOLDER / language / "words.json", encoding="utf-8") as stream:
            self.words: dict[str, object] = json.load(stream)
        self._grammar = tree_sitter.Language(import_module(str(self.words["module"])).language())
        self.parser = tree_sitter.Parser(self._grammar)

    @cached_property
    def definitions(self) -> tree_sitter.Query:
        return self._query("definitions.scm")

    @cached_property
    def shapes(self) -> tree_sitter.Query:
        return self._query("shape.scm")

    def _query(self, name: str) -> tree_sitter.Query:
        with open(_FOLDER / self.language / name, encoding="utf-8") as stream:
            return tree_sitter.Query(self._grammar, stream.read())

    @cached_property
    def dialect(self) -> Dialect:
        given = cast(Mapping[str, Sequence[str]], self.words["dialect"])
        return Dialect(
            ignored=frozenset(given["ignored"]),
            transparent=frozenset(given["transparent"]),
            punctuation=frozenset(p.encode() for p in given["punctuation"]),
        )

    @property
    def hashes(self) -> bool:
        return self.words["comments"] == "#"

    @cached_property
    def members(self) -> Mapping[str, tuple[str, str]]:
        given = cast(Mapping[str, Sequence[str]], self.words["members"])
        return {kind: (fields[0], fields[1]) for kind, fields in given.items()}

    @cached_property
    def through(self) -> Mapping[str, str]:
        return cast(Mapping[str, str], self.words["through"])

    @cached_property
    def leaving(self) -> Mapping[str, str]:
        return cast(Mapping[str, str], self.words["leaves"])

    def kinds(self, name: str) -> frozenset[str]:
        """A list of node types."""
        return self._kinds[name]

    @cached_property
    def _kinds(self) -> Mapping[str, frozenset[str]]:
        return {
            k: frozenset(v) for k, v in self.words.items() if isinstance(v, list) and all(isinstance(w, str) for w in v)
        }

    def names(self, name: str) -> re.Pattern[str]:
        """A pattern that is searched in names of calls."""
        return _compiled(str(self.words[name]))

    @cached_property
    def assertions(self) -> Sequence[Mapping[str, object]]:
        return cast(Sequence[Mapping[str, object]], self.words["assertions"])


@lru_cache(maxsize=256)
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


@lru_cache(maxsize=8)
def syntax(language: str, markup: bool = False) -> tree_sitter.Language:
    """The grammar of a language; `markup`: with elements in it (TSX)."""
    module = import_module(f"tree_sitter_{language}")
    if language == "typescript":
        return tree_sitter.Language(module.language_tsx() if markup else module.language_typescript())
    if language == "php":
        return tree_sitter.Language(module.language_php())
    return tree_sitter.Language(module.language())


@lru_cache(maxsize=8)
def grammar(language: str) -> Grammar:
    return Grammar(language)


def matches(query: tree_sitter.Query, root: Node) -> list[Match]:
    """Every match, in document order of the first node that it captured."""
    found = tree_sitter.QueryCursor(query).matches(root)
    return [captures for _, captures in found if captures]
