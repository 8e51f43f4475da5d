"""Commands before x after. A command has no name of its own: it is known by its text, within its script first.

Equal text in the same scope (job, recipe, function) is the same command, wherever in it; equal text elsewhere in the change
set is a move; then the most alike command of the same tool and verb is its other version. What the pair lost is in the
deltas: `text`, `guard` (a condition that ran before it), `failure` (what happens when it fails).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from blastlint.command import Command, Guard
from blastlint.facts.commands import classes_of
from blastlint.model import Change, Delta, Entity, Value
from blastlint.regex import regex

_WORDS = regex(r"[^\s\"']+")
_LOCAL_FLOOR, _DISTANT_FLOOR = 0.2, 0.6
_INTERCHANGEABLE = ("confirmation", "dry-run")  # one of them is as good as another
_IDLE = frozenset({"exit", "return", "echo", "printf", "true", "false", ":", "break", "continue", "die", "usage"})
_Pair = tuple[Entity, Entity]


def changes(before: Sequence[Entity], after: Sequence[Entity]) -> Iterator[Change]:
    """Every difference between the commands of the two sides."""
    pairs, gone, born = _equal(before, after, lambda e: (e.parent, e.content))
    moves, gone, born = _equal(gone, born, lambda e: ("", e.content))
    for scope, floor in (_parent, _LOCAL_FLOOR), (_path, _DISTANT_FLOOR), (_anywhere, _DISTANT_FLOOR):
        found, gone, born = _alike(gone, born, scope, floor)
        pairs += found
    yield from _moved(moves)
    yield from _modified(pairs, before, after)
    yield from (Change(e.address, "removed", e, None) for e in gone)
    yield from (Change(e.address, "added", None, e) for e in born)


def command_of(entity: Entity) -> Command:
    assert isinstance(entity.detail, Command)
    return entity.detail


# --- who is who ----------------------------------------------------------------------------------------------------


def _equal(
    before: Sequence[Entity], after: Sequence[Entity], key: Callable[[Entity], tuple[str, str]]
) -> tuple[list[_Pair], list[Entity], list[Entity]]:
    """Pairs of equal key in order, and what stays over on both sides."""
    waiting: dict[tuple[str, str], list[Entity]] = {}
    for entity in after:
        waiting.setdefault(key(entity), []).append(entity)
    for entities in waiting.values():
        entities.reverse()
    pairs: list[_Pair] = []
    gone: list[Entity] = []
    taken: set[str] = set()
    for old in before:
        candidates = waiting.get(key(old))
        if candidates:
            new = candidates.pop()
            taken.add(new.address)
            pairs.append((old, new))
        else:
            gone.append(old)
    return pairs, gone, [e for e in after if e.address not in taken]


def _parent(entity: Entity) -> str:
    return entity.parent


def _path(entity: Entity) -> str:
    return entity.region.path


def _anywhere(entity: Entity) -> str:
    return ""


def _alike(
    gone: Sequence[Entity], born: Sequence[Entity], scope: Callable[[Entity], str], floor: float
) -> tuple[list[_Pair], list[Entity], list[Entity]]:
    """Pairs of the same tool and verb in one scope, most alike first."""
    waiting: dict[tuple[str, str, str], list[tuple[int, Entity]]] = {}
    for index, new in enumerate(born):
        waiting.setdefault((scope(new), new.type, new.name), []).append((index, new))
    scored: list[tuple[float, int, int]] = []
    words = [_words(e) for e in gone]
    new_words: dict[int, frozenset[str]] = {}
    for index, old in enumerate(gone):
        candidates = waiting.get((scope(old), old.type, old.name), ())
        first = max(bisect_left(candidates, old.region.start_line, key=lambda c: c[1].region.start_line) - 25, 0)
        for other, new in candidates[first : first + 50] if len(candidates) > 50 else candidates:
            score = _share(words[index], new_words.setdefault(other, _words(new)))
            if score >= floor:
                scored.append((-score, index, other))
    pairs: list[_Pair] = []
    left: set[int] = set()
    right: set[int] = set()
    for _, index, other in sorted(scored):
        if index not in left and other not in right:
            left.add(index)
            right.add(other)
            pairs.append((gone[index], born[other]))
    pairs.sort(key=lambda pair: (pair[1].region.path, pair[1].region.start_line))
    return (
        pairs,
        [e for i, e in enumerate(gone) if i not in left],
        [e for i, e in enumerate(born) if i not in right],
    )


def _words(entity: Entity) -> frozenset[str]:
    return frozenset(_WORDS.findall(command_of(entity).text.lower()))


def _share(first: frozenset[str], second: frozenset[str]) -> float:
    """Share of words that two commands have in common, 0..1."""
    either = len(first | second)
    return len(first & second) / either if either else 1.0


# --- what is different ---------------------------------------------------------------------------------------------


def _moved(pairs: Sequence[_Pair]) -> Iterator[Change]:
    for old, new in pairs:
        yield Change(new.address, "moved", old, new, previous_address=old.address, explained_by="moved")


def _modified(pairs: Sequence[_Pair], before: Sequence[Entity], after: Sequence[Entity]) -> Iterator[Change]:
    losses = _guard_losses(pairs, _held(after), _at_stake(before))
    gains = _guard_losses([(new, old) for old, new in pairs], _held(before), _at_stake(after))
    for index, (old, new) in enumerate(pairs):
        gained = [Delta(delta.path, "added", None, delta.before) for delta in gains.get(index, ())]
        deltas = [*_text(old, new), *_failure(old, new), *_sequence(old, new), *losses.get(index, ()), *gained]
        if deltas:
            previous = old.address if old.parent != new.parent else ""
            yield Change(new.address, "modified", old, new, tuple(deltas), previous)


def _text(old: Entity, new: Entity) -> Iterator[Delta]:
    if old.content != new.content:
        yield Delta("text", "modified", _shown(old), _shown(new))


def _shown(entity: Entity) -> Value:
    command = command_of(entity)
    return Value(command.text, region=command.region)


def _failure(old: Entity, new: Entity) -> Iterator[Delta]:
    """What happens when it fails, for commands whose failure matters to somebody."""
    before, after = _outcome(command_of(old)), _outcome(command_of(new))
    if before != after and (classes_of(command_of(old)) or classes_of(command_of(new))):
        yield Delta("failure", "modified", Value(before, region=old.region), Value(after, region=new.region))


def _outcome(command: Command) -> str:
    if command.ignored:
        return "ignored"
    return "stops" if command.checked else "unnoticed"


def _sequence(old: Entity, new: Entity) -> Iterator[Delta]:
    """Whether a delete rests on an unchecked step, or is followed by a create, where the text alone shows nothing."""
    for name in ("unchecked", "recreates"):
        before, after = old.attributes.items.get(name), new.attributes.items.get(name)
        if (before is None) != (after is None):
            yield Delta(name, "added" if before is None else "removed", before, after)


def _held(entities: Sequence[Entity]) -> dict[str, set[tuple[str, tuple[str, ...]]]]:
    """The guards of every command of a file."""
    held: dict[str, set[tuple[str, tuple[str, ...]]]] = {}
    seen: dict[str, set[Guard]] = {}
    for entity in entities:
        if command_of(entity).guards:
            known = seen.setdefault(entity.region.path, set())
            fresh = [g for g in command_of(entity).guards if g not in known]
            known.update(fresh)
            held.setdefault(entity.region.path, set()).update(_meaning(g) for g in fresh)
    return held


def _guard_losses(
    pairs: Sequence[_Pair], held: dict[str, set[tuple[str, tuple[str, ...]]]], at_stake: dict[tuple[str, Guard], int]
) -> dict[int, tuple[Delta, ...]]:
    """Each guard that is gone, shown once: on the command of most consequence that it held back."""
    losing: dict[tuple[str, Guard], list[int]] = {}
    for index, (old, new) in enumerate(pairs):
        if command_of(old).guards == command_of(new).guards:
            continue
        if command_of(new).tool in _IDLE:
            continue
        kept = {_meaning(g) for g in command_of(new).guards}
        kinds = {(g.kind, g.off) for g in command_of(new).guards}
        everywhere = held.get(new.region.path, set())
        for guard in command_of(old).guards:
            if guard.kind in _INTERCHANGEABLE:
                if (guard.kind, False) not in kinds and not (guard.off and (guard.kind, True) in kinds):
                    losing.setdefault((new.region.path, guard), []).append(index)
            elif _meaning(guard) not in kept and _meaning(guard) not in everywhere:
                losing.setdefault((new.region.path, guard), []).append(index)
    result: dict[int, tuple[Delta, ...]] = {}
    for (_, guard), indexes in losing.items():
        worst = max(indexes, key=lambda i: (_consequence(command_of(pairs[i][1])), -i))
        if _consequence(command_of(pairs[worst][1])) < at_stake[pairs[worst][0].region.path, guard]:
            continue  # it went together with what it was there for
        delta = Delta(f"guard.{guard.kind}", "removed", Value(guard.text, region=guard.region), None)
        result[worst] = (*result.get(worst, ()), delta)
    return result


def _at_stake(before: Sequence[Entity]) -> dict[tuple[str, Guard], int]:
    """The consequence of the worst command that each guard held back."""
    worst: dict[tuple[str, Guard], int] = {}
    for entity in before:
        command = command_of(entity)
        consequence = _consequence(command) if command.guards else 0
        for guard in command.guards:
            key = (entity.region.path, guard)
            worst[key] = max(worst.get(key, 0), consequence)
    return worst


def _meaning(guard: Guard) -> tuple[str, tuple[str, ...]]:
    """Another spelling of a test of the same variables is the same guard."""
    return (guard.kind, tuple(sorted(guard.names)) or (guard.text.removeprefix("not "),))


def _consequence(command: Command) -> int:
    classes = classes_of(command)
    if any(c.endswith(("destroy", "delete", "reset")) or c in ("disk", "data-delete") for c in classes):
        return 3
    return 2 if "deploy" in classes or "migrate" in classes else 1 if classes else 0
