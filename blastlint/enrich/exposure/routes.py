"""`routes` facts: prefixes that no route covers any more or that lead elsewhere, names that no ingress serves any more, and
lists of rules where a broad one now comes before those it swallows.

Prefixes are compared as address space, so aggregating and splitting them means nothing. Order matters only where the first
match decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.enrich.access.policies import unknown_text
from blastlint.enrich.context import Context
from blastlint.enrich.exposure.networks import ALL_PORTS, Reach, grown, size
from blastlint.facts.paths import found, steps
from blastlint.model import Change, Entity, Fact, Region, Value
from blastlint.parse.keytree import KeyTree
from blastlint.prose import few
from blastlint.regex import regex

_ROUTES = frozenset({"aws_route", "google_compute_route", "azurerm_route", "AWS::EC2::Route"})
_TABLES = frozenset({"aws_route_table", "aws_default_route_table", "azurerm_route_table"})
_PREFIXES = ("destination_cidr_block", "destination_ipv6_cidr_block", "cidr_block", "ipv6_cidr_block", "dest_range",
             "address_prefix", "Properties.DestinationCidrBlock", "Properties.DestinationIpv6CidrBlock")  # fmt: skip
_OWNERS = ("route_table_id", "route_table_name", "network", "Properties.RouteTableId")
_ANNOUNCED = regex(r"(^|_)(prefix(es)?|networks?|announce(ments?|d)?|advertise(d|ments?)?|bgp|anycast|originate)(_|$)")
_ROUTER = regex(
    r"(^|[/_.-])(bgp|anycast|routes?|routers?|routing|topology|frr|bird|peering|announce\w*|redirects?|rewrites?)([/_.-]|$)"
)
_TERMS = regex(r"(^|_)(terms?|polic(y|ies)|statements?|rules?|entries|route_maps?|redirects?|rewrites?|routes)$")
_EVERYTHING = frozenset({"any", "all", "*", "/*", "/**", "/(.*)", "/:path*", ".*", "^/.*$", "0.0.0.0/0", "::/0"})
_SUBJECTS = ("match", "from", "prefix", "source", "src", "route", "path", "pattern", "when", "if")  # what a rule is for
_NARROWING = ("has", "missing", "conditions", "host", "hosts", "methods", "query", "handle")
_MAX_DEPTH = 12


def facts(change: Change, context: Context) -> Iterator[Fact]:
    if change.before is None:
        return
    if change.type in _ROUTES | _TABLES:
        yield from _tables(change, context)
    elif change.kind == "kubernetes.object" and change.type in ("Ingress", "HTTPRoute") and change.after is not None:
        yield from _served(change.before, change.after, context)
    elif change.kind == "file" and change.after is not None:
        yield from _configured(change, context)


def _fact(what: str, summary: str, default: bool, before: Region | None, after: Region | None) -> Fact:
    return Fact("routes", {"what": what, "default": default, "summary": summary}, what, before, after)


# --- route tables -------------------------------------------------------------------------------------------------------


def _tables(change: Change, context: Context) -> Iterator[Fact]:
    """What a block of source takes from tables that are still there: one fact, on the first of its changes."""
    before = change.before
    assert before is not None
    first, gone = context.once(_withdrawn).get(_block(before), (None, []))
    if first is before:
        summary = f"no route leads to {few(list(dict.fromkeys(r.source for r in gone)))} any more"
        default = any(r.world for r in gone)
        yield _fact("withdrawn", summary, default, before.header, change.after.header if change.after else None)


def _block(entity: Entity) -> tuple[str, int]:
    return entity.region.path, entity.region.start_line


def _withdrawn(context: Context) -> dict[tuple[str, int], tuple[Entity, list[Reach]]]:
    """block of source -> (the first entity of it that loses routes, all that are covered by no other)."""
    left: dict[str, list[Reach]] = {}
    for entity in context.entities_after:
        for owner, reach in _routes(entity):
            left.setdefault(owner, []).append(reach)
    withdrawn: dict[tuple[str, int], tuple[Entity, list[Reach]]] = {}
    for change in context.changes:
        before = change.before
        if before is None or before.type not in _ROUTES | _TABLES or (change.after is None and before.type in _TABLES):
            continue  # a whole table that goes is told as a deletion
        mine = list(_routes(before))
        owners = {owner for owner, _ in mine}
        gone = grown([r for owner in sorted(owners) for r in left.get(owner, ())], [r for _, r in mine])
        if gone and _stays(owners, before, context):
            withdrawn.setdefault(_block(before), (before, []))[1].extend(gone)
    return withdrawn


def _stays(owners: set[str], route: Entity, context: Context) -> bool:
    """Whether the table, or what tells which one it is, is still there, as far as it can be seen."""
    tables = {e.address for e in context.entities_before if e.type in _TABLES or e.type == "AWS::EC2::RouteTable"}
    named = (route.references & tables) | (owners & {e.address for e in context.entities_before})
    return not named or not named.isdisjoint(e.address for e in context.entities_after)


def _routes(entity: Entity) -> list[tuple[str, Reach]]:
    """(table, prefix) of everything that an entity routes."""
    if entity.type in _ROUTES:
        owner = next((_text(v) for name in _OWNERS if (v := found(entity.attributes, steps(name))) is not None), "")
        return [(owner, reach) for reach in _prefixes(entity.attributes)]
    if entity.type in _TABLES:
        blocks = entity.attributes.get("route")
        rows = blocks.elements if blocks is not None and blocks.is_list else ((blocks,) if blocks is not None else ())
        return [(entity.address, reach) for row in rows for reach in _prefixes(row)]
    return []


def _prefixes(value: Value) -> Iterator[Reach]:
    for name in _PREFIXES:
        prefix = found(value, steps(name))
        if prefix is not None and (not prefix.known or prefix.scalar not in (None, "")):
            yield Reach("*", ALL_PORTS, _text(prefix))


def _text(value: Value) -> str:
    if not value.known:
        return sorted(value.refs)[0] if value.refs else unknown_text(value)
    return str(value.scalar)


# --- ingress ------------------------------------------------------------------------------------------------------------


def _served(before: Entity, after: Entity, context: Context) -> Iterator[Fact]:
    """Names that are no longer served, or by another service, by any ingress of the change."""
    everywhere = {host for e in context.entities_after if e.type == before.type for host in _hosts(e)}
    gone = [host for host in _hosts(before) if host not in everywhere]
    born = [host for host in _hosts(after) if host not in _hosts(before)]
    if gone and "${" not in "".join(gone) and "{{" not in "".join(gone):
        summary = f"{', '.join(gone[:3])} {'is' if len(gone) == 1 else 'are'} no longer served"
        yield _fact("renamed" if len(born) >= len(gone) else "unserved", summary, False, before.header, after.header)


def _hosts(ingress: Entity) -> list[str]:
    names = found(ingress.attributes, steps("spec.hostnames"))
    rules = found(ingress.attributes, steps("spec.rules"))
    hosts = [_text(v) for v in (names.elements if names is not None else ())]
    for rule in rules.elements if rules is not None and ingress.type == "Ingress" else ():
        host = rule.get("host")
        if host is not None:
            hosts.append(_text(host))
    return list(dict.fromkeys(hosts))


# --- configuration of routers -------------------------------------------------------------------------------------------


def _configured(change: Change, context: Context) -> Iterator[Fact]:
    """Announced prefixes in a file about routing, and lists of rules of which the first match counts."""
    assert change.before is not None and change.after is not None
    sides = (context.before, change.before.address), (context.after, change.after.address)
    if not all(f"/{path}".endswith((".yaml", ".yml", ".json", ".toml", "/_redirects")) for _, path in sides):
        return
    documents = [workspace.document(path) for workspace, path in sides]
    read = [d.content for d in documents if d is not None and isinstance(d.content, KeyTree)]
    if len(read) < 2 or not any(_ANNOUNCED.search(_last(k)) or _TERMS.search(_last(k)) for k in read[0].keys):
        return
    trees = [content.documents for content in read]
    old, new = ({place: value for root in tree for place, value in _lists("", root, 0)} for tree in trees)
    announced = [value for place, value in new.items() if _ANNOUNCED.search(_last(place))]
    for place, value in old.items():
        if not _ROUTER.search(f"{change.path}/{place}".lower()):
            continue
        if _ANNOUNCED.search(_last(place)):
            lost = _uncovered(value, announced)
            if lost:
                summary = f"{few(lost)} {'is' if len(lost) == 1 else 'are'} no longer announced"
                yield _fact("withdrawn", summary, False, value.region, None)
        elif _TERMS.search(_last(place)) and place in new:
            swallowed = _swallowed(value.elements, new[place].elements)
            if swallowed:
                summary = f"{swallowed} now comes before rules that it swallows"
                yield _fact("reordered", summary, True, value.region, new[place].region)


def _lists(place: str, value: Value, depth: int) -> Iterator[tuple[str, Value]]:
    """(dotted path, list) of every list below keys, without those in lists."""
    if depth > _MAX_DEPTH:
        return
    for key, child in value.items.items():
        here = f"{place}.{key}" if place else key
        if child.is_list:
            yield here, child
        else:
            yield from _lists(here, child, depth + 1)


def _last(place: str) -> str:
    return place.rpartition(".")[2].lower().replace("-", "_")


def _uncovered(before: Value, after: Sequence[Value]) -> list[str]:
    """The prefixes of a list that no list after covers."""
    old = [Reach("*", ALL_PORTS, text) for text in _listed(before) if size(text)]
    new = [Reach("*", ALL_PORTS, text) for value in after for text in _listed(value) if size(text)]
    return list(dict.fromkeys(r.source for r in grown(new, old)))


def _listed(value: Value) -> list[str]:
    return [str(leaf.scalar) for _, leaf in value.leaves() if isinstance(leaf.scalar, str)]


def _swallowed(before: Sequence[Value], after: Sequence[Value]) -> str:
    """The name of a rule that matches everything and newly stands in front of others; empty for none."""
    if not before or len(after) < 2 or not all(e.is_map for e in (*before, *after)):
        return ""
    then, now = [_name(e) for e in before], [_name(e) for e in after]
    for place, element in enumerate(after):
        name = now[place]
        if _matches_all(element, unsaid=name in then):
            ahead = then.index(name) if name in then else len(then)
            overtaken = [n for n in now[place + 1 :] if n in then and then.index(n) < ahead]
            if overtaken:
                return name
    return ""


def _name(element: Value) -> str:
    for key in ("name", "id", "term", "seq", "title", *_SUBJECTS[1:]):
        value = element.get(key)
        if value is not None and value.scalar is not None:
            return str(value.scalar)
    return "|".join(f"{path}={leaf.scalar}" for path, leaf in element.leaves())


def _matches_all(element: Value, unsaid: bool) -> bool:
    """Whether a rule is for everything; one that does not say what it is for is where `unsaid`."""
    if any(key in element.items for key in _NARROWING):
        return False
    for key in _SUBJECTS:
        value = element.get(key)
        if value is not None:
            return value.scalar in _EVERYTHING or (value.is_map and not value.items)
    return unsaid
