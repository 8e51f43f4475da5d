"""`command` facts: what an added or changed command does, to what, where, and what it lost; `guard` facts: the question, the
trial run or the condition that ran before a command and is gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache, partial

from blastlint.command import Command
from blastlint.diff.commands import command_of
from blastlint.enrich.commands.context import attribute, more_dangerous, ref_of, surroundings, worst_target
from blastlint.enrich.commands.narrowing import is_narrowed, narrowing_lost, unfiltered
from blastlint.enrich.context import Context
from blastlint.enrich.vocabulary import FACTS
from blastlint.facts.commands import approvals, classes_of, is_known, permanent, pretends
from blastlint.frozen import replace
from blastlint.masking import mask_text
from blastlint.model import Change, Delta, Entity, Fact, FactValue, Region, Related
from blastlint.parse.shell_values import is_root
from blastlint.regex import regex

DESTRUCTIVE = frozenset(
    {"recursive-delete", "iac-destroy", "platform-destroy", "platform-delete", "cloud-delete", "schema-reset", "data-delete",
     "disk", "overwrite", "backup-delete", "git-history", "git-local", "iac-state", "delete"}
)  # fmt: skip
_SERIOUS = (DESTRUCTIVE | {"guard-off", "access-grant", "restore-over"}) - {"delete"}
_OPERATIONAL = regex(
    r"(?i)(^|[^a-z])(runbooks?|playbooks?|ops|operations?|on-?call|incidents?|recovery|disaster|restore|rollback|maintenance"
    r"|sop|procedures?|deploy(ment|ing)?|release|releasing|agents|claude|skills?|cursor|copilot-instructions)([^a-z]|$)"
)
_DEPLOY_JOB = regex(r"(?i)(^|[^a-z])(deploy(ment)?|release|publish|rollout|promote)([^a-z]|$)")
_DEPLOYING = frozenset({"deploy", "migrate", "iac-apply", "schema-sync", "restore"})
_STOPS = frozenset({"guard-stop", "access-stop", "data-stop"})
_SUBJECTS = {"confirmation": "a person's answer", "dry-run": "a trial run", "environment": "a test of where it runs"}


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The facts of one change of a command."""
    if change.action == "modified" or change.action == "added" or change.action == "moved":
        assert change.after is not None
        old = command_of(change.before) if change.before is not None else None
        told = attribute(change.after, "container") == "docs"
        if change.action != "moved":
            fact = _command(change, change.after, old, context)
            if fact is not None:
                yield _runbook(fact, change.after) if told else fact
        if told:
            return
        if old is not None and change.before is not None and change.action == "modified":
            yield from _guards(change, change.before, change.after, context)


def does(command: Command) -> tuple[str, ...]:
    """The classes of a command; none but `plan` when it only pretends."""
    classes = classes_of(command)
    return ("plan",) if pretends(command) and classes else classes


def _command(change: Change, entity: Entity, old: Command | None, context: Context) -> Fact | None:
    command = command_of(entity)
    classes = does(command)
    if not classes and old is not None and not is_known(command.tool) and pretends(old) and not pretends(command):
        classes = ("other",)  # whatever it is, it only showed before what it does now
    if not classes:
        return None
    before = does(old) if old is not None else ()
    place = surroundings(entity, command)
    target, target_before = worst_target(command), worst_target(old) if old is not None else None
    pairs, recreate_new = _recreation(change, entity, context)
    unchecked = attribute(entity, "unchecked")
    if unchecked and change.before is not None and attribute(change.before, "unchecked"):
        unchecked = ""
    lost = tuple(narrowing_lost(command, old, partial(_elsewhere, command, entity, context))) if old is not None else ()
    fields: dict[str, FactValue] = {
        "classes": classes,
        "status": change.action,
        "tool": command.tool,
        "verb": command.verb,
        "text": mask_text(command.text),
        "before": mask_text(old.text) if old is not None else None,
        "target": mask_text(target.text) if target is not None else "",
        "target_kind": target.kind if target is not None else "none",
        "production": place.production,
        "ephemeral": place.ephemeral,
        "narrowing_lost": lost,
        "approvals_added": tuple(a for a in approvals(command) if old is None or a not in approvals(old)),
        "dry_run_lost": bool(old is not None and pretends(old) and not pretends(command)),
        "unchecked_step": mask_text(unchecked),
        "pairs_with": mask_text(pairs),
        "recreate_new": recreate_new,
        "container": place.container,
        "saved_plan": saved_plan(command),
        "escalated": old is None or bool(_SERIOUS & set(classes) - set(before)) or _more_targets(command, old),
        "target_worse": old is None or more_dangerous(target, target_before),
        "empty_is_root": any(
            not t.known and t.kind in ("variable", "unset-variable") and is_root(t.bare) for t in command.targets
        ),
        "narrowed": is_narrowed(command),
        "declared": place.declared,
        "new_file": context.before.tree.size(entity.region.path) is None and change.action == "added",
        "throwaway": place.throwaway,
        "remote": place.remote,
        "unfiltered": unfiltered(command.each),
        "hardened": _hardened(command, old),
        "ref": ref_of(command),
        "resumed": not _STOPS.isdisjoint(classes) and _resumed(command, entity, context),
    }
    region = old.region if old is not None else None
    return Fact("command", fields, path=_summary(command), before=region, after=command.region)


