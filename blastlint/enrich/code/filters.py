"""Which requests a check stands before: the actions of a controller of Rails, and the pages of Next.

`before_action :login, only: [:show]` stands before one action, `skip_before_action :login, except: [:show]` takes an
inherited filter from all others. Which actions are meant is unknown where they are not written out (a constant) or a
condition comes with them; nothing is said to be lost by that: the filter then stands before nothing on the before side, and
before everything on the after side. The middleware of Next stands before the pages that its `matcher` lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from blastlint.enrich.code.auth import weaker
from blastlint.enrich.code.auth_elements import FILTERS, Element, of_filter
from blastlint.enrich.code.pairs import Pair
from blastlint.facts.calls import pattern
from blastlint.frozen import dataclass
from blastlint.model import Entity, Fact, FactValue, Side
from blastlint.parse.code import Call, Handle, Shape
from blastlint.regex import regex

_INHERITED = "*"  # the actions of a controller that has none of its own: those of the controllers below it
_SKIPS = ("skip_before_action", "skip_before_filter")
_LISTED = regex(r"^(\[[\s:\w\"',?!]*\]|%[iw][\[({<][\w\s?!]*[\])}>]|[:\"'][\w?!]+[\"']?)$")
_ACTION = regex(r"\w+[?!]?")
_SIDES: tuple[Side, Side] = ("before", "after")
_HIDING = ("private", "protected")
_MIDDLEWARE = regex(r"(^|/)(middleware|proxy)\.[jt]s$")
_ASKS = regex(rb"(?i)auth|session|clerk|login")
_PAGE = regex(r"([\"'`])(/[^\"'`]*)\1")


@dataclass(frozen=True, slots=True)
class _Reach:
    """The actions that a filter stands before, and the call that said so last (None: a controller above)."""

    actions: frozenset[str]
    at: object = None


def narrowed(pair: Pair) -> Iterator[Fact]:
    """Checks that stand, and that fewer requests are behind now."""
    yield from _unmatched(pair)
    if pair.change.type == "class":
        yield from _unfiltered(pair)


def _unmatched(pair: Pair) -> Iterator[Fact]:
    """Pages that the middleware of Next, where it asks who somebody is, no longer stands before."""
    module = pair.module("after")
    if module is None or not _MIDDLEWARE.search(pair.change.path) or not _ASKS.search(module.source):
        return
    before, after = (next((o for o in s.options if o.key == "matcher"), None) for s in (pair.before, pair.after))
    if before is None or after is None:
        return
    there = [page for _, page in _PAGE.findall(after.value)]
    roots = [page.partition("/:")[0] for page in there if "/:" in page]
    if any("(" in page for page in there):
        return  # an expression: what it matches is not worked out
    pages = (page for _, page in _PAGE.findall(before.value) if page not in there)
    lost = [page for page in pages if not any(page == root or page.startswith(f"{root}/") for root in roots)]
    if lost:
        fields: dict[str, FactValue] = {
            "name": f"a login before {', '.join(lost)}", "after": "", "route": True, "open": True,
        }  # fmt: skip
        yield pair.fact("auth", "", fields, pair.region("before", before.at), pair.region("after", after.at))


def _unfiltered(pair: Pair) -> Iterator[Fact]:
    """Checks of a controller that stand, and that fewer of the actions it keeps are behind now."""
    above = _inherited(pair.before) | _inherited(pair.after)
    actions = _kept(pair.change.before, pair.change.after) | (_left_out(pair.after) - _left_out(pair.before))
    reach_before, reach_after = (_reaches(pair, side, actions, above) for side in _SIDES)
    lost: dict[str, Element] = {}
    standing: dict[str, None] = {}
    bare: list[str] = []
    opened = False
    for action in sorted(actions):
        old, new = (list(_standing(reach, action)) for reach in (reach_before, reach_after))
        if not pattern("auth", "harmless").search(action.lower()) and weaker(old, new, [], pair):
            bare.append(action)
            kept = [e.name for e in new]
            lost.update((e.name, e) for e in old if e.name not in kept)
            standing.update(dict.fromkeys(kept))
            opened = opened or not any(e.strength != "open" for e in new)
    if lost:
        name = ", ".join(lost) + ("" if _INHERITED in bare else f" before {', '.join(bare)}")
        fields: dict[str, FactValue] = {"name": name, "after": ", ".join(standing), "route": True, "open": opened}
        said = (r.at for n, r in reach_after.items() if any(e.name in lost for e in of_filter(n, None)) and r.at is not None)
        before = next((e.at for e in lost.values() if e.at is not None), None)
        yield pair.fact("auth", "", fields, pair.region("before", before), pair.region("after", next(said, None)))


def _left_out(shape: Shape) -> frozenset[str]:
    """The actions that a filter is told not to stand before: they may be those of controllers below this one."""
    said = (call.options.get("except", "") for call in shape.calls if call.last in FILTERS)
    return frozenset(name for text in said if _LISTED.match(text) for name in _listed(text))


def _standing(reach: Mapping[str, _Reach], action: str) -> Iterator[Element]:
    """The checks that stand before one action of a controller."""
    return (e for name, r in reach.items() if action in r.actions for e in of_filter(name, r.at))


def _kept(before: Entity | None, after: Entity | None) -> frozenset[str]:
    """The actions that the controller has on both sides; _INHERITED alone where it has none on either."""
    old, new = (
        frozenset(_actions(e.detail)) if e is not None and isinstance(e.detail, Handle) else frozenset()
        for e in (before, after)
    )
    return old & new if old or new else frozenset({_INHERITED})


def _inherited(shape: Shape) -> frozenset[str]:
    """The filters that are skipped and not set: a controller above set them."""
    own = {name for call in shape.calls if call.last in FILTERS for name in call.arguments}
    return frozenset(n for call in shape.calls if call.last in _SKIPS for n in call.arguments) - own


def _reaches(pair: Pair, side: Side, actions: frozenset[str], above: frozenset[str]) -> Mapping[str, _Reach]:
    """Filter as it is written (`:login`) -> what it stands before; the last word about a filter counts. `above` are those
    that come from above, before every action."""
    nothing: frozenset[str] = frozenset()
    held, taken = (nothing, actions) if side == "before" else (actions, nothing)  # where it is unknown
    found = {name: _Reach(actions) for name in above}
    for call in (pair.before if side == "before" else pair.after).calls:
        if call.last in FILTERS:
            found.update((name, _Reach(_chosen(call, actions, held), call.at)) for name in call.arguments)
        elif call.last in _SKIPS:
            left = actions - _chosen(call, actions, taken)
            found.update((n, _Reach(found[n].actions & left, call.at)) for n in call.arguments if n in found)
    return found


def _chosen(call: Call, actions: frozenset[str], unknown: frozenset[str]) -> frozenset[str]:
    """The actions that a call is about."""
    if "if" in call.options or "unless" in call.options:
        return unknown
    only, left_out = (call.options.get(key) for key in ("only", "except"))
    for said in (only, left_out):
        if said is not None and not _LISTED.match(said):
            return unknown
    chosen = actions if only is None else actions & _listed(only)
    return chosen if left_out is None else chosen - _listed(left_out)


def _listed(text: str) -> frozenset[str]:
    return frozenset(_ACTION.findall(re.sub(r"^%[iw]", "", text)))


def _actions(controller: Handle) -> Iterator[str]:
    """The public methods of a class: what requests can be routed to."""
    known, own = controller.module.definitions, controller.definition
    methods = {d.first_line: d.last_name for d in known if d.parent == own.name and d.sort == "function"}
    hidden = False
    for number, line in enumerate(own.text.decode("utf-8", "replace").split("\n"), own.first_line):
        said = line.strip()
        if said in (*_HIDING, "public"):
            hidden = said != "public"
        elif number in methods and not hidden and not said.startswith((*(f"{word} " for word in _HIDING), "def self.")):
            yield methods[number]
