"""`records` facts: names that no longer resolve, or lead elsewhere. Terraform and CloudFormation records, octoDNS files and
zone files are read as (name, type) -> targets, and compared over the whole change set: a record that moved to another file
or resource is the same one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from blastlint.enrich.access.policies import unknown_text
from blastlint.enrich.context import Context
from blastlint.facts.paths import found, steps
from blastlint.frozen import dataclass
from blastlint.model import Change, Entity, Fact, Region, Related, Side, Value, scalar_text
from blastlint.parse.keytree import KeyTree
from blastlint.prose import few
from blastlint.regex import regex

# type -> (name, kind, targets, zone) of the record
_TYPES: Mapping[str, tuple[str, str, tuple[str, ...], str]] = {
    "aws_route53_record": ("name", "type", ("records", "alias"), "zone_id"),
    "google_dns_record_set": ("name", "type", ("rrdatas", "routing_policy"), "managed_zone"),
    "cloudflare_record": ("name", "type", ("value", "content", "data"), "zone_id"),
    "cloudflare_dns_record": ("name", "type", ("value", "content", "data"), "zone_id"),
    "AWS::Route53::RecordSet": (
        "Properties.Name", "Properties.Type", ("Properties.ResourceRecords", "Properties.AliasTarget"),
        "Properties.HostedZoneId",
    ),
}  # fmt: skip
_AZURE = regex(r"^azurerm_(private_)?dns_(?P<kind>a|aaaa|cname|mx|ns|txt|caa|srv|ptr)_record$")
_WRITTEN = regex(r"\.(zone|ya?ml|db|hosts)$|(^|/)db\.[\w.-]+$")
_KINDS = frozenset({"A", "AAAA", "CNAME", "MX", "NS", "TXT", "CAA", "SRV", "PTR", "ALIAS", "ANAME"})
_NOISE = regex(r"^_acme-challenge|^_[0-9a-f]{32}\.|acm-validations|-verification=|^_dnsauth|^_github-challenge|asuid\.")
_ADDRESSES = frozenset({"A", "AAAA", "CNAME", "ALIAS", "ANAME"})
_NO_TARGETS = ("evaluate_target_health", "zone_id", "HostedZoneId", "EvaluateTargetHealth")
_MASS, _SHARE = 3, 0.2

Key = tuple[str, str]  # name, kind; what only tells an address is one kind


@dataclass(frozen=True, slots=True)
class Record:
    """Where a name leads, and the entity that says so. `known` is false where a part of it is an expression."""

    key: Key
    targets: frozenset[str]
    known: bool
    entity: Entity
    region: Region | None = None


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """One fact for everything that a configuration or a zone loses: on the first change that brings it about."""
    if change.before is None:
        return
    lost, turned, total = context.once(_outcome)
    mine = [r for r in (*lost, *turned) if r.entity.configuration == change.before.configuration]
    if not mine or mine[0].entity is not change.before:
        return
    gone = [r for r in lost if r in mine]
    elsewhere = [r for r in turned if r in mine]
    grave = [r for r in (*gone, *elsewhere) if _is_grave(r.key)]
    share = len(gone) / max(total, 1)
    yield Fact(
        "records",
        {
            "removed": len(gone),
            "repointed": len(elsewhere),
            "grave": bool(grave),
            "mass": len(gone) >= _MASS and share >= _SHARE,
            "certain": all(r.known for r in mine),
            "summary": _summary(gone, elsewhere),
        },
        path="records",
        before=_place(mine[0]),
        related=tuple(Related(" ".join(r.key), _place(r), r.entity.address) for r in mine[1:20]),
    )


def _summary(gone: Sequence[Record], elsewhere: Sequence[Record]) -> str:
    parts = []
    if gone:
        parts.append(f"{_few(gone)} no longer resolve{'s' if len(gone) == 1 else ''}")
    if elsewhere:
        parts.append(f"{_few(elsewhere)} lead{'s' if len(elsewhere) == 1 else ''} elsewhere")
    return ", and ".join(parts)


def _few(records: Sequence[Record]) -> str:
    names = [f"{r.key[0]} ({r.key[1]})" for r in sorted(records, key=lambda r: not _is_grave(r.key))]
    return few(names)


def _is_grave(key: Key) -> bool:
    """The name of a zone itself, its servers, its mail, and names that stand for all others."""
    name, kind = key
    return kind in ("NS", "MX", "CAA") or name in ("@", "") or name.startswith("*") or name.rstrip(".").count(".") == 1


def _place(record: Record) -> Region | None:
    return record.region or record.entity.header or record.entity.region


# --- both sides ---------------------------------------------------------------------------------------------------------


def _outcome(context: Context) -> tuple[list[Record], list[Record], int]:
    """(records that are gone, records that lead elsewhere, number of records before)."""
    before, after = (_records(context, side) for side in ("before", "after"))
    now: dict[Key, set[str]] = {}
    for record in after:
        now.setdefault(record.key, set()).update(record.targets)
    gone: list[Record] = []
    turned: list[Record] = []
    seen: set[Key] = set()
    staying = {e.key for e in context.entities_after}
    removed = [c.before for c in context.changes if c.before is not None and c.after is None]
    zones_gone = {e.address for e in removed if "zone" in e.type.lower()}
    for record in before:
        if record.key in seen or _is_noise(record):
            continue
        seen.add(record.key)
        if record.key not in now:
            if record.entity.references & zones_gone or (not record.known and record.entity.key in staying):
                continue  # the zone goes as a whole; or only the expression of the name is another one
            gone.append(record)
        elif record.targets and not record.targets & now[record.key]:
            turned.append(record)
    return gone, turned, len({r.key for r in before})


def _is_noise(record: Record) -> bool:
    return bool(_NOISE.search(record.key[0])) or any(_NOISE.search(target) for target in record.targets)


def _records(context: Context, side: Side) -> list[Record]:
    entities = context.entities_before if side == "before" else context.entities_after
    records = [r for entity in entities if (r := _of(entity)) is not None]
    for change in context.changes:
        entity = change.before if side == "before" else change.after
        if entity is None:
            continue
        if change.kind == "file" and _WRITTEN.search(entity.address):
            document = (context.before if side == "before" else context.after).document(entity.address)
            if document is not None and isinstance(document.content, KeyTree):
                of = _of_zone if document.language == "zone" else _octodns
                for root in document.content.documents:
                    records.extend(of(entity, root))
    return records


def _of(entity: Entity) -> Record | None:
    azure = _AZURE.match(entity.type)
    if azure:
        name, kind = _first(entity.attributes, "name"), azure["kind"].upper()
        targets = _texts(entity.attributes, ("records", "record", "target_resource_id"))
        zone = _first(entity.attributes, "zone_name")
    elif entity.type in _TYPES:
        name_path, kind_path, target_paths, zone_path = _TYPES[entity.type]
        name, kind = _first(entity.attributes, name_path), _first(entity.attributes, kind_path)
        targets = _texts(entity.attributes, target_paths)
        zone = _first(entity.attributes, zone_path)
    else:
        return None
    full = name if name.rstrip(".").count(".") else f"{name}.{zone}" if "${" in zone else name
    known = "${" not in name and not any("${" in t for t in targets)
    return Record(_key(full, kind), targets, known, entity)


def _key(name: str, kind: str) -> Key:
    kind = kind.upper()
    return name.lower().rstrip("."), "address" if kind in _ADDRESSES else kind


def _of_zone(entity: Entity, root: Value) -> Iterator[Record]:
    """`name KIND` -> {targets}, as parse/zone.py reads them."""
    records = root.get("records")
    for text, row in (records.items if records is not None else {}).items():
        name, _, kind = text.rpartition(" ")
        if kind in _KINDS:
            yield Record(_key(name, kind), _texts(row, ("targets",)), True, entity, row.region)


def _octodns(entity: Entity, root: Value) -> Iterator[Record]:
    """name -> {type, value(s)} or a list of these: told by every entry having a type that is one of DNS."""
    if not root.items:
        return
    rows = [(name, row) for name, value in root.items.items() for row in (value.elements or (value,))]
    if not all("type" in row.items for _, row in rows):
        return
    kinds = [_first(row, "type") for _, row in rows]
    if not all(kind in _KINDS for kind in kinds):
        return
    for (name, row), kind in zip(rows, kinds, strict=True):
        yield Record(_key(name or "@", kind), _texts(row, ("values", "value")), True, entity)


def _first(value: Value, path: str) -> str:
    here = found(value, steps(path))
    if here is None:
        return ""
    if not here.known:
        return unknown_text(here)
    return scalar_text(here)


def _texts(value: Value, paths: tuple[str, ...]) -> frozenset[str]:
    texts: set[str] = set()
    for path in paths:
        here = found(value, steps(path))
        if here is not None:
            for where, leaf in here.leaves():
                if where.endswith(_NO_TARGETS) or (leaf.known and leaf.scalar is None):
                    continue
                texts.add(str(leaf.scalar).lower().rstrip(".") if leaf.known else unknown_text(leaf))
    return frozenset(texts)
