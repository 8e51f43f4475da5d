"""The settings of a coding agent as effective sets, and what of them is wider than before: `agent-permission` (it may do
more) and `agent-guard` (what held it back is gone).

The files of one agent in one directory count together, so that an entry may move between them. One fact of each sort for
one agent in one directory, on the first of its files that changed, the worst first and the others related.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.enrich.agents.permissions import LEVELS, Permission, bare, covers, level, permission, tool_of
from blastlint.enrich.agents.trees import at, named, roots
from blastlint.enrich.context import Context
from blastlint.enrich.shown import shown
from blastlint.facts.agents import Form, Rules, Switch, form_of, table
from blastlint.frozen import dataclass, replace
from blastlint.model import Change, Fact, Region, Related, Scalar, Value
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex

_GUARDING_HOOKS = ("pretooluse", "beforetool", "userpromptsubmit", "beforeshell", "beforemcp", "beforeread", "permission",
                   "beforeedit", "stop", "beforesubmit", "pre_")  # fmt: skip
_NEVER_REFUSES = regex(r"(\|\|\s*(true|:|exit 0)|;\s*(true|exit 0)|&)\s*[\"']?$")  # what a guard says is thrown away
_MANY = 5
_COMMA = regex(r"[,\s]+(?![^()]*\))")


@dataclass(frozen=True, slots=True)
class Settings:
    """What one agent is told on one side. Each entry has its place; `hooks` are (event, command), `seen` the tools
    that each of them is called for, none for all. `tools` are those that there are; none where that is not said."""

    allow: dict[Permission, Region | None]
    deny: dict[Permission, Region | None]
    ask: dict[Permission, Region | None]
    tools: dict[Permission, Region | None]
    directories: dict[str, Region | None]
    plugins: dict[str, Region | None]
    hooks: dict[tuple[str, str], Region | None]
    seen: dict[tuple[str, str], frozenset[str]]
    switches: dict[str, tuple[Switch, Scalar, Region | None]]
    exists: bool = False


@dataclass(frozen=True, slots=True)
class Widening:
    """One thing that is wider: `rank` orders, the smaller the worse."""

    what: str
    level: str
    rank: int
    text: str
    region: Region | None = None
    before: Region | None = None


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The facts about the settings that a changed file is part of."""
    found = form_of(change.path)
    if found is None or change.path != _first(found[0].agent, found[1], context):
        return
    agent, home = found[0].agent, found[1]
    earlier = (form_of(change.before.address) or found)[1] if found[0].single and change.before is not None else home
    before, after = _settings(agent, earlier, context.before, context), _settings(agent, home, context.after, context)
    wider = sorted(_wider(before, after), key=lambda w: w.rank)
    if wider:
        yield _fact("agent-permission", agent, wider, before, after)
    lost = sorted(_lost(before, after), key=lambda w: w.rank)
    if lost:
        yield _fact("agent-guard", agent, lost, before, after)


def _fact(name: str, agent: str, found: Sequence[Widening], before: Settings, after: Settings) -> Fact:
    worst = found[0]
    texts = list(dict.fromkeys(w.text for w in found))
    more = f", and {len(texts) - _MANY} more" if len(texts) > _MANY else ""
    return Fact(
        name,
        {
            "agent": agent,
            "what": worst.what,
            "level": worst.level,
            "new": not before.exists,
            "gone": not after.exists,
            "count": len(texts),
            "summary": "; ".join(texts[:_MANY]) + more,
        },
        before=worst.before,
        after=worst.region,
        related=tuple(Related(w.text, w.region or w.before) for w in found[1:20]),
    )


# --- reading ----------------------------------------------------------------------------------------------------------


def _first(agent: str, home: str, context: Context) -> str:
    """The first changed file of the agent's settings there."""
    for file in context.change_set.files:
        found = form_of(file.path)
        if found is not None and (found[0].agent, found[1]) == (agent, home):
            return file.path
    return ""


def _settings(agent: str, home: str, side: Workspace, context: Context) -> Settings:
    """All files of the agent in one directory, as one."""
    settings = Settings({}, {}, {}, {}, {}, {}, {}, {}, {})
    exists = False
    for path, form in _files(agent, home, side, context):
        for root in roots(path, side):
            exists = True
            for prefix in form.under:
                for base in at(root, prefix) if prefix else (root,):
                    _read(base, form, settings)
    return replace(settings, exists=exists)


