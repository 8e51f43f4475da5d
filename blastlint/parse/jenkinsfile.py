"""Declarative Jenkinsfiles -> KeyTree: {stages: {name: {scripts, input, when, nonblocking}}, triggers}. Groovy is not
parsed: blocks are found by their braces, with strings and comments known, and what is no declaration is left alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from blastlint.model import Block, Document, Region, Side, Value
from blastlint.parse.keytree import KeyTree
from blastlint.parse.text import decode
from blastlint.regex import regex

_TOKEN = regex(
    r"//[^\n]*|/\*.*?\*/|'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|[{}]",
    re.DOTALL,
)
_HEAD = regex(r"(?:^|[\n;{}])[ \t]*([a-zA-Z]\w*)[ \t]*(?:\(([^()]*)\))?[ \t]*$")
_SHELL = regex(r"(?:^|[\s(;{])(sh|bat|powershell|pwsh)[ \t]*\(?[ \t]*(?:script[ \t]*:[ \t]*)?$")
_LANGUAGES = {"powershell": "powershell", "pwsh": "powershell"}  # step -> what its text is; else the shell's
_LENIENT = regex(r"\bcatchError\b|\breturnStatus\s*:\s*true|\bwarnError\b|\bunstable\b")
_MAX_BLOCKS = 20_000


def parse(path: str, side: Side, data: bytes) -> Document:
    """The Document of a Jenkinsfile; its content is a KeyTree of one document."""
    text, reason = decode(data)
    text = text.replace("\r\n", "\n")
    tree = _Reader(path, side, text).tree()
    return Document(path, side, "jenkinsfile", KeyTree((tree,)), (), "partial" if reason else "full", reason)


class _Reader:
    """One pass over the braces. `stack` holds (word, argument, offset of its body) of the open blocks."""

    def __init__(self, path: str, side: Side, text: str) -> None:
        self.path, self.side, self.text = path, side, text
        self.stack: list[tuple[str, str, int]] = []
        self.stages: dict[str, dict[str, Value]] = {}
        self.scripts: dict[str, list[Value]] = {}
        self.triggers: list[Value] = []

    def tree(self) -> Value:
        brace = 0  # where the last brace ended: what stands between it and the next one names the block
        for match in self._tokens():
            token = match.group()
            if token == "{":
                head = _HEAD.search(self.text[max(brace - 1, 0) : match.start()][-500:])
                word, argument = (head.group(1), (head.group(2) or "").strip("'\" ")) if head else ("", "")
                if word == "stage" and argument not in self.stages:
                    self.stages[argument] = {}
                if word == "input" and self._stage():
                    self.stages[self._stage()]["input"] = Value(
                        "input", region=self._region(match.start(), match.end())
                    )
                self.stack.append((word, argument, match.end()))
            elif token == "}":
                if self.stack:
                    self._closed(*self.stack.pop(), match.start())
            elif token[0] in "'\"":
                self._string(match, self.text[max(brace - 1, 0) : match.start()][-200:])
            if token in "{}":
                brace = match.end()
        whole = self._region(0, len(self.text))
        entries = {
            name: Value({**found, "scripts": Value(tuple(self.scripts.get(name, ())))}, region=self._place(name))
            for name, found in self.stages.items()
        }
        return Value({"stages": Value(entries), "triggers": Value(tuple(self.triggers))}, region=whole)

    def _tokens(self) -> Iterator[re.Match[str]]:
        for number, match in enumerate(_TOKEN.finditer(self.text)):
            if number > _MAX_BLOCKS:
                return
            yield match

    def _stage(self) -> str:
        return next((argument for word, argument, _ in reversed(self.stack) if word == "stage"), "")

    def _closed(self, word: str, argument: str, start: int, end: int) -> None:
        body = self.text[start:end]
        if word == "when" and self._stage():
            self.stages[self._stage()]["when"] = Value(" ".join(body.split()), region=self._region(start, end))
        elif word == "stage" and argument in self.stages:
            found = _LENIENT.search(body)
            if found is not None and "stage(" not in body:
                self.stages[argument]["nonblocking"] = Value(found.group().split("(")[0])
            if re.search(r"(^|\s)input[ \t(]", body) and "stage(" not in body:
                self.stages[argument].setdefault("input", Value("input"))
        elif word == "triggers":
            self.triggers += [Value(event) for event in re.findall(r"^\s*(\w+)", body, re.MULTILINE)]

    def _string(self, match: re.Match[str], before: str) -> None:
        stage = self._stage()
        step = _SHELL.search(before)
        if not stage or step is None:
            return
        token = match.group()
        width = 3 if token[:3] in ("'''", '"""') else 1
        text = token[width:-width]
        if token[0] == '"':
            text = re.sub(r"\$\{(?:env|params)\.(\w+)\}", r"${\1}", text)
        start = match.start() + width
        line = self._position(start)[0]
        block = Block("literal", line, 0) if width == 3 else None
        value = Value(text, region=self._region(start, match.end() - width), block=block)
        language = Value(_LANGUAGES.get(step[1], "shell"))
        self.scripts.setdefault(stage, []).append(Value({"language": language, "text": value}))

    def _place(self, stage: str) -> Region:
        at = max(self.text.find(f"'{stage}'"), self.text.find(f'"{stage}"'), 0)
        return self._region(at, at + 1)

    def _region(self, start: int, end: int) -> Region:
        return Region(self.side, self.path, *self._position(start), *self._position(end))

    def _position(self, offset: int) -> tuple[int, int]:
        line = self.text.count("\n", 0, offset)
        return line + 1, offset - (self.text.rfind("\n", 0, offset) + 1) + 1
