"""Calls that may now wait, or try again, for ever or ten times as long. Names are rows of facts/calls.json: timeouts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from math import prod

from blastlint.enrich.code.pairs import Pair
from blastlint.facts.calls import pattern
from blastlint.model import Fact, Side
from blastlint.parse.code import Call, Shape
from blastlint.regex import regex

_SCREEN = regex(
    rb"(?i)timeout|retr(y|ies)|attempts|max_tries|backoff|deadline|wait_for|time_limit|max_time|fail_after|move_on_after|stop|timeunit"
)
_MUCH = 10  # times as long, from which a rise is a finding
_NUMBER = regex(r"^[\d_.]+(e\d+)?(\s*\*\s*[\d_.]+)*$")
_FIRST_NUMBER = regex(r"^[\w.]*\((?:\w+\s*=\s*)?([\d_.]+)\)?$")
_SECONDS = {"nano": 1e-9, "micro": 1e-6, "milli": 1e-3, "sec": 1.0, "min": 60.0, "hour": 3600.0, "day": 86400.0}
_DURATION = regex(
    r"(?i)^(?:Some\()?(?:(?P<first>\d[\d_]*(?:\.\d+)?)\s*[*,]\s*)?(?:(?P<prefix>\d[\d_]*)\.|[\w.:]*?[.:])?(?:of|from_)?"
    r"(?P<unit>nano|micro|milli|sec|min|hour|day)[a-z]*(?:\((?P<given>\d[\d_]*(?:\.\d+)?)\w*\))?"
    r"(?:\s*\*\s*(?P<last>\d[\d_]*(?:\.\d+)?))?\)?$"
)
_WHOLE = regex(r"(?i)^((total|request|call|overall|command)_?)?(timeouts?|deadline)$")  # of everything that a call does
_FLAG = regex(r"--((?:[a-z]+-)?timeout|max-time|retry|retries|deadline)(?:[=\s]+|[\"'],\s*[\"'])\d+\w*")
_NAMES = ("timeout", "retries", "backoff")


def facts(pair: Pair) -> Iterator[Fact]:
    """One `timeout` fact for each limit that is gone, unbounded, or raised tenfold."""
    if pair.is_new or not pair.mentions(_SCREEN, "before"):
        return
    if pair.change.type == "setting":
        yield from _setting(pair)
    for old, new in _paired(pair.before.calls, pair.after.calls):
        if pattern("timeouts", "owners").search(old.name) or _same_call(old, new):
            yield from _compared(pair, old, new)
        if (flag := _FLAG.search(old.text)) and not _FLAG.search(new.text) and _of_a_command(old):
            name = "retries" if "retr" in flag[1] else "timeout"
            yield _fact(pair, name, "removed", flag[0].strip(" '\",="), "", old, new)
    told = list(_set(pair))
    yield from told or _unwrapped(pair)
    yield from _unscoped(pair)


def _setting(pair: Pair) -> Iterator[Fact]:
    name = pair.change.entity.name
    if not pattern("timeouts", "settings").search(name.upper()):
        return
    before = next((o.value for o in pair.before.options if o.key == name), "")
    after = next((o.value for o in pair.after.options if o.key == name), "")
    what = _change(before, after)
    if what:
        kind = "retries" if re.search("RETR|ATTEMPT", name.upper()) else "timeout"
        yield pair.fact("timeout", name, {"name": kind, "what": what, "before": before, "after": after, "call": name})


def _paired(before: Sequence[Call], after: Sequence[Call]) -> Iterator[tuple[Call, Call]]:
    """Calls of the same function: those with the same arguments first, then in order."""
    rest: dict[str, list[Call]] = {}
    for call in after:
        rest.setdefault(call.last, []).append(call)
    left: list[Call] = []
    for call in before:
        same = rest.get(call.last, [])
        match = next((c for c in same if c.arguments == call.arguments and c.name == call.name), None)
        if match is None:
            left.append(call)
        else:
            same.remove(match)
            yield call, match
    for call in left:
        same = rest.get(call.last, [])
        if same:
            yield call, same.pop(0)


def _compared(pair: Pair, old: Call, new: Call) -> Iterator[Fact]:
    for name in _NAMES:
        keys = pattern("timeouts", name)
        before, after = _differing(old.options, new.options, keys)
        if before is None:
            continue
        key, value = before
        if after is None:
            if "**" in new.text or any(a.startswith(("*", "...")) for a in new.arguments) or _elsewhere(pair, key):
                continue
            if name == "timeout" and _has_default(pair):
                continue
            if name == "retries" and not re.search(r"(retry|on_exception|Retrying)$", old.name):
                continue  # without the option the library's own, small, number holds
            if name == "backoff" and not re.search(r"retry|Retry|task", old.name):
                continue
            yield _fact(pair, name, "removed", value, "", old, new)
            continue
        if name == "backoff":
            continue
        old_value, new_value = pair.value("before", value), pair.value("after", after[1])
        what = _change(old_value, new_value)
        if what and not (what == "raised" and key != after[0]):
            yield _fact(pair, name, what, old_value, new_value, old, new)


def _of_a_command(call: Call) -> bool:
    """Whether it runs a program: its options stand in its text."""
    return pattern("shells").search(call.name) is not None


def _same_call(old: Call, new: Call) -> bool:
    """Whether a call of whatever name differs in its limit alone: what takes a limit waits for something, unless it keeps
    something for so long, or shows it."""
    if old.name.startswith("?") or pattern("timeouts", "others").search(old.name):
        return False
    limits = pattern("timeouts", "timeout")
    return old.name == new.name and {**old.options, **new.options}.keys() - {*old.options} == set() and all(
        limits.search(key) or new.options.get(key) == value for key, value in old.options.items()
    )


def _differing(
    before: Mapping[str, str], after: Mapping[str, str], keys: re.Pattern[str]
) -> tuple[tuple[str, str] | None, tuple[str, str] | None]:
    """The first limit that two calls do not agree on, with what stands in its place: the same option, or one that is new. No
    loss where a limit of the whole stays."""
    old = {k: v for k, v in before.items() if keys.search(k)}
    new = {k: v for k, v in after.items() if keys.search(k)}
    for key, value in old.items():
        if new.get(key) == value:
            continue
        instead = key if key in new else next((k for k in new if k not in old), "")
        if instead or not any(_WHOLE.search(k) for k in new):
            return (key, value), ((instead, new[instead]) if instead else None)
    same = next(((key, value) for key, value in old.items() if key in new), None)  # a name may stand for another value
    return same, same


def _elsewhere(pair: Pair, key: str) -> bool:
    """Whether the file names the limit as often as before, or what everybody shares has it newly: then it was moved, say to
    the session."""
    before, after = pair.module("before"), pair.module("after")
    if before is None or after is None:
        return False
    word = key.lower()
    count = after.source.lower().count(word.encode())
    if count >= before.source.lower().count(word.encode()) and count > 0:
        return True
    shared = (o for o in pair.scope.others(pair) if o.change.type in ("setting", "module", "class"))
    return any(_says(o, "after", word) > _says(o, "before", word) for o in shared if not pair.scope.is_test(o.change.path))


def _says(pair: Pair, side: Side, word: str) -> int:
    return pair.text(side).lower().count(word)


def _has_default(pair: Pair) -> bool:
    """Whether another library does it now, which has a short limit of its own."""
    before, after = (
        {i.target.partition(".")[0] for i in m.imports} if m is not None else set()
        for m in (pair.module("before"), pair.module("after"))
    )
    return any(pattern("timeouts", "bounded").search(root) for root in after - before)


def _change(before: str, after: str) -> str:
    unbounded = pattern("timeouts", "unbounded")
    if before == after or unbounded.search(before):
        return ""
    if unbounded.search(after):
        return "unbounded"
    told, tells = seconds(before), seconds(after)
    if told and tells:
        return "raised" if tells / told >= _MUCH else ""
    old, new = number(before), number(after)
    if old and new and new / old >= _MUCH and new / old != 1000:  # a thousandfold is seconds told in milliseconds
        return "raised"
    return ""


def number(text: str) -> float | None:
    """The number that a text is: a product of numbers, or one wrapped in a call."""
    wrapped = _FIRST_NUMBER.match(text)
    text = wrapped.group(1) if wrapped else text
    if not _NUMBER.match(text):
        return None
    result = 1.0
    for factor in text.split("*"):
        try:
            result *= float(factor.strip().replace("_", ""))
        except ValueError:
            return None
    return result


def seconds(text: str) -> float | None:
    """A length of time that has a unit: `10 * time.Second`, `Duration.ofMillis(5)`, `5.minutes`, `30, TimeUnit.SECONDS`."""
    found = _DURATION.match(text)
    if found is None:
        return None
    factors = [part for part in found.group("first", "prefix", "given", "last") if part]
    if not factors and not text.startswith("time."):
        return None
    return prod(float(part.replace("_", "")) for part in factors) * _SECONDS[found.group("unit").lower()]


def _set(pair: Pair) -> Iterator[Fact]:
    """Limits that are set on something, `conn.setReadTimeout(5000)` or `http.read_timeout = 5`, and those given to a wait,
    `job.get(5, TimeUnit.SECONDS)`: one fact for each thing that is still used without."""
    if pair.scope.is_test(pair.change.path):
        return
    before, after = dict(_limits(pair.before)), dict(_limits(pair.after))
    used = [c.name for c in pair.after.calls] + [f"{o.owner}.{o.key}" for o in pair.after.options if o.owner]
    told: set[str] = set()
    for (subject, key), (value, call) in before.items():
        if subject in told:
            continue
        new, what = after.get((subject, key)), ""
        if new is not None:
            what = _change(pair.value("before", value), pair.value("after", new[0]))
        elif any(name == subject or name.startswith(f"{subject}.") for name in used):
            instead = any(held == subject and (held, name) not in before for held, name in after)
            moved = pattern("timeouts", "setters").search(key) and _elsewhere(pair, key)
            what = "" if instead or moved else "removed"
        if what:
            told.add(subject)
            yield _fact(pair, "timeout", what, value, new[0] if new else "", call, new[1] if new else None)


def _limits(shape: Shape) -> Iterator[tuple[tuple[str, str], tuple[str, Call]]]:
    """((what it is set on, the limit), (how long, where)) of everything that is set by a call or an assignment."""
    setters, waits, lengths = (pattern("timeouts", name) for name in ("setters", "waits", "lengths"))
    called = {call.name for call in shape.calls}
    for call in shape.calls:
        subject, _, last = call.name.rpartition(".")
        given = ", ".join(call.arguments)
        bounds = waits.search(last) and len(call.arguments) > 0 and lengths.search(call.arguments[-1])
        if given and (bounds or setters.search(last)) and _is_waited_for(subject):
            yield (_head(subject), last), (given, call)
    for option in shape.options:
        if setters.search(option.key) and option.owner not in called and _is_waited_for(option.owner):
            name = f"{option.owner}.{option.key}"
            yield (_head(option.owner), option.key), (option.value, Call(name, (), {}, name, option.at))


def _is_waited_for(subject: str) -> bool:
    """Whether it is something else that may keep us waiting: not the object itself, not the clock of the page."""
    return bool(subject) and "?" not in subject and not pattern("timeouts", "clocks").search(subject)


def _head(subject: str) -> str:
    """`Client.builder` of a chain of calls on it."""
    return ".".join(subject.split(".")[:2])


def _unwrapped(pair: Pair) -> Iterator[Fact]:
    """`wait_for(work(), timeout=5)` that is `work()` now."""
    wrappers = pattern("timeouts", "wrappers")
    after_names = {call.name for call in pair.after.calls}
    if any(wrappers.search(name) for name in after_names):
        return
    for call in pair.before.calls:
        if not wrappers.search(call.name) or not (call.arguments or call.options):
            continue
        others = (c for c in pair.before.calls if c is not call and seconds(c.text) is None)
        inner = [c for c in others if any(c.text in a for a in call.arguments)]
        kept = [c for c in pair.after.calls if any(c.name == i.name for i in inner)]
        alone = not inner and any(c.name in after_names for c in pair.before.calls if c is not call)
        if kept or alone:
            yield _fact(pair, "timeout", "removed", call.text, "", call, kept[0] if kept else None)
            return


def _unscoped(pair: Pair) -> Iterator[Fact]:
    """`ctx, cancel := context.WithTimeout(ctx, limit)` that is gone from before calls that are still made."""
    scopes = pattern("timeouts", "scopes")
    if any(scopes.search(call.name) for call in pair.after.calls):
        return
    limit = next((call for call in pair.before.calls if scopes.search(call.name)), None)
    if limit is None or _elsewhere(pair, limit.last):
        return
    start = pair.before.locate(limit.at)[:2]
    after = {call.last.removesuffix("Context") for call in pair.after.calls}
    later = (c for c in pair.before.calls if pair.before.locate(c.at)[:2] > start)
    waits = (c for c in later if any(re.match(r"(?i)\w*ctx$|\w*context$", a) for a in c.arguments))
    kept = next((c for c in waits if c.last.removesuffix("Context") in after), None)
    if kept is not None:
        given = limit.arguments[1] if len(limit.arguments) > 1 else limit.text
        yield _fact(pair, "timeout", "removed", given, "", kept, None)


def _fact(pair: Pair, name: str, what: str, before: str, after: str, old: Call, new: Call | None) -> Fact:
    fields = {"name": name, "what": what, "before": before, "after": after, "call": old.name}
    place = pair.region("after", new.at) if new is not None else None
    return pair.fact("timeout", f"{old.name}.{name}", fields, pair.region("before", old.at), place)
