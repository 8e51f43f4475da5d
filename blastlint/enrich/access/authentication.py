"""`authentication` facts: a setting by which a server asked who comes, and does not any more.

By the words of the key, which servers share (auth.enabled, allow_anonymous, authorization-mode, requirepass, ...), and which
way each of them is open; also as options in a list (`--anonymous-auth=true`) and as variables of an environment.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.shown import shown
from blastlint.facts.paths import Step, steps
from blastlint.facts.units import truth
from blastlint.model import Change, Delta, Fact, Value
from blastlint.regex import regex

_AUTH = r"auth|authn|authz|authentication|authorization|authorisation|login"
# Switches of which true is the safe side, and those of which false is.
_ASKING = regex(
    rf"(^|[._-])({_AUTH})[._-]?(enabled|required|enable|enforced)$|(^|[._-])(enable|require|force|enforce|use)[._-]?({_AUTH})$"
    rf"|^xpack\.security\.enabled$|^requireauth(entication)?$|(^|[._-])({_AUTH})$|^login[._-]required$"
    r"|(^|[._-])(basic[._-]?auth|rbac)[._-]enabled$|^protected[._-]mode$"
)
_OPENING = regex(
    rf"(^|[._-])(disable|skip|no|without|bypass)[._-]?({_AUTH})$|(^|[._-])({_AUTH}|security)[._-]?disabled$"
    r"|(^|[._-])anonymous([._-]?(enabled?|enable|access|auth|login))?$|allow[._-]?(anonymous|empty[._-]?passwords?"
    r"|unauthenticated)([._-]\w+)?$|^permitemptypasswords$|^skip[._-]grant[._-]tables$|^dangerously_omit_auth$"
)
_MODE = regex(
    rf"(^|[._-])({_AUTH}|authenticator|authorizer|host_auth_method)([._-]?(mode|type|method|methods|strategy|backend"
    r"|provider))?$"
)
_OPEN_MODES = frozenset(
    {"none", "off", "disabled", "disable", "anonymous", "trust", "allowallauthenticator", "allowallauthorizer",
     "alwaysallow", "no", "noauth", "no_auth", "no-auth", "open", "public", "insecure", "nosasl", "plaintext_none"}
)  # fmt: skip
# What makes a server ask for a password by being there.
_PRESENT = regex(
    r"^(requirepass|masterauth)$|^nginx\.ingress\.kubernetes\.io/auth-(url|type|secret|signin|tls-secret)$"
    r"|^security\.authorization$|^traefik\.ingress\.kubernetes\.io/router\.middlewares$"
)
# Middlewares of Traefik that ask who comes, or from where, by their names.
_ASKS_WHO = regex(r"(?i)auth|oidc|(^|[-_./,])sso([-_@,]|$)|login")
_ASKS_WHERE = regex(r"(?i)allow-?list|white-?list|rfc-?1918|internal|ip-?filter")
_OPTION = regex(r"^--?(?P<name>[\w.-]+)=(?P<value>.*)$")
_NOT_SERVERS = frozenset({"package", "catalogue", "specification", "dashboard", "pipeline", "data"})


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The fact of one key, when its new value opens what its old one closed."""
    if change.type in _NOT_SERVERS or not change.deltas:
        return
    for delta in change.deltas:
        key, before, after = _setting(delta)
        name = key.lower()
        opens = name and _closed(name, before, delta.before) and _opens(name, after, delta.after)
        if opens and not (after is None and _asked_beside(delta, change, context)):
            yield Fact(
                "authentication",
                {
                    "name": name,
                    "key": key,
                    "before": shown(name, before),
                    "after": shown(name, after),
                    "added": before is None,
                    "place": "middleware" in name and not _ASKS_WHO.search(str(before.scalar) if before is not None else ""),
                },
                delta.path,
                delta.before_region,
                delta.after_region,
            )


def _asked_beside(gone: Delta, change: Change, context: Context) -> bool:
    """Whether another setting that asks who comes is new beside one that is gone: another server asks, in its own words."""
    return (change.path, steps(gone.path)[:-1]) in context.once(_asking_now)


def _asking_now(context: Context) -> frozenset[tuple[str, tuple[Step, ...]]]:
    """(file, place) of every setting that is new and asks who comes."""
    found = set()
    for change in context.changes:
        if change.kind == "config.key" and change.before is None:
            for delta in change.deltas:
                name, _, after = _setting(delta)
                if after is not None and _state(name.lower(), after) is True:
                    found.add((change.path, steps(delta.path)[:-1]))
    return frozenset(found)


def _setting(delta: Delta) -> tuple[str, Value | None, Value | None]:
    """(name as it is written, before, after); the name has the key above it where that tells of authentication."""
    way = steps(delta.path)
    values = (delta.before, delta.after)
    options = [_OPTION.match(str(v.scalar)) if v is not None and isinstance(v.scalar, str) else None for v in values]
    if way and way[-1].element and any(options):
        match = next(o for o in options if o)
        told = zip(options, values, strict=True)
        before, after = (Value(o["value"], region=v.region) if o and v else None for o, v in told)
        return match["name"], before, after
    names = [step.text.partition("=")[2].strip('"') if step.element else step.text for step in way]
    if len(names) > 1 and way[-2].element and names[-1] == "value":
        return names[-2], *values  # one of a list of variables
    if not names:
        return "", None, None
    last = names[-1]
    above = [name for name in names[-3:-1] if name]
    if last.lower() in ("enabled", "enable", "disabled", "mode", "type", "method", "required", "authorization"):
        return ".".join((*above[-1:], last)), *values
    if len(above) and last.lower() in ("security.enabled",):
        return f"{above[-1]}.{last}", *values
    return last, *values


def _opens(name: str, after: Value | None, whole: Value | None) -> bool:
    if whole is not None and not whole.is_scalar:
        return False
    if after is None:
        return bool(_PRESENT.search(name))
    return _state(name, after) is False


def _closed(name: str, before: Value | None, whole: Value | None) -> bool:
    """Whether the setting was closed before. What was not written had its default, which for these is closed: only where the
    new value says outright that nobody is asked."""
    if whole is not None and not whole.is_scalar:
        return False
    if before is None:
        return bool(_OPENING.search(name) or _ASKING.search(name) or _MODE.search(name))
    return _state(name, before) is True


def _asks(middlewares: str) -> bool:
    return bool(_ASKS_WHO.search(middlewares) or _ASKS_WHERE.search(middlewares))


def _state(name: str, value: Value) -> bool | None:
    """True when the setting closes, False when it opens; None when nothing tells."""
    if not value.known:
        return None
    text = str(value.scalar if value.scalar is not None else "").strip()
    on = truth(value.scalar) if text else None
    if "middleware" in name:
        return _asks(text)
    if _PRESENT.search(name):
        return text.lower() not in ("", "disabled", '""')
    if _OPENING.search(name):
        return None if on is None else not on
    if on is not None and (_ASKING.search(name) or _MODE.search(name)):
        return on
    if _MODE.search(name):
        return (text.lower().rpartition(".")[2] not in _OPEN_MODES) if text else None
    return None
