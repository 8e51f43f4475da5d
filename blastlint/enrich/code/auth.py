"""Checks of who may call something, as an effective set: what stands on the function, on its class, on the router.

An element is one check, by the name it is known by. It is lost when it stood before and neither it nor a new one stands
after, in the same place or above it. Which names are checks is data: facts/calls.json, auth.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import Literal

from blastlint.enrich.code.pairs import Pair, Scope, words_of
from blastlint.facts.calls import pattern, words
from blastlint.frozen import dataclass
from blastlint.model import Fact, FactValue, Side
from blastlint.parse.code import Call, Handle, Shape, shape_of
from blastlint.regex import regex

Strength = Literal["open", "authentication", "authorization"]

_SCREEN = regex(
    rb"(?i)auth|login|permission|perm_|jwt|role|admin|staff|superuser|scope|token|current_?user|require|protect|secure|guard"
    rb"|access|depends|security|acl|passes_test|middleware|before_(action|filter)"
)
_IDENTIFIER = regex(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*")
_STRINGS = regex(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`")
_PARTS = regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_INJECTED = regex(r"\b(Depends|Security|Inject)\(")
_USER_TYPE = regex(r"^(Current|Authenticated|LoggedIn|Admin|Active)\w*(User|Admin|Account|Principal)\w*(Dep)?$")
_MADE = regex(r"^[\w.]+\(")
_FETCHES = regex(r"(?i)^:?(set|load|find|fetch|build|assign|track|log|update|store|remember|init|prepare|get)_")
FILTERS = ("before_action", "before_filter", "prepend_before_action")  # of Rails
_FILTERED = regex(rb"before_(action|filter)")
_TYPED = ("go", "rust", "java")  # what a field means there, the program says: no framework reads one by its name
_WIDE_CALLS = ("use", "before_request", "add_middleware", "useGlobalGuards", "include_router")
_WRAPPED = regex(r"[\w.]+(?=\()")  # a handler is what it is; what is called around it asks
_FUNCTION_TEXT = regex(r"=>|^(async )?function\b|^lambda\b")


@dataclass(frozen=True, slots=True)
class Element:
    """One check. `place` tells apart checks of one definition that guard different things: the routes of a file."""

    name: str
    strength: Strength
    place: str = ""
    at: object = field(default=None, compare=False, repr=False)
    last_argument: str = ""
    body: tuple[str, ...] = ()


def facts(pair: Pair) -> Iterator[Fact]:
    """One `auth` fact for each place that lost a check, and one for what stands before fewer actions of a controller."""
    if pair.is_new:
        return
    dropped = list(_dropped(pair)) if pair.mentions(_SCREEN, "before") else []
    yield from dropped
    if pair.change.type == "class" and not any(not fact.path for fact in dropped) and pair.mentions(_FILTERED):
        from blastlint.enrich.code.filters import narrowed

        yield from narrowed(pair)


def _dropped(pair: Pair) -> Iterator[Fact]:
    before = list(elements(pair, "before"))
    if all(e.strength == "open" for e in before):
        return  # nothing to lose: the side after need not be read
    after, routes = list(elements(pair, "after")), _routes(pair.after)
    for place in dict.fromkeys(e.place for e in before):
        if place and place not in routes:
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
    above = [*around, *_above(pair), *_below(pair)]
    kept = [n for n in new if n.strength != "open"]
    if any(e.strength == "authorization" for e in lost):
        standing = [*gained, *above]
        return not any(e.strength == "authorization" for e in standing) and not (
            standing and not any(e.strength == "authorization" for e in old)
        )
    return not gained and not above and not kept


def _asked_otherwise(element: Element, pair: Pair) -> bool:
    """Whether the check has another name now: a call that is new is given what the lost one was given, or decides about the
    same denial."""
    known = {call.name for call in pair.before.calls}
    new = [call for call in pair.after.calls if call.name not in known]
    if len(element.last_argument) >= 4 and any(element.last_argument in call.text for call in new):
        return True
    same = [b for b in pair.after.branches if element.body and b.leaves and b.body == element.body]
    return any(call.text in branch.condition for branch in same for call in new)


def elements(pair: Pair, side: Side) -> Iterator[Element]:
    """The checks that stand on the definition itself."""
    shape = pair.before if side == "before" else pair.after
    entity = pair.change.before if side == "before" else pair.change.after
    sort, language = (entity.type, entity.kind.partition(".")[0]) if entity is not None else ("", "")
    yield from of_shape(shape, sort, language)
    for helper in pair.helpers(side):
        yield from _denials(helper)
        yield from _calls(helper)


def of_shape(shape: Shape, sort: str, language: str) -> Iterator[Element]:
    """Decorators, injected parameters, base classes, options, calls that check, and early denials."""
    for decorator in shape.decorators:
        yield from _decorator(decorator)
    for parameter in shape.parameters:
        for text in (parameter.default, parameter.annotation):
            if _INJECTED.search(text):
                yield from _named(text, any_user=True)
            elif text == parameter.annotation and _USER_TYPE.match(text):
                yield Element(text, "authentication")
    if sort == "class":
        bases = pattern("auth", "bases")
        yield from (Element(b.rpartition(".")[2], "authentication") for b in shape.bases if bases.search(b))
    called = {call.name for call in shape.calls}
    for option in shape.options:
        # an entry of a map that is given to nothing may be called "permissions" for any reason
        mine = not option.owner and sort not in ("function", "test")
        given = mine or option.key.isupper() or (option.owner in called and sort != "class")
        if (
            given
            and pattern("auth", "options").search(option.key)
            and not pattern("auth", "routes").search(option.owner)
        ):
            listing = bool(pattern("auth", "listing").search(option.key))
            declared = sort == "class" and (language in _TYPED or (listing and _MADE.match(option.value)))
            if declared or (listing and language in _TYPED) or option.value.startswith("@"):
                continue  # a field of that name is declared, say of a schema, or filled: a role with its permissions
            table = option.value.startswith("{") and ":" in option.value  # names what others ask for, and asks nothing
            quoted = "MIDDLEWARE" in option.key or (listing and not table)
            yield from _named(option.value, listing, at=option.at, strings=quoted)
            if option.key == "permission_required" and option.value not in ("", "None"):
                yield Element("permission_required", "authorization", at=option.at)
    yield from _calls(shape)
    yield from _denials(shape)
    yield from _ruled(shape)
    for call in shape.calls:
        yield from _route_call(call)


def _decorator(call: Call) -> Iterator[Element]:
    last, text = call.last, " ".join((*call.arguments, *call.options.values()))
    snake = "_".join(_PARTS.findall(last)).lower()
    if last in ("permission_classes", "authentication_classes", "UseGuards"):
        yield from _named(text, listing=True, at=call.at)
    elif last in words("auth", "open"):
        yield Element(last, "open", at=call.at)
    elif pattern("auth", "decorators").search(snake) and not pattern("auth", "not_decorators").search(snake):
        yield Element(last, _strength(last), at=call.at)
    elif last == "requires" or last == "user_passes_test":
        yield Element(last, "authorization", at=call.at)
    else:
        for key, value in call.options.items():
            if pattern("auth", "options").search(key):
                yield from _named(
                    value, bool(pattern("auth", "listing").search(key)), key == "dependencies", at=call.at
                )
        if last in ("method_decorator", "decorator", "before_request", "apply", "use"):
            yield from _named(text, at=call.at)


def _named(
    text: str, listing: bool = False, any_user: bool = False, at: object = None, place: str = "", strings: bool = False
) -> Iterator[Element]:
    """The checks among the identifiers of an expression. In a listing of checks every name is one."""
    source = re.sub(r"[\"'`]", " ", text) if strings else _STRINGS.sub(" ", text)
    for identifier in _IDENTIFIER.findall(source):
        last = identifier.rpartition(".")[2]
        if last in words("auth", "open"):
            yield Element(last, "open", place, at)
            continue
        parts = {p.lower() for p in _PARTS.findall(last)}
        known = parts & (words("auth", "authentication_words") | words("auth", "authorization_words"))
        if known - {"current", "session", "token", "access", "signed", "identity", "policy", "policies"} or (
            any_user and (("user" in parts and len(parts) > 1) or len(known) > 1)
        ):
            yield Element(last, _strength(last), place, at)
        elif listing and last[:1].isupper() and last not in ("None", "True", "False"):
            yield Element(last, "authorization", place, at)


def _strength(name: str) -> Strength:
    parts = {p.lower() for p in _PARTS.findall(name)}
    if name.startswith(("IsAuthenticated", "DjangoModelPermissionsOrAnon")):
        return "authentication"
    return "authorization" if parts & words("auth", "authorization_words") else "authentication"


def _calls(shape: Shape) -> Iterator[Element]:
    checks = pattern("auth", "calls")
    for call in shape.calls:
        if checks.search(call.name):
            yield Element(
                call.last, _strength(call.last), at=call.at, last_argument=call.arguments[-1] if call.arguments else ""
            )


def _denials(shape: Shape) -> Iterator[Element]:
    """`if not user.is_staff: raise Forbidden`: a check known by what it asks."""
    for branch in shape.branches:
        if not branch.leaves:
            continue
        asked = pattern("auth", "conditions").search(branch.condition)
        if asked and pattern("auth", "denials").search(" ".join((*branch.body, branch.leaves))):
            strong = re.search("staff|superuser|admin|perm|role|owner|access|Admin|Role", branch.condition)
            strength: Strength = "authorization" if strong else "authentication"
            yield Element(asked.group(0), strength, at=branch.at, body=branch.body)


def _route(call: Call) -> str:
    """`get "/x"`, when the call puts a handler on a path."""
    if not pattern("auth", "router_calls").search(call.name) or not pattern("auth", "routers").search(call.name):
        return ""
    if not call.arguments or call.arguments[0][:1] not in ("'", '"', "`") or len(call.arguments) < 2:
        return ""
    return f"{call.last} {call.arguments[0]}"


def _route_call(call: Call) -> Iterator[Element]:
    place = _route(call)
    if place:
        *around, handler = call.arguments[1:]
        for argument in (*around, *_WRAPPED.findall(handler)):
            if not _FUNCTION_TEXT.search(argument):
                yield from _named(argument, at=call.at, place=place)
    elif call.last in FILTERS:
        for argument in call.arguments:
            yield from of_filter(argument, call.at)
    elif pattern("auth", "layers").search(call.last) and not call.name.startswith("?"):
        for argument in call.arguments:
            if not _FUNCTION_TEXT.search(argument):
                yield from _named(argument, at=call.at)


def of_filter(name: str, at: object) -> Iterator[Element]:
    """The check that a filter of a controller is."""
    if not _FETCHES.match(name):
        yield from _named(name, any_user=True, at=at)


def _ruled(shape: Shape) -> Iterator[Element]:
    """What a chain of rules asks of requests: `requests.anyRequest().authenticated()`, known with what it is asked of."""
    for call in shape.calls:
        rule = pattern("auth", "rules").search(call.name)
        if rule is not None:
            held = [c.text for c in shape.calls if c is not call and call.text.startswith(c.text)]
            asked = call.text.removeprefix(max(held, key=len, default="")).lstrip(".")
            of = max(held, key=len, default="").rpartition(".")[2] if held else ""
            strength: Strength = "open" if call.last in words("auth", "open") else _strength(call.last)
            yield Element(f"{of}.{asked}" if of else asked, strength, at=call.at)


def _routes(shape: Shape) -> frozenset[str]:
    return frozenset(filter(None, (_route(call) for call in shape.calls)))


def _names(pair: Pair) -> str:
    """What the definition is known by: its name and the paths that it is put on."""
    paths = [a for d in pair.after.decorators for a in d.arguments[:1] if a[:1] in ("'", '"')]
    return " ".join((pair.change.entity.name, *paths)).lower()


def _serves(shape: Shape) -> bool:
    """Whether it puts handlers on paths, or rules on requests."""
    return any(_route(call) or pattern("auth", "serving").search(call.name) for call in shape.calls)


def _is_route(pair: Pair, lost: Iterable[Element]) -> bool:
    if any(pattern("auth", "routes").search(d.name) for d in pair.after.decorators):
        return True
    if pair.change.type in ("class", "module", "setting") or _serves(pair.after):
        return True
    first = [p.name for p in pair.after.parameters[:2]]
    return "request" in first or "req" in first or any(e.name.endswith(("_required", "Required")) for e in lost)


# --- above: classes, routers, and what is set for everything ---------------------------------------------------------


def _above(pair: Pair) -> Iterator[Element]:
    """What guards the definition from further out on the after side."""
    entity = pair.change.after
    if entity is None or not isinstance(entity.detail, Handle):
        return
    module, definition = entity.detail.module, entity.detail.definition
    parent = module.by_name.get(definition.parent) if definition.parent else None
    while parent is not None:
        yield from (e for e in of_shape(shape_of(module, parent), "class", module.language) if e.strength != "open")
        parent = module.by_name.get(parent.parent) if parent.parent else None
    if definition.sort != "module":
        for other in module.definitions:
            if other.sort in ("setting", "module") and re.search(
                rb"Router\(|Blueprint\(|before_request|\.use\(", other.text
            ):
                shape = shape_of(module, other)
                yield from _wide(shape)
    yield from _gained(pair.scope, pair)
    yield from _included(pair, module.name.rpartition(".")[2])


def _below(pair: Pair) -> Iterator[Element]:
    """Checks that the functions of a class ask newly, in place of what the class (or its Meta) declared."""
    if pair.change.type != "class":
        return
    entity = pair.change.entity
    tops = (entity.address, entity.parent) if entity.name == "Meta" else (entity.address,)
    for change in pair.scope.changes:
        if change.type == "function" and change.after is not None and change.after.parent in tops:
            other = pair.scope.pair(change)
            known = {e.name for e in elements(other, "before")}
            yield from (e for e in elements(other, "after") if e.name not in known and e.strength != "open")
            yield from _bare(other)


def _bare(pair: Pair) -> Iterator[Element]:
    """Checks that the change set brings and a Ruby method newly asks: called without arguments they are just a name."""
    if not pair.change.kind.startswith("ruby."):
        return
    said = words_of(pair.text("after")) - words_of(pair.text("before"))
    for change in pair.scope.changes:
        if change.type == "function" and change.action == "added" and change.entity.name in said:
            yield from (e for e in _named(change.entity.name) if e.strength == "authorization")


def _wide(shape: Shape) -> Iterator[Element]:
    """Checks that a statement puts on everything below it."""
    for option in shape.options:
        if pattern("auth", "options").search(option.key):
            yield from _named(option.value, any_user=True)
    for call in shape.calls:
        if call.last in _WIDE_CALLS and not _route(call):
            yield from _named(" ".join(a for a in call.arguments if not _FUNCTION_TEXT.search(a)), any_user=True)


def _gained(scope: Scope, pair: Pair) -> Iterator[Element]:
    """Checks that this change set puts on a router, an application or the settings."""
    wide = re.compile(pattern("auth", "wide").pattern.encode())
    for change in scope.changes:
        if change is pair.change or change.type not in ("setting", "module", "function", "class"):
            continue
        other = scope.pair(change)
        if change.action in ("added", "modified") and other.mentions(wide):
            known = {e.name for e in _wide(other.before)}
            related = change.type in ("setting", "module") or b"before_request" in (other.text("after").encode())
            if related:
                yield from (e for e in _wide(other.after) if e.name not in known and e.strength != "open")


def _included(pair: Pair, module: str) -> Iterator[Element]:
    """Checks with which a FastAPI application includes this module's router, wherever that is written."""
    decorated = any(pattern("auth", "routes").search(d.name) for d in pair.after.decorators)
    if not decorated or pair.change.kind != "python.function":
        return
    tree = pair.scope.context.after.tree
    for path in tree.search("include_router(", (".py",))[:50]:
        text = (tree.read(path) or b"").decode("utf-8", "replace")
        for match in re.finditer(r"[\w.]*include_router\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)", text):
            if re.search(rf"\b{re.escape(module)}\b|\b{re.escape(module)}_", match.group(0)):
                yield from (e for e in _named(match.group(0), any_user=True) if e.strength != "open")