def _runbook(fact: Fact, entity: Entity) -> Fact:
    """The same for a command that a document tells people to run."""
    command = command_of(entity)
    fields = {name: fact.fields[name] for name in FACTS["runbook"] if name in fact.fields}
    operational = bool(_OPERATIONAL.search(entity.region.path) or _OPERATIONAL.search(command.scope))
    return Fact("runbook", {**fields, "operational": operational}, fact.path, fact.before, fact.after)


def _more_targets(command: Command, old: Command) -> bool:
    """Whether it names further things beside all those that it named before."""
    before, now = {t.value for t in old.targets}, {t.value for t in command.targets}
    return bool(before) and before < now and bool(_SERIOUS & set(does(command)))


def _hardened(command: Command, old: Command | None) -> str:
    """What makes a delete final that could be taken back before; empty when nothing does, or when the command is new."""
    if old is None or "delete" not in f"{' '.join(does(old))}":
        return ""
    return ", ".join(p for p in permanent(command) if p not in permanent(old))


def _summary(command: Command) -> str:
    """The part of a fingerprint: what kind of command it is, so that an edit of its words keeps it."""
    return command.summary


def saved_plan(command: Command) -> bool:
    """`terraform apply FILE`: what was looked at is what is applied."""
    return command.tool in ("terraform", "tofu", "terragrunt") and command.verb == "apply" and bool(command.targets)


def _elsewhere(command: Command, entity: Entity, context: Context, value: str) -> bool:
    """Whether the literal that an option had narrows in another way now: as a word, a variable, or in a file beside it."""
    if not value or len(value) < 3:
        return any(value == t.value for t in command.targets) if value else False
    if value.startswith("$") and value.strip('${}"') in command.text:
        return True
    if value in command.text or any(value in v for _, v in command.assignments):
        return True
    scope = _scopes(_Key(context.entities_after)).get(entity.parent, ())
    if any(value in command_of(e).text for e in scope):
        return True
    return value in attribute(entity, "words") or value in attribute(entity, "environment")


def _resumed(command: Command, entity: Entity, context: Context) -> bool:
    """Whether the script starts again later what this stops; of a packet filter, whether it gets rules or is enabled."""
    names = _named(command) - {"stop", "disable", "mask", "kill"}
    for other in (command_of(e) for e in _scopes(_Key(context.entities_after)).get(entity.parent, ())):
        if other.region.start_line < command.region.start_line or "service-start" not in classes_of(other):
            continue
        if names & _named(other) or (other.tool == command.tool and command.tool not in ("systemctl", "service")):
            return True
    return False


def _named(command: Command) -> set[str]:
    return {command.verb, *(t.value.removesuffix(".service") for t in command.targets)}


class _Key:
    """A list of entities as a cache key: the list itself, not what is in it."""

    def __init__(self, entities: object) -> None:
        self.entities = entities

    def __hash__(self) -> int:
        return id(self.entities)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.entities is self.entities


