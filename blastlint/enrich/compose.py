"""Facts about compose projects and services.

`binding`: under another name a project's containers, networks and named volumes are others. `guard` of kind volume: what a
service stores in a named volume stays there when something else is mounted in its place, or nothing is; the container begins
with what is there now. A volume is known by its real name, so that writing out the one that it has already is no change.
`guard` of kind healthcheck: a service that started only once another one was well, or done, and does not wait for that now.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from blastlint.enrich.context import Context
from blastlint.frozen import dataclass
from blastlint.model import Change, Entity, Fact, FactValue, Region, Value, scalar_text
from blastlint.regex import regex

PASSING = regex(
    r"(?i)cache|node_modules|tmp|temp|\bvenv\b|\.venv|build|sock|bundle|gems|vendor|\.next|target|pnpm|yarn|npm"
)
_WAITS = {"service_healthy": "well", "service_completed_successfully": "done"}  # as Compose calls them
_STORED = "what it stores, across a restart"


@dataclass(frozen=True, slots=True)
class _Mount:
    """One mount of a service: `source` is a volume's name as the project has it, a path, or empty (a volume without a name,
    or, with `scratch`, a file system in memory)."""

    source: str
    target: str
    text: str
    region: Region | None
    scratch: bool = False

    @property
    def is_named(self) -> bool:
        return bool(self.source) and self.source[0] not in "./~$"


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """What a project or a service that is on both sides does otherwise."""
    before, after = change.before, change.after
    if before is None or after is None:
        return
    if change.kind == "compose.project":
        yield from _renamed(before, after)
        yield from _made_otherwise(before, after)
        return
    if any(delta.path.startswith(("volumes", "tmpfs")) for delta in change.deltas):
        projects = _project(before, context.entities_before), _project(after, context.entities_after)
        yield from _mounted_otherwise(before, after, *projects)
    if any(delta.path.startswith("depends_on") for delta in change.deltas):
        yield from _waiting_less(before, after, context)


# --- projects ---------------------------------------------------------------------------------------------------------


def _renamed(before: Entity, after: Entity) -> Iterator[Fact]:
    """Whether a project that has volumes of its own is called otherwise now."""
    old, new = _name(before), _name(after)
    if not old or not new or old == new or not _own_volumes(before):
        return
    names = [entity.attributes.get("name") for entity in (before, after)]
    places = [
        value.region if value is not None else entity.header
        for value, entity in zip(names, (before, after), strict=True)
    ]
    volumes = ", ".join(_own_volumes(before)[:5])
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


def _made_otherwise(before: Entity, after: Entity) -> Iterator[Fact]:
    """Volumes with another driver or other options: compose asks to make them anew, without what they hold. And those that
    are another volume outside the project: the one that it had is left where it was."""
    for name, old in _volumes(before).items():
        new = _volumes(after).get(name)
        real = _real_name(before, name), _real_name(after, name)
        if new is not None and real[0] != real[1] and _name(before) == _name(after):
            yield volume_guard(f"volumes.{name}", *real, old.region, new.region, "off")
        settings = [(volume.get("driver"), volume.get("driver_opts")) for volume in (old, new) if volume is not None]
        if new is not None and settings[0] != settings[1] and _real_name(before, name) == _real_name(after, name):
            drivers = [str(driver.scalar) if driver is not None else "local" for driver, _ in settings]
            told = drivers if drivers[0] != drivers[1] else [f"{drivers[0]} with other options"] * 2
            yield volume_guard(f"volumes.{name}", told[0], told[1], old.region, new.region, "unknown")


def _name(project: Entity) -> str:
    """The project's name: as written, else that of its directory; empty where it is computed."""
    name = project.attributes.get("name")
    if name is not None:
        text = str(name.scalar or "") if name.known else ""
        return "" if "$" in text else text
    return posixpath.basename(project.configuration).lower()


def _volumes(project: Entity | None) -> Mapping[str, Value]:
    volumes = project.attributes.get("volumes") if project is not None else None
    return volumes.items if volumes is not None else {}


def _own_volumes(project: Entity) -> list[str]:
    """The named volumes that are the project's own."""
    return [
        name
        for name, volume in _volumes(project).items()
        if not volume.is_map or (volume.get("external") is None and volume.get("name") is None)
    ]


def _real_name(project: Entity | None, name: str) -> str:
    """What a volume is called outside the project."""
    volume = _volumes(project).get(name, Value())
    named, external = volume.get("name"), volume.get("external")
    if named is not None and named.scalar:
        return str(named.scalar)
    outside = external is not None and external.scalar not in (None, False)
    return name if outside or project is None else f"{_name(project)}_{name}"


def _project(service: Entity, side: Sequence[Entity]) -> Entity | None:
    return next((e for e in side if e.kind == "compose.project" and e.region.path == service.region.path), None)


# --- services ---------------------------------------------------------------------------------------------------------


