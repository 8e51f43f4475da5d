"""What an argument that else makes a new resource may become without one: another value of the same group, or more of the
same. `within` and `grows` of the providers' facts say which arguments these are (facts/providers.py)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from blastlint.facts.paths import found, steps
from blastlint.facts.providers import TypeFacts
from blastlint.globs import matches
from blastlint.model import Entity, Value

_SAME_TYPE = {"INT64": "INTEGER", "FLOAT64": "FLOAT", "BOOL": "BOOLEAN", "STRUCT": "RECORD"}


def stays(before: Entity, after: Entity, path: str, facts: TypeFacts) -> bool:
    """Whether the change of the argument at `path`, or of the one that it is a part of, is made in place."""
    if not (facts.within or facts.grows):
        return False
    here = path
    while here:
        if here in facts.within or here in facts.grows:
            old, new = (found(entity.attributes, steps(here)) for entity in (before, after))
            if old is not None and new is not None:
                return _is_within(old, new, facts.within.get(here, ())) or (here in facts.grows and _grows(old, new))
        here = here.rpartition(".")[0]
    return False


def _is_within(old: Value, new: Value, groups: Sequence[Sequence[str]]) -> bool:
    """Whether both are of one group, of which each is a list of patterns."""
    values = old.scalar, new.scalar
    if not all(isinstance(value, str) for value in values):
        return False
    return any(all(matches(str(value), group) for value in values) for group in groups)


def _grows(old: Value, new: Value) -> bool:
    """Whether a list goes on where it ended, or every column of a schema is still there as it was."""
    if old.is_list and new.is_list:
        return new.elements[: len(old.elements)] == old.elements
    return _holds(_columns(old.scalar), _columns(new.scalar))


def _columns(text: object) -> object:
    try:
        return json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None


def _holds(old: object, new: object) -> bool:
    """Whether a list of columns has all of another one, none of a new type and none that has to be filled in now."""
    if not isinstance(old, list) or not isinstance(new, list):
        return False
    by_name = {column.get("name"): column for column in new if isinstance(column, Mapping)}
    return all(isinstance(column, Mapping) and _is_kept(column, by_name.get(column.get("name"))) for column in old)


def _is_kept(old: Mapping[str, object], new: Mapping[str, object] | None) -> bool:
    if new is None or _type(old) != _type(new):
        return False
    modes = [str(side.get("mode") or "NULLABLE").upper() for side in (old, new)]
    if modes[0] != modes[1] and modes != ["REQUIRED", "NULLABLE"]:
        return False
    fields = old.get("fields") or []
    return not fields or _holds(fields, new.get("fields"))


def _type(column: Mapping[str, object]) -> str:
    said = str(column.get("type", "")).upper()
    return _SAME_TYPE.get(said, said)
