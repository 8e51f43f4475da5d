"""Kubernetes RBAC -> grants: rules of roles, and bindings of the roles that every cluster has. Manifests and the Kubernetes
provider of Terraform say the same in two spellings.

A role's rules grant within what it is bound for: the rules of a Role one namespace, those of a ClusterRole every namespace.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.access.classes import Level
from blastlint.enrich.access.grants import Grant
from blastlint.enrich.access.values import blocks, scalars, text
from blastlint.facts.paths import found, steps
from blastlint.model import Entity, Value
from blastlint.regex import regex

_TERRAFORM = regex(r"^kubernetes_(?P<kind>role|cluster_role|role_binding|cluster_role_binding)(_v\d\w*)?$")
_KINDS = {"role": "Role", "cluster_role": "ClusterRole", "role_binding": "RoleBinding",
          "cluster_role_binding": "ClusterRoleBinding"}  # fmt: skip
_AGGREGATED = "rbac.authorization.k8s.io/aggregate-to-"
NAMESPACE = "one namespace"


def kind_of(entity: Entity) -> str:
    """Role, ClusterRole, RoleBinding, ClusterRoleBinding, or empty."""
    if entity.kind == "kubernetes.object":
        return entity.type if entity.type in _KINDS.values() else ""
    match = _TERRAFORM.match(entity.type)
    return _KINDS[match["kind"]] if match else ""


def grants_of(entity: Entity) -> tuple[Grant, ...]:
    """The grants of one role or binding; empty for everything else."""
    kind = kind_of(entity)
    attributes = entity.attributes
    if kind.endswith("Role"):
        rules = blocks(attributes.get("rules") or attributes.get("rule"))
        return (*_rules(rules, "" if kind == "ClusterRole" else NAMESPACE), *_given_on(attributes, rules))
    return tuple(_bound(entity, kind)) if kind else ()


def _rules(rules: tuple[Value, ...], scope: str, gathered: str = "") -> Iterator[Grant]:
    """The grants of rules; `gathered` is the role by which its holders get them too."""
    for rule in rules:
        groups = scalars(rule.get("apiGroups") or rule.get("api_groups")) or ["core"]
        groups = ["core" if group in ("", '""') else group for group in groups]
        names = scalars(rule.get("resourceNames") or rule.get("resource_names"))
        kinds = scalars(rule.get("resources")) or scalars(rule.get("nonResourceURLs") or rule.get("non_resource_urls"))
        verbs = scalars(rule.get("verbs"))
        actions = frozenset(f"{group}:{verb}" for verb in verbs for group in groups)
        places = frozenset(f"{kind}/{name}" for kind in kinds for name in names) if names else frozenset(kinds)
        if gathered:
            actions = frozenset(f"by the role {gathered} {action}" for action in actions)
        if actions and places:
            yield Grant(True, actions, places, system="kubernetes", scope=scope)


def _given_on(attributes: Value, rules: tuple[Value, ...]) -> Iterator[Grant]:
    """What a ClusterRole gives to the holders of a role that gathers it by label."""
    labels = found(attributes, steps("metadata.labels"))
    for label, value in (labels.items if labels is not None else {}).items():
        if label.startswith(_AGGREGATED) and str(value.scalar).lower() == "true":
            yield from _rules(rules, "", label.removeprefix(_AGGREGATED))


def _bound(entity: Entity, kind: str) -> Iterator[Grant]:
    """A binding: its role for its subjects, in every namespace or in one."""
    whole = kind == "ClusterRoleBinding"
    attributes = entity.attributes
    subjects = blocks(attributes.get("subjects") or attributes.get("subject"))
    names = frozenset(_subject(s) for s in subjects)
    role = text(found(attributes, steps("roleRef.name"))) or text(found(attributes, steps("role_ref.name")))
    levels: dict[str, Level] = {"cluster-admin": "admin" if whole else "service", "admin": "service", "edit": "write"}
    if role and names:
        yield Grant(
            True,
            frozenset({"*"} if role == "cluster-admin" else {role}),
            frozenset({"*"}) if whole else frozenset({f"namespace {text(found(attributes, steps('metadata.namespace')))}"}),
            names,
            role=role,
            role_level=levels.get(role, "read" if role == "view" else "write" if whole else "list"),
            system="kubernetes",
        )


def _subject(subject: Value) -> str:
    name = text(subject.get("name"))
    if name.startswith("system:"):
        return name
    namespace = text(subject.get("namespace"))
    return f"{text(subject.get('kind'))} {namespace + '/' if namespace else ''}{name}"
