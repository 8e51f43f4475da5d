"""Rules from their files, strictly: an unknown key, operator or fact is an error with file and line.

The rules that ship are read from a generated index, which spares start-up the YAML reader; a rule file whose bytes are not
those that the index was made from is read itself, so an edited rule is in force at once (tools/rules_index.py).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence

from blastlint.engine.conditions import compiled, names_in, values_in
from blastlint.engine.messages import fields_in
from blastlint.engine.rule import Condition, Level, Rule
from blastlint.errors import RuleError
from blastlint.model import SEVERITIES, Severity

INDEX = "index.json"
_UNPACKED = 1_000_000_000  # ns: a checkout and an installation write some of the rules after the index
_KEYS = {
    "id", "name", "status", "since", "severity", "confidence", "axes", "languages", "on", "when", "unless", "levels",
    "context", "message", "why", "instead", "references", "examples", "supersedes", "words",
}  # fmt: skip
_REQUIRED = _KEYS - {"unless", "levels", "context", "references", "languages", "supersedes", "words"}
_STATUSES = ("preview", "stable", "deprecated")


def rules_directory() -> str:
    """Where the shipped rules are: inside the installed package, else beside it in the checkout."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for directory in (os.path.join(package, "rules"), os.path.join(os.path.dirname(package), "rules")):
        if os.path.isdir(directory):
            return directory
    raise RuleError("the rules that belong to blastlint are missing", remedy="Install blastlint again.")


def rule_files(directory: str) -> list[str]:
    """Every rule file below a directory, sorted; a path to one file stands for itself."""
    if os.path.isfile(directory):
        return [directory]
    if not os.path.isdir(directory):
        raise RuleError("no such file or directory", where=directory)
    return sorted(_below(directory))


def _below(directory: str) -> Iterator[str]:
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.name.endswith((".yaml", ".yml")):
                yield entry.path
            elif entry.is_dir():
                yield from _below(entry.path)


def shipped_rules() -> tuple[Rule, ...]:
    """The rules that ship, by id, through the index where it is fresh."""
    directory = rules_directory()
    at = os.path.join(directory, INDEX)
    index = _read_index(at)
    made = os.stat(at).st_mtime_ns if index else 0
    rules = [_indexed(path, directory, index, made) for path in rule_files(directory)]
    return _distinct(rules)


def rules_in(paths: Iterable[str]) -> tuple[Rule, ...]:
    """A user's own rules from files and directories."""
    return _distinct([load(path) for directory in paths for path in rule_files(directory)])


