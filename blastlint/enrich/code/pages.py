"""Templates of pages: what was written as text and is written as markup now (`{{ name }}` -> `{{ name|safe }}`), and what
protected a page and is gone while the page stays. Rows of facts/pages.json.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from blastlint.enrich.breadth.texts import text_of
from blastlint.enrich.context import Context
from blastlint.enrich.surroundings import path_class_of
from blastlint.facts import table
from blastlint.model import Change, Fact, FactValue, Region, Side


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """One `counterpart` fact for the first text that became markup, and one `hardening` fact for each protection."""
    if change.before is None or change.after is None or path_class_of(change.path, context.config) == "test":
        return
    old = text_of(context.before.tree.read(change.before.address))
    new = text_of(context.after.tree.read(change.after.address))
    if old is not None and new is not None:
        yield from _unescaped(change, old.text, new.text)
        for row in table("pages")["protections"]:
            yield from _gone(change, old.text, new.text, row)


def _unescaped(change: Change, old: str, new: str) -> Iterator[Fact]:
    markup, text = re.compile(table("pages")["markup"]), re.compile(table("pages")["text"])
    raw = list(markup.finditer(new))
    known = {_expression(m) for m in markup.finditer(old)} if raw else set()
    shown = {_expression(m): m for m in text.finditer(old)} if raw else {}
    for found in raw:
        name = _expression(found)
        if name in shown and name not in known:
            fields: dict[str, FactValue] = {
                "kind": "injection", "risk": "what people type becomes part of the page, with the scripts in it",
                "before": shown[name][0].strip(), "after": found[0].strip(),
            }  # fmt: skip
            places = _place(change, "before", old, shown[name]), _place(change, "after", new, found)
            yield Fact("counterpart", fields, f"injection {name}", *places)
            return


def _gone(change: Change, old: str, new: str, row: Mapping[str, str]) -> Iterator[Fact]:
    said, stays = re.compile(row["said"]), re.compile(row["stays"])
    first = said.search(old)
    if first is None or len(said.findall(new)) >= len(said.findall(old)):
        return
    if len(stays.findall(new)) >= len(stays.findall(old)) > 0:
        fields: dict[str, FactValue] = {
            "name": row["name"], "what": row["what"], "before": row["name"], "after": "", "setting": f"no {row['name']}",
            "local": False, "new_code": False, "anonymous": False, "number": False,
        }  # fmt: skip
        yield Fact("hardening", fields, row["name"], _place(change, "before", old, first))


def _expression(match: re.Match[str]) -> str:
    """What is put into the page: the one group of the alternative that matched."""
    return next(group for group in match.groups() if group is not None).lstrip("$@")


def _place(change: Change, side: Side, text: str, match: re.Match[str]) -> Region:
    entity = change.before if side == "before" else change.after
    assert entity is not None  # both sides are there, or nothing is asked
    return Region(side, entity.address, text.count("\n", 0, match.start()) + 1)
