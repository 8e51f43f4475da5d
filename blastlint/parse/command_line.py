"""The words of one simple command -> tool, verb, options, targets, and what it runs in turn."""

from __future__ import annotations

import re
from collections.abc import Sequence

from blastlint.facts import commands as table
from blastlint.frozen import dataclass, replace
from blastlint.parse.shell_values import Parts
from blastlint.regex import regex

# What is not in the table of tools, and is read all the same.
_SPECIAL = frozenset(
    ["set", "cd", "pushd", "popd", "read", "eval", "su", "watch", "trap", "script", "xargs", "parallel", "php", "ruby"]
)
SHELLS = frozenset({"sh", "bash", "zsh", "dash", "ash", "ksh"})
_POWERSHELLS = frozenset({"pwsh", "powershell"})
_ASSIGNMENT = regex(r"^([A-Za-z_]\w*)=(.*)$", re.DOTALL)
_PYTHON = regex(r"python3?\.\d+\Z")
_PROGRAM = regex(r"^[\w.+:@-]+$")
# Where a carrier's own words end and the program that it carries begins: options with a value, words to skip.
_SSH_VALUES = frozenset(
    ["b", "c", "D", "E", "e", "F", "I", "i", "J", "L", "l", "m", "O", "o", "p", "Q", "R", "S", "W", "w"]
)
_XARGS_VALUES = frozenset(["a", "d", "E", "I", "L", "n", "P", "s"])
_COMMAND = regex(r"-c(o(m(m(a(n(d)?)?)?)?)?)?")  # PowerShell takes any beginning of an option's name
_FIND_EXEC = ("-exec", "-execdir", "-ok", "-okdir")


@dataclass(frozen=True, slots=True)
class Arg:
    """One word, from `start` to `end` of its script: `text` as written without quotes, `value` with known variables.
    `quote` is what it begins with where it is one quoted string: ', " or $'."""

    parts: Parts
    text: str
    value: str
    start: int
    end: int
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """`program` is a further command line that this one runs, `script` shell text that it runs; `reads_script`: its
    standard input is shell text, `parameters` what it calls $0, $1, ... `via` names this line for what it carries.
    `powershell`: the script is PowerShell's."""

    tool: str
    verb: str = ""
    options: tuple[tuple[str, str, Arg | None], ...] = ()
    targets: tuple[Arg, ...] = ()
    wrappers: tuple[str, ...] = ()
    assignments: tuple[tuple[str, str], ...] = ()
    programs: tuple[tuple[Arg, ...], ...] = ()
    script: Arg | None = None
    reads_script: bool = False
    via: str = ""
    remote: bool = False
    paths: bool = False
    parameters: tuple[Arg, ...] = ()
    powershell: bool = False


def interpreted(args: Sequence[Arg]) -> Line:
    """The line; `args` is not empty."""
    rest, wrappers, assignments = _unwrapped(list(args))
    tool = basename(rest[0].value)
    carried = _carried(tool, rest[1:], _parsed(tool, rest[1:]))
    line = _parsed(tool, _own(rest[1:], carried))
    return Line(
        tool, line.verb, line.options, line.targets, wrappers, assignments, carried.programs, carried.script,
        carried.reads_script, carried.via, carried.remote, table.tool(tool).paths, carried.parameters,
        carried.powershell,
    )  # fmt: skip


def _own(args: Sequence[Arg], carried: Line) -> list[Arg]:
    """The words that are the line's own, without those of what it runs."""
    inside = {id(a) for program in (*carried.programs, carried.parameters) for a in program} | {id(carried.script)}
    return [
        a for a in args if id(a) not in inside and not (carried.tool == "find" and a.value in (*_FIND_EXEC, ";", "+"))
    ]


def is_read(program: str) -> bool:
    """Whether anything may be known of a command that begins with this word; of all others only their text counts."""
    name = basename(program)
    own = name in _SPECIAL or name in SHELLS or name in _POWERSHELLS
    return own or table.is_met(name) or name.startswith(("$", "python", "py"))


def basename(program: str) -> str:
    name = program.rstrip("/").rsplit("/", 1)[-1].removeprefix("\\")
    if name.startswith("$"):  # $KUBECTL, ${HELM}, $(TERRAFORM)
        plain = name.strip("${}()").lower().replace("_", "-")
        for candidate in (plain, plain.removesuffix("-bin"), plain.removesuffix("-cmd"), plain.removesuffix("-exe")):
            if table.is_known(candidate):
                return candidate
    return name.removesuffix(".exe")


# --- wrappers ------------------------------------------------------------------------------------------------------


def _unwrapped(args: list[Arg]) -> tuple[list[Arg], tuple[str, ...], tuple[tuple[str, str], ...]]:
    wrappers: list[str] = []
    assignments: list[tuple[str, str]] = []
    while len(args) > 1:
        after, label = _behind(args, assignments)
        if after is None:
            break
        wrappers.append(label)
        args = after
    return args, tuple(wrappers), tuple(assignments)


