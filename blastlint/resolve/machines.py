"""What machines, images and the plays that set them up do by themselves: entities of kind `machine.*`.

- `machine.unit`, the path, type systemd.timer or systemd.service: a unit of systemd.
- `machine.settings`, the path, type apt.conf or dnf.automatic: how packages of a machine are updated by themselves.
- `machine.job`, `path:command`, type cron.job: a line of a table of cron; `delay` is how long it waits by chance at most.
- `machine.image`, the path, type dockerfile: what the last stage of a Dockerfile says of its health.
- `machine.play`, `path:play`, type ansible.play: on how many hosts at once, and after how many failures, a play goes on.

Attributes are the effective ones: what says nothing (`HEALTHCHECK NONE`, a check that always succeeds) is absent.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from blastlint.model import Entity, Region, Value
from blastlint.parse.keytree import KeyTree
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex

_UNIT = regex(r"\.(timer|service)$")
_APT = regex(r"(^|/)(apt\.conf$|apt\.conf\.d/|\d*(auto|unattended)-upgrades(\.conf)?$)")
_DNF = regex(r"(^|/)(dnf/automatic\.conf|dnf-automatic\.conf|yum-cron\.conf)$")
_CRON = regex(r"(^|/)(crontabs?([._-][\w.-]+)?|cron\.d/[\w.-]+|[\w.-]+\.(cron|crontab))$")
_PLAYS = regex(r"\.ya?ml$")
_WORK = frozenset({"tasks", "roles", "pre_tasks", "post_tasks"})
_LONGEST = 200_000

_APT_LINE = regex(r'^\s*(?P<key>[A-Za-z][\w:-]*)\s+"(?P<value>[^"]*)"\s*;')
_CRON_LINE = regex(r"^\s*(?:@\w+|(?:[\d*,/A-Za-z-]+\s+){4}[\d*,/A-Za-z-]+)\s+(?P<command>\S.*)$")
_WITH_USERS = regex(r"(^|/)(etc/crontab|cron\.d/[^/]+)$")  # tables of the system say who runs each job
_WAITS = regex(
    r"^(?:/bin/)?(?:sleep\s+(?:\$\(\(\s*\$?\{?RANDOM\}?\s*\\?%\s*(?P<modulo>\d+)\s*\)\)|\$\(shuf[^)]*?-(?P<shuf>\d+)[^)]*\)"
    r"|\$\{?RANDOM\}?\S*)|perl\s+-e\s+'sleep[^']*rand\D*(?P<rand>\d+)[^']*')\s*(?:;|&&)\s*"
)
_DELAY = regex(r"^\s*RANDOM_DELAY\s*=\s*(?P<minutes>\d+)\s*$")
_INSTRUCTION = regex(r"(?im)^[ \t]*(?P<name>FROM|HEALTHCHECK)[ \t]+(?P<rest>(?:[^\\\n]|\\[ \t]*\n|\\.)*)")
_FLAG = regex(r"--(?P<name>interval|timeout|retries)=(?P<value>\S+)")
_SUCCEEDS = regex(r'^(?:CMD\s+)?\[?\s*"?(?:exit 0|(?:/bin/)?true|:|echo\b[^|&;]*)"?\s*\]?$')


def entities(workspace: Workspace, changed: Sequence[str]) -> Iterator[Entity]:
    """What the changed files say on this side."""
    for path in changed:
        if posixpath.basename(path).lower().startswith("dockerfile") or path.lower().endswith(".dockerfile"):
            yield from _image(workspace, path)
        elif _UNIT.search(path) or _DNF.search(path):
            yield from _sections(workspace, path)
        elif _APT.search(path):
            yield from _package_settings(workspace, path)
        elif _CRON.search(path):
            yield from _jobs(workspace, path)
        elif _PLAYS.search(path):
            yield from _plays(workspace, path)


def _sections(workspace: Workspace, path: str) -> Iterator[Entity]:
    document = workspace.document(path)
    roots = document.content.documents if document is not None and isinstance(document.content, KeyTree) else ()
    for root in roots[:1]:
        if root.is_map and root.region is not None:
            unit = f"systemd.{path.rpartition('.')[2]}"
            kind, type_ = ("settings", "dnf.automatic") if _DNF.search(path) else ("unit", unit)
            yield _entity(path, kind, type_, path, root, root.region)


def _package_settings(workspace: Workspace, path: str) -> Iterator[Entity]:
    found = {
        match["key"]: Value(match["value"], region=_line(workspace, path, number))
        for number, line in _lines(workspace, path)
        if (match := _APT_LINE.match(line))
    }
    if found:
        yield _entity(path, "settings", "apt.conf", path, Value(found), _line(workspace, path, 1))


# --- cron ---------------------------------------------------------------------------------------------------------------


def _jobs(workspace: Workspace, path: str) -> Iterator[Entity]:
    seen: dict[str, int] = {}
    common = 0
    for number, line in _lines(workspace, path):
        if header := _DELAY.match(line):
            common = int(header["minutes"]) * 60
        match = _CRON_LINE.match(line)
        if match is None or line.lstrip().startswith("#"):
            continue
        said = match["command"].strip()
        command, delay = _without_wait(said.partition(" ")[2].lstrip() if _WITH_USERS.search(path) else said)
        seen[command] = seen.get(command, 0) + 1
        name = command if seen[command] == 1 else f"{command} #{seen[command]}"
        region = _line(workspace, path, number)
        data = {"delay": Value(max(delay, common), region=region), "command": Value(command, region=region)}
        yield _entity(path, "job", "cron.job", f"{path}:{name}", Value(data, region=region), region)


def _without_wait(command: str) -> tuple[str, int]:
    """The command itself, and the most seconds that it waits by chance before."""
    match = _WAITS.match(command)
    if match is None:
        return command, 0
    most = next((int(n) for n in (match["modulo"], match["shuf"], match["rand"]) if n), 32_767)
    return command[match.end() :], most


# --- images and plays -----------------------------------------------------------------------------------------------------


def _image(workspace: Workspace, path: str) -> Iterator[Entity]:
    text = _text(workspace, path)
    if text is None:
        return
    said: dict[str, Value] = {}
    first = 0
    for match in _INSTRUCTION.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if match["name"].upper() == "FROM":
            said, first = {}, first or line
        else:
            said = _health(match["rest"].replace("\\\n", " "), _line(workspace, path, line))
    if first:
        region = _line(workspace, path, first)
        yield _entity(path, "image", "dockerfile", path, Value(said, region=region), region)


def _health(rest: str, region: Region) -> dict[str, Value]:
    flags = {match["name"]: Value(match["value"], region=region) for match in _FLAG.finditer(rest)}
    check = " ".join(_FLAG.sub("", rest).split())
    if check.upper() == "NONE" or _SUCCEEDS.match(check):
        return {}
    return {"HEALTHCHECK": Value(check, region=region), **flags}


def _plays(workspace: Workspace, path: str) -> Iterator[Entity]:
    document = workspace.document(path)
    roots = document.content.documents if document is not None and isinstance(document.content, KeyTree) else ()
    seen: set[str] = set()
    for root in roots[:1]:
        for number, play in enumerate(root.elements if root.is_list else (), 1):
            hosts = play.get("hosts")
            if hosts is None or play.region is None or _WORK.isdisjoint(play.items):
                continue
            named = play.get("name")
            name = str(named.scalar) if named is not None and named.scalar else f"play {number}"
            if name not in seen:
                seen.add(name)
                yield _entity(path, "play", "ansible.play", f"{path}:{name}", _play(play, hosts), play.region)


def _play(play: Value, hosts: Value) -> Value:
    """The settings of a play, with how many of the hosts it is for in words."""
    whole = str(hosts.scalar).strip() in ("all", "*", "all:*")
    told = Value("all hosts" if whole else "some hosts", region=hosts.region) if hosts.known else hosts
    kept = {key: value for key in ("max_fail_percentage", "any_errors_fatal") if (value := play.get(key)) is not None}
    return Value({"hosts": told, **kept}, region=play.region)


# --- files --------------------------------------------------------------------------------------------------------------


def _text(workspace: Workspace, path: str) -> str | None:
    size = workspace.tree.size(path)
    data = workspace.tree.read(path) if size is not None and size <= _LONGEST else None
    return None if data is None or b"\0" in data else data.decode("utf-8", "replace").replace("\r\n", "\n")


def _lines(workspace: Workspace, path: str) -> Iterator[tuple[int, str]]:
    text = _text(workspace, path)
    yield from enumerate(text.split("\n") if text is not None else (), 1)


def _line(workspace: Workspace, path: str, number: int) -> Region:
    return Region(workspace.side, path, number, 1, number + 1, 1)


def _entity(path: str, kind: str, type_: str, address: str, attributes: Value, region: Region) -> Entity:
    return Entity(
        address=address,
        kind=f"machine.{kind}",
        type=type_,
        name=address,
        attributes=attributes,
        region=region,
        header=Region(region.side, path, region.start_line, region.start_column),
        configuration=posixpath.dirname(path),
    )


