"""Words of the bash syntax tree -> parts, arguments, and the text that is shown."""

from __future__ import annotations

import re

import tree_sitter

from blastlint.parse.command_line import Arg
from blastlint.parse.shell_values import Part, Parts, origin_of
from blastlint.parse.source_text import SourceText
from blastlint.regex import regex

Node = tree_sitter.Node
_QUOTES = regex(r"(?<!\\)[\"']")
_ESCAPE = regex(r"\\(\n|.)", re.DOTALL)
_ESCAPE_IN_STRING = regex(r'\\(\n|[$`"\\])')
_MKTEMP = regex(r"^\s*(mktemp|tempfile)\b|\bmktemp\b")
# Programs whose output is never empty when they can be run at all.
_FULL = regex(
    r"(^|[;&|]\s*)(pwd|dirname|basename|realpath|readlink|date|whoami|id|uname|nproc|hostname|seq|wc|arch)\b[^;&|]*$"
)
_OPERATORS = frozenset({":-", "-", ":=", "=", ":?", "?", ":+", "+"})
_STAND_IN = regex(r"\$\{(E\d+_*)\}")  # what stands for an expression of a CI system
_ARRAY = regex(r"\"?\$\{(\w+)\[[@*]\]\}\"?")
QUOTES = {"string": '"', "raw_string": "'", "ansi_c_string": "$'"}
_READERS = frozenset({"read", "mapfile", "readarray", "getopts", "printf", "source", "."})


def assigned_names(root: Node, text: str) -> frozenset[str] | None:
    """Every name that the script assigns; None when it reads another script, which may assign anything."""
    names: set[str] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if node.type == "variable_assignment" or node.type == "for_statement":
            name = node.child_by_field_name("name") or node.child_by_field_name("variable")
            if name is not None:
                names.add(text[name.start_byte : name.end_byte])
        elif node.type == "declaration_command":
            names.update(text[c.start_byte : c.end_byte] for c in node.children if c.type == "variable_name")
        elif node.type == "command":
            words = text[node.start_byte : node.end_byte].split()
            if words and words[0] in _READERS:
                if words[0] in ("source", "."):
                    return None
                names.update(w.strip("'\"") for w in words[1:] if w[:1].isalpha() or w[:1] == "_")
        stack += node.children
    return frozenset(names)


