"""Where a file runs blastlint, and what keeps that run from failing anything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from blastlint.frozen import dataclass
from blastlint.model import SEVERITIES, Value
from blastlint.parse.keytree import KeyTree
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex

_COMMAND = regex(r"""(?:^|(?<=[\s;&|(@'"-]))[\w./:]*\bblastlint(?:[:@][\w.-]+)?\s+check\b(?P<arguments>[^;&|\n]*)""")
_NOT_RUN = regex(r"\b(?:install|add|require|inject|download|which|uninstall|echo|printf|cat|cd|pull|name:)\b[^;&|]*$")
_USES = regex(r"(?:^|/)blastlint(?:[-\w]*)(?:/[\w./-]*)?(?:@|$)")
_HARMLESS = regex(r"\|\|\s*(?:true\b|:|exit\s+0\b|echo\b|printf\b)|;\s*(?:true|exit\s+0)\b")
_COMMENT = regex(r"(?:^|(?<=\s))(?:#|//).*")
_TEXT_LANGUAGES = ("shell", "makefile", "dockerfile", "ini", "toml", "")
# What a key says about a step, not what it runs.
_NAMES = ("name", "description", "title", "displayName", "sarif_file", "category", "path", "rev", "key", "label")
_ADVISORY = ("continue-on-error", "allow_failure", "continueOnError", "soft_fail", "ignore_errors")
_SCOPES = (
    "if",
    "files",
    "exclude",
    "types_or",
    "only",
    "except",
    "rules",
    "condition",
    "changes",
    "paths",
    "paths-ignore",
)
_FAIL_ON = regex(r"--fail-on[= ]([a-z]+)")


@dataclass(frozen=True, slots=True)
class Invocation:
    """One run of the linter. `command` is what is run (blastlint check, an action, a hook), `arguments` the rest of it.

    `advisory` says why its failure stops nothing, "" when it does; `scope` are the conditions that it runs under.
    """

    path: str
    line: int
    command: str
    arguments: str
    advisory: str = ""
    scope: tuple[str, ...] = ()

    @property
    def fail_on(self) -> str:
        found = _FAIL_ON.search(self.arguments)
        return found[1] if found else "high"

    @property
    def is_advisory(self) -> bool:
        return bool(self.advisory) or self.fail_on == "never"

    @property
    def shown(self) -> str:
        text = " ".join(f"{self.command} {self.arguments}".split())
        return f"{text} ({self.advisory})" if self.advisory else text

    @property
    def place(self) -> str:
        """ci, hook or other."""
        path = f"/{self.path}"
        if re.search(
            r"/\.github/workflows/|/\.gitlab-ci|/\.circleci/|azure-pipelines|/Jenkinsfile|bitbucket-|/\.buildkite/",
            path,
        ):
            return "ci"
        return "hook" if re.search(r"/\.pre-commit|/\.husky/|/lefthook|/\.lefthook", path) else "other"

    def lost_in(self, after: Invocation) -> str:
        """In what `after` is weaker, the worst of it: advisory, exit-zero, narrowed, or ""."""
        if after.advisory and not self.is_advisory:
            return "advisory"
        lower = _rank(after.fail_on) < _rank(self.fail_on)
        if lower and after.fail_on == "never":
            return "exit-zero"
        narrower_scope = set(after.scope) > set(self.scope)
        fewer = _selection(after.arguments) - _selection(self.arguments)
        return "narrowed" if lower or narrower_scope or fewer else ""


def _rank(fail_on: str) -> int:
    """Higher is stricter; `never`, and what is no level, is -1."""
    return next((rank for rank, severity in enumerate(SEVERITIES) if severity == fail_on), -1)


def _selection(arguments: str) -> set[str]:
    """The options that leave rules or files out."""
    return set(re.findall(r"--(?:select|ignore|exclude|only)[= ]\S+", arguments))


def invocations(path: str, side: Workspace) -> tuple[Invocation, ...]:
    """Every run of the linter in one file, in order. Prose and program code run nothing."""
    document = side.document(path)
    if document is None or path not in side.marked:
        return ()
    if isinstance(document.content, KeyTree) and document.language in ("yaml", "json"):
        found = (step for root in document.content.documents for step in _in_tree(path, root, (), root))
        return tuple(found)
    if document.language not in _TEXT_LANGUAGES:
        return ()
    data = side.tree.read(path) or b""
    return tuple(_in_text(path, data.decode("utf-8", "replace"), 1, "", ()))


# --- scripts ----------------------------------------------------------------------------------------------------------


def _in_text(path: str, text: str, first: int, advisory: str, scope: tuple[str, ...]) -> Iterator[Invocation]:
    """The commands of a script that starts on line `first`."""
    tolerant = False
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        start, line = number, _COMMENT.sub("", lines[number])
        while line.endswith("\\") and number + 1 < len(lines):
            number += 1
            line = line[:-1] + " " + _COMMENT.sub("", lines[number]).strip()
        number += 1
        if re.search(r"\bset \+\w*e", line):
            tolerant = True
        elif re.search(r"\bset -\w*e", line):
            tolerant = False
        for match in _COMMAND.finditer(line):
            if _NOT_RUN.search(line[: match.start()]):
                continue
            why = advisory or _tolerated(line, match.end(), tolerant)
            arguments = " ".join(match["arguments"].split())
            yield Invocation(path, first + start, "blastlint check", arguments, why, scope)


def _tolerated(line: str, end: int, tolerant: bool) -> str:
    harmless = _HARMLESS.search(line, end)
    if harmless:
        return harmless[0].strip()
    if re.match(r"\t@?-", line):
        return "make ignores its failure"
    return "set +e" if tolerant else ""


# --- key trees --------------------------------------------------------------------------------------------------------


def _in_tree(path: str, value: Value, above: tuple[Value, ...], root: Value, key: str = "") -> Iterator[Invocation]:
    """The steps below a value. `above` are the maps around it, outermost first."""
    if value.is_map:
        for name, child in value.items.items():
            yield from _in_tree(path, child, (*above, value), root, name)
    elif value.is_list:
        for child in value.elements:
            yield from _in_tree(path, child, above, root, key)
    elif isinstance(value.scalar, str) and "blastlint" in value.scalar and key not in _NAMES:
        yield from _in_scalar(path, value, value.scalar, above, root, key)


def _in_scalar(
    path: str, value: Value, text: str, above: tuple[Value, ...], root: Value, key: str
) -> Iterator[Invocation]:
    line = value.block.line if value.block else value.region.start_line if value.region else 1
    advisory, scope = _advisory(above), _scope(above, root)
    if key == "uses" and _USES.search(text):
        options = above[-1].get("with") if above else None
        settings = options.items if options is not None else {}
        given = [f"--{name} {option.scalar}" for name, option in settings.items() if name in ("fail-on", "args")]
        yield Invocation(path, line, f"uses {text.partition('@')[0]}", " ".join(given), advisory, scope)
    elif key == "id" and text.startswith("blastlint") and "pre-commit" in path:
        arguments = above[-1].get("args")
        given = [str(e.scalar) for e in arguments.elements] if arguments is not None else []
        yield Invocation(path, line, f"hook {text}", " ".join(given), advisory, scope)
    elif key not in ("uses", "id", "repo"):
        yield from _in_text(path, text, line, advisory, scope)


def _advisory(above: tuple[Value, ...]) -> str:
    for around in reversed(above[1:]):  # the step, then its job; the whole file is no step
        for name in _ADVISORY:
            found = around.items.get(name)
            if found is not None and found.scalar not in (False, None, "false"):
                return f"{name}: {_text(found)}"
        found = around.items.get("if")
        if found is not None and _text(found).lower() in ("false", "${{ false }}"):
            return f"if: {_text(found)}"
        when = around.items.get("when") or around.items.get("stages")
        if when is not None and _text(when) in ("manual", "never"):
            return f"only {_text(when)}"
    return ""


def _scope(above: tuple[Value, ...], root: Value) -> tuple[str, ...]:
    """The names of the conditions around a step, and of those on the events that start the workflow."""
    found = [name for around in above[1:] for name in around.items if name in _SCOPES]
    events: Mapping[str, Value] = (root.get("on") or Value()).items
    found += [f"on.{event}.{name}" for event, on in events.items() for name in on.items if name in _SCOPES]
    return tuple(sorted(set(found)))


def _text(value: Value) -> str:
    if value.is_list:
        return ", ".join(_text(element) for element in value.elements)
    text = str(value.scalar) if value.known else value.text
    return text.lower() if isinstance(value.scalar, bool) else text