def _distinct(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    seen: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in seen:
            raise RuleError(f"{rule.id} is also defined in {seen[rule.id].source}", where=rule.source)
        seen[rule.id] = rule
    return tuple(sorted(seen.values(), key=lambda rule: rule.id))


def combined(shipped: Sequence[Rule], own: Sequence[Rule]) -> tuple[Rule, ...]:
    """Shipped and own rules together; an id in both is an error."""
    return _distinct([*shipped, *own])


# --- the index ------------------------------------------------------------------------------------------------------


def digest(data: bytes) -> str:
    """What tells whether a rule file is the one that the index was made from."""
    import zlib

    return f"{len(data)}-{zlib.crc32(data):08x}"


def _read_index(path: str) -> Mapping[str, Mapping[str, object]]:
    try:
        with open(path, "rb") as file:
            entries: Mapping[str, Mapping[str, object]] = json.loads(file.read())
            return entries
    except (OSError, ValueError):
        return {}


def _indexed(path: str, directory: str, index: Mapping[str, Mapping[str, object]], made: int) -> Rule:
    """The rule from its entry, where the file is the one that the index was made from: of the same length and not younger
    than the index (`made`, ns), or as old as what was unpacked with it, or else of the same digest. Reading every file would
    cost more than all else of a start.
    """
    entry = index.get(_name(path, directory))
    if entry is not None and _is_same(path, str(entry["digest"]), made):
        rule = entry["rule"]
        assert isinstance(rule, dict)
        return _rule(rule, path)
    return load(path)


def _name(path: str, directory: str) -> str:
    """What a rule file is called in the index: its path below the rules, as on every system."""
    return path.removeprefix(directory).lstrip(os.sep).replace(os.sep, "/")


def _is_same(path: str, known: str, made: int) -> bool:
    status = os.stat(path)
    if status.st_mtime_ns <= made + _UNPACKED and known.startswith(f"{status.st_size}-"):
        return True
    with open(path, "rb") as file:
        return known == digest(file.read())


def index_of(directory: str) -> dict[str, object]:
    """The index for the rule files below a directory: relative path -> digest and everything but the examples."""
    entries: dict[str, object] = {}
    for path in rule_files(directory):
        with open(path, "rb") as file:
            data = file.read()
        load(path)
        rule = {key: value for key, value in read(path).items() if key != "examples"}
        entries[_name(path, directory)] = {"digest": digest(data), "rule": rule}
    return entries


# --- one file -------------------------------------------------------------------------------------------------------


def load(path: str) -> Rule:
    """One rule, checked strictly. Raises RuleError with the line of the key at fault."""
    data = read(path)
    lines = _lines(path)
    for key in map(str, data):
        if key not in _KEYS:
            raise RuleError(f"unknown key {key!r}{_suggestion(key, _KEYS)}", where=f"{path}:{lines.get(key, 1)}")
    for key in sorted(_REQUIRED):
        if not data.get(key):
            raise RuleError(
                f"{key!r} is missing", where=path, remedy="See `blastlint rules schema` for the form of a rule."
            )
    try:
        _check(data)
        return _rule(data, path)
    except RuleError as error:
        key = getattr(error, "key", "")
        raise RuleError(error.message, where=f"{path}:{lines.get(key, 1)}", remedy=error.remedy) from None


def read(path: str) -> dict[str, object]:
    """The file's top-level mapping as it stands, keys unchecked. The YAML reader is imported only here."""
    from blastlint.engine import strict_yaml

    return strict_yaml.read(path)


def _lines(path: str) -> dict[str, int]:
    """Top-level key -> line."""
    with open(path, encoding="utf-8", errors="replace") as file:
        return {line.split(":", 1)[0]: n for n, line in enumerate(file, 1) if line[:1].isalpha() and ":" in line}


class _KeyError(RuleError):
    """A RuleError that knows which top-level key is at fault."""

    def __init__(self, key: str, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.key = key


def _check(data: Mapping[str, object]) -> None:
    from blastlint.enrich.vocabulary import CHANGE, FACTS

    if data["status"] not in _STATUSES:
        raise _KeyError("status", f"status is one of {', '.join(_STATUSES)}")
    if data["severity"] not in SEVERITIES:
        raise _KeyError("severity", f"severity is one of {', '.join(SEVERITIES)}")
    on = str(data["on"])
    if on != "change" and on not in FACTS:
        raise _KeyError("on", f"there is no fact {on!r}{_suggestion(on, FACTS)}")
    known = {*CHANGE, *(f"{on}.{field}" for field in FACTS.get(on, {}))}
    conditions: list[tuple[str, Condition]] = [("when", _condition("when", data["when"]))]
    conditions += [("unless", _condition("unless", c)) for c in _sequence("unless", data.get("unless"))]
    for level in _sequence("levels", data.get("levels")):
        if not isinstance(level, Mapping) or set(level) != {"when", "severity"} or level["severity"] not in SEVERITIES:
            raise _KeyError("levels", "a level is {when: condition, severity: critical|high|medium|low}")
        conditions.append(("levels", _condition("levels", level["when"])))
    for key, condition in conditions:
        for name in sorted(names_in(condition)):
            if name not in known:
                raise _KeyError(key, f"there is no fact {name!r}{_suggestion(name, known)}")
        _check_values(key, condition)
        try:
            compiled(condition)
        except RuleError as error:
            raise _KeyError(key, error.message, error.remedy) from error
    for name in fields_in(str(data["message"])):
        if name not in known:
            raise _KeyError("message", f"there is no fact {name!r}{_suggestion(name, known)}")
    _check_words(data.get("words") or {}, fields_in(str(data["message"])))
    if data.get("context", "default") not in ("default", "exact"):
        raise _KeyError("context", "context is default or exact")
    for general in _sequence("supersedes", data.get("supersedes")):
        if not isinstance(general, str) or general == data["id"]:
            raise _KeyError("supersedes", "supersedes lists the ids of other rules")
    examples = data["examples"]
    if not isinstance(examples, Mapping) or not examples.get("bad") or not examples.get("good"):
        raise _KeyError("examples", "a rule has bad and good examples")
    if not any(isinstance(good, Mapping) and good.get("near_miss") for good in examples["good"]):
        raise _KeyError("examples", "at least one good example is a near miss (near_miss: true)")


def _check_words(words: object, shown: Sequence[str]) -> None:
    """Words for what the message does not show, or for a value that its fact never has, would never be read."""
    from blastlint.enrich.vocabulary import CLOSED

    form = _KeyError("words", "words maps facts of the message to {value: text}")
    if not isinstance(words, Mapping):
        raise form
    for name, texts in words.items():
        if not isinstance(texts, Mapping) or not all(isinstance(text, str) for pair in texts.items() for text in pair):
            raise form
        if name not in shown:
            raise _KeyError("words", f"the message does not show {name!r}{_suggestion(str(name), shown)}")
        for value in texts:
            if name in CLOSED and value and value not in CLOSED[name]:
                raise _KeyError("words", f"{name} is never {value!r}{_suggestion(value, CLOSED[name])}")


def _check_values(key: str, condition: Condition) -> None:
    """A value that its fact never has makes a condition that can never hold (or, with `not`, always does)."""
    from blastlint.enrich.vocabulary import CLOSED, is_boolean

    for name, value in values_in(condition):
        if value is None:
            continue
        if is_boolean(name) and not isinstance(value, bool):
            raise _KeyError(key, f"{name} is true or false, never {value!r}")
        if name in CLOSED and value not in CLOSED[name]:
            known = [choice for choice in CLOSED[name] if choice]
            hint = _suggestion(str(value), known)
            raise _KeyError(key, f"{name} is never {value!r}{hint}", f"It is one of: {', '.join(known)}.")


def _condition(key: str, value: object) -> Condition:
    if not isinstance(value, dict):
        raise _KeyError(key, f"{key} maps facts to matchers")
    return value


def _sequence(key: str, value: object) -> Sequence[object]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise _KeyError(key, f"{key} is a list")
    return value


def _rule(data: Mapping[str, object], path: str) -> Rule:
    """The Rule of a mapping that has been checked."""
    axes, languages = data["axes"], data.get("languages") or []
    assert isinstance(axes, dict) and isinstance(languages, list)
    severity: Severity = data["severity"]  # type: ignore[assignment]
    return Rule(
        id=str(data["id"]),
        name=str(data["name"]),
        status=str(data["status"]),
        since=str(data["since"]),
        severity=severity,
        confidence=data["confidence"],  # type: ignore[arg-type]
        axes=dict(zip(map(str, axes), map(str, axes.values()), strict=True)),
        languages=tuple(map(str, languages)),
        on=str(data["on"]),
        when=_condition("when", data["when"]),
        unless=tuple([_condition("unless", c) for c in _sequence("unless", data.get("unless"))]),
        levels=tuple(
            [
                Level(_condition("levels", level["when"]), level["severity"])
                for level in _sequence("levels", data.get("levels"))
                if isinstance(level, dict)
            ]
        ),
        context=str(data.get("context", "default")),
        message=str(data["message"]),
        source=path,
        why=" ".join(str(data["why"]).split()),
        instead=" ".join(str(data["instead"]).split()),
        references=tuple(map(str, _sequence("references", data.get("references")))),
        supersedes=tuple(map(str, _sequence("supersedes", data.get("supersedes")))),
        words=data.get("words") or {},  # type: ignore[arg-type]
    )


def _suggestion(word: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(word, list(known), 1)
    return f" (did you mean {close[0]!r}?)" if close else ""
