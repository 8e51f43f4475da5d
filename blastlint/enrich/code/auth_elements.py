"""The checks of who may call something that stand on one definition: decorators, injected parameters, base classes, options,
the middleware of routes, calls that check, and early denials. Which names are checks is data: facts/calls.json, auth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from blastlint.enrich.code.pairs import Pair
from blastlint.facts.calls import pattern, words
from blastlint.frozen import dataclass, field
from blastlint.model import Side
from blastlint.parse.code import Call, Option, Shape
from blastlint.regex import regex

Strength = Literal["open", "authentication", "authorization"]

_IDENTIFIER = regex(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*")
_STRINGS = regex(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`")
_PARTS = regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_INJECTED = regex(r"\b(Depends|Security|Inject)\(")
_USER_TYPE = regex(r"^(Current|Authenticated|LoggedIn|Admin|Active)\w*(User|Admin|Account|Principal)\w*(Dep)?$")
_MADE = regex(r"^[\w.]+\(")
_FETCHES = regex(r"(?i)^:?(set|load|find|fetch|build|assign|track|log|update|store|remember|init|prepare|get)_")
FILTERS = ("before_action", "before_filter", "prepend_before_action")  # of Rails
_TYPED = ("go", "rust", "java")  # what a field means there, the program says: no framework reads one by its name
_WRAPPED = regex(r"[\w.]+(?=\()")  # a handler is what it is; what is called around it asks
_PLAIN = regex(r"^(handle|handler|wrap|middleware|protect|apply|then|check)$", re.IGNORECASE)  # whose name its owner has
_PROCEDURE = regex(r"^[\w.]*?(\w*[pP]rocedure)\b")  # of tRPC: what a route is built on
_CHAINED = regex(r"\.With(?=\.)")  # `r.With(check).Get("/x", h)` of chi
_WRAPPER = regex(  # `withAuth(async (req) => ...)`: what a handler is written in
    r"(?i)^(with|requires?|protect(ed)?|authenticated?|authori[sz]ed?|ensure|only|guard(ed)?|admin|secured?|private)\w*$"
)
FUNCTION_TEXT = regex(r"=>|^(async )?function\b|^lambda\b")


@dataclass(frozen=True, slots=True)
class Element:
    """One check. `place` tells apart checks of one definition that guard different things: the routes of a file."""

    name: str
    strength: Strength
    place: str = ""
    at: object = field(default=None, compare=False, repr=False)
    last_argument: str = ""
    body: tuple[str, ...] = ()


def elements(pair: Pair, side: Side) -> Iterator[Element]:
    """The checks that stand on the definition itself."""
    shape = pair.before if side == "before" else pair.after
    entity = pair.change.before if side == "before" else pair.change.after
    sort, language = (entity.type, entity.kind.partition(".")[0]) if entity is not None else ("", "")
    yield from of_shape(shape, sort, language)
    if entity is not None and entity.name in words("auth", "listing_methods"):
        for call in shape.calls:
            yield from named(call.name, listing=True, at=call.at)
    for helper in pair.helpers(side):
        yield from _denials(helper)
        yield from _calls(helper)


def of_shape(shape: Shape, sort: str, language: str) -> Iterator[Element]:
    """What stands on a definition of that sort (`class`, `function`, ...) and language."""
    for decorator in shape.decorators:
        yield from _decorator(decorator)
    for parameter in shape.parameters:
        for text in (parameter.default, parameter.annotation):
            if _INJECTED.search(text):
                yield from named(text, any_user=True)
            elif text == parameter.annotation and _USER_TYPE.match(text):
                yield Element(text, "authentication")
    if sort == "class":
        bases = pattern("auth", "bases")
        yield from (Element(b.rpartition(".")[2], "authentication") for b in shape.bases if bases.search(b))
    called = {call.name for call in shape.calls}
    for option in shape.options:
        yield from _optional(option, sort, language, called)
        built = _procedure(option)
        if built:
            yield Element(built, "open" if built in words("auth", "open") else strength_of(built), option.key, option.at)
    routed = [element for call in shape.calls for element in _route_call(call, shape)]
    placed = {element.name for element in routed if element.place}  # called around a handler, it is the route that asks
    yield from (element for element in _calls(shape) if element.name not in placed)
    yield from _denials(shape)
    yield from _ruled(shape)
    yield from routed


def _optional(option: Option, sort: str, language: str, called: set[str]) -> Iterator[Element]:
    """The checks that an option lists. An entry of a map that is given to nothing may be called "permissions" for any
    reason."""
    mine = not option.owner and sort not in ("function", "test")
    given = mine or option.key.isupper() or (option.owner in called and sort != "class")
    if not given or not pattern("auth", "options").search(option.key) or pattern("auth", "routes").search(option.owner):
        return
    listing = bool(pattern("auth", "listing").search(option.key))
    declared = sort == "class" and (language in _TYPED or (listing and _MADE.match(option.value)))
    if declared or (listing and language in _TYPED) or option.value.startswith("@"):
        return  # a field of that name is declared, say of a schema, or filled: a role with its permissions
    table = option.value.startswith("{") and ":" in option.value  # names what others ask for, and asks nothing
    quoted = "MIDDLEWARE" in option.key or (listing and not table)
    yield from named(option.value, listing, at=option.at, strings=quoted)
    if option.key == "permission_required" and option.value not in ("", "None"):
        yield Element("permission_required", "authorization", at=option.at)


def _decorator(call: Call) -> Iterator[Element]:
    last, text = call.last, " ".join((*call.arguments, *call.options.values()))
    snake = "_".join(_PARTS.findall(last)).lower()
    if last in ("permission_classes", "authentication_classes", "UseGuards"):
        yield from named(text, listing=True, at=call.at)
    elif last in words("auth", "open"):
        yield Element(last, "open", at=call.at)
    elif pattern("auth", "decorators").search(snake) and not pattern("auth", "not_decorators").search(snake):
        yield Element(last, strength_of(last), at=call.at)
    elif last == "requires" or last == "user_passes_test":
        yield Element(last, "authorization", at=call.at)
    else:
        for key, value in call.options.items():
            if pattern("auth", "options").search(key):
                yield from named(
                    value, bool(pattern("auth", "listing").search(key)), key == "dependencies", at=call.at
                )
        if last in ("method_decorator", "decorator", "before_request", "apply", "use"):
            yield from named(text, at=call.at)


def named(
    text: str, listing: bool = False, any_user: bool = False, at: object = None, place: str = "", strings: bool = False
) -> Iterator[Element]:
    """The checks among the identifiers of an expression. In a listing of checks every name is one."""
    source = re.sub(r"[\"'`]", " ", text) if strings else _STRINGS.sub(" ", text)
    for identifier in _IDENTIFIER.findall(source):
        owner, _, last = identifier.rpartition(".")
        if _PLAIN.match(last) and owner:
            last = owner.rpartition(".")[2]
        if last in words("auth", "open"):
            yield Element(last, "open", place, at)
            continue
        parts = {p.lower() for p in _PARTS.findall(last)}
        known = parts & (words("auth", "authentication_words") | words("auth", "authorization_words"))
        if known - {"current", "session", "token", "access", "signed", "identity", "policy", "policies"} or (
            any_user and (("user" in parts and len(parts) > 1) or len(known) > 1)
        ):
            yield Element(last, strength_of(last), place, at)
        elif listing and last[:1].isupper() and last not in ("None", "True", "False"):
            yield Element(last, "authorization", place, at)


def strength_of(name: str) -> Strength:
    parts = {p.lower() for p in _PARTS.findall(name)}
    if name.startswith(("IsAuthenticated", "DjangoModelPermissionsOrAnon")):
        return "authentication"
    return "authorization" if parts & words("auth", "authorization_words") else "authentication"


def _calls(shape: Shape) -> Iterator[Element]:
    checks = pattern("auth", "calls")
    for call in shape.calls:
        if checks.search(call.name):
            yield Element(
                call.last, strength_of(call.last), at=call.at, last_argument=call.arguments[-1] if call.arguments else ""
            )
        elif call.last.endswith(("_required", "_only")) and len(call.arguments) == 1:  # `login_required(view)`, of one view
            yield from named(call.last, any_user=True, at=call.at, place=call.arguments[0])


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


# --- routes ---------------------------------------------------------------------------------------------------------


def routes(shape: Shape) -> frozenset[str]:
    """The places that checks of a definition may stand before."""
    built = (option.key for option in shape.options if _procedure(option))
    return frozenset((*filter(None, (route(call) for call in shape.calls)), *built))


def route(call: Call) -> str:
    """`get "/x"`, when the call puts a handler on a path."""
    name = _CHAINED.sub("", call.name)
    if not pattern("auth", "router_calls").search(name) or not pattern("auth", "routers").search(name):
        return ""
    if not call.arguments or call.arguments[0][:1] not in ("'", '"', "`") or len(call.arguments) < 2:
        return ""
    return f"{call.last} {call.arguments[0]}"


def _procedure(option: Option) -> str:
    """`adminProcedure`, where that is what an entry of a router is built on."""
    built = _PROCEDURE.match(option.value)
    return built.group(1) if built is not None and option.value[built.end() :].lstrip().startswith(".") else ""


def _route_call(call: Call, shape: Shape) -> Iterator[Element]:
    place = route(call)
    if place:
        *around, handler = call.arguments[1:]
        before = [c for c in shape.calls if c.last == "With" and call.text.startswith(f"{c.text}.")]
        for argument in (*around, *_WRAPPED.findall(handler), *(a for c in before for a in c.arguments)):
            if not FUNCTION_TEXT.search(argument):
                yield from named(argument, at=call.at, place=place)
    elif call.last in FILTERS:
        for argument in call.arguments:
            yield from of_filter(argument, call.at)
    elif not call.name.startswith("?"):
        grouped = call.arguments[1:] if pattern("auth", "groups").search(call.name) else ()
        if _WRAPPER.match(call.last) and any(_is_handler(argument, call) for argument in call.arguments):
            yield from named(call.last, at=call.at)
        layers = call.arguments if pattern("auth", "layers").search(call.last) else grouped
        for argument in layers:
            if not FUNCTION_TEXT.search(argument):
                yield from named(argument, at=call.at)


def _is_handler(argument: str, call: Call) -> bool:
    """Whether a function is given: written out, or by its name to what says that it goes with something."""
    return bool(FUNCTION_TEXT.search(argument)) or (call.last.startswith("with") and bool(_IDENTIFIER.fullmatch(argument)))


def of_filter(name: str, at: object) -> Iterator[Element]:
    """The check that a filter of a controller is."""
    if not _FETCHES.match(name):
        yield from named(name, any_user=True, at=at)


def _ruled(shape: Shape) -> Iterator[Element]:
    """What a chain of rules asks of requests: `requests.anyRequest().authenticated()`, known with what it is asked of."""
    for call in shape.calls:
        rule = pattern("auth", "rules").search(call.name)
        if rule is not None:
            held = [c.text for c in shape.calls if c is not call and call.text.startswith(c.text)]
            asked = call.text.removeprefix(max(held, key=len, default="")).lstrip(".")
            of = max(held, key=len, default="").rpartition(".")[2] if held else ""
            strength: Strength = "open" if call.last in words("auth", "open") else strength_of(call.last)
            yield Element(f"{of}.{asked}" if of else asked, strength, at=call.at)
