"""The closed list of facts that rules may ask about. A rule that names anything else does not load.

`CHANGE` holds for every impact. Each entry of `FACTS` is one kind of `model.Fact`: a rule says which with `on:`, and then
asks its fields as `<fact>.<field>` beside the change's. Lists are tuples of strings; a field that does not apply is None.
"""

from __future__ import annotations

from collections.abc import Mapping

CHANGE: Mapping[str, str] = {
    "kind": "terraform.resource, kubernetes.object, python.function, config.key, command, file, change-set, ...",
    "type": "the entity's type within its kind: aws_db_instance, Deployment, a command's tool, ...",
    "name": "the entity's own name",
    "address": "the address (before for destroy and forget, else after)",
    "previous_address": "the address before, when moved or renamed",
    "action": "added, removed, modified, moved: what the text did",
    "effect": "no-op, create, in-place, replace, destroy, forget, orphan, unknown: what applying it does",
    "cause": "direct or cascade",
    "evidence": "source, plan or text",
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
    "rename": {
        "to": "address of the added entity that is the removed one under another name",
        "similarity": "0..1 of their bodies",
        "ambiguous": "true when another candidate is as similar",
    },
    "guard": {
        "kind": "deletion-protection, prevent-destroy, deletion-policy, force-destroy, backup, final-snapshot, "
        "redundancy, retention, confirmation, dry-run, environment, ...: the table is blastlint/facts/guards.json",
        "name": "the attribute or option",
        "direction": "weakened or strengthened",
        "strength": "off (gone or zero), lowered, or unknown",
        "before": "text of the old value, or empty when absent",
        "after": "text of the new value, or empty when absent",
        "subject": "what it guards, in words",
    },
    "binding": {
        "what": "backend, provider-region, provider-account, workspace, state-file, context, stage",
        "before": "text",
        "after": "text",
        "strength": "moved, key-changed, removed, added",
    },
    "grant": {
        "level": "admin (everything), service (service:*), write, read",
        "actions": "list: the added actions",
        "resources": "all, wildcard, listed",
        "principal": "who gets it, or empty",
        "summary": "the widening in words",
    },
    "exposure": {
        "what": "ingress, egress, public-access, scheme, service-type, published-port, bind-address",
        "ports": "list of added ports or ranges, empty for all",
        "port_class": "admin, database, web, all, other",
        "before": "text",
        "after": "text",
    },
    "capacity": {
        "name": "the attribute",
        "before": "number",
        "after": "number",
        "ratio": "after / before",
        "zero": "true when it is now nothing",
        "autoscaled": "true when an autoscaler owns the number",
    },
    "command": {
        "classes": "list: recursive-delete, iac-destroy, iac-apply, platform-destroy, schema-reset, cloud-delete, "
        "overwrite, deploy, ...",
        "status": "added, modified or removed",
        "tool": "the program",
        "verb": "its subcommands, joined with spaces",
        "text": "the command, one line, secrets masked",
        "before": "the command before, when modified",
        "target": "what it acts on, as written",
        "target_kind": "literal, variable, unset-variable, glob, root, home, temporary, build, all, none",
        "production": "true when the target or its surroundings are production-class",
        "ephemeral": "true in a test, preview or local-cluster context",
        "narrowing_lost": "list: options that narrowed the target before and are gone or looser",
        "approvals_added": "list: options that skip a question, newly present",
        "dry_run_lost": "true when the command before only pretended",
        "guards_lost": "list: conditions that ran before it and are gone",
        "unchecked_step": "text of an earlier step of the same script whose failure is ignored, or empty",
        "pairs_with": "text of the create/apply command on the same target, or empty",
        "container": "script, ci, dockerfile, makefile, package-script, code, docs",
        "saved_plan": "true when it applies a plan file made and kept earlier",
    },
    "key": {
        "path": "dotted path of the key",
        "name": "its last part, lower case",
        "what": "added, removed, modified",
        "before": "text",
        "after": "text",
        "ratio": "after / before in one unit, for numbers; None otherwise",
        "quantity": "timeout, limit, price, percent, ttl, rate, size, count or empty: what the number measures",
        "unit_changed": "true when the unit's suffix changed",
        "polarity": "weakened, strengthened, or unknown: which way a safety switch moved",
        "blanked": "empty, placeholder or null when a value was lost, else empty",
        "referenced": "true when code or configuration still reads it",
    },
    "churn": {
        "removed": "keys gone and not found elsewhere in the change set",
        "total": "keys before",
        "share": "removed / total",
        "secret_like": "true for environment and secret files",
    },
    "rewrite": {
        "line_similarity": "0..1",
        "symbol_overlap": "0..1 share of names on both sides",
        "lines": "lines before",
    },
    "reformat": {
        "lines_changed": "share of lines that differ",
        "nodes_changed": "number of semantic differences",
        "hidden": "what the difference is, in words, or empty",
    },
    "breadth": {
        "files": "files touched, weighted without generated, vendored, lock and moved ones",
        "limit": "the limit that it is compared with",
        "components": "top-level directories touched",
        "summary": "in words",
    },
    "mass-deletion": {
        "files": "files deleted without a move",
        "share": "of the files under the same directory before",
        "directory": "the common directory, or empty",
        "what": "source, test, infrastructure, migration, other",
    },
    "handler": {
        "what": "emptied, broadened, added",
        "exception": "the type caught",
        "body": "pass, continue, return-default, log-only, other",
        "protects": "io, database, command, other: what the try body does",
    },
    "auth": {
        "name": "the decorator, dependency, permission or middleware that is gone",
        "after": "what stands in its place, or empty",
        "route": "true when the function is reachable from outside",
    },
    "tls": {
        "name": "the option",
        "after": "its new text",
        "local": "true when the peer is localhost or the file is a test",
        "new_code": "true when the call itself is new",
    },
    "timeout": {
        "name": "timeout, retries, backoff",
        "what": "removed, unbounded, raised",
        "before": "text",
        "after": "text",
        "call": "the call it belongs to",
    },
    "test": {
        "what": "deleted",
        "name": "the test",
        "subject_alive": "true when what it tests is still there",
        "share": "share of the suite (file or directory) that is gone",
        "framework": "pytest, unittest, jest, go, junit, rspec, ...",
    },
    "assertion": {
        "what": "removed, loosened, inverted, constant",
        "before": "text",
        "after": "text",
        "test": "the test",
        "count_before": "number",
        "count_after": "number",
    },
    "job": {
        "what": "nonblocking, approval-removed, disabled",
        "job": "job or stage name",
        "class": "test, security, lint, deploy, advisory, other",
        "before": "text",
        "after": "text",
        "needed": "true when another job waits for it",
        "production": "true when it deploys to production",
    },
    "policy": {
        "what": "rule-off, severity-lowered, fail-on-raised, path-excluded, production-dropped, config-removed, "
        "config-added",
        "name": "the setting",
        "before": "text",
        "after": "text",
    },
    "suppression": {
        "rule": "the rule allowed",
        "reason": "the reason given, or empty",
        "scope": "line or file",
    },
    "linter-step": {
        "what": "removed, advisory, exit-zero, narrowed",
        "before": "text",
        "after": "text",
    },
    "analysis": {
        "what": "opaque, partial",
        "reason": "why",
        "guarded": "true when the file is of a kind that the rules guard",
    },
    "intent": {
        "claim": "the words in the message that make it small: typo, docs, ...",
        "worst": "severity of the worst finding",
        "findings": "number of findings at high or above",
        "summary": "what the change really does",
    },
}
