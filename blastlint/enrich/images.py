"""`guard` facts of kind volume about a Dockerfile: a directory that its last stage no longer declares as a volume.

Without VOLUME what is written there goes with the container, unless whoever runs the image mounts something. Where a file of
the tree does, or where the stage is built on another image (which may declare it), nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.enrich.compose import PASSING, volume_guard
from blastlint.enrich.context import Context
from blastlint.model import Change, Fact, Region, Side
from blastlint.regex import regex

_CONTINUED = regex(r"\\[ \t]*\n")
_FROM = regex(r"(?mi)^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(?P<image>\S+)")
_VOLUME = regex(r"(?mi)^[ \t]*VOLUME[ \t]+(?P<what>(?:\\[ \t]*\n|[^\n\\])+)")
_TEXT = regex(r"\"([^\"]+)\"")
_RUNNING = (".yaml", ".yml", ".tf", ".json", ".service", ".sh")


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """At most one: all volumes of the image that are gone."""
    if change.type != "dockerfile" or change.before is None or change.after is None:
        return
    before, after = _stage(change, context, "before"), _stage(change, context, "after")
    if before is None or after is None or before[0] != after[0]:
        return
    lost = {path: line for path, line in before[1].items() if path not in after[1] and not PASSING.search(path)}
    lost = {path: line for path, line in lost.items() if not _is_mounted(path, context)}
    if lost:
        region = Region("before", change.before.address, min(lost.values()))
        yield volume_guard("VOLUME", ", ".join(lost), "nothing that lasts", region, change.after.header, "unknown")


def _stage(change: Change, context: Context, side: Side) -> tuple[str, dict[str, int]] | None:
    """The image that the last stage is built on, and its volumes with their lines."""
    workspace, entity = (
        (context.before, change.before) if side == "before" else (context.after, change.after)
    )
    data = workspace.tree.read(entity.address) if entity is not None else None
    text = (data or b"").decode("utf-8", "replace").replace("\r\n", "\n")
    stages = list(_FROM.finditer(text))
    if not stages:
        return None
    found: dict[str, int] = {}
    for match in _VOLUME.finditer(text, stages[-1].start()):
        line = text.count("\n", 0, match.start()) + 1
        found.update((path.rstrip("/"), line) for path in _paths(match["what"]))
    return stages[-1]["image"].partition("@")[0].partition(":")[0], found


def _paths(written: str) -> Sequence[str]:
    plain = _CONTINUED.sub(" ", written).strip()
    return _TEXT.findall(plain) if plain.startswith("[") else plain.split()


def _is_mounted(path: str, context: Context) -> bool:
    """Whether some file of the tree that runs containers names the directory as a place to mount at."""
    lines = context.after.tree.lines((path,), _RUNNING)
    return any(f":{path}" in line or "mount" in line.lower() or "target" in line for _, line in lines)
