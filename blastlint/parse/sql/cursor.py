"""Walking over the tokens of one statement."""

from __future__ import annotations

from collections.abc import Sequence

from blastlint.migration import plain
from blastlint.parse.sql.tokens import Token

_END = Token("mark", "", "", 0, 0)
_OPEN, _CLOSE = "(", ")"


class Cursor:
    """A place in a list of tokens. Every reader moves forward only, and stands still where nothing fits."""

    def __init__(self, tokens: Sequence[Token], at: int = 0) -> None:
        self.tokens = tokens
        self.at = at

    @property
    def done(self) -> bool:
        return self.at >= len(self.tokens)

    @property
    def token(self) -> Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else _END

    @property
    def upper(self) -> str:
        return self.token.upper

    def ahead(self, count: int = 1) -> str:
        """The word `count` tokens further on, in capitals."""
        index = self.at + count
        return self.tokens[index].upper if index < len(self.tokens) else ""

    def take(self, *words: str) -> bool:
        """Moves past the words when exactly they stand here."""
        if all(self.ahead(i) == word for i, word in enumerate(words)):
            self.at += len(words)
            return True
        return False

    def one_of(self, *words: str) -> str:
        """Moves past one of the words, and says which; "" where none stands here."""
        found = self.upper
        if found and found in words:
            self.at += 1
            return found
        return ""

    def name(self) -> str:
        """A qualified name in its one spelling; "" where none stands here."""
        parts: list[str] = []
        while self.token.kind in ("word", "name") and not (self.token.kind == "word" and not self.token.value):
            parts.append(self.token.value)
            self.at += 1
            if self.upper != ".":
                break
            while self.upper == ".":
                self.at += 1
        return plain(".".join(parts))

    def names(self) -> list[str]:
        """Names divided by commas."""
        found = [self.name()]
        while self.upper == "," and found[-1]:
            self.at += 1
            found.append(self.name())
        return [n for n in found if n]

    def group(self) -> Sequence[Token]:
        """What stands between the brackets that open here; empty, and no move, where none does."""
        if self.upper != _OPEN:
            return ()
        start, depth = self.at + 1, 0
        while not self.done:
            depth += {_OPEN: 1, _CLOSE: -1}.get(self.upper, 0)
            self.at += 1
            if depth == 0:
                return self.tokens[start : self.at - 1]
        return self.tokens[start:]

    def rest(self) -> Sequence[Token]:
        return self.tokens[self.at :]

    def has(self, *words: str) -> bool:
        """Whether the words stand one behind the other anywhere further on, outside brackets."""
        return find(self.rest(), *words) >= 0


def find(tokens: Sequence[Token], *words: str) -> int:
    """The index at which the words stand outside brackets, or -1."""
    depth = 0
    for index, token in enumerate(tokens):
        if depth == 0 and all(
            index + i < len(tokens) and tokens[index + i].upper == word for i, word in enumerate(words)
        ):
            return index
        depth += {_OPEN: 1, _CLOSE: -1}.get(token.upper, 0)
    return -1


def parts(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """The stretches between commas that stand outside brackets; none empty."""
    found: list[Sequence[Token]] = []
    depth = start = 0
    for index, token in enumerate(tokens):
        depth += {_OPEN: 1, _CLOSE: -1}.get(token.upper, 0)
        if token.upper == "," and depth == 0:
            found.append(tokens[start:index])
            start = index + 1
    found.append(tokens[start:])
    return [part for part in found if part]


def words_of(tokens: Sequence[Token]) -> str:
    """The tokens as one line in one spelling: words in small letters, no blanks within brackets."""
    out: list[str] = []
    for token in tokens:
        text = f"'{token.value}'" if token.kind == "string" else token.value.lower()
        if out and text not in (",", ")", "(", ".", "]", "[") and not out[-1].endswith(("(", ".", ",", "[")):
            out.append(" ")
        out.append(text)
    return "".join(out)
