"""`grant` facts: who may do more than before. Policies, role bindings and RBAC rules are one model (grants.py).

A data source that builds a policy is judged where it stands; whoever uses it is not judged again for the same words.
A permission that another policy of the change set gave the same holder before has only moved.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.access import policies, roles
from blastlint.enrich.access.classes import reads_secrets
from blastlint.enrich.access.grants import Grant, Widening, account_of, widenings
from blastlint.enrich.access.holders import holding
from blastlint.enrich.access.words import principal_in_words, summary
from blastlint.enrich.context import Context
from blastlint.enrich.lifecycle.addresses import is_named
from blastlint.enrich.shown import shown
from blastlint.enrich.vocabulary import FACTS
from blastlint.facts.paths import found, steps
from blastlint.model import Change, Entity, Fact, FactValue, Region, Side, Value

POLICY_DATA = "aws_iam_policy_document"
_HOLDERS = (
    "subjects", "subject", "role", "roles", "user", "users", "group", "groups", "role_name",
    "principal_id", "member", "members",
)  # fmt: skip

_ACCOUNT_POLICIES = {"aws_organizations_policy": "content", "AWS::Organizations::Policy": "Properties.Content"}
_ATTACHED = ("policy_arn", "policy_arns", "managed_policy_arns", "Properties.ManagedPolicyArns")
_BOUNDARIES = ("permissions_boundary", "Properties.PermissionsBoundary")
_SUBJECT = ("kind", "name", "namespace")


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """Every widening of one change, by sort: further actions, further principals, lost conditions."""
    if change.after is None:
        return
    yield from _unbounded(change)
    after = granted(change.after, context, "after")
    if not after:
        return
    before = granted(change.before, context, "before") if change.before else {}
    moved = _given_up(change, context)
    new = change.before is None and _is_new(change.after, context)
    for path, (grants, value) in after.items():
        old = before.get(path)
        if (
            change.before is not None
            and old is None
            and path
            and found(change.before.attributes, steps(path)) is not None
        ):
            continue  # the policy before could not be read: what is new in it is not known
        if old is not None and _same_source(old[1], value):
            continue
        for widening in widenings((*(old[0] if old else ()), *moved), grants):
            yield _fact(path, widening, value, new, change.after, context)


def _unbounded(change: Change) -> Iterator[Fact]:
    """A permissions boundary that is gone: nothing limits any more what the policies of the identity allow."""
    if change.before is None or change.after is None:
        return
    for name in _BOUNDARIES:
        before, after = (found(side.attributes, steps(name)) for side in (change.before, change.after))
        if before is not None and not _is_void(before) and _is_void(after):
            fields: dict[str, FactValue] = dict.fromkeys(FACTS["grant"])
            fields |= {"what": "boundary", "level": "permissions", "resources": "all", "public": False, "named": False}
            fields |= {"account": False, "secrets": False, "system": "aws", "new": False, "actions": (), "classes": ()}
            fields["summary"] = f"whatever its policies allow, without the boundary {shown(name, before)}"
            yield Fact("grant", fields, f"{name}#boundary", before.region, None)


def _is_void(value: Value | None) -> bool:
    """Whether there is no value: absent, null or the empty text. One that is not known is there."""
    return value is None or (value.known and value.data in (None, ""))


def _same_source(old: Value, value: Value) -> bool:
    """Whether both sides take the policy from the same data source, which is judged itself."""
    return not old.known and not value.known and old == value and bool(old.refs)


# --- where grants are -------------------------------------------------------------------------------------------------


def granted(entity: Entity, context: Context, side: Side) -> dict[str, tuple[tuple[Grant, ...], Value]]:
    """dotted path -> (grants, value they are read from) of everything that an entity grants."""
    if entity.type == POLICY_DATA:
        if side == "after" and entity.key not in context.once(_keys_before):
            return {}  # a new document grants nothing until somebody is given it
        return {"statement": (policies.from_statement_blocks(entity.attributes), entity.attributes)}
    if entity.kind == "iam.policy":
        return {"Statement": (policies.from_value(entity.attributes) or (), entity.attributes)}
    granted = {}
    bound = roles.grants_of(entity)
    attached = _attached(entity, context)
    if bound or attached:
        granted[""] = ((*bound, *attached), entity.attributes)
    for path, value in (*policies.documents_in(entity.attributes), *_limits_of_accounts(entity)):
        grants = policies.from_value(value)
        if grants is None:
            grants = _referenced(value, context, side)
        if grants is not None:
            granted[path] = (grants, value)
    return granted


def _limits_of_accounts(entity: Entity) -> Iterator[tuple[str, Value]]:
    """The document of a policy that limits what whole accounts may do."""
    path = _ACCOUNT_POLICIES.get(entity.type)
    value = found(entity.attributes, steps(path)) if path else None
    if path and value is not None:
        yield path, value


def _referenced(value: Value, context: Context, side: Side) -> tuple[Grant, ...] | None:
    """The grants of the policy documents that an unknown value refers to; None when it refers to none that is known."""
    entities = context.entities_before if side == "before" else context.entities_after
    documents = [e for e in entities if e.type == POLICY_DATA and is_named(value.refs, e.address)]
    if not documents:
        return None
    return tuple(grant for document in documents for grant in policies.from_statement_blocks(document.attributes))


def _attached(entity: Entity, context: Context) -> tuple[Grant, ...]:
    """What policies of this configuration give to whom they are attached. A policy that is itself new, or that this change
    edits, is judged where it stands."""
    values = (found(entity.attributes, steps(name)) for name in _ATTACHED)
    refs = frozenset(ref for value in values if value is not None for ref in value.refs)
    if not refs:
        return ()
    kept = context.once(_policies_kept)
    return tuple(grant for policy, grants in kept if is_named(refs, policy) for grant in grants)


def _policies_kept(context: Context) -> list[tuple[str, tuple[Grant, ...]]]:
    """The customer-managed policies that were there before, with what they gave."""
    kept = [e for e in context.entities_before if e.type in ("aws_iam_policy", "AWS::IAM::ManagedPolicy")]
    return [(e.address, tuple(g for grants, _ in granted(e, context, "before").values() for g in grants)) for e in kept]


def _given_up(change: Change, context: Context) -> tuple[Grant, ...]:
    """What the same holder had by entities that this change set removes or edits: that much has only moved."""
    assert change.after is not None
    holders = _holders(change.after)
    if not holders:
        return ()
    given: list[Grant] = []
    for other in context.changes:
        if other.before is not None and other is not change and holders & _holders(other.before):
            for grants, _ in granted(other.before, context, "before").values():
                given.extend(grants)
    return tuple(given)


def _holders(entity: Entity) -> frozenset[str]:
    """Whom the entity's permissions are for, as written or by address."""
    names: set[str] = set()
    for key in _HOLDERS:
        value = entity.attributes.get(key)
        for part in value.elements or (value,) if value is not None else ():
            names |= part.refs
            if part.is_map:
                names.add("/".join(str(v.scalar) for k, v in sorted(part.items.items()) if k in _SUBJECT))
            elif part.known and not part.refs:
                names.add(str(part.scalar))
    return frozenset(names)


