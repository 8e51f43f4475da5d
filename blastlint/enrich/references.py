"""Who still reads a name of environment style: `os.environ["NAME"]`, `process.env.NAME`, `${NAME}`, `getenv("NAME")`, ..."""

from __future__ import annotations

import re

from blastlint.enrich.context import Context
from blastlint.enrich.surroundings import path_class_of
from blastlint.regex import regex

_NAME = regex(r"[A-Z][A-Z0-9]*_[A-Z0-9_]+\Z")
_MAX_FILES = 40


def readers(context: Context, name: str, home: str) -> tuple[str, ...]:
    """Paths of code and configuration after the change that read `name` without a default. Nothing for common names."""
    if not _NAME.match(name) or not context.change_set.complete:
        return ()
    found = []
    for path in context.after.tree.search(name)[:_MAX_FILES]:
        if path != home and path_class_of(path, context.config) == "source" and _reads(context, path, name):
            found.append(path)
    return tuple(found)


def _reads(context: Context, path: str, name: str) -> bool:
    data = context.after.tree.read(path)
    if data is None:
        return False
    read = re.compile(
        rf"""(?:environ\[|getenv\(|\benv\(|ENV\[|ENV\.fetch\(|Getenv\(|process\.env\[|environ\.get\()\s*["']{name}["']\s*[)\]]"""
        rf"""|process\.env\.{name}\b(?!\s*(?:\|\||\?\?))|\$\{{{name}\}}|\$\{{{name}:?\?"""
    )
    return read.search(data.decode("utf-8", "replace")) is not None
