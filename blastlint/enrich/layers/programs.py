"""`shared-default` facts of settings that are programs: what Django's settings modules take in with a star, and what Rails
sets for every environment.

| framework | base | overlays | one setting |
|---|---|---|---|
| Django | settings/base.py, settings_base.py, ... | modules beside it with `from .base import *` | NAME = value |
| Rails | config/application.rb | config/environments/X.rb | config.name = value |

Only values on one line are read, and only numbers and switches have a value here: an expression is a text. A text that is
gone may be set by other means, and says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from blastlint.enrich.breadth.texts import text_of
from blastlint.enrich.context import Context
from blastlint.enrich.layers.shared import Default, at_least_two, fact, sort_of
from blastlint.enrich.surroundings import path_class_of
from blastlint.frozen import replace
from blastlint.model import Change, Delta, Fact, Region, Scalar, Side, Tree, Value
from blastlint.regex import regex

_RAILS = regex(r"(^|/)config/application\.rb$")
_SET = {
    ".py": regex(r"^(?P<name>[A-Z][A-Z0-9_]*)\s*(?::[^=]+)?=\s*(?P<value>[^=\s].*?)\s*(?:#.*)?$"),
    ".rb": regex(r"^\s*config\.(?P<name>[a-z][\w.]*)\s*=\s*(?P<value>[^=\s].*?)\s*(?:#.*)?$"),
}
_STAR = regex(r"^\s*from\s+(?P<module>[\w.]+)\s+import\s+\*", 8)  # re.MULTILINE
_PRODUCT = regex(r"^[\d_.]+(\s*\*\s*[\d_.]+)*$")
_DURATION = regex(r"^(?P<number>\d+)\.(?P<unit>second|minute|hour|day|week|month|year)s?$")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800, "month": 2592000, "year": 31536000}
_WORDS: Mapping[str, Scalar] = {"True": True, "False": False, "true": True, "false": False, "None": None, "nil": None}
_MOST = 40


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The fact of one changed file."""
    if change.before is None or change.after is None or path_class_of(change.path, context.config) != "source":
        return
    path = change.after.address
    before = _settings(context.before.tree, change.before.address, "before")
    after = _settings(context.after.tree, path, "after")
    deltas = [
        Delta(name, "modified" if name in after else "removed", value, after.get(name))
        for name, value in before.items()
        if after.get(name) != value and (name in after or not isinstance(value.scalar, str))
    ]
    named = _overlays(path, context.after.tree) if deltas else {}
    if len(named) > 1:
        taken = ((path, _default(change, delta, named)) for delta in deltas)
        for group in at_least_two(taken).values():
            yield fact(group)


def _default(change: Change, delta: Delta, overlays: Mapping[str, frozenset[str]]) -> Default:
    inherit = tuple(path for path, own in overlays.items() if delta.path not in own)
    return Default(change, delta, sort_of(replace(delta, path=delta.path.lower())), inherit, len(overlays) - len(inherit))


def _overlays(path: str, tree: Tree) -> dict[str, frozenset[str]]:
    """The overlays of a base, with the names that each sets itself."""
    directory, _, name = path.rpartition("/")
    if _RAILS.search(path):
        near = [p for p in tree.listdir(f"{directory}/environments") if p.endswith(".rb")]
        return {p: frozenset(_settings(tree, p, "after")) for p in near[:_MOST]}
    stem = name.removesuffix(".py")
    near = [p for p in tree.listdir(directory) if p.endswith(".py") and p != path]
    if stem == "__init__":
        stem = directory.rpartition("/")[2]
    return {p: frozenset(_settings(tree, p, "after")) for p in near[:_MOST] if _takes_all(tree, p, stem)}


def _takes_all(tree: Tree, path: str, module: str) -> bool:
    """Whether a module takes in everything of another one, by a star; `from . import *` is the package itself."""
    text = text_of(tree.read(path))
    if text is None or "import" not in text.text:
        return False
    package = path.rpartition("/")[0].rpartition("/")[2]
    named = {found["module"].strip(".").rpartition(".")[2] or package for found in _STAR.finditer(text.text)}
    return module in named


def _settings(tree: Tree, path: str, side: Side) -> dict[str, Value]:
    """name -> value of every setting on a line of its own; the last one counts."""
    text = text_of(tree.read(path))
    pattern = _SET.get(path[-3:])
    found: dict[str, Value] = {}
    for number, line in enumerate(text.text.split("\n") if text is not None and pattern is not None else (), 1):
        match = pattern.match(line) if pattern is not None else None
        if match:
            found[match["name"]] = Value(_scalar(match["value"]), region=Region(side, path, number))
    return found


def _scalar(text: str) -> Scalar:
    """A switch or a number (of seconds, where it is a duration); else the text."""
    if text in _WORDS:
        return _WORDS[text]
    duration = _DURATION.match(text)
    if duration:
        return int(duration["number"]) * _SECONDS[duration["unit"]]
    if _PRODUCT.match(text):
        try:
            number = 1.0
            for factor in text.split("*"):
                number *= float(factor)
            return int(number) if number.is_integer() else number
        except (ValueError, OverflowError):
            return text
    return text