@lru_cache(maxsize=2)
def _scopes(key: _Key) -> Mapping[str, tuple[Entity, ...]]:
    """Scope -> its commands."""
    found: dict[str, list[Entity]] = {}
    entities = key.entities
    assert isinstance(entities, (tuple, list))
    for entity in entities:
        if entity.kind == "command":
            found.setdefault(entity.parent, []).append(entity)
    return {scope: tuple(members) for scope, members in found.items()}


def _recreation(change: Change, entity: Entity, context: Context) -> tuple[str, bool]:
    """(text of the create that follows this destroy, whether the sequence is new). A create that completes a destroy which
    was there before counts on the create."""
    pairs = attribute(entity, "recreated")
    if pairs:
        new = change.before is None or not attribute(change.before, "recreated")
        return pairs, new
    completes = attribute(entity, "recreates")
    if completes and (change.before is None or not attribute(change.before, "recreates")):
        was_there = any(
            command_of(e).text == completes for e in _scopes(_Key(context.entities_before)).get(entity.parent, ())
        )
        if was_there:
            return completes, True
    return "", False


# --- guards --------------------------------------------------------------------------------------------------------


def _guards(change: Change, before: Entity, after: Entity, context: Context) -> Iterator[Fact]:
    old, new = command_of(before), command_of(after)
    for delta in change.deltas:
        if delta.path.startswith("guard.") and delta.before is not None:
            kind, text = delta.path.removeprefix("guard."), str(delta.before.scalar)
            if kind in _SUBJECTS and not _is_asked_still(text, new, context):
                guard = _guard(kind, "condition", text, "nothing", new, delta.before.region, delta.path)
                yield _of_deployment(guard) if _deploys_by_its_job(new, after) else guard
    if pretends(old) and not pretends(new) and classes_of(new):
        yield _guard("dry-run", "dry-run", old.text, new.text, new, old.region, "dry-run")
    yield from _backup(change.deltas, old, new)


def _is_asked_still(condition: str, command: Command, context: Context) -> bool:
    """Whether the condition of a CI job or step is met all the same."""
    if not condition.startswith("if "):
        return False
    from blastlint.enrich.commands.triggers import is_implied

    return is_implied(condition, [guard.text for guard in command.guards], command.region.path, context)


def _guard(kind: str, name: str, before: str, after: str, command: Command, place: Region | None, path: str) -> Fact:
    fields: dict[str, FactValue] = {
        "kind": kind,
        "name": name,
        "direction": "weakened",
        "strength": "off",
        "before": mask_text(before),
        "after": mask_text(after),
        "subject": mask_text(command.text),
        "protects": _protects(command),
    }
    return Fact("guard", fields, path, before=place, after=command.region)


def _protects(command: Command) -> str:
    classes = set(does(command))
    if classes & DESTRUCTIVE:
        return "destructive"
    return "deploy" if classes & _DEPLOYING else "other"


def _deploys_by_its_job(command: Command, entity: Entity) -> bool:
    """Whether a script that nobody knows runs in a job which says that it deploys: by its name, or by its environment."""
    in_ci = attribute(entity, "container") == "ci" and not is_known(command.tool)
    return in_ci and bool(attribute(entity, "environment") or _DEPLOY_JOB.search(attribute(entity, "job")))


def _of_deployment(guard: Fact) -> Fact:
    return replace(guard, fields={**guard.fields, "protects": "deploy"})


def _backup(deltas: tuple[Delta, ...], old: Command, new: Command) -> Iterator[Fact]:
    """A backup whose failure used to stop the script and now goes unnoticed."""
    lost = next(
        (d for d in deltas if d.path == "failure" and d.before is not None and d.before.scalar == "stops"), None
    )
    if lost is None or not _is_backup(new):
        return
    was, now = mask_text(old.text), "its failure goes unnoticed" if new.text == old.text else mask_text(new.text)
    fields: dict[str, FactValue] = {
        "kind": "backup",
        "name": "the error check",
        "direction": "weakened",
        "strength": "off",
        "before": was,
        "after": now,
        "shift": f"the error check of `{was}` -> {now}",
        "subject": "the check that its backup was made",
        "protects": "destructive",
    }
    yield Fact(
        "guard", fields, "failure", before=old.region, after=new.region, related=(Related("the backup", new.region),)
    )


def _is_backup(command: Command) -> bool:
    return "backup" in classes_of(command)
