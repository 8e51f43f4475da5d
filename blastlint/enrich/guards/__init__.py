"""`guard` facts: what protected a thing, and now protects it less or more. One mechanism for every provider and format.
A switch that puts a thing on the internet is one, and told as `exposure`.

A guard is compared by its effective value with defaults applied. Nothing is said of a thing that is new or gone, but the
removal of a resource that only exists to guard another one counts, where that other one stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.enrich.context import Context
from blastlint.enrich.guards.strength import Verdict, level, moved, quantity
from blastlint.enrich.lifecycle.addresses import is_named, whole
from blastlint.enrich.shown import shown
from blastlint.facts.guards import Guard, guards_of, touched_guards
from blastlint.facts.paths import Step, found, keys, steps
from blastlint.frozen import dataclass
from blastlint.model import Change, Delta, Entity, Fact, Related, Scalar, Value

_EXPOSING = frozenset({"public-access", "scheme", "service-type"})
_TOLD_ELSEWHERE = _EXPOSING | {"authentication"}  # as facts of other names


@dataclass(frozen=True, slots=True)
class Movement:
    """One guard of one thing that is weaker or stronger than before, whatever it is called in a report."""

    guard: Guard
    path: str
    before: Value | None
    after: Value | None
    verdict: Verdict


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The guards of one change; arguments that guard together and moved alike are one."""
    if change.before is not None and change.after is not None:
        moves = list(movements(change))
        yield from _exposing(moves)
        yield from _authenticating(moves)
        alike: dict[object, list[Movement]] = {}
        for move in _not_moot(list(_not_replaced(moves, change, context))):
            if move.guard.kind not in _TOLD_ELSEWHERE:
                place = move.path if move.guard.repeated else ""
                alike.setdefault((move.guard.row, move.verdict, place), []).append(move)
        for first, *others in alike.values():
            yield _fact(first, others, _copies(change.after))
    elif change.before is not None:
        yield from _guarding_resource_gone(change.before, context)


def _exposing(moves: Sequence[Movement]) -> Iterator[Fact]:
    weakened = [m for m in moves if m.guard.kind in _EXPOSING and m.verdict.direction == "weakened"]
    if weakened:
        from blastlint.enrich.exposure.switches import fact

        yield from (fact(m.guard.kind, m.path, _values_shown(m), (m.before, m.after), m.verdict) for m in weakened)


def _authenticating(moves: Sequence[Movement]) -> Iterator[Fact]:
    """What asks nobody who they are any more."""
    for move in moves:
        if move.guard.kind == "authentication" and move.verdict.direction == "weakened" and move.verdict.strength == "off":
            before, after = _values_shown(move)
            yield Fact(
                "authentication",
                {
                    "name": keys(move.path)[-1].lower(),
                    "key": move.path,
                    "before": before,
                    "after": after,
                    "added": move.before is None,
                },
                move.path,
                move.before.region if move.before else None,
                move.after.region if move.after else None,
                confidence=move.verdict.confidence,
            )


def movements(change: Change) -> Iterator[Movement]:
    """Every guard that a change of a thing on both sides moved, each path once."""
    if change.before is None or change.after is None:
        return
    touched = touched_guards(change.kind, change.type, frozenset(keys(delta.path)[:1] for delta in change.deltas))
    if not touched or _is_local_module(change):
        return
    seen: set[str] = set()
    for guard in touched:
        if guard.given is not None and not _is_given(guard.given, change.before):
            continue
        for path, before, after in _values(guard, change):
            verdict = moved(guard, before, after)
            if verdict is not None and path not in seen:
                seen.add(path)
                yield Movement(guard, path, before, after, verdict)


def _is_given(given: tuple[str, str], before: Entity) -> bool:
    """Whether every argument at this path, in whichever block, says that."""
    path, wanted = given
    said = [leaf.scalar for place, leaf in before.attributes.leaves() if keys(place) == keys(path)]
    return bool(said) and all(wanted in str(text) for text in said)


def _is_local_module(change: Change) -> bool:
    """A module of this repository is judged by its resources; only of a foreign one the inputs are all that is seen."""
    source = change.entity.attributes.get("source")
    return change.kind == "terraform.module" and str(source.scalar if source else "").startswith((".", "/"))


