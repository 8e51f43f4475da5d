"""Who still reads a key that is gone: a name of environment style (`os.environ["NAME"]`, `process.env.NAME`, `${NAME}`) or a
key by its whole way (`viper.GetInt("db.pool")`, `@Value("${db.pool}")`, `config.get("db.pool")`). To read it with a default
beside it does not count, nor where the program sets a default for it or a layer below still has it.

One search of the tree after answers for every key that is gone.
"""

from __future__ import annotations

import re

from blastlint.enrich.context import Context
from blastlint.enrich.layers.bases import overlays
from blastlint.enrich.surroundings import path_class_of
from blastlint.facts.paths import found as value_at
from blastlint.facts.paths import keys, meant, steps
from blastlint.parse.keytree import KeyTree
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex

_NAME = regex(r"[A-Z][A-Z0-9]*_[A-Z0-9_]+\Z")
_WAY = regex(r"[A-Za-z][\w-]*(\.[A-Za-z][\w-]*)+\Z")
_LEAST = 5  # characters of a way: shorter ones stand anywhere
_MOST = 400  # keys to look for
_MAX_NEIGHBOURS = 40


def readers(context: Context, path: str, home: str) -> tuple[str, ...]:
    """Paths of code and configuration after the change that read the key at the dotted `path` of the file `home`. Nothing
    for common names."""
    way, path = path, _told(path)
    lines = context.once(_lines).get(path, []) if _is_told(path) and context.change_set.complete else []
    if not lines:
        return ()
    reading, standing = _reading(path), _standing(path)
    if any(standing.search(line) for _, line in lines):
        return ()
    files = dict.fromkeys(file for file, line in lines if file != home and reading.search(line))
    found = tuple(file for file in files if path_class_of(file, context.config) == "source")
    return found if found and not _is_below(way, home, context.after) else ()


def _told(path: str) -> str:
    """What a program calls the key at a path: a variable that stands in a list, by its name alone."""
    name = meant(path)
    return keys(name)[-1] if name != path else path


def _is_told(path: str) -> bool:
    """Whether a program that reads the key names it so that it can be known: not as `name`, and not through a list."""
    return _NAME.match(path) is not None or (len(path) >= _LEAST and _WAY.match(path) is not None)


def _lines(context: Context) -> dict[str, list[tuple[str, str]]]:
    """Key -> (file, line) of every line after the change that has it, for all keys that are gone."""
    gone = [_told(d.path) for c in context.changes if c.kind == "config.key" for d in c.deltas if d.action == "removed"]
    told = tuple(path for path in dict.fromkeys(gone) if _is_told(path))[:_MOST]
    found: dict[str, list[tuple[str, str]]] = {}
    for file, line in context.after.tree.lines(told) if told else ():
        for path in told:
            if path in line:
                found.setdefault(path, []).append((file, line))
    return found


def _reading(path: str) -> re.Pattern[str]:
    """An expression for what reads the key without a default."""
    if "." not in path:
        return re.compile(
            rf"""(?:environ\[|getenv\(|\benv\(|ENV\[|ENV\.fetch\(|Getenv\(|process\.env\[|environ\.get\()\s*["']{path}["']\s*[)\]]"""
            rf"""|process\.env\.{path}\b(?!\s*(?:\|\||\?\?))|\$\{{{path}\}}|\$\{{{path}:?\?"""
        )
    way = re.escape(path)
    return re.compile(
        rf"""(?:[.>]get\w*|\bconfig|\.require\w*|\.must\w*|\.value)(?:<[^<>()]*>)?\(\s*["']{way}["']\s*(?:,\s*\w+\.class\s*)?\)"""
        rf"""(?!\s*(?:\|\||\?\?|\.orElse))|\$\{{{way}\}}""",
        re.IGNORECASE,
    )


def _standing(path: str) -> re.Pattern[str]:
    """An expression for what gives the key a default once and for all."""
    return re.compile(rf"""(?i:default\w*)\(\s*["']{re.escape(path)}["']\s*,""")


def _is_below(path: str, home: str, side: Workspace) -> bool:
    """Whether a layer that `home` lies upon still has the key."""
    ending = home.rpartition(".")[2]
    beside = [p for p in side.tree.listdir(home.rpartition("/")[0]) if p != home and (p.endswith(ending) or ".env" in p)]
    for base in beside[:_MAX_NEIGHBOURS]:
        if home in overlays(base, side):
            document = side.document(base)
            content = document.content if document is not None else None
            if isinstance(content, KeyTree) and any(value_at(root, steps(path)) is not None for root in content.documents):
                return True
    return False
