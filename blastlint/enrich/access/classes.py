"""What an action lets its holder do: its class (read, write, delete, ...) and its level (how much it is worth to a thief).

The words of AWS, Google Cloud, Azure and Kubernetes RBAC, by their public references: verbs tell, and a few actions by which
a holder can give itself more.
"""

from __future__ import annotations

import re
from typing import Literal

from blastlint.regex import regex

System = Literal["aws", "google", "azure", "kubernetes", "database"]
Level = Literal["admin", "permissions", "service", "delete", "write", "read", "list"]
Breadth = Literal["all", "wildcard", "listed"]
Class = Literal[
    "everything", "changing permissions", "passing roles", "assuming roles", "everything of a service", "delete",
    "write", "read", "list",
]  # fmt: skip

LEVELS: tuple[Level, ...] = ("admin", "permissions", "service", "delete", "write", "read", "list")
BREADTHS: tuple[Breadth, ...] = ("all", "wildcard", "listed")

_LIST = regex(
    r"^(List|Describe|Head|BatchDescribe|Lookup|Search|View|Check|Simulate|Estimate|Preview|Validate|Test|Filter|Discover"
    r"|Detect|Poll|watch\b|GetBucketLocation|GetAuthorizationToken|GetCallerIdentity)", re.IGNORECASE
)  # fmt: skip
_READ = regex(r"^(Get|BatchGet|BatchCheck|Query|Scan|Read|Select|Download|Receive|Decrypt|Consume|Subscribe|use\b)", 2)
_DELETE = regex(
    r"^(Delete|BatchDelete|Terminate|Remove|Purge|Destroy|Deregister|Disable|Revoke|Schedule\w*Deletion|Cancel|Drop"
    r"|Truncate|Detach|deletecollection|Stop|Release|Erase)", re.IGNORECASE
)  # fmt: skip
# Actions with which a holder can give itself more: on every resource they are worth as much as what they can grant.
_PASS = regex(r"^iam:PassRole$|^iam\.serviceAccounts\.actAs$", 2)
_ASSUME = regex(r"^sts:(AssumeRole)?\*$|^sts:AssumeRole|^iam\.serviceAccounts\.(getAccessToken|implicitDelegation)$", 2)
_PERMISSIONS = regex(
    r"^iam:(\*Policy.*|(Put|Attach|Create|Update|Set|Add|Delete|Detach)\w*(Policy|PolicyVersion|AccessKey|LoginProfile"
    r"|AssumeRolePolicy|UserToGroup|Role|User|PermissionsBoundary)\w*\*?|(Put|Attach|Create|Update|Set|Add)\*)$"
    r"|^(organizations|account|sso|identitystore):\*$"
    r"|^(s3|kms|sns|sqs|lambda|ecr|secretsmanager|es|glacier|backup|events|codebuild|logs|elasticfilesystem|ecr-public):"
    r"(Put|Set|Add|Create)\w*(Policy|Permission|Acl|PublicAccessBlock|Grant)$"
    r"|\.setIamPolicy$|^microsoft\.authorization/(\*|roleassignments/(write|\*)|\*/write)$"
    r"|:(escalate|bind|impersonate)$", re.IGNORECASE
)  # fmt: skip
_SECRETS = regex(
    r"^(secretsmanager:(\*|Get|BatchGet)|ssm:(\*|GetParam)|kms:(\*|Decrypt|ReEncrypt)|s3:GetObject|secretmanager\.)", 2
)
_GLOBAL_ARN = regex(r"^arn:[^:]*:(s3:::\*(/\*)?|(?!s3:)[^:]*:[^:]*:[^:]*:([\w-]+[/:])?\*)$")
# Kinds of a cluster by which its whole is had: who may write them may run anything, or grant anything.
_RBAC_KINDS = regex(r"^(cluster)?role(binding)?s$|^(pods/(exec|attach)|nodes/proxy|serviceaccounts/token)$"
                    r"|(validat|mutat)ingwebhookconfigurations$")  # fmt: skip

# By these a pod is let in that runs as its maker likes.
_ADMITTING = regex(r"^(podsecuritypolicies|securitycontextconstraints)$")
_RBAC_VERBS = regex(r":(escalate|bind|impersonate)$")


def breadth_of(resource: str) -> Breadth:
    """How many resources a text stands for."""
    if resource == "*" or _GLOBAL_ARN.match(resource):
        return "all"
    return "wildcard" if "*" in resource.removesuffix("/*") else "listed"


def verb_of(action: str) -> str:
    """What is done, without the service: `PutObject`, `get`, `delete`."""
    for mark in (":", "/"):
        if mark in action:
            return action.rpartition(mark)[2]
    return action.rpartition(".")[2]


def service_of(action: str) -> str:
    """The service that an action is of: `s3`, `storage`, `microsoft.storage`, `apps`."""
    for mark in (":", "/", "."):
        if mark in action:
            return action.partition(mark)[0].lower()
    return ""


def class_of(action: str, resource: str = "") -> Class:
    """What the action is, in words."""
    verb = verb_of(action)
    if action in ("*", "*:*", "*/*"):
        return "everything"
    if _PASS.search(action):
        return "passing roles"
    if _ASSUME.search(action):
        return "assuming roles"
    if _PERMISSIONS.search(action) or (_RBAC_KINDS.search(resource) and not _READ.match(verb) and not _LIST.match(verb)):
        return "changing permissions"
    if verb == "use" and _ADMITTING.search(resource):
        return "changing permissions"
    if verb == "*":
        return "everything of a service"
    if _DELETE.match(verb):
        return "delete"
    if _LIST.match(verb):
        return "list"
    return "read" if _READ.match(verb) else "write"


_AT_WORST: dict[Class, Level] = {
    "everything": "admin",
    "changing permissions": "permissions",
    "passing roles": "permissions",
    "assuming roles": "permissions",
    "everything of a service": "service",
    "delete": "delete",
    "write": "write",
    "read": "read",
    "list": "list",
}


def level_of(action: str, resource: str, breadth: Breadth) -> Level:
    """How much it is worth. Giving oneself more counts as that only where every resource may be named."""
    what = class_of(action, resource)
    level = _AT_WORST[what]
    if action.lower() == "iam:*" and breadth == "all":
        return "admin"
    if breadth == "all":
        return level
    if level == "admin":
        return "service"
    if level == "permissions":
        if what == "changing permissions" and (
            _RBAC_KINDS.search(resource) or _ADMITTING.search(resource) or _RBAC_VERBS.search(action)
        ):
            return "permissions"
        return "service" if verb_of(action) == "*" else "write"
    return level


def reads_secrets(action: str, resource: str, breadth: Breadth) -> bool:
    """Whether it reads all secrets, keys or objects that may hold them: those of an account, or of a cluster's role."""
    if resource == "secrets":
        return verb_of(action) in ("get", "list", "watch", "*")
    return breadth == "all" and bool(_SECRETS.search(action))
