"""PowerShell, in files and in pipelines -> Script: its commands in the model of shell. Grammar: tree-sitter-powershell.

Cmdlets are read as the table of tools names them (`Remove-AzSqlDatabase -Name x` is tool `azpowershell`, verb
`remove-sqldatabase`), programs as anywhere else. Names, parameters and variables have no case. What a string, a here-string
or `Write-Host` says is data; what `Invoke-Expression` gets as a literal is run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tree_sitter import Node

from blastlint.command import Guard, Script
from blastlint.facts.commands import cmdlet, tool
from blastlint.model import Document, Side
from blastlint.parse import shell_guards as guards
from blastlint.parse.command_line import Arg, Line, interpreted
from blastlint.parse.powershell_tree import BLOCK, HELD, elements, is_word, tree, walk
from blastlint.parse.shell import comments_of, without_expressions
from blastlint.parse.shell_run import MAX_COMMANDS, Nested, Place, Runner
from blastlint.parse.shell_values import Part, Parts, origin_of
from blastlint.parse.shell_words import Words
from blastlint.parse.source_text import SourceText
from blastlint.regex import regex

_NON_ASCII = regex(r"[^\x00-\x7f]")
_VARIABLE = regex(r"^[$@]\{?(?:(?:global|script|local|private|using):)?((?:env:)?[\w?$^]+)\}?$", 2)
_DRIVE = regex(r"^[A-Za-z]:(?=[\\/]|$)")
_MANDATORY = regex(r"(?i)Mandatory(?!\s*=\s*\$false)|ValidateNotNullOrEmpty")
_STOPS = regex(r"(?i)^\$ErrorActionPreference\s*=\s*['\"]?Stop")
_HOME = frozenset({"home", "env:userprofile", "env:home"})
_GIVEN = frozenset({"psscriptroot", "pwd", "true", "false", "null", "pscommandpath", "myinvocation"})
_EACH = frozenset({"foreach-object", "foreach", "%"})
_SWITCHES = frozenset(
    {"recurse", "force", "whatif", "verbose", "asjob", "passthru", "quiet", "debug", "nowait", "permanent",
     "deletebucketcontent", "skipfinalsnapshot"}
)  # fmt: skip
_SHORTENED = ("recurse", "force", "whatif")
_DEEPEST = 60  # scripts and blocks within each other


def parse(path: str, side: Side, data: bytes) -> Document:
    """The Document of a file; its content is a Script."""
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").replace("\r\n", " \n")
    source = SourceText.of(text, path, side)
    script = read(source, Nested())
    if not script.complete:
        reason = "a part of its PowerShell could not be read"
        return Document(path, side, "powershell", script, comments_of(source), "partial", reason, script.line)
    return Document(path, side, "powershell", script, comments_of(source))


def parse_snippet(
    text: str,
    path: str,
    side: Side,
    line: int,
    column: int,
    *,
    places: Sequence[tuple[int, int]] = (),
    errexit: bool = False,
    known: Mapping[str, str] | None = None,
    assigned: Sequence[str] = (),
) -> Script:
    """The Script of text that stands in another language: as shell.parse_snippet. What surrounds it is its environment."""
    source = SourceText.of_lines(text, path, side, places) if places else SourceText.of(text, path, side, line, column)
    env: dict[str, Parts] = {f"env:{name.lower()}": (Part(f"${name}", "assigned", name=name),) for name in assigned}
    env.update({f"env:{name.lower()}": (Part(value),) for name, value in (known or {}).items()})
    return read(source, Nested(env=env, errexit=errexit))


def read(source: SourceText, nested: Nested) -> Script:
    """The Script of placed text."""
    source, expressions = without_expressions(source)
    plain = source.text if source.text.isascii() else _NON_ASCII.sub("x", source.text)
    return _Walk(source, nested, expressions).script(tree(plain.replace("\t", " ")))  # no tab between words is known


class _Walk:
    """One pass over one script."""

    def __init__(self, source: SourceText, nested: Nested, expressions: dict[str, str]) -> None:
        self.source, self.nested, self.expressions = source, nested, expressions
        self.run = Runner(source, nested, Words(source, expressions, False), None)
        self.functions: list[str] = []
        self.deep = 0  # 1 + the offset of what nests too deep

    def script(self, root: Node) -> Script:
        self.below(root, Place(self.nested.guards, self.nested.loops, self.nested.scope, each=self.nested.each))
        broken = self.deep or self.run.unread
        if root.has_error and not broken:
            unread = (n for n in walk(root) if (n.type == "ERROR" or n.is_missing) and not is_word(n))
            broken = next((1 + n.start_byte for n in unread), 0)
        return Script(
            tuple(c for _, c in sorted(self.run.commands, key=lambda pair: pair[0])), tuple(self.run.guards),
            tuple(self.functions), not broken, self.source.place(broken - 1)[0] if broken else 0,
        )  # fmt: skip

    def text(self, node: Node) -> str:
        return self.source.text[node.start_byte : node.end_byte]

    # --- statements ---------------------------------------------------------------------------------------------------

    def below(self, node: Node, place: Place) -> None:
        """The statements and expressions of a node, in order. A test that leaves guards what follows it."""
        for child in node.named_children:
            if len(self.run.commands) >= MAX_COMMANDS:
                self.run.unread = self.run.unread or child.start_byte + 1
                return
            self.one(child, place)
            guard = self.leaving(child) if child.type == "if_statement" else None
            if guard is not None:
                place = place._replace(guards=(*place.guards, guard))

    def one(self, node: Node, place: Place) -> None:
        if place.depth > _DEEPEST * 4:
            self.deep = self.deep or node.start_byte + 1
            return
        place = place._replace(depth=place.depth + 1)
        if node.type == "pipeline_chain":
            self.chain(node, place)
        elif node.type == "if_statement":
            self.branches(node, place)
        elif node.type in ("foreach_statement", "for_statement", "while_statement"):
            lister = next((c for c in node.named_children if c.type == "pipeline"), None)
            shown = self.run.words.shown(lister.start_byte, lister.end_byte) if lister is not None else ""
            variable = next((c for c in node.named_children if c.type == "variable"), None)
            if variable is not None:
                self.bind(variable, (Part(self.text(variable), "assigned", name=self.text(variable)[1:]),))
            self.below(node, place._replace(loops=(*place.loops, shown), each=shown or place.each))
        elif node.type == "function_statement":
            name = next((self.text(c) for c in node.named_children if c.type == "function_name"), "")
            self.functions.append(name)
            self.below(node, place._replace(scope=name))
        elif node.type == "param_block":
            self.parameters(node)
        elif node.type == "assignment_expression":
            self.assignment(node, place)
        else:
            self.below(node, place)

    def branches(self, node: Node, place: Place) -> None:
        condition = node.child_by_field_name("condition")
        for child in node.named_children:
            guarded = condition is not None and child.type == "statement_block"
            if guarded and condition is not None:
                guard = guards.of_text(self.text(condition), self.source, condition, self.run.asked)
                self.run.guards.append(guard)
                self.below(child, place._replace(guards=(*place.guards, guard)))
            elif child != condition:
                self.one(child, place)

    def leaving(self, node: Node) -> Guard | None:
        """The guard that `if (...) { throw }` is for what follows it."""
        condition = node.child_by_field_name("condition")
        block = next((c for c in node.named_children if c.type == "statement_block"), None)
        if condition is None or block is None:
            return None
        last = next((n for n in reversed(list(walk(block))) if n.type == "flow_control_statement"), None)
        if last is None or not self.text(last).lower().startswith(("throw", "return", "exit")):
            return None
        guard = guards.of_text(self.text(condition), self.source, condition, self.run.asked)
        for name in guard.names:
            held = self.run.env.get(name.lower(), (Part(f"${name}", "guarded", name=name),))
            self.run.env[name.lower()] = tuple(Part(p.text, "guarded", name=name) if not p.known else p for p in held)
        self.run.guards.append(guard)
        return guard

    def parameters(self, node: Node) -> None:
        """What a caller gives, or need not: a mandatory parameter is not empty."""
        for parameter in (n for n in walk(node) if n.type == "script_parameter"):
            variable = next((n for n in parameter.named_children if n.type == "variable"), None)
            if variable is not None:
                sure = _MANDATORY.search(self.text(parameter)) is not None
                name = self.text(variable)[1:]
                self.bind(variable, (Part(f"${name}", "guarded" if sure else "positional", name=name),))

    def assignment(self, node: Node, place: Place) -> None:
        target = next((n for n in walk(node) if n.type == "variable"), None)
        value = node.child_by_field_name("value")
        if _STOPS.match(self.text(node)):
            self.run.errexit = True
        if value is not None:
            self.one(value, place)
        if target is None or value is None:
            return
        name = self.text(target)[1:]
        if "read-host" in self.text(value).lower():
            self.run.asked.add(name)
        self.bind(target, self.value(value, name))

    def bind(self, variable: Node, parts: Parts) -> None:
        match = _VARIABLE.match(self.text(variable))
        if match is not None:
            self.run.env[match.group(1).lower()] = parts

    def value(self, node: Node, name: str) -> Parts:
        """What a variable holds: a literal, a path that is put together, or something that is not known."""
        while node.named_child_count == 1 and node.type != "command":
            if node.type in ("string_literal", "variable"):
                break
            node = node.named_children[0]
        if node.type in ("string_literal", "variable"):
            return self.parts(node, True)
        lowered = self.text(node).lower()
        if "gettemppath" in lowered or "new-temporaryfile" in lowered or "gettempfilename" in lowered:
            return (Part(f"${name}", "temporary", name=name),)
        if node.type == "command" and lowered.startswith("join-path"):
            words = [self.parts(n, True) for n in elements(node) if n.type != "command_parameter"]
            return tuple(p for index, w in enumerate(words) for p in ((Part("/"), *w) if index else w))
        return (Part(f"${name}", "assigned", name=name),)

    # --- commands -----------------------------------------------------------------------------------------------------

    def chain(self, node: Node, place: Place) -> None:
        """`a | b { c }`: what a block is run on is what the stages before it give."""
        stages = [c for c in node.named_children if c.type == "command"]
        if not stages:
            self.below(node, place)
            return
        found: Line | None = None
        for index, stage in enumerate(stages):
            here = place
            if index:
                shown = self.run.words.shown(stages[0].start_byte, stages[index - 1].end_byte).rstrip(" |")
                here = place._replace(joined="|", each=shown, piped=shown)
            args = self.args(stage)
            if args:
                span = (stage.start_byte, stage.end_byte)
                self.run.run(args, here, span, (), self.nested.via, found)
                self.inner(args, here)
                found = interpreted(args) if args[0].value == "get-childitem" else None
            loops = args and args[0].value.lower() in _EACH
            for block in (n for n in elements(stage) if n.type in (BLOCK, "parenthesized_expression")):
                self.below(block, here if loops or not index else place)

    def inner(self, args: Sequence[Arg], place: Place) -> None:
        """What `Invoke-Expression "..."` runs."""
        if args[0].value not in ("invoke-expression", "iex") or len(args) < 2 or not args[-1].quote:
            return
        if self.nested.depth < _DEEPEST:
            nested = Nested(
                dict(self.run.env), self.run.errexit, place.scope, self.nested.via, place.guards, place.loops, place.each,
                depth=self.nested.depth + 1,
            )  # fmt: skip
            inner = read(self.source.slice(args[-1].start + 1, args[-1].end - 1), nested)
            self.run.commands += [(args[0].start, c) for c in inner.commands]

    def args(self, command: Node) -> list[Arg]:
        """The words of a command as those of the tool that it is; `-Name value` is one word of a cmdlet."""
        name = command.child_by_field_name("command_name")
        if name is None:
            return []
        given = self.text(name).strip("\"'").replace("\\", "/")
        known = cmdlet(given.lower())
        first = Arg((Part(given),), given, given, name.start_byte, name.end_byte)
        if known is None:
            plain = [] if given.lower() in _EACH else [self.arg(n, False) for n in elements(command) if n.type != BLOCK]
            lowered = given.lower() if "-" in given or given.lower() == "iex" else given
            return [self.named(first, lowered), *plain]
        words = [self.named(first, w) for w in known if w]
        return [*words, *self.parameters_of(command, tool(known[0]).paths)]

    def parameters_of(self, command: Node, paths: bool) -> Iterator[Arg]:
        waiting: Node | None = None
        for node in elements(command):
            if node.type == "command_parameter":
                if waiting is not None:
                    yield self.switch(waiting, "")
                waiting = None if self.option(node) in _SWITCHES else node
                if waiting is None:
                    yield self.switch(node, "")
                continue
            if node.type == BLOCK:
                continue
            arg = self.arg(node, paths)
            if waiting is None or (paths and self.option(waiting) in ("path", "literalpath")):
                yield arg
            else:
                yield self.switch(waiting, "false" if arg.text.lower() == "$false" else arg.value)
            waiting = None
        if waiting is not None:
            yield self.switch(waiting, "")

    def option(self, node: Node) -> str:
        """The parameter's name; it may be cut short as far as it stays the only one."""
        name = self.text(node).lstrip("-").rstrip(":").lower()
        return next((s for s in _SHORTENED if s.startswith(name) and (len(name) > 1 or s == "recurse")), name)

    def switch(self, node: Node, value: str) -> Arg:
        name = self.option(node)
        text = f"--{name}={value}" if value else f"--{name}"
        return Arg((Part(text),), text, text, node.start_byte, node.end_byte)

    @staticmethod
    def named(arg: Arg, text: str) -> Arg:
        return Arg((Part(text),), text, text, arg.start, arg.end)

    # --- words --------------------------------------------------------------------------------------------------------

    def arg(self, node: Node, paths: bool) -> Arg:
        parts = self.parts(node, paths)
        text = self.run.words.shown(node.start_byte, node.end_byte)
        quote = text[:1] if node.type == "string_literal" and text[:1] in "\"'" else ""
        value = "".join(p.text for p in parts)
        return Arg(parts, text[1:-1] if quote and len(text) > 1 else text, value, node.start_byte, node.end_byte, quote)

    def parts(self, node: Node, paths: bool) -> Parts:
        """What a word comes to. Paths get one kind of separator, and no drive."""
        if node.type == "string_literal":
            inner = node.named_children[0] if node.named_child_count else node
            start, end = node.start_byte + 1, node.end_byte - 1
            if not inner.type.startswith("expandable"):
                return (self.literal(start, end, paths, True),)
            found: list[Part] = []
            for child in inner.named_children:
                if child.start_byte > start:
                    found.append(self.literal(start, child.start_byte, paths, not found))
                found += self.parts(child, paths)
                start = child.end_byte
            return (*found, self.literal(start, end, paths, not found)) if end > start else tuple(found)
        if node.type in ("variable", "braced_variable"):
            return self.variables(node, paths)
        pieces = [n for n in node.named_children if n.type in ("variable", "sub_expression", "member_access")]
        if pieces and (node.type == "generic_token" or is_word(node)):
            found, start = [], node.start_byte
            for child in pieces:
                found += [self.literal(start, child.start_byte, paths, not found)] if child.start_byte > start else []
                found += self.parts(child, paths)
                start = child.end_byte
            return (*found, self.literal(start, node.end_byte, paths, False)) if node.end_byte > start else tuple(found)
        if node.type in ("generic_token", "command_parameter", "path_command_name", "decimal_integer_literal"):
            return (self.literal(node.start_byte, node.end_byte, paths, True),)
        text = self.text(node)
        if text.startswith("$") or "(" in text:
            return (_worked_out(text),)
        return (self.literal(node.start_byte, node.end_byte, paths, True),)

    def literal(self, start: int, end: int, paths: bool, first: bool) -> Part:
        text = self.source.text[start:end]
        if paths:
            text = (_DRIVE.sub("", text) or "/" if first else text).replace("\\", "/")
        return Part(text)

    def variables(self, node: Node, paths: bool) -> Parts:
        """A variable, or what a word that begins with one is made of."""
        text, at = self.text(node), 0
        held = [match for match in HELD.finditer(text) if match.group() != text]
        if not held:
            return self.variable(text)
        found: list[Part] = []
        for match in held:
            if match.start() > at:
                found.append(self.literal(node.start_byte + at, node.start_byte + match.start(), paths, False))
            found += self.variable(match.group())
            at = match.end()
        rest = self.literal(node.start_byte + at, node.end_byte, paths, False)
        return (*found, rest) if rest.text else tuple(found)

    def variable(self, text: str) -> Parts:
        match = _VARIABLE.match(text)
        if match is None:
            return (_worked_out(text),)
        name = match.group(1)
        if text in self.expressions or name in self.expressions:
            return (Part(text, "expression", name=name),)
        key = name.lower()
        if key in self.run.env:
            return self.run.env[key]
        if key in _HOME:
            return (Part(text, "home", name="HOME"),)
        plain = name[4:] if key.startswith("env:") else name
        if key in _GIVEN:
            return (Part(text, "guarded", name=plain),)
        if key in ("_", "psitem", "args", "input"):
            return (Part(text, "assigned", name=plain),)
        return (Part(text, origin_of(plain.upper() if key.startswith("env:") else plain), name=plain),)


def _worked_out(text: str) -> Part:
    """What is asked of a variable, or comes of a command."""
    return Part(text, "assigned", name=text.strip("$@(){}").partition(".")[0])
