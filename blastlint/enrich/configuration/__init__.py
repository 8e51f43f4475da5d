"""Facts about keys of configuration: `key` for each one that changed, `churn` and `shape` for a document as a whole.

Source: the differences of the documents (diff/config.py); what a number measures and which way a switch is safer is told by
names (facts/units.py, facts/polarity.py). `referenced` is a search of the tree after, for names of environment style only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from blastlint.diff.config import rows
from blastlint.enrich.context import Context
from blastlint.enrich.references import readers
from blastlint.enrich.shown import shown
from blastlint.facts.paths import keys, meant, steps
from blastlint.facts.polarity import polarity, set_to
from blastlint.facts.units import comparable, measure, quantity
from blastlint.facts.words import listed, words
from blastlint.model import Change, Confidence, Delta, Fact, FactValue, Scalar, Value
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex
from blastlint.resolve.keytree import document_of

# A number under such a name says which, when or where, and not how much.
_IDENTIFYING = listed(
    """
    port ports listen bind id ids uid gid pid uuid guid version versions rev revision build release timestamp date datetime
    year month epoch hash sha digest checksum seed code codes number phone zip zipcode serial color colour hue x y z lat lng
    lon latitude longitude width height font fontsize padding margin radius opacity index idx order ordering priority weight
    rank line row rows column columns col offset position pos mode permissions umask tag commit asn vlan account project
    schema level line lineno key bit bits mask flags status owner user group channel chat isbn sku ext extension
    """
)
_PLACEHOLDER = regex(
    r"(?i)^\W*(change[_ -]?me|replace[_ -]?me|fill[_ -]?me|insert[_ -].*|to[_ -]?do|tbd|fix[_ -]?me|x{3,}|placeholder|dummy"
    r"|your[_ -].*|my[_ -](secret|password|token|key)|<[^<>%?][^<>]*>|\.\.\.|\*{3,}|redacted|removed|none|null|undefined"
    r"|example|(https?://)?([\w-]+\.)*example\.(com|org|net)(/.*)?|lorem ipsum.*|sample|foo|bar|unset|n/?a)\W*$"
)
_WORD = regex(r"-*(?P<name>[A-Za-z][\w.-]*)=(?P<number>\d+(\.\d+)?[a-zA-Z]{0,2}?)(?P<per>r?/[a-z]+)?;?")
_COMMENTED = regex(r"""^[#;/\s]*-?\s*["']?(?P<key>[A-Za-z_][\w./-]*)["']?\s*[:=](?=\s|$|[^\s:/=])""")
_SOURCE_WORDS = frozenset(
    {"existing", "ref", "from", "vault", "external", "secret", "file", "source", "ssm", "arn", "sops"}
)
_SECRET_FILE = regex(r"(^|/)(\.env|env)(\.|$)|\.env$|secret|credential", re.IGNORECASE)
_SHARE = regex(r"percent|rollout|weight|ratio", re.IGNORECASE)
_LARGE = 1_000_000_000


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The facts of one config.key or config.document."""
    if change.kind == "config.document":
        yield from _document(change, context)
    elif change.deltas:
        yield _key(change, change.deltas[0], context)


# --- one key ----------------------------------------------------------------------------------------------------------


def _key(change: Change, delta: Delta, context: Context) -> Fact:
    names = keys(meant(delta.path))
    name = names[-1] if names else delta.path
    before, after = delta.before, delta.after
    fields: dict[str, FactValue] = {
        "path": delta.path,
        "name": name.lower(),
        "what": delta.action,
        "before": shown(name, before, absent=""),
        "after": shown(name, after, absent=""),
        "ratio": None,
        "factor": None,
        "sign_changed": False,
        "became_zero": False,
        "quantity": "",
        "unit_changed": False,
        "polarity": _polarity(delta),
        "blanked": _blanked(before, after) if delta.path else "",
        "moved_to_reference": False,
        "referenced": False,
        "entry_of": _entry_of(delta),
        "catch_all": _catch_all(delta),
    }
    scalars = delta.action == "modified" and before and after and before.is_scalar and after.is_scalar
    if scalars and not _is_share_of_flag(change.path, names):  # feature_flags.py tells how many people it reaches
        assert before is not None and after is not None
        part, old, new = _differing(before.scalar, after.scalar)
        fields.update(_magnitude((*names, part) if part else names, old, new))
    if fields["blanked"]:
        fields["moved_to_reference"] = _moved_to_reference(change, delta, context)
    if delta.action == "removed" and change.type in ("configuration", "pipeline"):
        fields["referenced"] = bool(readers(context, delta.path, change.path))
    return Fact("key", fields, delta.path, delta.before_region, delta.after_region, confidence=_confidence(change))


def _is_share_of_flag(path: str, names: tuple[str, ...]) -> bool:
    if not any(_SHARE.search(name) for name in names[-2:]):
        return False
    from blastlint.enrich.configuration.feature_flags import holds_flags

    return holds_flags(path, names[:-1])


def _confidence(change: Change) -> Confidence:
    """A file that was read in part says less."""
    return "high" if document_of(change.entity).coverage == "full" else "medium"


def _magnitude(names: tuple[str, ...], before: Scalar, after: Scalar) -> dict[str, FactValue]:
    """ratio, factor, sign and unit of a number that changed."""
    context = " ".join(names[-2:])
    old, new = quantity(before, context), quantity(after, context)
    if old is None or new is None or _identifies(names, before, after):
        return {}
    found: dict[str, FactValue] = {"quantity": measure(context)}
    pair = comparable(before, after, context)
    if pair is None:
        found["unit_changed"] = old.suffix != new.suffix
        return found
    a, b = pair[0].number, pair[1].number
    found["unit_changed"] = pair[0].suffix != pair[1].suffix and a != b
    found["sign_changed"] = a * b < 0
    found["became_zero"] = a != 0 and b == 0
    if a and b:
        ratio = b / a
        found["ratio"] = round(ratio, 6)
        found["factor"] = round(max(abs(ratio), 1 / abs(ratio)), 3)
    return found


def _differing(before: Scalar, after: Scalar) -> tuple[str, Scalar, Scalar]:
    """(name, number, number) where one word `name=number` of a directive is all that differs: `zone=api:10m rate=20r/s`."""
    if isinstance(before, str) and isinstance(after, str) and "=" in before:
        old, new = before.split(), after.split()
        pairs = [pair for pair in zip(old, new, strict=False) if pair[0] != pair[1]]
        if len(old) == len(new) > 1 and len(pairs) == 1:
            was, now = (_WORD.fullmatch(word) for word in pairs[0])
            if was and now and was.group("name", "per") == now.group("name", "per"):
                return was["name"], was["number"], now["number"]
    return "", before, after


def _identifies(names: tuple[str, ...], before: Scalar, after: Scalar) -> bool:
    """Whether the number is a name, a place or a time: by the last word that tells, and by its shape."""
    for word in reversed(tuple(w for n in names[-2:] for w in words(n))):
        if word in _IDENTIFYING:
            return True
        if measure(word):
            return False
    if names and words(names[-1])[:1] in (("id",), ("version",)):
        return True
    return all(isinstance(v, int) and abs(v) >= _LARGE for v in (before, after))


def _polarity(delta: Delta) -> str:
    before, after = delta.before, delta.after
    if after is None or not after.is_scalar or (before is not None and not before.is_scalar):
        return "unknown"
    if before is None:
        return set_to(meant(delta.path), after.scalar)
    return polarity(meant(delta.path), before.scalar, after.scalar)


def _blanked(before: Value | None, after: Value | None) -> str:
    """null, empty, no-elements or placeholder when something was there and nothing that means anything is now."""
    if before is None or after is None or not after.known or _says_nothing(before):
        return ""
    if after.is_map or after.is_list:
        return "" if after.items or after.elements else "no-elements"
    text = after.scalar
    if text is None:
        return "null"
    if not isinstance(text, str):
        return ""
    if not text.strip():
        return "empty"
    return "placeholder" if _PLACEHOLDER.match(text) else ""


def _says_nothing(value: Value) -> bool:
    if not value.known:
        return False
    if value.is_map or value.is_list:
        return not (value.items or value.elements)
    text = value.scalar
    if isinstance(text, str):
        return not text.strip() or _PLACEHOLDER.match(text) is not None
    return not text


def _moved_to_reference(change: Change, delta: Delta, context: Context) -> bool:
    """Whether a neighbour now says where the value comes from: `existingSecret: db` beside `password: ""`."""
    parent = keys(delta.path)[:-1]
    for other in context.changes:
        if other is change or other.kind != "config.key" or other.entity.parent != change.entity.parent:
            continue
        for sibling in other.deltas:
            path = keys(sibling.path)
            told = sibling.after is not None and path[: len(parent)] == parent and len(path) > len(parent)
            if told and _SOURCE_WORDS & set(words(path[-1])):
                return True
    return False


# --- entries of lists -------------------------------------------------------------------------------------------------

_CATCH_ALL = frozenset(
    {"*", "**", "/", "/*", "/**", ".*", "^.*$", ".+", "0.0.0.0/0", "::/0", "any", "all", "%", "**/*"}
)


def _entry_of(delta: Delta) -> str:
    """The key of the list that a scalar came into (or took another's place in, or is the first of), or ""."""
    names, last = keys(delta.path), steps(delta.path)[-1:]
    if not names or delta.after is None:
        return ""
    into = last[0].element and delta.after.is_scalar
    return names[-1].lower() if into or (delta.after.is_list and delta.action == "modified") else ""


def _catch_all(delta: Delta) -> bool:
    return _matching_all(delta.after) and not _matching_all(delta.before)


def _matching_all(value: Value | None) -> bool:
    """Whether a scalar, or an element of a list, matches everything."""
    if value is None:
        return False
    return any(e.is_scalar and str(e.scalar).strip().lower() in _CATCH_ALL for e in value.elements or (value,))


# --- one document -----------------------------------------------------------------------------------------------------


def _document(change: Change, context: Context) -> Iterator[Fact]:
    if change.before is None or change.after is None or change.action != "modified":
        return
    before, after = document_of(change.before), document_of(change.after)
    confidence = _confidence(change)
    lost = Counter(name for d in change.deltas if d.action == "removed" for name in _lost(d))
    if lost:
        lost -= _commented(change.after.region.path, context.after) - _commented(
            change.before.region.path, context.before
        )
    removed = lost.total()
    torn = before.coverage == "full" and after.coverage != "full"  # what is missing may well be there
    if removed and not torn:
        total = max(sum(1 for _ in _names(before.root, "")), removed)
        yield Fact(
            "churn",
            {
                "removed": removed,
                "total": total,
                "share": round(removed / total, 4),
                "secret_like": _SECRET_FILE.search(change.path) is not None,
            },
            before=change.before.region,
            after=change.after.region,
            confidence=confidence,
        )
    old, new = rows(before.root), rows(after.root)
    if old and new and old != new and after.role == "data":
        yield Fact(
            "shape",
            {
                "rows_before": old,
                "rows_after": new,
                "ratio": round(new / old, 4),
                "fields_before": 0,
                "fields_after": 0,
                "reshaped": False,
                "uneven": 0,
                "repeated": 0.0,
                "lengthened": None,
                "doubled": 0,
                "limit": "",
                "summary": f"{new} records (before: {old})",
            },
            before=change.before.region,
            after=change.after.region,
            confidence=confidence,
        )


def _lost(delta: Delta) -> Iterator[str]:
    """The last name of each key in a removed subtree; an element without a name of its own is no key."""
    if any(step.element and step.text.isdigit() for step in steps(delta.path)) or delta.before is None:
        return
    yield from _names(delta.before, (keys(delta.path) or ("",))[-1])


def _commented(path: str, side: Workspace) -> Counter[str]:
    """The names that comments of a file give a value: who comments a key out has not forgotten it."""
    document = side.document(path)
    found = (_COMMENTED.match(comment.text) for comment in (document.comments if document is not None else ()))
    return Counter(match["key"] for match in found if match)


def _names(value: Value, name: str) -> Iterator[str]:
    """The name of each key with a value of its own: lists count once, unless their elements are maps."""
    if value.is_map and value.items:
        for key, child in value.items.items():
            yield from _names(child, key)
    elif value.is_list and any(e.is_map for e in value.elements):
        for child in value.elements:
            yield from _names(child, name)
    else:
        yield name
