"""The command model: one simple command wherever it is written (script, CI step, recipe, image build, code).

Beside `Value` this is the second of the shared types that families of rules stand on. A Command says what is run on what,
under which conditions, and what happens when it fails; it never says whether that is bad.
"""

from __future__ import annotations

from typing import Literal

from blastlint.frozen import dataclass, field
from blastlint.model import Region

WordKind = Literal[
    "literal", "variable", "unset-variable", "guarded", "glob", "root", "home", "data", "temporary", "build"
]
GuardKind = Literal["confirmation", "environment", "dry-run", "variable", "existence", "condition"]


@dataclass(frozen=True, slots=True)
class Word:
    """One argument. `text` is as written without its quotes, `value` has the known variables filled in, and `bare` is the
    value with everything unknown left empty: what the word comes to when a variable turns out to be empty.

    kind: *unset-variable* is assigned nowhere and has no default, *variable* is assigned but not to a known text, *guarded*
    cannot be empty here (`${X:?}`, a test before it); *glob* stands for everything in some directory that is not named;
    *root*, *home*, *data* (databases, backups, mounts), *temporary* and *build* are places, for tools that take paths.
    """

    text: str
    value: str
    kind: WordKind = "literal"
    bare: str = ""

    @property
    def known(self) -> bool:
        return self.value == self.bare


@dataclass(frozen=True, slots=True)
class Option:
    """One option under its canonical name without dashes (`-n` of kubectl is `namespace`); `value` is "" for a switch."""

    name: str
    value: str = ""
    word: Word | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition that must hold for a command to run: an enclosing branch, or an earlier test that leaves the script.
    `names` are the variables that it looks at, `off` says that they let everything through unless somebody sets them.
    Equality is of meaning: where it stands does not count."""

    kind: GuardKind
    text: str
    names: tuple[str, ...] = ()
    off: bool = False
    region: Region | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Redirection:
    """`operator` is <, >, >>, <<, <<<, &>, with its file descriptor before it when one is written."""

    operator: str
    target: str


@dataclass(frozen=True, slots=True)
class Command:
    """One simple command.

    tool is the program's basename behind its wrappers (sudo, env, npx, bundle exec, ...), which are kept in `wrappers`;
    `via` is what carries it elsewhere (`ssh host`, `docker exec db`, `find -exec`). `joined` is the operator before it.
    `checked`: its failure stops the script; `ignored`: its failure is thrown away on purpose (`|| true`, `!`, `&`).
    `unchecked` is the text of an earlier step that prepares this one and whose failure would go unnoticed.
    `input` is text fed to it (a here document, a here string). `scope` is the function, recipe or stage that it is in.
    `each` is the line that lists what it is run on one by one (`for x in $(...)`, `... | xargs`, `... | while read`).
    """

    tool: str
    verb: str
    options: tuple[Option, ...]
    targets: tuple[Word, ...]
    text: str
    region: Region
    wrappers: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    assignments: tuple[tuple[str, str], ...] = ()
    joined: str = ""
    checked: bool = False
    ignored: bool = False
    errexit: bool = False
    guards: tuple[Guard, ...] = ()
    loops: tuple[str, ...] = ()
    redirections: tuple[Redirection, ...] = ()
    input: str = ""
    scope: str = ""
    directory: str = ""
    unchecked: str = ""
    each: str = ""

    def option(self, *names: str) -> Option | None:
        """The first option with one of the canonical names."""
        return next((o for o in self.options if o.name in names), None)

    def has(self, *names: str) -> bool:
        return self.option(*names) is not None

    @property
    def summary(self) -> str:
        """Tool and verb: what kind of command it is."""
        return f"{self.tool} {self.verb}" if self.verb else self.tool


@dataclass(frozen=True, slots=True)
class Script:
    """The commands of one script in the order in which they stand, those of nested scripts in their place. `guards` are all
    conditions under which some of them stand. `complete` is False when a part could not be read; `line` is where."""

    commands: tuple[Command, ...] = ()
    guards: tuple[Guard, ...] = ()
    functions: tuple[str, ...] = ()
    complete: bool = True
    line: int = 0
