"""What a server's configuration of directives and blocks (nginx, Caddy, Apache, HAProxy, sshd) refused, asked for or
encrypted, and no longer does: `guard` facts (deny, tls) and `authentication` facts.

Compared are the lines that guard, block by block. One that moved up to a block around it still holds, and another one of
its kind in the same block stands in for it. A block that is gone serves nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from blastlint.enrich.context import Context
from blastlint.frozen import dataclass
from blastlint.model import Change, Fact, FactValue, Region, Related, Value
from blastlint.parse.keytree import KeyTree
from blastlint.parse.workspace import Workspace
from blastlint.prose import few
from blastlint.regex import regex

# By `directive arguments` in lower case, without quotes; the words before a block (Caddy's basic_auth) are a line, too.
_DENY = regex(
    r"^deny\b|^require (not |all denied)|^deny from|^(http-request|http-response) (deny|tarpit|reject)\b"
    r"|^tcp-request (connection|content) reject|^(respond|error|return)( \S+)? (403|401|444)\b|^abort\b"
    r"|^(deny|allow)(users|groups)\b"
)
_LOGIN = regex(
    r"^auth_(basic|request|jwt|ldap|digest)\b(?! off)|^ssl_verify_client (on|required)|^sslverifyclient require"
    r"|^(basic_?auth|forward_auth|jwtauth|authorize)\b|^require (valid-user|user|group|ldap|claim|expr)|^authtype (?!none)"
    r"|^http-request auth\b|^bind .*verify required|^permitrootlogin (no|prohibit-password)|^passwordauthentication no"
    r"|^permitemptypasswords no|^(local|host(ssl|nossl)?) .*\b(scram-sha-256|md5|peer|cert|ldap|gss|ident|pam|radius)\b"
)
_TLS = regex(
    r"^(add_header|header( always)?( set)?|http-response set-header) strict-transport-security\b"
    r"|^(return|rewrite|redirect|redir)\b.*https://|^(http-request )?redirect scheme https|^sslengine on"
    r"|^(proxy_ssl_verify on|sslproxyverify require)|^(listen|bind) .*\bssl\b|^server .*\bverify required"
)
_CHECKED = regex(r"^option (httpchk|(tcp|mysql|pgsql|redis)-check)|^server .*\bcheck\b|^health_(check|uri)\b")
_LIMIT = regex(r"^limit_(req|conn)\b|^rate_limit\b|^secruleengine on|^modsecurity on|^http-request (deny|track)\S* .*rate")
_REDIRECT = regex(r"https://|scheme https")
_PORT = regex(r"^(listen|bind) ")
_VERSIONS = regex(r"^(ssl_protocols|sslprotocol|protocols) (?P<list>.*)")
_OLD = frozenset({"sslv2", "sslv3", "tlsv1", "tlsv1.0", "tlsv1.1", "tls1.0", "tls1.1"})
_ALL = frozenset({"sslv3", "tlsv1", "tlsv1.1"})
_EVERYBODY = regex(r"^deny all$|^require all denied$|^deny from all$")
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One line: the blocks that it is in, how it reads, as it is compared, and where it is."""

    blocks: tuple[str, ...]
    shown: str
    text: str
    region: Region | None

    @property
    def first(self) -> str:
        return self.text.partition(" ")[0]


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """At most one fact of each sort for a changed file."""
    if change.before is None or change.after is None:
        return
    before, after = _lines(change.before.address, context.before), _lines(change.after.address, context.after)
    denied, asked = list(_lost(before, after, _DENY)), list(_lost(before, after, _LOGIN))
    clear = [line for line in _lost(before, after, _TLS) if not _REDIRECT.search(line.text) or _is_plain(line, after)]
    if denied:
        yield _guard("deny", "off", denied, "what nobody may do, whoever allows it")
    if asked:
        yield _login(asked)
    if clear:
        yield _guard("tls", "off", clear, "traffic to it")
    unchecked = list(_lost(before, after, _CHECKED))
    if unchecked:
        yield _guard("healthcheck", "off", unchecked, "callers from copies that do not work")
    limited = list(_lost(before, after, _LIMIT))
    if limited:
        yield _guard("hardening", "off", limited, "it from what a narrower setting keeps out")
    older = list(_older(before, after))
    if older:
        yield _guard("tls", "lowered", older, "traffic to it")