def _behind(args: list[Arg], assignments: list[tuple[str, str]]) -> tuple[list[Arg] | None, str]:
    """What stands behind the wrapper that the words begin with, or None when they begin with no wrapper."""
    name = basename(args[0].value)
    if name in ("python", "python3", "python2", "py") or _PYTHON.match(name):
        return _behind_python(args)
    if name == "php" and basename(args[1].value) in ("artisan", "console"):
        return args[1:], name
    if name == "ruby" and basename(args[1].value) in ("rails", "rake"):
        return args[1:], name
    if name == "docker" and args[1].value == "compose" and len(args) > 2:
        return None, ""
    if args[0].value.startswith("$") and not table.is_known(name):
        return (
            (args[1:], args[0].text) if _is_program(args[1]) and table.is_known(basename(args[1].value)) else (None, "")
        )
    found = table.wrapper(name)
    if found is None:
        return None, ""
    at, skip = 1, found.skip
    if found.verbs:
        while at < len(args) and args[at].value.startswith("-"):
            at += 2 if args[at].value in found.values else 1
        if at >= len(args):
            return None, ""
        if args[at].value in found.verbs:
            at += 1
        elif not found.known:
            return None, ""
    while at < len(args):
        value = args[at].value
        if value == "--":
            at += 1
            break
        if value in found.stop:
            return None, ""
        if value.startswith("-") and len(value) > 1:
            at += 2 if value in found.values else 1
        elif match := _ASSIGNMENT.match(value):
            assignments.append((match.group(1), match.group(2)))
            at += 1
        elif skip:
            skip -= 1
            at += 1
        else:
            break
    if at >= len(args) or (found.known and not table.is_known(basename(args[at].value))):
        return None, ""
    return args[at:], name


def _behind_python(args: list[Arg]) -> tuple[list[Arg] | None, str]:
    at = 1
    while at < len(args) and re.fullmatch(r"-[uEsSBIO]+|-[WX].*", args[at].value):
        at += 1
    if at + 1 < len(args) and args[at].value == "-m":
        return args[at + 1 :], "python -m"
    if at < len(args) and basename(args[at].value) in ("manage.py", "django-admin.py"):
        return args[at:], "python"
    return None, ""


def _is_program(arg: Arg) -> bool:
    return not arg.value.startswith("-") and _PROGRAM.match(basename(arg.value)) is not None


# --- options, verb, targets ----------------------------------------------------------------------------------------


def _parsed(tool: str, args: Sequence[Arg]) -> Line:
    grammar = table.tool(tool)
    aliases = grammar.aliases or {}
    options: list[tuple[str, str, Arg | None]] = []
    targets: list[Arg] = []
    verb: list[str] = []
    depth = grammar.depth
    open_verb = bool(depth or grammar.until)
    at = 0
    while at < len(args):
        arg = args[at]
        value = arg.value
        at += 1
        if value == "--":
            targets += args[at:]
            break
        if len(value) > 1 and value[0] == "-" and not (arg.quote and " " in value):
            if grammar.single_dash or value.startswith("--"):
                name, equals, given = value.lstrip("-").partition("=")
                name = aliases.get(name, name)
                word: Arg | None = arg if equals else None
                if not equals and name in grammar.values and at < len(args):
                    word, given = args[at], args[at].value
                    at += 1
                options.append((name, given, word))
                continue
            letters = value[1:]
            if letters in aliases and len(letters) > 1:
                options.append((aliases[letters], "", None))
                continue
            for index, letter in enumerate(letters):
                name = aliases.get(letter, letter)
                if name in grammar.values:
                    rest = letters[index + 1 :].removeprefix("=")
                    if rest:
                        options.append((name, rest, arg))
                    elif at < len(args):
                        options.append((name, args[at].value, args[at]))
                        at += 1
                    else:
                        options.append((name, "", None))
                    break
                options.append((name, "", None))
        elif value == "-":
            continue
        elif open_verb and arg.parts and all(p.known for p in arg.parts):
            verb.append(value)
            if len(verb) == 1 and grammar.groups and value in grammar.groups:
                depth = grammar.groups[value]
            open_verb = value not in grammar.until if grammar.until else len(verb) < depth
        else:
            open_verb = False
            targets.append(arg)
    if grammar.until and verb and verb[-1] not in grammar.until:
        last = next((i for i, v in enumerate(verb) if v in grammar.until), None)
        verb = verb if last is None else verb[: last + 1]
    return Line(tool, " ".join(verb), tuple(sorted(options, key=lambda o: (o[0], o[1]))), tuple(targets))


# --- what it runs in turn ------------------------------------------------------------------------------------------


