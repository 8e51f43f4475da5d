"""Bytes of blastlint.toml or [tool.blastlint] -> a frozen Config. Unknown keys are errors with a suggestion.

The pipeline reads them from the before side (`governing`): a change can neither loosen nor silence its own check.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from blastlint.errors import ConfigError
from blastlint.frozen import dataclass, field, replace
from blastlint.globs import matches
from blastlint.model import SEVERITIES, ChangeSet, Notification, Severity, Tree
from blastlint.regex import regex

FILE = "blastlint.toml"
PROJECT = "pyproject.toml"
FAIL_ON: tuple[str, ...] = (*SEVERITIES, "never")

# key as written -> field of Config. Lists of rule ids, families (RES) or names; lists of globs.
_SELECTIONS: Mapping[str, str] = {"select": "select", "ignore": "ignore"}
_PATHS: Mapping[str, str] = {
    "production": "production",
    "non-production": "non_production",
    "generated": "generated",
    "vendored": "vendored",
    "docs": "docs",
    "tests": "tests",
    "exclude": "exclude",
    "critical": "critical",
}
_TOP = (*_SELECTIONS, "fail-on", "severity", "paths", "freeze")
_FREEZE = ("from", "until", "paths", "rules", "reason")
_SELECTOR = regex(r"[A-Z]{3,}(\d{3})?|[a-z0-9]+(-[a-z0-9]+)*")
_RULE_ID = regex(r"[A-Z]{3,}\d{3}")


@dataclass(frozen=True, slots=True)
class Freeze:
    """A window in which `paths` are not to be touched; with `rules`, only not in the way that these ids or families tell of.
    Both ends are ISO 8601, the end is outside."""

    start: str
    end: str
    paths: tuple[str, ...] = ("**",)
    rules: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a repository can say about how it wants to be judged. The defaults judge where it says nothing.

    `source` is the file that it was read from, "" for the defaults.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    fail_on: str = "high"
    production: tuple[str, ...] = ()
    non_production: tuple[str, ...] = ()
    generated: tuple[str, ...] = ()
    vendored: tuple[str, ...] = ()
    docs: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    critical: tuple[str, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    source: str = field(default="", compare=False)

    def selects(self, rule_id: str, rule_name: str = "") -> bool:
        """Whether the rule is on: selected (everything is when `select` is empty) and not ignored."""
        if self.select and not any(covers(entry, rule_id, rule_name) for entry in self.select):
            return False
        return not any(covers(entry, rule_id, rule_name) for entry in self.ignore)


def covers(entry: str, rule_id: str, rule_name: str = "") -> bool:
    """Whether an entry of `select` or `ignore` (an id, a family such as RES, a rule's name) means the rule."""
    return entry in (rule_id, rule_name) or (entry.isupper() and entry == rule_id[:-3])


def governing(change_set: ChangeSet) -> Config:
    """The Config that judges a change: that of its before side. A patch without its tree is judged by the defaults, and so
    is a change that repairs a configuration which cannot be read: raises ConfigError when head's cannot be read either.
    """
    if not change_set.complete:
        return Config()
    try:
        return load(change_set.before)
    except ConfigError:
        load(change_set.after)
        return Config()


def without_excluded(change_set: ChangeSet, config: Config) -> ChangeSet:
    """The change set without the files that `paths.exclude` leaves out under both of their names, which a note tells."""
    if not config.exclude:
        return change_set
    kept = tuple(
        file
        for file in change_set.files
        if not all(matches(path, config.exclude) for path in (file.before, file.after) if path is not None)
    )
    left_out = len(change_set.files) - len(kept)
    if not left_out:
        return change_set
    note = Notification("excluded", "note", f"{left_out} changed files are left out by paths.exclude", config.source)
    return replace(change_set, files=kept, notifications=(*change_set.notifications, note))


_ATTRIBUTES: Mapping[str, str] = {
    "linguist-generated": "generated", "linguist-vendored": "vendored", "linguist-documentation": "docs"
}  # fmt: skip


def with_attributes(config: Config, tree: Tree) -> Config:
    """The Config with what the root's .gitattributes says of generated, vendored and documentation files, behind what the
    configuration itself says."""
    data = tree.read(".gitattributes")
    if data is None or b"linguist-" not in data:
        return config
    found: dict[str, list[str]] = {name: [] for name in _ATTRIBUTES.values()}
    for line in data.decode("utf-8", "replace").splitlines():
        pattern, *attributes = line.split()[:20] or [""]
        for attribute in attributes if not pattern.startswith(("#", "[")) else ():
            name, _, value = attribute.lstrip("-!").partition("=")
            if name in _ATTRIBUTES:
                off = attribute[0] in "-!" or value == "false"
                found[_ATTRIBUTES[name]].append(f"!{pattern}" if off else pattern)
    return replace(
        config,
        generated=(*found["generated"], *config.generated),
        vendored=(*found["vendored"], *config.vendored),
        docs=(*found["docs"], *config.docs),
    )


def load(tree: Tree) -> Config:
    """The Config of one side: blastlint.toml, else [tool.blastlint] of pyproject.toml, else the defaults.

    Raises ConfigError with file and line.
    """
    for path in (FILE, PROJECT):
        data = tree.read(path)
        if data is not None and (path == FILE or b"blastlint" in data):
            config = parse(data, path)
            if config is not None:
                return config
    return Config()


def parse(data: bytes, path: str = FILE) -> Config | None:
    """The Config of one file, or None for a pyproject.toml that has no [tool.blastlint]. Raises ConfigError."""
    import tomllib

    try:
        text = data.decode("utf-8-sig")
        document = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError("not UTF-8", where=f"{path}:{line}", remedy="Save the file as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(str(error), text, path) from None
    except RecursionError:
        raise ConfigError("nested too deeply", where=path) from None
    table: object = document
    prefix: tuple[str, ...] = ()
    if path.rsplit("/", 1)[-1] == PROJECT:
        tool = document.get("tool")
        if not isinstance(tool, dict) or "blastlint" not in tool:
            return None
        table, prefix = tool["blastlint"], ("tool", "blastlint")
    return _Reader(path, text, prefix).config(table)


def _syntax_error(message: str, text: str, path: str) -> ConfigError:
    at = re.search(r" \(at line (\d+), column \d+\)$", message)
    line = int(at[1]) if at else text.count("\n") + 1
    plain = re.sub(r" \(at [^)]*\)$", "", message)
    return ConfigError(f"not TOML: {plain}", where=f"{path}:{line}")


class _Reader:
    """Checks one table key by key; every complaint carries file and line."""

    def __init__(self, path: str, text: str, prefix: tuple[str, ...]) -> None:
        self._path = path
        self._text = text
        self._prefix = prefix

    def config(self, table: object) -> Config:
        top = self._table(table, (), _TOP)
        values: dict[str, tuple[str, ...]] = {}
        for key, name in _SELECTIONS.items():
            values[name] = self._strings(top, (key,))
            for entry in values[name]:
                if not _SELECTOR.fullmatch(entry):
                    raise self._error((key,), f"{entry!r} is no rule id (RES002), family (RES) or rule name")
        paths = self._table(top.get("paths", {}), ("paths",), tuple(_PATHS))
        values.update({name: self._strings(paths, ("paths", key)) for key, name in _PATHS.items()})
        return Config(
            severities=self._severities(top.get("severity", {})),
            fail_on=self._one_of(top.get("fail-on", "high"), ("fail-on",), FAIL_ON),
            freezes=self._freezes(top.get("freeze", [])),
            source=self._path,
            **values,
        )

    def _severities(self, table: object) -> dict[str, Severity]:
        if not isinstance(table, Mapping):
            raise self._error(("severity",), "severity is a table: rule id -> critical, high, medium or low")
        found: dict[str, Severity] = {}
        for rule, value in table.items():
            if not _RULE_ID.fullmatch(rule):
                raise self._error(("severity", rule), f"{rule!r} is no rule id", "Write it as in RES002.")
            level = self._one_of(value, ("severity", rule), SEVERITIES)
            found[rule] = next(severity for severity in SEVERITIES if severity == level)
        return found

    def _freezes(self, rows: object) -> tuple[Freeze, ...]:
        if not isinstance(rows, list):
            raise self._error(("freeze",), "freeze is written as [[freeze]]")
        found: list[Freeze] = []
        for row in rows:
            table = self._table(row, ("freeze",), _FREEZE)
            rules = self._strings(table, ("freeze", "rules"))
            for entry in rules:
                if not _SELECTOR.fullmatch(entry) or not entry.isupper():
                    raise self._error(("freeze", "rules"), f"{entry!r} is no rule id (RES002) or family (RES)")
            start, end = (self._moment(table.get(key), key) for key in ("from", "until"))
            reason = table.get("reason", "")
            if not isinstance(reason, str):
                raise self._error(("freeze", "reason"), "freeze.reason is a text")
            found.append(Freeze(start, end, self._strings(table, ("freeze", "paths")) or ("**",), rules, reason))
        return tuple(found)

    def _moment(self, value: object, key: str) -> str:
        """A TOML date or time, or a text that is one, as ISO 8601."""
        from datetime import date, datetime

        try:
            if isinstance(value, date):
                return value.isoformat()
            return datetime.fromisoformat(value).isoformat() if isinstance(value, str) else self._no_moment(key)
        except ValueError:
            return self._no_moment(key)

    def _no_moment(self, key: str) -> str:
        raise self._error(
            ("freeze", key), f"freeze.{key} is a date or a time", "Write it as 2026-12-20 or 2026-12-20T18:00:00Z."
        )

    def _table(self, value: object, key: tuple[str, ...], known: Sequence[str]) -> Mapping[str, object]:
        if not isinstance(value, Mapping):
            raise self._error(key, f"{'.'.join(key) or '[tool.blastlint]'} is a table")
        for name in value:
            if name not in known:
                raise self._error(
                    (*key, name), f"unknown key {name!r}{_suggestion(name, known)}", f"Known keys: {', '.join(known)}."
                )
        return value

    def _strings(self, table: Mapping[str, object], key: tuple[str, ...]) -> tuple[str, ...]:
        value = table.get(key[-1], [])
        if not isinstance(value, list) or not all(isinstance(entry, str) and entry for entry in value):
            raise self._error(key, f"{'.'.join(key)} is a list of strings")
        return tuple(value)

    def _one_of(self, value: object, key: tuple[str, ...], choices: Sequence[str]) -> str:
        if not isinstance(value, str) or value not in choices:
            hint = _suggestion(value, choices) if isinstance(value, str) else ""
            raise self._error(key, f"{'.'.join(key)} is {value!r}{hint}", f"Use one of: {', '.join(choices)}.")
        return value

    def _error(self, key: tuple[str, ...], message: str, remedy: str = "") -> ConfigError:
        line = line_of(self._text, (*self._prefix, *key))
        return ConfigError(message, where=f"{self._path}:{line}", remedy=remedy)


_HEADER = regex(r"\s*\[\[?\s*([^\]]+?)\s*\]")
_KEY = regex(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = regex(r"""[\w-]+|"[^"]*"|'[^']*'""")


def line_of(text: str, key: Sequence[str]) -> int:
    """The line (from 1) where a dotted key is set, or its nearest ancestor is. tomllib tells no positions."""
    wanted = tuple(key)
    best, depth = 1, 0
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        header, assignment = _HEADER.match(line), _KEY.match(line)
        if header:
            here = table = _parts(header[1])
        elif assignment:
            here = (*table, *_parts(assignment[1]))
        else:
            continue
        if len(here) > depth and wanted[: len(here)] == here:
            best, depth = number, len(here)
    return best


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _suggestion(word: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    plain = word.replace("_", "-").lower()
    close = [name for name in known if plain and name.startswith(plain)] or get_close_matches(plain, known, 1)
    return f" (did you mean {close[0]!r}?)" if close else ""
