"""Role bindings -> grants: managed policies of AWS, IAM members of Google Cloud, role assignments of Azure. What the names
of built-in roles are worth is by the clouds' public documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from blastlint.enrich.access import rbac
from blastlint.enrich.access.classes import Level
from blastlint.enrich.access.grants import ITSELF, Grant
from blastlint.enrich.access.policies import from_value
from blastlint.enrich.access.values import blocks, scalars, text
from blastlint.model import Entity, Value
from blastlint.regex import regex

EVERYONE = frozenset(
    {"*", "allUsers", "allAuthenticatedUsers", "all", "system:anonymous", "system:unauthenticated", "system:authenticated"}
)

_MANAGED = regex(r"policy/(?:[\w-]+/)*(?P<name>[\w.-]+)$")
_AWS_LEVELS: tuple[tuple[re.Pattern[str], Level], ...] = (
    (regex(r"^AdministratorAccess(-.*)?$"), "admin"),
    (regex(r"^(IAMFullAccess|AWSOrganizationsFullAccess)$"), "permissions"),
    (regex(r"^(PowerUserAccess|SystemAdministrator|.*FullAccess(_v\d)?|.*FullAccess.*)$"), "service"),
    (regex(r"ReadOnly|ViewOnly|^SecurityAudit$"), "read"),
)
# What a managed policy allows, where that is said in a few words.
_AWS_ACTIONS = {
    "AdministratorAccess": frozenset({"*"}),
    "IAMFullAccess": frozenset({"iam:*"}),
    "AmazonS3FullAccess": frozenset({"s3:*"}),
    "AmazonEC2FullAccess": frozenset({"ec2:*"}),
    "AmazonSQSFullAccess": frozenset({"sqs:*"}),
    "AmazonSNSFullAccess": frozenset({"sns:*"}),
    "AmazonDynamoDBFullAccess": frozenset({"dynamodb:*"}),
}
_POWER_USER_EXCEPTIONS = frozenset({"iam:*", "organizations:*", "account:*"})
_GOOGLE_LEVELS: tuple[tuple[re.Pattern[str], Level], ...] = (
    (regex(r"^roles/owner$"), "admin"),
    (regex(r"^roles/resourcemanager\.(\w+IamAdmin|organizationAdmin|folderAdmin)$"), "permissions"),
    (regex(r"^roles/iam\.(securityAdmin|serviceAccount(TokenCreator|User|Admin|KeyAdmin)|organizationRoleAdmin|roleAdmin"
           r"|workloadIdentityUser)$"), "permissions"),
    (regex(r"^roles/(editor|[\w.]+\.(admin|\w+Admin))$"), "service"),
    (regex(r"^roles/(viewer|browser|[\w.]+([vV]iewer|[rR]eader|[aA]uditor|[lL]ister))$"), "read"),
)  # fmt: skip
_EDITOR_EXCEPTIONS = frozenset({"roles/owner", "roles/iam.*", "roles/resourcemanager.*"})
_AZURE_LEVELS: dict[str, Level] = {
    "owner": "admin",
    "user access administrator": "permissions",
    "role based access control administrator": "permissions",
    "contributor": "service",
    "reader": "read",
}
# Built-in role definitions of Azure have the same id in every tenant.
_AZURE_IDS = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "acdd72a7-3385-48ef-bd42-f606fba81ae7": "Reader",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
}
_WIDE_GOOGLE = regex(r"^google_(project|folder|organization)_iam_(member|binding|policy)$")
_GOOGLE_BINDING = regex(r"^(data\.)?google_[a-z0-9_]+_iam_(member|binding)$")
_GOOGLE_CUSTOM = regex(r"^google_(project|organization)_iam_custom_role$")
_WHOLE_SUBSCRIPTION = regex(r"^/(subscriptions/[^/]+|providers/Microsoft\.Management/managementGroups/[^/]+)/?$")
# type -> what others may do with the image or snapshot that is shared with them
_SHARED = {
    "aws_snapshot_create_volume_permission": "ec2:CreateVolume",
    "aws_ami_launch_permission": "ec2:RunInstances",
    "aws_db_snapshot": "rds:RestoreDBInstanceFromDBSnapshot",
    "aws_db_cluster_snapshot": "rds:RestoreDBClusterFromSnapshot",
}
_SHARED_WITH = ("account_id", "group", "shared_accounts")


def is_everyone(name: str) -> bool:
    return name in EVERYONE or name.endswith(" *")


def grants_of(entity: Entity) -> tuple[Grant, ...]:
    """What one binding gives to whom; empty for everything that is no binding."""
    type_ = entity.type
    if type_.startswith("aws_iam_") or type_ in ("AWS::IAM::Role", "aws_ssoadmin_managed_policy_attachment",
                                                 "AWS::IAM::User", "AWS::IAM::Group"):  # fmt: skip
        return tuple(_managed(entity.attributes))
    if type_ in ("aws_lambda_permission", "AWS::Lambda::Permission"):
        return (_lambda(entity.attributes.get("Properties") or entity.attributes),)
    if type_ in _SHARED:
        return tuple(_shared(entity))
    if _GOOGLE_BINDING.match(type_):
        return tuple(_google(entity))
    if type_ == "google_iam_policy":
        return tuple(_google_policy(entity))
    if _GOOGLE_CUSTOM.match(type_):
        actions = frozenset(scalars(entity.attributes.get("permissions")))
        return (Grant(True, actions, frozenset({"*"}), system="google"),)
    if type_ in ("azurerm_role_assignment", "azurerm_role_definition"):
        return tuple(_azure(entity.attributes) if type_.endswith("assignment") else _azure_definition(entity.attributes))
    return rbac.grants_of(entity)


# --- AWS ----------------------------------------------------------------------------------------------------------------


def _managed(attributes: Value) -> Iterator[Grant]:
    properties = attributes.get("Properties", "ManagedPolicyArns")
    for key in ("policy_arn", "policy_arns", "managed_policy_arns", "managed_policy_arn"):
        yield from (managed(arn) for arn in scalars(attributes.get(key)) if is_managed(arn))
    yield from (managed(arn) for arn in scalars(properties) if is_managed(arn))


def is_managed(arn: str) -> bool:
    """Whether it names a managed policy whose text is not in the repository."""
    return _MANAGED.search(arn) is not None


def managed(arn: str) -> Grant:
    """What a managed policy gives, by its name."""
    match = _MANAGED.search(arn)
    assert match is not None
    name = match["name"]
    level: Level = next((level for pattern, level in _AWS_LEVELS if pattern.search(name)), "write")
    actions = _AWS_ACTIONS.get(name, frozenset({name}))
    excepted = _POWER_USER_EXCEPTIONS if name == "PowerUserAccess" else None
    return Grant(True, actions, frozenset({"*"}), except_actions=excepted, role=name, role_level=level)


def _lambda(properties: Value) -> Grant:
    """The one statement that a Lambda permission adds to the function's own policy."""

    def given(*names: str) -> str:
        return next((t for n in names if (t := text(properties.get(n)))), "")

    names = {"source_arn": "aws:SourceArn", "source_account": "aws:SourceAccount", "principal_org_id": "aws:PrincipalOrgID"}
    tests = {key: t for n, key in names.items() if (t := given(n, "".join(w.capitalize() for w in n.split("_"))))}
    if given("PrincipalOrgID"):
        tests["aws:PrincipalOrgID"] = given("PrincipalOrgID")
    statement = {
        "Effect": Value("Allow"),
        "Action": Value(given("action", "Action")),
        "Principal": Value(given("principal", "Principal")),
        "Condition": Value({"ArnLike": Value({key: Value(t) for key, t in tests.items()})}),
    }
    (grant,) = from_value(Value({"Statement": Value(statement)})) or (Grant(False, frozenset(), frozenset()),)
    return grant


