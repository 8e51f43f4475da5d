"""Two texts of one file, measured: which lines and words differ, and how it is encoded. Linear in their size.

Lines and words are compared as multisets, so that a move within the file is no difference. Lines first: only those that
differ are looked into. A word is a name, a number or an operator; blanks, quotes, brackets, commas and comment marks are
what a formatter may change, and are none. The words are the same for every language.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from math import ceil, inf

from blastlint.frozen import dataclass
from blastlint.parse import MAX_BYTES
from blastlint.parse.text import decode
from blastlint.regex import regex

_WORD = regex(r"[^\W\d]\w*|\d[\w.]*|[<>=!&|+*~^?%@$:.-]+|[^\w\s\"'`,;(){}\[\]#/\\]")
# Numbers, versions and digests; what is encrypted or encoded is new at every writing.
_NUMBER = regex(r"ENC\[[^][\n]*\]|[\w+/=-]{40,}|\b[0-9a-f]*\d[0-9a-f.]*\b", re.IGNORECASE)
# A tag or a digest, and the comment after it that only tells the version: pinning by the one or by the other is one text.
_PIN = regex(r"(?<=[\w}])[@:](?:sha256:)?[\w.-]*\d[\w.-]*(?:@sha256:\w+)?([\"']?)(?:\s+#\s*[\w.:-]*\d[\w.:-]*)?\s*$")
_TELLING = regex(r"\w.*?\w.*?\w.*?\w", re.DOTALL)
_CONSTANT = 0.9
_MARKS = ((b"\xef\xbb\xbf", "UTF-8 with a byte order mark"), (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))
_WIDE = regex(r"[^\x00-\x7f]")
_LOST = "�"


@dataclass(frozen=True, slots=True)
class Text:
    """One side. `encoding` and `ending` ("CRLF", "LF", "" when mixed or none) are in words."""

    text: str
    encoding: str
    ending: str


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines that are not blank, as they stand but for their ends (which `flips` tells of): how many there were and are,
    and those that went and came, each so often."""

    before: int
    after: int
    gone: Counter[str]
    born: Counter[str]

    @property
    def most(self) -> int:
        return max(self.before, self.after)

    @property
    def changed(self) -> int:
        return max(self.gone.total(), self.born.total())


@dataclass(frozen=True, slots=True)
class Words:
    """The words that went and came."""

    gone: Counter[str]
    born: Counter[str]

    @property
    def changed(self) -> int:
        return max(self.gone.total(), self.born.total())


def text_of(data: bytes | None) -> Text | None:
    """The text of a file; None for what is no text, or larger than anything is read."""
    if data is None or len(data) > MAX_BYTES:
        return None
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    if b"\0" in data[:8000] and marked != "UTF-16":
        return None
    text, inexact = decode(data)
    return Text(text, marked or ("no UTF-8" if inexact else "UTF-8"), _ending(text))


def _ending(text: str) -> str:
    lines, crlf = text.count("\n"), text.count("\r\n")
    if not lines:
        return ""
    return "CRLF" if crlf == lines else "LF" if not crlf else ""


def flips(before: Text, after: Text) -> tuple[str, ...]:
    """What changed for the whole file: line ends, encoding, characters that could not be kept."""
    found = []
    if before.ending and after.ending and before.ending != after.ending:
        found.append(f"line ends {before.ending} -> {after.ending}")
    if before.encoding != after.encoding:
        found.append(f"encoding {before.encoding} -> {after.encoding}")
    elif after.text.count(_LOST) > before.text.count(_LOST) and _others(after) < _others(before):
        found.append("characters replaced by U+FFFD")
    return tuple(found)


def _others(side: Text) -> int:
    """How many characters beyond ASCII are what somebody wrote."""
    return len(_WIDE.findall(side.text)) - side.text.count(_LOST)


def compared_lines(before: Text, after: Text) -> Lines:
    old, new = _lines(before), _lines(after)
    return Lines(old.total(), new.total(), _beyond(old, new), _beyond(new, old))


def _lines(side: Text) -> Counter[str]:
    lines = Counter(side.text.splitlines())
    for blank in [line for line in lines if not line.strip()]:
        del lines[blank]
    return lines


def _beyond(some: Counter[str], others: Counter[str]) -> Counter[str]:
    """`some - others`, where most are in both."""
    return Counter({key: more for key, count in some.items() if (more := count - others.get(key, 0)) > 0})


def compared_words(lines: Lines) -> Words:
    """The words of the lines that differ: all others have the same ones."""
    old, new = _words(lines.gone), _words(lines.born)
    return Words(_beyond(old, new), _beyond(new, old))


def _words(lines: Counter[str]) -> Counter[str]:
    return Counter(_WORD.findall("\n".join(lines.elements())))


def reordered(before: Text, after: Text) -> bool:
    """Whether the words do not follow each other as they did."""
    return _WORD.findall(before.text) != _WORD.findall(after.text)


def words_in(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))


def nested(before: Text, after: Text) -> bool:
    """Whether lines differ because they went into a block, or came out of one: nearly all that differ in indentation alone
    do so by the same amount. That is how an edit looks, and no reformat."""
    old, new = _indents(before), _indents(after)
    shifts = Counter(
        shift for line, indent in old.items() if line in new and (shift := _shift(indent, new[line])) is not None
    )
    return bool(shifts) and max(shifts.values()) >= _CONSTANT * shifts.total()


def _indents(side: Text) -> dict[str, str]:
    """The indentation of each line that occurs once."""
    lines = Counter(line.strip() for line in side.text.splitlines())
    found = ((line.strip(), line) for line in side.text.splitlines() if _TELLING.search(line))
    return {stripped: line[: line.index(stripped)] for stripped, line in found if lines[stripped] == 1}


def _shift(old: str, new: str) -> tuple[bool, str] | None:
    """(deeper, by what), None when equal. Tabs for blanks are a shift of their own for each depth."""
    if old == new:
        return None
    deeper = len(new) > len(old)
    short, long = (old, new) if deeper else (new, old)
    return deeper, long.removeprefix(short) if long.startswith(short) else f"{old}->{new}"


def telling_lines(side: Text) -> Counter[str]:
    """Lines with four letters or digits in them (`}` and `else:` prove nothing), without indentation. Every number, version
    and digest is 0: raising them on every line makes no other text."""
    return _telling(side.text.splitlines())


def _telling(lines: Iterable[str]) -> Counter[str]:
    found = (line.strip() for line in lines if _TELLING.search(line))
    return Counter(_NUMBER.sub("0", _PIN.sub(r":0\1", line)) for line in found)


def kept_share(before: Text, lines: Lines, enough: float = 2.0) -> tuple[float, int] | None:
    """(share of the telling lines before that are still there, their number); None as soon as the share is `enough`."""
    if enough < 1 and _count_telling(before, many := lines.gone.total() / (1 - enough)) >= many:
        return None  # whatever the lines tell that went
    went, came = _telling(lines.gone.elements()), _telling(lines.born.elements())
    gone, still = went.total(), (went & came).total()
    least = (gone - still) / (1 - enough) if enough < 1 else inf  # so many in all that what is lost is little
    total = _count_telling(before, least)
    if total >= least:
        return None
    return (total - gone + still) / total if total else 1.0, total


def _count_telling(side: Text, most: float) -> int:
    telling = (line for line in side.text.splitlines() if _TELLING.search(line))
    return sum(1 for _ in islice(telling, ceil(most) if most < inf else None))
