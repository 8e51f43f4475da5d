"""What stays of a CloudFormation resource that leaves its stack: its DeletionPolicy and UpdateReplacePolicy, with defaults.

Without a policy the resource is deleted; when an RDS cluster, or an instance that is in none, leaves its stack, a last
snapshot is taken. `RetainExceptOnCreate` deletes only what a failed creation leaves. For a removal the policy counts as
written before: it is the deployed template's that CloudFormation obeys. For a replacement it has to be there on both sides.
Source: the reference pages of both attributes.
"""

from __future__ import annotations

from typing import Literal

from blastlint.model import Entity, Value

Kept = Literal["", "snapshot", "retained", "unknown"]

_KEPT: dict[str, Kept] = {"Delete": "", "Snapshot": "snapshot", "Retain": "retained", "RetainExceptOnCreate": "retained"}
_CLUSTER = "AWS::RDS::DBCluster"
_INSTANCE = "AWS::RDS::DBInstance"


def kept_on_removal(entity: Entity) -> Kept:
    """What stays when the resource is no longer in its template; nothing ("") of other kinds than CloudFormation's."""
    default = "Snapshot" if _has_last_snapshot(entity) else "Delete"
    return _kept(entity.attributes.get("DeletionPolicy"), default)


def kept_on_replacement(before: Entity, after: Entity) -> Kept:
    """What stays of the old one when the resource is replaced."""
    old, new = (_kept(entity.attributes.get("UpdateReplacePolicy"), "Delete") for entity in (before, after))
    return old if old == new else ""


def _has_last_snapshot(entity: Entity) -> bool:
    in_cluster = entity.attributes.get("Properties", "DBClusterIdentifier") is not None
    return entity.type == _CLUSTER or (entity.type == _INSTANCE and not in_cluster)


def _kept(policy: Value | None, default: str) -> Kept:
    if policy is None:
        return _KEPT[default]
    return _KEPT.get(str(policy.scalar), "unknown") if policy.known else "unknown"
