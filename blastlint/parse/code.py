"""What every programming language is read into: a file split into definitions, and the shape of one definition.

The split is cheap and done for every changed file. A shape is what the facts need to know of one definition's body, in
words that are the same for all languages; it is worked out only when somebody asks (`shape_of`), which is for definitions
that differ between the sides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from importlib import import_module
from typing import Literal

from blastlint.frozen import dataclass, field
from blastlint.regex import regex

Sort = Literal["function", "class", "setting", "test", "module"]
Span = tuple[int, int, int, int]  # 1-based line and column, end exclusive: as model.Region

# language -> module of this package that works out shapes
SHAPES = {
    "python": "python_shape", "javascript": "javascript_shape", "typescript": "javascript_shape",
    "go": "program_shape", "ruby": "program_shape", "java": "program_shape", "rust": "program_shape",
}  # fmt: skip

# What a handler does with what it caught: the first four hide it.
HandlerBody = Literal["pass", "continue", "return-default", "log-only", "reraise", "other"]
Form = Literal["equal", "approx", "raises", "compare", "in", "type", "mock", "helper", "not-none", "truthy", "constant"]


# --- the split ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name: `alias` is how the file calls it, `target` what it is, dotted (or `path:name` in JavaScript)."""

    alias: str
    target: str


@dataclass(frozen=True)
class Definition:
    """One definition, or what is left of a file or a class when its definitions are taken out.

    `name` is qualified within the file. `text` is its source, with inner definitions that are entities of their own
    blanked out, so that lines keep their distance; `first_line` is the 1-based line of the text's first character.
    `node` is the syntax node, for the shape. `digest` tells meaning apart: it does not see comments, layout, docstrings,
    redundant brackets or trailing commas.
    """

    name: str
    sort: Sort
    language: str
    text: bytes
    first_line: int
    span: Span
    header: Span
    node: object = field(repr=False, compare=False)
    meaning: Callable[[], str] = field(repr=False, compare=False)
    parent: str = ""
    bases: tuple[str, ...] = ()

    @property
    def last_name(self) -> str:
        return self.name.rsplit(" > ", 1)[-1] if " > " in self.name else self.name.rsplit(".", 1)[-1]

    @cached_property
    def digest(self) -> str:
        return self.meaning()


_FRAMEWORK = regex(
    r"^(vitest|@jest\.globals|@playwright\.test|bun[:.]test|chai|expect|node[:.]test|@std\.(expect|assert)|mocha|uvu|ava|tape)\.\w+$"
)


@dataclass(frozen=True)
class Module:
    """One file of code. `definitions` in document order, each container before what it contains. `name` is what it is
    imported as, below the directory `root`."""

    path: str
    language: str
    root: str
    name: str
    definitions: tuple[Definition, ...]
    imports: tuple[Import, ...]
    source: bytes = field(repr=False, default=b"")
    shapes: dict[str, Shape] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def by_name(self) -> Mapping[str, Definition]:
        return {definition.name: definition for definition in self.definitions}

    @cached_property
    def has_tests(self) -> bool:
        return any(definition.sort == "test" for definition in self.definitions)

    @cached_property
    def extents(self) -> tuple[tuple[int, int, int], ...]:
        """(first byte, end, place among the definitions) of every definition but the file, in order."""
        nodes = ((d.node, place) for place, d in enumerate(self.definitions) if d.sort != "module")
        return tuple(sorted((n.start_byte, n.end_byte, place) for n, place in nodes))  # type: ignore[attr-defined]

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """A framework of tests is known by the names that it gives, wherever they are imported from: `expect` of vitest."""
        return {i.alias: i.alias if _FRAMEWORK.match(i.target) else i.target for i in self.imports}

    def resolved(self, dotted: str) -> str:
        """`dotted` with its first part replaced by what it was imported as: `get` -> `requests.get`."""
        head, dot, rest = dotted.partition(".")
        return f"{self.aliases.get(head, head)}{dot}{rest}"


@dataclass(frozen=True, slots=True)
class Handle:
    """What an Entity of code carries as its `detail`."""

    module: Module
    definition: Definition

    @property
    def shape(self) -> Shape:
        return shape_of(self.module, self.definition)


# --- the shape ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Call:
    """A call or a decorator. `name` is dotted with imports resolved; `arguments` are texts in order, `options` the named
    ones."""

    name: str
    arguments: tuple[str, ...]
    options: Mapping[str, str]
    text: str
    at: object = field(default=None, compare=False, repr=False)

    @property
    def last(self) -> str:
        return self.name.rsplit(".", 1)[-1]


@dataclass(frozen=True, slots=True)
class Option:
    """`key` set to `value`: a named argument, an entry of a map, an attribute or name assigned. `owner` is the call that
    it is given to, or what the map is assigned to, or empty."""

    owner: str
    key: str
    value: str
    at: object = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Handler:
    """`exceptions` empty means all. `tries` are the guarded statements as texts, `calls` the calls among them."""

    exceptions: tuple[str, ...]
    body: HandlerBody
    tries: frozenset[str]
    calls: tuple[str, ...]
    text: str
    at: object = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Assertion:
    """`subject` is what is looked at, `expected` what it is held against. `tolerance` is how far off it may be."""

    form: Form
    subject: str
    expected: str
    negated: bool
    text: str
    tolerance: str = ""
    at: object = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Branch:
    """An `if` (or an assertion outside tests). `leaves` says how its body ends the run of what follows (raise, return,
    exit, skip, ...; empty when it goes on); `body` are the statements that it guards; `after` whether any follow it.
    `within` is the innermost function without a name that it stands in: it leaves no more than that."""

    condition: str
    leaves: str
    body: tuple[str, ...]
    calls: tuple[str, ...]
    after: bool
    text: str
    at: object = field(default=None, compare=False, repr=False)
    within: object = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Held:
    """A block that runs under something: `with lock:`, `synchronized (x)`, `transaction do`. `subject` is what it runs
    under, `calls` what runs there."""

    subject: str
    calls: tuple[str, ...]
    at: object = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    annotation: str
    default: str


@dataclass(frozen=True)
class Shape:
    """What facts ask of one definition. Texts have single spaces. `cases` multiply a test (parametrisation), `loops` is
    true when it asserts within a loop. `locate` turns a part's `at` into its place. `chained` are the `else if`, each as
    what runs where the question before it is answered with no; in `branches` they stand by their own questions alone."""

    locate: Callable[[object], Span]
    decorators: tuple[Call, ...] = ()
    bases: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    calls: tuple[Call, ...] = ()
    options: tuple[Option, ...] = ()
    handlers: tuple[Handler, ...] = ()
    assertions: tuple[Assertion, ...] = ()
    branches: tuple[Branch, ...] = ()
    statements: tuple[str, ...] = ()
    cases: int = 1
    loops: bool = False
    contexts: tuple[Held, ...] = ()
    chained: tuple[Branch, ...] = ()


def nothing(at: object) -> Span:
    """The place of parts of an empty shape."""
    return (1, 1, 1, 1)


EMPTY = Shape(nothing)


def shape_of(module: Module, definition: Definition) -> Shape:
    """The shape of one definition, worked out once. Text that its language's parser rejects has an empty shape."""
    if definition.name not in module.shapes:
        shapes = import_module(f"blastlint.parse.{SHAPES[definition.language]}")
        module.shapes[definition.name] = shapes.shape(module, definition)
    return module.shapes[definition.name]
