"""`flag-rollout` facts: a feature flag that reaches many people at once; `reuse` facts: one that means another thing now.
Flags are brought to one form whatever the system:

| form | where |
|---|---|
| flagd, OpenFeature | `flags.X: {state, variants, defaultVariant, targeting}`, also below spec.flagSpec |
| LaunchDarkly | `flags.X: {on, variations, fallthrough, offVariation, rules, targets}`, `flagValues.X` |
| GO Feature Flag | `X: {variations, defaultRule: {percentage}, targeting, disable}` |
| Unleash | `features: [{name, enabled, strategies: [{parameters: {rollout, percentage}}]}]` |
| one's own | a file, or a section, named for flags: a switch, a number, or a map with enabled and a percentage |
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from blastlint.enrich.context import Context
from blastlint.enrich.intent.claims import words_in
from blastlint.frozen import dataclass
from blastlint.model import Change, Fact, Region, Value
from blastlint.parse import parse
from blastlint.parse.keytree import KeyTree
from blastlint.parse.workspace import Workspace
from blastlint.regex import regex

_FILE = regex(
    r"(^|[/._-])(feature[-_.]?(flags?|toggles?)|flags?|toggles?|flagd|unleash|launchdarkly|rollouts?"
    r"|experiments?|goff)([/._-]|$)",
    re.IGNORECASE,
)
_SECTION = regex(r"^(feature_?-?)?(flags?|toggles?)$|^features$|^rollouts?$", re.IGNORECASE)
_KILL = regex(r"kill[-_ ]?switch|circuit[-_ ]?breaker|emergency|safe[-_ ]?mode|fallback", re.IGNORECASE)
_PERCENT = (
    "percentage",
    "percent",
    "rollout",
    "rolloutPercentage",
    "rollout_percentage",
    "rollout_percent",
    "weight",
    "ratio",
)
_ON = ("enabled", "on", "active", "state")
_RULES = (
    "rules",
    "targets",
    "targeting",
    "constraints",
    "segments",
    "users",
    "groups",
    "cohorts",
    "allowlist",
    "conditions",
)
_OFF = regex(r"^(off|false|disabled?|control|default|none|no|old|legacy)$", re.IGNORECASE)
_PURPOSE = ("description", "purpose", "summary", "desc")
_JUMP = 50.0
_CHOOSING = regex(r"(?i)(userWithId|remoteAddress|applicationHostname)$")
_VERSIONS = 20
_WORDS = 2


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag: on (None where nothing says), the share of people that it reaches, what it gives by default, the number of
    rules that choose who gets it, and what it says that it is for."""

    name: str
    on: bool | None
    percent: float | None
    default: str
    rules: int
    region: Region | None
    purpose: str = ""

    @property
    def reach(self) -> float | None:
        """The share of people, in percent, as far as it is known."""
        if self.on is False:
            return 0.0
        if self.percent is not None:
            return self.percent
        return None if self.on is None or self.rules else 100.0


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The facts of one changed file."""
    if change.before is None or change.after is None:
        return
    before = {f.name: f for f in flags(change.before.address, context.before)}
    if not before:
        return
    after = {f.name: f for f in flags(change.after.address, context.after)}
    for flag in after.values():
        old = before.get(flag.name)
        if old is not None:
            fact = _moved(old, flag)
            if fact is not None:
                yield fact
            if _means_another(old, flag):
                yield _reused(old, flag, "purpose")
    back = {name: flag for name, flag in after.items() if name not in before and flag.purpose}
    yield from _came_back(change.before.address, back, context)
    for name, old in before.items():
        if name not in after and _KILL.search(name):
            yield _fact(old, None, "kill-switch", f"the kill switch {name} is gone")


def _moved(old: Flag, new: Flag) -> Fact | None:
    if _KILL.search(new.name) and old.on is not None and new.on is False and old.on:
        return _fact(old, new, "kill-switch", f"the kill switch {new.name} is turned off")
    before, after = old.reach, new.reach
    if before is not None and after is not None and after - before >= _JUMP:
        what = "percent" if old.percent is not None or new.percent is not None else "on"
        return _fact(old, new, what, f"{new.name} goes from {before:g} % to {after:g} % in one step")
    if old.on is not False and new.on is not False and old.rules and not new.rules:
        return _fact(old, new, "rules", f"{new.name} is no longer limited to whom its rules chose")
    if old.default and new.default and old.default != new.default and new.on is not False:
        text = f"{new.name} gives {new.default} to everybody whom no rule names (before: {old.default})"
        return _fact(old, new, "default", text)
    return None


def _came_back(path: str, flags_now: dict[str, Flag], context: Context) -> Iterator[Fact]:
    """Flags that an earlier version of the file had, for something else, and that were gone."""
    history = context.change_set.history
    if not flags_now or history is None:
        return
    for data in history.earlier(path)[:_VERSIONS]:
        document = parse(path, "before", data)
        roots = document.content.documents if isinstance(document.content, KeyTree) else ()
        for old in (flag for root in roots for flag in _of_root(path, root)):
            flag = flags_now.pop(old.name, None)
            if flag is not None and _means_another(old, flag):
                yield _reused(old, flag, "flag")
        if not flags_now:
            return


def _means_another(old: Flag, new: Flag) -> bool:
    """Whether both say what they are for, in sentences that have not one word in common."""
    was, now = words_in(old.purpose), words_in(new.purpose)
    named = words_in(new.name)
    return min(len(was), len(now)) >= _WORDS and not (was & now) - named


def _reused(old: Flag, new: Flag, what: str) -> Fact:
    since = " in an earlier version" if what == "flag" else ""
    summary = f'the flag {new.name} was for "{old.purpose[:80]}"{since}, and is for "{new.purpose[:80]}" now'
    return Fact(
        "reuse",
        {"what": what, "identifier": new.name, "before": old.purpose, "after": new.purpose, "summary": summary},
        f"{new.name}=purpose",
        old.region if what == "purpose" else None,
        new.region,
        confidence="medium",
    )


def _fact(old: Flag, new: Flag | None, what: str, summary: str) -> Fact:
    return Fact(
        "flag-rollout",
        {
            "flag": old.name,
            "what": what,
            "before": "" if old.reach is None else f"{old.reach:g} %",
            "after": "" if new is None or new.reach is None else f"{new.reach:g} %",
            "summary": summary,
        },
        old.name,
        old.region,
        new.region if new is not None else None,
    )


def holds_flags(path: str, names: Sequence[str]) -> bool:
    """Whether a file, or a place below these keys, is for feature flags."""
    return _FILE.search(path) is not None or any(_SECTION.match(name) for name in names)


# --- reading ----------------------------------------------------------------------------------------------------------


def flags(path: str, side: Workspace) -> tuple[Flag, ...]:
    """Every flag of one file."""
    document = side.document(path) if path.endswith((".json", ".yaml", ".yml", ".toml", ".jsonc")) else None
    if document is None or not isinstance(document.content, KeyTree):
        return ()
    return tuple(flag for root in document.content.documents for flag in _of_root(path, root))


def _of_root(path: str, root: Value) -> Iterator[Flag]:
    spec = root.get("spec", "flagSpec") or root
    named = _FILE.search(path) is not None
    sections = [(key, value) for key, value in spec.items.items() if _SECTION.match(key)]
    for _, section in sections:
        if section.is_list:
            for element in section.elements:
                name = element.get("name") or element.get("key")
                if name is not None and isinstance(name.scalar, str):
                    yield _flag(name.scalar, element)
        else:
            for key, value in section.items.items():
                if _is_flag(value, named or len(section.items) > 0):
                    yield _flag(key, value)
    if named and not sections:
        for key, value in spec.items.items():
            if _is_flag(value, True):
                yield _flag(key, value)


def _is_flag(value: Value, bare: bool) -> bool:
    if value.is_map:
        return bool(
            {*_ON, *_PERCENT, "defaultVariant", "defaultRule", "fallthrough", "variants", "strategies", "environments"}
            & value.items.keys()
        )
    return bare and isinstance(value.scalar, bool)


def _flag(name: str, value: Value) -> Flag:
    if not value.is_map:
        return Flag(name, value.scalar is True, None, "", 0, value.region)
    on: bool | None = None
    for key in _ON:
        said = value.get(key)
        if said is not None and said.is_scalar:
            on = str(said.scalar).lower() in ("true", "on", "enabled", "active", "1")
            break
    off = value.get("disable")
    if off is not None and isinstance(off.scalar, bool):
        on = not off.scalar
    default = _default(value)
    return Flag(
        name,
        on,
        _percent(value),
        str(default.scalar) if default is not None and default.is_scalar and default.scalar is not None else "",
        sum(_size(value.get(key)) for key in _RULES) + _choosing(value.get("strategies")),
        value.region,
        _purpose(value),
    )


def _choosing(strategies: Value | None) -> int:
    """The strategies of Unleash that choose who gets the flag: by who somebody is, or where."""
    named = [element.get("name") for element in strategies.elements] if strategies is not None else []
    return sum(name is not None and _CHOOSING.match(str(name.scalar)) is not None for name in named)


def _default(value: Value) -> Value | None:
    """What everybody gets whom no rule names."""
    for way in (("defaultVariant",), ("fallthrough", "variation"), ("defaultRule", "variation"), ("default",)):
        found = value.get(*way)
        if found is not None:
            return found
    return None


def _purpose(value: Value) -> str:
    """What the flag says that it is for, in its own words or those of its metadata."""
    for key in _PURPOSE:
        for said in (value.get(key), value.get("metadata", key)):
            if said is not None and isinstance(said.scalar, str):
                return " ".join(said.scalar.split())
    return ""


def _percent(value: Value) -> float | None:
    """The largest percentage that the flag, one of its strategies or its fallthrough names."""
    shares = list(_shares(value))
    if total := sum(share for _, share in shares):
        return 100 * sum(share for variant, share in shares if not _OFF.match(variant)) / total
    found = [number for number in _percents(value, 0) if number is not None]
    return max(found) if found else None


def _shares(value: Value) -> Iterator[tuple[str, float]]:
    """(variant, weight) of a flag that deals its variants out; a variant by its value where that is a switch."""
    rule, rollout = value.get("defaultRule", "percentage"), value.get("fallthrough", "rollout", "variations")
    fractional = value.get("targeting", "fractional")
    dealt: list[tuple[Value | None, Value | None]] = []
    if rule is not None:
        dealt += [(Value(name), weight) for name, weight in rule.items.items()]
    if rollout is not None:
        dealt += [(element.get("variation"), element.get("weight")) for element in rollout.elements]
    if fractional is not None:
        dealt += [(element.get(0), element.get(1)) for element in fractional.elements if element.is_list]
    for variant, weight in dealt:
        named, share = variant.scalar if variant is not None else None, weight.scalar if weight is not None else None
        if named is None or isinstance(share, (bool, str)) or share is None:
            continue
        step = named if isinstance(named, int) else str(named)
        meant = value.get("variations", step) or value.get("variants", step)
        yield str(meant.scalar if meant is not None and isinstance(meant.scalar, bool) else named), float(share)


def _percents(value: Value, depth: int) -> Iterator[float | None]:
    for key in _PERCENT:
        said = value.get(key)
        if said is not None and isinstance(said.scalar, (int, float, str)) and not isinstance(said.scalar, bool):
            yield _number(said.scalar, key)
    if depth < 3:
        for key in ("strategies", "parameters", "rollout", "strategy"):
            child = value.get(key)
            for part in (child.elements or (child,)) if child is not None else ():
                if part.is_map:
                    yield from _percents(part, depth + 1)


def _number(text: str | int | float, key: str) -> float | None:
    try:
        number = float(str(text).strip().rstrip("%"))
    except ValueError:
        return None
    if key == "ratio" or (key == "rollout" and 0 < number < 1):
        return number * 100
    return number if 0 <= number <= 100 else None


def _size(value: Value | None) -> int:
    return (
        0
        if value is None
        else len(value.elements) or len(value.items) or int(isinstance(value.scalar, str) and bool(value.scalar))
    )