def _files(agent: str, home: str, side: Workspace, context: Context) -> Iterator[tuple[str, Form]]:
    """The agent's settings files that there are: those with a fixed name, and the changed ones."""
    here = f"{home}/" if home else ""
    changed = [p for f in context.change_set.files for p in (f.before, f.after) if p]
    seen: set[str] = set()
    for form in table().forms:
        if form.agent == agent:
            fixed = [f"{here}{name}" for name in form.files if "*" not in name]
            for path in (*fixed, *changed):
                owner = form_of(path)
                if (
                    path not in seen
                    and owner is not None
                    and owner == (form, home)
                    and side.tree.size(path) is not None
                ):
                    seen.add(path)
                    yield path, form


def _read(root: Value, form: Form, settings: Settings) -> None:
    for keys, into in ((form.allow, settings.allow), (form.deny, settings.deny), (form.ask, settings.ask)):
        for text, region in _texts(root, keys):
            into[permission(text)] = region
    for rows, into in ((form.lists, settings.allow), (form.denied, settings.deny)):
        for key, tool in rows:
            for text, region in _texts(root, (key,)):
                into[Permission(tool, bare(text))] = region
    for key, tool in form.decisions:
        for value in at(root, key):
            _decisions(value, (tool,) if tool else (), settings)
    for text, region in _texts(root, form.tools):
        settings.tools[tool_of(text)] = region
    for text, region in _texts(root, form.directories):
        settings.directories[text] = region
    for key in form.plugins:
        for value in at(root, key):
            settings.plugins.update({f"{key}: {n}": v.region for n, v in value.items.items() if v.scalar is not False})
            settings.plugins.update({f"{key}: {v.scalar}": v.region for v in value.elements})
    for rules in form.rules:
        for value in at(root, rules.key):
            for element in value.elements:
                _rule(element, rules, settings)
    for key in form.hooks:
        for value in at(root, key) if key else (root,):
            for event, text, region in _hooks(value):
                settings.hooks[event, text] = region
            for event, text, tools in _matched(value):
                old = settings.seen.get((event, text))
                settings.seen[event, text] = frozenset() if old == frozenset() or not tools else tools | (old or tools)
    for switch in form.switches:
        for name, value in named(root, switch.key):
            settings.switches[name] = (switch, value.scalar, value.region)


def _rule(value: Value, rules: Rules, settings: Settings) -> None:
    """One rule of a list: a permission for each of its patterns, or for all that its tool does."""
    said = next((v.scalar for v in at(value, rules.decision)), None)
    into = {rules.allow: settings.allow, rules.ask: settings.ask, rules.deny: settings.deny}
    if not isinstance(said, str) or said not in into:
        return
    named = next((v.scalar for v in at(value, rules.tool)), None) if rules.tool else "shell"
    tool = permission(str(named)).tool if named else "all"
    found = [v for key in rules.patterns for v in at(value, key)]
    patterns = [e for v in found for e in (v.elements or (v,)) if isinstance(e.scalar, str)]
    if not found:
        into[said][Permission(tool)] = value.region
    for pattern in patterns:
        into[said][Permission(tool, bare(str(pattern.scalar)))] = pattern.region


def _hooks(value: Value) -> Iterator[tuple[str, str, Region | None]]:
    """(event, command, place): of a map by events, of a list of hooks that each say their event, or of one such hook."""
    event = value.get("trigger") or value.get("when", "type")
    if event is not None and event.is_scalar:
        switch = value.get("enabled")
        if switch is None or switch.scalar is not False:
            yield from ((str(event.scalar), text, region) for text, region in _commands(value))
    elif value.is_list:
        for element in value.elements:
            yield from _hooks(element)
    else:
        for name, tree in value.items.items():
            yield from ((name, text, region) for text, region in _commands(tree))


def _matched(value: Value) -> Iterator[tuple[str, str, frozenset[str]]]:
    """(event, command, tools that it is called for) of a map by events: `matcher: "Bash|Edit"`."""
    for event, tree in value.items.items():
        for group in tree.elements:
            matcher = group.get("matcher")
            said = str(matcher.scalar) if matcher is not None and matcher.is_scalar and matcher.scalar else "*"
            tools = frozenset() if said.strip("^$") in ("*", ".*") else frozenset(said.split("|"))
            yield from ((event, text, tools) for text, _ in _commands(group))


