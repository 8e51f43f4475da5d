"""Destructive calls in code, as `command` facts: schema resets by an ORM and recursive deletion (rows of facts/calls.json),
and command lines that code hands to a shell, which are read as any other command is.
"""

from __future__ import annotations

import ast
import re
import shlex
from collections import Counter
from collections.abc import Iterator

from blastlint.enrich.code.pairs import Pair
from blastlint.facts.calls import pattern, rows
from blastlint.frozen import dataclass
from blastlint.model import Fact, FactValue, Side
from blastlint.parse.code import Call
from blastlint.regex import regex

_SCREEN = regex(
    rb"(?i)sync|drop|rollback|flush|reset|downgrade|rmtree|recursive|rimraf|emptyDir|\bremove|call_command|recreate|schema"
    rb"|subprocess|os\.system|popen|exec|spawn|\.run\b|\bcheck_(call|output)\b"
)
_TEMPORARY = regex(
    r"(?i)te?mp|scratch|mkd?temp|cache|\bbuild|\bdist\b|node_modules|__pycache__|coverage|\bout(put)?\b|target|workdir|sandbox"
)
_OUTSIDE = regex(r"os\.environ|getenv|process\.env|sys\.argv|process\.argv|\binput\(")
_LITERAL = regex(r"^[rbuf]*[\"'`]([^\"'`$]*)[\"'`]$")
_LOCAL = regex(r"localhost|127\.0\.0\.1|:memory:|sqlite|test|TEST")
_TEST_ONLY = regex(r"(?i)test|spec|fixture|conftest|mock|factory|sandbox|preview")
_HOLE = regex(r"\$?\{([^{}]*)\}")
_NAME = regex(r"\W+")


@dataclass(frozen=True, slots=True)
class Deed:
    """One destructive thing that a call does."""

    call: Call
    tool: str
    verb: str
    text: str
    classes: tuple[str, ...]
    target: str
    target_kind: str
    empty_is_root: bool = False


def facts(pair: Pair) -> Iterator[Fact]:
    """One `command` fact for each deed that is new on the after side, wherever it may have stood before."""
    if not pair.mentions(_SCREEN):
        return
    known = Counter(deed.text for deed in deeds(pair, "before"))
    known.update(_gone_elsewhere(pair))
    for number, deed in enumerate(deeds(pair, "after")):
        if known[deed.text] > 0:
            known[deed.text] -= 1
        else:
            yield _fact(pair, deed, number)


def deeds(pair: Pair, side: Side) -> Iterator[Deed]:
    """What one side's calls destroy."""
    shape = pair.before if side == "before" else pair.after
    for call in shape.calls:
        row = next((row for row in rows("commands") if _fits(call, row)), None)
        if row is not None:
            classes = tuple(str(c) for c in row["classes"])
            target = call.arguments[0] if call.arguments else ""
            kind = _target_kind(target) if "recursive-delete" in classes else "none"
            yield Deed(call, call.name, row["what"], call.text, classes, target, kind)
        elif pattern("shells").search(call.name):
            yield from _shell(call)


def _fits(call: Call, row: dict[str, str]) -> bool:
    if not re.search(row["call"], call.name):
        return False
    if "option" in row and not any(
        re.search(row["option"], key) and re.search(row["value"], value) for key, value in call.options.items()
    ):
        return False
    return "argument" not in row or any(re.search(row["argument"], a) for a in call.arguments)


def _shell(call: Call) -> Iterator[Deed]:
    """The destructive commands of a command line that the call runs. What code fills in are variables of the line."""
    line, names = command_line(call)
    if not line:
        return
    from blastlint.facts.commands import classes_of, pretends
    from blastlint.parse.shell import parse_snippet
    from blastlint.parse.shell_values import is_root

    for command in parse_snippet(line, "", "after", 1, 1, assigned=names).commands:
        classes = classes_of(command)
        if classes and not pretends(command):
            target = command.targets[-1] if command.targets else None
            yield Deed(
                call,
                command.tool,
                command.verb,
                command.text,
                classes,
                target.text if target is not None else "",
                target.kind if target is not None else "none",
                any(not t.known and is_root(t.bare) for t in command.targets),
            )