class Words:
    """Reads words of one script. `assigned` is what `assigned_names` says of it."""

    def __init__(self, source: SourceText, expressions: dict[str, str], remote: bool) -> None:
        self.source = source
        self.expressions = expressions
        self.remote = remote
        self.assigned: frozenset[str] | None = frozenset()

    def text(self, node: Node) -> str:
        return self.source.text[node.start_byte : node.end_byte]

    def shown(self, start: int, end: int) -> str:
        """A stretch of the script on one line, as written."""
        text = self.source.text[start:end].replace("\\\n", " ")
        if self.expressions and "${E" in text:
            text = _STAND_IN.sub(lambda m: self.expressions.get(m.group(1), m.group(0)), text)
        return " ".join(text.split())

    def arg(self, node: Node, env: dict[str, Parts]) -> Arg:
        parts = self.parts(node, env)
        text = self.shown(node.start_byte, node.end_byte)
        quote = QUOTES.get(node.type, "")
        if quote and len(text) > 1:
            text = text.lstrip("$")[1:-1]
        value = parts[0].text if len(parts) == 1 else "".join(p.text for p in parts)
        text = _QUOTES.sub("", text) if node.type == "concatenation" else text
        return Arg(parts, text, value, node.start_byte, node.end_byte, quote)

    def array(self, node: Node) -> str:
        """The name of the array that a word stands for: `"${args[@]}"` -> args; "" for every other word."""
        text = self.text(node)
        match = _ARRAY.fullmatch(text) if text[-4:] in ("[@]}", '@]}"', "[*]}", '*]}"') else None
        return match.group(1) if match else ""

    def inner(self, start: int, end: int, quote: str) -> SourceText:
        """What stands between the quotes of a word, unescaped and still placed."""
        if not quote:
            return self.source.slice(start, end)
        piece = self.source.slice(start + len(quote), end - 1)
        spans = [(m.start(), m.start() + 1) for m in _ESCAPE_IN_STRING.finditer(piece.text)] if quote == '"' else []
        return piece.without(spans) if spans else piece

    def parts(self, node: Node, env: dict[str, Parts]) -> Parts:
        kind = node.type
        if kind == "word":
            text = self.text(node)
            return (
                Part(_ESCAPE.sub(lambda m: "" if m.group(1) == "\n" else m.group(1), text) if "\\" in text else text),
            )
        if kind == "raw_string":
            return (Part(self.text(node)[1:-1], quoted=True),)
        if kind == "ansi_c_string":
            return (Part(self.text(node)[2:-1].replace("\\n", "\n").replace("\\'", "'"), quoted=True),)
        if kind == "string":
            return self._string(node, env)
        if kind in ("concatenation", "command_name", "array"):
            return tuple(p for c in node.named_children for p in self.parts(c, env))
        if kind == "simple_expansion":
            return self._variable(self.text(node).lstrip("$"), self.text(node), env)
        if kind == "expansion":
            return self._expansion(node, env)
        if kind == "command_substitution":
            return (self._substitution(node),)
        if kind in ("arithmetic_expansion", "process_substitution"):
            return (Part(self.text(node), "guarded"),)
        return (Part(self.text(node)),)

    def _string(self, node: Node, env: dict[str, Parts]) -> Parts:
        """A double-quoted string; what the grammar gives no node (spaces between expansions) is literal too."""
        parts: list[Part] = []
        at, end = node.start_byte + 1, node.end_byte - 1
        for child in node.named_children:
            if child.type == "string_content":
                continue
            if child.start_byte > at:
                parts.append(self._literal(at, child.start_byte))
            parts += self.parts(child, env)
            at = child.end_byte
        if end > at:
            parts.append(self._literal(at, end))
        return tuple(parts) or (Part("", quoted=True),)

    def _literal(self, start: int, end: int) -> Part:
        text = self.source.text[start:end]
        if "\\" in text:
            text = _ESCAPE_IN_STRING.sub(lambda m: "" if m.group(1) == "\n" else m.group(1), text)
        return Part(text, quoted=True)

    def _variable(self, name: str, text: str, env: dict[str, Parts]) -> Parts:
        if name in self.expressions:
            expression = self.expressions[name]
            temporary = "runner.temp" in expression
            return (Part(expression, "temporary" if temporary else "expression", name=name),)
        if name in env:
            found = env[name]
            return found if sum(len(p.text) for p in found) < 4096 else (Part(text, "assigned", name=name),)
        origin = origin_of(name)
        if origin == "unset" and (self.assigned is None or name in self.assigned):
            origin = "assigned"
        return (Part(text, origin, name=name),)

    def _expansion(self, node: Node, env: dict[str, Parts]) -> Parts:
        text = self.text(node)
        variable = next(
            (c for c in node.named_children if c.type in ("variable_name", "special_variable_name", "subscript")), None
        )
        if variable is None:
            return (Part(text, "guarded"),)
        name = self.text(variable)
        if variable.type == "subscript":
            name = name.split("[", 1)[0]
        own = self._variable(name, text, env)
        operator = next((c for c in node.children if c.type in _OPERATORS), None)
        if operator is not None:
            return self._defaulted(node, operator, own, text, name, env)
        plain = text.strip("${}")
        if plain == name or re.fullmatch(re.escape(name) + r"%%?/?", plain):
            return own
        if text.startswith("${#"):
            return (Part(text, "guarded"),)
        origin = own[0].origin if own and not own[0].known else "assigned"
        return (Part(text, origin, name=name),)

    def _defaulted(self, node: Node, operator: Node, own: Parts, text: str, name: str, env: dict[str, Parts]) -> Parts:
        """`${X:-default}` and its siblings."""
        sign = operator.type
        if sign in (":?", "?"):
            if own and all(p.known for p in own) and own[0].text:
                return own
            origin = own[0].origin if own and own[0].origin in ("temporary", "home") else "guarded"
            return (Part(text, origin, name=name),)
        if sign in (":+", "+"):
            return (Part(text, "assigned", name=name),)
        if own and own[0].origin not in ("unset", "positional", "assigned", "command"):
            return own
        default = [c for c in node.named_children if c.start_byte >= operator.end_byte]
        if not default:
            return own
        parts = tuple(p for c in default for p in self.parts(c, env))
        if not "".join(p.text for p in parts):
            return own
        return parts

    def _substitution(self, node: Node) -> Part:
        text = self.text(node)
        inside = text.strip("$()`").strip()
        if _MKTEMP.search(inside):
            return Part(text, "temporary")
        return Part(" ".join(text.split()), "guarded" if _FULL.search(inside) else "command")
