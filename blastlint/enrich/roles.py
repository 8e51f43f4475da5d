"""Role bindings -> grants: managed policies of AWS, IAM members of Google Cloud, role assignments of Azure, RBAC rules of
Kubernetes. What the names of built-in roles are worth is by the clouds' public documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from blastlint.enrich.grants import AccessLevel, Grant
from blastlint.enrich.policies import unknown_text
from blastlint.model import Entity, Value
from blastlint.regex import regex

EVERYONE = frozenset({"*", "allUsers", "allAuthenticatedUsers", "system:anonymous", "system:unauthenticated"})

_MANAGED = regex(r"policy/(?:[\w-]+/)*(?P<name>[\w.-]+)$")
_AWS_LEVELS: tuple[tuple[re.Pattern[str], AccessLevel], ...] = (
    (regex(r"^AdministratorAccess(-.*)?$"), "admin"),
    (regex(r"^(IAMFullAccess|AWSOrganizationsFullAccess)$"), "permissions"),
    (regex(r"^(PowerUserAccess|SystemAdministrator|.*FullAccess(_v\d)?|.*FullAccess.*)$"), "service"),
    (regex(r"ReadOnly|ViewOnly|^SecurityAudit$"), "read"),
)
_GOOGLE_LEVELS: tuple[tuple[re.Pattern[str], AccessLevel], ...] = (
    (regex(r"^roles/owner$"), "admin"),
    (regex(r"^roles/resourcemanager\.(\w+IamAdmin|organizationAdmin|folderAdmin)$"), "permissions"),
    (regex(r"^roles/iam\.(securityAdmin|serviceAccount(TokenCreator|Admin|KeyAdmin)|organizationRoleAdmin|roleAdmin)$"),
     "permissions"),
    (regex(r"^roles/(editor|[\w.]+\.(admin|\w+Admin))$"), "service"),
    (regex(r"^roles/(viewer|browser|[\w.]+([vV]iewer|[rR]eader|[aA]uditor|[lL]ister))$"), "read"),
)  # fmt: skip
_AZURE_LEVELS: dict[str, AccessLevel] = {
    "owner": "admin",
    "user access administrator": "permissions",
    "role based access control administrator": "permissions",
    "contributor": "service",
    "reader": "read",
}
_WIDE_GOOGLE = regex(r"^google_(project|folder|organization)_iam_(member|binding|policy)$")
_GOOGLE_BINDING = regex(r"^google_[a-z0-9_]+_iam_(member|binding)$")
_WHOLE_SUBSCRIPTION = regex(r"^/(subscriptions/[^/]+|providers/Microsoft\.Management/managementGroups/[^/]+)/?$")


def is_everyone(principal: str) -> bool:
    return principal in EVERYONE or principal.endswith(" *")


def grants_of(entity: Entity) -> tuple[Grant, ...]:
    """What one binding gives to whom; empty for everything that is no binding."""
    type_ = entity.type
    if type_.startswith("aws_iam_") or type_ in ("AWS::IAM::Role", "aws_ssoadmin_managed_policy_attachment"):
        return tuple(_managed(entity.attributes))
    if _GOOGLE_BINDING.match(type_):
        return tuple(_google(entity))
    if type_ == "azurerm_role_assignment":
        return tuple(_azure(entity.attributes))
    if entity.kind == "kubernetes.object" and type_ in ("Role", "ClusterRole"):
        return tuple(_rules(entity.attributes.get("rules")))
    if entity.kind == "kubernetes.object" and type_ in ("RoleBinding", "ClusterRoleBinding"):
        return tuple(_kubernetes(entity))
    return ()


def _scalars(value: Value | None) -> list[str]:
    """The texts of a list or of one value; what is unknown by its canonical text."""
    if value is None:
        return []
    parts = value.elements if value.is_list else (value,)
    return [str(p.scalar) if p.known else unknown_text(p) for p in parts if not p.known or p.scalar not in (None, "")]


def _managed(attributes: Value) -> Iterator[Grant]:
    for key in ("policy_arn", "policy_arns", "managed_policy_arns", "managed_policy_arn"):
        yield from (_named(arn) for arn in _scalars(attributes.get(key)) if _MANAGED.search(arn))
    yield from (
        _named(arn) for arn in _scalars(attributes.get("Properties", "ManagedPolicyArns")) if _MANAGED.search(arn)
    )


def _named(arn: str) -> Grant:
    match = _MANAGED.search(arn)
    assert match is not None
    name = match["name"]
    level: AccessLevel = next((level for pattern, level in _AWS_LEVELS if pattern.search(name)), "write")
    return Grant(True, frozenset({name}), frozenset({"*"}), role_level=level)


def _google(entity: Entity) -> Iterator[Grant]:
    members = frozenset(_scalars(entity.attributes.get("member")) + _scalars(entity.attributes.get("members")))
    for role in _scalars(entity.attributes.get("role")):
        level: AccessLevel = next((level for pattern, level in _GOOGLE_LEVELS if pattern.search(role)), "write")
        if not _WIDE_GOOGLE.match(entity.type) and level == "permissions":
            level = "service"
        where = "*" if _WIDE_GOOGLE.match(entity.type) else entity.type.split("_iam_")[0]
        yield Grant(True, frozenset({role}), frozenset({where}), members, role_level=level)


def _azure(attributes: Value) -> Iterator[Grant]:
    scope = next(iter(_scalars(attributes.get("scope"))), "")
    whole = bool(_WHOLE_SUBSCRIPTION.match(scope)) or "azurerm_subscription." in scope or "management_group." in scope
    for role in _scalars(attributes.get("role_definition_name")):
        level: AccessLevel = _AZURE_LEVELS.get(role.lower(), "read" if "reader" in role.lower() else "write")
        if not whole and level in ("admin", "permissions", "service"):
            level = "service"
        members = frozenset(_scalars(attributes.get("principal_id")))
        yield Grant(True, frozenset({role}), frozenset({"*" if whole else scope}), members, role_level=level)


def _kubernetes(entity: Entity) -> Iterator[Grant]:
    """A binding of one of the roles that every cluster has; other roles are judged by their rules."""
    whole = entity.type == "ClusterRoleBinding"
    subjects = entity.attributes.get("subjects")
    names = frozenset(_subject(s) for s in (subjects.elements if subjects else ()))
    role = _text(entity.attributes, "roleRef", "name")
    levels: dict[str, AccessLevel] = {
        "cluster-admin": "admin" if whole else "service",
        "admin": "service",
        "edit": "write",
    }
    yield Grant(True, frozenset({role}), frozenset({"*" if whole else "(namespace)"}), names,
                role_level=levels.get(role, "read"))  # fmt: skip


def _subject(subject: Value) -> str:
    name = _text(subject, "name")
    return name if name in EVERYONE else f"{_text(subject, 'kind')} {name}"


def _text(value: Value, *path: str) -> str:
    return next(iter(_scalars(value.get(*path))), "")


def _rules(rules: Value | None) -> Iterator[Grant]:
    for rule in rules.elements if rules is not None else ():
        groups = _scalars(rule.get("apiGroups")) or [""]
        verbs, kinds = _scalars(rule.get("verbs")), _scalars(rule.get("resources"))
        actions = frozenset("*" if verb == "*" else f"{group or 'core'}:{verb}" for verb in verbs for group in groups)
        yield Grant(True, actions, frozenset(kinds))
