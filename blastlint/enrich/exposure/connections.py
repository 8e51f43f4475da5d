"""Connections that were encrypted, or checked whom they reach, and are or do so less: `connection` facts of settings in any
format and of what resources are given."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.facts.connections import weakened
from blastlint.masking import mask_value
from blastlint.model import Change, Delta, Fact, FactValue, Value
from blastlint.regex import regex

SCREEN = regex(r"(?i)://|ssl|tls|encrypt|cert|plaintext")
_ABOUT = regex(  # addresses for people, and names that look like addresses
    r"(?i)(^|[._$-])(home_?page|docs?|documentation|licen[cs]e|schema|xmlns|repository|link|image|icon|logo|terms|badge|author|funding"
    r"|bugs|website|source|sources|maintainers?)s?(_?url)?$"
)
_MOST = 2_000  # characters of a text that is looked at


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """One `connection` fact for each value that says less of encryption."""
    if change.before is None or change.after is None:
        return
    for delta in change.deltas:
        lost = _lost(delta)
        if lost:
            yield _fact(delta, lost)


def _lost(delta: Delta) -> str:
    before, after = _text(delta.before), _text(delta.after)
    name = delta.path.rsplit(".", 1)[-1].strip("\"[]")
    if not before or not after or _ABOUT.search(name) or not SCREEN.search(f"{name}={before}"):
        return ""
    return weakened(before, after) or weakened(f"{name}={before}", f"{name}={after}")


def _fact(delta: Delta, lost: str) -> Fact:
    name = delta.path.rsplit(".", 1)[-1]
    fields: dict[str, FactValue] = {
        "name": name, "lost": lost, "before": mask_value(name, _text(delta.before)),
        "after": mask_value(name, _text(delta.after)),
    }  # fmt: skip
    return Fact("connection", fields, delta.path, delta.before_region, delta.after_region)


def _text(value: Value | None) -> str:
    return value.scalar[:_MOST] if value is not None and isinstance(value.scalar, str) else ""
