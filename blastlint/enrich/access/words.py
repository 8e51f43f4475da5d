"""A widening in words: what is allowed, on how much, for whom, and who uses that."""

from __future__ import annotations

from collections.abc import Sequence

from blastlint.enrich.access.classes import service_of
from blastlint.enrich.access.grants import ITSELF, Atom, Widening, account_of
from blastlint.prose import few

# What a service keeps, one and many: its wildcard is every one of them.
_KEPT = {
    "s3": "buckets", "sqs": "queues", "sns": "topics", "kms": "keys", "secretsmanager": "secrets", "ssm": "parameters",
    "dynamodb": "tables", "lambda": "functions", "ecr": "repositories", "rds": "databases", "logs": "log groups",
    "iam": "users and roles", "sts": "roles", "ec2": "machines and networks", "ecs": "services", "eks": "clusters",
    "storage": "buckets", "pubsub": "topics", "bigquery": "data sets", "secretmanager": "secrets",
}  # fmt: skip


def summary(widening: Widening, holder: str) -> str:
    """`write (s3:PutObject) on all buckets, for the role aws_iam_role.ci`, without the verb."""
    parts = [_allowed(widening), _where(widening), _for_whom(widening, holder)]
    told = " ".join(part for part in parts if part)
    if widening.what == "conditions":
        told += ", under a looser condition than before"
    if widening.what == "denials":
        told += ", which was denied before"
    return told


def _few(texts: Sequence[str], everything: str = "everything") -> str:
    """The first of them; `*` as what it stands for."""
    return few([everything if text == "*" else text for text in texts])


def _allowed(widening: Widening) -> str:
    worst = widening.worst
    excepted = worst[0].grant.except_actions
    roles = list(dict.fromkeys(atom.grant.role for atom in worst if atom.grant.role))
    if roles:
        return f"the role{'s' if len(roles) > 1 else ''} {_few(roles)}"
    if excepted is not None and worst[0].action == "*":
        return f"everything but {_few(sorted(excepted))}"
    actions = widening.listed("action")
    classes = list(dict.fromkeys(atom.what for atom in worst))
    if any(action in ("*", "*:*") for action in actions):
        return "everything"
    named = _few([action.removeprefix("core:") for action in actions])
    if classes == ["everything of a service"]:
        services = _few([service_of(action.rpartition(" ")[2]) for action in actions])  # behind the role that gathers
        return f"everything of {services} ({named})"
    return f"{' and '.join(classes)} ({named})"


def _where(widening: Widening) -> str:
    resources = widening.listed("resource")
    grant = widening.worst[0].grant
    if resources == (ITSELF,) or (resources == ("*",) and widening.breadth == "listed" and grant.system == "aws"):
        return ""  # a resource's own policy
    excepted = grant.except_resources
    if excepted is not None and resources == ("*",):
        return f"on everything but {_few(sorted(excepted))}"
    if widening.breadth == "all":
        return f"on {_everything(widening.worst)}"
    return f"on {_few([_place(resource) for resource in resources])}"


def _place(resource: str) -> str:
    return resource or "nothing named"


def _everything(atoms: Sequence[Atom]) -> str:
    """`all buckets`, `every resource`, `every resource in one namespace`."""
    services = {service_of(atom.action) for atom in atoms}
    scope = f" in {atoms[0].grant.scope}" if atoms[0].grant.scope else ""
    if len(services) == 1 and (kept := _KEPT.get(services.pop())):
        return f"all {kept}{scope}"
    return f"every resource{scope}"


def _for_whom(widening: Widening, holder: str) -> str:
    principals = widening.listed("principal")
    if principals:
        return f"for {_few([principal_in_words(p) for p in principals], 'everyone')}"
    return f"for {holder}" if holder else ""


def principal_in_words(principal: str) -> str:
    """A principal as people say it; `*` stays."""
    account = account_of(principal)
    return f"everyone in account {account}" if account else principal
