"""Change sets written as two mappings, and the facts and findings about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from blastlint import diff, pipeline, resolve
from blastlint.config import Config
from blastlint.diff import files
from blastlint.engine.load import shipped_rules
from blastlint.enrich import breadth
from blastlint.enrich.breadth import rewrite
from blastlint.enrich.context import Context
from blastlint.model import Author, ChangeSet, Fact
from blastlint.parse.workspace import Workspace
from blastlint.sources.memory import change_set

Files = Mapping[str, str | bytes]


def context(changed: ChangeSet) -> Context:
    before, after = Workspace(changed.before, "before"), Workspace(changed.after, "after")
    paths = sorted({p for f in changed.files for p in (f.before, f.after) if p})
    old, new = resolve.entities(before, paths), resolve.entities(after, paths)
    return Context(changed, Config(), before, after, old, new, (*diff.changes(old, new), *files.changes(changed)))


def file_facts(before: Files, after: Files) -> dict[str, Fact]:
    """The fact about each file that has one."""
    found = context(change_set(before, after))
    return {c.address: fact for c in found.changes if c.kind == "file" for fact in rewrite.facts(c, found)}


def set_facts(before: Files, after: Files, message: str = "", authors: tuple[str, ...] = ()) -> dict[str, Fact]:
    """The facts about the change set, by name."""
    people = tuple(Author(name, "someone@example.org") for name in authors)
    found = context(replace(change_set(before, after, message), authors=people))
    return {fact.name: fact for c in found.changes if c.kind == "change-set" for fact in breadth.facts(c, found)}


def findings(before: Files, after: Files, message: str = "") -> list[tuple[str, str, str]]:
    """(rule, address, severity) of the rules of the MAS family."""
    rules = [rule for rule in shipped_rules() if rule.id.startswith("MAS")]
    report = pipeline.check(change_set(before, after, message), rules)
    return [(f.rule_id, f.address, f.severity) for f in report.findings]
