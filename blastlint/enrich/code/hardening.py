"""Settings of frameworks that protect, turned to the unsafe side: rows of facts/calls.json, hardening. And secrets that are
written where a reference stood."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from blastlint.enrich.code.pairs import Pair, taken_out, words_of
from blastlint.facts.calls import pattern, rows
from blastlint.masking import is_secret_name, says_nothing
from blastlint.model import Fact, FactValue, Region, Side
from blastlint.parse.code import Call, Option, Shape
from blastlint.regex import regex

_SCREEN = regex(
    rb"(?i)debug|secure|csrf|xss|csp|cors|cookie|jwt|verify|algorithm|rounds|iteration|bcrypt|hsts|httponly|samesite|frame"
    rb"|allow|protect|origin|safe|autoescape|sanitize|helmet|permit|exempt|skip_before|-options|content-security|transport-security"
    rb"|hash|salt|forgery|ssl|acl|permit|filter|__all__|validators|ATOMIC_REQUESTS"
)
_WAIVES = ("skip_before_action", "skip_before_filter", "allow_unauthenticated_access")
_LOGIN = regex(r"(?i)^:?(authenticate|authorize|require_(login|user|authentication)|login)")
_SECRET_SCREEN = regex(rb"(?i)secret|passw|token|api_?key|private|credential|auth|dsn|conn")
_ENVIRONMENT = regex(
    r"(?i)environ|getenv|process\.env|\bENV\b|System\.getenv|env::var|os\.Getenv|config\(|secret|vault|settings\."
)
_LITERAL = regex(r"^[rb]*([\"'`])([^\"'`]{8,200})\1$")
_PLACEHOLDER = regex(
    r"(?i)example|change|placeholder|dummy|your|xxx|test|todo|foo|bar|secret$|^password|<|\$\{|\{\{|\s|insecure|default|sample|"
    r"^https?://(?![^/]*:[^/]*@)|^[a-z_.-]+$|^/|^[A-Z_]+$|redacted|\*\*\*"
)


def facts(pair: Pair) -> Iterator[Fact]:
    """`hardening` facts for settings, `secret` facts for literals."""
    if pair.scope.is_test(pair.change.path):
        return
    if pair.touches(_SCREEN):
        told = list(_settings(pair))
        yield from told
        if not pair.is_new and pair.touches(_SCREEN, "before"):
            yield from _left_out(pair)
            whats = {fact.fields["what"] for fact in told}  # `protect_from_forgery` gone for `skip_forgery_protection`
            yield from (fact for fact in _gone(pair) if fact.fields["what"] not in whats)
    if not pair.is_new and pair.touches(_SECRET_SCREEN, "after"):
        yield from _secrets(pair)


def dropped(pair: Pair) -> Iterator[Fact]:
    """A setting of a file, taken out while the others stay, where saying nothing leaves the protection off."""
    if pair.change.type != "setting" or pair.scope.is_test(pair.change.path) or not pair.mentions(_SCREEN, "before"):
        return
    name, path = pair.change.entity.name, pair.change.path
    others = list(pair.scope.others(pair))
    came_from = {other.change.before.region.path for other in others if other.change.before is not None}
    stays = path in came_from or pair.scope.context.after.tree.size(path) is not None
    if stays and not any(name in words_of(other.text("after")) for other in others):
        for option in pair.before.options:
            row = _row_left_out(option)
            if row is not None:
                yield _without(pair, option.key, f"no {option.key}", option.value, row["what"], option.at)


def _settings(pair: Pair) -> Iterator[Fact]:
    known = Counter(key for key, _, _ in _unsafe(pair, "before"))
    for key, what, part in _unsafe(pair, "after"):
        if known[key] > 0:
            known[key] -= 1
            continue
        if taken_out(pair, part):
            continue
        before = next((o.value for o in pair.before.options if isinstance(part, Option) and o.key == part.key), "")
        yield weakened(
            pair, key, f"{key} = {part.value}" if isinstance(part, Option) else part.text, before, what,
            after=part.value if isinstance(part, Option) else part.text,
            new_code=pair.is_new or (isinstance(part, Option) and not before and not _owned(pair, part)),
            new=pair.region("after", part.at),
        )  # fmt: skip


def _unsafe(pair: Pair, side: Side) -> Iterator[tuple[str, str, Option | Call]]:
    """(name, what it protects, where) of every setting that is on its unsafe side."""
    shape = pair.before if side == "before" else pair.after
    for option in shape.options:
        for row in rows("hardening"):
            if "key" in row and re.search(row["key"], option.key) and re.search(row.get("owner", ""), option.owner):
                if re.search(row["value"], pair.value(side, option.value)):
                    yield option.key, row["what"], option
                break
    for call in (*shape.calls, *shape.decorators):
        for row in rows("hardening"):
            given = "argument" in row and (not row["argument"] or any(re.search(row["argument"], a) for a in call.arguments))
            if given and re.search(row["call"], call.name):
                yield call.last, row["what"], call
                break
    if side == "before":
        return
    # a list that names the protection, and does so no more
    for option in shape.options:
        if pattern("hardened", "lists").search(option.key):
            old = next((o.value for o in pair.before.options if o.key == option.key), "")
            for name in pattern("hardened", "members").findall(old):
                if name not in option.value:
                    yield name, "a protection that every request passed", option


def _left_out(pair: Pair) -> Iterator[Fact]:
    """Settings that were on and are said no more, of something that is still made: off, where nothing is said."""
    said = Counter((o.owner, o.key) for o in pair.after.options)
    made = {o.owner for o in pair.after.options} | {c.name for c in pair.after.calls}
    for option in pair.before.options:
        row = _row_left_out(option)
        if row is None:
            continue
        if said[(option.owner, option.key)] > 0:
            said[(option.owner, option.key)] -= 1
        elif option.owner in made and not any(a.startswith(("*", "...")) for c in pair.after.calls for a in c.arguments):
            yield _without(pair, option.key, f"no {option.key}", option.value, row["what"], option.at)


def _row_left_out(option: Option) -> Mapping[str, str] | None:
    """The row by which it matters that the option is said no more."""
    row = next((r for r in rows("hardening") if "left_out" in r and re.search(r["key"], option.key)), None)
    told = row is not None and re.search(row["owner"], option.owner) and re.search(row["left_out"], option.value)
    return row if told else None


def _gone(pair: Pair) -> Iterator[Fact]:
    """Calls that protect what comes after them, and are made nowhere in the change any more."""
    for row in rows("protecting"):
        before = [(name, c) for c in (*pair.before.calls, *pair.before.decorators) if (name := _protecting(row, c))]
        after = (*pair.after.calls, *pair.after.decorators)
        there = {_protecting(row, c) for c in after}
        name, call = next(((name, call) for name, call in before if name not in there), ("", None))
        if call is None or not after or ("argument" not in row and any(there)):
            continue
        if not any(name in other.text("after") for other in pair.scope.others(pair)):
            yield _without(pair, name, f"no {name}", call.text, row["what"], call.at)


def _protecting(row: Mapping[str, str], call: Call) -> str:
    """What a call that protects is known by, or empty: its name, or that of the header which it sets."""
    if not re.search(row["call"], call.name):
        return ""
    if "argument" not in row:
        return call.last
    given = call.arguments[0] if call.arguments else ""
    return given.strip("\"'`") if re.search(row["argument"], given) else ""


def _without(pair: Pair, name: str, setting: str, before: str, what: str, at: object) -> Fact:
    return weakened(pair, name, setting, before, what, old=pair.region("before", at))


def weakened(
    pair: Pair, name: str, setting: str, before: str, what: str, *, after: str = "", new_code: bool = False,
    number: bool = False, old: Region | None = None, new: Region | None = None,
) -> Fact:  # fmt: skip
    """The `hardening` fact of a protection that is weaker: `setting` is how it reads now, `what` what it protected."""
    fields: dict[str, FactValue] = {
        "name": name, "what": what, "before": before, "after": after, "setting": setting, "local": _is_local(pair),
        "new_code": new_code, "anonymous": _is_anonymous(pair), "number": number,
    }  # fmt: skip
    return pair.fact("hardening", name, fields, old, new)


def _is_anonymous(pair: Pair) -> bool:
    """Whether the class asks nobody who they are, on both sides: a request that is forged in a user's name gains nothing."""
    def waived(shape: Shape) -> bool:
        return any(c.last in _WAIVES and any(_LOGIN.search(a) for a in c.arguments) and not c.options for c in shape.calls)

    return waived(pair.before) and waived(pair.after)


