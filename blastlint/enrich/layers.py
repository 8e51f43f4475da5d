"""Facts about layers of configuration: `shared-default` (a value changes in a base layer, and overlays take it from there)
and `mixup` (a value of another environment than its place).

A base layer is known by its name and its neighbours, one row for each tool:

| tool | base | overlays |
|---|---|---|
| Helm | values.yaml | values-X.yaml, values.X.yaml, values/X.yaml beside it |
| Ansible | group_vars/all | group_vars/X, host_vars/X |
| Spring | application.yml | application-X.yml |
| .env | .env, .env.defaults | .env.X |
| node-config and its like | default, base, common, global, shared, defaults .X | other names in the same directory |
| directories | base/F, defaults/F, common/F, _default/F, global/F, shared/F, all/F | F in a sister directory |

An overlay takes a key from the base where it does not set it itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.enrich.surroundings import environment_in, path_class_of
from blastlint.facts.paths import found, steps
from blastlint.facts.units import measure
from blastlint.facts.words import listed, words
from blastlint.frozen import dataclass
from blastlint.masking import mask_value
from blastlint.model import Change, Environment, Fact, Related, Scalar, Value
from blastlint.parse.keytree import KeyTree
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex

_SUFFIXES = (".yaml", ".yml", ".json", ".toml", ".properties", ".ini", ".env", ".conf")
_BASES = frozenset({"default", "defaults", "base", "common", "global", "shared", "_default", "_base", "all"})
_LAYERED = regex(
    r"^(?P<stem>values|application|appsettings|bootstrap|settings|config|app|common)(?P<end>\.(ya?ml|json|properties|toml))$"
)
_MOST = 40
_NAMED = 6
_SORTS = ("removed", "switch", "limit", "number", "text")
# Which thing of an environment a value names, by the last words of its key.
_TARGET = listed(
    """
    host hostname url uri endpoint dsn database db bucket queue topic cluster namespace account project role arn env
    environment stage workspace context server broker stack addr address domain subscription tenant schema
    """
)
_NO_TARGET = listed("image registry repository tag version description comment note title label name path")
_IDENTIFIER = regex(r"^[\w.:/@${}*-]{3,200}$")
_STRONG = listed("prod production prd nonprod staging stg dev development qa uat sandbox preprod preproduction")
_SPLIT = regex(r"[^a-z0-9]+")


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The facts of one config.key."""
    if len(change.deltas) != 1 or change.type not in ("configuration", "pipeline"):
        return
    yield from _mixup(change, context)
    group = context.once(_shared_defaults).get(change.entity.parent, [])
    if group and group[0].change is change:
        yield _shared(group)


# --- base and overlays ------------------------------------------------------------------------------------------------


def overlays(path: str, side: Workspace) -> tuple[str, ...]:
    """The overlays of a base layer, sorted; none for any other file."""
    directory, _, name = path.rpartition("/")
    here = f"{directory}/" if directory else ""
    beside = [p for p in side.tree.listdir(directory) if p != path]
    layered = _LAYERED.match(name)
    if layered:
        stem, end = layered["stem"], layered["end"]
        inside = [*side.tree.listdir(f"{here}{stem}"), *side.tree.listdir(f"{here}environments")]
        named = [p for p in beside if _names_overlay(p.rpartition("/")[2], stem, end)]
        named += [p for p in inside if p.endswith(end)]
        if named:
            return tuple(sorted(named))
    if name in (".env", ".env.defaults", ".env.default", ".env.base"):
        return tuple(sorted(p for p in beside if _is_env_overlay(p.rpartition("/")[2])))
    stem, dot, suffix = name.partition(".")
    parts = directory.split("/")
    if parts[-1:] == ["group_vars"] and stem == "all":
        hosts = side.tree.listdir("/".join([*parts[:-1], "host_vars"]))
        return tuple(sorted([*beside, *hosts]))
    if parts[-2:] == ["group_vars", "all"]:
        groups = side.tree.listdir("/".join(parts[:-1]))
        return tuple(sorted([*groups, *side.tree.listdir("/".join([*parts[:-2], "host_vars"]))]))
    if stem.lower() in _BASES and dot:
        return tuple(sorted(p for p in beside if p.endswith(f".{suffix}")))
    if parts[-1].lower() in _BASES:
        return tuple(_sisters(parts, name, side))
    return ()


def _names_overlay(name: str, stem: str, end: str) -> bool:
    rest = name.removeprefix(stem).removesuffix(end)
    return name.startswith(stem) and name.endswith(end) and len(rest) > 1 and rest[0] in "-_."


def _is_env_overlay(name: str) -> bool:
    return name.startswith(".env.") and name.rpartition(".")[2] not in ("example", "sample", "template", "dist", "base",
                                                                        "defaults", "default", "vault")  # fmt: skip


def _sisters(parts: list[str], name: str, side: Workspace) -> Iterator[str]:
    """The file of this name in the sister directories: known names are tried, for a listing costs the whole tree."""
    above = "/".join(parts[:-1])
    for sister in _ENVIRONMENTS:
        for between in ("", "overlays/", "environments/", "envs/"):
            path = "/".join(part for part in (above, f"{between}{sister}", name) if part)
            if side.tree.size(path) is not None:
                yield path


