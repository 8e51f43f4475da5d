"""`guard` facts of kind backup: a job that made copies of data, and is gone or suspended while the data stay.

A job is known by its kind (Velero's Schedule, ScheduledBackup), by its name, or by what it runs. One that comes back under
another name and runs the same, and one that goes together with what it copied, is no loss.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.facts.paths import found, steps
from blastlint.facts.stateful import stateful_class, table_name
from blastlint.facts.units import truth
from blastlint.model import Change, Entity, Fact, FactValue, Region, Value
from blastlint.regex import regex

_KINDS = frozenset({"ScheduledBackup", "BackupSchedule"})
_COPIES = regex(
    r"(?i)(^|[-_./\s\"'])(backups?|pg_?dump(all)?|pg_basebackup|mysqldump|mariadb-dump|mongodump|restic|velero|wal-g|wal-e"
    r"|pgbackrest|xtrabackup|mariabackup|borg(matic)?|etcd-?snapshot|db-?dump)($|[-_./\s\"':])"
)
_OTHER = regex(r"(?i)prune|clean|purge|expire|restore|verif|forget|monitor|exporter|check|list|report")
_SUSPENDED = ("spec.suspend", "spec.paused")


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """Whether a backup is made no more."""
    before, after = change.before, change.after
    if before is None or not _is_backup(before):
        return
    if after is None:
        if not _comes_back(before, context) and not _goes_with_its_data(before, context):
            yield _fact("", "a backup is made on schedule", "absent", "it is removed", before.header or before.region, None)
        return
    for path in _SUSPENDED:
        old, new = found(before.attributes, steps(path)), found(after.attributes, steps(path))
        if _is_on(new) and not _is_on(old):
            place = new.region if new is not None else after.header
            yield _fact(path, "false", "true", f"{path} false -> true", old.region if old else before.header, place)


def _is_backup(entity: Entity) -> bool:
    group = entity.address.partition("/")[0]
    if entity.kind == "kubernetes.object" and (entity.type in _KINDS or (group, entity.type) == ("velero.io", "Schedule")):
        return True
    if entity.type not in ("CronJob", "CronWorkflow", "cron.job"):
        return False
    texts = (entity.name.rpartition("/")[2], *_runs(entity))
    return not _OTHER.search(texts[0]) and any(_COPIES.search(text) for text in texts)


def _runs(entity: Entity) -> tuple[str, ...]:
    """What the job executes, as texts."""
    if entity.type == "cron.job":
        command = entity.attributes.get("command")
        return (str(command.scalar),) if command is not None else ()
    pod = found(entity.attributes, steps("spec.jobTemplate.spec.template.spec"))
    containers = pod.get("containers") if pod is not None else None
    texts = []
    for container in containers.elements if containers is not None else ():
        for key in ("image", "command", "args"):
            value = container.get(key)
            texts += [str(leaf.scalar) for _, leaf in value.leaves() if leaf.known] if value is not None else []
    return tuple(texts)


def _comes_back(gone: Entity, context: Context) -> bool:
    """Whether a job that is new runs the same."""
    born = [c.after for c in context.changes if c.before is None and c.after is not None and c.after.type == gone.type]
    return any(_is_backup(entity) and (_runs(entity) == _runs(gone) or not _runs(gone)) for entity in born)


def _goes_with_its_data(gone: Entity, context: Context) -> bool:
    """Whether something that holds data goes from the same place."""
    return any(
        change.before is not None
        and change.after is None
        and change.before.configuration == gone.configuration
        and stateful_class(table_name(change.kind, change.type)) == "data"
        for change in context.changes
    )


def _is_on(value: Value | None) -> bool:
    return value is not None and value.known and truth(value.scalar) is True


def _fact(path: str, before: str, after: str, shift: str, old: Region | None, new: Region | None) -> Fact:
    fields: dict[str, FactValue] = {
        "kind": "backup",
        "name": path or "schedule",
        "direction": "weakened",
        "strength": "off",
        "before": before,
        "after": after,
        "shift": shift,
        "subject": "a copy of the data to go back to",
        "copies": None,
    }
    return Fact("guard", fields, path, old, new)
