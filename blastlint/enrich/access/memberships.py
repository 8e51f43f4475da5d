"""`membership` facts: people and accounts that a change takes out of groups, teams, owners' files and lists of who may.

Somebody who is named anywhere in what the change adds has only moved.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from blastlint.enrich.context import Context
from blastlint.frozen import dataclass
from blastlint.model import Change, Entity, Fact, Side, Value
from blastlint.parse.keytree import KeyTree
from blastlint.prose import few
from blastlint.regex import regex

_LISTS = regex(
    r"^(members?|users?|owners?|maintainers?|admins?|administrators?|approvers?|reviewers?|subjects|principals?|groups"
    r"|allow_?list|white_?list|allowed_(users|members|groups|principals|accounts)|teams?|people|collaborators|contacts"
    r"|emeritus_approvers|user_ids?|group_members|usernames)$", 2
)  # fmt: skip
_ONE_BY_ONE = regex(
    r"^(github_(team_)?membership|github_repository_collaborator|gitlab_group_membership|okta_group_memberships?"
    r"|google_cloud_identity_group_membership|googleworkspace_group_member|azuread_group_member|aws_identitystore_group_membership"
    r"|aws_iam_user|aws_iam_user_group_membership|pagerduty_team_membership)$"
)
_OWNERS = regex(r"(^|/)CODEOWNERS$")
_OWNER = regex(r"(?<![\w@.-])(@[\w./-]+|[\w.+-]+@[\w-]+\.[\w.-]+)")
_NOT_PEOPLE = regex(r"^(\d+(\.\d+)*|true|false|\*)$|[\s{}]|://")
_LEAST, _SHARE = 5, 0.3


@dataclass(frozen=True, slots=True)
class Group:
    """Everybody that one list names."""

    name: str
    people: frozenset[str]
    entity: Entity


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """One fact for a list that loses many, or all; on the change of its file or its resource."""
    groups = context.once(_lost)
    for group, gone in groups:
        if change.before is group.entity:
            everyone = gone == group.people
            yield Fact(
                "membership",
                {
                    "removed": len(gone),
                    "total": len(group.people),
                    "share": round(len(gone) / len(group.people), 3),
                    "all": everyone,
                    "summary": f"{'all' if everyone else len(gone)} of its {len(group.people)} "
                    f"{group.name.removeprefix(group.entity.address).strip() or 'people'} "
                    f"({few(sorted(gone))})",
                },
                path=group.name.removeprefix(group.entity.address).strip(),
                before=group.entity.header or group.entity.region,
            )


def _lost(context: Context) -> list[tuple[Group, frozenset[str]]]:
    touched = {id(e) for change in context.changes for e in (change.before, change.after) if e is not None}
    before = [group for group in _groups(context, "before", touched) if len(group.people) >= _LEAST]
    if not before:
        return []
    present = frozenset(person for group in _groups(context, "after", touched) for person in group.people)
    told = [(group, group.people - present) for group in before]
    return [(g, gone) for g, gone in told if len(gone) >= _LEAST and len(gone) >= _SHARE * len(g.people)]


def _groups(context: Context, side: Side, only: Container[int]) -> list[Group]:
    """The lists of one side, of the entities with these ids; for what is named one by one, the set of all of a kind."""
    found: list[Group] = []
    single: dict[tuple[str, str], tuple[set[str], Entity]] = {}
    for entity in context.entities_before if side == "before" else context.entities_after:
        if not entity.kind.startswith(("terraform.resource", "cloudformation.", "kubernetes.object")):
            continue
        if _ONE_BY_ONE.match(entity.type):
            people, _ = single.setdefault((entity.configuration, entity.type), (set(), entity))
            people.add(entity.address)
        elif id(entity) in only:
            found.extend(_lists(entity, entity.attributes, entity.address))
    changed = {e.key for change in context.changes if (e := change.before) is not None and change.after is None}
    for (_, type_), (people, _) in single.items():
        first = next((e for e in _entities(context, side) if e.type == type_ and e.key in changed), None)
        if first is not None or side == "after":
            found.append(Group(type_, frozenset(people), first or _entities(context, side)[0]))
    for change in context.changes:
        side_entity = change.before if side == "before" else change.after
        if change.kind == "file" and side_entity is not None:
            found.extend(_file(side_entity, context, side))
    return found


def _entities(context: Context, side: Side) -> tuple[Entity, ...]:
    return tuple(context.entities_before if side == "before" else context.entities_after)


def _lists(entity: Entity, value: Value, name: str, depth: int = 0) -> Iterator[Group]:
    if depth > 8:
        return
    for key, child in value.items.items():
        if child.is_scalar:
            continue
        if child.is_map:
            yield from _lists(entity, child, name, depth + 1)
        elif child.is_list and _LISTS.match(key.replace("-", "_")):
            people = frozenset(person for element in child.elements if (person := _person(element)))
            if people:
                yield Group(f"{name} {key}", people, entity)
        for element in child.elements:
            yield from _lists(entity, element, name, depth + 1)


def _person(value: Value) -> str:
    """A name, an address of mail, or the name of a subject; empty for what is none, as is a section that
    holds a table of its own."""
    if value.is_map:
        if any(element.is_map for part in value.items.values() for element in part.elements):
            return ""
        for key in ("email", "login", "username", "user", "name", "id"):
            part = value.get(key)
            if part is not None and isinstance(part.scalar, str):
                return part.scalar.lower()
        return ""
    text = str(value.scalar) if isinstance(value.scalar, str) else ""
    return "" if _NOT_PEOPLE.search(text) else text.lower()


def _file(entity: Entity, context: Context, side: Side) -> Iterator[Group]:
    workspace = context.before if side == "before" else context.after
    if _OWNERS.search(entity.address):
        text = (workspace.tree.read(entity.address) or b"").decode("utf-8", "replace")
        lines = (line.partition("#")[0] for line in text.splitlines())
        people = frozenset(owner.lower() for line in lines for owner in _OWNER.findall(line.partition(" ")[2]))
        if people:
            yield Group(entity.address, people, entity)
    elif entity.address.endswith((".yaml", ".yml", ".json", ".toml")):
        document = workspace.document(entity.address)
        if document is None or not isinstance(document.content, KeyTree):
            return
        if not any(_LISTS.match(key.replace("-", "_")) for key in document.content.keys):
            return
        for root in document.content.documents:
            if "apiVersion" not in root.items and "Resources" not in root.items:
                yield from _lists(entity, root, entity.address)
