"""The steps that run the linter: in CI, hooks, make targets. One that is gone, made advisory or narrowed is a fact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from weakref import WeakKeyDictionary

from blastlint.enrich.context import Context
from blastlint.enrich.self_policy.invocations import Invocation, invocations
from blastlint.frozen import replace
from blastlint.model import Change, Fact, Region
from blastlint.parse.workspace import Workspace

_LOST: WeakKeyDictionary[Workspace, dict[str, list[Fact]]] = WeakKeyDictionary()


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """`linter-step` facts of this file: those of the steps that stood in it before."""
    if context.after not in _LOST:
        _LOST[context.after] = _lost(context)
    path = change.before.region.path if change.before is not None else ""
    yield from _LOST[context.after].get(path, ())


def _lost(context: Context) -> dict[str, list[Fact]]:
    files = context.change_set.files
    old = [step for file in files if file.before for step in invocations(file.before, context.before)]
    if not old:
        return {}
    new = [step for file in files if file.after for step in invocations(file.after, context.after)]
    renamed = {file.before: file.after for file in files if file.before and file.after}
    lost: dict[str, list[Fact]] = {}
    for before, after in _paired(old, new, renamed):
        if after is None:
            if not before.is_advisory and not _runs_elsewhere(before, context):
                lost.setdefault(before.path, []).append(_fact("removed", before, None))
            continue
        what = before.lost_in(after)
        if what:
            lost.setdefault(before.path, []).append(_fact(what, before, after))
    return lost


def _paired(
    old: Sequence[Invocation], new: Sequence[Invocation], renamed: Mapping[str, str]
) -> Iterator[tuple[Invocation, Invocation | None]]:
    """Each step of base with the one that stands for it: the same command, one in the same file, at last any other."""
    rest = list(new)
    waiting = list(old)
    pairs: dict[int, Invocation] = {}
    tests = (
        lambda a, b: renamed.get(a.path) == b.path and replace(a, path="", line=0) == replace(b, path="", line=0),
        lambda a, b: a.command == b.command and a.arguments == b.arguments,
        lambda a, b: renamed.get(a.path) == b.path and a.command == b.command,
        lambda a, b: renamed.get(a.path) == b.path,
        lambda a, b: True,
    )
    for test in tests:
        for index, before in enumerate(waiting):
            match = next((b for b in rest if test(before, b)), None) if index not in pairs else None
            if match is not None:
                rest.remove(match)
                pairs[index] = match
    yield from ((before, pairs.get(index)) for index, before in enumerate(waiting))


def _runs_elsewhere(step: Invocation, context: Context) -> bool:
    """Whether an unchanged file of the same kind (CI for CI) still runs the linter."""
    changed = {path for file in context.change_set.files for path in (file.before, file.after)}
    unchanged = [path for path in context.after.tree.search("blastlint") if path not in changed]
    others = (other for path in unchanged for other in invocations(path, context.after))
    return any(other.place == step.place and not other.is_advisory for other in others)


def _now(before: Invocation, after: Invocation | None) -> str:
    """What stands for a step, with the conditions that are new."""
    if after is None:
        return "nothing"
    only = sorted(set(after.scope) - set(before.scope))
    return f"`{after.shown}`" + (f", limited by {', '.join(only)}" if only else "")


def _fact(what: str, before: Invocation, after: Invocation | None) -> Fact:
    return Fact(
        "linter-step",
        {"what": what, "before": f"`{before.shown}`", "after": _now(before, after)},
        path=f"{what} {before.command}",
        before=Region("before", before.path, before.line),
        after=Region("after", after.path, after.line) if after is not None else None,
    )