def _carried(tool: str, args: Sequence[Arg], line: Line) -> Line:
    if tool in SHELLS:
        return _shell(tool, args)
    if tool in _POWERSHELLS:
        return _powershell(tool, args)
    if tool == "ssh":
        return _ssh(args)
    if tool == "eval" and args:
        return Line(tool, script=args[0]) if len(args) == 1 else Line(tool, programs=(tuple(args),))
    if tool == "su":
        at = next((i for i, a in enumerate(args) if a.value in ("-c", "--command")), None)
        return Line(tool, script=args[at + 1]) if at is not None and at + 1 < len(args) else Line(tool)
    if tool in ("watch", "trap", "script") and args:
        first = next((a for a in args if not a.value.startswith("-")), None)
        return Line(tool, script=first) if first is not None and first.value not in ("", "-") else Line(tool)
    if tool in ("xargs", "parallel"):
        at = _skip_options(args, _XARGS_VALUES)
        return Line(tool, programs=(tuple(args[at:]),) if at < len(args) else (), via="xargs")
    if tool == "find":
        return Line(tool, programs=tuple(_find_programs(args)), via="find -exec")
    if (tool in ("kubectl", "oc") and line.verb == "exec") or tool == "heroku":
        at = next((i for i, a in enumerate(args) if a.value == "--"), len(args))
        pod = line.targets[0].text if line.targets else ""
        program = tuple(args[at + 1 :])
        return Line(tool, programs=(program,) if program else (), via=f"{tool} exec {pod}".strip(), remote=True)
    if tool in ("docker", "podman", "nerdctl", "docker-compose", "podman-compose"):
        return _container(tool, line, args)
    return Line(tool)


def _shell(tool: str, args: Sequence[Arg]) -> Line:
    for index, arg in enumerate(args):
        value = arg.value
        if value.startswith(("-", "+")) and not value.startswith("--"):
            if "c" in value[1:] and index + 1 < len(args):
                return Line(tool, script=args[index + 1], parameters=tuple(args[index + 2 :]))
            if "s" in value[1:]:
                return Line(tool, reads_script=True)
        elif value in ("pipefail", "errexit", "nounset") or value.startswith("--"):
            continue
        else:
            return Line(tool)
    return Line(tool, reads_script=True)


def _powershell(tool: str, args: Sequence[Arg]) -> Line:
    """`pwsh -NoProfile -Command "..."`: everything behind -Command is its script, quoted or not."""
    at = next((i for i, a in enumerate(args) if _COMMAND.fullmatch(a.value.lower())), len(args))
    given = args[at + 1 :]
    if not given or given[0].value == "-":
        return Line(tool)
    script = given[0] if len(given) == 1 else replace(given[0], end=given[-1].end, quote="")
    return Line(tool, script=script, parameters=tuple(given), powershell=True)


def _skip_options(args: Sequence[Arg], values: frozenset[str]) -> int:
    at = 0
    while at < len(args) and args[at].value.startswith("-") and len(args[at].value) > 1:
        value = args[at].value
        if value == "--":
            return at + 1
        at += 2 if not value.startswith("--") and len(value) == 2 and value[1] in values else 1
    return at


def _ssh(args: Sequence[Arg]) -> Line:
    at = _skip_options(args, _SSH_VALUES)
    if at >= len(args):
        return Line("ssh")
    via = f"ssh {args[at].text}"
    rest = args[at + 1 :]
    if rest and rest[0].value.startswith("-"):
        rest = rest[_skip_options(rest, _SSH_VALUES) :]
    if not rest:
        return Line("ssh", reads_script=True, via=via, remote=True)
    if len(rest) == 1 and rest[0].quote:
        return Line("ssh", script=rest[0], via=via, remote=True)
    return Line("ssh", programs=(tuple(rest),), via=via, remote=True)


def _find_programs(args: Sequence[Arg]) -> list[tuple[Arg, ...]]:
    programs: list[tuple[Arg, ...]] = []
    at = 0
    while at < len(args):
        if args[at].value in _FIND_EXEC:
            end = at + 1
            while end < len(args) and args[end].value not in (";", "\\;", "+"):
                end += 1
            if end > at + 1:
                programs.append(tuple(args[at + 1 : end]))
            at = end
        at += 1
    return programs


def _container(tool: str, line: Line, args: Sequence[Arg]) -> Line:
    verb = line.verb.removeprefix("container ")
    if verb not in ("exec", "run", "compose exec", "compose run"):
        return Line(tool)
    # Everything behind the container or image is the program; its own options must not be taken for docker's.
    grammar = table.tool(tool)
    aliases = grammar.aliases or {}
    words = verb.split()
    at = 0
    while at < len(args) and not (words and args[at].value == words[0] and len(words) == 1):
        if words and args[at].value == words[0]:
            words = words[1:]
        at += 1
    at += 1
    while at < len(args) and args[at].value.startswith("-"):
        name, equals, _ = args[at].value.lstrip("-").partition("=")
        takes = aliases.get(name, name) in grammar.values or name in ("v", "p", "l", "c", "m")
        if not args[at].value.startswith("--") and len(name) > 1:
            takes = False
        at += 2 if takes and not equals else 1
    place = args[at].text if at < len(args) else ""
    program = tuple(args[at + 1 :])
    return Line(tool, programs=(program,) if program else (), via=f"{tool} {verb} {place}".strip(), remote=True)
