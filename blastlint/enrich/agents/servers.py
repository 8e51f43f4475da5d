"""`agent-server` facts: the tool servers (MCP) that an agent is told to start or to talk to, compared by name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from blastlint.enrich.agents.trees import at, roots
from blastlint.enrich.context import Context
from blastlint.facts.agents import table
from blastlint.frozen import dataclass
from blastlint.masking import is_secret_name, mask_text, says_nothing
from blastlint.model import Change, Fact, FactValue, Region, Value
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex

_RUNNERS = frozenset({"npx", "bunx", "pnpx", "uvx", "pipx", "dlx", "docker", "podman", "npm", "pnpm", "yarn", "uv"})
_PINNED = regex(r"@v?\d[\w.+-]*$|==\d|@sha256:\w+$|:v?\d[\w.-]*$")
_REFERENCE = regex(r"^\s*(\$\{?\w|\$\{(env|input):|\{env:|%\w+%|<[^>]+>|your[-_ ]|xxx|\*{3})", re.IGNORECASE)
_SECRET_OPTION = regex(r"^(--?[\w-]*(key|token|secret|password)[\w-]*)(=(?P<value>.+))?$", re.IGNORECASE)
_BEARER = regex(r"^(Bearer|Basic|token)\s+(?P<value>\S+)$", re.IGNORECASE)
_SUFFIXES = (".json", ".toml", ".yaml", ".yml")
_LEAST = 8  # characters: a shorter text is hardly a secret


@dataclass(frozen=True, slots=True)
class Server:
    """One server as started or called. `runs` is what it is without versions, `secrets` the names that hold literals."""

    name: str
    runs: str
    text: str
    pinned: bool
    fetched: bool
    plain: bool
    secrets: frozenset[str]
    unasked: frozenset[str]
    region: Region | None


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """One fact for each server that is new, different, or asks less."""
    before = servers(change.before.address, context.before) if change.before is not None else {}
    after = servers(change.after.address, context.after) if change.after is not None else {}
    moved = {s.name: s for p in _elsewhere(change, context) for s in servers(p, context.before).values()}
    every = before.pop("", None), after.pop("", None)
    if every[1] is not None and every[1].unasked and not (every[0] and every[0].unasked):
        yield _fact(every[1], None, "all-enabled", "every server that the project names starts unasked")
    for name, server in after.items():
        old = before.get(name) or moved.get(name)
        found = _difference(old, server)
        if found is not None:
            yield _fact(server, old, *found)


def _difference(old: Server | None, new: Server) -> tuple[str, str] | None:
    """(what, in words) of the gravest difference."""
    literal = new.secrets - (old.secrets if old is not None else frozenset())
    if literal:
        return "secret", f"has a secret written out in it ({', '.join(sorted(literal))})"
    if old is None:
        version = "no fixed version of " if new.fetched and not new.pinned else ""
        return "added", f"is new and runs {version}{new.text}"
    if old.runs != new.runs:
        return "changed", f"runs {new.text} instead of {old.text}"
    if new.plain and not old.plain:
        return "changed", f"is called without encryption: {new.text}"
    if old.pinned and not new.pinned:
        return "unpinned", f"is no longer held at one version: {new.text}"
    if new.unasked - old.unasked:
        names = sorted(new.unasked - old.unasked)
        return "unasked", f"may use {', '.join(names[:3])} without asking"
    return None


def _fact(new: Server, old: Server | None, what: str, text: str) -> Fact:
    fields: dict[str, FactValue] = {
        "server": new.name or "all",
        "what": what,
        "plain": new.plain,
        "everything": "*" in new.unasked,
        "summary": f"{new.name or 'All servers'} {text}" if new.name else text,
    }
    return Fact("agent-server", fields, new.name, old.region if old is not None else None, new.region)


def _elsewhere(change: Change, context: Context) -> Iterator[str]:
    """Other changed files that the servers may have been in."""
    for file in context.change_set.files:
        if file.before is not None and file.path != change.path and file.before.endswith(_SUFFIXES):
            yield file.before


# --- reading ----------------------------------------------------------------------------------------------------------


def servers(path: str, side: Workspace) -> dict[str, Server]:
    """The servers of one file by name; under "" whether all of a project's are on."""
    found: dict[str, Server] = {}
    for root in roots(path, side):
        for key in table().servers:
            for listed in at(root, key):
                named = ((_text(element.get("name")), element) for element in listed.elements)
                for name, value in (*listed.items.items(), *named):
                    server = _server(name, value) if name else None
                    if server is not None:
                        found[name] = server
        on = root.get("enableAllProjectMcpServers")
        if on is not None:
            unasked = frozenset({"*"}) if on.scalar is True else frozenset[str]()
            found[""] = Server("", "", "", True, False, False, frozenset(), unasked, on.region)
    return found


def _server(name: str, value: Value) -> Server | None:
    command, url = value.get("command"), value.get("url") or value.get("httpUrl") or value.get("serverUrl")
    words = [_text(command)] if command is not None and not command.is_list else []
    words += [_text(e) for part in (command, value.get("args")) if part is not None for e in part.elements]
    if url is not None and _text(url):
        words = [_text(url)]
    words = [word for word in words if word]
    if not words:
        return None
    program = words[0].rpartition("/")[2]
    package = next((w for w in words[1:] if not w.startswith("-") and w not in ("run", "exec", "dlx", "x", "tool")), "")
    fetched = program in _RUNNERS and bool(package)
    if fetched and program in ("docker", "podman"):
        package = next((w for w in reversed(words[1:]) if ("/" in w or ":" in w) and not w.startswith("-")), package)
    plain = words[0].startswith("http://") and not _is_local(words[0])
    runs = " ".join(_without_version(word) for word in words if not _SECRET_OPTION.match(word))
    return Server(
        name, runs, mask_text(" ".join(words))[:120], bool(_PINNED.search(package)), fetched, plain,
        frozenset(_secrets(value, words)), frozenset(_unasked(value)), value.region,
    )  # fmt: skip


def _text(value: Value | None) -> str:
    if value is None or value.is_map or value.is_list:
        return ""
    return str(value.scalar) if value.known and value.scalar is not None else value.text


def _is_local(url: str) -> bool:
    return url.removeprefix("http://").startswith(("localhost", "127.", "0.0.0.0", "[::1]", "host.docker.internal"))


def _without_version(word: str) -> str:
    return _PINNED.sub("", word).removesuffix("@latest") if not word.startswith("@") or "@" in word[1:] else word


def _secrets(value: Value, words: list[str]) -> Iterator[str]:
    """Names of environment variables, headers and options that hold a secret as it is."""
    for key in ("env", "headers", "http_headers", "environment"):
        for name, child in (value.get(key) or Value({})).items.items():
            text = _text(child)
            bearer = _BEARER.match(text)
            if (is_secret_name(name) or bearer) and _is_literal(bearer["value"] if bearer else text):
                yield name
    for word, following in zip(words, [*words[1:], ""], strict=True):
        option = _SECRET_OPTION.match(word)
        if option and _is_literal(option["value"] or following):
            yield option[1]


def _is_literal(text: str) -> bool:
    return len(text) >= _LEAST and not says_nothing(text) and not _REFERENCE.search(text) and "${" not in text


def _unasked(value: Value) -> Iterator[str]:
    for key in ("autoApprove", "alwaysAllow", "allowedTools"):
        for element in (value.get(key) or Value(())).elements:
            if isinstance(element.scalar, str):
                yield element.scalar