def _texts(root: Value, keys: Sequence[str]) -> Iterator[tuple[str, Region | None]]:
    """Every entry of a list, which may be written as one text with commas. An entry may have its pattern beside it."""
    for key in keys:
        for value in at(root, key):
            if isinstance(value.scalar, str):
                yield from ((text, value.region) for text in _COMMA.split(value.scalar) if text)
            for element in value.elements:
                expression = element.get("pattern")
                limit = next((e.get("fileRegex") for e in element.elements if e.is_map), None)
                if isinstance(element.scalar, str):
                    yield element.scalar, element.region
                elif expression is not None and isinstance(expression.scalar, str):
                    yield f"/{expression.scalar}/", element.region
                elif element.elements and isinstance(element.elements[0].scalar, str):
                    yield f"{element.elements[0].scalar}({limit.scalar if limit is not None else ''})", element.region


def _decisions(value: Value, names: tuple[str, ...], settings: Settings) -> None:
    """A tree of allow, ask and deny: the first name is the tool, the last one its pattern."""
    if value.is_map and "approve" not in value.items:
        for name, child in value.items.items():
            _decisions(child, (*names, name), settings)
        return
    decided = value.get("approve") if value.is_map else value
    said = decided.scalar if decided is not None else None
    into = {
        "allow": settings.allow,
        True: settings.allow,
        "deny": settings.deny,
        False: settings.deny,
        "ask": settings.ask,
    }
    if isinstance(said, (str, bool)) and said in into:
        tool = permission(names[0]).tool if names else "all"
        into[said][Permission(tool, bare(names[-1]) if len(names) > 1 else "")] = value.region


def _commands(tree: Value) -> Iterator[tuple[str, Region | None]]:
    """The commands of hooks, wherever they stand below an event."""
    for key, child in tree.items.items():
        if key in ("command", "bash", "powershell", "run", "prompt") and isinstance(child.scalar, str):
            yield " ".join(child.scalar.split()), child.region
        else:
            yield from _commands(child)
    for element in tree.elements:
        yield from _commands(element)


# --- comparing --------------------------------------------------------------------------------------------------------


def _wider(before: Settings, after: Settings) -> Iterator[Widening]:
    """What it may do now, and might not."""
    for name, (switch, value, region) in after.switches.items():
        if switch.hooks or switch.servers:
            continue
        old = before.switches[name][1] if name in before.switches else switch.default
        if _looser(switch, old, value):
            bypass = value in switch.bypass
            text = f"{name} is {_word(value)} (before: {_word(old)})"
            yield Widening("mode", "bypass" if bypass else "loosened", 0 if bypass else 4, text, region)
    for name, (switch, value, region) in before.switches.items():
        if name not in after.switches and not switch.hooks and _looser(switch, value, switch.default):
            yield Widening("mode", "loosened", 4, f"{name} is no longer {_word(value)}", None, region)
    old_allow = list(before.allow)
    for allowed, region in after.allow.items():
        if any(covers(other, allowed) for other in old_allow) or any(covers(d, allowed) for d in after.deny):
            continue
        reach = level(allowed)
        said = "is not held by its sandbox" if allowed.tool == "unsandboxed" else "needs no approval"
        rank = LEVELS.index(reach) + 1
        if reach == "narrow" and any(asked.pattern and covers(asked, allowed) for asked in before.ask):
            yield Widening("allow", "loosened", rank, f"{allowed.shown} was asked about, and {said} now", region)
        else:
            yield Widening("allow", reach, rank, f"{allowed.shown} {said}", region)
    yield from _nearer(before, after)
    for directory, region in after.directories.items():
        if not any(directory == d or directory.startswith(f"{d.rstrip('/')}/") for d in before.directories):
            home = directory.rstrip("/") in ("~", "$HOME", "", "/", "..", "../..")
            yield Widening(
                "directory",
                "broad" if home else "narrow",
                3 if home else 7,
                f"it may work in {directory or '/'}",
                region,
            )


