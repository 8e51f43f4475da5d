"""`reuse` facts: a number or bit that meant one thing and means another now, while what was written with the old meaning is
still about: fields of protocol buffers, values of enumerations. One that was given up in an earlier change, as far as
history is there to tell, is as much in use as one that is given up in this one.

A rename keeps words of the name, or the type and the order; what shares no word with the old name is another thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.enrich.breadth.texts import text_of
from blastlint.enrich.context import Context
from blastlint.facts.words import words
from blastlint.frozen import dataclass
from blastlint.model import Change, Fact, Region
from blastlint.regex import regex

_VERSIONS = 20
_PROTO_OPEN = regex(r"^\s*(?P<kind>message|enum|oneof)\s+(?P<name>\w+)\s*\{")
_FIELD = regex(
    r"^\s*(?:(?:repeated|optional|required)\s+)?(?P<type>map<[^>]+>|[\w.]+)\s+(?P<name>\w+)\s*=\s*(?P<number>\d+)\s*[;\[]"
)
_ENTRY = regex(r"^\s*(?P<name>[A-Z]\w*)\s*=\s*(?P<number>-?\d+)\s*[;\[]")
_RESERVED = regex(r"^\s*reserved\s+(?P<what>[\d,\s to]+);")
_CLASS = regex(r"^(?P<indent>\s*)class\s+(?P<name>\w+)\s*\([^)]*\b(Int)?(Enum|Flag|IntegerChoices)\b[^)]*\)\s*:")
_VALUE = regex(r"^\s+(?P<name>[A-Za-z_]\w*)\s*=\s*(?P<number>1\s*<<\s*\d+|0x[0-9a-fA-F]+|-?\d+)\s*(?:,.*)?(?:#.*)?$")
_TS_ENUM = regex(r"^\s*(?:export\s+)?(?:declare\s+)?(?:const\s+)?enum\s+(?P<name>\w+)\s*\{")
_TS_VALUE = regex(r"^\s*(?P<name>[A-Za-z_]\w*)\s*=\s*(?P<number>1\s*<<\s*\d+|0x[0-9a-fA-F]+|-?\d+)\s*,?\s*(?://.*)?$")


@dataclass(frozen=True, slots=True)
class Identifier:
    """One number with its meaning. `place` is the message or enumeration around it."""

    place: str
    number: str
    name: str
    type: str
    line: int


def facts(change: Change, context: Context) -> Iterator[Fact]:
    """The facts of one changed file."""
    if change.before is None or change.after is None or change.entity.type not in ("python", "typescript", ""):
        return
    paths = change.before.address, change.after.address
    if not paths[1].endswith((".proto", ".py", ".ts", ".tsx", ".mts")):
        return
    old, new = text_of(context.before.tree.read(paths[0])), text_of(context.after.tree.read(paths[1]))
    if old is None or new is None:
        return
    before = {(i.place, i.number): i for i in identifiers(paths[0], old.text)}
    after = {(i.place, i.number): i for i in identifiers(paths[1], new.text)}
    names = {(i.place, i.name) for i in after.values()}
    known = {(i.place, i.name) for i in before.values()}
    swapped = False
    for key, was in before.items():
        now = after.get(key)
        if now is None or now.name in (was.name, "reserved"):
            continue
        if was.name == "reserved":
            what, confident = "reserved", True
        elif (now.place, was.name) in names or (was.place, now.name) in known:
            if swapped or not paths[1].endswith(".proto"):
                continue  # they changed places, or moved on; where numbers are what is written, it is told once
            swapped, what, confident = True, "number", True
        elif _same_thing(was, now):
            continue
        else:
            what, confident = _sort(was, paths[1]), bool(was.type) and was.type != now.type
        yield _fact(what, was, now, paths, confident)
    taken = [now for key, now in after.items() if key not in before and now.name != "reserved"]
    for was, now in _given_up(taken, names, paths[0], context):
        yield _fact(_sort(was, paths[1]), was, now, paths, confident=False, since="in an earlier version")


def _sort(was: Identifier, path: str) -> str:
    return "number" if path.endswith(".proto") and was.type else "enum"


def _given_up(
    taken: Sequence[Identifier], names: set[tuple[str, str]], path: str, context: Context
) -> Iterator[tuple[Identifier, Identifier]]:
    """(what it was, what it is) of numbers that are newly taken and that the last version which had them gave another
    meaning, which has no number any more."""
    history = context.change_set.history
    waiting = {(now.place, now.number): now for now in taken}
    if not waiting or history is None:
        return
    for data in history.earlier(path)[:_VERSIONS]:
        text = text_of(data)
        for was in identifiers(path, text.text) if text is not None else ():
            now = waiting.pop((was.place, was.number), None)
            if now is None or was.name in (now.name, "reserved") or (was.place, was.name) in names:
                continue
            if not _same_thing(was, now):
                yield was, now
        if not waiting:
            return


def _fact(
    what: str, was: Identifier, now: Identifier, paths: tuple[str, str], confident: bool, since: str = ""
) -> Fact:
    told = f"{was.number} in {was.place} was {was.name}{f' {since}' if since else ''}, and is {now.name} now"
    return Fact(
        "reuse",
        {"what": what, "identifier": was.number, "before": was.name, "after": now.name, "summary": told},
        f"{was.place}={was.number}",
        None if since else Region("before", paths[0], was.line),
        Region("after", paths[1], now.line),
        confidence="high" if confident else "medium",
    )


def _same_thing(was: Identifier, now: Identifier) -> bool:
    """Whether the new name looks like another one for the old thing."""
    return bool(set(words(was.name)) & set(words(now.name)) - set(words(was.place)))


def identifiers(path: str, text: str) -> Iterator[Identifier]:
    """Every number with a meaning of its own; the reserved ones are named `reserved`."""
    if path.endswith(".proto"):
        yield from _of_proto(text)
    else:
        opens, value = (_CLASS, _VALUE) if path.endswith(".py") else (_TS_ENUM, _TS_VALUE)
        place = ""
        for number, line in enumerate(text.split("\n"), 1):
            opened = opens.match(line)
            if opened:
                place = opened["name"]
            elif line.strip() and not line[:1].isspace():
                place = ""
            found = value.match(line) if place else None
            if found:
                yield Identifier(place, _plain(found["number"]), found["name"], "", number)


def _plain(number: str) -> str:
    """One spelling of a number: 1 << 3, 0x8 and 8 are the same bit."""
    base, _, shift = number.partition("<<")
    if shift:
        return str(1 << min(int(shift), 4096))
    return str(int(base, 16 if base.lower().startswith("0x") else 10))


def _of_proto(text: str) -> Iterator[Identifier]:
    stack: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        opened = _PROTO_OPEN.match(line)
        if opened:
            stack.append("" if opened["kind"] == "oneof" else opened["name"])
        place = ".".join(part for part in stack if part)
        reserved = _RESERVED.match(line)
        field = _FIELD.match(line) or _ENTRY.match(line)
        if reserved:
            for entry in reserved["what"].split(","):
                first, _, last = entry.partition("to")
                if first.strip().isdigit():
                    end = int(last) if last.strip().isdigit() else int(first)
                    for value in range(int(first), min(end, int(first) + 1000) + 1):
                        yield Identifier(place, str(value), "reserved", "", number)
        elif field and place and "=" in line:
            groups = field.groupdict()
            yield Identifier(place, groups["number"], groups["name"], groups.get("type") or "", number)
        closes = line.count("}") - (line.count("{") - (1 if opened else 0))
        for _ in range(max(closes, 0)):
            if stack:
                stack.pop()
