"""Tests that stay and run no more: skipped, expected to fail, pending, or left out because another one is the only one.
Those of one file are one fact, on the first of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from blastlint.enrich.code.pairs import Pair, Scope, scope_of
from blastlint.enrich.context import Context
from blastlint.facts.calls import pattern
from blastlint.frozen import dataclass
from blastlint.model import Change, Fact, FactValue, Related, Side
from blastlint.parse.code import Branch, Call, Definition, Handle
from blastlint.regex import regex

_SCREEN = regex(
    rb"(?i)skip|xfail|expectedFailure|Disabled|@Ignore|#\[ignore|\.only\b|\bx(it|describe|context|test|specify)\b|\bf(it|describe|context)\b"
    rb"|\b[FPX](It|Specify|Describe|Context|When|Entry|DescribeTable)\b|pending|\.todo\b|\.fixme\b|collect_ignore|assume(True|That|False)"
)
_TEST = regex(r"^(it|specify|describe|context|scenario|feature|example)$")
_REASON = regex(r"[\"'`]([^\"'`]{6,})[\"'`]")
_CONDITIONAL = regex(
    r"(?i)skipif|skip_?unless|skipIf|platform|version|sys\.|runtime\.GOOS|GOARCH|testing\.Short|EnabledOn|DisabledOn|EnabledIf"
    r"|DisabledIf|cfg_attr|process\.platform|importorskip|assume"
)


@dataclass(frozen=True, slots=True)
class _Skip:
    what: str
    text: str
    at: object


def facts(pair: Pair) -> Iterator[Fact]:
    """At most one `skip` fact for a file."""
    change = pair.change
    if change.after is None or change.action not in ("modified", "added") or change.type == "function":
        return
    mine = _skipped(pair.scope).get(change.path, ())
    if not mine or mine[0][0] is not change:
        return
    skip = mine[0][1]
    existing = [c for c, _ in mine if c.before is not None]
    fields: dict[str, FactValue] = {
        "what": skip.what,
        "name": change.after.name,
        "text": skip.text[:120],
        "count": max(len(mine), _held(change)),
        "new": not existing,
        "conditional": bool(_CONDITIONAL.search(skip.text)),
        "reason": bool(_REASON.search(skip.text)),
        "source_changed": bool(pair.scope.source_changes),
    }
    related = tuple(Related(f"{s.what} too", c.after.header, c.address) for c, s in mine[1:8] if c.after is not None)
    yield pair.fact("skip", "", fields, None, pair.region("after", skip.at), related)


def _skipped(scope: Scope) -> Mapping[str, Sequence[tuple[Change, _Skip]]]:
    """File -> the changes that newly leave tests out; those of tests that existed first."""
    return scope.context.once(_all_skipped)


def _all_skipped(context: Context) -> Mapping[str, Sequence[tuple[Change, _Skip]]]:
    scope = scope_of(context)
    found: dict[str, list[tuple[Change, _Skip]]] = {}
    for change in scope.changes:
        if change.after is None or change.action not in ("modified", "added") or change.type == "function":
            continue
        pair = scope.pair(change)
        if not pair.touches(_SCREEN, "after") or (change.type != "test" and not scope.is_test(change.path)):
            continue
        known = [s.what for s in _skips(pair, "before")]
        for skip in _skips(pair, "after"):
            if skip.what in known:
                known.remove(skip.what)
            else:
                found.setdefault(change.path, []).append((change, skip))
                break
    return {path: sorted(mine, key=lambda item: item[0].before is None) for path, mine in found.items()}


def skipped(change: Change, scope: Scope) -> bool:
    """Whether a test ran nowhere before: nothing is lost with it."""
    pair = scope.pair(change)
    if not pair.mentions(_SCREEN, "before"):
        return False
    return any(s.what == "skipped" and not _CONDITIONAL.search(s.text) for s in _skips(pair, "before"))


def _skips(pair: Pair, side: Side) -> Iterator[_Skip]:
    """Everything on one side that keeps a test from running, or its failure from counting."""
    shape = pair.before if side == "before" else pair.after
    for call in (*shape.decorators, *shape.calls):
        what = _kind(call)
        if what and not _guarded(call, shape.branches):
            yield _Skip(what, call.text.split("{")[0].split("=>")[0], call.at)
    module = pair.module(side)
    if module is not None and module.language == "ruby":  # a call without arguments is just a name
        yield from (_Skip("skipped", said, None) for said in shape.statements if said in ("skip", "pending"))
    for option in shape.options:
        if option.key in ("pytestmark", "collect_ignore", "collect_ignore_glob") and re.search(
            "skip|xfail|\\[", option.value
        ):
            yield _Skip("skipped", f"{option.key} = {option.value}", option.at)
        elif option.key in ("skip", "pending") and _TEST.search(option.owner) and option.value not in ("false", "nil"):
            yield _Skip("skipped", f"{option.key}: {option.value}", option.at)


def _kind(call: Call) -> str:
    for what in ("only", "expected to fail", "skipped"):
        if pattern("skips", what).search(call.name):
            return what
    return ""


def _guarded(call: Call, branches: Sequence[Branch]) -> bool:
    """Whether it is skipped in a branch, that is, only somewhere."""
    return any(b.leaves == "skip" and call.text in b.body for b in branches)


def _held(change: Change) -> int:
    """The number of tests in a class that is skipped as a whole."""
    entity = change.after
    if entity is None or change.type != "class" or not isinstance(entity.detail, Handle):
        return 1
    own: Definition = entity.detail.definition
    return sum(1 for d in entity.detail.module.definitions if d.sort == "test" and d.parent == own.name) or 1
