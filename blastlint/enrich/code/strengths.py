"""Numbers that say how much a protection takes: rounds of a hash, bytes of a token, the life of a session, the size of a
request. A `hardening` fact where one is much weaker than it was. Rows of facts/calls.json: strengths.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from blastlint.enrich.code.hardening import weakened
from blastlint.enrich.code.pairs import Pair
from blastlint.enrich.code.timeouts import number
from blastlint.facts.calls import rows
from blastlint.facts.units import comparable
from blastlint.frozen import dataclass
from blastlint.model import Fact
from blastlint.parse.code import Shape
from blastlint.regex import regex

_SCREEN = regex(
    rb"(?i)(pbkdf2|scrypt|iterations?|random|token|urandom|nanoid|key_?(size|length|bits|pair)|generate_?\w*key|initialize|modulus"
    rb"|(memory|time)_?cost|expir\w*|lifetime|session|max_?age|ttl|limit|max|points|requests|burst|(body|request|upload|file)_?size"
    rb"|content_length)[^\n]*\d"
)
_QUOTED = regex(r"^[rb]*([\"'`])(.*)\1$")


@dataclass(frozen=True, slots=True)
class _Number:
    """A number by where it stands: a setting of something, or the place among the arguments of a call."""

    owner: str
    key: str
    text: str
    at: object


def facts(pair: Pair) -> Iterator[Fact]:
    """At most one `hardening` fact."""
    if pair.is_new or pair.scope.is_test(pair.change.path) or not (
        pair.touches(_SCREEN, "before") and pair.touches(_SCREEN, "after")
    ):
        return
    before = {(n.owner, n.key): n for n in _numbers(pair.before)}
    for new in _numbers(pair.after):
        old = before.get((new.owner, new.key))
        if old is None or old.text == new.text:
            continue
        for row in rows("strengths"):
            if re.search(row["owner"], new.owner) and re.search(row["key"], new.key):
                told, tells = _amounts(old.text, new.text, new.key)
                falls, by = row["worse"] == "less", float(row["by"])
                if told and tells and (told / tells if falls else tells / told) >= by:
                    name = new.owner.rpartition(".")[2] if new.key.isdigit() else new.key
                    setting = f"{name} {new.text} where it was {old.text}"
                    yield weakened(
                        pair, name, setting, old.text, row["what"], after=new.text, number=True,
                        old=pair.region("before", old.at), new=pair.region("after", new.at),
                    )  # fmt: skip
                    return
                break


def _numbers(shape: Shape) -> Iterator[_Number]:
    for option in shape.options:
        yield _Number(option.owner, option.key, option.value, option.at)
    for call in shape.calls:
        for place, argument in enumerate(call.arguments):
            yield _Number(call.name, str(place), argument, call.at)


def _amounts(before: str, after: str, name: str) -> tuple[float | None, float | None]:
    """What two texts come to: `"100kb"`, `"15m"`, `60 * 60`, `timedelta(minutes=15)`; None for what is no number, or where
    one cannot be held against the other."""
    quoted = _QUOTED.match(before), _QUOTED.match(after)
    if quoted[0] is not None and quoted[1] is not None:
        both = comparable(quoted[0][2], quoted[1][2], name)
        return (both[0].number, both[1].number) if both is not None else (None, None)
    return number(before), number(after)