def _values(guard: Guard, change: Change) -> Iterator[tuple[str, Value | None, Value | None]]:
    """(path, before, after) of each place of the guard that the deltas touch."""
    assert change.before is not None and change.after is not None
    pattern = guard.steps
    for delta in change.deltas:
        if not _touches(keys(delta.path), keys(guard.path)):
            continue
        if guard.repeated:
            if _in_force(guard, delta, change.before):
                yield from _in_repeated(guard, delta)
        else:
            before, after = change.before.attributes, change.after.attributes
            if not (_only_computed(before, after, pattern) or _only_computed(after, before, pattern)):
                yield guard.path, found(before, pattern), found(after, pattern)
            return


def _only_computed(one: Value, other: Value, pattern: tuple[Step, ...]) -> bool:
    """Whether one side says nothing and the other computes a whole container of it: nobody can say that it is in there."""
    container = found(other, pattern[:-1])
    return found(one, pattern) is None and container is not None and not container.known


def _touches(path: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    """Whether one of the two is a beginning of the other, elements aside."""
    shared = min(len(path), len(pattern))
    return path[:shared] == pattern[:shared]


def _in_force(guard: Guard, delta: Delta, before: Entity) -> bool:
    """Whether the repeated block that the delta is in, or is, does anything. A delta's indexes are those of before."""
    if not guard.where:
        return True
    path = steps(delta.path)
    depth = next(i for i, step in enumerate(guard.steps) if step.element)
    block = delta.after if len(keys(delta.path)) == depth else found(before.attributes, path[: depth + 1])
    if block is not None and block.is_list and block.elements:
        block = block.elements[0]
    return all(_says(found(block, steps(place)), wanted) for place, wanted in guard.where)


def _says(value: Value | None, wanted: Scalar) -> bool:
    """Whether it is that, or may be."""
    if wanted == "*":
        return value is not None
    if value is None or not value.known:
        return True
    return value.data == wanted or str(value.scalar).lower() == str(wanted).lower()


def _in_repeated(guard: Guard, delta: Delta) -> Iterator[tuple[str, Value | None, Value | None]]:
    """A place within a repeated block: blocks are paired by the delta, and a new or dropped block says nothing, except
    that data which was kept for ever now is not."""
    rest = [step for step in guard.steps if not step.element][len(keys(delta.path)) :]
    before, after = found(delta.before, tuple(rest)), found(delta.after, tuple(rest))
    if delta.action == "modified" or not rest:
        yield ".".join((delta.path, *(s.text for s in rest))), before, after
    elif guard.strong == "present" and delta.action == "removed" and not steps(delta.path)[-1].element:
        yield ".".join((delta.path, *(s.text for s in rest))), before, None  # the block stays, and loses what held it
    elif guard.unlimited_default and delta.action == "added" and after is not None:
        yield ".".join((delta.path, *(s.text for s in rest))), None, after


# --- the same guard in another place ----------------------------------------------------------------------------------


def _not_replaced(moves: Sequence[Movement], change: Change, context: Context) -> Iterator[Movement]:
    """Without those that only changed their place: to another argument of the same kind, or to a resource of its own."""
    appeared = {
        m.guard.kind for m in moves if m.before is None and m.after is not None and not level(m.guard, m.after).off
    }
    for move in moves:
        gone = move.after is None and move.verdict.direction == "weakened"
        if gone and (move.guard.kind in appeared or _guarded_elsewhere(move.guard, change.entity, context)):
            continue
        yield move


def _not_moot(moves: Sequence[Movement]) -> Iterator[Movement]:
    """Without settings of a check that a switch beside them turns off."""
    off = {_around(m) for m in moves if _is_switch(m) and m.verdict.direction == "weakened"} - {""}
    for move in moves:
        if move.guard.kind != "healthcheck" or _is_switch(move) or _around(move) not in off:
            yield move


def _is_switch(move: Movement) -> bool:
    return move.guard.kind == "healthcheck" and isinstance(move.guard.strong, bool)


def _around(move: Movement) -> str:
    return move.path.rpartition(".")[0]


def _guarded_elsewhere(guard: Guard, subject: Entity, context: Context) -> bool:
    """Whether a resource of its own now gives the subject this kind of guard (a bucket's versioning, say)."""
    for entity in context.entities_after:
        for other in guards_of(entity.kind, entity.type):
            if other.kind == guard.kind and other.subject and _names(entity, other, subject):
                state = level(other, found(entity.attributes, other.steps))
                if state.rank is None or not state.off:
                    return True
    return False


def _guarding_resource_gone(entity: Entity, context: Context) -> Iterator[Fact]:
    """One fact for a removed resource whose purpose was to guard another one that is still there."""
    for guard in guards_of(entity.kind, entity.type):
        if not guard.subject:
            continue
        value = found(entity.attributes, guard.steps)
        if level(guard, value).off:
            continue
        subjects = _subjects(entity, guard)
        staying = _staying(entity, subjects, context)
        if (subjects and not staying) or _selected_is_gone(entity, context):
            continue
        if guard.kind == "alarm" and not subjects and _is_rebuilt(entity, context):
            continue
        if any(_guarded_elsewhere(guard, subject, context) for subject in staying):
            continue
        movement = Movement(
            guard, entity.type, value, None, Verdict("weakened", "off", "high" if staying else "medium")
        )
        yield _fact(movement, gone=True)
        return


def _staying(entity: Entity, subjects: frozenset[str], context: Context) -> list[Entity]:
    """What is still there of what a guarding resource refers to; not the modules that the thing itself is in, or was."""
    before, after = (
        [
            e
            for e in side
            if e.address != entity.address
            and (e.configuration, e.variant) == (entity.configuration, entity.variant)
            and is_named(subjects, e.address)
        ]
        for side in (context.entities_before, context.entities_after)
    )
    things = {whole(e.address) for e in before}
    around = (e for e in after if any(thing != whole(e.address) and is_named((thing,), e.address) for thing in things))
    modules = {id(e) for e in around}
    return [e for e in after if id(e) not in modules]


def _is_rebuilt(entity: Entity, context: Context) -> bool:
    """Whether more of the configuration goes, or another one of its type comes: what an alarm watches that refers to nothing
    may have gone with it, and the new one may watch it."""
    others = (
        change
        for change in context.changes
        if change.kind == entity.kind
        and change.action in ("added", "removed")
        and change.entity.configuration == entity.configuration
    )
    return any((change.entity.type == entity.type) is (change.action == "added") for change in others)


def _selected_is_gone(entity: Entity, context: Context) -> bool:
    """Whether the workloads that a Kubernetes selector chose are gone too."""
    labels = found(entity.attributes, steps("spec.selector.matchLabels"))
    if labels is None or not labels.is_map:
        return False

    def selected(side: Sequence[Entity]) -> bool:
        pods = (found(e.attributes, steps("spec.template.metadata.labels")) for e in side)
        return any(pod is not None and labels.items.items() <= pod.items.items() for pod in pods)

    return selected(context.entities_before) and not selected(context.entities_after)


def _subjects(entity: Entity, guard: Guard) -> frozenset[str]:
    """The addresses that the guarding resource's subject attributes refer to."""
    values = (found(entity.attributes, steps(name)) for name in guard.subject)
    return frozenset(ref for value in values if value is not None for ref in value.refs)


def _names(entity: Entity, guard: Guard, subject: Entity) -> bool:
    return is_named(_subjects(entity, guard), subject.address)


# --- as facts -----------------------------------------------------------------------------------------------------------


def _copies(entity: Entity) -> float | None:
    """How many copies of a workload run: 1 where a Kubernetes object that could say so does not."""
    replicas = found(entity.attributes, steps("spec.replicas"))
    if replicas is None:
        return 1 if entity.kind == "kubernetes.object" else None
    number = quantity(replicas.scalar) if replicas.known else None
    return number[0] if number else None


def _fact(move: Movement, others: Sequence[Movement] = (), copies: float | None = None, gone: bool = False) -> Fact:
    """`others` moved like it. `gone`: the whole thing only existed to guard another one, and is removed."""
    guard = move.guard
    before, after = _values_shown(move)
    return Fact(
        "guard",
        {
            "kind": guard.kind,
            "name": move.path,
            "direction": move.verdict.direction,
            "strength": move.verdict.strength,
            "before": before,
            "after": after,
            "shift": ", ".join(map(_shift, (move, *others))) if not gone else "it is removed",
            "subject": guard.guards,
            "copies": copies,
        },
        path=move.path,
        before=move.before.region if move.before else None,
        after=move.after.region if move.after else None,
        related=tuple(Related(_shift(m), m.after.region if m.after else None, m.path) for m in others),
        confidence=move.verdict.confidence,
    )


def _shift(move: Movement) -> str:
    before, after = _values_shown(move)
    return f"{move.path} {before} -> {after}"


def _values_shown(move: Movement) -> tuple[str, str]:
    guard = move.guard
    return shown(move.path, move.before, absent_text(guard)), shown(move.path, move.after, absent_text(guard))


def absent_text(guard: Guard) -> str:
    """What an absent argument means, in words."""
    if guard.computed:
        return "absent (kept as it is for now)"
    if guard.unlimited_default:
        return "absent (without limit)"
    default = guard.default
    if default is None:
        return "absent"
    return f"absent (default {str(default).lower() if isinstance(default, bool) else default})"