def command_line(call: Call) -> tuple[str, tuple[str, ...]]:
    """(command line, the variables in it) of a literal line or a list of words; empty when it is made elsewhere."""
    words = [w for a in call.arguments[:2] for w in _words(a)]
    if not call.arguments or not words:
        return "", ()
    names: list[str] = []
    if len(words) == 1 and not call.arguments[0].startswith("["):
        return _filled(words[0], names), tuple(names)
    return " ".join(_quoted(_filled(w, names)) for w in words), tuple(names)


def _words(argument: str) -> list[str]:
    """The words of a literal: a text or a list of texts and expressions. Expressions come as `{expression}`."""
    if argument[:1] in "[(" and argument[-1:] in "])":
        return [w for part in _split(argument[1:-1]) for w in (_words(part) or [f"{{{part}}}"])]
    match = re.match(r"^[rbuRBU]*([fF]?)[rbuRBU]*([\"'`])([\s\S]*)\2$", argument)
    if match is None or match.group(2) in match.group(3).replace("\\" + match.group(2), ""):
        return []
    if match.group(1) or match.group(2) == "`":
        return [match.group(3)]
    try:
        return [str(ast.literal_eval(argument)).replace("{", "{{").replace("}", "}}")]
    except (ValueError, SyntaxError):
        return []


def _split(text: str) -> list[str]:
    """The elements of a list literal: commas outside quotes and brackets divide them."""
    parts, depth, quote, start = [], 0, "", 0
    for index, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'`":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        elif letter == "," and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
    return [p for p in (*parts, text[start:].strip()) if p]


def _filled(text: str, names: list[str]) -> str:
    """The text with `{expression}` as shell variables."""

    def variable(match: re.Match[str]) -> str:
        name = _NAME.sub("_", match.group(1).partition("!")[0]).strip("_") or "value"
        if not _OUTSIDE.search(match.group(1)):
            names.append(name)
        return f"${{{name}}}"

    return _HOLE.sub(variable, text.replace("{{", "\0").replace("}}", "\1")).replace("\0", "{").replace("\1", "}")


def _quoted(word: str) -> str:
    return f'"{word}"' if "${" in word else shlex.quote(word)


def _gone_elsewhere(pair: Pair) -> Counter[str]:
    """The same deeds in definitions that are gone: this is that code, moved."""
    found: Counter[str] = Counter()
    for change in pair.scope.changes:
        if change.action == "removed" and change is not pair.change:
            other = pair.scope.pair(change)
            if other.mentions(_SCREEN, "before"):
                found.update(deed.text for deed in deeds(other, "before"))
    return found


def _fact(pair: Pair, deed: Deed, number: int) -> Fact:
    fields: dict[str, FactValue] = {
        "classes": deed.classes,
        "status": "added",
        "tool": deed.tool,
        "verb": deed.verb,
        "text": deed.text,
        "before": "",
        "target": deed.target,
        "target_kind": deed.target_kind,
        "production": False,
        "ephemeral": bool(_TEST_ONLY.search(pair.change.path) or _LOCAL.search(deed.call.text)),
        "narrowing_lost": (),
        "approvals_added": (),
        "dry_run_lost": False,
        "guards_lost": (),
        "unchecked_step": "",
        "pairs_with": "",
        "container": "code",
        "saved_plan": False,
        "escalated": True,
        "target_worse": True,
        "empty_is_root": deed.empty_is_root,
        "narrowed": False,
        "declared": False,
        "new_file": pair.is_new and pair.scope.context.before.tree.size(pair.change.path) is None,
        "throwaway": False,
        "recreate_new": False,
        "remote": False,
    }
    return pair.fact("command", f"{deed.tool}#{number}", fields, None, pair.region("after", deed.call.at))


def _target_kind(target: str) -> str:
    """What a path expression stands for, as far as its words tell."""
    literal = _LITERAL.match(target)
    if literal is None:
        if re.search(r"\bhome\b|expanduser|homedir", target):
            return "home"
        if _OUTSIDE.search(target):
            return "unset-variable"
        return "temporary" if _TEMPORARY.search(target) else "variable"
    path = literal.group(1)
    if path.rstrip("/") in ("", "~", "."):
        return "home" if path.startswith("~") else "root"
    if re.match(r"^/(etc|usr|var|bin|lib|opt|home|root|data|srv|mnt)?/?\*?$", path):
        return "root"
    if "*" in path:
        return "glob"
    return "temporary" if path.startswith("/tmp") else "build" if _TEMPORARY.search(path) else "literal"
