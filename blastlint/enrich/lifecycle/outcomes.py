"""What happens to one instance; and of what goes or is replaced, the words of a message: destroyed, kept, left behind."""

from __future__ import annotations

from collections.abc import Sequence

from blastlint.diff.moves import parsed
from blastlint.enrich.lifecycle.retention import kept_on_removal, kept_on_replacement
from blastlint.facts.stateful import contents, lesser_data, table_name
from blastlint.frozen import dataclass
from blastlint.model import Cause, Confidence, Effect, Entity, Evidence, Impact

HOLDS_STATE = ("data", "secrets_keys", "backups")
# What has one of these is a copy of something else, or computes on data that stand elsewhere (a cluster's volume).
_REPLICA_ARGUMENTS = ("replicate_source_db", "replication_source_identifier", "global_replication_group_id")
_REPLICA_PROPERTIES = {
    "AWS::RDS::DBInstance": ("SourceDBInstanceIdentifier", "DBClusterIdentifier"),
    "AWS::RDS::DBCluster": ("ReplicationSourceIdentifier",),
    "AWS::ElastiCache::ReplicationGroup": ("GlobalReplicationGroupId",),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happens to one instance. `because` is the address whose change brought it about, for a cascade. `evidence` says
    whether it is foreseen or a plan told it."""

    effect: Effect
    cause: Cause = "direct"
    confidence: Confidence = "high"
    replace_paths: tuple[str, ...] = ()
    because: str = ""
    evidence: Evidence = "source"


def after_removal(root: Impact, impacts: Sequence[Impact]) -> str:
    """Of what is no longer written: the predicate of a sentence about it."""
    if root.effect == "orphan":
        return "is left behind: nothing deploys its template any more"
    if root.effect == "forget":
        return "is kept, but managed by nothing any more"
    if _has_snapshot(root):
        return "is destroyed after a last snapshot"
    return "is destroyed with what it holds" if any(i.stateful in HOLDS_STATE for i in impacts) else "is destroyed"


def after_rename(impact: Impact) -> str:
    """Of what is written under another name now."""
    if impact.effect == "destroy" and not _has_snapshot(impact):
        return "is destroyed and created anew"
    return f"{after_removal(impact, [impact])}, and a new one is created"


def after_replacement(impact: Impact) -> str:
    """Of what is replaced: the predicate of a sentence about it."""
    before, after = impact.change.before, impact.change.after
    if impact.change.kind == "kubernetes.object":
        return "cannot be changed like this, only deleted and created anew"
    kept = ""
    if before is not None and after is not None and after.kind == "cloudformation.resource":
        kept = kept_on_replacement(before, after)
    verb = "is" if impact.confidence == "high" else "may be"
    if kept == "retained":
        return f"{verb} created anew; the old one is kept, but managed by nothing any more"
    if kept == "snapshot":
        return f"{verb} created anew; of the old one only a snapshot stays"
    return f"{verb} destroyed and created anew"


def _has_snapshot(impact: Impact) -> bool:
    before = impact.change.before
    return before is not None and before.kind == "cloudformation.resource" and kept_on_removal(before) == "snapshot"


def less_because(entity: Entity) -> str:
    """Why what a thing holds weighs less, by its type or because it is a copy of what stays elsewhere."""
    is_replica = any(name in entity.attributes.items for name in _REPLICA_ARGUMENTS) or any(
        entity.attributes.get("Properties", name) is not None for name in _REPLICA_PROPERTIES.get(entity.type, ())
    )
    return lesser_data(table_name(entity.kind, entity.type)) or ("replica" if is_replica or _is_copy(entity) else "")


def _is_copy(entity: Entity) -> bool:
    """Whether what a secret holds is written in the configuration, and read from elsewhere: a data source."""
    values = [v for name in contents(entity.type) if (v := entity.attributes.get(name)) is not None]
    refs = {ref for value in values for ref in value.refs}
    return bool(refs) and all("data" in (step.name for step in parsed(ref)) for ref in refs)