def _mounted_otherwise(
    before: Entity, after: Entity, old_project: Entity | None, new_project: Entity | None
) -> Iterator[Fact]:
    """One fact for the volumes that are not mounted where they were, nor anywhere else in the service."""
    now = {mount.target: mount for mount in _mounts(after)}
    still = {_real_name(new_project, m.source) for m in now.values() if m.is_named}
    lost = [
        mount
        for mount in _mounts(before)
        if not PASSING.search(f"{mount.source} {mount.target}")
        and (_real_name(old_project, mount.source) not in still if mount.is_named else _is_dropped(mount, now))
    ]
    if not lost:
        return
    kept = [now[m.target] for m in lost if m.target in now and now[m.target].source]
    # What is there now may be filled from elsewhere; and an image may have a volume there that nobody has to write.
    strength = "off" if any(m.is_named and m.target not in (k.target for k in kept) for m in lost) else "unknown"
    told = ", ".join(m.text for m in kept) or "nothing that lasts"
    place = kept[0].region if kept else (found.region if (found := after.attributes.get("volumes")) else None)
    yield volume_guard("volumes", ", ".join(m.text for m in lost), told, lost[0].region, place, strength)


def _is_dropped(mount: _Mount, now: Mapping[str, _Mount]) -> bool:
    """Whether it is a volume without a name, and nothing else is mounted in its place."""
    return not mount.source and not mount.scratch and (mount.target not in now or now[mount.target].scratch)


def _mounts(service: Entity) -> Iterator[_Mount]:
    listed = service.attributes.get("volumes")
    for entry in listed.elements if listed is not None else ():
        text = entry.scalar
        if isinstance(text, str):
            source, colon, rest = text.partition(":")
            target = rest.partition(":")[0] if colon else source
            yield _Mount(source if colon else "", target, text, entry.region)
        elif entry.is_map:
            kind, source, target = (_text(entry, key) for key in ("type", "source", "target"))
            shown = f"{source or kind}:{target}"
            path = source if kind != "bind" or source.startswith((".", "/", "~", "$")) else f"./{source}"
            scratch = kind == "tmpfs"
            yield _Mount("" if scratch else path, target, shown, entry.region, scratch)


def _text(value: Value, key: str) -> str:
    return scalar_text(value.get(key))


def volume_guard(
    name: str, before: str, after: str, old: Region | None, new: Region | None, strength: str
) -> Fact:
    """What stored data keeps it less surely, or no more."""
    fields: dict[str, FactValue] = {
        "kind": "volume",
        "name": name,
        "direction": "weakened",
        "strength": strength,
        "before": before,
        "after": after,
        "shift": f"{name} {before} -> {after}",
        "subject": _STORED,
        "copies": None,
    }
    return Fact("guard", fields, name, old, new)


# --- what a service waits for -----------------------------------------------------------------------------------------


def _waiting_less(before: Entity, after: Entity, context: Context) -> Iterator[Fact]:
    """One fact for the services that it no longer waits to be well or done, where they still are and could be."""
    for name, old in _conditions(before).items():
        condition = _text(old, "condition")
        new = _conditions(after).get(name)
        if condition not in _WAITS or (new is not None and not new.known):
            continue
        now = _text(new, "condition") if new is not None else ""
        if now in _WAITS or _is_explained(name, condition, before, after, context):
            continue
        told = now or "service_started" if new is not None else "nothing"
        path = f"depends_on.{name}.condition"
        fields: dict[str, FactValue] = {
            "kind": "healthcheck",
            "name": path,
            "direction": "weakened",
            "strength": "lowered",
            "before": condition,
            "after": told,
            "shift": f"it starts before {name} is {_WAITS[condition]} ({path} {condition} -> {told})",
            "subject": "",
            "copies": None,
        }
        yield Fact("guard", fields, path, old.region, new.region if new is not None else None)
        return


def _conditions(service: Entity) -> Mapping[str, Value]:
    """service -> how it is waited for; empty for one of a list, which is only started first."""
    listed = service.attributes.get("depends_on")
    if listed is None:
        return {}
    return listed.items or {str(entry.scalar): Value({}, region=entry.region) for entry in listed.elements}


def _is_explained(name: str, condition: str, before: Entity, after: Entity, context: Context) -> bool:
    """Whether the other service went, or its check (which is told of it), or this one does not speak to it any more."""
    sides = ((before, context.entities_before), (after, context.entities_after))
    was, now = (next((o for o in side if o.address == f"{e.region.path}:{name}"), None) for e, side in sides)
    if was is not None and (now is None or (condition == "service_healthy" and _is_checked(was) and not _is_checked(now))):
        return True
    return _mentions(before, name) and not _mentions(after, name)


def _mentions(service: Entity, name: str) -> bool:
    """Whether it speaks to that service: names it as the host of an address, say."""
    named = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])")
    others = (leaf for path, leaf in service.attributes.leaves() if not path.startswith(("depends_on", "image", "build")))
    return any(isinstance(leaf.scalar, str) and named.search(leaf.scalar) is not None for leaf in others)


def _is_checked(service: Entity) -> bool:
    check = service.attributes.get("healthcheck")
    return check is not None and _text(check, "disable").lower() != "true"
