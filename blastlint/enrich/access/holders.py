"""Who holds a permission, and what runs with it: the role that a policy is attached to, and the functions, services and
machines that use the role. By references within one configuration, as far as these go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from blastlint.diff.moves import resource_of
from blastlint.enrich.context import Context
from blastlint.frozen import dataclass
from blastlint.model import Entity, Related
from blastlint.prose import few
from blastlint.regex import regex

_IDENTITY = regex(
    r"^aws_iam_(role|user|group)$|^AWS::IAM::(Role|User|Group)$|^google_service_account$"
    r"|^azurerm_user_assigned_identity$|^aws_ssoadmin_permission_set$"
)
# What stands between a policy and its holders, or between a holder and its users.
_LINK = regex(
    r"^aws_iam_|^AWS::IAM::|^google_\w+_iam_|^azurerm_role_|^aws_ssoadmin_|^google_service_account"
    r"|^azurerm_user_assigned_identity$"
)
_NOUNS: tuple[tuple[str, str], ...] = (
    ("function", "function"), ("task_definition", "task definition"), ("taskdefinition", "task definition"),
    ("ecs_service", "service"), ("cluster", "cluster"), ("codebuild", "build project"), ("launch_", "launch template"),
    ("launchtemplate", "launch template"), ("node_group", "node group"), ("nodegroup", "node group"),
    ("cloud_run", "service"), ("instance", "instance"), ("job", "job"), ("state_machine", "state machine"),
    ("statemachine", "state machine"),
)  # fmt: skip
_MAX_STEPS = 4
_MAX_RELATED = 20


@dataclass(frozen=True, slots=True)
class Holding:
    """Addresses of the holders, and the things that run as them."""

    holders: tuple[str, ...]
    users: tuple[Entity, ...]

    @property
    def words(self) -> str:
        """`aws_iam_role.ci, used by 3 functions`; empty when no holder is known."""
        if not self.holders:
            return ""
        shown = few(self.holders)
        counts = Counter(_noun(user) for user in self.users)
        if not counts:
            return shown
        used = [f"{number} {noun}{'s' if number > 1 else ''}" for noun, number in counts.most_common(3)]
        return f"{shown}, used by {' and '.join((', '.join(used[:-1]), used[-1]) if len(used) > 1 else used)}"

    @property
    def related(self) -> tuple[Related, ...]:
        return tuple(Related("runs with it", u.header or u.region, u.address) for u in self.users[:_MAX_RELATED])


def holding(entity: Entity, context: Context) -> Holding:
    """Who holds what the entity grants."""
    users_of, by_address = context.once(_references)
    holders: dict[str, None] = {}
    for found in _linked(entity, users_of, by_address):
        holders.setdefault(found)
    running: dict[str, Entity] = {}
    for holder in holders:
        for user in _running(holder, users_of):
            running.setdefault(user.address, user)
    return Holding(tuple(holders), tuple(running.values()))


def _linked(entity: Entity, users_of: dict[str, list[Entity]], by_address: dict[str, Entity]) -> Iterator[str]:
    """The identities that the entity is, names, or is attached to by others."""
    seen = {resource_of(entity.address)}
    queue = [(entity, 0)]
    while queue:
        here, depth = queue.pop(0)
        if _IDENTITY.match(here.type):
            yield resource_of(here.address)
            continue
        if depth and not _LINK.match(here.type):
            continue
        named = [by_address[r] for ref in sorted(here.references) if (r := resource_of(ref)) in by_address]
        yield from (resource_of(e.address) for e in named if _IDENTITY.match(e.type))
        if depth < _MAX_STEPS and not any(_IDENTITY.match(e.type) for e in named):
            for user in users_of.get(resource_of(here.address), ()):
                if resource_of(user.address) not in seen:
                    seen.add(resource_of(user.address))
                    queue.append((user, depth + 1))


def _running(holder: str, users_of: dict[str, list[Entity]]) -> Iterator[Entity]:
    """What is no link itself and refers to the holder, directly or by a link (an instance profile)."""
    seen = {holder}
    queue = [holder]
    while queue:
        for user in users_of.get(queue.pop(0), ()):
            name = resource_of(user.address)
            if user.type == "aws_iam_instance_profile" or user.type == "AWS::IAM::InstanceProfile":
                if name not in seen:
                    seen.add(name)
                    queue.append(name)
            elif not _LINK.match(user.type) and user.kind.endswith("resource"):
                yield user


def _noun(user: Entity) -> str:
    low = user.type.lower()
    return next((noun for part, noun in _NOUNS if part in low), "resource")


def _references(context: Context) -> tuple[dict[str, list[Entity]], dict[str, Entity]]:
    """(address -> who refers to it, address -> entity) of the side after; addresses without instance keys."""
    users: dict[str, list[Entity]] = {}
    known: dict[str, Entity] = {}
    for entity in context.entities_after:
        if not entity.kind.startswith(("terraform.resource", "terraform.data", "cloudformation.")):
            continue
        known.setdefault(resource_of(entity.address), entity)
        for target in {resource_of(ref) for ref in entity.references}:
            users.setdefault(target, []).append(entity)
    return users, known
