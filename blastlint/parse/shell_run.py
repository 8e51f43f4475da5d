"""One simple command as it is met: its Command, what it runs in turn, and what it changes for those after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import tree_sitter

from blastlint.command import Command, Guard, Option, Redirection, Script, Word
from blastlint.frozen import dataclass, field, replace
from blastlint.parse.command_line import Arg, Line, interpreted
from blastlint.parse.shell_guards import squeezed
from blastlint.parse.shell_values import Part, Parts, word
from blastlint.parse.shell_words import Words
from blastlint.parse.source_text import SourceText
from blastlint.regex import regex

Node = tree_sitter.Node
_ARGUED = frozenset({"terraform", "tofu", "terragrunt"})  # they take further arguments from the environment
_OFF = ("", "0", "false", "no", "off", "n")
MAX_DEPTH = 120
MAX_WORDS = 20_000
MAX_COMMANDS = 30_000  # of one file: beyond that nobody wrote it, and it is read in part
MAX_GUARDS = 24  # the nearest ones; a script with more of them has them everywhere
_LISTED = regex(r"(?:kubectl|oc)\b[^|]*?\sget\s+(?:-\S+\s+)*([a-z][\w.,-]*)")
LOOSE = frozenset({"unset", "assigned", "command", "positional"})


@dataclass(slots=True)
class Nested:
    """What a script inherits from the one that it is nested in."""

    env: dict[str, Parts] = field(default_factory=dict)
    errexit: bool = False
    scope: str = ""
    via: tuple[str, ...] = ()
    guards: tuple[Guard, ...] = ()
    loops: tuple[str, ...] = ()
    each: str = ""
    directory: Word | None = None
    depth: int = 0
    remote: bool = False


Reader = Callable[[SourceText, Nested], Script]


class Place(NamedTuple):
    """Where in the script a statement stands. A named tuple, since one is made for every statement. `piped` is the text of
    the stages of its pipe before it, `lister` the line of the one just before where that lists files."""

    guards: tuple[Guard, ...]
    loops: tuple[str, ...]
    scope: str
    joined: str = ""
    condition: bool = False
    checked: bool | None = None
    ignored: bool = False
    redirections: tuple[Redirection, ...] = ()
    input: str = ""
    input_source: SourceText | None = None
    each: str = ""
    piped: str = ""
    lister: Line | None = None
    depth: int = 0

    def inside(self) -> Place:
        """The same for a statement of its own below this one."""
        return self._replace(joined="", checked=None if not self.condition else self.checked, depth=self.depth + 1)


class Runner:
    """The state of a shell between two commands, as far as it can be known, and the commands met so far.

    `env`: what is known of each variable; `asked`: the variables that a person was asked for."""

    def __init__(self, source: SourceText, nested: Nested, words: Words, reader: Reader | None) -> None:
        self.source = source
        self.nested = nested
        self.reader = reader
        self.words = words
        self.errexit = nested.errexit
        self.pipefail = False
        self.nounset = False
        self.env = dict(nested.env)
        self.directory = nested.directory
        self.commands: list[tuple[int, Command]] = []
        self.guards: list[Guard] = []
        self.asked: set[str] = set()
        self.arrays: dict[str, list[Arg]] = {}
        self.unread = 0  # 1 + the offset from which on words were not read

    @contextmanager
    def apart(self) -> Iterator[None]:
        """A shell of its own: what it sets, and where it goes, is nothing to what comes after."""
        env, directory, errexit = dict(self.env), self.directory, self.errexit
        yield
        self.env, self.directory, self.errexit = env, directory, errexit

    def settled(self, guard: Guard) -> Guard:
        """The guard, with what is known of the default of the variables that it looks at."""
        if guard.kind != "dry-run":
            return guard
        held = [self.env.get(name, ()) for name in guard.names]
        off = bool(held) and all(
            parts and all(p.known for p in parts) and "".join(p.text for p in parts).lower() in _OFF for parts in held
        )
        return replace(guard, off=off)

    def hold(self, guard: Guard) -> None:
        """Behind a test of a variable the variable is not just anything any more."""
        for name in guard.names:
            held = self.env.get(name, (Part(f"${name}", "guarded", name=name),))
            self.env[name] = tuple(replace(p, origin="guarded") if p.origin in LOOSE else p for p in held)

    def args(self, node: Node) -> list[Arg]:
        """The words of a command; a name that comes to several words (`$DOCKER_COMPOSE down`) is taken apart."""
        args: list[Arg] = []
        for index, child in enumerate(node.children):
            role = node.field_name_for_child(index)
            if role in ("name", "argument"):
                if len(args) >= MAX_WORDS:
                    self.unread = self.unread or child.start_byte + 1
                    break
                array = self.words.array(child)
                if array in self.arrays:
                    args += self.arrays[array]
                    continue
            if role == "name":
                inner = child.named_children[0] if child.named_child_count else child
                arg = self.words.arg(inner, self.env)
                if " " in arg.value and arg.parts and all(p.known for p in arg.parts) and not arg.quote:
                    args += [replace(arg, parts=(Part(w),), value=w, text=w) for w in arg.value.split()]
                else:
                    args.append(arg)
            elif role == "argument":
                arg = self.words.arg(child, self.env)
                if arg.text[:1] == "$" and " " in arg.value and not arg.quote and all(p.known for p in arg.parts):
                    args += [replace(arg, parts=(Part(w),), value=w, text=w) for w in arg.value.split()]
                else:
                    args.append(arg)
        return args

    def run(
        self,
        args: Sequence[Arg],
        place: Place,
        span: tuple[int, int],
        own: tuple[tuple[str, str], ...],
        via: tuple[str, ...],
        found: Line | None = None,
    ) -> None:
        """One command line, and what it runs in turn. `found`: the line that lists the places that it is run on."""
        line = interpreted(args)
        if line.tool in _ARGUED and line.verb:
            names = ("TF_CLI_ARGS", f"TF_CLI_ARGS_{line.verb.split()[0]}")
            more = [w for name in names for p in self.env.get(name, ()) if p.known for w in p.text.split()]
            if more:
                line = interpreted([*args, *(replace(args[0], parts=(Part(w),), value=w, text=w) for w in more)])
        if found is not None:  # it acts on what find finds: on its places, narrowed by its tests
            named = any("{}" in a.text for a in (*line.targets, *line.parameters))
            targets = tuple(t for a in line.targets for t in (found.targets if a.text == "{}" else (a,)))
            parameters = tuple(t for a in line.parameters for t in (found.targets[:1] if a.text == "{}" else (a,)))
            if not named and not line.programs and line.script is None:
                targets = (*targets, *found.targets)
            tests = found.options if found.tool != "ls" else ()
            line = replace(line, targets=targets, parameters=parameters, options=(*line.options, *tests))
        self._builtin(line, args)
        command = self._made(line, args, place, span, own, via)
        self.commands.append((span[0], command))
        inner_via = (*via, line.via) if line.via else via
        for program in line.programs:
            if place.depth < MAX_DEPTH:
                inner = place._replace(redirections=(), depth=place.depth + 8)
                found = line if line.via == "find -exec" else None
                if line.via == "xargs":
                    found = place.lister
                    inner = inner._replace(each=place.piped or place.each)
                self.run(program, inner, (program[0].start, program[-1].end), (), inner_via, found)
        self._nested(line, args, place, span, inner_via)

    def _nested(
        self, line: Line, args: Sequence[Arg], place: Place, span: tuple[int, int], via: tuple[str, ...]
    ) -> None:
        """The script that the line runs, if it runs one: its argument, or what it is fed."""
        given = line.script
        script = self.words.inner(given.start, given.end, given.quote) if given is not None else None
        if line.reads_script and place.input_source is not None:
            script = place.input_source
        if script is not None and line.powershell and self.reader is not None:
            self._powershell(script, place, span, via)
        elif script is not None and self.reader is not None:
            hidden = line.remote and (given is None or given.quote == "'")
            strict = any(a.value.startswith("-") and "e" in a.value for a in args[1:2])
            env = {} if hidden else dict(self.env)
            env.update({str(n): a.parts for n, a in enumerate(line.parameters)})
            nested = Nested(
                env=env,
                errexit=self.errexit if line.tool == "eval" else strict,
                scope=place.scope,
                via=via,
                guards=place.guards,
                loops=place.loops,
                each=place.each,
                directory=None if line.remote else self.directory,
                depth=self.nested.depth + 1,
                remote=line.remote,
            )
            read = self.reader(script, nested)
            self.commands += [(span[0], c) for c in read.commands]
            self.guards += [g for g in read.guards if g not in self.guards]

    def _powershell(self, script: SourceText, place: Place, span: tuple[int, int], via: tuple[str, ...]) -> None:
        """What `pwsh -Command` runs. It has the shell's variables in its environment only."""
        from blastlint.parse import powershell

        env = {f"env:{name.lower()}": parts for name, parts in self.env.items()}
        nested = Nested(env, self.errexit, place.scope, via, place.guards, place.loops, place.each, self.directory)
        self.commands += [(span[0], c) for c in powershell.read(script, nested).commands]

    def _made(
        self,
        line: Line,
        args: Sequence[Arg],
        place: Place,
        span: tuple[int, int],
        own: tuple[tuple[str, str], ...],
        via: tuple[str, ...],
    ) -> Command:
        region = self.source.region(*span)
        checked = place.checked if place.checked is not None else self.errexit and not place.ignored

        def made(arg: Arg, paths: bool) -> Word:
            return word(self._settled(arg.parts), arg.text, self.directory, paths)

        targets = tuple(made(a, line.paths) for a in line.targets)
        listed = _LISTED.match(place.each) if line.tool in ("kubectl", "oc") else None
        if listed is not None:  # `kubectl get ns -o name | xargs kubectl delete`: what it is run on is namespaces
            targets = (Word(listed.group(1), listed.group(1), "guarded", listed.group(1)), *targets)
        return Command(
            tool=line.tool,
            verb=line.verb,
            options=tuple(Option(n, v, made(a, False) if a is not None else None) for n, v, a in line.options),
            targets=targets,
            text=self.words.shown(span[0], span[1]),
            region=region,
            wrappers=line.wrappers,
            via=via,
            assignments=(*own, *line.assignments),
            joined=place.joined,
            checked=checked,
            ignored=place.ignored,
            errexit=self.errexit,
            guards=place.guards,
            loops=place.loops,
            redirections=place.redirections,
            input=place.input,
            scope=place.scope,
            directory=self.directory.value if self.directory is not None else "",
            each=place.each or _listing(args),
        )

    def plain(self, tool: str, place: Place, span: tuple[int, int], via: tuple[str, ...]) -> None:
        """A command of a tool that nothing is known of: its words need not be read."""
        checked = place.checked if place.checked is not None else self.errexit and not place.ignored
        command = Command(
            tool, "", (), (), self.words.shown(*span), self.source.region(*span), via=via, joined=place.joined,
            checked=checked, ignored=place.ignored, errexit=self.errexit, guards=place.guards, loops=place.loops,
            redirections=place.redirections, input=place.input, scope=place.scope, each=place.each,
        )  # fmt: skip
        self.commands.append((span[0], command))

    def _settled(self, parts: Parts) -> Parts:
        """Under `set -u` a variable that is not set ends the script: it cannot come to nothing."""
        if not self.nounset:
            return parts
        return tuple(replace(p, origin="guarded") if p.origin in ("unset", "positional") else p for p in parts)

    def _builtin(self, line: Line, args: Sequence[Arg]) -> None:
        """What the shell's own commands change for those that follow."""
        if line.tool == "set":
            self._set([a.value for a in args[1:]])
        elif line.tool in ("cd", "pushd") and args[1:]:
            target = next((a for a in args[1:] if not a.value.startswith("-")), None)
            if target is not None:
                self.directory = word(target.parts, target.text, self.directory)
        elif line.tool == "popd":
            self.directory = None
        elif line.tool == "read":
            names = [t.value for t in line.targets] or ["REPLY"]
            self.asked.update(names)
            self.env.update({name: (Part(f"${name}", "assigned", name=name),) for name in names})
        elif line.tool == ":" or line.tool in ("true", "echo"):
            for arg in args[1:]:
                for part in arg.parts:
                    if part.origin == "guarded" and part.name:
                        self.env.setdefault(part.name, (part,))

    def _set(self, words: Sequence[str]) -> None:
        for index, text in enumerate(words):
            if text[:1] not in "-+" or text in ("-", "--", ""):
                continue
            on = text[0] == "-"
            letters = text[1:]
            if "e" in letters:
                self.errexit = on
            if "u" in letters:
                self.nounset = on
            if "o" in letters and index + 1 < len(words):
                name = words[index + 1]
                self.errexit = on if name == "errexit" else self.errexit
                self.pipefail = on if name == "pipefail" else self.pipefail
                self.nounset = on if name == "nounset" else self.nounset

    def redirection(self, node: Node) -> Redirection:
        text = squeezed(self.source.text[node.start_byte : node.end_byte].split("\n", 1)[0])
        if node.type == "heredoc_redirect":
            return Redirection("<<", text.lstrip("<-").strip())
        target = node.child_by_field_name("destination")
        if target is None:
            return Redirection(text, "")
        shown = "".join(p.text for p in self.words.parts(target, self.env))
        operator = squeezed(self.source.text[node.start_byte : target.start_byte])
        return Redirection(operator, shown)


def _listing(args: Sequence[Arg]) -> str:
    """The line inside the first `$(...)` among the words: it says what the command is run on."""
    return next((p.text.strip("$()` ") for a in args[1:] for p in a.parts if p.origin == "command"), "")
