"""`source` facts: packages, modules and submodules come from somewhere else now."""

from __future__ import annotations

import re
from collections.abc import Iterator

from blastlint.enrich.context import Context
from blastlint.facts import supply as known
from blastlint.frozen import dataclass
from blastlint.masking import mask_text
from blastlint.model import Fact, FactValue, Region, Related, Side
from blastlint.regex import regex

_HOST = regex(
    r"^(?:git\+|registry\+|sparse\+)?(?P<scheme>https?|ssh|git)://(?:[^@/\s]*@)?(?P<host>[\w.-]+)(?::\d+)?(?P<path>/[^\s\"'#]*)?|^git@(?P<ssh>[\w.-]+):(?P<sshpath>\S+)"
)


# Each thing names its own: one more of them is no other source of those that are there.
_ONE_BY_ONE = ("chart repository", "package repository")


@dataclass(frozen=True, slots=True)
class Source:
    """Where one sort of thing comes from: its role, the host (with the owner, for repositories), the address, the place."""

    role: str
    host: str
    text: str
    region: Region


def facts(context: Context) -> Iterator[Fact]:
    """One fact for each role whose things come from a host that they did not come from before."""
    grouped: dict[str, list[tuple[str, Source]]] = {}
    for file in context.change_set.files:
        if file.after is None or not any(pattern.search(file.after) for pattern, _ in known.addresses()):
            continue
        before = list(_sources(context, file.before, "before")) if file.before is not None else []
        after = list(_sources(context, file.after, "after"))
        held = {(s.role, s.host) for s in before}
        holds = {(s.role, s.host) for s in after}
        fresh = [s for s in after if (s.role, s.host) not in held]
        for source in fresh:
            alike = [s for s in before if s.role == source.role]
            left = next((s for s in alike if (s.role, s.host) not in holds), None)
            was = left or (alike[0] if alike and source.role not in _ONE_BY_ONE else None)
            if was is None and (
                file.before is None
                or source.host in known.names("sources", "usual")
                or source.role in ("submodule", "resolved package", "gem source", *_ONE_BY_ONE)
            ):
                continue
            if source.host in known.names("sources", "usual") and not source.text.startswith("http:"):
                continue
            grouped.setdefault(source.role, []).append((was.text if was else "", source))
    for role, found in grouped.items():
        yield _fact(role, found)


def _sources(context: Context, path: str, side: Side) -> Iterator[Source]:
    workspace = context.before if side == "before" else context.after
    text = (workspace.tree.read(path) or b"")[:4_000_000].decode("utf-8", "replace")
    for pattern, roles in known.addresses():
        if not pattern.search(path):
            continue
        for role, expression in roles:
            for match in expression.finditer(text):
                line = text.count("\n", 0, match.start(1)) + 1 if role != "resolved package" else 1
                yield Source(role, _host(match.group(1), role), match.group(1), Region(side, path, line, 1, line, 2))
        return


def _host(text: str, role: str) -> str:
    match = _HOST.match(text)
    if match is None:
        return text.split("/")[0] if role != "replacement" else "/".join(text.split("/")[:2])
    host = (match["host"] or match["ssh"] or "").lower()
    host = known.mapping("sources", "same").get(host, host)
    if role in ("submodule", "git dependency"):
        path = (match["path"] or match["sshpath"] or "").strip("/")
        return f"{host}/{path.split('/')[0]}".lower()
    return f"http:{host}" if match["scheme"] == "http" and role != "trusted host" else host


def _fact(role: str, found: list[tuple[str, Source]]) -> Fact:
    before, source = found[0]
    hosts = sorted({s.host for _, s in found})
    fields: dict[str, FactValue] = {
        "role": role,
        "before": mask_text(before) or "nothing",
        "after": mask_text(source.text) if len(hosts) == 1 else ", ".join(hosts[:3]),
        "count": len(found),
        "insecure": any(s.text.startswith("http://") for _, s in found),
        "local": all(re.search(r"localhost|127\.0\.0\.1", s.text) is not None for _, s in found),
    }
    related = tuple(Related(f"comes from {s.host}", s.region) for _, s in found[1:20])
    return Fact("source", fields, f"source.{role}", after=source.region, related=related)
