"""Configuration of directives and blocks -> KeyTree: nginx, Caddy, Apache, HAProxy, sshd and their like, by one grammar.

    {"server": {"listen": "443 ssl", "location /api": {"deny": "all"}}}

A directive is its first word with the rest as its value, a block the words before it with a map. What is given several times
is a list. A directive ends at `;` in a file whose lines do (nginx), else with its line; `\\` at the end goes on. A block is
what stands in `{ }`, between `<Name args>` and `</Name>`, or deeper below a line that is not indented (HAProxy, `Match` of
sshd). `#` begins a comment. Quotes keep blanks, braces and `;`; `{name}` and `${name}` within a word are text,
and so is what a template puts there (`{{ name }}`, `<%= name %>`); its other tags are blanks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from blastlint.frozen import dataclass
from blastlint.model import Value, scalar_text
from blastlint.parse.keytree import MAX_DEPTH, MAX_NODES, TOO_DEEP, TOO_LARGE, Reading
from blastlint.regex import regex

_WORD = regex(
    r"""(?P<blank>[ \t]+|\\$|\{%.{0,500}?%\}|<%(?!=).{0,500}?%>|\{\#.{0,500}?\#\})|(?P<comment>\#.*)|(?P<end>;)"""
    r"""|(?P<open>\{(?=\s|$))|(?P<close>\}(?=[\s;]|$))"""
    r"""|(?P<word>(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\{\{[^{}]*\}\}|<%=.{0,500}?%>|\$?\{[^\s{}]*\}|\\.|[^\s;{}"'\\]"""
    r"""|[{}](?=[^\s;])|["'])+)|(?P<other>.)"""
)
_TAG = regex(r"^\s*<(?P<close>/)?(?P<name>[A-Za-z][\w.-]*)(?P<args>[^>]*)>\s*$")
_INDENTED = regex(r"^[ \t]+[^\s#]", 8)  # re.MULTILINE


@dataclass(slots=True)
class _Block:
    """A block that is being read: its entries by name, and the column from which lines belong to it where that decides."""

    name: str
    line: int
    entries: dict[str, list[Value]]
    indent: int = -1


def nests(text: str) -> bool:
    """Whether directives stand deeper below others in a file without `{ }` and tags."""
    return _INDENTED.search(text) is not None


def read(reading: Reading, lines: Sequence[str]) -> None:
    """Add the one document of these lines to `reading`."""
    _Reader(reading, lines).read()


class _Reader:
    def __init__(self, reading: Reading, lines: Sequence[str]) -> None:
        self.reading, self.lines = reading, lines
        code = [line.partition("#")[0].rstrip() for line in lines]
        told = [line for line in code if line and not line.endswith(("{", "}"))]
        ends = sum(line.endswith(";") for line in told)
        self.ended = bool(ends) and 2 * ends >= len(told)
        self.by_indent = not any(line.endswith("{") or _TAG.match(line) for line in code)
        self.stack = [_Block("", 1, {})]
        self.words: list[str] = []
        self.start = (1, 1)

    def read(self) -> None:
        for number, line in enumerate(self.lines, 1):
            tag = _TAG.match(line) if not self.words else None
            if tag is not None:
                self._tag(tag["name"], tag["args"].strip(), bool(tag["close"]), number)
            else:
                self._line(line, number)
            if self.reading.nodes > MAX_NODES:
                self.reading.partial(TOO_LARGE, number)
                break
        self._directive(len(self.lines))
        if len(self.stack) > 1 and not self.by_indent:
            self.reading.partial("a block that is not closed", self.stack[-1].line)
        while len(self.stack) > 1:
            self._close(len(self.lines))
        whole = self.reading.region((1, 1), (max(len(self.lines), 1), len(self.lines[-1]) + 1 if self.lines else 1))
        self.reading.documents.append(Value(_joined(self.stack[0].entries), region=whole))

    def _line(self, line: str, number: int) -> None:
        indent = len(line) - len(line.lstrip())
        if self.by_indent and not self.words and indent < len(line) and line[indent] != "#":
            while len(self.stack) > 1 and indent < self.stack[-1].indent:
                self._close(number - 1)
        for match in _WORD.finditer(line):
            kind = match.lastgroup
            if kind == "comment":
                break
            if kind == "end":
                self._directive(number)
            elif kind == "open":
                self._open(" ".join(self.words), number)
            elif kind == "close":
                self._directive(number)
                if len(self.stack) > 1:
                    self._close(number)
                else:
                    self.reading.partial("a block that was never opened", number)
            elif kind in ("word", "other"):
                if not self.words:
                    self.start = (number, match.start() + 1)
                self.words.append(match[0])
        if self.words and not self.ended and not line.endswith("\\"):
            deeper = self.by_indent and self._goes_deeper(number, indent)
            if deeper:
                self._open(" ".join(self.words), number, deeper)
            else:
                self._directive(number)

    def _goes_deeper(self, number: int, indent: int) -> int:
        """The indentation of the next line that says something, where it is deeper; else 0."""
        for line in self.lines[number:]:
            text = line.lstrip()
            if text and text[0] != "#":
                return len(line) - len(text) if len(line) - len(text) > indent else 0
        return 0

    def _tag(self, name: str, args: str, closes: bool, number: int) -> None:
        if not closes:
            self._open(f"{name} {args}".strip(), number)
        elif len(self.stack) > 1 and self.stack[-1].name.partition(" ")[0].lower() == name.lower():
            self._close(number)
        else:
            self.reading.partial("a block that was never opened", number)

    def _open(self, name: str, number: int, indent: int = -1) -> None:
        if len(self.stack) > MAX_DEPTH:
            self.reading.partial(TOO_DEEP, number)
        self.stack.append(_Block(name, self.start[0] if self.words else number, {}, indent))
        self.words = []

    def _close(self, number: int) -> None:
        block = self.stack.pop()
        region = self.reading.region((block.line, 1), (number, len(self.lines[number - 1]) + 1))
        self._add(block.name, Value(_joined(block.entries), region=region))

    def _directive(self, number: int) -> None:
        if self.words:
            name, *rest = (_bare(word) for word in self.words)
            if rest[:1] in (["="], [":"], ["=>"]):
                rest = rest[1:]
            end = (number, len(self.lines[number - 1].rstrip()) + 1)
            self._add(name, Value(" ".join(rest) if rest else None, region=self.reading.region(self.start, end)))
            self.words = []

    def _add(self, name: str, value: Value) -> None:
        self.reading.nodes += 1
        self.stack[-1].entries.setdefault(name, []).append(value)


def _bare(word: str) -> str:
    """A word without the quotes that it does not need to be one."""
    return word[1:-1] if len(word) > 1 and word[0] in "\"'" and word[-1] == word[0] else word


def _joined(entries: dict[str, list[Value]]) -> dict[str, Value]:
    return {name: v[0] if len(v) == 1 else Value(tuple(v), region=v[0].region) for name, v in entries.items()}


def directives(root: Value, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str, str, Value]]:
    """(blocks, directive, arguments, value) of every directive of such a tree."""
    for name, value in root.items.items():
        for each in value.elements or (value,):
            if each.is_map:
                yield from directives(each, (*above, name))
            else:
                yield above, name, scalar_text(each), each
