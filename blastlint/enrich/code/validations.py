"""Input that is looked at less: a validating or escaping call, a constraint of a schema, or the parameters of a query gone,
while what takes the input stays. One `input-check` fact for a definition. Names are rows of facts/calls.json: validation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from blastlint.enrich.code.auth_elements import FILTERS, of_filter
from blastlint.enrich.code.pairs import WORD, Pair
from blastlint.facts.calls import pattern
from blastlint.frozen import dataclass
from blastlint.model import Fact, FactValue, Side
from blastlint.parse.code import Call, Shape
from blastlint.regex import regex

_SCREEN = regex(
    rb"(?i)valid|before_|sanit|quote|uniq|limit|size|max_?len|escape|clean|schema|field|constr|max_|min_|regex|pattern"
    rb"|bytes|@(size|not|min|max|email|valid)|z\.|yup|joi"
    rb"|execute|query|raw|forbid|permit|parse|bleach|exec"
)
_FILLED = regex(
    r"^[rb]*f[\"']|[\"'`]\s*[+%]|\.format\(|\$\{|#\{|Sprintf|^format!|&format!|\bString\.format\(|\+\s*[\"'`]"
)
_LITERAL = regex(r"^[rb]*[\"'`]")
_CHAIN = regex(r"^((zod|yup|joi|valibot)\.)?(z|yup|Yup|joi|Joi|v|t|s)\.|^(zod|yup|joi|valibot)\.")
_WRITTEN = regex(r"\b(?:z|yup|Yup|joi|Joi)\s*\.\s*\w+\(\s*\)")
_SCHEMA = regex(r"(?<![\w.])(?:[zZ][A-Z]\w+|[A-Za-z]\w*Schema)\b")
_WORDS = regex(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_NAME = regex(r"^[A-Za-z_][\w.:]*$")
_FILTERS = regex(r"(?i)sanitiz|escap|purif|bleach")
_ANNOTATION = regex(r"@\w+|(?<=#\[validate\()[^\]]+|(?<=#\[garde\()[^\]]+|(?<=validate:\")[^\"]+|(?<=binding:\")[^\"]+")


_REFUSES = regex(
    r"(?i)^:(validate|verify|check|ensure|require|restrict|sanitize|reject|refuse|limit|prevent|protect|forbid|block|deny)_?\w*"
)
_CALLBACK = regex(r"^before_(save|create|update|destroy|validation|commit|perform|enqueue)$")  # of a model, or a job
_WHEN = frozenset({"if", "unless", "on", "allow_nil", "allow_blank", "message", "strict"})  # say when, not what


@dataclass(frozen=True, slots=True)
class _Part:
    """One thing that limits what is taken: `place` is what it limits."""

    kind: str
    place: str
    name: str
    at: object = None
    given: tuple[str, ...] = ()  # to a call


def facts(pair: Pair) -> Iterator[Fact]:
    """At most one `input-check` fact, for what is gone in one definition."""
    if pair.is_new or pair.scope.is_test(pair.change.path) or not pair.touches(_SCREEN, "before"):
        return
    interpolated = next(_interpolated(pair), None)
    if interpolated is not None:
        old, new = interpolated
        yield _fact(pair, "parameters", old.last, old.text, new.text, 1, old.at, new.at)
        return
    before, after = list(_parts(pair, "before")), list(_parts(pair, "after"))
    there = Counter((p.place, p.name) for p in after)
    places = {p.place for p in after} | _places(pair)
    lost: list[_Part] = []
    for part in before:
        if there[(part.place, part.name)] > 0:
            there[(part.place, part.name)] -= 1
        elif part.kind == "constraint" and (_named_now(part, pair) or _unique_still(part, pair)):
            continue
        elif part.place in places or part.kind == "call" or (part.kind == "declared" and not _dropped(part, pair)):
            lost.append(part)
    known = {(p.place, p.name) for p in before}
    gained = [p for p in after if (p.place, p.name) not in known]
    if not lost or len(gained) >= len(lost):
        return
    if lost[0].kind == "call" and (not _kept(pair, lost) or _elsewhere(lost[0], pair)):
        return
    lost = [part for part in lost if part.kind != "call" or not _closely(part, pair)]
    if not lost:
        return
    first = lost[0]
    kind = "constraint" if first.kind == "declared" else first.kind
    yield _fact(pair, kind, first.name, f"{first.place} {first.name}".strip(), "", len(lost), first.at, None)


def _fact(pair: Pair, what: str, name: str, before: str, after: str, count: int, old: object, new: object) -> Fact:
    fields: dict[str, FactValue] = {
        "what": what, "name": name, "before": before, "after": after, "count": count,
    }  # fmt: skip
    place = pair.region("after", new) if new is not None else None
    return pair.fact("input-check", f"{what} {name}", fields, pair.region("before", old), place)


def _parts(pair: Pair, side: Side) -> Iterator[_Part]:
    """Everything that limits, on one side."""
    shape = pair.before if side == "before" else pair.after
    calls, keys, declared = (pattern("validation", name) for name in ("calls", "keys", "declared"))
    declares = pair.change.type == "class"
    for call in shape.calls:
        if _CHAIN.search(call.name) and pattern("validation", "chained").search(call.last):
            yield _Part("constraint", _holder(pair, side, call), f"{call.last}({', '.join(call.arguments)})", call.at)
        elif not (declares and declared.search(call.name)) and (calls.search(call.name) or _parses(call)):
            yield _Part("call", "", call.last, call.at, call.arguments)
        elif declared.search(call.name):
            for field in call.arguments or ("",):  # of a model, whose fields are those of its table
                for name in [key for key in call.options if key not in _WHEN] or [call.last]:
                    yield _Part("declared", field.lstrip(":"), name, call.at)
        if call.last in FILTERS or _CALLBACK.match(call.last):
            yield from _filtered(call, pair)
        for argument in call.arguments:  # filters.push(SanitizationFilter)
            if _NAME.match(argument) and _FILTERS.search(argument):
                yield _Part("call", "", argument.rpartition("::")[2].rpartition(".")[2], call.at)
    for option in shape.options:
        owned = pattern("validation", "owners").search(option.owner) or pattern("validation", "checks").search(option.key)
        limit = pattern("validation", "limits").search(f"{option.key}={option.value}")
        if limit and option.owner and not owned and _is_given(option.owner, shape):
            place = option.owner.removesuffix(".limits").rpartition(".")[2]
            yield _Part("constraint", place, option.key, option.at)
        elif keys.search(option.key) and owned:
            if option.value not in ("None", "null", "undefined", "False", "[]"):
                said = f"{option.key}={option.value}".replace(" ", "")
                holder = next((o.key for o in shape.options if "(" in o.value and said in o.value.replace(" ", "")), "")
                yield _Part("constraint", holder or option.owner.rpartition(".")[2], option.key, option.at)
        elif pattern("validation", "closed").search(f"{option.key}={option.value}"):
            yield _Part("closed", option.owner, option.key, option.at)
        marked = "@" in option.value or option.value.startswith(("`", "#["))
        for found in _ANNOTATION.findall(option.value) if marked else ():
            if not found.startswith("@") or pattern("validation", "annotations").search(found):
                yield _Part("constraint", option.key, found, option.at)
    for parameter in shape.parameters:
        for found in _ANNOTATION.findall(parameter.annotation):
            if pattern("validation", "annotations").search(found):
                yield _Part("constraint", parameter.name, found)


def _is_given(owner: str, shape: Shape) -> bool:
    """Whether options are given to a call, not kept in a map."""
    return any(owner in (call.name, f"{call.name}.limits") for call in shape.calls)


def _unique_still(part: _Part, pair: Pair) -> bool:
    """Whether the file says of the field at another place that there is one of each: `UniqueConstraint(fields=["mail"])`."""
    module = pair.module("after")
    said = rb"(?i)unique(?!=)[^\n]*\b%s\b" % re.escape(part.place.encode())
    return part.name == "unique" and module is not None and re.search(said, module.source) is not None


def _named_now(part: _Part, pair: Pair) -> bool:
    """Whether a schema that has a name stands where one with this constraint was written out: `name: NameSchema`."""
    if _named_in_all(pair):
        return True
    after = {o.key: o.value for o in pair.after.options}
    written = (o for o in pair.before.options if o.key == part.place or f".{part.name}" in o.value)
    values = ((o.value, after.get(o.key, "")) for o in written)
    return any(_CHAIN.match(old) and new[:1].isupper() and not _CHAIN.match(new) for old, new in values)


def _named_in_all(pair: Pair) -> bool:
    """Whether for each schema that is written out no more, `z.string().email()`, one that has a name is newly said:
    `zEmail()`, `EmailSchema`."""
    texts = pair.text("before"), pair.text("after")
    written, named = ([len(said.findall(text)) for text in texts] for said in (_WRITTEN, _SCHEMA))
    return 0 < written[0] - written[1] <= named[1] - named[0]


def _parses(call: Call) -> bool:
    """`createUser.parse(req.body)`: a schema is held against what came in."""
    if not pattern("validation", "parsers").search(call.name):
        return False
    given = " ".join(call.arguments[:1])
    return bool(pattern("validation", "schemas").search(call.name) or pattern("validation", "parsed").search(given))


def _filtered(call: Call, pair: Pair) -> Iterator[_Part]:
    """What a filter of Rails refuses before the actions that it names, of which one is still there. Who may is auth.py's
    business."""
    module = pair.module("after")
    actions = WORD.findall(call.options.get("only", ""))
    there = module is not None and (not actions or any(f"def {a}".encode() in module.source for a in actions))
    for name in call.arguments if there else ():
        if _REFUSES.match(name) and not any(True for _ in of_filter(name, None)):
            yield _Part("declared", (actions or [pair.change.entity.name])[0], name.lstrip(":"), call.at)


def _dropped(part: _Part, pair: Pair) -> bool:
    """Whether the change set takes the field itself away: a migration that removes its column."""
    if not part.place:
        return False
    gone = re.compile(rf"\b(remove_\w+|drop_\w+|rename_\w+|DROP|RENAME)\b[^\n]*\b{re.escape(part.place)}\b")
    return any(gone.search(other.text("after")) for other in pair.scope.others(pair))


def _holder(pair: Pair, side: Side, call: Call) -> str:
    """The field that a chain of a schema belongs to: the option whose value it is in."""
    shape = pair.before if side == "before" else pair.after
    return next((o.key for o in shape.options if call.text in o.value and o.value.startswith(call.text[:6])), "")


def _places(pair: Pair) -> set[str]:
    """Fields and owners that are still there, whatever limits them."""
    found = {o.key for o in pair.after.options} | {p.name for p in pair.after.parameters}
    if pair.change.type == "class":  # a field that is only declared has no value
        found.update(WORD.findall(pair.text("after")))
    return found | {o.owner.rpartition(".")[2] for o in pair.after.options} | {c.last for c in pair.after.calls}


def _kept(pair: Pair, lost: list[_Part]) -> bool:
    """Whether the function still does what it did with the input, and nothing new looks at it."""
    known = {c.name for c in (*pair.before.calls, *pair.before.decorators)}
    new = [c for c in (*pair.after.calls, *pair.after.decorators) if c.name not in known]
    checking = pattern("checks", "checking")
    if any(checking.search(c.name) or pattern("validation", "calls").search(c.name) for c in new):
        return False
    names = {p.name for p in lost}
    before = [c for c in pair.before.calls if c.last not in names]
    after = {c.name for c in pair.after.calls}
    if not before:  # then it is what the checked value was for: an assignment, an answer
        words = set(WORD.findall(" ".join(pair.after.statements)))
        return not new and any(words & set(WORD.findall(" ".join(p.given))) for p in lost)
    return sum(c.name in after for c in before) * 2 > len(before) and len(new) <= 1


def _closely(part: _Part, pair: Pair) -> bool:
    """Whether a check of a longer name is given the same: `ValidateLogin(answer)`, `ValidatePasskeyLogin(answer)`."""
    words = set(_WORDS.findall(part.name))
    return any(
        words < set(_WORDS.findall(call.last)) and set(part.given) & set(call.arguments)
        for call in pair.after.calls
        if pattern("validation", "calls").search(call.name)
    )


def _elsewhere(part: _Part, pair: Pair) -> bool:
    """Whether another definition makes the call newly, or one of the same file newly holds its input against a schema."""
    for other in pair.scope.others(pair):
        if not other.touches(_SCREEN, "after"):
            continue
        known = {c.name for c in other.before.calls}
        new = [c for c in other.after.calls if c.name not in known]
        if any(c.last == part.name for c in new):
            return True
        if other.change.path == pair.change.path and any(pattern("validation", "modelled").search(c.name) for c in new):
            return True
    return False


def _interpolated(pair: Pair) -> Iterator[tuple[Call, Call]]:
    """Queries whose parameters were given apart, and are written into the text now."""
    runs = pattern("validation", "queries")
    if not any(runs.search(c.name) for c in pair.before.calls):
        return
    before = [c for c in pair.before.calls if runs.search(c.name)]
    after = [c for c in pair.after.calls if runs.search(c.name)]
    for old in before:
        new = next((c for c in after if c.last == old.last and _filled(c) and not _filled(old)), None)
        apart = len(old.arguments) > 1 or old.options
        marked = re.search(r"%s|\?|\$\d|:\w+|%\(", " ".join(old.arguments[:2]))
        if new is not None and apart and marked and not any(c.arguments == old.arguments for c in after):
            yield old, new


def _filled(call: Call) -> bool:
    texts = [a for a in call.arguments[:2] if _LITERAL.match(a) or _FILLED.search(a)]
    return any(_FILLED.search(a) for a in texts)
