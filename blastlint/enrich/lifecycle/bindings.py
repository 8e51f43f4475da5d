"""What a configuration is bound to: the state it keeps, and the account, region or cluster that its providers look at.

A changed binding destroys nothing in a plan. The next run looks elsewhere: what was there is left behind, unmanaged, and is
created a second time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.enrich.context import Context
from blastlint.enrich.lifecycle.places import is_certain, left_in, moved
from blastlint.enrich.lifecycle.replacement import plain
from blastlint.enrich.shown import shown
from blastlint.frozen import replace
from blastlint.model import Change, Delta, Entity, Fact, Related, Value

# backend settings that say which state it is, and those that only say how it is reached
_ACCESS_ONLY = frozenset(
    (
        "encrypt", "kms_key_id", "dynamodb_table", "use_lockfile", "profile", "access_key", "secret_key",
        "token", "role_arn", "assume_role", "shared_credentials_file", "shared_credentials_files",
        "skip_credentials_validation", "skip_region_validation", "max_retries", "skip_metadata_api_check",
        "acl", "sse_customer_key", "use_azuread_auth", "use_oidc", "use_msi", "client_id", "client_secret",
        "sas_token", "credentials", "impersonate_service_account", "encryption_key",
        "skip_requesting_account_id", "skip_s3_checksum", "use_path_style", "force_path_style", "http_proxy",
        "lock_address", "unlock_address", "lock_method", "unlock_method",
    )
)  # fmt: skip
_MAX_RELATED = 20
_LOCKS = frozenset(("dynamodb_table", "use_lockfile", "lock_address", "lock_method"))


_SUMMARIES = {
    "added": "{what} {after} is new",
    "removed": "{what} {before} is gone",
    "replaced": "{what} {after} is replaced",
    "moved": "{what} {before} -> {after}",
    "key-changed": "{what} setting {before} -> {after}",
    "lock": "lock of the {what} {before} -> {after}",
}
_NAMES = {"provider-region": "region", "provider-account": "account", "state-file": "state file"}


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The `binding` facts of a provider, a backend, or of a state file."""
    if change.kind == "terraform.provider":
        yield from _provider(change, context)
        return
    if change.kind == "terraform.backend":
        found = _backend(change)
    elif _same_content(change, context):
        return
    else:
        found = _state_file(change)
    yield from (_with_summary(fact, context) for fact in found)


def moved_fact(what: str, delta: Delta, left: Sequence[Entity], context: Context) -> Fact:
    """The fact of a place that became another one, and of what is left behind there."""
    related = tuple(Related("is left behind where it was", e.header or e.region, e.address) for e in left[:_MAX_RELATED])
    return _with_summary(_fact(what, delta, "moved", related, is_certain(delta)), context)


def _with_summary(fact: Fact, context: Context) -> Fact:
    what = str(fact.fields["what"])
    sides = {side: fact.fields[side] or "nothing" for side in ("before", "after")}
    form = _SUMMARIES.get(str(fact.fields["strength"]), "{what}: {before} -> {after}")
    together = {"summary": form.format(what=_NAMES.get(what, what), **sides)}
    return replace(fact, fields={"certain": True, **fact.fields, **together, "destroyed": _destroys(context)})


def _same_content(change: Change, context: Context) -> bool:
    """Whether a file holds the same values in another layout."""
    before, after = context.before.document(change.path), context.after.document(change.path)
    return before is not None and after is not None and before.content is not None and before.content == after.content


def _destroys(context: Context) -> bool:
    """Whether the same change set brings a command that destroys what is deployed."""
    commands = [change.entity for change in context.changes if change.kind == "command" and change.action != "removed"]
    if not commands:
        return False
    from blastlint.command import Command
    from blastlint.facts.commands import classes_of

    return any(
        isinstance(entity.detail, Command)
        and entity.attributes.items["container"].scalar != "docs"
        and "iac-destroy" in classes_of(entity.detail)
        for entity in commands
    )


def _provider(change: Change, context: Context) -> Iterator[Fact]:
    if change.before is None or change.after is None:
        return
    places = list(moved(change.before, change.deltas))
    left = left_in(context, change.before, change.after) if places else []
    pair = change.before.address, change.after.address
    for what, delta in places:
        users = [one.old for one in left if one.providers == pair and what in dict(one.places)]
        if users:
            yield moved_fact(what, delta, users, context)


def _backend(change: Change) -> Iterator[Fact]:
    if change.before is None or change.after is None:
        entity, place = change.entity, change.entity.header or change.entity.region
        came = change.before is None
        texts = {"before": "" if came else _backend_text(entity), "after": _backend_text(entity) if came else ""}
        fields = {"what": "backend", **texts, "strength": "added" if came else "removed"}
        yield Fact("binding", fields, "type", None if came else place, place if came else None)
        return
    if change.before.type != change.after.type:
        fields = {"what": "backend", "before": change.before.type, "after": change.after.type, "strength": "moved"}
        yield Fact("binding", fields, "type", change.before.header, change.after.header)
        return
    for delta in change.deltas:
        name = plain(delta.path).split(".", 1)[0]
        if name in _LOCKS:
            yield _fact("backend", delta, "lock", (), True)
        elif name not in _ACCESS_ONLY:
            # `terraform init` moves the state along when asked; a removed default is no move
            yield _fact("backend", delta, "key-changed", (), True)


def _backend_text(entity: Entity) -> str:
    keys = [f"{n}={v.scalar}" for n, v in entity.attributes.items.items() if v.is_scalar and n not in _ACCESS_ONLY]
    return " ".join((entity.type, *keys))


def _state_file(change: Change) -> Iterator[Fact]:
    name = change.path.rsplit("/", 1)[-1]
    if not name.endswith((".tfstate", ".tfstate.backup")):
        return
    strength = {"added": "added", "removed": "removed", "modified": "replaced", "moved": "moved"}[change.action]
    before, after = (e.region if e is not None else None for e in (change.before, change.after))
    texts = {
        "before": change.previous_address or (change.path if before else ""),
        "after": change.path if after else "",
    }
    yield Fact("binding", {"what": "state-file", **texts, "strength": strength}, "", before, after)


def _fact(what: str, delta: Delta, strength: str, related: tuple[Related, ...], certain: bool) -> Fact:
    return Fact(
        "binding",
        {
            "what": what,
            "before": _shown(delta, delta.before),
            "after": _shown(delta, delta.after),
            "strength": strength,
            "certain": certain,
        },
        delta.path,
        delta.before_region,
        delta.after_region,
        related,
        "high" if certain else "medium",
    )


def _shown(delta: Delta, value: Value | None) -> str:
    return shown(delta.path, value, "")