def _keys_before(context: Context) -> frozenset[tuple[str, str, str, str]]:
    return frozenset(entity.key for entity in context.entities_before)


def _is_new(entity: Entity, context: Context) -> bool:
    """Whether a new policy is for a new holder too, as far as that can be seen."""
    same = [e for e in context.entities_before if e.configuration == entity.configuration]
    if not same:
        return True
    holders = _holders(entity)
    return not any("." not in h or "@" in h or any(is_named((h,), e.address) for e in same) for h in holders)


# --- as facts ---------------------------------------------------------------------------------------------------------


def _fact(path: str, widening: Widening, value: Value, new: bool, entity: Entity, context: Context) -> Fact:
    actions, principals = widening.listed("action"), widening.listed("principal")
    held = holding(entity, context)
    holder = ", ".join(principal_in_words(p) for p in principals) or ", ".join(sorted(_holders(entity)))
    fields: dict[str, FactValue] = {
        "what": widening.what,
        "level": widening.level,
        "classes": tuple(dict.fromkeys(atom.what for atom in widening.atoms)),
        "actions": actions,
        "resources": widening.breadth,
        "principal": holder,
        "public": any(roles.is_everyone(a.principal) and not a.grant.is_tied for a in widening.atoms),
        "named": all(atom.named for atom in widening.atoms),
        "account": any(account_of(atom.principal) for atom in widening.atoms),
        "secrets": any(reads_secrets(a.action, a.resource, a.breadth) for a in widening.atoms),
        "system": widening.atoms[0].grant.system,
        "new": new,
        "summary": summary(widening, held.words),
    }
    region: Region | None = value.region
    return Fact("grant", fields, path=f"{path}#{widening.what}", after=region, related=held.related)
