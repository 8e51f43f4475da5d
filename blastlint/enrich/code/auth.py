"""Checks of who may call something, as an effective set: what stands on the function, on its class, on the router.

An element (auth_elements.py) is one check, by the name it is known by. It is lost when it stood before and neither it nor a
new one stands after, in the same place or above it (auth_above.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from blastlint.enrich.code.auth_above import above, below, said
from blastlint.enrich.code.auth_elements import Element, elements, route, routes
from blastlint.enrich.code.pairs import WORD, Pair, local_functions
from blastlint.facts.calls import pattern
from blastlint.model import Fact, FactValue
from blastlint.parse.code import Shape, shape_of
from blastlint.regex import regex

_SCREEN = regex(
    rb"(?i)auth|login|permission|perm_|jwt|role|admin|staff|superuser|scope|token|current_?user|require|protect|secure|guard"
    rb"|access|depends|security|acl|passes_test|middleware|before_(action|filter)|can_|procedure|bearer|matcher"
)
_SKIPS = regex(r"(?i)skip|exempt|without|disable|remove|ignore|public|anonymous")
_ANSWERS = regex(r"^(return\s+\w|raise\b|throw\b)")
_NARROWED = regex(rb"before_(action|filter)|\bmatcher\b")


def facts(pair: Pair) -> Iterator[Fact]:
    """One `auth` fact for each place that lost a check, and one for what stands before fewer requests."""
    if pair.is_new or pair.scope.is_test(pair.change.path):
        return
    dropped = list(_dropped(pair)) if pair.mentions(_SCREEN, "before") else []
    yield from dropped
    if not any(not fact.path for fact in dropped) and pair.mentions(_NARROWED):
        from blastlint.enrich.code.filters import narrowed

        yield from narrowed(pair)


def _dropped(pair: Pair) -> Iterator[Fact]:
    before = list(elements(pair, "before"))
    if all(e.strength == "open" for e in before):
        return  # nothing to lose: the side after need not be read
    after, there = list(elements(pair, "after")), routes(pair.after)
    for place in dict.fromkeys(e.place for e in before):
        if place and place not in there and not _stands(place, pair.after):
            continue  # the route itself is gone
        old = [e for e in before if e.place == place and e.strength != "open"]
        new = [e for e in after if e.place == place]
        around = (
            [e for e in after if not e.place and e.name not in {b.name for b in before if not b.place}] if place else []
        )
        if weaker(old, new, around, pair):
            lost = [e for e in old if e.name not in {n.name for n in new}]
            if pattern("auth", "harmless").search(place.lower() or _names(pair)):
                continue
            standing = [n.name for n in new]
            fields: dict[str, FactValue] = {
                "name": ", ".join(dict.fromkeys(e.name for e in lost)),
                "after": ", ".join(dict.fromkeys(standing)),
                "route": bool(place) or _is_route(pair, lost),
                "open": not any(n.strength != "open" for n in new),
            }
            after_place = next((pair.region("after", n.at) for n in new if n.at is not None), None)
            yield pair.fact("auth", place, fields, pair.region("before", lost[0].at), after_place)


def weaker(old: list[Element], new: list[Element], around: list[Element], pair: Pair) -> bool:
    """Whether who may is a wider circle now. `around` are new checks that stand before every route of the file."""
    names = {n.name for n in new}
    lost = [e for e in old if e.name not in names and not _asked_otherwise(e, pair)]
    if not lost:
        return False
    gained = [n for n in new if n.name not in {e.name for e in old} and n.strength != "open"]
    further = [*around, *above(pair), *below(pair), *said(pair)]
    kept = [n for n in new if n.strength != "open"]
    if any(e.strength == "authorization" for e in lost):
        standing = [*gained, *further]
        return not any(e.strength == "authorization" for e in standing) and not (
            standing and not any(e.strength == "authorization" for e in old)
        )
    return not gained and not further and not kept


def _asked_otherwise(element: Element, pair: Pair) -> bool:
    """Whether the check is asked in another way now: it has another name, or it is called where it was given to something; a
    call that is new is given what the lost one was given, or decides about the same denial. Or it asked nothing."""
    renamed = pair.scope.renamed.get(element.name)
    if renamed is not None and renamed in WORD.findall(pair.text("after")):
        return True
    known = {call.name for call in pair.before.calls}
    new = [call for call in pair.after.calls if call.name not in known]
    asking = (call for call in new if not _SKIPS.search(call.last))
    if any(element.name in (call.last, *WORD.findall(" ".join(call.arguments))) for call in asking):
        return True
    if _only_notes(element, pair):
        return True
    if len(element.last_argument) >= 4 and any(element.last_argument in call.text for call in new):
        return True
    same = [b for b in pair.after.branches if element.body and b.leaves and b.body == element.body]
    return any(call.text in branch.condition for branch in same for call in new)


def _only_notes(element: Element, pair: Pair) -> bool:
    """Whether it is a function of the object that refuses nobody, and writes down what it finds: `this.state = ...`."""
    module, name = pair.module("before"), f"self.{element.name}"
    if module is None or not any(c.name.replace("this.", "self.") == name for c in pair.before.calls):
        return False
    known = local_functions(module).get(element.name)
    shape = shape_of(module, module.by_name[known]) if known is not None else None
    if shape is None or any(b.leaves in ("raise", "exit") for b in shape.branches) or not any(
        option.owner in ("this", "self") for option in shape.options
    ):
        return False
    refuses = pattern("auth", "denials"), pattern("checks", "refusing")
    return not any(pattern("checks", "checking").search(call.name) for call in shape.calls) and not any(
        _ANSWERS.match(statement) or any(row.search(statement) for row in refuses) for statement in shape.statements
    )


def _stands(view: str, shape: Shape) -> bool:
    """Whether a view is still given to something, or listed."""
    return any(view == call.text or view in call.arguments for call in shape.calls)


def _names(pair: Pair) -> str:
    """What the definition is known by: its name and the paths that it is put on."""
    paths = [a for d in pair.after.decorators for a in d.arguments[:1] if a[:1] in ("'", '"')]
    return " ".join((pair.change.entity.name, *paths)).lower()


def _serves(shape: Shape) -> bool:
    """Whether it puts handlers on paths, or rules on requests."""
    return any(route(call) or pattern("auth", "serving").search(call.name) for call in shape.calls)


def _is_route(pair: Pair, lost: Iterable[Element]) -> bool:
    if any(pattern("auth", "routes").search(d.name) for d in pair.after.decorators):
        return True
    if pair.change.type in ("class", "module", "setting") or _serves(pair.after) or _serves(pair.before):
        return True
    first = [p.name for p in pair.after.parameters[:2]]
    return "request" in first or "req" in first or any(e.name.endswith(("_required", "Required")) for e in lost)