def _is_local(pair: Pair) -> bool:
    return bool(re.search(r"(?i)dev|local|test|example|sample|demo", pair.change.path.rpartition("/")[2]))


def _owned(pair: Pair, option: Option) -> bool:
    """Whether what the option is given to was there before."""
    last = option.owner.rpartition(".")[2]
    return (
        not last
        or any(c.last == last for c in pair.before.calls)
        or any(o.owner == option.owner for o in pair.before.options)
    )


def _secrets(pair: Pair) -> Iterator[Fact]:
    before = {(o.owner, o.key): o.value for o in pair.before.options}
    for option in pair.after.options:
        old = before.get((option.owner, option.key))
        if not is_secret_name(option.key) or old == option.value:
            continue
        literal = _LITERAL.match(option.value)
        if literal is None or not _looks_secret(literal.group(2)):
            continue
        reference = old is not None and (
            _LITERAL.match(old) is None or bool(_PLACEHOLDER.search(old)) or says_nothing(old.strip("\"'"))
        )
        fields: dict[str, FactValue] = {
            "name": option.key,
            "replaced": "reference"
            if reference and _ENVIRONMENT.search(old or "")
            else "value"
            if old is not None
            else "nothing",
            "new_code": old is None,
            "local": False,
        }
        yield pair.fact("secret", option.key, fields, None, pair.region("after", option.at))


def _looks_secret(text: str) -> bool:
    """Long, of several kinds of characters, and nothing that people write where a secret will stand."""
    if _PLACEHOLDER.search(text):
        return False
    kinds = sum(bool(re.search(kind, text)) for kind in ("[a-z]", "[A-Z]", r"\d", r"[^\w\s]"))
    return kinds >= 2 and len(set(text)) >= 6