_ENVIRONMENTS = (
    "dev", "development", "test", "testing", "qa", "uat", "stage", "staging", "stg", "preprod", "prod", "production",
    "prd", "live", "sandbox", "eu", "us", "ap", "eu-west-1", "us-east-1", "local", "demo", "canary",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Default:
    """One key of a base layer that changed, the overlays that take it from there, and the number of those that do not."""

    change: Change
    sort: str
    inherit: tuple[str, ...]
    override: int


def _shared_defaults(context: Context) -> dict[str, list[_Default]]:
    """Document -> its changed keys that at least two overlays take from it, those that matter most first."""
    groups: dict[str, list[_Default]] = {}
    for change in context.changes:
        found = _default(change, context)
        if found is not None:
            groups.setdefault(change.entity.parent, []).append(found)
    return {
        parent: sorted((d for d in group if d.inherit == group[0].inherit), key=lambda d: _SORTS.index(d.sort))
        for parent, group in groups.items()
    }


def _default(change: Change, context: Context) -> _Default | None:
    if change.kind != "config.key" or change.type != "configuration" or len(change.deltas) != 1:
        return None
    delta = change.deltas[0]
    if delta.action == "added" or delta.path == "" or path_class_of(change.path, context.config) != "source":
        return None
    after = context.after
    named = [p for p in overlays(change.path, after) if p.endswith(_SUFFIXES) or "/.env" in f"/{p}"][:_MOST]
    inherit = tuple(p for p in named if _inherits(p, delta.path, after)) if len(named) > 1 else ()
    if len(inherit) < 2:
        return None
    before = delta.before.scalar if delta.before is not None else None
    new = delta.after.scalar if delta.after is not None else None
    return _Default(change, _sort(delta.path, before, new, delta.after is None), inherit, len(named) - len(inherit))


def _shared(group: list[_Default]) -> Fact:
    """One fact for all keys of a document that the same overlays take."""
    first = group[0]
    delta = first.change.deltas[0]
    production = [p for p in first.inherit if environment_in(p) == "production"]
    shown = sorted(first.inherit, key=lambda p: (p not in production, p))
    more = f" and {len(shown) - _NAMED} more" if len(shown) > _NAMED else ""
    keys = [f"{d.path} ({mask_value(d.path, _text(d.before))} -> {mask_value(d.path, _text(d.after))})" for d in
            (one.change.deltas[0] for one in group)]  # fmt: skip
    others = f" and {len(keys) - 3} more keys" if len(keys) > 3 else ""
    return Fact(
        "shared-default",
        {
            "path": delta.path,
            "inherit": len(first.inherit),
            "override": first.override,
            "production": bool(production),
            "sort": first.sort,
            "keys": f"{', '.join(keys[:3])}{others}",
            "summary": f"{', '.join(_label(p) for p in shown[:_NAMED])}{more}",
        },
        delta.path,
        delta.before_region,
        delta.after_region,
        related=tuple(Related("takes the value from there", None, p) for p in shown[:20]),
    )


def _inherits(path: str, key: str, side: Workspace) -> bool:
    document = side.document(path)
    if document is None or not isinstance(document.content, KeyTree) or document.coverage != "full":
        return False
    way = steps(key)
    return all(root.known and found(root, way) is None for root in document.content.documents)


def _sort(path: str, before: Scalar, after: Scalar, gone: bool) -> str:
    """removed, switch, limit, number or text: what kind of value it is."""
    if gone:
        return "removed"
    if isinstance(before, bool) or isinstance(after, bool):
        return "switch"
    number = isinstance(before, (int, float)) and isinstance(after, (int, float))
    if measure(path.rpartition(".")[2]) and before != after and (number or measure(path)):
        return "limit"
    return "number" if number else "text"


def _text(value: Value | None) -> str:
    if value is None:
        return "absent"
    if isinstance(value.scalar, bool):
        return "true" if value.scalar else "false"
    return str(value.scalar)[:80] if value.is_scalar else "(several values)"


def _label(path: str) -> str:
    return "/".join(path.split("/")[-2:])


# --- environments mixed up --------------------------------------------------------------------------------------------


def _mixup(change: Change, context: Context) -> Iterator[Fact]:
    """One fact for a value that newly names another environment than the one that its place is for."""
    delta = change.deltas[0]
    if delta.after is None or path_class_of(change.path, context.config) != "source":
        return
    before = delta.before.scalar if delta.before is not None else None
    for path, value in delta.after.leaves(delta.path):
        home, there = _home(change, path), _named_by(path, value.scalar)
        was = _strong(before) if isinstance(before, str) else "unknown"
        if "unknown" in (home, there) or home == there or was == there:
            continue
        yield Fact(
            "mixup",
            {
                "name": path,
                "home": home,
                "value": there,
                "before": mask_value(path, str(before)) if before is not None else "absent",
                "after": mask_value(path, str(value.scalar)),
                "was": was,
                "new": delta.before is None,
            },
            path,
            delta.before_region,
            value.region,
        )
        return


def _named_by(path: str, value: Scalar) -> Environment:
    """The environment of what a key points at; unknown for a key that points at nothing of an environment."""
    name = words(path.rpartition(".")[2])
    if not isinstance(value, str) or not _IDENTIFIER.match(value) or (name[-1:] and name[-1] in _NO_TARGET):
        return "unknown"
    return _strong(value) if set(name[-2:]) & _TARGET else "unknown"


def _home(change: Change, path: str) -> Environment:
    """The environment that the place is for: the nearest key that names one, else the file."""
    for part in reversed(path.split(".")[:-1]):
        found_here = _strong(part)
        if found_here != "unknown":
            return found_here
    return environment_in(change.path)


def _strong(text: str) -> Environment:
    """The environment that an identifier names by a word that means nothing else."""
    parts = [w for w in _SPLIT.split(text.lower().replace("non-prod", "nonprod").replace("pre-prod", "preprod")) if w]
    telling = [w for w in parts if w in _STRONG]
    return environment_in(telling[-1]) if telling else "unknown"