# --- lines ------------------------------------------------------------------------------------------------------------


def _lines(path: str, side: Workspace) -> tuple[Line, ...]:
    document = side.document(path)
    content = document.content if document is not None and document.language == "ini" else None
    roots = content.documents if isinstance(content, KeyTree) else ()
    return tuple(line for root in roots for line in _within(root, ()))


def _within(block: Value, above: tuple[str, ...]) -> Iterator[Line]:
    for name, value in block.items.items():
        for each in value.elements or (value,):
            shown = name if each.is_map or each.scalar is None else f"{name} {each.scalar}"
            yield Line(above, shown, " ".join(re.sub("[\"']", "", shown).lower().split()), each.region)
            if each.is_map:
                served = each.get("server_name")
                label = f"{name} {served.scalar}" if served is not None and served.is_scalar else name
                yield from _within(each, (*above, label))


def _lost(before: Sequence[Line], after: Sequence[Line], guards: re.Pattern[str]) -> Iterator[Line]:
    """The lines that guarded a block which is still there, and for which nothing stands in."""
    guarding = [line for line in after if guards.search(line.text)]
    staying = {line.blocks for line in after}
    old = {(line.blocks, line.text) for line in before}
    for line in before:
        if not guards.search(line.text) or line.blocks not in staying:
            continue
        around = [other for other in guarding if line.blocks[: len(other.blocks)] == other.blocks]
        if any(other.text == line.text or (other.blocks, other.text) not in old for other in around):
            continue
        if _EVERYBODY.match(line.text) or not any(other.first == line.first for other in around):
            yield line


def _is_plain(line: Line, after: Sequence[Line]) -> bool:
    """Whether what sent people on to TLS still answers without it."""
    ports = [other for other in after if _PORT.match(other.text) and line.blocks[: len(other.blocks)] == other.blocks]
    return not ports or any("ssl" not in port.text and "443" not in port.text for port in ports)


def _older(before: Sequence[Line], after: Sequence[Line]) -> Iterator[Line]:
    """The lines that allow versions of TLS which were not allowed there before."""
    allowed = {(line.blocks, line.first): _old_versions(line.text) for line in before if _VERSIONS.match(line.text)}
    for line in after:
        was = allowed.get((line.blocks, line.first))
        if was is not None and _VERSIONS.match(line.text) and _old_versions(line.text) - was:
            yield line


def _old_versions(text: str) -> frozenset[str]:
    """The versions that are broken, of a list that may begin with `all` and take some away: `all -SSLv3`."""
    named: set[str] = set()
    for word in text.split()[1:]:
        version = word.lstrip("+-")
        meant = _ALL if version == "all" else {version}
        named = named - meant if word.startswith("-") else named | meant
    return frozenset(named & _OLD)


# --- as facts ---------------------------------------------------------------------------------------------------------


def _guard(kind: str, strength: str, lines: Sequence[Line], subject: str) -> Fact:
    told = _told(lines)
    before, after = ("set", "gone") if strength == "off" else ("newer versions only", "older ones as well")
    shift = f"`{told}` is gone" if strength == "off" else f"`{told}` allows versions that are broken"
    fields: dict[str, FactValue] = {
        "kind": kind,
        "name": f"`{told}`",
        "direction": "weakened",
        "strength": strength,
        "before": before,
        "after": after,
        "shift": shift,
        "subject": subject,
        "protects": "",
    }
    first = lines[0].region
    return Fact(
        "guard",
        fields,
        f"{kind}#{lines[0].text}",
        first if strength == "off" else None,
        first if strength != "off" else None,
        related=_related(lines),
    )


def _login(lines: Sequence[Line]) -> Fact:
    fields: dict[str, FactValue] = {
        "name": lines[0].first,
        "key": " ".join(lines[0].blocks[-1:]) or "The server",
        "before": _told(lines),
        "after": "nothing",
        "added": False,
    }
    return Fact("authentication", fields, f"login#{lines[0].text}", lines[0].region, related=_related(lines))


def _told(lines: Sequence[Line]) -> str:
    return few([line.shown for line in lines], _SHOWN)


def _related(lines: Sequence[Line]) -> tuple[Related, ...]:
    return tuple(Related(line.shown, line.region, " ".join(line.blocks)) for line in lines[1:20])
