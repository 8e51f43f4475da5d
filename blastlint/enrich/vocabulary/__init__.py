"""The closed list of facts that rules may ask about. A rule that names anything else does not load.

`CHANGE` holds for every impact. Each entry of `FACTS` is one kind of `model.Fact`: a rule says which with `on:`, and then
asks its fields as `<fact>.<field>` beside the change's. Lists are tuples of strings; a field that does not apply is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from blastlint.enrich.vocabulary import change, code, configuration, delivery, infrastructure
from blastlint.model import (
    CONFIDENCES,
    SEVERITIES,
    Action,
    Cause,
    Effect,
    Environment,
    Evidence,
    PathClass,
    Recoverability,
)  # fmt: skip

CHANGE: Mapping[str, str] = {
    "kind": "terraform.resource, kubernetes.object, python.function, config.key, command, file, change-set, ...",
    "type": "the entity's type within its kind: aws_db_instance, Deployment, a command's tool, ...",
    "name": "the entity's own name",
    "address": "the address (before for destroy and forget, else after)",
    "previous_address": "the address before, when moved or renamed",
    "action": "added, removed, modified, moved: what the text did",
    "effect": "no-op, create, in-place, replace, destroy, forget, orphan, unknown: what applying it does",
    "cause": "direct or cascade",
    "evidence": "source, rendered (by a program: --render), plan or text",
    "effect_confidence": "how sure the effect is: high, medium, low",
    "blocked_by": "prevent_destroy or another guard that would stop the effect, else empty",
    "replace_paths": "list: the attributes that force the replacement",
    "stateful": "data, secrets_keys, backups, identity_of_service, compute_env, or empty",
    "recoverability": "reversible, recoverable with effort, recoverable from backup, unrecoverable, unknown",
    "environment": "production, unknown, non-production, ephemeral",
    "path_class": "source, test, docs, example, generated, vendored, lock",
    "path": "the file (after, or before when gone)",
    "language": "the file's language",
    "configuration": "the root directory of the configuration",
    "variant": "the tfvars file, overlay or values file that this holds for, or empty",
    "dependents": "number of entities that depend on this one",
    "explained_by": "the transition that accounts for the change, or empty",
}

FACTS: Mapping[str, Mapping[str, str]] = {
    **infrastructure.FACTS,
    **delivery.FACTS,
    **configuration.FACTS,
    **code.FACTS,
    **change.FACTS,
}

_STATEFUL = ("data", "secrets_keys", "backups", "identity_of_service", "compute_env", "")
_ROLES = (
    "configuration", "manifest", "pipeline", "package", "catalogue", "specification", "dashboard", "state", "data", "code",
    "infrastructure", "zone", "list",
)  # fmt: skip

# Fields that can only have one of these values ("" where it is listed, None always): a rule that asks for another one can
# never hold, and does not load. A value that a provider newly gives is added here.
CLOSED: Mapping[str, tuple[str, ...]] = {
    "action": get_args(Action),
    "effect": get_args(Effect),
    "cause": get_args(Cause),
    "evidence": get_args(Evidence),
    "effect_confidence": CONFIDENCES,
    "environment": get_args(Environment),
    "path_class": get_args(PathClass),
    "recoverability": get_args(Recoverability),
    "stateful": _STATEFUL,
    "removal.stateful": _STATEFUL,
    "rename.stateful": _STATEFUL,
    "shift.stateful": _STATEFUL,
    "guard.direction": ("weakened", "strengthened", "uncertain"),
    "guard.strength": ("off", "lowered", "slightly", "unknown"),
    "command.status": get_args(Action),
    "key.what": get_args(Action),
    "key.polarity": ("weakened", "strengthened", "unknown"),
    "key.blanked": ("empty", "null", "placeholder", "no-elements", ""),
    "rewrite.role": _ROLES,
    "reformat.role": (*_ROLES, ""),
    "mass-deletion.what": ("source", "test", "infrastructure", "migration", "other"),
    "policy.what": (
        "rule-off", "severity-lowered", "fail-on-raised", "path-excluded", "path-lowered", "production-dropped",
        "critical-dropped", "freeze-loosened", "config-added", "config-broken",
    ),
    "selection.what": ("condition", "limit", "scope"),
    "selection.does": ("delete", "update", "read"),
    "linter-step.what": ("removed", "advisory", "exit-zero", "narrowed"),
    "analysis.what": ("opaque", "partial"),
    "intent.worst": SEVERITIES,
    "shared-default.sort": ("removed", "switch", "limit", "number", "text"),
    "flag-rollout.what": ("percent", "on", "default", "rules", "kill-switch"),
    "reuse.what": ("number", "enum", "reserved", "flag", "purpose"),
    "mismatch.what": ("kind", "scope", "tests"),
    "scope-violation.source": ("given", "message"),
    "provenance.strength": ("author", "co-author", "assist", "branch"),
    "agent-permission.what": ("mode", "allow", "directory"),
    "agent-permission.level": (
        "bypass", "everything", "destructive", "any-code", "secrets", "broad", "loosened", "narrow",
    ),
    "agent-guard.what": ("deny", "ask", "hook", "hooks-off", "ignore"),
    "agent-guard.level": ("grave", "lesser"),
    "agent-server.what": ("added", "changed", "unpinned", "unasked", "all-enabled", "secret"),
    "agent-workflow.gained": ("anyone", "writes", "everything"),
    "agent-workflow.risks": ("anyone", "writes", "everything"),
    "hidden-text.sort": ("tags", "bidi", "zero-width", "look-alikes"),
}  # fmt: skip


def is_boolean(name: str) -> bool:
    """Whether a fact is true or false: its description begins so."""
    fact, _, field = name.rpartition(".")
    text = FACTS.get(fact, {}).get(field, "") if fact else CHANGE.get(name, "")
    return text.startswith(("true ", "false "))
