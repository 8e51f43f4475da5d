"""Settings by which an application builds its schema anew when it starts, as `command` facts of class schema-reset: that is
what they come to, and one rule judges both. Hibernate's ddl-auto, TypeORM's and Sequelize's synchronize and dropSchema.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.surroundings import environment_in, path_class_of
from blastlint.model import Change, Fact, FactValue, scalar_text
from blastlint.regex import regex

_CREATES = regex(r"(^|[.\]])(ddl-auto|ddl_auto|ddlauto|hbm2ddl[._]auto)$", re.IGNORECASE)
_DROPS = regex(r"(^|[.\]])(dropSchema|synchronize|schemaSync|force_sync)$")
_ORM = regex(r"ormconfig|typeorm|database|datasource|db[._-]?config|sequelize|hibernate|jpa", re.IGNORECASE)
_TESTING = regex(r"(^|[^a-z])(tests?|testing|local|dev|development|ci|h2)([^a-z]|$)", re.IGNORECASE)


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The fact of one changed key of a configuration file."""
    if len(change.deltas) != 1 or change.deltas[0].after is None or change.action == "removed":
        return
    delta = change.deltas[0]
    name = delta.path.replace('["', ".").replace('"]', "")
    after, before = scalar_text(delta.after), scalar_text(delta.before)
    if not _resets(change.path, name, after) or _resets(change.path, name, before):
        return
    place = f"{change.path} {name}"
    fields: dict[str, FactValue] = {
        "classes": ("schema-reset",),
        "status": "modified" if before else "added",
        "tool": name.rpartition(".")[2],
        "verb": after,
        "text": f"{name} = {after}",
        "before": before,
        "target": "",
        "target_kind": "none",
        "production": environment_in(place) == "production",
        "ephemeral": bool(_TESTING.search(place)) or path_class_of(change.path, context.config) == "test",
        "container": "config",
        "escalated": True,
        "target_worse": True,
        "declared": False,
        "new_file": False,
    }
    yield Fact("command", fields, delta.path, delta.before_region, delta.after_region)


def _resets(path: str, name: str, value: str) -> bool:
    if _CREATES.search(name):
        return value.lower().startswith("create")
    return bool(_DROPS.search(name)) and value.lower() == "true" and bool(_ORM.search(f"{path} {name}"))
