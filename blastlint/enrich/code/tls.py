"""Certificate checks that are off now and were on before. The options are rows of facts/calls.json."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from blastlint.enrich.code.pairs import WORD, Pair
from blastlint.facts.calls import pattern, rows
from blastlint.model import Fact, FactValue, Side
from blastlint.parse.code import Call, Option, Shape
from blastlint.regex import regex

_SCREEN = regex(
    rb"(?i)verif|ssl|cert|check_?hostname|reject_?unauthorized|tls|insecure|unverified|host_key|checkServerIdentity|HTTPSErrors"
)


def facts(pair: Pair) -> Iterator[Fact]:
    """One `tls` fact for each option that newly turns a check off."""
    if not pair.mentions(_SCREEN):
        return
    known = Counter(key for key, _ in _unsafe(pair, "before"))
    gone = _gone_elsewhere(pair)
    for key, part in _unsafe(pair, "after"):
        if known[key] > 0:
            known[key] -= 1
            continue
        if gone[key] > 0:
            gone[key] -= 1
            continue
        owner = part.owner if isinstance(part, Option) else part.name
        text = f"{part.key}={part.value}" if isinstance(part, Option) else part.text
        fields: dict[str, FactValue] = {
            "name": key,
            "after": text,
            "local": _local(pair.after, part),
            "new_code": pair.is_new or not _was_there(pair, owner, part),
        }
        yield pair.fact("tls", f"{owner}.{key}", fields, None, pair.region("after", part.at))


def _unsafe(pair: Pair, side: Side) -> Iterator[tuple[str, Option | Call]]:
    """(name of the option, where it is) of everything that is off on one side."""
    shape = pair.before if side == "before" else pair.after
    for option in shape.options:
        for row in rows("tls"):
            if re.search(row["key"], option.key) and re.search(row.get("owner", ""), option.owner):
                if re.search(row["value"], pair.value(side, option.value)):
                    yield option.key, option
                break
    for call in shape.calls:
        for row in rows("tls_calls"):
            arguments = (*call.arguments, *call.options.values())
            if re.search(row["call"], call.name) and (
                not row["argument"] or any(re.search(row["argument"], a) for a in arguments)
            ):
                yield call.last, call


def _gone_elsewhere(pair: Pair) -> Counter[str]:
    """What was off before in other definitions, and is not there any more: the same option here is that code, moved."""
    found: Counter[str] = Counter()
    for change in pair.scope.changes:
        other = pair.scope.pair(change)
        if change.before is not None and change is not pair.change and other.touches(_SCREEN, "before"):
            was = Counter(key for key, _ in _unsafe(other, "before"))
            found += was - Counter(key for key, _ in _unsafe(other, "after"))
    return found


def _was_there(pair: Pair, owner: str, part: Option | Call) -> bool:
    """Whether the call, or the thing that the option is set on, existed before, only without this."""
    if isinstance(part, Option) and not any(call.name == owner for call in pair.after.calls):
        subject = owner.rpartition(".")[2]
        return subject in ("", "def", "env", "environ") or subject in WORD.findall(pair.text("before"))
    last = owner.rpartition(".")[2]
    return any(call.last == last for call in pair.before.calls)


def _local(shape: Shape, part: Option | Call) -> bool:
    """Whether the call that it belongs to speaks to this machine alone."""
    local = pattern("local")
    if isinstance(part, Call):
        return any(local.search(a) for a in part.arguments)
    return any(
        call.name == part.owner
        and call.options.get(part.key) == part.value
        and any(local.search(a) for a in texts(call))
        for call in shape.calls
    )


def texts(call: Call) -> tuple[str, ...]:
    """Every argument of a call, named or not."""
    return (*call.arguments, *call.options.values())
