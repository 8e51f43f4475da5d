"""DNS zone files (RFC 1035, section 5, and $TTL of RFC 2308) -> KeyTree.

    {"$TTL": 3600,
     "soa": {"primary": "ns1", "contact": "admin", "serial": 7, "refresh_interval": 7200, "retry_interval": 900,
             "expiry": 1209600, "negative_ttl": 300},
     "records": {"www A": {"targets": ["192.0.2.1"], "ttl": 300}}}

Names are relative to the zone (`@` is the zone itself), whatever $ORIGIN and dots they are written with: the zone is the
first $ORIGIN, else what the file is named for. Times are seconds; a record has a `ttl` where it is not that of the zone.
What $INCLUDE and $GENERATE bring is not read, and makes the coverage partial.
"""

from __future__ import annotations

from collections.abc import Iterator

from blastlint.frozen import dataclass
from blastlint.model import Document, Scalar, Side, Value
from blastlint.parse.keytree import MAX_NODES, TOO_LARGE, Reading
from blastlint.parse.text import decode
from blastlint.regex import regex

_TOKEN = regex(r'"(?:[^"\\\n]|\\.)*"|[^\s;()"]+|[();]')
_TIME = regex(r"^(?:\d+[smhdw]?)+$", 2)  # re.IGNORECASE
_TIME_PART = regex(r"(\d+)([smhdw]?)", 2)
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_CLASSES = frozenset({"IN", "CH", "HS", "CS"})
_NAMING = frozenset({"CNAME", "NS", "PTR", "MX", "SRV", "DNAME", "ALIAS", "ANAME"})  # whose last word is a name
_SOA = ("primary", "contact", "serial", "refresh_interval", "retry_interval", "expiry", "negative_ttl")
_TYPE = regex(r"^[A-Z][A-Z0-9-]*$", 2)


@dataclass(frozen=True, slots=True)
class _Word:
    """One word and where it starts."""

    text: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry, brackets undone: its words, and whether it starts with a blank."""

    words: tuple[_Word, ...]
    indented: bool


def parse(path: str, side: Side, data: bytes) -> Document:
    """The Document of one zone file; its content is a KeyTree of one document."""
    text, reason = decode(data)
    reading = Reading(path, side, "zone", reason=reason)
    zone = _Zone(reading, _named_for(path))
    for entry in _entries(text):
        zone.add(entry)
        if reading.nodes > MAX_NODES:
            reading.partial(TOO_LARGE, entry.words[0].line)
            break
    reading.documents.append(zone.tree(max(text.count("\n"), 1)))
    return reading.document()


def _named_for(path: str) -> str:
    """The zone that a file is named for: `db.acme.org` and `acme.org.zone` are acme.org's."""
    name = path.rpartition("/")[2].removeprefix("db.")
    for suffix in (".zone", ".db", ".hosts", ".txt"):
        name = name.removesuffix(suffix)
    return f"{name.lower()}." if "." in name else ""


def _entries(text: str) -> Iterator[_Entry]:
    words: list[_Word] = []
    depth, indented = 0, False
    for number, line in enumerate(text.split("\n"), 1):
        if not depth:
            words, indented = [], line[:1] in (" ", "\t")
        for token in _TOKEN.finditer(line):
            if token[0] == ";":
                break
            if token[0] in "()":
                depth = depth + 1 if token[0] == "(" else max(depth - 1, 0)
            else:
                words.append(_Word(token[0], number, token.start() + 1))
        if not depth and words:
            yield _Entry(tuple(words), indented)
            words = []


class _Zone:
    """What has been read of one zone so far."""

    def __init__(self, reading: Reading, origin: str) -> None:
        self.reading = reading
        self.apex = self.origin = origin
        self.owner = "@"
        self.ttl: Value | None = None
        self.soa: dict[str, Value] = {}
        self.records: dict[str, dict[str, Value]] = {}

    def add(self, entry: _Entry) -> None:
        first, *rest = entry.words
        directive = first.text.upper()
        if directive == "$ORIGIN" and rest:
            self.origin = self._full(rest[0].text.lower())
            if not self.records and not self.soa:
                self.apex = self.origin
        elif directive == "$TTL" and rest:
            self.ttl = self._value(_seconds(rest[0].text), rest[0])
        elif directive.startswith("$"):
            self.reading.partial(f"what {directive} brings is not read", first.line)
        else:
            self._record(list(entry.words), entry.indented)

    def _record(self, words: list[_Word], indented: bool) -> None:
        line = words[0].line
        if not indented:
            self.owner = self._relative(words.pop(0).text.lower())
        ttl: _Word | None = None
        while words and (words[0].text.upper() in _CLASSES or _TIME.match(words[0].text)):
            word = words.pop(0)
            ttl = ttl if word.text.upper() in _CLASSES else word
        if len(words) < 2 or not _TYPE.match(words[0].text):
            self.reading.partial("a line that is no record", line)
            return
        kind, data = words[0].text.upper(), words[1:]
        if kind == "SOA":
            self.soa = {n: self._value(self._of_soa(n, w.text), w) for n, w in zip(_SOA, data, strict=False)}
            return
        texts = [word.text for word in data]
        if kind in _NAMING:
            texts[-1] = self._relative(texts[-1].lower())
        record = self.records.setdefault(f"{self.owner} {kind}", {})
        known = record["targets"].elements if "targets" in record else ()
        target = self._value(" ".join(texts), data[0])
        record["targets"] = Value((*known, target), unordered=True, region=(*known, target)[0].region)
        seconds = _seconds(ttl.text) if ttl is not None else None
        if ttl is not None and (self.ttl is None or seconds != self.ttl.scalar):
            record["ttl"] = self._value(seconds, ttl)

    def _of_soa(self, name: str, word: str) -> Scalar:
        if name in ("primary", "contact"):
            return self._relative(word.lower())
        return int(word) if name == "serial" and word.isdecimal() and len(word) < 20 else _seconds(word)

    def _full(self, name: str) -> str:
        if name.endswith("."):
            return name
        return self.origin if name == "@" else f"{name}.{self.origin}"

    def _relative(self, name: str) -> str:
        """A name as the zone sees it; one outside of it keeps its dot."""
        full = self._full(name)
        if full == self.apex:
            return "@"
        return full.removesuffix(f".{self.apex}") if self.apex else full.rstrip(".")

    def _value(self, data: Scalar, word: _Word) -> Value:
        self.reading.nodes += 1
        end = word.line, word.column + len(word.text)
        return Value(data, region=self.reading.region((word.line, word.column), end))

    def tree(self, lines: int) -> Value:
        root: dict[str, Value] = {} if self.ttl is None else {"$TTL": self.ttl}
        if self.soa:
            root["soa"] = Value(self.soa, region=next(iter(self.soa.values())).region)
        if self.records:
            records = {name: Value(record, region=record["targets"].region) for name, record in self.records.items()}
            root["records"] = Value(records, region=next(iter(records.values())).region)
        return Value(root, region=self.reading.region((1, 1), (lines + 1, 1)))


def _seconds(text: str) -> Scalar:
    """A time in seconds; what is none stays as it is."""
    if not _TIME.match(text) or len(text) > 20:
        return text
    return sum(int(number) * _SECONDS[unit.lower()] for number, unit in _TIME_PART.findall(text))