def _nearer(before: Settings, after: Settings) -> Iterator[Widening]:
    """What is within its reach now, whether it asks or not, and was not."""
    if before.tools and after.exists and not after.tools:
        region = next(iter(before.tools.values()))
        yield Widening("tools", "broad", 5, "its tools are no longer listed, so that it has all of them", None, region)
    for tool, region in after.tools.items() if before.tools else ():
        if not any(covers(other, tool) for other in before.tools):
            reach = "broad" if tool.tool in ("all", "shell", "write") else "narrow"
            yield Widening("tools", reach, 5, f"it has {tool.shown} now", region)
    for plugin, region in after.plugins.items():
        if plugin not in before.plugins:
            yield Widening("plugin", "broad", 5, f"{plugin} brings what it likes with it", region)


def _looser(switch: Switch, before: Scalar, after: Scalar) -> bool:
    """Whether the value moved to the loose end. One that the table does not know is neither."""
    order = switch.order
    if isinstance(after, str) and after.lower() in ("true", "false") and isinstance(order[0], bool):
        after = after.lower() == "true"
    return after in order and before in order and order.index(after) > order.index(before)


def _word(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if value not in (None, "") else "not set"


def _lost(before: Settings, after: Settings) -> Iterator[Widening]:
    """What held it back, and is gone."""
    for denied, region in before.deny.items():
        if any(covers(other, denied) for other in after.deny):
            continue
        if any(d.tool == denied.tool and d.pattern and covers(denied, d) for d in after.deny) and not denied.pattern:
            continue  # spelled out instead
        asked = any(covers(other, denied) for other in after.ask)
        instead = "allowed" if denied in after.allow else "asked about" if asked else ""
        reach = level(denied)
        grave = reach in ("everything", "destructive", "any-code", "secrets") and not asked
        text = f"{denied.shown} is {f'{instead} and ' if instead else ''}no longer refused"
        yield Widening("deny", "grave" if grave else "lesser", 0 if grave else 2, text, None, region)
    for asked_about, region in before.ask.items():
        if any(covers(other, asked_about) for other in (*after.ask, *after.deny)):
            continue
        if any(covers(other, asked_about) for other in after.allow):
            continue  # told as an allowance
        yield Widening("ask", "lesser", 3, f"{asked_about.shown} is no longer asked about by name", None, region)
    for name, (switch, value, region) in after.switches.items():
        old = before.switches[name][1] if name in before.switches else switch.default
        if switch.hooks and _looser(switch, old, value):
            yield Widening("hooks-off", "grave", 0, f"{name} is {_word(value)}: no hook runs any more", region)
    yield from _unseen(before, after)
    kept = {_program(command) for _, command in after.hooks}
    for (event, command), region in before.hooks.items():
        waved = next((c for e, c in after.hooks if _same_hook((e, c), (event, command)) and _NEVER_REFUSES.search(c)), "")
        if waved and not _NEVER_REFUSES.search(command):
            end = f"can refuse nothing any more: {shown('command', Value(waved))}"
        elif (event, command) in after.hooks or _program(command) in kept:
            continue
        else:
            end = "is gone"
        guards = event.lower().startswith(_GUARDING_HOOKS)
        text = f"the hook {shown('command', Value(command))} ({event}) {end}"
        yield Widening("hook", "grave" if guards else "lesser", 1 if guards else 3, text, None, region)


def _same_hook(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return one[0] == other[0] and _program(one[1]) == _program(other[1])


def _unseen(before: Settings, after: Settings) -> Iterator[Widening]:
    """Hooks that are there still and are called for less."""
    for (event, command), tools in after.seen.items():
        old = before.seen.get((event, command))
        missing = sorted(old - tools) if old is not None and tools else []
        if old is not None and tools and (missing or not old):
            guards = event.lower().startswith(_GUARDING_HOOKS)
            of = ", ".join(missing) or f"anything but {', '.join(sorted(tools))}"
            text = f"the hook {shown('command', Value(command))} ({event}) is no longer called for {of}"
            place = after.hooks.get((event, command))
            yield Widening("hook", "grave" if guards else "lesser", 1 if guards else 3, text, place)


def _program(command: str) -> str:
    """What a hook runs, whatever path and arguments it is run with."""
    words = [word.strip("\"'") for word in command.split()]
    named = [word for word in words if "/" in word or "." in word.rpartition("/")[2]]
    return (named or words or [""])[0].rpartition("/")[2]
