"""Base layers and their overlays, by names and neighbours: one row for each tool.

| tool | base | overlays |
|---|---|---|
| Helm | values.yaml | values-X.yaml, values.X.yaml, values/X.yaml beside it |
| Ansible | group_vars/all | group_vars/X, host_vars/X |
| Spring | application.yml | application-X.yml, and its own documents for a profile |
| .env | .env, .env.defaults | .env.X |
| node-config and its like | default, base, common, global, shared, defaults .X | other names in the same directory |
| directories | base/F, defaults/F, common/F, _default/F, global/F, shared/F, all/F | F in a sister directory |
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.parse.workspace import Workspace
from blastlint.regex import regex

_BASES = frozenset({"default", "defaults", "base", "common", "global", "shared", "_default", "_base", "all"})
_LAYERED = regex(
    r"^(?P<stem>values|application|appsettings|bootstrap|settings|config|app|common)(?P<end>\.(ya?ml|json|properties|toml))$"
)


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
