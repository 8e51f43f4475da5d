"""What an expression that hangs on the workspace means in the default one, the only one that every configuration has.

`terraform.workspace` is unknown: it is chosen when Terraform runs. Where an edit puts a value for an expression of it that
is just that value in the default workspace, nothing is replaced there. What it does in others is a `binding` fact of what
holds data: there its name is another one, and it is destroyed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from blastlint.enrich.context import Context
from blastlint.enrich.lifecycle.bindings import moved_fact
from blastlint.enrich.lifecycle.outcomes import HOLDS_STATE
from blastlint.enrich.lifecycle.replacement import weigh_unknown
from blastlint.facts.stateful import stateful_class
from blastlint.model import Change, Delta, Fact, Region, Value, unknown
from blastlint.parse.hcl import expression
from blastlint.parse.hcl_ast import Attr, Expr, Source, Step
from blastlint.resolve.terraform.evaluate import Scope, attribute

_NAME = "terraform.workspace"
_MAX_TEXT = 4_000


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The argument that is the same in the default workspace only, where changing it replaces what holds data. The
    instances of one block are told once."""
    if context.once(_tellers).get(_place(change)) is not change:
        return
    delta = _argument(change)
    if delta is not None and change.before is not None:
        yield moved_fact("workspace", delta, (change.before,), context)


def _tellers(context: Context) -> dict[Region | str, Change]:
    """The first change of each block of which there is such a thing to tell."""
    found: dict[Region | str, Change] = {}
    for change in context.changes:
        if change.kind == "terraform.resource" and _argument(change) is not None:
            found.setdefault(_place(change), change)
    return found


def _place(change: Change) -> Region | str:
    return change.entity.header or change.address


def _argument(change: Change) -> Delta | None:
    if change.after is None or not any(map(hangs_on_workspace, change.deltas)):
        return None
    if stateful_class(change.type) not in HOLDS_STATE:
        return None
    entity = change.after
    ends = [d for d in change.deltas if d.after is not None and d.after.known]  # where it hangs on the workspace no more
    forcing = (d for d in ends if weigh_unknown(entity, d.path) != "changes")
    return next((delta for delta in forcing if same_by_default(delta)), None)


def hangs_on_workspace(delta: Delta) -> bool:
    sides = [side for side in (delta.before, delta.after) if side is not None and not side.known]
    return any(_NAME in side.text for side in sides)


class _Default:
    """The environment in which only the workspace is known."""

    functions: Mapping[str, Callable[..., Value]] = {}

    def reference(self, name: str, steps: Sequence[Step]) -> tuple[Value, int]:
        first = steps[0].name if steps and isinstance(steps[0], Attr) else ""
        if (name, first) == ("terraform", "workspace"):
            return Value("default"), 1
        return unknown("not known here", name), 0

    def read_file(self, path: str) -> bytes | None:
        return None

    def list_files(self, path: str) -> Sequence[str]:
        return ()


def same_by_default(delta: Delta) -> bool:
    """Whether the two sides of a difference are one value in the default workspace."""
    if delta.before is None or delta.after is None or not hangs_on_workspace(delta):
        return False
    old, new = _there(delta.before), _there(delta.after)
    return old is not None and old == new


def _there(value: Value) -> Value | None:
    """The value in the default workspace; None where its text is no expression."""
    if value.known or _NAME not in value.text:
        return value
    if len(value.text) > _MAX_TEXT:
        return None
    expr: Expr = expression(Source("", "after", value.text))
    return attribute(expr, Scope(_Default()))
