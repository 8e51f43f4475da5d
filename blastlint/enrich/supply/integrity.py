"""`integrity` facts: what was fetched was compared with a checksum or a signature, and is so no more."""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.command import Command
from blastlint.diff.commands import command_of
from blastlint.enrich.commands.context import attribute
from blastlint.enrich.context import Context
from blastlint.facts import supply as known
from blastlint.masking import mask_text
from blastlint.model import Entity, Fact, FactValue, Region


def facts(context: Context) -> Iterator[Fact]:
    """At most one fact for each way in which a check went."""
    yield from _removed(context)
    yield from _switched_off(context)
    yield from _unlocked(context)
    yield from _files(context)


def _commands(context: Context, side: str) -> dict[str, list[Entity]]:
    """Path -> commands of the changed files, without those of documents."""
    found: dict[str, list[Entity]] = {}
    for entity in context.entities_before if side == "before" else context.entities_after:
        if entity.kind == "command" and attribute(entity, "container") != "docs":
            found.setdefault(entity.region.path, []).append(entity)
    return found


def _removed(context: Context) -> Iterator[Fact]:
    """A verification that is gone while the file still fetches."""
    after = _commands(context, "after")
    everywhere = [c for entities in after.values() for c in entities]
    verifying = sum(1 for e in everywhere if _verifies(e))
    gone: list[Command] = []
    for change in context.changes:
        if change.kind != "command" or change.before is None or not _verifies(change.before):
            continue
        if change.after is not None and _verifies(change.after):
            continue
        path = change.before.region.path
        if any(known.pattern("integrity", "fetches").search(command_of(e).text) for e in after.get(path, ())):
            gone.append(command_of(change.before))
    if gone and verifying < sum(1 for es in _commands(context, "before").values() for e in es if _verifies(e)):
        yield _fact("verification-removed", mask_text(gone[0].text), "nothing", len(gone), gone[0].region, None)


def _verifies(entity: Entity) -> bool:
    verifies = known.pattern("integrity", "verifies")
    return attribute(entity, "container") != "docs" and verifies.search(command_of(entity).text) is not None


def _switched_off(context: Context) -> Iterator[Fact]:
    for change in context.changes:
        if (
            change.kind != "command"
            or change.after is None
            or change.action == "moved"
            or attribute(change.after, "container") == "docs"
        ):
            continue
        new = command_of(change.after)
        old = command_of(change.before).text if change.before is not None else ""
        found = [
            m
            for m in known.pattern("integrity", "off").findall(f"{new.text} {_assigned(new)}")
            if m not in old and not m.startswith("GONOSUMDB=github.com/")
        ]
        if found and (change.before is not None or context.before.tree.size(new.region.path) is not None):
            yield _fact("check-disabled", mask_text(old) or "checked", found[0], 1, None, new.region)
            return


def _assigned(command: Command) -> str:
    return " ".join(f"{name}={value}" for name, value in command.assignments)


def _unlocked(context: Context) -> Iterator[Fact]:
    """`npm ci` becomes `npm install`, `--frozen-lockfile` and `--require-hashes` go."""
    for change in context.changes:
        if change.kind != "command" or change.before is None or attribute(change.before, "container") == "docs":
            continue
        old = command_of(change.before)
        new = command_of(change.after) if change.after is not None else _successor(old, change.before, context)
        if new is None or change.action not in ("modified", "removed"):
            continue
        kept = new.has("frozen-lockfile", "immutable", "locked", "frozen")
        lost = next((o for o in known.names("integrity", "locked") if old.has(o) and not (kept or new.has(o))), "")
        installs = old.tool == "npm" and old.verb == "ci" and new.tool == "npm" and new.verb in ("install", "i")
        if installs or (lost and (new.tool, "install" in new.text) == (old.tool, "install" in old.text)):
            what = "hashes-not-required" if lost == "require-hashes" else "lock-not-followed"
            yield _fact(what, mask_text(old.text), mask_text(new.text), 1, old.region, new.region)
            return


def _successor(old: Command, entity: Entity, context: Context) -> Command | None:
    """The install that stands in the place of a removed `npm ci`."""
    if old.tool != "npm" or old.verb != "ci":
        return None
    born = (c.after for c in context.changes if c.kind == "command" and c.action == "added" and c.after is not None)
    return next(
        (
            command_of(e)
            for e in born
            if e.parent == entity.parent and e.type == "npm" and command_of(e).verb in ("install", "i")
        ),
        None,
    )


def _files(context: Context) -> Iterator[Fact]:
    for file in context.change_set.files:
        for path, key in known.switches():
            if file.after is None or file.before is None or not path.search(file.after):
                continue
            old = set(key.findall((context.before.tree.read(file.before) or b"").decode("utf-8", "replace")))
            new = set(key.findall((context.after.tree.read(file.after) or b"").decode("utf-8", "replace")))
            if new - old:
                yield _fact(
                    "check-disabled", "checked", sorted(new - old)[0], 1, None, Region("after", file.after, 1, 1, 1, 2)
                )
    yield from _hashes(context)


def _hashes(context: Context) -> Iterator[Fact]:
    """Hashes of requirements, and checksums of a lock file, that are gone for most entries."""
    for file in context.change_set.files:
        name = (file.after or "").rpartition("/")[2].lower()
        if (
            file.before is None
            or file.after is None
            or not (name.startswith("requirements") or name in ("package-lock.json", "yarn.lock"))
        ):
            continue
        mark = b"--hash=" if name.startswith("requirements") else b"integrity"
        old = (context.before.tree.read(file.before) or b"").count(mark)
        new = (context.after.tree.read(file.after) or b"").count(mark)
        if old >= 3 and new * 4 < old:
            yield _fact(
                "hashes-removed",
                f"{old} checksums",
                f"{new} checksums",
                old - new,
                None,
                Region("after", file.after, 1, 1, 1, 2),
            )


def _fact(what: str, before: str, after: str, count: int, place: Region | None, place_after: Region | None) -> Fact:
    fields: dict[str, FactValue] = {"what": what, "before": before, "after": after, "count": count}
    return Fact("integrity", fields, f"integrity.{what}", before=place, after=place_after)
