"""`gitops` facts: what Argo CD or Flux now deletes on its own, or deploys elsewhere, because a setting of theirs moved; and
`removal` facts for the elements that a generator of applications no longer has.

A setting that a new application starts with is no change. A source directory that was only renamed is none either.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.kubernetes.effects import deployed_paths
from blastlint.facts.paths import found, steps
from blastlint.facts.units import truth
from blastlint.frozen import dataclass
from blastlint.model import Change, Entity, Fact, FactValue, Related, Value
from blastlint.regex import regex


@dataclass(frozen=True, slots=True)
class _Controller:
    """Where an object of a deploying controller says what it does; `prune` is the switch for deleting what is gone."""

    prune: str
    heal: str = ""
    targets: tuple[str, ...] = ()


_CONTROLLERS = {
    "Application": _Controller(
        "spec.syncPolicy.automated.prune",
        "spec.syncPolicy.automated.selfHeal",
        ("spec.destination.server", "spec.destination.name", "spec.destination.namespace"),
    ),
    "ApplicationSet": _Controller(
        "spec.template.spec.syncPolicy.automated.prune",
        "spec.template.spec.syncPolicy.automated.selfHeal",
        (
            "spec.template.spec.destination.server",
            "spec.template.spec.destination.name",
            "spec.template.spec.destination.namespace",
        ),
    ),
    "Kustomization": _Controller("spec.prune", targets=("spec.targetNamespace", "spec.kubeConfig.secretRef.name")),
}

_DELETES = regex(r"(?m)^\s*[\"']?\$patch[\"']?:\s*[\"']?delete\b")
_NAMED = regex(r"(?m)^(?P<key>kind|\s+name):\s*[\"']?(?P<text>[\w.-]+)")


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """What one object of Argo CD or Flux does otherwise after the change."""
    controller = _CONTROLLERS.get(change.type)
    before, after = change.before, change.after
    if controller is None or before is None or after is None:
        return
    prunes = _on(after, controller.prune)
    if prunes and _on(before, controller.prune) is False:
        yield _fact(
            "prune", controller.prune, before, after, "it now deletes whatever it does not find in the repository"
        )
    heal = controller.heal
    if heal and _on(after, heal) and _on(before, heal) is False:
        yield _fact("self-heal", heal, before, after, "it now undoes what was changed by hand", prunes)
    yield from _moved_path(before, after, bool(prunes), context)
    for target in controller.targets:
        old, new = (found(e.attributes, steps(target)) for e in (before, after))
        if old is not None and new is not None and old.known and new.known and old.scalar != new.scalar:
            words = f"it deploys to {new.scalar}, and what it deployed to {old.scalar} is left or deleted"
            yield _fact("destination", target, before, after, words, prunes)
            break
    if prunes:
        yield from _deleted_by_patch(before, after)
    if change.type == "ApplicationSet":
        yield from _elements_lost(before, after)


def _on(entity: Entity, path: str) -> bool | None:
    """Whether a switch is on; None where that cannot be known."""
    value = found(entity.attributes, steps(path))
    if value is None:
        return False
    return truth(value.scalar) if value.known else None


def _moved_path(before: Entity, after: Entity, prunes: bool, context: Context) -> Iterator[Fact]:
    """Another directory is deployed, and the old one is still there: what only it has is not found any more."""
    old, new = deployed_paths(before), deployed_paths(after)
    if len(old) != 1 or len(new) != 1 or old == new or not prunes:
        return
    tree = context.after.tree
    if not context.change_set.complete or not tree.listdir(old[0]) or not tree.listdir(new[0]):
        return  # renamed, or in another repository
    words = f"it deploys {new[0]} in place of {old[0]}, and deletes what is only in the old one"
    path = "spec.path" if found(after.attributes, steps("spec.path")) is not None else "spec.source.path"
    yield _fact("path", path, before, after, words, prunes)


def _deleted_by_patch(before: Entity, after: Entity) -> Iterator[Fact]:
    """One fact for the objects that a patch now takes out of what is deployed, and so out of the cluster."""
    old, new = (dict(_patched_out(entity)) for entity in (before, after))
    taken = {name: patch for name, patch in new.items() if name not in old}
    if taken:
        one = len(taken) == 1
        way = ("a patch takes", "out, and it is deleted") if one else ("patches take", "out, and they are deleted")
        fields: dict[str, FactValue] = {
            "what": "patch",
            "prunes": True,
            "before": "deployed",
            "after": "$patch: delete",
            "summary": f"{way[0]} {', '.join(taken)} {way[1]}",
        }
        yield Fact("gitops", fields, "spec.patches", None, next(iter(taken.values())).region)


def _patched_out(entity: Entity) -> Iterator[tuple[str, Value]]:
    """(kind and name of an object, the patch that deletes it), of a Flux Kustomization. A target says best which."""
    listed = found(entity.attributes, steps("spec.patches"))
    for patch in listed.elements if listed is not None else ():
        written, target = patch.get("patch"), patch.get("target")
        text = written.scalar if written is not None else None
        if written is None or not isinstance(text, str) or not _DELETES.search(text):
            continue
        asked = {key: str(value.scalar) for key, value in target.items.items()} if target is not None else {}
        named = {match["key"].strip(): match["text"] for match in _NAMED.finditer(text)}
        kind, name = (asked.get(key) or named.get(key, "") for key in ("kind", "name"))
        chosen = asked.get("name") or asked.get("labelSelector") or asked.get("annotationSelector")
        yield f"{kind} {chosen or ('*' if asked else name)}", written


def _fact(what: str, path: str, before: Entity, after: Entity, summary: str, prunes: bool | None = True) -> Fact:
    old, new = (found(e.attributes, steps(path)) for e in (before, after))
    fields: dict[str, FactValue] = {
        "what": what, "prunes": bool(prunes), "before": _shown(old), "after": _shown(new), "summary": summary,
    }  # fmt: skip
    regions = [value.region if value is not None else None for value in (old, new)]
    return Fact("gitops", fields, path, regions[0], regions[1])


def _shown(value: Value | None) -> str:
    if value is None:
        return "absent"
    if isinstance(value.scalar, bool):
        return str(value.scalar).lower()
    return str(value.scalar) if value.known else value.text


# --- generators ---------------------------------------------------------------------------------------------------------


def _elements_lost(before: Entity, after: Entity) -> Iterator[Fact]:
    """One fact for the elements that a list generator, at any depth, no longer has."""
    old, new = ([e for generator in _generators(entity) for e in generator.elements] for entity in (before, after))
    lost = [element for element in old if element not in new and not _is_renamed_within(element, new)]
    if not lost:
        return
    preserved = found(after.attributes, steps("spec.syncPolicy.preserveResourcesOnDeletion"))
    names = ", ".join(_name(element) for element in lost[:8])
    fields: dict[str, FactValue] = {
        "scope": "resource",
        "count": len(lost),
        "stateful": "",
        "hidden": "",
        "stateful_count": 0,
        "lesser": "",
        "routine": False,
        "referenced": False,
        "what": f"{names} from the generator of {after.address}",
        "cascade": "the applications generated from them, with what they deployed"
        if len(lost) > 1
        else "the application generated from it, with what it deployed",
        "cascades": preserved is None or preserved.scalar is not True,
        "swap": "none",
    }
    related = tuple(Related("is generated no more", element.region) for element in lost[1:])
    yield Fact("removal", fields, "spec.generators", lost[0].region, None, related)


def _generators(entity: Entity) -> Iterator[Value]:
    stack = [found(entity.attributes, steps("spec.generators"))]
    while stack:
        value = stack.pop()
        if value is None:
            continue
        if value.is_list:
            stack.extend(value.elements)
        elif value.is_map:
            for key, below in value.items.items():
                if key == "elements" and below.is_list:
                    yield below
                elif key in ("list", "matrix", "merge", "generators"):
                    stack.append(below)


def _name(element: Value) -> str:
    for key in ("name", "cluster", "env", "app", "path"):
        if (value := element.get(key)) is not None and value.scalar is not None:
            return str(value.scalar)
    return next((str(leaf.scalar) for _, leaf in element.leaves() if leaf.scalar is not None), "an element")


def _is_renamed_within(element: Value, others: list[Value]) -> bool:
    """Whether an element of the same name is there, changed in another entry: the application stays."""
    return any(_name(element) == _name(other) for other in others)
