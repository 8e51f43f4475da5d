"""`hidden-text` facts: characters that a reader does not see and a machine reads, newly there.

| sort | what |
|---|---|
| tags | U+E0000 to U+E007F and variation selectors in a row: whole sentences that no editor shows |
| bidi | overrides and isolates: what is shown is not the order that is read |
| zero-width | blanks without width between letters |
| look-alikes | words of Latin letters with a Cyrillic or Greek one that looks the same |

Emoji sequences, flags, joiners in scripts that need them, and byte order marks are none of these.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from blastlint.enrich.breadth.texts import text_of
from blastlint.enrich.context import Context
from blastlint.model import Change, Fact, Region
from blastlint.regex import regex

_TAGS = regex(
    "(?<![\U0001f3f4\U000e0020-\U000e007e])[\U000e0000-\U000e007f]+|[\U000e0100-\U000e01ef]{2,}|[\ufe00-\ufe0e]{3,}"
)
_BIDI = regex("[\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = regex("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_ZERO = regex("(?<=[!-~])[\u200b-\u200d\u2060\u2062-\u2064]+(?=[!-~])|[\u200b-\u200d\u2060\u2062-\u2064]{4,}")
# Cyrillic and Greek letters that cannot be told from Latin ones.
_ALIKE = "аеорсухіјѕԁһԛԝАВЕКМНОРСТУХІЈЅοΟΑΒΕΖΗΙΚΜΝΡΤΥΧ"
_MIXED = regex(f"[A-Za-z_][A-Za-z0-9_]*[{_ALIKE}][A-Za-z0-9_{_ALIKE}]*|[{_ALIKE}]+[A-Za-z_][A-Za-z0-9_{_ALIKE}]*")
_OTHER_LETTERS = regex("[\u0400-\u04ff\u0370-\u03ff]")
_CATALOGUE = regex(
    r"(^|/)(locales?|i18n|l10n|lang|langs|languages|translations?|messages|po)/|\.(po|pot|arb|xlf|xliff|strings)$"
)
_SORTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("tags", _TAGS),
    ("bidi", _BIDI),
    ("zero-width", _ZERO),
    ("look-alikes", _MIXED),
)
_WORDS = {
    "tags": "invisible tag characters",
    "bidi": "characters that turn the direction of the text",
    "zero-width": "characters without width",
    "look-alikes": "letters of another alphabet that look Latin",
}


def facts(change: Change, data: bytes, for_agents: bool, context: Context) -> Iterator[Fact]:
    """At most one fact of one changed file, of its gravest sort. `data` is the file after, `for_agents` whether agents take
    it for instructions."""
    if _CATALOGUE.search(change.path):
        return
    new = text_of(data)
    old = text_of(context.before.tree.read(change.before.address)) if change.before is not None else None
    if new is None:
        return
    known = Counter(found for _, _, found in _hidden(old.text)) if old is not None else Counter[str]()
    born: list[tuple[str, int, str]] = []
    for sort, line, text in _hidden(new.text):
        if known[text]:
            known[text] -= 1
        else:
            born.append((sort, line, text))
    if not born:
        return
    order = [sort for sort, _ in _SORTS]
    worst = min(born, key=lambda b: (order.index(b[0]), b[1]))
    said = _spelled("".join(text for sort, _, text in born if sort == "tags"))
    where = f"line {worst[1]}" + (f" and {len(born) - 1} more place{'s' if len(born) > 2 else ''}" if len(born) > 1 else "")
    shown = f', which spell "{said}"' if said else f" ({worst[2]!r})" if worst[0] == "look-alikes" else ""
    yield Fact(
        "hidden-text",
        {
            "sort": worst[0],
            "count": len(born),
            "longest": max(len(text) for _, _, text in born),
            "agent_file": for_agents,
            "language": change.entity.type,
            "summary": f"{_WORDS[worst[0]]} in {where}{shown}",
        },
        worst[0],
        after=Region("after", change.path, worst[1]),
    )


def _hidden(text: str) -> Iterator[tuple[str, int, str]]:
    """(sort, line from 1, the characters) of everything that is hidden."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.isascii():
            continue
        for sort, pattern in _SORTS:
            if sort == "bidi" and _RIGHT_TO_LEFT.search(line):
                continue  # such scripts need them
            for match in pattern.finditer(line):
                if sort != "look-alikes" or _is_disguised(match[0]):
                    yield sort, number, match[0]


def _is_disguised(word: str) -> bool:
    """Whether only letters that look Latin are of another alphabet, and fewer than the Latin ones."""
    others = _OTHER_LETTERS.findall(word)
    latin = sum(c.isascii() and c.isalpha() for c in word)
    return bool(others) and all(c in _ALIKE for c in others) and latin >= 2 and len(others) < latin


def _spelled(tags: str) -> str:
    """What tag characters say, as far as it is printable."""
    text = "".join(chr(ord(c) - 0xE0000) for c in tags if 0xE0020 <= ord(c) <= 0xE007E)
    return text if len(text) <= 60 else text[:59] + "…"