def _shared(entity: Entity) -> Iterator[Grant]:
    accounts = [account for name in _SHARED_WITH for account in scalars(entity.attributes.get(name))]
    if accounts:
        names = frozenset("*" if a == "all" else f"account {a}" for a in accounts)
        yield Grant(True, frozenset({_SHARED[entity.type]}), frozenset({ITSELF}), names, role_level="read")


# --- Google Cloud -------------------------------------------------------------------------------------------------------


def _google(entity: Entity) -> Iterator[Grant]:
    members = frozenset(scalars(entity.attributes.get("member")) + scalars(entity.attributes.get("members")))
    where = "*" if _WIDE_GOOGLE.match(entity.type) else entity.type.split("_iam_")[0]
    for role in scalars(entity.attributes.get("role")):
        yield _google_role(role, members, where)


def _google_policy(entity: Entity) -> Iterator[Grant]:
    """The bindings of a policy data source; what they are on is told by who uses it."""
    for binding in blocks(entity.attributes.get("binding")):
        for role in scalars(binding.get("role")):
            yield _google_role(role, frozenset(scalars(binding.get("members"))), "*")


def _google_role(role: str, members: frozenset[str], where: str) -> Grant:
    level: Level = next((level for pattern, level in _GOOGLE_LEVELS if pattern.search(role)), "write")
    if where != "*" and level in ("permissions", "admin"):
        level = "service"
    actions = frozenset({"*"}) if role == "roles/owner" else frozenset({role})
    excepted = _EDITOR_EXCEPTIONS if role == "roles/editor" else None
    return Grant(
        True, actions, frozenset({where}), members, except_actions=excepted, role=role, role_level=level, system="google"
    )


# --- Azure --------------------------------------------------------------------------------------------------------------


def _azure(attributes: Value) -> Iterator[Grant]:
    scope = next(iter(scalars(attributes.get("scope"))), "")
    whole = bool(_WHOLE_SUBSCRIPTION.match(scope)) or "azurerm_subscription." in scope or "management_group." in scope
    named = [_AZURE_IDS.get(i.rpartition("/")[2], "") for i in scalars(attributes.get("role_definition_id"))]
    for role in (*scalars(attributes.get("role_definition_name")), *filter(None, named)):
        low = role.lower()
        level: Level = _AZURE_LEVELS.get(low, "read" if "reader" in low else "write")
        if not whole and level in ("admin", "permissions", "service"):
            level = "service"
        members = frozenset(scalars(attributes.get("principal_id")))
        actions = frozenset({"*"}) if low == "owner" else frozenset({role})
        excepted = frozenset({"owner", "user access administrator"}) if low == "contributor" else None
        # A scope holds everything below it.
        places = frozenset({"*"}) if whole else frozenset({scope, f"{scope}/*"})
        yield Grant(True, actions, places, members, except_actions=excepted, role=role, role_level=level, system="azure")


def _azure_definition(attributes: Value) -> Iterator[Grant]:
    """A custom role: what it may do, without what it may not."""
    for permissions in blocks(attributes.get("permissions")):
        actions = frozenset(scalars(permissions.get("actions")) + scalars(permissions.get("data_actions")))
        excepted = frozenset(scalars(permissions.get("not_actions")) + scalars(permissions.get("not_data_actions")))
        if actions:
            yield Grant(True, actions, frozenset({"*"}), system="azure")
        if excepted:
            yield Grant(False, excepted, frozenset({"*"}), system="azure")
