"""`binding` facts about compose projects: under another name its containers, networks and named volumes are others."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.model import Change, Entity, Fact, FactValue


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """Whether a project that has volumes of its own is called otherwise now."""
    before, after = change.before, change.after
    if change.kind != "compose.project" or before is None or after is None:
        return
    old, new = _name(before), _name(after)
    if not old or not new or old == new or not _volumes(before):
        return
    names = [entity.attributes.get("name") for entity in (before, after)]
    places = [
        value.region if value is not None else entity.header
        for value, entity in zip(names, (before, after), strict=True)
    ]
    volumes = ", ".join(_volumes(before)[:5])
    summary = f"the project {old} is {new} now, with empty volumes ({volumes}) of that name"
    fields: dict[str, FactValue] = {
        "what": "context",
        "before": old,
        "after": new,
        "strength": "moved",
        "certain": True,
        "summary": summary,
        "destroyed": False,
    }
    yield Fact("binding", fields, "name", places[0], places[1])


def _name(project: Entity) -> str:
    """The project's name: as written, else that of its directory; empty where it is computed."""
    name = project.attributes.get("name")
    if name is not None:
        text = str(name.scalar or "") if name.known else ""
        return "" if "$" in text else text
    return posixpath.basename(project.configuration).lower()


def _volumes(project: Entity) -> list[str]:
    """The named volumes that are the project's own."""
    volumes = project.attributes.get("volumes")
    items = volumes.items if volumes is not None else {}
    return [
        name
        for name, volume in items.items()
        if not volume.is_map or (volume.get("external") is None and volume.get("name") is None)
    ]
